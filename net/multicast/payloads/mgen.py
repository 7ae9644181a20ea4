"""Payloads of mgen 4 and 5 (USNavalResearchLaboratory/mgen, src/common/mgenMsg.cpp, MgenMsg::Pack)."""

from __future__ import annotations

from struct import Struct

from net.multicast.payloads.format import Format, Reading, is_time

_HEADER = Struct(">HBBIIIIHBB")
_ADDRESS_SIZES = {1: 4, 2: 16}


def read(payload: bytes) -> Reading | None:
    """u16 size of the message, version (2 on the wire of mgen 5), flags, u32 flow, u32 number from 0, u32 seconds,
    u32 microseconds, u16 port, type and length of the address (1: IPv4, 2: IPv6). Flows are numbered each by itself.
    """
    if len(payload) < 28:
        return None
    size, version, _, flow, number, seconds, microseconds, _, kind, length = _HEADER.unpack_from(payload)
    if size != len(payload) or not 1 <= version <= 4 or _ADDRESS_SIZES.get(kind) != length:
        return None
    return (flow, number, seconds + microseconds / 1e6) if is_time(microseconds) else None


FORMAT = Format("mgen", read, bytes(range(256)), modulus=1 << 32, first=0, clock=True, parallel=True)
