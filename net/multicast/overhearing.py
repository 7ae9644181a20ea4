"""Listens beside the sockets: which group traffic, queries and hellos pass an interface, whatever becomes of them."""

from __future__ import annotations

import asyncio
import logging
import socket
from collections.abc import Sequence
from types import TracebackType
from typing import Self

import msgspec

from net.multicast.packet_reading import Packet, read
from net.platform import this_platform
from net.records import Interface

logger = logging.getLogger(__name__)

PACKET_OUTGOING = 4  # linux/if_packet.h
MOST_FLOWS = 1000
BURST = 64
LONGEST = 256
ECHO = 1.0
"""Seconds in which what was sent before still comes back from a repeater."""
PROVING = 2
"""Packets that came in beyond those that went out; one may be an echo of what nobody saw leave."""
MOST_BURSTS = 1000
"""Read of one interface; a flood shall not keep the other checks waiting."""


class Flow(msgspec.Struct, kw_only=True):
    """What one sender sends to one group by one interface; ``leaving``: this host itself sends it."""

    interface: str
    source: str
    group: str
    leaving: bool
    port: int | None
    source_port: int | None
    ttl: int | None
    packets: int = 0


class _Uses(msgspec.Struct):
    """How often like packets with an address of this host came in and went out, and with which MAC they came."""

    came: int = 0
    went: int = 0
    mac: str | None = None


_Likeness = tuple[str, str, str, str, int | None]


class Overhearing:
    """An async context manager that listens in its block; ``refusal`` is why it cannot, None while it does.

    ``flows`` by what tells them apart; ``queriers`` and ``routers`` are the (interface, address) of those that asked
    for members (IGMP, MLD) or said hello as multicast routers (PIM).
    """

    def __init__(self, faces: Sequence[Interface], own_macs: frozenset[str]) -> None:
        self.refusal: str | None = None
        self.flows: dict[tuple[str, str, str, bool], Flow] = {}
        self.queriers: set[tuple[str, str]] = set()
        self.routers: set[tuple[str, str]] = set()
        self._with_own_address: dict[_Likeness, _Uses] = {}
        self._faces = faces
        self._own_macs = own_macs
        self._addresses = {face.name: {each.address.partition("%")[0] for each in face.addresses} for face in faces}
        self._sockets: list[socket.socket] = []
        self._full_bursts: dict[socket.socket, int] = {}
        self._loop = asyncio.get_running_loop()
        self._began = self._loop.time()

    async def __aenter__(self) -> Self:
        for face in self._faces:
            try:
                self._open(face.name)
            except PermissionError as error:
                self.refusal = f"{error.strerror} ({error.errno})"
            except OSError as error:  # the interface is gone
                logger.info("nothing is overheard on %s: %s", face.name, error)
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """Listen no more; may be called twice."""
        for sock in self._sockets:
            self._loop.remove_reader(sock)
            sock.close()
        self._sockets.clear()

    def arriving(self, interface: str) -> list[Flow]:
        """What others send by this interface."""
        return [flow for flow in self.flows.values() if flow.interface == interface and not flow.leaving]

    def leaving(self, interface: str) -> list[Flow]:
        """What this host sends by this interface."""
        return [flow for flow in self.flows.values() if flow.interface == interface and flow.leaving]

    @property
    def impostors(self) -> dict[tuple[str, str], str]:
        """The MAC of another host for each own (interface, address) that it uses.

        Wi-Fi repeaters hand back what this host sent with a MAC of their own; so only what came in clearly more often
        than it went out counts, and nothing of the first second.
        """
        used = self._with_own_address.items()
        return {
            likeness[:2]: uses.mac
            for likeness, uses in used
            if uses.mac is not None and uses.came >= uses.went + PROVING
        }

    def _open(self, name: str) -> None:
        sock = this_platform().packet_socket(name)
        if sock is None:
            self.refusal = "this system has no such socket"
            return
        self._sockets.append(sock)
        self._loop.add_reader(sock, self._drain, sock)

    def _drain(self, sock: socket.socket) -> None:
        for _ in range(BURST):
            try:
                data, (name, protocol, kind, _, mac) = sock.recvfrom(LONGEST)
            except OSError:  # nothing more, or the interface is down
                return
            packet = read(protocol, data)
            if packet is not None:
                self._note(name, packet, kind == PACKET_OUTGOING, mac.hex(":"))
        # Only floods fill whole bursts.
        self._full_bursts[sock] = self._full_bursts.get(sock, 0) + 1
        if self._full_bursts[sock] >= MOST_BURSTS:
            self._loop.remove_reader(sock)

    def _note(self, name: str, packet: Packet, leaving: bool, mac: str) -> None:  # noqa: FBT001 - a fact of the packet
        if not leaving and mac in self._own_macs:  # an access point hands back what this host sent
            return
        if packet.source in self._addresses.get(name, ()):
            self._count_own(name, packet, None if leaving else mac)
        if packet.meaning == "query" and not leaving:
            self.queriers.add((name, packet.source))
        elif packet.meaning == "hello" and not leaving:
            self.routers.add((name, packet.source))
        elif packet.meaning == "data":
            self._count(name, packet, leaving)

    def _count_own(self, name: str, packet: Packet, mac: str | None) -> None:
        """A packet with an address of this host; ``mac`` is None where this host sent it."""
        likeness = (name, packet.source, packet.meaning, packet.group, packet.source_port)
        if likeness not in self._with_own_address and len(self._with_own_address) >= MOST_FLOWS:
            return
        uses = self._with_own_address.setdefault(likeness, _Uses())
        if mac is None:
            uses.went += 1
        elif self._loop.time() >= self._began + ECHO:
            uses.came, uses.mac = uses.came + 1, mac

    def _count(self, name: str, packet: Packet, leaving: bool) -> None:  # noqa: FBT001
        key = (name, packet.source, packet.group, leaving)
        flow = self.flows.get(key)
        if flow is None:
            if len(self.flows) >= MOST_FLOWS:
                return
            flow = self.flows[key] = Flow(
                interface=name,
                source=packet.source,
                group=packet.group,
                leaving=leaving,
                port=packet.port,
                source_port=packet.source_port,
                ttl=packet.ttl,
            )
        flow.packets += 1
