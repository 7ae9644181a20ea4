"""Prints a test of all interfaces: the matrix of who heard whom, and the verdict."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from rich.table import Table
from rich.text import Text

from net.multicast.records import MulticastPath
from net.multicast.requests import MatrixRequest
from net.records import Problem
from net.text import visible
from net.verdict import Verdict
from probe.methods import Batch
from ui.terminal import tables
from ui.terminal.output import ANSWERED, NOTHING_FOUND, Output
from ui.terminal.running import run_watch

UNBOUND = "no interface chosen"


async def print_test(output: Output, place: str, request: MatrixRequest) -> int:
    """Each path and the verdict; exit code 1 if multicast works nowhere."""
    paths: list[MulticastPath] = []
    verdicts: list[Verdict] = []

    def take(batch: Batch) -> None:
        for record in batch:
            if isinstance(record, Problem):
                output.problem(record)
            else:
                output.records((record,))
        paths.extend(record for record in batch if isinstance(record, MulticastPath))
        verdicts.extend(record for record in batch if isinstance(record, Verdict))

    await run_watch(place, "multicast.test", request, take)
    for verdict in verdicts:
        output.show(matrix_table(paths))
        output.show(verdict_text(verdict, paths))
    return ANSWERED if any(verdict.working for verdict in verdicts) else NOTHING_FOUND


def matrix_table(paths: Sequence[MulticastPath]) -> Table:
    """A row for each sender, a column for each interface that could hear; those that took no part are left out."""
    own = {path.send_interface: path for path in paths if path.send_interface == path.receive_interface}
    names = [name for name, path in own.items() if path.sent or path.problem is None or path.problem.errno is not None]
    made = tables.table("Sent by", *(f"Heard on {visible(str(name))}" for name in names))
    by_pair = {(path.send_interface, path.receive_interface): path for path in paths}
    for sender in (*names, None):
        row = [by_pair[sender, str(name)] for name in names]
        made.add_row(
            tables.cell(UNBOUND if sender is None else sender, "bold"),
            *(_path_cell(path, own=path.send_interface == path.receive_interface) for path in row),
        )
    return made


def verdict_text(verdict: Verdict, paths: Iterable[MulticastPath]) -> Text:
    """The verdict with its evidence and remedies, and what the test cannot tell."""
    text = Text("\n")
    text.append(f"{visible(verdict.text)}", "bold")
    text.append(f"  ({verdict.certainty})\n")
    _lines(text, "cause", (verdict.cause,))
    _lines(text, "seen", verdict.evidence)
    _lines(text, "not", (problem.text for problem in verdict.not_working))
    refused = (path.problem for path in paths if path.unbound and path.problem is not None and not path.sent)
    _lines(text, "refused", dict.fromkeys(problem.text for problem in refused))
    _lines(text, "others", (f"{each.packets} from {each.source} on {each.interface}" for each in verdict.other_traffic))
    _lines(text, "remedy", verdict.remedy)
    _lines(text, "proves", (verdict.proves or "",))
    _lines(text, "but", (verdict.not_proven or "",))
    _lines(text, "further", verdict.further)
    return text


def _path_cell(path: MulticastPath, *, own: bool) -> Text:
    if path.received:
        some = "" if path.heard == path.sent else f" {path.heard} of {path.sent}"
        ttl = "" if path.ttl is None else f", TTL {path.ttl}"
        return Text(f"heard{some}{ttl}", "green" if own else "")
    if path.problem is not None:
        return Text(_short(path.problem), "yellow")
    return Text("–")


def _short(problem: Problem) -> str:
    return "not heard" if problem.errno is None else f"refused ({problem.errno})"


def _lines(text: Text, label: str, sentences: Iterable[str]) -> None:
    for sentence in sentences:
        text.append(f"  {label:<8}{visible(sentence, 2000)}\n")
