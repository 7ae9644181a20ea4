"""Judges the matches of rules of nftables (libnftables-json(5)) for one UDP datagram, as far as they are understood."""

from __future__ import annotations

import fnmatch
import ipaddress
import socket
from bisect import bisect_right
from collections.abc import Sequence
from contextlib import suppress
from functools import cached_property
from typing import Any, NamedTuple

from net.platform.protocol import Arriving

Json = Any
"""What ``nft -j`` prints; a ruleset may hold anything."""
Network = ipaddress.IPv4Network | ipaddress.IPv6Network
Networks = tuple[Network, ...]
_SERVICES = {"mdns": 5353, "domain": 53}
_NAMED = frozenset({"iifname", "iif", "oifname", "oif", "nfproto", "l4proto", "protocol", "pkttype"})


class Facts(NamedTuple):
    """What is known of the datagram. ``sources`` are networks one of which holds its source, empty: it is not known.

    A port that is None is not known.
    """

    version: int
    group: Networks
    sources: Networks
    port: int | None
    source_port: int | None
    arriving_on: str | None
    leaving_by: str | None

    @classmethod
    def of(cls, packet: Arriving) -> Facts:
        group = ipaddress.ip_network(packet.group.partition("%")[0])
        networks = (ipaddress.ip_network(each, strict=False) for each in packet.sources)
        return cls(
            version=group.version,
            group=(group,),
            sources=tuple(each for each in networks if each.version == group.version),
            port=packet.port,
            source_port=packet.source_port,
            arriving_on=None if packet.leaving else packet.interface,
            leaving_by=packet.interface if packet.leaving else None,
        )


class Elements:
    """The values that the right side of a match stands for; they are read once, however often they are looked at."""

    def __init__(self, values: Sequence[Json]) -> None:
        self._values = values

    @cached_property
    def plain(self) -> Sequence[Json]:
        return [each["elem"]["val"] if isinstance(each, dict) and "elem" in each else each for each in self._values]

    @cached_property
    def addresses(self) -> Addresses:
        return Addresses(self.plain)

    @cached_property
    def pairs(self) -> Sequence[tuple[Elements, Json]] | None:
        """Key and verdict of each entry of a map; None where one is not such a pair."""
        if not all(isinstance(each, list) and len(each) == 2 for each in self._values):
            return None
        return [(Elements([key]), verdict) for key, verdict in self._values]


class Addresses:
    """IP addresses and networks; ``unsure`` where one of the values is something else."""

    def __init__(self, values: Sequence[Json]) -> None:
        spans = [_span(value) for value in values]
        self.unsure = None in spans
        self._ranges = {version: _ranges(spans, version) for version in (4, 6)}

    def overlap(self, own: Network) -> bool | None:
        """Whether all (True), none (False) or some (None) of the addresses of ``own`` are among these."""
        starts, ends = self._ranges[own.version]
        first, last = int(own.network_address), int(own.broadcast_address)
        place = bisect_right(starts, last) - 1
        if place < 0 or ends[place] < first:
            return False
        return True if starts[place] <= first and last <= ends[place] else None


class Sets(dict[str, Sequence[Json]]):
    """The elements of the named sets and maps of one table; remembers what was read of them and of those in rules."""

    def __init__(self) -> None:
        super().__init__()
        self._read: dict[int, tuple[Sequence[Json], Elements]] = {}

    def elements(self, right: Json) -> Elements | None:
        """What the right side of a match stands for, None for a set that is not there."""
        if isinstance(right, dict) and "set" in right:
            right = right["set"]
        if isinstance(right, str) and right.startswith("@"):
            right = self.get(right[1:])
            if right is None:
                return None
        if not isinstance(right, list):
            return Elements([right])
        # The list is kept beside what was read of it, so that no other can take its identity.
        return self._read.setdefault(id(right), (right, Elements(right)))[1]


def holds(statement: Json, facts: Facts, sets: Sets) -> bool | None:
    """Whether a ``match`` holds, None where that cannot be known. ``sets`` are the named sets of its table."""
    right = statement.get("right")
    found = _in(statement.get("left"), sets.elements(right), facts)
    if found is not None and statement.get("op") not in ("==", "in", "!="):
        return None
    return (not found) if found is not None and statement.get("op") == "!=" else found


