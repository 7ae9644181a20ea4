"""Decides which statements are about one device, by address, host name, MAC and UUID, and what speaks against it.

An identity may lie: hosts share a MAC (proxy ARP, a sleep proxy, a router), firmware shares a UUID, and anybody may
claim any name, address or UUID. So each has rules, and what they refuse is told as a Clash and not merged:

- An address is an identity on its interface only: two links may use the same network.
- The address a packet of mDNS came from is none: a reflector and a sleep proxy speak for others. A host name brings
  an address along if the host spoke from there, or if its MAC is unknown or that of where the host spoke from; and not
  if the host never spoke from there and another one did.
- A MAC brings the addresses of an interface together unless it stands for several IPv4 hosts. That of a gateway
  brings only its own addresses along; never are two hosts merged by it that have different names.
- A UUID holds across interfaces, but not for two MACs of one link, nor for two hosts with different names.
- Across interfaces a host name counts only together with an equal address or MAC: names are the link's own.
"""

from __future__ import annotations

import ipaddress
from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, field
from typing import Final, Literal

from discovery.devices.records import Clash, Merge, Source
from discovery.devices.statement import Statement
from resources.loader import device_sentences

MOST_PER_UUID: Final = 8
"""Devices that share a UUID: one of so many comes with the firmware."""
MOST_IPV6_PER_MAC: Final = 32
MOST_NOTES: Final = 64
"""Merges, and clashes, that are told of one device."""

By = Literal["address", "host", "mac", "uuid"]
_Address = tuple[str, str]


@dataclass(slots=True)
class Cluster:
    """The statements about one device, and why they are together and others are not."""

    statements: list[Statement] = field(default_factory=list)
    addresses: dict[_Address, None] = field(default_factory=dict)
    merges: dict[tuple[By, str], Merge] = field(default_factory=dict)
    clashes: dict[tuple[str, str], Clash] = field(default_factory=dict)


def merge(statements: Sequence[Statement], gateways: Collection[str] = ()) -> list[Cluster]:
    """The devices. ``gateways`` are the addresses of this host's gateways, with scope."""
    merging = _Merging(statements, gateways)
    merging.by_address()
    merging.by_uuid()
    merging.by_mac()
    merging.across_interfaces()
    return merging.clusters()


