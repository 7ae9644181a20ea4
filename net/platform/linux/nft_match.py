"""Judges the matches of rules of nftables (libnftables-json(5)) for one UDP datagram, as far as they are understood."""

from __future__ import annotations

import fnmatch
import ipaddress
from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from net.platform.protocol import Arriving

Json = Any
"""What ``nft -j`` prints; a ruleset may hold anything."""
Networks = tuple[ipaddress.IPv4Network | ipaddress.IPv6Network, ...]
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


def holds(statement: Json, facts: Facts, sets: Mapping[str, Sequence[Json]]) -> bool | None:
    """Whether a ``match`` holds, None where that cannot be known. ``sets`` are the named sets of its table."""
    right = statement.get("right")
    found = _in(statement.get("left"), _elements(right, sets), facts)
    if found is not None and statement.get("op") not in ("==", "in", "!="):
        return None
    return (not found) if found is not None and statement.get("op") == "!=" else found


def chosen(mapping: Json, facts: Facts, maps: Mapping[str, Sequence[Json]]) -> Json | bool | None:
    """The verdict that a ``vmap`` gives; False: none of its keys fits; None: that cannot be known."""
    data = _elements(mapping.get("data"), maps)
    if data is None:
        return None
    for pair in data:
        if not (isinstance(pair, list) and len(pair) == 2):
            return None
        found = _in(mapping.get("key"), [pair[0]], facts)
        if found is None:
            return None
        if found:
            return pair[1]
    return False


def _elements(right: Json, sets: Mapping[str, Sequence[Json]]) -> Sequence[Json] | None:
    """The values that the right side stands for."""
    if isinstance(right, str) and right.startswith("@"):
        return sets.get(right[1:])
    if isinstance(right, dict) and "set" in right:
        right = right["set"]
        return _elements(right, sets) if isinstance(right, str) else right
    return right if isinstance(right, list) else [right]


def _in(left: Json, values: Sequence[Json] | None, facts: Facts) -> bool | None:
    """Whether what ``left`` selects is among ``values``."""
    if values is None or not isinstance(left, dict):
        return None
    plain = [value["elem"]["val"] if isinstance(value, dict) and "elem" in value else value for value in values]
    if "payload" in left:
        return _payload(left["payload"], plain, facts)
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


def _payload(payload: Json, values: Sequence[Json], facts: Facts) -> bool | None:
    protocol, field = payload.get("protocol"), payload.get("field")
    if protocol in ("ip", "ip6"):
        # A rule that reads a header holds only for packets that have it.
        if (protocol == "ip") != (facts.version == 4):
            return False
        if field in ("daddr", "saddr"):
            return _addresses(facts.group if field == "daddr" else facts.sources, values)
        return ("udp" in values or 17 in values) if field in ("protocol", "nexthdr") else None
    if protocol in ("udp", "th"):
        port = facts.port if field == "dport" else facts.source_port if field == "sport" else None
        return _ports(port, values)
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


def _addresses(own: Networks, values: Sequence[Json]) -> bool | None:
    """Whether all (True), none (False) or some (None) of the addresses are among ``values``."""
    if not own:
        return None
    unsure = False
    for value in values:
        listed = _network(value)
        if listed is None:
            unsure = True
        elif all(_within(each, listed) for each in own):
            return True
        elif any(each.version == listed.version and each.overlaps(listed) for each in own):
            unsure = True
    return None if unsure else False


def _network(value: Json) -> ipaddress.IPv4Network | ipaddress.IPv6Network | None:
    if isinstance(value, dict) and "prefix" in value:
        value = f"{value['prefix'].get('addr')}/{value['prefix'].get('len')}"
    try:
        return ipaddress.ip_network(value, strict=False)
    except (TypeError, ValueError):
        return None


def _within(one: ipaddress.IPv4Network | ipaddress.IPv6Network, other: Json) -> bool:
    return one.version == other.version and one.subnet_of(other)
