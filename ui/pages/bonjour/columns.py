"""The columns of the Bonjour table: who offers what, at which addresses, where it was heard, and how it stands."""

from __future__ import annotations

import ipaddress
from collections.abc import Callable
from time import monotonic

from PySide6.QtCore import QCoreApplication

from discovery.records import Service
from ui import text
from ui.pages.bonjour.causes import cause_words
from ui.pages.bonjour.rows import HeadRow, HostRow, Line, Mark, ServiceRow, State, TypeRow
from ui.pages.bonjour.txt import txt_pairs, txt_summary
from ui.text import fill, plural, visible, visible_name
from ui.theme import Tone
from ui.widgets.columns import Cell, Chip, Column, Face

translate = QCoreApplication.translate

EMPTY = Cell()
WHOLE_CAP = 12_000
"""Above what a TXT record holds here: copying gives all of it."""
NAME_CAP = 120
HEAD_ADDRESSES = 3
SIGNS = {
    Mark.NEW: ("+", Tone.INFO),
    Mark.BACK: ("+", Tone.INFO),
    Mark.CHANGED: ("~", Tone.WARNING),
    Mark.NONE: ("", Tone.OK),
}


def tr(source: str) -> str:
    return translate("bonjour", source)


# What a service is called


def host_name(service: Service) -> str | None:
    """The host without the dot that ends every full name."""
    return service.host.removesuffix(".") if service.host is not None else None


def endpoint(service: Service) -> str:
    """``beta.local:8080``; the host alone for port 0, which says that there is nothing to connect to."""
    host = host_name(service)
    if host is None:
        return tr("no host and port heard yet")
    return f"{host}:{service.port}" if service.port else tr("%1 · a name only, no port").replace("%1", host)


def also_words(service: Service) -> str:
    """Other hosts of the same name, a line each: ``also printb.local:9999 on en5``; empty where there is none."""
    return "\n".join(
        fill(
            tr("also %1:%2 on %3"),
            visible(each.host.removesuffix("."), NAME_CAP),
            each.port,
            ", ".join(visible(name, 24) for name in each.interfaces),
        )
        for each in service.also
    )


def with_port(address: str, port: int | None) -> str:
    """``192.168.1.20:80``, ``[fd66::1]:80`` (RFC 3986 section 3.2.2)."""
    if not port:
        return address
    return f"[{address}]:{port}" if ":" in address else f"{address}:{port}"


# How it stands


def ago(seconds: float) -> str:
    """``0:42``: minutes and seconds."""
    whole = max(0, int(seconds))
    return f"{whole // 60}:{whole % 60:02}"


def state_words(row: ServiceRow) -> str:
    """For the filter: ``alive new``, ``alive changed``, ``asked``, ``gone``."""
    return f"{row.state.value} {row.mark.value}".strip()


def state_line(row: ServiceRow, now: float) -> str:
    """``alive``, ``+ new``, ``~ changed``, ``gone 0:42 ago``."""
    if row.state is State.GONE:
        return tr("gone %1 ago").replace("%1", ago(now - row.since))
    if row.state is State.ASKED:
        return tr("asking again")
    return {
        Mark.NEW: tr("+ new"),
        Mark.BACK: tr("+ back"),
        Mark.CHANGED: tr("~ changed"),
        Mark.NONE: tr("alive"),
    }[row.mark]


def state_detail(row: ServiceRow, now: float) -> str:
    """Beneath it: why it is gone, what changed, or for how long it is known."""
    if row.state is State.GONE:
        return cause_words(row.ended)
    if row.mark is Mark.CHANGED:
        return change_words(row.changes)
    return tr("for %1").replace("%1", text.age(now - row.first)) if now - row.first >= 1 else tr("just now")


def change_words(changes: tuple[str, ...]) -> str:
    """``port, TXT note`` and how many more."""
    names = {
        "host": tr("host"),
        "port": tr("port"),
        "addresses": tr("addresses"),
        "interfaces": tr("where it is heard"),
        "subtypes": tr("subtypes"),
        "also": tr("other hosts of its name"),
    }
    words = [names.get(change) or f"TXT {visible(change.removeprefix('txt:'), 24)}" for change in changes[:2]]
    more = len(changes) - len(words)
    return ", ".join([*words, tr("+%1").replace("%1", str(more))] if more > 0 else words)