def chosen(mapping: Json, facts: Facts, maps: Sets) -> Json | bool | None:
    """The verdict that a ``vmap`` gives; False: none of its keys fits; None: that cannot be known."""
    data = maps.elements(mapping.get("data"))
    if data is None or data.pairs is None:
        return None
    for key, verdict in data.pairs:
        found = _in(mapping.get("key"), key, facts)
        if found is None:
            return None
        if found:
            return verdict
    return False


def _in(left: Json, values: Elements | None, facts: Facts) -> bool | None:
    """Whether what ``left`` selects is among ``values``."""
    if values is None or not isinstance(left, dict):
        return None
    if "payload" in left:
        return _payload(left["payload"], values, facts)
    plain = values.plain
    if "meta" in left:
        return _meta(str(left["meta"].get("key")), plain, facts)
    if "ct" in left and left["ct"].get("key") == "state":
        return "new" in plain
    if "fib" in left and left["fib"].get("result") == "type" and "daddr" in left["fib"].get("flags", ()):
        return "multicast" in plain
    return None


def _meta(key: str, values: Sequence[Json], facts: Facts) -> bool | None:
    if key not in _NAMED:
        return None
    if key in ("nfproto", "protocol"):
        return bool({"ipv4", "ip"} & set(values) if facts.version == 4 else {"ipv6", "ip6"} & set(values))
    if key == "l4proto":
        return "udp" in values or 17 in values
    if key == "pkttype":
        return "multicast" in values
    name = facts.arriving_on if key.startswith("iif") else facts.leaving_by
    if name is None:
        return False
    return any(fnmatch.fnmatchcase(name, str(value)) if key.endswith("name") else name == value for value in values)


def _payload(payload: Json, values: Elements, facts: Facts) -> bool | None:
    protocol, field = payload.get("protocol"), payload.get("field")
    if protocol in ("ip", "ip6"):
        # A rule that reads a header holds only for packets that have it.
        if (protocol == "ip") != (facts.version == 4):
            return False
        if field in ("daddr", "saddr"):
            return _addresses(facts.group if field == "daddr" else facts.sources, values.addresses)
        return ("udp" in values.plain or 17 in values.plain) if field in ("protocol", "nexthdr") else None
    if protocol in ("udp", "th"):
        port = facts.port if field == "dport" else facts.source_port if field == "sport" else None
        return _ports(port, values.plain)
    return False if protocol in ("tcp", "icmp", "icmpv6", "igmp", "sctp", "dccp", "esp", "ah") else None


def _ports(port: int | None, values: Sequence[Json]) -> bool | None:
    if port is None:
        return None
    for value in values:
        if isinstance(value, dict):
            low, high = value.get("range", (None, None))
            if low is None:
                return None
            if low <= port <= high:
                return True
        elif _SERVICES.get(str(value), value) == port:
            return True
    return False


def _addresses(own: Networks, listed: Addresses) -> bool | None:
    """Whether all (True), none (False) or some (None) of the addresses are among those listed."""
    if not own:
        return None
    found = {listed.overlap(each) for each in own}
    if found == {True}:
        return True
    return False if found == {False} and not listed.unsure else None


def _span(value: Json) -> tuple[int, int, int] | None:
    """Version, first and last address of an address or network; None for anything else."""
    if isinstance(value, str):
        with suppress(OSError, ValueError):  # a plain address, of which a set may have 100,000
            return 4, (number := int.from_bytes(socket.inet_pton(socket.AF_INET, value))), number
    if isinstance(value, dict) and "prefix" in value:
        value = f"{value['prefix'].get('addr')}/{value['prefix'].get('len')}"
    try:
        network = ipaddress.ip_network(value, strict=False)
    except (TypeError, ValueError):
        return None
    return network.version, int(network.network_address), int(network.broadcast_address)


def _ranges(spans: Sequence[tuple[int, int, int] | None], version: int) -> tuple[list[int], list[int]]:
    """First and last addresses in ascending order, those that touch as one."""
    found = sorted(each[1:] for each in spans if each is not None and each[0] == version)
    starts: list[int] = []
    ends: list[int] = []
    for first, last in found:
        if ends and first <= ends[-1] + 1:
            ends[-1] = max(ends[-1], last)
        else:
            starts.append(first)
            ends.append(last)
    return starts, ends
