"""Merges what the interfaces have heard into one row per service and type, and tells what changed."""

from __future__ import annotations

import ipaddress
import time
from collections.abc import Iterable

import msgspec

from discovery.bonjour.heard import Heard, Instance, Limit
from discovery.bonjour.types import DOMAIN
from discovery.records import Claimant, Service, ServiceType
from net.records import Record, Removed
from resources.services import label

_Hearings = list[tuple[Heard, Instance]]

PATIENCE = 0.3
"""Seconds for which an instance is held back in the hope that it becomes complete."""


class Catalogue:
    """Services and types over all sources, as they were told last."""

    def __init__(self) -> None:
        self._sources: dict[object, Heard] = {}
        self._services: dict[str, Service] = {}
        self._types: dict[str, ServiceType] = {}
        self._held: dict[str, float] = {}
        self._changed: set[str] = set()

    @property
    def waiting(self) -> bool:
        """Whether ``news`` has something to tell soon even if nothing more is heard."""
        return bool(self._held or self._changed)

    @property
    def limits(self) -> tuple[Limit, ...]:
        """Those that kept something out, in order."""
        return tuple(sorted({limit for heard in self._sources.values() for limit in heard.limits}))

    def add(self, key: object, heard: Heard) -> None:
        """A source from now on."""
        self._sources[key] = heard

    def drop(self, key: object) -> None:
        """No source any more: its services are gone unless another source has them."""
        heard = self._sources.pop(key, None)
        if heard is not None:
            self._changed.update(heard.instances)

    def changed(self, keys: Iterable[str]) -> None:
        """These instances changed in a source."""
        self._changed.update(keys)

    def news(self, now: float) -> list[Record]:
        """What changed since the last call; ``now`` in monotonic seconds."""
        keys, self._changed = self._changed, set()
        keys.update(key for key, since in self._held.items() if now - since >= PATIENCE)
        records: list[Record] = []
        for key in keys:
            record = self._service_news(key, now)
            if record is not None:
                records.append(record)
        return [*self._type_news(), *records]

    def _service_news(self, key: str, now: float) -> Service | None:
        hearings = [(heard, heard.instances[key]) for heard in self._sources.values() if key in heard.instances]
        before = self._services.get(key)
        if not hearings:
            self._held.pop(key, None)
            if before is None:
                return None
            del self._services[key]
            return msgspec.structs.replace(before, change="removed", seen=time.time())
        service = _merged(hearings, before)
        if before is not None:
            # Its TTL counts down anew with each announcement, and differs between interfaces: nothing to tell of.
            if msgspec.structs.replace(service, ttl=before.ttl) == before:
                self._services[key] = service
                return None
            service = msgspec.structs.replace(service, change="updated", seen=time.time())
        else:
            since = self._held.setdefault(key, min(instance.since for _, instance in hearings))
            if now - since < PATIENCE and not self._complete(service, hearings):
                return None
            service = msgspec.structs.replace(service, seen=time.time())
        self._held.pop(key, None)
        self._services[key] = service
        return service

    def _complete(self, service: Service, hearings: _Hearings) -> bool:
        """Whether all is known, with an address of each family in which the interfaces are browsed."""
        asked = {heard.family for heard in self._sources.values() if heard.interface in service.interfaces}
        known = {"ipv6" if ":" in address else "ipv4" for address in service.addresses}
        return asked <= known and any(heard.complete(instance) for heard, instance in hearings)

    def _type_news(self) -> list[Record]:
        found: dict[str, tuple[str, list[str]]] = {}
        for heard in self._sources.values():
            for key, base in heard.types.items():
                interfaces = found.setdefault(key, (base, []))[1]
                if heard.interface not in interfaces:
                    interfaces.append(heard.interface)
        records: list[Record] = []
        for key, (base, interfaces) in found.items():
            name = self._types[key].type if key in self._types else base
            record = ServiceType(type=name, label=label(base), interfaces=tuple(sorted(interfaces)))
            if self._types.get(key) != record:
                self._types[key] = record
                records.append(record)
        for key in self._types.keys() - found.keys():
            gone = self._types.pop(key)
            records.append(Removed(of=gone.key().kind, name=gone.key().name))
        return records


def _merged(hearings: _Hearings, before: Service | None) -> Service:
    """One row: a host and port with their TXT, addresses, interfaces and subtypes, and what other hosts it is also.

    What is not known yet stays as it was ``before``: a responder that changes an instance withdraws it, announces its
    PTR record at once and the others when it has probed for them (RFC 6762 section 8).
    """
    key = hearings[0][1].full_name.lower()
    first = hearings[0][1]
    service = before or Service(change="added", name=first.label, type=first.base, domain=DOMAIN)
    newest = _leading(hearings, before)
    also: tuple[Claimant, ...] = ()
    if newest is not None:
        also = _claimants(hearings, newest)
        hearings = [
            (heard, instance)
            for heard, instance in hearings
            if instance.host is None or _same((instance.host, instance.port), newest)
        ]
        addresses = {address for heard, instance in hearings for address in heard.addresses(instance)}
        service = msgspec.structs.replace(
            service,
            host=newest.host,
            port=newest.port,
            ttl=newest.ttl,
            addresses=tuple(sorted(addresses, key=_address_order)),
        )
    described = [instance for _, instance in hearings if instance.text is not None]
    if described:
        service = msgspec.structs.replace(service, txt=max(described, key=lambda instance: instance.changed).txt)
    subtypes = {subtype for heard, _ in hearings for subtype in heard.subtypes(key)}
    interfaces = {heard.interface for heard, _ in hearings}
    return msgspec.structs.replace(
        service, interfaces=tuple(sorted(interfaces)), subtypes=tuple(sorted(subtypes)), also=also
    )


def _leading(hearings: _Hearings, before: Service | None) -> Instance | None:
    """The newest of those resolved; while the host told ``before`` is heard at all, another does not take its place."""
    resolved = [instance for _, instance in hearings if instance.host is not None]
    if before is not None and before.host is not None:
        stayed = [instance for instance in resolved if (instance.host or "").lower() == before.host.lower()]
        resolved = stayed or resolved
    return max(resolved, key=lambda instance: instance.changed, default=None)


def _claimants(hearings: _Hearings, leading: Instance) -> tuple[Claimant, ...]:
    """The other hosts and ports that the name leads to, each with where."""
    found: dict[tuple[str, int], set[str]] = {}
    for heard, instance in hearings:
        targets = heard.rivals(instance.full_name.lower())
        if instance.host is not None and instance.port is not None:
            targets = (*targets, (instance.host, instance.port))
        for target in targets:
            if not _same(target, leading):
                found.setdefault(target, set()).add(heard.interface)
    return tuple(
        Claimant(host=host, port=port, interfaces=tuple(sorted(interfaces)))
        for (host, port), interfaces in sorted(found.items())
    )


def _same(target: tuple[str, int | None], instance: Instance) -> bool:
    return target[1] == instance.port and target[0].lower() == (instance.host or "").lower()


def _address_order(text: str) -> tuple[int, bool, bytes]:
    address = ipaddress.ip_address(text)
    return address.version, address.is_link_local, address.packed
