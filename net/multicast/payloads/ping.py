"""Multicast ping, old (ssmping) and new (RFC 6450, omping), as it arrives at a group."""

from __future__ import annotations

from net.multicast.payloads.format import Format, Reading, is_time

VERSION, CLIENT, NUMBER, SERVER_TIME = 0, 1, 2, 12
_BEGINNINGS = (b"\0\0\0\1\2", b"\0\1\0\4")
"""The first option: version 2, or the client's process of the old one."""
MAX_OPTIONS = 32
CLIENT_BYTES = 64


def read(payload: bytes) -> Reading | None:
    """An answer or query: u8 type, then options of u16 type, u16 size, value. The run is the client that is answered,
    the time that of the server, which only the new one has, and on request."""
    if payload[:1] not in (b"A", b"Q") or not payload.startswith(_BEGINNINGS, 1):
        return None
    options = _options(payload)
    if options is None or len(options.get(NUMBER, b"")) != 4:
        return None
    number = int.from_bytes(options[NUMBER], "big")
    return options.get(CLIENT, b"")[:CLIENT_BYTES], number, _time(options.get(SERVER_TIME, b""))


def _options(payload: bytes) -> dict[int, bytes] | None:
    options: dict[int, bytes] = {}
    at = 1
    while at < len(payload) and len(options) < MAX_OPTIONS:
        kind = int.from_bytes(payload[at : at + 2], "big")
        end = at + 4 + int.from_bytes(payload[at + 2 : at + 4], "big")
        if end > len(payload):
            return None
        options.setdefault(kind, payload[at + 4 : end])
        at = end
    return options


def _time(value: bytes) -> float | None:
    microseconds = int.from_bytes(value[4:8], "big")
    return int.from_bytes(value[:4], "big") + microseconds / 1e6 if len(value) == 8 and is_time(microseconds) else None


FORMAT = Format("multicast ping", read, b"AQ", modulus=1 << 32, first=1, parallel=True, unique=True)
