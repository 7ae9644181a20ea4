"""The payload formats this program reads, and which of them a payload may be by its first byte."""

from __future__ import annotations

from net.multicast.payloads import (
    hirschmann,
    iperf,
    lanscout,
    mcjoin,
    mctool,
    mgen,
    mping,
    msend,
    ping,
    rtp,
    transport_stream,
)
from net.multicast.payloads.format import Format, Numbered

FORMATS: tuple[Format, ...] = (
    lanscout.FORMAT,
    mcjoin.FORMAT,
    hirschmann.FORMAT,
    mctool.FORMAT,
    mping.FORMAT,
    ping.FORMAT,
    transport_stream.FORMAT,
    mgen.FORMAT,
    iperf.FORMAT,
    rtp.FORMAT,
    transport_stream.SHORT,
    msend.TEXT,
    msend.LITTLE_ENDIAN,
    msend.BIG_ENDIAN,
)
"""The surest first."""

_BY_FIRST_BYTE = tuple(tuple(each for each in FORMATS if byte in each.first_bytes) for byte in range(256))


def candidates(payload: bytes) -> tuple[Format, ...]:
    """The formats whose payloads may begin like this one."""
    return _BY_FIRST_BYTE[payload[0]] if payload else ()


def recognise(payload: bytes) -> Numbered | None:
    """Read one payload by a format of which one is proof enough; None for any other.

    Streams of the other formats are recognised by several payloads: net.multicast.identification.
    """
    for each in candidates(payload):
        if each.proof == 1:
            reading = each.read(payload)
            if reading is not None:
                run, number, sent = reading
                return Numbered(each.name, run, number, each.modulus, sent)
    return None
