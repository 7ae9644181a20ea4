"""Reads a TXT record by the rules of DNS-SD (RFC 6763 section 6)."""

from __future__ import annotations

MOST_KEYS = 256
MOST_BYTES = 10_000
CUT = "…"
"""The key under which a record that is longer than this program keeps says how many bytes it does not show."""


def parse_txt(data: bytes) -> dict[str, str | None]:
    """Keys and values of a TXT record's rdata, in their order.

    A key without ``=`` is None, ``key=`` is "". The first of a repeated key counts, whatever its case; a string
    without a key is ignored (section 6.4). A value that is not UTF-8 is ``hex:`` and its digits. Of more than
    ``MOST_KEYS`` keys or ``MOST_BYTES`` bytes the rest is left out and counted under ``CUT``.
    """
    found: dict[str, str | None] = {}
    seen: set[bytes] = set()
    at = 0
    while at < len(data):
        end = at + 1 + data[at]
        if end > MOST_BYTES or len(found) == MOST_KEYS:
            found[CUT] = f"{len(data) - at} more bytes"
            break
        key, equals, value = data[at + 1 : end].partition(b"=")
        at = end
        if not key or key.lower() in seen:
            continue
        seen.add(key.lower())
        found[_text(key)] = _text(value) if equals else None
    return found


def _text(data: bytes) -> str:
    try:
        return data.decode()
    except UnicodeDecodeError:
        return "hex:" + data.hex()
