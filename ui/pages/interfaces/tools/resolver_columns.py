"""The tables of the view Resolvers: the system's servers, and what each of them answered by each way."""

from __future__ import annotations

from typing import NamedTuple

from net.resolvers.records import Resolution, Resolver, SystemResolution, Transport, failure
from net.text import endpoint_text
from ui.pages.interfaces.words import tr
from ui.text import UNKNOWN, fill, visible
from ui.theme import Tone
from ui.widgets.columns import Cell, Column, Face

CAP = 300
TRANSPORTS: tuple[Transport, ...] = ("udp", "udp_large", "tcp")


class Line(NamedTuple):
    """A row of the matrix: a server by one path, or (``system``) what getaddrinfo says."""

    server: str
    port: int
    bound: bool
    interface: str | None
    cells: tuple[Resolution, ...] = ()
    system: SystemResolution | None = None

    def cell(self, transport: Transport) -> Resolution | None:
        return next((cell for cell in self.cells if cell.transport == transport), None)

    @property
    def addresses(self) -> tuple[str, ...]:
        if self.system is not None:
            return self.system.addresses
        return tuple(dict.fromkeys(address for cell in self.cells for address in cell.addresses))


def server_text(server: str, port: int) -> str:
    """With the port where that is not 53."""
    return server if port == 53 else endpoint_text(server, port)


def scope_words(resolver: Resolver) -> str:
    return {
        "default": tr("any name"),
        "supplemental": tr("its domains only"),
        "scoped": tr("sockets bound to its interface"),
        "stub": tr("forwarder on this host"),
    }[resolver.scope]


def resolver_columns() -> tuple[Column[Resolver], ...]:
    """In the system's order."""
    return (
        Column("server", tr("DNS server"), _server, sort=lambda each: each.order, face=Face.FIXED, width=26, least=18),
        Column("interface", tr("Interface"), lambda each: _text(each.interface, tr("any")), width=13, least=9),
        Column("scope", tr("Asked for"), _scope, width=30, least=20, weight=2),
        Column("search", tr("Search list"), lambda each: _text(", ".join(each.search), tr("none")),
               width=22, least=12),
        Column("source", tr("Known from"), lambda each: _text(each.source, UNKNOWN), width=20, least=12),
    )  # fmt: skip


def _text(text: str | None, missing: str) -> Cell:
    return Cell(visible(text, CAP)) if text else Cell(missing, dim=True)


def _server(each: Resolver) -> Cell:
    text = visible(server_text(each.server, each.port), CAP)
    if each.reachable is False:
        return Cell(text, tr("not reachable, says the system"), dot=Tone.WARNING, glyph="!")
    return Cell(text)


def _scope(each: Resolver) -> Cell:
    return Cell(scope_words(each), visible(", ".join(each.domains), CAP))


def matrix_columns() -> tuple[Column[Line], ...]:
    """What the system says first; then each server, its default path before the others."""
    return (
        Column("server", tr("Asked"), _asked, sort=line_order, face=Face.STRONG, width=24, least=17, weight=2),
        Column("udp", "UDP", lambda line: _cell(line, "udp"), width=15, least=12),
        Column("large", tr("UDP, large"), lambda line: _cell(line, "udp_large"), width=15, least=12),
        Column("tcp", "TCP", lambda line: _cell(line, "tcp"), width=15, least=12),
        Column("answer", tr("Answer"), _answer, face=Face.FIXED, detail_face=Face.FIXED, width=24, least=15, weight=2),
    )  # fmt: skip


def line_order(line: Line) -> tuple[object, ...]:
    return (line.system is None, line.server, line.port, line.bound, line.interface or "")


def path_words(line: Line) -> str:
    """``as routed, by utun3``, ``bound to utun3``."""
    if line.bound:
        return fill(tr("bound to %1"), visible(line.interface or UNKNOWN, CAP))
    if line.interface is None:
        return tr("as routed, no way")
    return fill(tr("as routed, by %1"), visible(line.interface, CAP))


def _asked(line: Line) -> Cell:
    if line.system is not None:
        return Cell("getaddrinfo", tr("what programs get"))
    return Cell(visible(server_text(line.server, line.port), CAP), path_words(line))


def _cell(line: Line, transport: Transport) -> Cell:
    if line.system is not None:
        return _system(line.system) if transport == "udp" else Cell()
    cell = line.cell(transport)
    if cell is None:
        return Cell("…", dim=True, spoken=tr("being asked"))
    glyph, tone = cell_sign(cell)
    took = fill(tr("%1 ms"), f"{cell.ms:.1f}") if cell.ms is not None else ""
    tip = visible(cell.problem.text, CAP) if cell.problem is not None else ""
    return Cell(cell_words(cell), took, dot=tone, glyph=glyph, tip=tip)


def _system(system: SystemResolution) -> Cell:
    took = fill(tr("%1 ms"), f"{system.ms:.1f}") if system.ms is not None else ""
    if system.ok:
        return Cell(tr("ok"), took, dot=Tone.OK, glyph="✓")
    return Cell(system.error or tr("failed"), took, dot=Tone.ERROR, glyph="✕")


def cell_sign(cell: Resolution) -> tuple[str, Tone]:
    if cell.ok:
        return ("✓", Tone.OK)
    return ("!", Tone.WARNING) if cell.answered else ("✕", Tone.ERROR)


def cell_words(cell: Resolution) -> str:
    """``ok``, ``no such name``, ``SERVFAIL``, ``3 of 5``, ``silence``, ``refused``."""
    if not cell.answered:
        if cell.unexpected_source is not None:
            return fill(tr("%1 instead"), visible(cell.unexpected_source, 60))
        if cell.malformed:
            return tr("no DNS")
        return _failure_words(cell)
    if cell.answered < cell.tries:
        return fill(tr("%1 of %2"), cell.answered, cell.tries)
    if cell.rcode == "NOERROR":
        return tr("ok, cut") if cell.truncated else tr("ok")
    return {"NXDOMAIN": tr("no such name")}.get(cell.rcode or "", visible(cell.rcode or UNKNOWN, 40))


def _failure_words(cell: Resolution) -> str:
    return {
        "silence": tr("silence"),
        "refused": tr("refused"),
        "reset": tr("reset"),
        "not let out": tr("not let out"),
        "no way": tr("no way"),
        "unreachable": tr("unreachable"),
        "no zone": tr("no zone"),
        "failed": fill(tr("failed, errno %1"), cell.errno),
    }[failure(cell)]


def _answer(line: Line) -> Cell:
    shown = [visible(address, 60) for address in line.addresses]
    if not shown:
        return Cell(tr("none") if line.cells or line.system is not None else "", dim=True)
    return Cell(shown[0], " ".join(shown[1:]), tip="\n".join(shown))
