"""The facts about interfaces, what leaves by them and what is joined on them, as typed records."""

from __future__ import annotations

from typing import Literal

import msgspec

from net.record import Key, Problem, Record

Family = Literal["ipv4", "ipv6"]
InterfaceType = Literal[
    "ethernet",
    "wifi",
    "loopback",
    "tunnel",
    "ipsec",
    "bridge",
    "virtual",
    "peer_to_peer",
    "cellular",
    "other",
]


RoleCode = Literal[
    "default_v4",
    "default_v6",
    "standby_v4",
    "standby_v6",
    "multicast_v4",
    "multicast_v6",
    "resolver",
    "awdl",
    "sharing",
    "duplicate_address",
    "port",
]


class Address(msgspec.Struct, frozen=True, kw_only=True):
    """An address of an interface. ``scope`` is host, link, site or global; ``peer`` is set on point-to-point links.

    ``temporary``: of the privacy extensions (RFC 8981); ``deprecated``: not chosen for new connections;
    ``tentative``: not usable before duplicate address detection has passed (RFC 4862 section 5.4); ``duplicate``: it
    did not pass, another host of the link has this address. ``permanent``: no lifetime ends it, else
    ``valid_seconds`` are left, ``preferred_seconds`` before it is deprecated, as they were when read. Each is None
    where the system does not tell. ``also_on`` names the other interfaces of this host with the same address.
    """

    address: str
    prefix: int | None = None
    scope: Literal["host", "link", "site", "global"] | None = None
    peer: str | None = None
    broadcast: str | None = None
    temporary: bool | None = None
    deprecated: bool | None = None
    tentative: bool | None = None
    duplicate: bool | None = None
    permanent: bool | None = None
    valid_seconds: int | None = None
    preferred_seconds: int | None = None
    also_on: tuple[str, ...] = ()

    @property
    def family(self) -> Family:
        return "ipv6" if ":" in self.address else "ipv4"


class Role(msgspec.Struct, frozen=True, kw_only=True):
    """What an interface is for just now, in words from resources/tables/roles.toml.

    ``label`` is a badge's few words, ``text`` a sentence with its facts. ``metric`` and ``gateway`` are those of the
    route of a default (``default_``) or of one that waits behind it (``standby_``). ``evidence`` is what it was
    concluded from, where the words do not say it.
    """

    code: RoleCode
    label: str
    text: str
    metric: int | None = None
    gateway: str | None = None
    evidence: str | None = None


class Interface(Record, frozen=True, kw_only=True):
    """A network interface of this host, what it is, and which roles it holds now.

    ``type``, ``label``, ``meaning`` and ``multicast_meaning`` come from the row of
    resources/tables/interface-kinds.toml whose evidence fits; ``type_evidence`` says which, and ``type_verified``
    whether that row was confirmed by its source. ``friendly`` is the system's own name for it where that is not
    ``name``: the hardware port of macOS (Wi-Fi, Thunderbolt Bridge), the alias of Linux, the description of Windows.
    ``takes_multicast_v4``/``_v6``: an unbound datagram to 224/4 or ff02::/16 leaves here. ``roles`` say these things
    and the rest in words, the most telling first. ``member_of`` is the bridge or bond this is a port of: IP is spoken
    by that one then.
    """

    name: str
    index: int
    type: InterfaceType
    label: str
    meaning: str
    multicast_meaning: str
    type_evidence: str
    type_verified: bool
    up: bool
    running: bool
    multicast: bool
    point_to_point: bool
    loopback: bool
    flags: tuple[str, ...] = ()
    mtu: int | None = None
    speed_mbps: int | None = None
    mac: str | None = None
    addresses: tuple[Address, ...] = ()
    gateways: tuple[str, ...] = ()
    default_v4: bool = False
    default_v6: bool = False
    takes_multicast_v4: bool = False
    takes_multicast_v6: bool = False
    friendly: str | None = None
    roles: tuple[Role, ...] = ()
    rx_bytes: int | None = None
    tx_bytes: int | None = None
    member_of: str | None = None

    def key(self) -> Key:
        return Key("interface", self.name)

    @property
    def tunnel(self) -> bool:
        """Whether this is a VPN-like interface, which carries no LAN multicast."""
        return self.type in ("tunnel", "ipsec")

    @property
    def ipv4(self) -> str | None:
        """Its first IPv4 address; a send by this interface names it, lest the kernel take another interface's."""
        return next((address.address for address in self.addresses if address.family == "ipv4"), None)

    @property
    def usable(self) -> bool:
        """Whether LAN multicast can be expected to work here: up, with an address and MULTICAST, no tunnel, no port."""
        return (
            self.up
            and self.running
            and self.multicast
            and bool(self.addresses)
            and not (self.loopback or self.tunnel or self.point_to_point or self.member_of is not None)
        )


class Traffic(Record, frozen=True, kw_only=True):
    """Counters of an interface and their rates since the reading before (None at the first).

    ``rx_multicast`` counts multicast packets received, None where the system does not tell. ``errors`` and ``drops``
    are those of both directions.
    """

    interface: str
    time: float
    rx_bytes: int
    tx_bytes: int
    rx_packets: int
    tx_packets: int
    errors: int
    drops: int
    rx_multicast: int | None = None
    rx_bytes_per_s: float | None = None
    tx_bytes_per_s: float | None = None
    rx_packets_per_s: float | None = None
    tx_packets_per_s: float | None = None
    rx_multicast_per_s: float | None = None
    errors_per_s: float | None = None
    drops_per_s: float | None = None

    def key(self) -> Key:
        return Key("traffic", self.interface)


class Route(Record, frozen=True, kw_only=True):
    """The way a datagram to ``address`` leaves: by which interface, source and gateway.

    ``bound`` is the interface the socket was bound to, None where it chose none. ``interface`` and ``gateway`` are the
    kernel's route lookup, ``source`` is what connect() and getsockname() tell. ``source_of`` names the interfaces that
    own that source and ``looked_up_source`` is the one of the lookup, None where it names none. ``agrees``: the two
    ways of asking lead to the same place; where they do not, ``difference`` says how. None where one of them could not
    be asked. ``port`` is the one that was connected to, where one was asked for, and ``name`` the name that the system
    looked up. ``caution``: it is a way, but hardly what is meant: no link, multicast into a tunnel, a borrowed source.
    """

    address: str
    interface: str | None = None
    source: str | None = None
    gateway: str | None = None
    problem: Problem | None = None
    bound: str | None = None
    source_of: tuple[str, ...] = ()
    looked_up_source: str | None = None
    agrees: bool | None = None
    difference: Problem | None = None
    port: int | None = None
    name: str | None = None
    caution: Problem | None = None

    def key(self) -> Key:
        return Key("route", self.address if self.bound is None else f"{self.address} {self.bound}")


class Membership(Record, frozen=True, kw_only=True):
    """A multicast group the kernel has joined on an interface.

    ``mode`` is exclude (any source but ``sources``) or include (only ``sources``), None where the OS does not tell.
    ``users`` counts the sockets that joined; ``name`` is the well-known name of the group. ``processes``, as
    NAME (PID), have a UDP socket bound to the group or on every address at its well-known port: no system tells whose
    the joins are.
    """

    interface: str
    group: str
    family: Family
    mode: Literal["include", "exclude"] | None = None
    sources: tuple[str, ...] = ()
    users: int | None = None
    name: str | None = None
    processes: tuple[str, ...] = ()

    def key(self) -> Key:
        return Key("membership", f"{self.interface} {self.group}")
