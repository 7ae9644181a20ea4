"""The verb ``resolve``: every resolver by UDP and TCP, as routed and bound to its interface, and what that means."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import click
from rich.table import Table
from rich.text import Text

from net.records import Problem
from net.requests import ResolveRequest
from net.resolvers.records import Resolution, Resolver, SystemResolution, failure
from net.text import endpoint_text, visible
from net.verdict import Verdict
from probe.methods import Batch
from ui.terminal import tables
from ui.terminal.options import answering, common_options, interface_option
from ui.terminal.output import ANSWERED, NOTHING_FOUND, Output
from ui.terminal.running import run_watch

TRANSPORTS = ("udp", "udp_large", "tcp")


@click.command("resolve")
@common_options
@interface_option
@click.argument("name")
@click.option("--server", "servers", multiple=True, metavar="ADDRESS", help="Ask this server instead of the system's.")
@click.option("--tries", type=click.IntRange(1, 20), default=5, show_default=True, help="Questions by each way.")
@answering
async def resolve(
    output: Output, place: str, interfaces: tuple[str, ...], name: str, servers: tuple[str, ...], tries: int
) -> int:
    """What every resolver says of NAME, by UDP and TCP, as routed and bound to its interface."""
    request = ResolveRequest(name=name, servers=servers, interfaces=interfaces, tries=tries)
    return await print_matrix(output, place, request)


async def print_matrix(output: Output, place: str, request: ResolveRequest) -> int:
    """Resolvers, a row for each server and path, what the system says, verdicts; 1 where nobody has an address."""
    resolvers: list[Resolver] = []
    cells: list[Resolution] = []
    system: list[SystemResolution] = []
    verdicts: list[Verdict] = []

    def take(batch: Batch) -> None:
        for record in batch:
            if isinstance(record, Problem):
                output.problem(record)
            else:
                output.records((record,))
        resolvers.extend(record for record in batch if isinstance(record, Resolver))
        cells.extend(record for record in batch if isinstance(record, Resolution))
        system.extend(record for record in batch if isinstance(record, SystemResolution))
        verdicts.extend(record for record in batch if isinstance(record, Verdict))

    await run_watch(place, "resolvers.resolve", request, take)
    if resolvers and not request.servers:
        output.show(resolvers_table(resolvers))
        output.say("")
    output.show(matrix_table(cells))
    for said in system:
        output.show(system_text(said))
    for verdict in verdicts:
        output.show(verdict_text(verdict))
    known = any(cell.addresses for cell in cells) or any(said.addresses for said in system)
    return ANSWERED if known else NOTHING_FOUND


def resolvers_table(resolvers: Iterable[Resolver]) -> Table:
    """The system's servers in its order, and for which names and interface each is."""
    made = tables.table("Resolver", "Interface", "For", "Names", "Source")
    for each in resolvers:
        made.add_row(
            tables.cell(server_text(each.server, each.port), "bold"),
            tables.cell(each.interface),
            tables.cell(each.scope),
            tables.cell(", ".join(each.domains) or "all"),
            tables.cell(each.source),
        )
    return made


def matrix_table(cells: Sequence[Resolution]) -> Table:
    """A row for each server and path, a column for each transport; the default path of each server first."""
    made = tables.table("Server", "Path", "UDP", "UDP, large", "TCP", "Answer")
    made.columns[0].no_wrap = True  # an address in two halves is none
    rows: dict[tuple[str, int, bool, str], dict[str, Resolution]] = {}
    for cell in cells:
        key = (cell.server, cell.port, cell.path == "bound", cell.interface or "no way")
        rows.setdefault(key, {})[cell.transport] = cell
    for (server, port, bound, interface), row in sorted(rows.items()):
        addresses = dict.fromkeys(address for cell in row.values() for address in cell.addresses)
        made.add_row(
            tables.cell(server_text(server, port), "bold"),
            tables.cell(f"bound to {interface}" if bound else f"as routed ({interface})"),
            *(cell_text(row[transport]) if transport in row else Text("–") for transport in TRANSPORTS),
            tables.cell(", ".join(addresses)),
        )
    return made


def cell_text(cell: Resolution) -> Text:
    """``NOERROR 0.4 ms``, ``silence``, ``3 of 5``, ``refused (111)``."""
    if not cell.answered:
        if cell.unexpected_source is not None:
            return Text(visible(f"{cell.unexpected_source} instead"), "red")
        if cell.malformed:
            return Text("no DNS", "red")
        number = "" if cell.errno is None else f" ({cell.errno})"
        return Text(f"{failure(cell)}{number}", "red")
    if cell.answered < cell.tries:
        return Text(f"{cell.answered} of {cell.tries}", "yellow")
    time = "" if cell.ms is None else f" {cell.ms:g} ms"
    cut = ", cut (TC)" if cell.truncated else ""
    return Text(visible(f"{cell.rcode}{time}{cut}"), "" if cell.ok else "yellow")


def system_text(system: SystemResolution) -> Text:
    """What getaddrinfo says, which is what programs get."""
    if system.ok:
        return Text(visible(f"getaddrinfo: {', '.join(system.addresses)} ({system.ms or 0:g} ms)"))
    return Text(visible(f"getaddrinfo: {system.problem.text if system.problem is not None else system.error}"))


def verdict_text(verdict: Verdict) -> Text:
    """The conclusion with its cause, evidence and remedies."""
    text = Text("\n")
    text.append(visible(verdict.text), "bold")
    text.append(f"  ({verdict.certainty})\n")
    for label, sentences in (("cause", (verdict.cause,)), ("seen", verdict.evidence), ("remedy", verdict.remedy)):
        for number, sentence in enumerate(sentences):
            text.append(f"  {'' if number else label:<8}{visible(sentence, 2000)}\n")
    return text


def server_text(server: str, port: int) -> str:
    """With the port where that is not 53."""
    return server if port == 53 else endpoint_text(server, port)


VERBS = (resolve,)