def sign(row: ServiceRow) -> tuple[str, Tone]:
    """The glyph before the name and its tone; no glyph is a dot."""
    if row.state is State.GONE:
        return "−", Tone.NEUTRAL
    if row.state is State.ASKED:
        return "", Tone.NEUTRAL
    return SIGNS[row.mark]


# Cells


def _name_cell(line: Line) -> Cell:
    if not isinstance(line, ServiceRow):
        return _head_cell(line)
    glyph, tone = sign(line)
    name, where = visible_name(line.service.name, NAME_CAP), visible(endpoint(line.service), NAME_CAP)
    also = also_words(line.service)
    where = " · ".join((where, *also.splitlines()))
    spoken = " · ".join(dict.fromkeys((name, where, visible(line.head.title), visible(line.service.type))))
    return Cell(name, detail=where, dot=tone, glyph=glyph, dim=line.state is State.GONE, tip=also, spoken=spoken)


def _head_cell(line: HeadRow) -> Cell:
    counts = [Chip(_alive_words(line))]
    if line.gone:
        counts.append(Chip(tr("%1 gone").replace("%1", text.count(line.gone))))
    title, detail = _host_head(line) if isinstance(line, HostRow) else _type_head(line)
    spoken = [title, detail, *(chip.text for chip in counts)]
    if line.closed:
        spoken.append(tr("closed"))
    return Cell(title, detail=detail, chips=tuple(counts), dim=not line.alive, spoken=", ".join(spoken))


def _type_head(line: TypeRow) -> tuple[str, str]:
    known = line.head.title != line.head.type
    return visible(line.head.title), visible(line.head.type) if known else tr("a type this program has no name for")


def _host_head(line: HostRow) -> tuple[str, str]:
    """Its name over its addresses and where they were heard."""
    if line.host is None:
        return tr("Host not heard yet"), tr("these services have not been resolved")
    shown = [visible(address, 60) for address in line.addresses[:HEAD_ADDRESSES]]
    more = len(line.addresses) - len(shown)
    if more > 0:
        shown.append(f"+{more}")
    where = " ".join(visible(name, 24) for name in line.interfaces)
    detail = " · ".join(part for part in ("  ".join(shown) or tr("no address heard yet"), where) if part)
    return visible(line.host.removesuffix("."), NAME_CAP), detail


def _alive_words(line: HeadRow) -> str:
    if not line.alive and not line.gone:
        return tr("listed, nothing has answered yet")
    return plural(line.alive, tr("%n service"), tr("%n services"))


def _type_cell(row: ServiceRow) -> Cell:
    title, raw = visible(row.head.title, NAME_CAP), visible(row.service.type, NAME_CAP)
    return Cell(title, detail=raw if raw != title else "", dim=row.state is State.GONE)


def _address_cell(row: ServiceRow) -> Cell:
    addresses = row.service.addresses
    if not addresses:
        return Cell(text.UNKNOWN, dim=True, spoken=tr("no address heard yet"))
    first = next((address for address in addresses if ":" not in address), addresses[0])
    rest = [address for address in addresses if address != first]
    second = next((address for address in rest if ":" in address), rest[0] if rest else "")
    if len(rest) > 1:
        second += f"  +{len(rest) - 1}"
    shown = tuple(visible(address, 60) for address in addresses)
    return Cell(
        visible(first, 60), detail=visible(second, 70), dim=row.state is State.GONE, tip="\n".join(shown),
        spoken=", ".join(shown),
    )  # fmt: skip


def _interface_cell(row: ServiceRow) -> Cell:
    tone = Tone.NEUTRAL if row.state is State.GONE else Tone.INFO
    chips = tuple(Chip(visible(name, 24), tone) for name in row.service.interfaces)
    return Cell(chips=chips, spoken=", ".join(chip.text for chip in chips))


def _txt_cell(row: ServiceRow) -> Cell:
    count = len(row.service.txt)
    if not count:
        return Cell(text.UNKNOWN, dim=True, spoken=tr("no TXT"))
    keys = plural(count, tr("%n key"), tr("%n keys"))
    summary = txt_summary(row.service)
    return Cell(summary, detail=keys, dim=row.state is State.GONE, spoken=summary)


def _state_cell(row: ServiceRow) -> Cell:
    now = monotonic()
    return Cell(state_line(row, now), detail=state_detail(row, now), dim=row.state is State.GONE)


