"""RTP packets (RFC 3550 section 5.1)."""

from __future__ import annotations

from struct import Struct

from net.multicast.payloads.format import Format, Reading

_HEADER = Struct(">BBHII")
CLOCKS = {
    **dict.fromkeys((0, 3, 4, 5, 7, 8, 9, 12, 13, 15, 18), 8000),
    6: 16000,
    **dict.fromkeys((10, 11), 44100),
    16: 11025,
    17: 22050,
    **dict.fromkeys((14, 25, 26, 28, 31, 32, 33, 34), 90000),
}
"""Ticks/s of the timestamp by payload type (RFC 3551 section 6); of the dynamic types only the session knows."""


def read(payload: bytes) -> Reading | None:
    """Version 2, u16 number, u32 timestamp, u32 source: the run. The time is the timestamp in seconds, from an origin
    of its own, where the payload type says what a tick is."""
    size = len(payload)
    if size < 12:
        return None
    flags, marked_type, number, ticks, source = _HEADER.unpack_from(payload)
    kind = marked_type & 0x7F
    # 72 to 76 would be RTCP (RFC 5761 section 4); 35 to 71 are not assigned.
    if flags >> 6 != 2 or 34 < kind < 96:
        return None
    if flags & 0x3F and not _is_whole(payload, flags):
        return None
    clock = CLOCKS.get(kind)
    return source, number, ticks / clock if clock is not None else None


def _is_whole(payload: bytes, flags: int) -> bool:
    """Whether contributing sources, header extension and padding have room."""
    end = 12 + 4 * (flags & 0x0F)
    if flags & 0x10:
        if len(payload) < end + 4:
            return False
        end += 4 + 4 * int.from_bytes(payload[end + 2 : end + 4], "big")
    if flags & 0x20:
        if payload[-1] == 0:
            return False
        end += payload[-1]
    return end <= len(payload)


FORMAT = Format("RTP", read, bytes(range(0x80, 0xC0)), proof=4, modulus=1 << 16)
