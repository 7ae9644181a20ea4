"""Payloads of iperf 2 over UDP (include/payloads.h of iperf 2: UDP_datagram, client_hdr)."""

from __future__ import annotations

from struct import Struct

from net.multicast.payloads.format import Format, Reading, is_time

_DATAGRAM = Struct(">iIIiI")
_LEGACY = Struct(">iII")
SEQNO64B = 0x0800_0000
"""Flag of the header behind the datagram's four words: the fourth word is the upper half of the number."""


def read(payload: bytes) -> Reading | None:
    """i32 number, seconds, microseconds, upper half of the number; a negative number is the last, negated."""
    if len(payload) < 20:
        return None
    low, seconds, microseconds, high, flags = _DATAGRAM.unpack_from(payload)
    if not flags & SEQNO64B or not is_time(microseconds) or not seconds:
        return None
    number = (high << 32) | (low & 0xFFFF_FFFF)
    return (0, abs(number), seconds + microseconds / 1e6) if number else None


def read_legacy(payload: bytes) -> Reading | None:
    """The same without the flag: a number of 32 bits, as before iperf 2.0.10 and with datagrams under 20 bytes."""
    if len(payload) < 12:
        return None
    number, seconds, microseconds = _LEGACY.unpack_from(payload)
    if not number or not is_time(microseconds) or not seconds:
        return None
    if len(payload) >= 20 and payload[16] & SEQNO64B >> 24:
        return None
    return 0, abs(number), seconds + microseconds / 1e6


_ANY = bytes(range(256))
FORMAT = Format("iperf 2", read, _ANY, proof=3, modulus=1 << 64, first=1, from_first=True, clock=True)
LEGACY = Format("iperf 2", read_legacy, _ANY, proof=4, modulus=1 << 31, first=1, from_first=True, clock=True)
