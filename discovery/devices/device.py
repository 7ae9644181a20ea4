"""Makes the row of a device from the statements about it."""

from __future__ import annotations

import ipaddress
from collections import Counter
from collections.abc import Collection, Iterable
from typing import Final

from discovery.devices.merge import Cluster, told_sources
from discovery.devices.records import Clash, Device, DeviceFact, What
from resources.loader import device_sentences

MOST_FACTS: Final = 256
"""Of one device; the rest is counted."""
MOST_VALUES: Final = 64
"""Of one kind of them in the row."""


class Ids:
    """Names devices so that a row stays the same while what it is made of changes."""

    def __init__(self) -> None:
        self._ids: dict[tuple[str, str, str], int] = {}
        self._newest = 0

    def name(self, clusters: Collection[Cluster]) -> list[tuple[str, Cluster]]:
        """Each with the oldest id that one of its statements had, new ones with the next number."""
        known = {id(cluster): min(self._known(cluster), default=None) for cluster in clusters}
        taken: set[int] = set()
        named: list[tuple[str, Cluster]] = []
        ids: dict[tuple[str, str, str], int] = {}
        for cluster in sorted(clusters, key=lambda each: (known[id(each)] is None, known[id(each)] or 0)):
            number = next((each for each in sorted(self._known(cluster)) if each not in taken), None)
            if number is None:
                self._newest += 1
                number = self._newest
            taken.add(number)
            ids |= {statement.key: number for statement in cluster.statements}
            named.append((str(number), cluster))
        self._ids = ids
        return named

    def _known(self, cluster: Cluster) -> set[int]:
        return {self._ids[each.key] for each in cluster.statements if each.key in self._ids}


def device(name: str, cluster: Cluster, own: Collection[str]) -> Device:
    """``own`` are this host's addresses, with scope."""
    statements = cluster.statements
    facts = [fact for statement in statements for fact in statement.device_facts()]
    believed = {(interface, address) for interface, address in cluster.addresses}
    addresses = _sorted(address for _, address in believed)
    return Device(
        id=name,
        interfaces=tuple(sorted({statement.interface for statement in statements})),
        addresses=addresses[:MOST_VALUES],
        macs=tuple(sorted(_values(facts, "mac"))),
        hosts=_values(facts, "host"),
        names=_names(facts),
        uuids=tuple(sorted(_values(facts, "uuid"))),
        services=tuple(sorted(_values(facts, "service"), key=lambda kind: (not kind.startswith("_"), kind))),
        sources=told_sources(statements),
        manufacturer=next(iter(_values(facts, "manufacturer")), None),
        model=next(iter(_values(facts, "model")), None),
        first=min(statement.first for statement in statements),
        last=max(statement.last for statement in statements),
        own=any(address in own for address in addresses),
        facts=tuple(facts[:MOST_FACTS]),
        merges=tuple(cluster.merges.values()),
        clashes=(*cluster.clashes.values(), *_changed_macs(facts)),
        left_out=max(0, len(facts) - MOST_FACTS) + sum(statement.left_out for statement in statements),
    )


def _values(facts: Iterable[DeviceFact], what: What) -> tuple[str, ...]:
    """Each once, the one that most facts tell first."""
    told = Counter(fact.value for fact in facts if fact.what == what)
    return tuple(value for value, _ in told.most_common(MOST_VALUES))


def _names(facts: Iterable[DeviceFact]) -> tuple[str, ...]:
    """What most of its services are called first; what tells services apart mostly begins with that."""
    told = Counter(fact.value for fact in facts if fact.what == "name")
    longest = sorted(told, key=lambda name: (-told[name], len(name), name))
    return tuple(longest[:MOST_VALUES])


def _changed_macs(facts: Iterable[DeviceFact]) -> list[Clash]:
    text = device_sentences()["mac_changed"]
    return [
        Clash(code="mac_changed", value=fact.of or "", text=text.format(value=fact.of, before=fact.value))
        for fact in facts
        if fact.what == "changed_mac"
    ]


def _sorted(addresses: Iterable[str]) -> tuple[str, ...]:
    """IPv4 first, link-local last in each family."""

    def order(address: str) -> tuple[int, bool, int, str]:
        parsed = ipaddress.ip_address(address.partition("%")[0])
        return parsed.version, parsed.is_link_local, int(parsed), address

    return tuple(sorted(set(addresses), key=order))
