"""Whom the responder answers, and which groups it sends to."""

from __future__ import annotations

import ipaddress
from collections.abc import Iterable, Mapping, Sequence

from net.multicast.ping.messages import IPNetwork
from net.platform.protocol import Link
from net.problems import ProblemError, make_problem
from net.records import Address
from net.sockets import IPAddress

OWN_GROUPS: Mapping[int, IPAddress] = {
    4: ipaddress.IPv4Address("232.43.211.234"),
    6: ipaddress.IPv6Address("ff3e::4321:1234"),
}
"""The protocol's own groups, by IP version."""
_OWN_ENDINGS = {4: bytes((234,)), 6: bytes.fromhex("43211234")}
USUAL_GROUPS = {4: "239.255.0.234", 6: "ff15::4321:1234"}
"""By IP version, a group that every responder sends to and that is not source-specific."""
_LOCAL_CONTROL = ipaddress.IPv4Network("224.0.0.0/24")
"""RFC 5771 section 4: routing protocols and their like."""
_LINK = 2


class Policy:
    """``group``: the only one served; ``any_network``: hosts beyond this host's links are answered too."""

    def __init__(self, group: IPAddress | None = None, *, any_network: bool = False) -> None:
        self.group = group
        self.any_network = any_network
        self._own: frozenset[IPAddress] = frozenset()
        self._connected: dict[int, tuple[IPNetwork, ...]] = {}

    def learn(self, links: Iterable[Link]) -> None:
        """Take these as the interfaces of this host and their addresses."""
        links = tuple(links)
        self._own = frozenset(_parsed(address.address) for link in links for address in link.addresses)
        self._connected = {link.index: _networks(link.addresses) for link in links}

    def own(self, address: IPAddress) -> bool:
        """Whether this host has the address."""
        return address.is_loopback or address in self._own

    def local(self, address: IPAddress, interface: int | None) -> bool:
        """Whether ``address`` is on the link of the interface with that index (None: on that of any), or this host's.

        What comes from this host itself arrives by the loopback interface.
        """
        if self.own(address) or (address.version == 6 and address.is_link_local):
            return True
        links = self._connected.values() if interface is None else (self._connected.get(interface, ()),)
        return any(address in network for networks in links for network in networks)

    def serves(self, group: IPAddress, *, local: bool) -> bool:
        """Whether a host on a link of ours (``local``) or beyond may have packets sent to ``group``."""
        if self.group is not None:
            return group == self.group
        if not group.is_multicast or reserved(group):
            return False
        return local or ends_as_own(group)

    def grant(self, prefixes: Sequence[IPNetwork], version: int, *, local: bool) -> IPAddress | None:
        """The group for a client that asks for one of these ranges, None if none of them is served."""
        for prefix in prefixes:
            if prefix.version != version:
                continue
            for group in self._candidates(prefix):
                if group in prefix and self.serves(group, local=local):
                    return group
        return None

    def offer(self, version: int) -> tuple[IPNetwork, ...]:
        """The ranges told to a client that asked for others."""
        group = self.group or OWN_GROUPS[version]
        return (ipaddress.ip_network(group),) if group.version == version else ()

    def _candidates(self, prefix: IPNetwork) -> Iterable[IPAddress]:
        if self.group is not None:
            yield self.group
            return
        yield OWN_GROUPS[prefix.version]
        if prefix.num_addresses == 1:
            yield prefix.network_address
        ending = _OWN_ENDINGS[prefix.version]
        yield ipaddress.ip_address(prefix.network_address.packed[: -len(ending)] + ending)


def parse_group(text: str) -> tuple[IPAddress, str | None]:
    """A group as a person writes it for a ping or a responder, and the interface written into it.

    Raises ProblemError: address_invalid, group_not_multicast, ping_group_reserved.
    """
    address, _, scope = text.strip().removeprefix("[").removesuffix("]").partition("%")
    try:
        group = ipaddress.ip_address(address)
    except ValueError:
        raise ProblemError(make_problem("address_invalid", text)) from None
    if not group.is_multicast:
        raise ProblemError(make_problem("group_not_multicast", text))
    if reserved(group):
        raise ProblemError(make_problem("ping_group_reserved", text, usual=USUAL_GROUPS[group.version]))
    return group, scope or None


def ends_as_own(group: IPAddress) -> bool:
    """Whether ``group`` ends in .234 or ::4321:1234: ssmpingd 0.9.1 sends to no other."""
    return group.packed.endswith(_OWN_ENDINGS[group.version])


def reserved(group: IPAddress) -> bool:
    """Whether ``group`` belongs to protocols of the link or of this host, which a ping must not disturb."""
    if isinstance(group, ipaddress.IPv4Address):
        return group in _LOCAL_CONTROL
    scope = group.packed[1] & 0x0F
    return scope < _LINK or (scope == _LINK and not ends_as_own(group))


def _networks(addresses: Iterable[Address]) -> tuple[IPNetwork, ...]:
    found: list[IPNetwork] = []
    for address in addresses:
        if address.peer is not None:
            found.append(ipaddress.ip_network(_parsed(address.peer)))
        if address.prefix is not None:
            found.append(ipaddress.ip_network(f"{_parsed(address.address)}/{address.prefix}", strict=False))
    return tuple(found)


def _parsed(address: str) -> IPAddress:
    """Without scope: prefixes have none."""
    return ipaddress.ip_address(address.partition("%")[0])
