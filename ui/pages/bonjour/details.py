"""The details of a service, of a service type and of a host: every fact, and what the table of types knows."""

from __future__ import annotations

import ipaddress
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from time import localtime, strftime

from discovery.records import BrowseState, HeardRecord, Service
from net.records import Interface
from resources.loader import ServiceTypeRow, service_types
from ui.pages.bonjour.columns import WHOLE_CAP, also_words, host_name, state_detail, state_line, tr
from ui.pages.bonjour.hearing import Heard, hearing_of, hearing_words
from ui.pages.bonjour.name_parts import name_parts
from ui.pages.bonjour.rows import HostRow, Mark, ServiceRow, State, TypeRow
from ui.pages.bonjour.txt_details import LABEL_CAP, describe_txt, key_meaning
from ui.pages.table_page import raw_text
from ui.text import visible, visible_name
from ui.theme import Tone
from ui.widgets.actions import Action
from ui.widgets.details_form import Details, Fact, Section

MOST_HOSTS = 20
MOST_SERVICES = 40


@dataclass(frozen=True)
class Surroundings:
    """What is known around a service: the interfaces of the place and how browsing stands on them, by name; the records
    it is made of; whether TXT values are to be shown as hex."""

    interfaces: Mapping[str, Interface] = field(default_factory=dict)
    states: Mapping[str, BrowseState] = field(default_factory=dict)
    records: Sequence[HeardRecord] = ()
    txt: HeardRecord | None = None
    as_hex: bool = False


def describe_service(row: ServiceRow, around: Surroundings, now: float, actions: Sequence[Action]) -> Details:
    """All about a service; ``now`` in monotonic seconds."""
    service = row.service
    known = service_types().get(service.type.lower())
    return Details(
        title=visible_name(service.name),
        state=_state(row, now),
        tone=Tone.OK if row.state is State.ALIVE else Tone.NEUTRAL,
        sections=(
            Section("", facts=(*_kind(service.type, known), *name_parts(service), *_place(service))),
            Section(tr("Addresses"), facts=_addresses(service, around.records)),
            describe_txt(service, known, around.txt, as_hex=around.as_hex),
            Section(tr("Heard"), facts=_heard(row, around)),
            *_about(known),
        ),
        actions=tuple(actions),
        raw=raw_text(service),
        copies=False,
    )


def describe_type(row: TypeRow, services: Sequence[ServiceRow]) -> Details:
    """All about a type of which ``services`` are known."""
    known = service_types().get(row.head.type.lower())
    facts = [Fact(tr("Services"), str(row.alive), fixed=True)]
    if row.gone:
        facts.append(Fact(tr("Gone lately"), str(row.gone), fixed=True))
    hosts = sorted({name for each in services if (name := host_name(each.service)) is not None})
    if hosts:
        more = [tr("and %1 more").replace("%1", str(len(hosts) - MOST_HOSTS))] if len(hosts) > MOST_HOSTS else []
        facts.append(Fact(tr("Hosts"), "\n".join([*(visible(name) for name in hosts[:MOST_HOSTS]), *more])))
    if row.interfaces:
        facts.append(Fact(tr("Heard on"), ", ".join(row.interfaces)))
    sections = [Section("", facts=tuple(facts)), *_about(known)]
    if known is not None and known.txt:
        keys = tuple(Fact(visible(key.key, LABEL_CAP), key_meaning(key)) for key in known.txt)
        sections.append(Section(tr("TXT keys of this type"), facts=keys))
    tone = Tone.OK if row.alive else Tone.NEUTRAL
    state = row.head.type if row.head.title != row.head.type else tr("unknown to this program")
    return Details(title=row.head.title, state=state, tone=tone, sections=tuple(sections))


def describe_host(row: HostRow, services: Sequence[ServiceRow]) -> Details:
    """All about a host that offers ``services``."""
    alive = [each for each in services if each.state is not State.GONE]
    facts = [Fact(tr("Services"), str(row.alive), fixed=True)]
    if row.gone:
        facts.append(Fact(tr("Gone lately"), str(row.gone), fixed=True))
    if row.interfaces:
        facts.append(Fact(tr("Heard on"), ", ".join(row.interfaces)))
    lines = [
        Fact(visible(each.head.title, LABEL_CAP), f"{visible(each.service.name, 80)}{_port_words(each.service)}")
        for each in alive[:MOST_SERVICES]
    ]
    if len(alive) > MOST_SERVICES:
        lines.append(Fact("…", tr("and %1 more").replace("%1", str(len(alive) - MOST_SERVICES))))
    return Details(
        title=row.host.removesuffix(".") if row.host is not None else tr("Host not heard yet"),
        state=tr("offers services") if row.alive else tr("offers nothing now"),
        tone=Tone.OK if row.alive else Tone.NEUTRAL,
        sections=(
            Section("", facts=tuple(facts)),
            Section(tr("Addresses"), facts=_by_scope(row.addresses, {})),
            Section(tr("What it offers"), facts=tuple(lines)),
        ),
    )


def _port_words(service: Service) -> str:
    return f" · {service.port}" if service.port else ""


def txt_text(service: Service) -> str:
    """The whole TXT record for the clipboard: a line a key, what would hide made visible."""
    return "".join(f"{visible(f'{key}{_copied(value)}', WHOLE_CAP)}\n" for key, value in service.txt.items())


