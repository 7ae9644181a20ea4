"""What is published from here as rows: how each service stands, with its words and details."""

from __future__ import annotations

from dataclasses import dataclass

from discovery.records import Published
from discovery.requests import PublishRequest
from net.records import Problem
from ui.pages.bonjour.columns import tr
from ui.text import UNKNOWN, fill, visible
from ui.theme import Tone
from ui.widgets.actions import Action
from ui.widgets.columns import Cell, Column, Face
from ui.widgets.details_form import Details, Fact, Section

NAME_CAP = 120
TEXT_CAP = 300


@dataclass(frozen=True, slots=True)
class Publication:
    """One press on Publish: what was asked, how it stands, and for which problem it ended.

    ``running`` until it is stopped or refused; ``obstacles`` are what keeps it from some of the interfaces.
    """

    number: int
    request: PublishRequest
    told: Published | None = None
    problem: Problem | None = None
    running: bool = True
    obstacles: tuple[Problem, ...] = ()

    @property
    def name(self) -> str:
        """The name it has on the network now."""
        return visible(self.told.name if self.told is not None else self.request.name, NAME_CAP)


def standing(row: Publication) -> tuple[str, str, Tone, str]:
    """Glyph, word, tone, and what that means."""
    if row.problem is not None:
        return "✕", tr("refused"), Tone.ERROR, f"{row.problem.text} {row.problem.remedy}"
    if not row.running:
        return "−", tr("withdrawn"), Tone.NEUTRAL, tr("A goodbye was sent: others forget it within a second.")
    if row.told is None or row.told.state == "probing":
        return "…", tr("probing"), Tone.INFO, tr("Asking three times whether another host holds the name.")
    if row.told.state == "conflict":
        holds = (
            tr("Already published from this computer.") if row.told.held_here else tr("Another host holds the name.")
        )
        return "✕", tr("conflict"), Tone.ERROR, holds
    if row.told.renamed_from is not None:
        words = tr("Another host holds the name %1, so it was announced as %2.")
        if row.told.held_here:
            words = tr("%1 is already published from this computer, so it was announced as %2.")
        return "▲", tr("renamed"), Tone.WARNING, fill(words, visible(row.told.renamed_from, NAME_CAP), row.name)
    return "●", tr("announced"), Tone.OK, tr("Everyone on the link can see it; questions about it are answered.")


def _state(row: Publication) -> Cell:
    glyph, words, tone, meaning = standing(row)
    return Cell(words, dot=tone, glyph=glyph, tip=meaning)


def _name(row: Publication) -> Cell:
    return Cell(row.name, row.request.type, dim=not row.running)


def _where(row: Publication) -> Cell:
    if row.problem is not None:
        return Cell(UNKNOWN, visible(row.problem.text, TEXT_CAP), tip=standing(row)[3])
    if row.told is None:
        return Cell(UNKNOWN, dim=True)
    host = visible(row.told.host.removesuffix("."), NAME_CAP)
    proxy = tr("for another host") if row.request.addresses else ""
    return Cell(f"{host}:{row.told.port}", proxy, dim=not row.running)


def _interfaces(row: Publication) -> Cell:
    told = row.told.interfaces if row.told is not None else row.request.interfaces
    return Cell(visible(", ".join(told), NAME_CAP) or UNKNOWN, dim=not row.running)


def publication_columns() -> tuple[Column[Publication], ...]:
    """The newest first."""
    return (
        Column("state", tr("State"), _state, width=14, least=12, weight=0,
               typical=(Cell(tr("announced"), dot=Tone.OK),)),
        Column("name", tr("Service"), _name, face=Face.STRONG, detail_face=Face.FIXED, width=30, least=16, weight=2),
        Column("host", tr("Host and port"), _where, face=Face.FIXED, width=28, least=16, weight=2),
        Column("interfaces", tr("On"), _interfaces, width=16, least=8, weight=1),
    )  # fmt: skip


def describe_publication(row: Publication, actions: tuple[Action, ...]) -> Details:
    """How it stands and what is announced."""
    _glyph, words, tone, meaning = standing(row)
    request, told = row.request, row.told
    facts = [Fact(tr("Type"), request.type, fixed=True), Fact(tr("Port"), str(request.port), fixed=True)]
    if told is not None:
        facts.append(Fact(tr("Host"), visible(told.host)))
        facts.append(Fact(tr("On"), ", ".join(told.interfaces) or tr("no interface now")))
    if request.addresses:
        facts.append(Fact(tr("Addresses"), "\n".join(request.addresses), fixed=True))
    if request.subtypes:
        facts.append(Fact(tr("Subtypes"), "\n".join(request.subtypes), fixed=True))
    sections = [Section("", text=meaning), Section("", facts=tuple(facts))]
    if told is not None and told.evidence:
        sections.append(Section(tr("Evidence"), text=told.evidence))
    if row.obstacles:
        told_off = "\n".join(f"{problem.text} {problem.remedy}" for problem in row.obstacles)
        sections.append(Section(tr("Not everywhere"), text=told_off))
    if request.txt_hex is not None:
        sections.append(Section(tr("TXT"), facts=(Fact(tr("Bytes"), request.txt_hex, fixed=True),)))
    elif request.txt:
        sections.append(Section(tr("TXT"), facts=tuple(_txt_fact(string) for string in request.txt)))
    return Details(title=row.name, state=words, tone=tone, sections=tuple(sections), actions=actions)


def _txt_fact(string: str) -> Fact:
    key, equals, value = string.partition("=")
    return Fact(visible(key, 20), visible(value) if equals else tr("(no value)"), fixed=bool(equals))