class _Merging:
    """Disjoint sets of statements, by number."""

    def __init__(self, statements: Sequence[Statement], gateways: Collection[str]) -> None:
        self._all = statements
        self._gateways = gateways
        self._parent = list(range(len(statements)))
        self._notes: list[tuple[int, Merge | Clash]] = []
        self._macs: dict[_Address, str] = {}
        self._speakers: dict[_Address, set[str]] = defaultdict(set)
        for statement in statements:
            for address in statement.addresses:
                if statement.mac is not None:
                    self._macs[statement.interface, address] = statement.mac
                if statement.host is not None and address in statement.spoke:
                    self._speakers[statement.interface, address].add(statement.host)
        self._addresses = [self._believed(number) for number in range(len(statements))]
        self._hosts = [{each.host} if each.host is not None else set[str]() for each in statements]
        """The names of a set, kept at its root."""
        self._set_macs = [
            {(each.interface, self._macs[each.interface, address])
             for address in self._addresses[number] if (each.interface, address) in self._macs}
            for number, each in enumerate(statements)
        ]  # fmt: skip

    def by_address(self) -> None:
        at: dict[_Address, list[int]] = defaultdict(list)
        for number, statement in enumerate(self._all):
            for address in self._addresses[number]:
                at[statement.interface, address].append(number)
            if statement.source == "mdns" and len(self._addresses[number]) > 1:
                self._note_merge((number,), "host", statement.subject)
        for (_, address), numbers in at.items():
            for number in numbers[1:]:
                self._join(numbers[0], number)
            self._note_merge(numbers, "address", address)

    def by_uuid(self) -> None:
        having: dict[str, list[int]] = defaultdict(list)
        for number, statement in enumerate(self._all):
            for uuid in statement.uuids:
                having[uuid].append(number)
        for uuid, numbers in having.items():
            roots = list(dict.fromkeys(map(self._root, numbers)))
            if len(roots) > MOST_PER_UUID:
                for root in roots:
                    self._note_clash(root, "uuid_of_many", uuid, devices=len(roots))
                continue
            for root in roots[1:]:
                if self._two_devices(roots[0], root):
                    for each in (roots[0], root):
                        self._note_clash(each, "uuid_repeated", uuid)
                else:
                    self._join(roots[0], root)
            self._note_merge([n for n in numbers if self._root(n) == self._root(roots[0])], "uuid", uuid)

    def by_mac(self) -> None:
        having: dict[tuple[str, str], list[int]] = defaultdict(list)
        for number, statement in enumerate(self._all):
            if statement.mac is not None:
                having[statement.interface, statement.mac].append(number)
        for (_, mac), numbers in having.items():
            self._join_mac(mac, numbers)

    def across_interfaces(self) -> None:
        having: dict[tuple[str, str], list[int]] = defaultdict(list)
        for number, statement in enumerate(self._all):
            if statement.host is not None:
                for address in self._addresses[number]:
                    if "%" not in address:
                        having[statement.host, address].append(number)
                    if (mac := self._macs.get((statement.interface, address))) is not None:
                        having[statement.host, mac].append(number)
        for (host, _), numbers in having.items():
            others = [number for number in numbers[1:] if self._root(number) != self._root(numbers[0])]
            for number in others:
                self._join(numbers[0], number)
            if others:
                self._note_merge((numbers[0], *others), "host", host)

    def clusters(self) -> list[Cluster]:
        made: dict[int, Cluster] = defaultdict(Cluster)
        for number, statement in enumerate(self._all):
            cluster = made[self._root(number)]
            cluster.statements.append(statement)
            cluster.addresses.update(dict.fromkeys((statement.interface, each) for each in self._addresses[number]))
        for number, note in self._notes:
            cluster = made[self._root(number)]
            if isinstance(note, Merge) and len(cluster.merges) < MOST_NOTES:
                cluster.merges.setdefault((note.by, note.value), note)
            elif isinstance(note, Clash) and len(cluster.clashes) < MOST_NOTES:
                cluster.clashes.setdefault((note.code, note.value), note)
        return list(made.values())

    def _believed(self, number: int) -> tuple[str, ...]:
        """The addresses of a statement that are taken for the device's."""
        statement = self._all[number]
        if statement.host is None:
            return statement.addresses
        where = statement.interface
        anchors = statement.spoke or statement.addresses
        macs = {mac for address in anchors if (mac := self._macs.get((where, address))) is not None}
        if not statement.spoke and len(macs) > 1:
            for address in statement.addresses:
                self._note_clash(number, "claimed_of_many", address, host=statement.host)
            return ()
        beside = {host for address in statement.spoke for host in self._speakers[where, address]}
        believed: list[str] = []
        for address in statement.addresses:
            mac = self._macs.get((where, address))
            speakers = self._speakers[where, address]
            others = speakers - beside
            if address in statement.spoke or (not others and (mac is None or mac in macs)):
                believed.append(address)
            elif others:
                self._note_clash(number, "claimed_of_host", address, host=statement.host, other=min(others))
            else:
                self._note_clash(number, "claimed_of_mac", address, host=statement.host, mac=mac)
        return tuple(believed)

    def _two_devices(self, one: int, other: int) -> bool:
        """Whether two sets are known to be two devices: by MACs of one link, or by their names."""
        one, other = self._root(one), self._root(other)
        hosts, others = self._hosts[one], self._hosts[other]
        if hosts and others:
            return hosts.isdisjoint(others)
        macs, their = self._set_macs[one], self._set_macs[other]
        links = {interface for interface, _ in macs} & {interface for interface, _ in their}
        return bool(links) and macs.isdisjoint(their)

    def _join_mac(self, mac: str, numbers: list[int]) -> None:
        """The neighbours of one interface that have this MAC."""
        addresses = {number: self._all[number].addresses[0] for number in numbers}
        parsed = {number: ipaddress.ip_address(address.partition("%")[0]) for number, address in addresses.items()}
        routed = {self._root(n) for n in numbers if parsed[n].version == 4 and not parsed[n].is_link_local}
        six = {self._root(n) for n in numbers if parsed[n].version == 6}
        if len(routed) > 1 or len(six) > MOST_IPV6_PER_MAC:
            for number in numbers:
                self._note_clash(number, "mac_shared", mac, addresses=len(numbers))
            return
        if any(address in self._gateways for address in addresses.values()):
            numbers = [n for n in numbers if addresses[n] in self._gateways or parsed[n].is_link_local]
        joined = numbers[:1]
        for number in numbers[1:]:
            hosts, others = self._hosts[self._root(joined[0])], self._hosts[self._root(number)]
            if hosts and others and hosts.isdisjoint(others):
                for each in (joined[0], number):
                    self._note_clash(each, "mac_of_hosts", mac, one=min(hosts), other=min(others))
            else:
                self._join(joined[0], number)
                joined.append(number)
        self._note_merge(joined, "mac", mac)

    def _root(self, number: int) -> int:
        while self._parent[number] != number:
            self._parent[number] = number = self._parent[self._parent[number]]
        return number

    def _join(self, one: int, other: int) -> None:
        one, other = self._root(one), self._root(other)
        if one != other:
            self._parent[other] = one
            self._hosts[one] |= self._hosts[other]
            self._set_macs[one] |= self._set_macs[other]

    def _note_merge(self, numbers: Sequence[int], by: By, value: str) -> None:
        """Where more than one thing was brought together; one host name with several addresses is such a thing."""
        sources: tuple[Source, ...] = tuple(sorted({self._all[number].source for number in numbers}))
        if len(numbers) > 1 or by == "host":
            self._notes.append((numbers[0], Merge(by=by, value=value, sources=sources, text=_text(f"by_{by}", value))))

    def _note_clash(self, number: int, code: str, value: str, **facts: object) -> None:
        self._notes.append((number, Clash(code=code, value=value, text=_text(code, value, **facts))))


def _text(code: str, value: str, **facts: object) -> str:
    return device_sentences()[code].format(value=value, **facts)


def told_sources(statements: Iterable[Statement]) -> tuple[Source, ...]:
    """In the order in which a person reads them."""
    told = {statement.source for statement in statements}
    order: tuple[Source, ...] = ("mdns", "ssdp", "ws_discovery", "neighbour")
    return tuple(source for source in order if source in told)