def _of_service(cell: Callable[[ServiceRow], Cell]) -> Callable[[Line], Cell]:
    return lambda line: cell(line) if isinstance(line, ServiceRow) else EMPTY


# Sorting and filtering


def _service(line: Line) -> Service:
    """Heads are neither sorted by a column nor asked for a field."""
    if not isinstance(line, ServiceRow):
        raise TypeError(line.key.name)
    return line.service


def _address_order(line: Line) -> tuple[int, int]:
    for address in _service(line).addresses:
        try:
            parsed = ipaddress.ip_address(address)
        except ValueError:
            continue
        return (parsed.version, int(parsed))
    return (9, 0)


def _state_order(line: Line) -> tuple[bool, float]:
    return (line.state is State.GONE, -line.first) if isinstance(line, ServiceRow) else (False, 0.0)


def _type_order(line: Line) -> tuple[str, str]:
    return line.head.order if isinstance(line, ServiceRow) else ("", "")


def columns() -> tuple[Column[Line], ...]:
    """In the person's language, so made when the page is."""
    return (
        Column(
            "name",
            tr("Service"),
            _name_cell,
            sort=lambda line: _service(line).name.casefold(),
            face=Face.STRONG,
            width=27,
            least=17,
            weight=2,
        ),
        Column(
            "type",
            tr("Type"),
            _of_service(_type_cell),
            sort=_type_order,
            detail_face=Face.FIXED,
            width=20,
            least=10,
            weight=1,
            extra=True,
        ),
        Column(
            "address",
            tr("Addresses"),
            _of_service(_address_cell),
            sort=_address_order,
            face=Face.FIXED,
            detail_face=Face.FIXED,
            width=21,
            least=16,
        ),
        Column(
            "interface",
            tr("Heard on"),
            _of_service(_interface_cell),
            sort=lambda line: _service(line).interfaces,
            width=9,
            least=8,
            weight=0,
            tip=tr("The interfaces of this computer on which the service was heard"),
        ),
        Column(
            "txt",
            tr("TXT"),
            _of_service(_txt_cell),
            sort=lambda line: txt_summary(_service(line)).casefold(),
            width=24,
            least=8,
            weight=2,
        ),
        Column(
            "state",
            tr("State"),
            _of_service(_state_cell),
            sort=_state_order,
            width=19,
            least=15,
            weight=0,
            moves=False,
        ),
    )


def _service_text(read: Callable[[Service], str]) -> Callable[[Line], str]:
    return lambda line: read(_service(line))


def _row_text(read: Callable[[ServiceRow], str]) -> Callable[[Line], str]:
    return lambda line: read(line) if isinstance(line, ServiceRow) else ""


def _ended_words(row: ServiceRow) -> str:
    if row.state is not State.GONE:
        return ""
    return f"{row.ended or 'unknown'} {cause_words(row.ended)}"


FIELDS: dict[str, Callable[[Line], str]] = {
    "name": _service_text(lambda service: service.name),
    "type": _row_text(lambda row: f"{row.service.type} {row.head.title} {' '.join(row.service.subtypes)}"),
    "host": _service_text(lambda service: " ".join((service.host or "", *(each.host for each in service.also)))),
    "address": _service_text(lambda service: " ".join(service.addresses)),
    "port": _service_text(lambda service: str(service.port) if service.port is not None else ""),
    "interface": _service_text(lambda service: " ".join(service.interfaces)),
    "txt": _service_text(lambda service: "\n".join(txt_pairs(service))),
    "state": _row_text(state_words),
    "ended": _row_text(_ended_words),
}
FIELDS |= {"addr": FIELDS["address"], "if": FIELDS["interface"]}
EXACT_FIELDS = frozenset(("port",))


def words(line: Line) -> str:
    """All that the filter finds a service by."""
    if not isinstance(line, ServiceRow):
        return "\n".join(_host_head(line) if isinstance(line, HostRow) else (line.head.title, line.head.type))
    service = line.service
    port = str(service.port) if service.port is not None else ""
    also = also_words(service)
    facts = (service.name, service.type, line.head.title, service.host or "", port, state_words(line), also)
    return "\n".join((*facts, *service.addresses, *service.interfaces, *service.subtypes, *txt_pairs(service)))
