"""Reads the ledger of Bonjour as statements about hosts: their addresses, services, names and models."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Final

from discovery.bonjour.names import parse_name
from discovery.bonjour.txt import parse_txt
from discovery.devices.records import What
from discovery.devices.statement import Statement, plain_uuid, scoped
from discovery.records import HeardRecord, Sighting
from net.records import Record, Removed

MOST_RECORDS: Final = 10_000
"""Records of addresses, services and texts that are looked at."""
MOST_ADDRESSES: Final = 64
"""Of one host on one interface."""
_TYPES = ("A", "AAAA", "SRV", "TXT")
_PRINTING = ("_ipp._tcp", "_ipps._tcp", "_printer._tcp", "_pdl-datastream._tcp", "_uscan._tcp", "_uscans._tcp")
_OF_PRINTERS: Final[dict[str, What]] = {"ty": "model", "usb_mfg": "manufacturer", "mfg": "manufacturer", "uuid": "uuid"}
_TXT: Final[dict[str, What]] = {
    "_device-info._tcp model": "model",
    "_airplay._tcp model": "model",
    "_airplay._tcp manufacturer": "manufacturer",
    "_raop._tcp am": "model",
    "_companion-link._tcp rpmd": "model",
    "_hap._tcp md": "model",
    "_googlecast._tcp md": "model",
    "_googlecast._tcp fn": "name",
    "_googlecast._tcp id": "uuid",
    **{f"{kind} {key}": what for kind in _PRINTING for key, what in _OF_PRINTERS.items()},
}
"""What a TXT value says, by service type and key in lower case: Apple's Bonjour Printing Specification 1.2.1 table 2,
the HomeKit Accessory Protocol table 6-7; the others as the devices that have them write them."""
_NO_NAME = ("_workstation._tcp", "_sleep-proxy._udp", "_device-info._tcp")
"""Types whose instances are named by machines."""


@dataclass(slots=True)
class _Host:
    """What one interface has heard of a host name, before it is a statement."""

    name: str
    addresses: dict[str, str] = field(default_factory=dict)
    sources: set[str] = field(default_factory=set)
    instances: dict[tuple[str, str], str] = field(default_factory=dict)
    times: list[tuple[float, float]] = field(default_factory=list)
    left_out: int = 0


class MdnsView:
    """Keeps what the ledger tells; ``left_out`` counts records that found no room."""

    def __init__(self) -> None:
        self.left_out = 0
        self.changed = False
        self._records: dict[str, HeardRecord] = {}

    def take(self, batch: Iterable[Record]) -> None:
        """The records of a browse; those of other kinds are passed over."""
        for record in batch:
            if isinstance(record, Removed) and record.of == "heard_record":
                self.changed = self._records.pop(record.name, None) is not None or self.changed
            elif isinstance(record, HeardRecord) and record.type in _TYPES:
                self._keep(record)

    def statements(self) -> Iterator[Statement]:
        """One for each host name and interface."""
        self.changed = False
        hosts: dict[tuple[str, str], _Host] = {}
        instances: dict[tuple[str, str], _Host] = {}
        for record in self._records.values():
            if record.type in ("A", "AAAA"):
                _take_address(hosts, record)
        for record in self._records.values():
            if record.type == "SRV":
                _take_server(hosts, instances, record)
        made = {key: _statement(key[0], host) for key, host in hosts.items()}
        for record in self._records.values():
            if record.type == "TXT":
                _take_text(made, instances, record)
        yield from made.values()

    def _keep(self, record: HeardRecord) -> None:
        name = record.key().name
        if not record.alive:
            self.changed = self._records.pop(name, None) is not None or self.changed
        elif name in self._records or len(self._records) < MOST_RECORDS:
            self._records[name] = record
            self.changed = True
        else:
            self.left_out += 1


def _alive(record: HeardRecord) -> Iterator[Sighting]:
    return (sighting for sighting in record.sightings if sighting.ended is None)


def _host(hosts: dict[tuple[str, str], _Host], interface: str, name: str) -> _Host:
    bare = name.removesuffix(".")
    return hosts.setdefault((interface, bare.lower()), _Host(bare))


def _take_address(hosts: dict[tuple[str, str], _Host], record: HeardRecord) -> None:
    for sighting in _alive(record):
        address = scoped(record.data, sighting.interface)
        if address is None:
            continue
        host = _host(hosts, sighting.interface, record.name)
        if address in host.addresses or len(host.addresses) < MOST_ADDRESSES:
            # Who speaks for himself counts before who speaks for him.
            if host.addresses.get(address) != address:
                host.addresses[address] = sighting.source
            host.sources.add(sighting.source)
        else:
            host.left_out += 1
        host.times.append((sighting.first, sighting.last))


def _take_server(
    hosts: dict[tuple[str, str], _Host], instances: dict[tuple[str, str], _Host], record: HeardRecord
) -> None:
    target = record.data.split(" ", 3)[-1]
    parts = _instance(record.name)
    if parts is None or target in (".", ""):
        return
    for sighting in _alive(record):
        host = _host(hosts, sighting.interface, target)
        host.sources.add(sighting.source)
        host.instances.setdefault(parts, sighting.source)
        host.times.append((sighting.first, sighting.last))
        instances.setdefault((sighting.interface, record.name.lower()), host)
        # The type _device-info has no SRV record; its instances are named like those of the host's other services.
        instances.setdefault((sighting.interface, f"{parts[0]}._device-info._tcp.local.".lower()), host)


def _take_text(
    made: dict[tuple[str, str], Statement], instances: dict[tuple[str, str], _Host], record: HeardRecord
) -> None:
    parts = _instance(record.name)
    if parts is None or record.data_hex is None:
        return
    values = parse_txt(bytes.fromhex(record.data_hex))
    told = {_TXT[word]: value for key, value in values.items() if (word := f"{parts[1]} {key.lower()}") in _TXT}
    if not told:
        return
    for sighting in _alive(record):
        host = instances.get((sighting.interface, record.name.lower()))
        if host is None:
            continue
        statement = made[sighting.interface, host.name.lower()]
        if parts[1] in _PRINTING and not _is_printer(host):
            continue
        for what, value in told.items():
            uuid = plain_uuid(value or "") if what == "uuid" else None
            if uuid is not None:
                statement.uuids |= {uuid}
            if value is not None and (what != "uuid" or uuid is not None):
                statement.tell(what, uuid or value, told_by=sighting.source)


def _is_printer(host: _Host) -> bool:
    """Whether all it offers is of its queues; the TXT of a queue that a computer shares tells of another device.

    A printer gives all its services one name (Bonjour Printing Specification 1.2.1 section 4).
    """
    queues = {label for label, kind in host.instances if kind in _PRINTING}
    return all(label in queues for label, kind in host.instances if kind not in _NO_NAME)


def _statement(interface: str, host: _Host) -> Statement:
    statement = Statement(
        source="mdns",
        interface=interface,
        subject=host.name.lower(),
        first=min(first for first, _ in host.times),
        last=max(last for _, last in host.times),
        addresses=tuple(host.addresses),
        spoke=frozenset(host.addresses.keys() & host.sources),
        told_by=min(host.sources),
        host=host.name.lower(),
        left_out=host.left_out,
    )
    statement.tell("host", host.name)
    for address, source in host.addresses.items():
        statement.tell("address", address, told_by=source)
    for (label, kind), source in host.instances.items():
        statement.tell("service", kind, of=label, told_by=source)
        if kind not in _NO_NAME:
            # AirPlay audio is named MAC@name.
            statement.tell("name", label.rpartition("@")[2] if kind == "_raop._tcp" else label, of=kind, told_by=source)
    return statement


@lru_cache(maxsize=4096)
def _instance(name: str) -> tuple[str, str] | None:
    """Label as text and type of ``web._http._tcp.local.``."""
    try:
        labels = parse_name(name)
    except ValueError:
        return None
    if len(labels) < 4 or not labels[1].startswith(b"_") or labels[2].lower() not in (b"_tcp", b"_udp"):
        return None
    kind = b".".join(labels[1:3]).decode("utf-8", "replace").lower()
    return labels[0].decode("utf-8", "replace"), kind
