"""What the checks of one run share: the interfaces as they stood at its start, what was asked, what is overheard."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Sequence
from typing import NamedTuple

from diagnosis.socket_reading import SocketReading
from net.multicast.overhearing import Overhearing
from net.platform.protocol import DatagramSocket
from net.records import Interface

WIRED = ("ethernet", "wifi")
"""What leads to other hosts as the port of a bridge; those of guests are virtual."""
LISTENING = 0.9
"""The part of the listening time after which checks judge what was overheard."""


class Context(NamedTuple):
    """``interfaces`` are all of the host; ``chosen`` those the person wants to know about (all, if none was
    ``named``); listening checks take ``seconds`` from ``began`` (monotonic) on. ``overhearing`` is there in a run
    with checks that listen beside the sockets. ``ports`` are those that a program here wants to listen on."""

    interfaces: tuple[Interface, ...]
    chosen: tuple[Interface, ...]
    seconds: float
    named: bool = False
    began: float = 0.0
    overhearing: Overhearing | None = None
    ports: tuple[int, ...] = ()
    reading: SocketReading | None = None

    @property
    def lans(self) -> tuple[Interface, ...]:
        """Those of ``chosen`` on which LAN multicast can be expected; a bridge for guests only if it was named."""
        return tuple(face for face in self.chosen if face.usable and (self.named or not self.for_guests(face)))

    @property
    def all_lans(self) -> tuple[Interface, ...]:
        """As ``lans``, of all the host's interfaces, whatever was chosen."""
        return tuple(face for face in self.interfaces if face.usable and not self.for_guests(face))

    def for_guests(self, face: Interface) -> bool:
        """Whether this is a bridge for containers or virtual machines alone: no other hosts are behind its ports."""
        wired = any(port.member_of == face.name and port.type in WIRED for port in self.interfaces)
        return without_way_out(face) and not wired

    async def sockets(self) -> tuple[DatagramSocket, ...]:
        """The UDP sockets with their memberships, as the first check of a run that asked found them. Raises OSError."""
        if self.reading is not None:
            return await self.reading.sockets()
        async with SocketReading() as reading:
            return await reading.sockets()

    async def overheard(self, share: float = LISTENING) -> Overhearing | None:
        """What was overheard after this share of the listening time; None where nothing listens or may listen."""
        if self.overhearing is None or self.overhearing.refusal is not None:
            return None
        await asyncio.sleep(max(0.0, self.began + self.seconds * share - time.monotonic()))
        return self.overhearing


def without_way_out(face: Interface) -> bool:
    """Whether this is a bridge without a way to other networks: for guests of this host, or a LAN without a router."""
    return face.type == "bridge" and not (face.gateways or face.default_v4 or face.default_v6)


def described(interfaces: Sequence[Interface]) -> str:
    """``en0 (192.168.1.23/24), en5 (10.66.0.1/24)``: names with the first address of each."""
    return ", ".join(_described(interface) for interface in interfaces)


def _described(interface: Interface) -> str:
    if not interface.addresses:
        return interface.name
    first = interface.addresses[0]
    return f"{interface.name} ({first.address}{'' if first.prefix is None else f'/{first.prefix}'})"
