"""What one interface has heard of service types, instances and hosts, kept up from zeroconf's record updates."""

from __future__ import annotations

import ipaddress
import time
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Literal, cast

from zeroconf._cache import DNSCache
from zeroconf._dns import DNSAddress, DNSRecord, DNSService, DNSText

from discovery.bonjour.asking import CLASS_IN, TYPE_A, TYPE_AAAA, TYPE_SRV, TYPE_TXT
from discovery.bonjour.claims import Claims, Target
from discovery.bonjour.txt import parse_txt
from discovery.bonjour.types import META_QUERY, BrowsedType, heard_type, instance_label
from net.records import Family

MOST_INSTANCES = 10_000
MOST_TYPES = 1_000
MOST_PER_INSTANCE = 64
"""Addresses of a host, subtypes of an instance."""
MOST_BYTES = 32 * 1024 * 1024
"""Of TXT records together, with what it costs to keep each of their keys."""
Limit = Literal["types", "services", "bytes"]
_KEY_COST = 120
_FLUSHED_TTL = 1
_FLUSH_WAIT = 1.2
"""Seconds after which addresses that a cache flush has outdated are gone (RFC 6762 section 10.2)."""

_type_of = lru_cache(maxsize=4096)(heard_type)


@dataclass(slots=True)
class Instance:
    """A service instance as one interface hears it; ``changed`` and ``since`` are monotonic seconds."""

    label: str
    base: str
    full_name: str
    since: float
    changed: float
    pointers: set[str] = field(default_factory=set)
    host: str | None = None
    port: int | None = None
    ttl: int | None = None
    text: bytes | None = None
    txt: dict[str, str | None] = field(default_factory=dict)