def _state(row: ServiceRow, now: float) -> str:
    line, detail = state_line(row, now), state_detail(row, now)
    if row.mark is Mark.CHANGED:
        return tr("%1: %2").replace("%1", line).replace("%2", detail)
    return f"{line} · {detail}"


def _kind(service_type: str, known: ServiceTypeRow | None) -> list[Fact]:
    kind = known.label if known is not None else tr("unknown to this program")
    return [Fact(tr("Kind"), kind), Fact(tr("Type"), service_type, fixed=True)]


def _about(known: ServiceTypeRow | None) -> tuple[Section, ...]:
    """What the table of types knows, with its source and whether that was confirmed."""
    title = tr("About this type")
    if known is None:
        return (Section(title, text=tr("The table of types does not have it: it may be a program's own.")),)
    texts = [tr("Used by %1.").replace("%1", known.used_by.rstrip("."))]
    if known.note:
        texts.append(known.note)
    if known.subtypes:
        texts.append(tr("Well-known subtypes: %1").replace("%1", ", ".join(known.subtypes)))
    if not known.verified:
        texts.append(tr("Unverified: no text that was read confirms this."))
    texts.append(tr("Source: %1").replace("%1", known.source))
    return tuple(Section(title if place == 0 else "", text=text) for place, text in enumerate(texts))


def _place(service: Service) -> tuple[Fact, ...]:
    facts = [
        Fact(tr("Host"), visible(host_name(service) or tr("not heard yet"))),
        Fact(tr("Port"), _port(service), fixed=service.port is not None),
    ]
    if service.also:
        facts.append(Fact(tr("Same name"), also_words(service), note=_rivalry(service)))
    if service.domain != "local":
        facts.append(Fact(tr("Domain"), visible(service.domain)))
    if service.subtypes:
        facts.append(Fact(tr("Subtypes"), "\n".join(visible(subtype) for subtype in service.subtypes), fixed=True))
    if service.ttl is not None:
        facts.append(Fact(tr("SRV TTL"), tr("%1 s").replace("%1", str(service.ttl)), fixed=True))
    return tuple(facts)


def _rivalry(service: Service) -> str:
    """Whether the others are elsewhere, or claim the name on the same link."""
    if any(set(each.interfaces) & set(service.interfaces) for each in service.also):
        return tr("Two hosts claim this name on one link; one of them should take another (RFC 6762 section 9)")
    return tr("Another service of the same name on another link; choose its interface to see it alone")


def _port(service: Service) -> str:
    if service.port is None:
        return tr("not heard yet")
    return str(service.port) if service.port else tr("0: a name only, there is nothing to connect to")


def _addresses(service: Service, records: Sequence[HeardRecord]) -> tuple[Fact, ...]:
    """By family and reach, each with the interfaces its record was heard on."""
    heard: dict[str, list[str]] = {}
    for record in records:
        if record.type in ("A", "AAAA"):
            names = (sighting.interface for sighting in record.sightings if sighting.ended is None)
            heard.setdefault(record.data, []).extend(names)
    return _by_scope(service.addresses, heard)


def _by_scope(addresses: Sequence[str], heard: Mapping[str, Sequence[str]]) -> tuple[Fact, ...]:
    if not addresses:
        return (Fact(tr("Address"), tr("none heard yet")),)
    lines: dict[str, list[str]] = {}
    for address in addresses:
        bare, scoped, _ = address.partition("%")
        names = "" if scoped else " ".join(visible(name, 24) for name in dict.fromkeys(heard.get(bare, ())))
        lines.setdefault(_scope(address), []).append(f"{address}  {names}".rstrip())
    return tuple(Fact(label, "\n".join(found), fixed=True) for label, found in lines.items())


def _scope(text: str) -> str:
    """``IPv4``, ``IPv6 link-local``: which family, and how far it reaches where that is not everywhere."""
    try:
        address = ipaddress.ip_address(text)
    except ValueError:
        return tr("Address")
    if address.is_loopback:
        reach = tr("this host")
    elif address.is_link_local:
        reach = tr("link-local")
    elif address.version == 6 and address in _UNIQUE_LOCAL:
        reach = tr("local")
    else:
        reach = ""
    return f"IPv{address.version} {reach}".strip()


_UNIQUE_LOCAL = ipaddress.IPv6Network("fc00::/7")  # RFC 4193 section 3.1


def _heard(row: ServiceRow, around: Surroundings) -> tuple[Fact, ...]:
    """Each interface in words: where it is heard, where nothing is, and where that cannot be."""
    service = row.service
    facts = []
    for name in dict.fromkeys((*service.interfaces, *sorted(around.states))):
        interface = around.interfaces.get(name)
        hearing = hearing_of(row, around.states.get(name), name)
        label = f" · {interface.label}" if interface is not None and hearing.heard is Heard.HEARD else ""
        facts.append(Fact(visible(name, LABEL_CAP), f"{hearing_words(hearing)}{label}"))
    if not facts:
        facts.append(Fact(tr("Heard on"), tr("no interface now")))
    if service.seen is not None:
        facts.append(Fact(tr("Last change"), strftime("%H:%M:%S", localtime(service.seen)), fixed=True))
    return tuple(facts)


def _copied(value: str | None) -> str:
    return "" if value is None else f"={value}"
