"""What else is on the network, as typed records: services, their types, and later packets and devices."""

from __future__ import annotations

from typing import Literal

import msgspec

from net.records import Key, Record


class ServiceType(Record, frozen=True, kw_only=True, tag="type"):
    """A DNS-SD service type that is advertised, with its plain name from resources/tables/service-types.toml."""

    type: str
    label: str | None
    interfaces: tuple[str, ...] = ()

    def key(self) -> Key:
        return Key("type", self.type)


class Service(Record, frozen=True, kw_only=True):
    """A service instance (RFC 6763 section 4.1) and where it was heard.

    ``name`` is the instance label alone, ``type`` without domain (``_http._tcp``), ``addresses`` carry their scope
    (``fe80::1%en0``). ``txt`` maps each key to its text, or None for a key without value; a value that is not UTF-8
    is given as ``hex:...``. ``ttl`` is the SRV record's, seconds. ``interfaces`` are those it was heard on;
    ``port``, ``host`` and ``ttl`` are None until the instance is resolved.
    """

    change: Literal["added", "updated", "removed"]
    name: str
    type: str
    domain: str
    host: str | None = None
    port: int | None = None
    addresses: tuple[str, ...] = ()
    txt: dict[str, str | None] = msgspec.field(default_factory=dict)
    interfaces: tuple[str, ...] = ()
    ttl: int | None = None
    subtypes: tuple[str, ...] = ()
    seen: float | None = None

    def key(self) -> Key:
        return Key("service", f"{self.name}.{self.type}.{self.domain}")


class BrowseState(Record, frozen=True, kw_only=True):
    """How browsing stands on one interface: when it began, and how many mDNS packets were heard there.

    ``packets`` counts multicast from other hosts, not this host's own and not unicast answers; None where the system
    has no way to count without taking answers away from others.
    """

    interface: str
    since: float
    packets: int | None = None

    def key(self) -> Key:
        return Key("browse_state", self.interface)


DiscoveryRecord = ServiceType | Service | BrowseState
