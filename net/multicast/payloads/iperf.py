"""Payloads of iperf 2 over UDP (include/payloads.h of iperf 2: UDP_datagram, client_hdr)."""

from __future__ import annotations

from struct import Struct

from net.multicast.payloads.format import Format, Reading, is_time

_DATAGRAM = Struct(">iII")
_WIDE = Struct(">iIIiI")
SEQNO64B = 0x0800_0000
"""Flag of the header behind the datagram's four words: the fourth word is the upper half of the number."""


def read(payload: bytes) -> Reading | None:
    """i32 number from 1, seconds, microseconds, upper half of the number; a negative number is the last, negated.

    Without the flag the number has 32 bits: so it is before iperf 2.0.10, and in datagrams without room for the
    header, which then only the first one has.
    """
    high = None
    if len(payload) >= _WIDE.size:
        number, seconds, microseconds, upper, flags = _WIDE.unpack_from(payload)
        high = upper if flags & SEQNO64B else None
    elif len(payload) >= _DATAGRAM.size:
        number, seconds, microseconds = _DATAGRAM.unpack_from(payload)
    else:
        return None
    if high is not None:
        number = (high << 32) | (number & 0xFFFF_FFFF)
    if not number or not seconds or not is_time(microseconds):
        return None
    return 0, abs(number), seconds + microseconds / 1e6


FORMAT = Format("iperf 2", read, bytes(range(256)), proof=3, modulus=1 << 64, first=1, from_first=True, clock=True)
