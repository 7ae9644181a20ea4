"""Packets as they are held by the hundred thousand: a fourth of the memory of the records they were told in."""

from __future__ import annotations

from typing import NamedTuple

import msgspec

from net.records import Datagram
from net.text import visible

ORIGINS_SHARED = 5000
"""Origins known at a time; a sender that takes another port for each packet must not fill the memory."""


class Origin(NamedTuple):
    """What the packets of a sender have in common."""

    interface: str
    source: str
    source_port: int
    group: str
    port: int
    ttl: int | None


class HeldPacket(msgspec.Struct, frozen=True, gc=False):
    """A Datagram in little memory, of which the garbage collector need not know.

    ``content`` is the text where the payload is that text, else the payload; what is seen of it is made when shown.
    """

    origin: Origin
    time: float
    size: int
    content: str | bytes

    def item(self) -> Datagram:
        """As it was told."""
        origin, content = self.origin, self.content
        payload = content.encode() if isinstance(content, str) else content
        text = content if isinstance(content, str) else _text(content)
        return Datagram(
            time=self.time,
            interface=origin.interface,
            source=origin.source,
            source_port=origin.source_port,
            group=origin.group,
            port=origin.port,
            ttl=origin.ttl,
            size=self.size,
            payload_hex=payload.hex(),
            payload_text=text,
        )


class Holder:
    """Makes HeldPackets that share their origins."""

    def __init__(self) -> None:
        self._origins: dict[Origin, Origin] = {}

    def hold(self, told: Datagram) -> HeldPacket:
        """What is kept of ``told``."""
        origin = Origin(told.interface, told.source, told.source_port, told.group, told.port, told.ttl)
        if len(self._origins) >= ORIGINS_SHARED:
            self._origins.clear()
        payload, text = bytes.fromhex(told.payload_hex), told.payload_text
        origin = self._origins.setdefault(origin, origin)
        plain = text is not None and text.encode() == payload
        return HeldPacket(origin, told.time, told.size, text if text is not None and plain else payload)


def _text(payload: bytes) -> str | None:
    """As the probe tells it: net.multicast.reception."""
    try:
        return visible(payload.decode())
    except UnicodeDecodeError:
        return None
