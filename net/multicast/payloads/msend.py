"""Payloads of msend -n and others that send nothing but a number (troglobit/mtools, msend.c)."""

from __future__ import annotations

from net.multicast.payloads.format import Format, Reading

_ENDS = (b"", b"\n", b"\r\n")


def read_text(payload: bytes) -> Reading | None:
    """Decimal digits, then zero bytes (1,024 in all from msend 3) or a line end."""
    digits = payload[:11].rstrip(b"\0\r\n")
    if len(digits) > 10 or not digits.isdigit():
        return None
    rest = payload[len(digits) :]
    return (0, int(digits), None) if rest in _ENDS or rest == bytes(len(rest)) else None


def read_little_endian(payload: bytes) -> Reading | None:
    """An int as the processor has it, in nearly all cases so: msend 2."""
    return (0, int.from_bytes(payload, "little"), None) if len(payload) == 4 else None


def read_big_endian(payload: bytes) -> Reading | None:
    """The same from a processor of the other kind, or from a program that sends network order."""
    return (0, int.from_bytes(payload, "big"), None) if len(payload) == 4 else None


_ANY = bytes(range(256))
TEXT = Format("number as text (msend)", read_text, b"0123456789", proof=4, first=1)
LITTLE_ENDIAN = Format("number of 4 bytes (msend 2)", read_little_endian, _ANY, proof=5, modulus=1 << 32, first=1)
BIG_ENDIAN = Format("number of 4 bytes", read_big_endian, _ANY, proof=5, modulus=1 << 32)
