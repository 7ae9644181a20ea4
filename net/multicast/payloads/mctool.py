"""Payloads of mctool's own format (Erkan-Yilmaz/Multicast-Testing-Tool, SpamPacket.java)."""

from __future__ import annotations

from struct import Struct

from net.multicast.payloads.format import Format, Reading

_FIELDS = Struct(">HI HII HII HII HII HIQ")
_LAYOUT = (1337, 0, 1, 4, 2, 4, 3, 4, 4, 4, 5, 8)


def read(payload: bytes) -> Reading | None:
    """Fields of u16 type, u32 size and value, in this order: 1337 without a value, 1 sender, 2 rate asked for, 3 rate
    measured, 4 number from 1 (32 bits each), 5 milliseconds since the epoch (64 bits); then text and padding."""
    if len(payload) < _FIELDS.size:
        return None
    words = _FIELDS.unpack_from(payload)
    if (*words[:2], *(word for at, word in enumerate(words[2:]) if at % 3 != 2)) != _LAYOUT:
        return None
    return words[4], words[13], words[16] / 1000


FORMAT = Format("mctool", read, b"\x05", modulus=1 << 32, first=1, unique=True)
