"""The details of the view Resolvers: the cells of a row of the matrix, and what the verdicts say."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from net.resolvers.records import Resolution, Resolver, Transport
from net.verdict import Verdict
from ui.pages.interfaces.tools.resolver_columns import (
    TRANSPORTS,
    Line,
    cell_words,
    path_words,
    scope_words,
    server_text,
)
from ui.pages.interfaces.words import tr
from ui.pages.table_page import raw_text
from ui.text import fill
from ui.theme import Tone
from ui.widgets.details_form import Details, Fact, Section


def of_resolver(resolver: Resolver) -> Details:
    """All about a server of the system."""
    facts = [
        Fact(tr("Interface"), resolver.interface or tr("any")),
        Fact(tr("Asked for"), scope_words(resolver)),
        Fact(tr("Domains"), "\n".join(resolver.domains) or tr("all")),
        Fact(tr("Order"), str(resolver.order), fixed=True),
        Fact(tr("Known from"), resolver.source),
    ]
    if resolver.reachable is not None:
        facts.append(Fact(tr("Reachable"), tr("yes") if resolver.reachable else tr("no")))
    section = Section(tr("DNS server"), facts=tuple(facts))
    return Details(server_text(resolver.server, resolver.port), sections=(section,), raw=raw_text(resolver))


def of_verdicts(verdicts: Sequence[Verdict]) -> Details:
    """What was concluded, where no row is selected."""
    return Details(tr("What that means"), sections=tuple(_verdicts(verdicts)), raw=raw_text(*verdicts))


def of_line(line: Line, verdicts: Sequence[Verdict]) -> Details:
    """A row with its verdict, or all of them where none is about its server alone."""
    subject = server_text(line.server, line.port)
    own = [verdict for verdict in verdicts if verdict.subject == subject] or verdicts
    if line.system is not None:
        system = line.system
        said = ", ".join(system.addresses) or system.error or tr("nothing")
        facts = (Fact(tr("Name"), system.name), Fact(tr("Says"), said, fixed=True))
        sections = (Section(tr("The system's own answer"), facts=facts), *_verdicts(own))
        state = tr("what programs get")
        return Details("getaddrinfo", state, Tone.OK if system.ok else Tone.ERROR, sections, raw=raw_text(system))
    cells = [Section(transport_words(cell.transport), facts=_facts(cell)) for cell in _ordered(line)]
    tone = Tone.OK if all(cell.ok for cell in line.cells) else Tone.WARNING
    return Details(subject, path_words(line), tone, (*_verdicts(own), *cells), raw=raw_text(*line.cells))


def transport_words(transport: Transport) -> str:
    return {"udp": tr("By UDP"), "udp_large": tr("By UDP, large answers"), "tcp": tr("By TCP")}[transport]


def _ordered(line: Line) -> Iterator[Resolution]:
    for transport in TRANSPORTS:
        cell = line.cell(transport)
        if cell is not None:
            yield cell


def _facts(cell: Resolution) -> tuple[Fact, ...]:
    note = f"{cell.problem.text} {cell.problem.remedy}" if cell.problem is not None else ""
    facts = [
        Fact(tr("Result"), cell_words(cell), note=note),
        Fact(tr("Answered"), fill(tr("%1 of %2"), cell.answered, cell.tries), fixed=True),
    ]
    if cell.ms is not None:
        facts.append(Fact(tr("Fastest"), fill(tr("%1 ms"), f"{cell.ms:.1f}"), fixed=True))
    if cell.size is not None:
        facts.append(Fact(tr("Largest"), fill(tr("%1 bytes"), cell.size), fixed=True))
    if cell.fits is not None:
        facts.append(Fact(tr("Came through"), fill(tr("%1 bytes"), cell.fits), fixed=True))
    return tuple(facts)


def _verdicts(verdicts: Sequence[Verdict]) -> Iterator[Section]:
    for verdict in verdicts:
        if len(verdicts) > 1:
            yield Section(verdict.text)
        yield from _paragraphs(tr("What to do"), verdict.remedy)
        yield from _paragraphs(tr("Why"), (verdict.cause,) if verdict.cause else ())
        yield from _paragraphs(tr("Seen"), verdict.evidence)


def _paragraphs(title: str, sentences: Sequence[str]) -> Iterator[Section]:
    """Under one heading, each by itself."""
    for number, sentence in enumerate(sentences):
        yield Section("" if number else title, text=sentence)
