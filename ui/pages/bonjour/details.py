"""The details of a service and of a service type: every fact, and what the table of types knows about it."""

from __future__ import annotations

import ipaddress
from collections.abc import Mapping, Sequence
from time import localtime, strftime

from discovery.records import Service
from net.records import Interface
from resources.loader import ServiceTypeRow, TxtKeyRow, service_types
from ui.pages.bonjour.columns import WHOLE_CAP, host_name, spaced_hex, state_detail, state_line, tr
from ui.pages.bonjour.rows import Mark, ServiceRow, State, TypeRow
from ui.pages.table_page import raw_text
from ui.text import plural, visible
from ui.theme import Tone
from ui.widgets.actions import Action
from ui.widgets.details_form import Details, Fact, Section

LABEL_CAP = 20
VALUE_CAP = 500
MOST_HOSTS = 20
MOST_KEYS = 64
"""TXT keys shown, each two or three widgets; copying gives all."""


def describe_service(
    row: ServiceRow, interfaces: Mapping[str, Interface], now: float, actions: Sequence[Action]
) -> Details:
    """All about a service; ``interfaces`` are those of the place by name, ``now`` monotonic seconds."""
    service = row.service
    known = service_types().get(service.type.lower())
    return Details(
        title=service.name,
        state=_state(row, now),
        tone=Tone.OK if row.state is State.ALIVE else Tone.NEUTRAL,
        sections=(
            Section("", facts=(*_kind(service.type, known), *_place(service))),
            Section(tr("Addresses"), facts=_addresses(service)),
            _txt(service, known),
            Section(tr("Heard"), facts=_heard(service, interfaces)),
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
        keys = tuple(Fact(visible(key.key, LABEL_CAP), _meaning(key)) for key in known.txt)
        sections.append(Section(tr("TXT keys of this type"), facts=keys))
    tone = Tone.OK if row.alive else Tone.NEUTRAL
    state = row.head.type if row.head.title != row.head.type else tr("unknown to this program")
    return Details(title=row.head.title, state=state, tone=tone, sections=tuple(sections))


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
    if service.domain != "local":
        facts.append(Fact(tr("Domain"), visible(service.domain)))
    if service.subtypes:
        facts.append(Fact(tr("Subtypes"), "\n".join(visible(subtype) for subtype in service.subtypes), fixed=True))
    if service.ttl is not None:
        facts.append(Fact(tr("SRV TTL"), tr("%1 s").replace("%1", str(service.ttl)), fixed=True))
    return tuple(facts)


def _port(service: Service) -> str:
    if service.port is None:
        return tr("not heard yet")
    return str(service.port) if service.port else tr("0: a name only, there is nothing to connect to")


def _addresses(service: Service) -> tuple[Fact, ...]:
    if not service.addresses:
        return (Fact(tr("Address"), tr("none heard yet")),)
    lines: dict[str, list[str]] = {}
    for address in service.addresses:
        lines.setdefault(_scope(address), []).append(address)
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


def _heard(service: Service, interfaces: Mapping[str, Interface]) -> tuple[Fact, ...]:
    lines = [f"{name} · {interfaces[name].label}" if name in interfaces else name for name in service.interfaces]
    facts = [Fact(tr("Heard on"), "\n".join(lines) or tr("no interface now"))]
    if service.seen is not None:
        facts.append(Fact(tr("Last change"), strftime("%H:%M:%S", localtime(service.seen)), fixed=True))
    return tuple(facts)


def _txt(service: Service, known: ServiceTypeRow | None) -> Section:
    if not service.txt:
        return Section(tr("TXT"), text=tr("Its TXT record is empty or not heard yet."))
    meanings = {key.key.lower(): key for key in known.txt} if known is not None else {}
    facts = []
    for key, value in list(service.txt.items())[:MOST_KEYS]:
        meaning = meanings.get(key.lower())
        facts.append(_txt_fact(key, value, _meaning(meaning) if meaning is not None else ""))
    more = len(service.txt) - len(facts)
    title = tr("TXT · %1").replace("%1", plural(len(service.txt), tr("%n key"), tr("%n keys")))
    if more:
        facts.append(Fact("…", plural(more, tr("%n more key, in Copy TXT"), tr("%n more keys, in Copy TXT"))))
    return Section(title, facts=tuple(facts))


def _txt_fact(key: str, value: str | None, meaning: str) -> Fact:
    label = visible(key, LABEL_CAP)
    if value is None:
        return Fact(label, tr("(no value)"), note=meaning)
    if value.startswith("hex:"):
        return Fact(label, tr("hex %1").replace("%1", spaced_hex(value)), fixed=True, cap=VALUE_CAP, note=meaning)
    if not value:
        return Fact(label, tr("(empty)"), note=meaning)
    # One line: a line break in a value is made visible, not followed.
    return Fact(label, visible(value, WHOLE_CAP), fixed=True, cap=VALUE_CAP, note=meaning)


def _copied(value: str | None) -> str:
    return "" if value is None else f"={value}"


def _meaning(key: TxtKeyRow) -> str:
    return key.meaning if key.verified else tr("%1 (unverified)").replace("%1", key.meaning)
