"""What every operating system must be able to tell; one implementation a system stands beside this file."""

from __future__ import annotations

import socket
from collections.abc import AsyncGenerator, Callable, Collection, Iterator, Sequence
from typing import Literal, Protocol

import msgspec

from net.platform.barriers import Found
from net.platform.batch import BatchReader
from net.platform.bind_limits import BindLimits
from net.platform.hold import Hold
from net.platform.tcp_sockets import TcpSocket
from net.ports.records import Connection, Listener, ProcessDetails
from net.records import Address, Membership
from net.resolvers.records import Resolver


class Link(msgspec.Struct, frozen=True, kw_only=True):
    """A network interface as the kernel describes it, before it is given a meaning.

    ``facts`` are the readable pieces of evidence for resources/tables/interface-kinds.toml: the test's left side
    (``rtnl.kind``, ``sysfs.type``, ``darwin.port``) to the values seen. ``friendly`` is the system's own name for it
    where that is another.
    """

    name: str
    index: int
    flags: frozenset[str]
    mtu: int | None = None
    mac: str | None = None
    speed_mbps: int | None = None
    addresses: tuple[Address, ...] = ()
    facts: dict[str, tuple[str, ...]] = {}
    friendly: str | None = None
    rx_bytes: int | None = None
    tx_bytes: int | None = None

    @property
    def member_of(self) -> str | None:
        """The bridge or bond this is a port of, which then has the addresses; None where there is none."""
        return next(iter(self.facts.get("rtnl.master") or self.facts.get("darwin.member_of") or ()), None)


class RouteEntry(msgspec.Struct, frozen=True, kw_only=True):
    """A row of the routing table; ``destination`` is CIDR text, ``0.0.0.0/0`` or ``::/0`` for the default.

    ``scoped``: only sockets bound to that interface take it (flag I of macOS, where idle system tunnels own such
    defaults), so it is not where unbound traffic goes. ``per_flow``: the route has other next hops beside this one,
    and each flow takes one of them (multipath).
    """

    destination: str
    interface: str
    gateway: str | None = None
    metric: int | None = None
    scoped: bool = False
    per_flow: bool = False


class Egress(msgspec.Struct, frozen=True, kw_only=True):
    """The kernel's own answer to a route lookup.

    ``assumed``: no route leads there; it would only look for the address on the link the socket is bound to.
    """

    interface: str
    source: str | None = None
    gateway: str | None = None
    assumed: bool = False


class Forwarding(msgspec.Struct, frozen=True, kw_only=True):
    """Whether this host hands on what its guests send: ``interfaces`` forward IPv4 packets that arrive there.

    ``translates``: it gives them an address of its own (source NAT), None where that cannot be read; ``nat_source`` is
    the command that told, ``nat_networks`` are those whose sources the rules translate, in CIDR (``0.0.0.0/0``: a rule
    names none). ``anchored``: the main rules still lead to those of Internet Sharing, None but on macOS.
    """

    interfaces: frozenset[str] = frozenset()
    translates: bool | None = None
    nat_source: str | None = None
    nat_networks: tuple[str, ...] = ()
    anchored: bool | None = None


class Neighbour(msgspec.Struct, frozen=True, kw_only=True):
    """A host of the link in the kernel's table (ARP, neighbour discovery); a link-local ``address`` with its scope.

    ``mac`` is None while nobody answers for the address. ``age`` is the seconds since the neighbour last proved that it
    is reachable, None where the system does not tell.
    """

    interface: str
    address: str
    mac: str | None = None
    age: float | None = None


class Held(msgspec.Struct, frozen=True, kw_only=True):
    """A membership of one socket; ``sources`` counts those it includes or excludes."""

    interface: str
    group: str
    sources: int = 0


class DatagramSocket(msgspec.Struct, frozen=True, kw_only=True):
    """A UDP socket of this host: ``address`` and ``port`` it is bound to, ``buffer_bytes`` its receive buffer.

    ``drops`` counts the datagrams it has lost since it was opened. ``held`` are its memberships, None where they may
    not be asked for or were left ``unasked``, as there are too many. ``identity`` tells it from the others of one
    listing and of the next.
    """

    identity: int
    address: str
    port: int
    buffer_bytes: int | None = None
    drops: int | None = None
    pid: int | None = None
    process: str | None = None
    held: tuple[Held, ...] | None = None
    unasked: bool = False


