"""The details of a device: who tells what of it, why it is one device, and what is contested."""

from __future__ import annotations

from discovery.devices.records import Device, DeviceFact
from ui.pages.bonjour.columns import tr
from ui.pages.bonjour.tools.device_columns import NAME_CAP, service_words, source_words, title
from ui.text import count, moment, visible
from ui.theme import Tone
from ui.widgets.details_form import Details, Fact, Section

MOST_SHOWN = 60
"""Facts of one source."""


def describe_device(row: Device) -> Details:
    """The facts together first, then those of each source with who told them."""
    sections = [
        Section("", facts=_together(row)),
        *(Section(source_words(source), facts=_told(row, source)) for source in row.sources),
    ]
    if row.clashes:
        sections.insert(1, Section(tr("Contested"), text="\n".join(clash.text for clash in row.clashes)))
    if row.merges:
        reasons = [f"{merge.text} ({', '.join(map(source_words, merge.sources))})" for merge in row.merges]
        sections.append(Section(tr("Why this is one device"), text="\n".join(reasons)))
    if row.left_out:
        left_out = tr("%1 more facts were told and are not kept.").replace("%1", count(row.left_out))
        sections.append(Section(tr("Left out"), text=left_out))
    contested = tr("claims contested")
    return Details(
        title=title(row),
        state=contested if row.clashes else tr("this computer") if row.own else "",
        tone=Tone.WARNING if row.clashes else Tone.NEUTRAL,
        sections=tuple(sections),
    )


def _together(row: Device) -> tuple[Fact, ...]:
    lists = (
        (tr("On"), row.interfaces, False),
        (tr("Addresses"), row.addresses, True),
        (tr("MAC"), row.macs, True),
        (tr("Host"), row.hosts, True),
        (tr("Called"), row.names, False),
        (tr("UUID"), row.uuids, True),
        (tr("Manufacturer"), (row.manufacturer,) if row.manufacturer else (), False),
        (tr("Model"), (row.model,) if row.model else (), False),
        (tr("Services"), tuple(dict.fromkeys(map(service_words, row.services))), False),
    )
    facts = [Fact(label, _lines(values), fixed=fixed) for label, values, fixed in lists if values]
    facts.append(Fact(tr("First and last heard"), f"{moment(row.first)} – {moment(row.last)}", fixed=True))
    return tuple(facts)


def _lines(values: tuple[str, ...]) -> str:
    return "\n".join(visible(value, NAME_CAP) for value in values)


def _told(row: Device, source: str) -> tuple[Fact, ...]:
    facts = [fact for fact in row.facts if fact.source == source]
    shown = [Fact(_label(fact), visible(fact.value, 300), fixed=True, note=_note(row, fact)) for fact in facts]
    if len(shown) > MOST_SHOWN:
        more = tr("%1 more").replace("%1", count(len(shown) - MOST_SHOWN))
        return (*shown[:MOST_SHOWN], Fact("…", more))
    return tuple(shown)


def _label(fact: DeviceFact) -> str:
    return {
        "address": tr("Address"),
        "mac": tr("MAC"),
        "host": tr("Host"),
        "name": tr("Called"),
        "uuid": tr("UUID"),
        "service": tr("Service"),
        "manufacturer": tr("Manufacturer"),
        "model": tr("Model"),
        "server": tr("Server"),
        "location": tr("Says it is described at"),
        "changed_mac": tr("MAC before"),
    }[fact.what]


def _note(row: Device, fact: DeviceFact) -> str:
    notes = [tr("of %1").replace("%1", visible(fact.of, NAME_CAP))] if fact.of else []
    if fact.told_by is not None and fact.told_by != fact.value:
        notes.append(tr("told by %1").replace("%1", visible(fact.told_by, 60)))
    if len(row.interfaces) > 1:
        notes.append(tr("on %1").replace("%1", visible(fact.interface, 40)))
    if fact.what == "location":
        notes.append(tr("never fetched: whoever answers chooses it"))
    return " · ".join(notes)