class Heard:
    """State of one interface and family. ``wanted`` are the types browsed, none for all.

    Facts stay as they were last heard: an instance ends with its last PTR record (a goodbye, or its expiry), while an
    SRV, TXT or address record that merely runs out of TTL is not forgotten, since nobody asked for it again.
    ``limits`` are those that kept something out.
    """

    def __init__(self, interface: str, family: Family, wanted: Iterable[BrowsedType] = ()) -> None:
        self.interface = interface
        self.family = family
        self.instances: dict[str, Instance] = {}
        self.types: dict[str, str] = {}
        self.limits: set[Limit] = set()
        self._wanted = {_folded(browsed) for browsed in wanted}
        self._wanted_bases = {browsed.base for browsed in self._wanted}
        self._listed: set[str] = set()
        self._users_of_type: dict[str, int] = {}
        self._subtypes: dict[str, dict[str, None]] = {}
        self._hosts: dict[str, dict[str, None]] = {}
        self._users_of_host: dict[str, set[str]] = {}
        self._touched: set[str] = set()
        self._changed: set[str] = set()
        self._flushed: dict[str, float] = {}
        self._bytes = 0
        self._claims = Claims()

    @property
    def waiting(self) -> bool:
        """Whether ``settle`` has something to do within the next second or so."""
        return bool(self._touched or self._changed or self._flushed)

    def subtypes(self, key: str) -> Iterable[str]:
        """The subtypes whose PTR records point at the instance ``key``."""
        return self._subtypes.get(key, ())

    def addresses(self, instance: Instance) -> Iterable[str]:
        """The addresses of the host of an instance, with scope where link-local."""
        return self._hosts.get(instance.host.lower(), ()) if instance.host else ()

    def rivals(self, key: str) -> tuple[Target, ...]:
        """Other hosts and ports that claim the instance ``key`` on this link."""
        return self._claims.rivals(key)

    def complete(self, instance: Instance) -> bool:
        """Whether host, port, TXT and an address are known."""
        return instance.host is not None and instance.text is not None and bool(self.addresses(instance))

    def pointer(self, name: str, target: str, *, alive: bool) -> None:
        """A PTR record was heard, or (not ``alive``) ended."""
        if name.lower() == META_QUERY:
            self._type_listed(target, alive=alive)
            return
        browsed = _type_of(name)
        if browsed is None or (self._wanted and browsed.base.lower() not in self._wanted_bases):
            return
        label = instance_label(target, browsed.base)
        if label is None:
            return
        key = target.lower()
        if browsed.subtype is not None:
            self._subtype(key, browsed.subtype, alive=alive)
        if _folded(browsed) in self._wanted or (not self._wanted and browsed.subtype is None):
            if alive:
                self._point_at(key, label, browsed.base, name.lower(), target)
            else:
                self._point_away(key, name.lower())

    def touch(self, name: str, *, address: bool = False) -> None:
        """A record of ``name`` was heard; ``settle`` will read it. ``address``: an A or AAAA record."""
        key = name.lower()
        if key in self.instances or key in self._hosts:
            self._touched.add(key)
            if address:
                self._flushed[key] = time.monotonic() + _FLUSH_WAIT

    def address_ended(self, record: DNSAddress) -> None:
        """A goodbye for an address, or the end of one that a cache flush has outdated."""
        if record.ttl <= _FLUSHED_TTL:
            self._forget_address(record.name.lower(), self._text(record))

    def settle(self, cache: DNSCache, now: float) -> set[str]:
        """Read what was touched; returns the keys of the instances that appeared, changed or ended since."""
        for key in [key for key, due in self._flushed.items() if due <= now]:
            del self._flushed[key]
            self._touched.add(key)
        touched, self._touched = self._touched, set()
        milliseconds = now * 1000  # zeroconf counts time.monotonic() in milliseconds
        for key in touched:
            instance = self.instances.get(key)
            if instance is not None and self._read(key, instance, cache, milliseconds):
                instance.changed = now
                self._changed.add(key)
            if key in self._hosts:
                self._read_host(key, cache, milliseconds)
        changed, self._changed = self._changed | self._claims.settle(now), set()
        return changed

    def _type_listed(self, target: str, *, alive: bool) -> None:
        browsed = _type_of(target)
        if browsed is None or browsed.subtype is not None or self._wanted:
            return
        if alive:
            if self._note_type(browsed.base):
                self._listed.add(browsed.base.lower())
        else:
            self._listed.discard(browsed.base.lower())
            self._drop_idle_type(browsed.base.lower())

    def _note_type(self, base: str) -> bool:
        if base.lower() not in self.types and len(self.types) >= MOST_TYPES:
            self.limits.add("types")
            return False
        self.types.setdefault(base.lower(), base)
        return True

    def _drop_idle_type(self, key: str) -> None:
        if key not in self._listed and not self._users_of_type.get(key):
            self.types.pop(key, None)
            self._users_of_type.pop(key, None)

    def _subtype(self, key: str, subtype: str, *, alive: bool) -> None:
        if alive:
            if key not in self._subtypes and len(self._subtypes) >= MOST_INSTANCES:
                self.limits.add("services")
                return
            known = self._subtypes.setdefault(key, {})
            if subtype not in known and len(known) < MOST_PER_INSTANCE:
                known[subtype] = None
                self._changed.add(key)
        elif subtype in (known := self._subtypes.get(key, {})):
            del known[subtype]
            if not known:
                del self._subtypes[key]
            self._changed.add(key)

    def _point_at(self, key: str, label: str, base: str, pointer: str, full_name: str) -> None:
        instance = self.instances.get(key)
        if instance is None:
            if len(self.instances) >= MOST_INSTANCES:
                self.limits.add("services")
                return
            if not self._note_type(base):
                return
            now = time.monotonic()
            instance = self.instances[key] = Instance(label, base, full_name, since=now, changed=now)
            self._users_of_type[base.lower()] = self._users_of_type.get(base.lower(), 0) + 1
            self._touched.add(key)
            self._changed.add(key)
        instance.pointers.add(pointer)

    def _point_away(self, key: str, pointer: str) -> None:
        instance = self.instances.get(key)
        if instance is None:
            return
        instance.pointers.discard(pointer)
        if instance.pointers:
            return
        del self.instances[key]
        self._subtypes.pop(key, None)
        self._claims.forget(key)
        self._use_host(key, instance.host, None)
        self._bytes -= _cost(instance)
        self._users_of_type[instance.base.lower()] -= 1
        self._drop_idle_type(instance.base.lower())
        self._changed.add(key)

    def _read(self, key: str, instance: Instance, cache: DNSCache, now: float) -> bool:
        changed = False
        service = _newest(cache.async_all_by_details(instance.full_name, TYPE_SRV, CLASS_IN), now)
        if service is not None:
            found = cast("DNSService", service)
            if instance.host is not None and instance.port is not None:
                rivals = self._claims.rivals(key)
                standing = instance.host, instance.port
                stands = self._claims.take(key, standing, (found.server, found.port), now / 1000)
                changed = self._claims.rivals(key) != rivals
                if not stands:
                    return changed  # the TXT record heard last may be the rival's too
            facts = (found.server, found.port, found.ttl)
            if facts != (instance.host, instance.port, instance.ttl):
                self._use_host(key, instance.host, found.server)
                instance.host, instance.port, instance.ttl = facts
                changed = True
            if not self.addresses(instance):
                self._read_host(found.server.lower(), cache, now)
        text = _newest(cache.async_all_by_details(instance.full_name, TYPE_TXT, CLASS_IN), now)
        if text is not None and cast("DNSText", text).text != instance.text:
            self._set_text(instance, cast("DNSText", text).text)
            changed = True
        return changed

    def _set_text(self, instance: Instance, text: bytes) -> None:
        self._bytes -= _cost(instance)
        instance.text, instance.txt = text, parse_txt(text)
        if self._bytes + _cost(instance) > MOST_BYTES:
            self.limits.add("bytes")
            instance.text, instance.txt = b"", {}
        self._bytes += _cost(instance)

    def _use_host(self, key: str, before: str | None, after: str | None) -> None:
        if before is not None:
            users = self._users_of_host.get(before.lower(), set())
            users.discard(key)
            if not users:
                self._users_of_host.pop(before.lower(), None)
                self._hosts.pop(before.lower(), None)
        if after is not None:
            self._users_of_host.setdefault(after.lower(), set()).add(key)
            self._hosts.setdefault(after.lower(), {})

    def _read_host(self, host: str, cache: DNSCache, now: float) -> None:
        known = self._hosts[host]
        for type_ in (TYPE_A, TYPE_AAAA):
            for record in cache.async_all_by_details(host, type_, CLASS_IN):
                address = self._text(cast("DNSAddress", record))
                if not record.is_expired(now):
                    if address not in known and len(known) < MOST_PER_INSTANCE:
                        known[address] = None
                        self._changed |= self._users_of_host[host]
                elif record.ttl <= _FLUSHED_TTL:
                    self._forget_address(host, address)

    def _forget_address(self, host: str, address: str) -> None:
        if address in self._hosts.get(host, ()):
            del self._hosts[host][address]
            self._changed |= self._users_of_host[host]

    def _text(self, record: DNSAddress) -> str:
        address = ipaddress.ip_address(record.address)
        return f"{address}%{self.interface}" if address.version == 6 and address.is_link_local else str(address)


def limit_text(limit: Limit) -> str:
    """How much of what is kept: ``1,000 types``."""
    match limit:
        case "types":
            return f"{MOST_TYPES:,} types"
        case "services":
            return f"{MOST_INSTANCES:,} services"
        case "bytes":
            return f"{MOST_BYTES:,} bytes of TXT records"


def _folded(browsed: BrowsedType) -> BrowsedType:
    return BrowsedType(browsed.base.lower(), browsed.subtype and browsed.subtype.lower())


def _cost(instance: Instance) -> int:
    return len(instance.text or b"") + _KEY_COST * len(instance.txt)


def _newest(records: Sequence[DNSRecord], now: float) -> DNSRecord | None:
    """The one heard last; zeroconf gives those that a cache flush has outdated a new date and one second to live."""
    valid = [record for record in records if not record.is_expired(now)]
    return max(valid, key=lambda record: (record.ttl > _FLUSHED_TTL, record.created), default=None)
