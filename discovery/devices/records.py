"""A device of the local network as one row, and what tells so, as typed records."""

from __future__ import annotations

from typing import Literal

import msgspec

from net.records import Key, Record

Source = Literal["mdns", "ssdp", "ws_discovery", "neighbour"]

What = Literal[
    "address", "mac", "host", "name", "uuid", "service", "manufacturer", "model", "server", "location", "changed_mac"
]
"""``location`` is where a device says that its description or its WS-Discovery endpoint is: it is never fetched.
``changed_mac`` is the MAC that stood for the address before."""


class DeviceFact(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """What one source tells of a device. ``told_by`` is the address it came from, None from the neighbour table.

    ``of`` says what it holds of where that is not all of the device: of a MAC its address, of a service of mDNS its
    instance.
    """

    source: Source
    interface: str
    what: What
    value: str
    of: str | None = None
    told_by: str | None = None


class Merge(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """Why two things told are of one device: both have ``value``; ``text`` says it in a sentence."""

    by: Literal["address", "host", "mac", "uuid"]
    value: str
    sources: tuple[Source, ...]
    text: str


class Clash(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """What was claimed and not believed, or speaks for two devices: ``code`` is a row of devices.toml."""

    code: str
    value: str
    text: str


class Device(Record, frozen=True, kw_only=True):
    """A device: all that is told of it, where, and by which source.

    ``id`` stays while the oldest of what was merged stays. ``hosts`` are host names with their domain, without the
    last dot; ``names`` what people call it, the likeliest first; ``services`` the types that it offers
    (``_http._tcp``, ``urn:...``, ``wsdp:Device`` without its prefix). ``first`` and ``last`` are seconds since the
    epoch: when something of it was heard. ``own``: it is this computer. ``left_out`` counts facts that found no room.
    """

    id: str
    interfaces: tuple[str, ...]
    addresses: tuple[str, ...] = ()
    macs: tuple[str, ...] = ()
    hosts: tuple[str, ...] = ()
    names: tuple[str, ...] = ()
    uuids: tuple[str, ...] = ()
    services: tuple[str, ...] = ()
    sources: tuple[Source, ...] = ()
    manufacturer: str | None = None
    model: str | None = None
    first: float
    last: float
    own: bool = False
    facts: tuple[DeviceFact, ...] = ()
    merges: tuple[Merge, ...] = ()
    clashes: tuple[Clash, ...] = ()
    left_out: int = 0

    def key(self) -> Key:
        return Key("device", self.id)


class DeviceSearch(Record, frozen=True, kw_only=True, tag="device_search"):
    """How SSDP and WS-Discovery stand on one interface: packets sent there, and heard but for our own questions.

    Of these ``unread`` said nothing of a device (questions of others, broken messages). ``beyond`` are not counted with
    them: they were ignored, having come from outside the networks of the interface.
    """

    interface: str
    sent: int
    ssdp: int
    ws_discovery: int
    unread: int
    beyond: int

    def key(self) -> Key:
        return Key("device_search", self.interface)
