"""Payloads of mping 2: the sender's own C struct (troglobit/mping, mping.c)."""

from __future__ import annotations

from struct import Struct

from net.multicast.payloads.format import Format, Reading, is_time

_FIELDS = Struct(">264xI4sI")
_SIZES = {280: 276, 288: 280}
"""Size of the struct where time_t has 32 and 64 bits, and the offset of the microseconds."""


def read(payload: bytes) -> Reading | None:
    """``2.x`` and a zero byte, ``s`` (sent) or ``r`` (reply), TTL, two sockaddr_storage of 128 bytes from offset 8,
    number from 0, process, struct timeval; numbers and time are big-endian, each in the lower half of its field.

    The time is that since the sender's start. A reply repeats the time of the request, so it has none of its own.
    """
    size = len(payload)
    if size not in _SIZES or payload[:2] != b"2." or payload[3] or payload[4] not in b"sr":
        return None
    number, process, seconds = _FIELDS.unpack_from(payload)
    microseconds = int.from_bytes(payload[_SIZES[size] : _SIZES[size] + 4], "big")
    if not is_time(microseconds):
        return None
    return process, number, seconds + microseconds / 1e6 if payload[4] == 0x73 else None


FORMAT = Format("mping", read, b"2", modulus=1 << 32, first=0)
