"""The table of ways out: one for each interface a socket may be bound to, the one that chooses none first."""

from __future__ import annotations

from net.records import Route
from ui.pages.interfaces.words import tr
from ui.text import UNKNOWN, fill, visible
from ui.theme import Tone
from ui.widgets.columns import Cell, Column, Face

CAP = 300


def leads_out(way: Route) -> bool:
    """Whether what is sent there leaves at all: there is a way, and its interface has a link."""
    return way.problem is None and (way.caution is None or way.caution.code != "route_without_link")


def way_tone(way: Route) -> Tone:
    if way.problem is not None:
        return Tone.ERROR if way.bound is None else Tone.NEUTRAL
    if way.caution is not None:
        return Tone.WARNING
    if way.agrees is None:
        return Tone.NEUTRAL
    return Tone.OK if way.agrees else Tone.WARNING


def way_words(way: Route) -> str:
    """Whether both ways of asking lead to the same place."""
    if way.problem is not None:
        return tr("no way")
    if way.agrees is None:
        return tr("not told")
    return tr("both agree") if way.agrees else tr("they differ")


def way_note(way: Route) -> str:
    """What is to be known beside that, in a few words; the whole sentence stands in the details."""
    if way.problem is not None and way.problem.code == "route_assumed":
        return tr("no route by it")
    if way.problem is not None:
        return fill(tr("refused (%1)"), str(way.problem.errno)) if way.problem.errno is not None else ""
    if way.difference is not None:
        return fill(tr("socket: %1"), ", ".join(way.source_of) or tr("no interface"))
    return _cautions().get(way.caution.code, "") if way.caution is not None else ""


def _cautions() -> dict[str, str]:
    return {
        "route_into_tunnel": tr("a tunnel, not the LAN"),
        "route_into_tunnel_bound": tr("a tunnel, not the LAN"),
        "route_into_loopback": tr("this computer only"),
        "route_without_link": tr("no link"),
        "route_per_flow": tr("one of several next hops"),
        "route_borrows_source": tr("no address of its own"),
    }


def way_sentence(way: Route) -> str:
    """``Packets to 224.224.0.77 leave by utun3, from 10.8.0.2, over the gateway 10.8.0.1.``"""
    to = way.address
    if way.port is not None:
        to = f"[{to}]:{way.port}" if ":" in to else f"{to}:{way.port}"
    if way.name is not None:
        to = f"{way.name} ({to})"
    if way.interface is None:
        return fill(tr("There is no way out to %1."), to)
    parts = [fill(tr("Packets to %1 leave by %2"), to, way.interface)]
    if way.source:
        parts.append(fill(tr("from %1"), way.source))
    if way.gateway:
        parts.append(fill(tr("over the gateway %1"), way.gateway))
    return ", ".join(parts) + "."


def way_columns() -> tuple[Column[Route], ...]:
    """What was bound, then what comes of it."""
    return (
        Column("bound", tr("Socket bound to"), _bound, face=Face.STRONG, width=21, least=15,
               sort=lambda way: (way.bound is not None, way.bound or "")),
        Column("interface", tr("Leaves by"), _interface, width=14, least=10),
        Column("source", tr("Source"), _source, face=Face.FIXED, width=26, least=17, weight=2),
        Column("gateway", tr("Gateway"), _gateway, face=Face.FIXED, width=18, least=13),
        Column("agrees", tr("Socket and lookup"), _agrees, width=24, least=15, weight=2),
    )  # fmt: skip


def _bound(way: Route) -> Cell:
    if way.bound is None:
        return Cell(tr("no interface"), tr("as most programs do"))
    return Cell(visible(way.bound, CAP), dim=way.problem is not None)


def _interface(way: Route) -> Cell:
    return _known(visible(way.interface, CAP) if way.interface else "", way)


def _source(way: Route) -> Cell:
    if not way.source:
        return _known("", way)
    owners = ", ".join(way.source_of)
    foreign = bool(owners) and way.interface not in way.source_of
    detail = fill(tr("of %1"), visible(owners, CAP)) if foreign or len(way.source_of) > 1 else ""
    return Cell(visible(way.source, CAP), detail, dim=way.problem is not None)


def _gateway(way: Route) -> Cell:
    if way.interface is not None and way.gateway is None and way.problem is None:
        return Cell(tr("none"), dim=True, spoken=tr("none, straight to the link"))
    return _known(visible(way.gateway, CAP) if way.gateway else "", way)


def _known(text: str, way: Route) -> Cell:
    return Cell(text, dim=way.problem is not None) if text else Cell(UNKNOWN, dim=True)


def _agrees(way: Route) -> Cell:
    problem = way.problem or way.difference or way.caution
    glyph = {Tone.OK: "✓", Tone.WARNING: "!", Tone.ERROR: "✕", Tone.NEUTRAL: "–"}[way_tone(way)]
    text = visible(problem.text, CAP) if problem is not None else ""
    return Cell(
        way_words(way),
        visible(way_note(way), CAP),
        dot=way_tone(way),
        glyph=glyph,
        dim=way.problem is not None,
        tip=text,
    )