class Arriving(msgspec.Struct, frozen=True, kw_only=True):
    """A UDP datagram as a packet filter would see it: from a host of the interface's link, or from here (``leaving``).

    ``sources`` are the networks (CIDR) that its source may be in.
    """

    interface: str
    group: str
    port: int
    source_port: int | None = None
    sources: tuple[str, ...] = ()
    leaving: bool = False


class Refusal(msgspec.Struct, frozen=True, kw_only=True):
    """The rule by which a packet filter drops a packet. ``certain``: every rule before it was understood.

    ``chain`` is where it stands, as nft names it: family, table, chain.
    """

    rule: str
    chain: str
    certain: bool


class Platform(Protocol):
    """The questions whose answers differ from system to system. Calls may block; async code runs them in a thread."""

    def links(self) -> tuple[Link, ...]:
        """All interfaces, in index order. Raises OSError if the kernel cannot be asked."""

    def routes(self) -> tuple[RouteEntry, ...]:
        """The main routing table of both families."""

    def lookup(self, address: str, interface: str | None = None) -> Egress:
        """The kernel's route lookup for ``address``, for a socket bound to ``interface`` where one is given.

        Raises OSError (ENETUNREACH ...) where there is no route.
        """

    def forwarding(self, bridges: Collection[str]) -> Forwarding:
        """What of ``bridges`` is shared; the rules of translation are read only where one of them forwards."""

    def multicast_received(self) -> dict[str, int]:
        """Multicast packets received by each interface; empty where the system's counters do not tell."""

    def memberships(self) -> tuple[Membership, ...]:
        """The groups joined on each interface, as the kernel lists them."""

    def neighbours(self) -> tuple[Neighbour, ...]:
        """The hosts of the links that the kernel has looked for; empty where the system's table is not read."""

    def changes(self) -> AsyncGenerator[None, None]:
        """Yields after each change of interfaces, addresses or routes; bursts within 50 ms are one change.

        The first item comes as soon as the watch stands, so that a snapshot read after it misses nothing. Close it
        (contextlib.aclosing) when done.
        """

    def resolvers(self) -> tuple[Resolver, ...]:
        """The DNS servers this system uses, those it asks first in front. Raises OSError if it cannot be asked."""

    def resolver_changes(self) -> AsyncGenerator[None, None]:
        """As ``changes``, and after what else may change the resolvers."""

    def listeners(self) -> tuple[Listener, ...]:
        """Listening TCP and bound UDP sockets with their owners."""

    def connections(self) -> tuple[Connection, ...]:
        """TCP connections and connected UDP sockets with their owners. Raises OSError if they cannot be listed."""

    def process(self, pid: int) -> ProcessDetails:
        """What the system tells about a process; neither its work tree nor whether it may be ended.

        Raises ProcessLookupError where there is none, PermissionError where there is one that may not be seen.
        """

    def hold(self, pid: int, started: float) -> Hold:
        """The process ``pid`` that began at ``started``; raises as ``process``."""

    def tcp_sockets(self, port: int) -> tuple[TcpSocket, ...]:
        """The TCP sockets with this port of their own that do not listen. Raises OSError if they cannot be listed."""

    def bind_limits(self, protocol: Literal["tcp", "udp"]) -> BindLimits:
        """Which ports this system keeps back."""

    def bind_to_interface(self, sock: socket.socket, name: str, index: int) -> None:
        """Let ``sock`` receive only what arrives on that interface. Raises OSError."""

    def datagram_sockets(
        self, *, with_groups: bool, ended: Callable[[], bool] = lambda: False
    ) -> tuple[DatagramSocket, ...]:
        """The UDP sockets with their drops, ``with_groups`` with their memberships; empty where none of it is told.

        It blocks; once ``ended`` says so, no more sockets are asked for their memberships.
        """

    def packet_socket(self, name: str) -> socket.socket | None:
        """A socket that sees the multicast and ARP of an interface, both ways, before the kernel judges it.

        None where this system has none. Raises OSError (EPERM).
        """

    def refusals(self, packets: Sequence[Arriving]) -> tuple[Refusal | None, ...] | None:
        """For each packet the rule that drops it, None where none does; None in all where this system tells no rules.

        Raises OSError with the reason where they cannot be read: no right, no such command, no end, another print.
        """

    def barriers(self) -> Iterator[Found]:
        """What stands between sockets and the wire, and what of it cannot be known; runs commands, so it takes time."""

    def batch_reader(self) -> BatchReader | None:
        """Reads many datagrams with one call; None where the system has no such call."""
