"""The table of the view Devices: what each is called, where it is, what it offers and who tells of it."""

from __future__ import annotations

from discovery.devices.records import Device
from resources.services import label
from ui.pages.bonjour.columns import tr
from ui.text import UNKNOWN, visible
from ui.theme import Tone
from ui.widgets.columns import Cell, Column, Face

NAME_CAP = 120
SHOWN = 3
"""Services named in a row."""


def title(row: Device) -> str:
    """What a person would call it."""
    found = next(iter((*row.names, *row.hosts, *row.addresses, *row.macs, *row.uuids)), UNKNOWN)
    return visible(found, NAME_CAP)


def order(row: Device) -> tuple[bool, str, str]:
    """Those with a name first; the others by address."""
    return not (row.names or row.hosts), title(row).casefold(), row.id


def source_words(source: str) -> str:
    return {
        "mdns": tr("mDNS"),
        "ssdp": tr("SSDP"),
        "ws_discovery": tr("WS-Discovery"),
        "neighbour": tr("neighbour"),
    }[source]


def service_words(kind: str) -> str:
    """The plain name of a DNS-SD type; of a URN of UPnP what tells it from others."""
    if kind.startswith("urn:"):
        parts = kind.split(":")
        return visible(parts[3] if len(parts) > 3 else kind, NAME_CAP)
    return visible(label(kind) or kind, NAME_CAP)


def _name(row: Device) -> Cell:
    made = visible(" ".join(filter(None, (row.manufacturer, row.model))), NAME_CAP)
    detail = " · ".join(filter(None, (tr("this computer") if row.own else "", made)))
    if row.clashes:
        return Cell(title(row), detail, dot=Tone.WARNING, glyph="▲", spoken=f"{title(row)} · {tr('claims contested')}")
    return Cell(title(row), detail)


def _first_of(values: tuple[str, ...]) -> Cell:
    if not values:
        return Cell(UNKNOWN, dim=True)
    more = tr("and %1 more").replace("%1", str(len(values) - 1)) if len(values) > 1 else ""
    all_of_them = ", ".join(visible(value, NAME_CAP) for value in values)
    return Cell(visible(values[0], NAME_CAP), more, tip=all_of_them, spoken=all_of_them)


def _services(row: Device) -> Cell:
    words = tuple(dict.fromkeys(service_words(kind) for kind in row.services))
    more = f" +{len(words) - SHOWN}" if len(words) > SHOWN else ""
    return Cell(", ".join(words[:SHOWN]) + more, dim=not words, spoken=", ".join(words))


def _sources(row: Device) -> Cell:
    words = [source_words(source) for source in row.sources]
    return Cell(", ".join(words[:2]), ", ".join(words[2:]), spoken=", ".join(words))


def device_columns() -> tuple[Column[Device], ...]:
    """In the person's language, so made when the page is."""
    return (
        Column("name", tr("Device"), _name, face=Face.STRONG, width=26, least=16, weight=2),
        Column("interface", tr("On"), lambda row: Cell(visible(", ".join(row.interfaces), 40)), width=8, least=5,
               weight=0),
        Column("addresses", tr("Addresses"), lambda row: _first_of(row.addresses), face=Face.FIXED, width=24, least=14),
        Column("mac", tr("MAC"), lambda row: _first_of(row.macs), face=Face.FIXED, width=18, least=17, weight=0,
               typical=(Cell("38:94:ed:01:02:f3"),)),
        Column("services", tr("Services"), _services, width=22, least=10, weight=2),
        Column("sources", tr("Known by"), _sources, width=23, least=14, weight=0,
               typical=(Cell("mDNS, SSDP", "WS-Discovery, neighbour"),)),
    )  # fmt: skip
