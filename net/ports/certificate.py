"""Reads whom a TLS certificate names, and nothing else of it (RFC 5280 section 4.1, X.690)."""

from __future__ import annotations

from net.text import visible_bytes

VERSION = 0xA0
NAMES = {b"\x55\x04\x03": "CN", b"\x55\x04\x0a": "O"}
"""id-at-commonName and id-at-organizationName (RFC 5280 appendix A.1) by their encoded bytes."""
LIMIT = 80
"""Characters of a name that are shown."""


class _BrokenError(ValueError):
    """Not what DER must look like."""


def subject(certificate: bytes) -> str | None:
    """``CN=localhost, O=Example``; None where it names neither, or is no certificate."""
    try:
        body = _parts(_parts(certificate)[0][1])[0][1]
        fields = _parts(body)
        # After an optional version: serial number, signature, issuer, validity, subject.
        position = 5 if fields[0][0] == VERSION else 4
        pairs = [_parts(pair) for _, group in _parts(fields[position][1]) for _, pair in _parts(group)]
        found = [f"{NAMES[pair[0][1]]}={visible_bytes(pair[1][1], LIMIT)}" for pair in pairs if pair[0][1] in NAMES]
    except (_BrokenError, IndexError):
        return None
    return ", ".join(found) or None


def _parts(data: bytes) -> list[tuple[int, bytes]]:
    """Tag and content of each element."""
    found = []
    position = 0
    while position < len(data):
        if position + 2 > len(data):
            raise _BrokenError
        tag, length = data[position], data[position + 1]
        position += 2
        if length & 0x80:
            count = length & 0x7F
            if not 0 < count <= 4:
                raise _BrokenError
            length = int.from_bytes(data[position : position + count], "big")
            position += count
        if position + length > len(data):
            raise _BrokenError
        found.append((tag, data[position : position + length]))
        position += length
    return found
