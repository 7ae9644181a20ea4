"""Payloads of Hirschmann's multicast test, which MultiCastor and mctool send too (mctool, HirschmannPacket.java)."""

from __future__ import annotations

from struct import Struct

from net.multicast.payloads.format import Format, Reading

MAGIC = b"Hirschmann IP Test-Multicast\0"
_FIELDS = Struct(">HI")
SIZE = len(MAGIC) + 2 + 4 + 2 + 1 + 4 + 2


def read(payload: bytes) -> Reading | None:
    """The magic text, u16 sender, u32 number, u16 rate, u8 TTL, u32 reset, u16 checksum.

    The checksum is not verified: it is over the sender's own byte order, and UDP has one.
    """
    if len(payload) < SIZE or not payload.startswith(MAGIC):
        return None
    sender, number = _FIELDS.unpack_from(payload, len(MAGIC))
    return sender, number, None


FORMAT = Format("Hirschmann multicast test", read, b"H", modulus=1 << 32)
