"""The verbs that try a port instead of listing it: who answers there, and could it be bound."""

from __future__ import annotations

import errno
import os
from collections.abc import Iterable

import click
from rich.table import Table
from rich.text import Text

from net.ports.naming import UNNAMED
from net.ports.records import Answer, Binding
from net.problems import make_problem
from net.records import Problem
from net.requests import AnswersRequest, BindRequest
from net.text import endpoint_text, visible
from net.verdict import Verdict
from probe.methods import Batch
from ui.port_input import names_an_address
from ui.terminal import tables
from ui.terminal.collecting import collect_or_fail
from ui.terminal.options import PortCommand, answering, common_options, parse_port, port_number
from ui.terminal.output import ANSWERED, NOTHING_FOUND, Output
from ui.terminal.running import run_watch

NO_SUCH_FAMILY = (errno.EADDRNOTAVAIL, errno.EAFNOSUPPORT)
"""What a wildcard is refused with where the computer lacks IPv6."""


@click.command("answers", cls=PortCommand)
@common_options
@click.argument("port", callback=parse_port)
@answering
async def answers(output: Output, place: str, port: int) -> int:
    """Who answers at 127.0.0.1, ::1 and each own address."""
    found: list[Answer] = []
    verdicts: list[Verdict] = []

    def take(batch: Batch) -> None:
        for record in batch:
            if isinstance(record, Problem):
                output.problem(record)
            else:
                output.records((record,))
        found.extend(record for record in batch if isinstance(record, Answer))
        verdicts.extend(record for record in batch if isinstance(record, Verdict))

    await run_watch(place, "ports.answers", AnswersRequest(port=port), take)
    output.show(answers_table(found))
    for verdict in verdicts:
        output.show(verdict_text(verdict))
    return ANSWERED if any(answer.connected for answer in found) else NOTHING_FOUND


@click.command("bind", cls=PortCommand)
@common_options
@click.argument("endpoint", metavar="[ADDRESS:]PORT")
@click.option("--udp", is_flag=True, help="UDP instead of TCP.")
@answering
async def bind(output: Output, place: str, endpoint: str, *, udp: bool) -> int:
    """Could a program bind this? Tried in sockets that never listen."""
    address, port = split_endpoint(endpoint)
    request = BindRequest(port=port, address=address, protocol="udp" if udp else "tcp")
    found = await collect_or_fail(output, place, "ports.bind", request, Binding)
    output.show(bindings_table(found))
    for text in bindings_text(found):
        output.say(text)
    asked = [each for each in found if address is not None or each.errno not in NO_SUCH_FAMILY]
    return ANSWERED if asked and all(each.possible for each in asked) else NOTHING_FOUND


def split_endpoint(text: str) -> tuple[str | None, int]:
    """``5000``, ``127.0.0.1:5000``, ``[::1]:5000``, ``*:5000`` as address and port. Raises click.UsageError."""
    address, colon, port = text.rpartition(":")
    if not colon:
        return None, port_number(text)
    if address.isdigit() or (names_an_address(text) and text.startswith("[")):
        port_number(text)  # which says what is wrong
    number = port_number(port)
    if address.startswith("[") and address.endswith("]"):
        return address[1:-1], number
    if ":" in address:
        problem = make_problem("brackets_missing", text)
        raise click.UsageError(f"{problem.text} {problem.remedy}")
    return (None if address in ("", "*") else address), number


def answers_table(found: Iterable[Answer]) -> Table:
    """A row for each address: who holds what was accepted there, and what was said."""
    made = tables.table("Address", "localhost", "Answer", "Process", "PID", "Says", right=(4,))
    every = tuple(found)
    several = sum(each.localhost is not None for each in every) > 1
    for each in every:
        refusal = "" if each.errno is None else f"{os.strerror(each.errno)} ({each.errno})"
        grade = "" if each.owner in (None, "proved") else f" ({each.owner})"
        made.add_row(
            tables.cell(endpoint_text(each.address, each.port), "bold"),
            tables.cell(None if each.localhost is None else f"tried {_ordinal(each.localhost)}" if several else "this"),
            tables.cell(f"connected in {each.ms:.1f} ms" if each.connected and each.ms is not None else refusal),
            tables.cell(f"{each.process or UNNAMED}{grade}" if each.process or each.pid is not None else None),
            tables.cell(each.pid),
            tables.cell(each.identity if each.fingerprint is None else each.fingerprint),
        )
    return made


def verdict_text(verdict: Verdict) -> Text:
    """The verdict in a sentence, its cause and its remedies."""
    text = Text("\n")
    text.append(visible(verdict.text, 2000), "bold")
    text.append(f"  ({verdict.certainty})\n")
    text.append(f"  cause   {visible(verdict.cause, 2000)}\n")
    for remedy in verdict.remedy:
        text.append(f"  remedy  {visible(remedy, 2000)}\n")
    text.append(f"  seen    {visible(verdict.evidence[-1], 2000)}" if verdict.evidence else "")
    return text


def bindings_table(found: Iterable[Binding]) -> Table:
    """A row for each way to bind."""
    made = tables.table("Address", "Protocol", "Stack", "Possible", "With reuse", "Held by")
    for each in found:
        made.add_row(
            tables.cell(endpoint_text(each.address, each.port), "bold"),
            tables.cell(each.protocol),
            tables.cell(each.stack),
            Text("yes", "green") if each.possible else Text(f"no ({each.errno})", "red"),
            tables.cell({True: "yes", False: "no", None: None}[each.with_reuse]),
            tables.cell(each.holder),
        )
    return made


def bindings_text(found: Iterable[Binding]) -> tuple[str, ...]:
    """Each reason, caveat and what is not known once, and the port that is free.

    A socket for both stacks meets what one for either meets, so where it is refused for the same, its reason is theirs.
    """
    every = tuple(found)
    whole = next((each for each in every if each.stack == "dual" and each.reason is not None), None)
    lines: dict[str, str] = {}
    for each in every:
        refused = whole if whole is not None and _same_cause(each, whole) else each
        if refused.reason is not None:
            key = f"{_without_place(refused.reason, refused)}\n  remedy  {refused.remedy}"
            reason = _of_port(refused) if refused is not each else refused.reason
            lines.setdefault(key, f"{reason}\n  remedy  {refused.remedy}")
        if each.caveat is not None:
            lines.setdefault(_without_place(each.caveat, each), each.caveat)
        if each.unknown is not None:
            lines.setdefault(each.unknown, each.unknown)
    free = next((each for each in every if each.free is not None), None)
    if free is not None:
        beware = f" {free.free_caveat}" if free.free_caveat is not None else ""
        lines["free"] = f"The nearest port that can be bound is {free.free}.{beware}"
    return tuple(f"\n{text}" for text in lines.values())


def _same_cause(one: Binding, whole: Binding) -> bool:
    return one.errno == whole.errno and one.with_reuse == whole.with_reuse and bool(one.holder) == bool(whole.holder)


def _of_port(binding: Binding) -> str:
    return (binding.reason or "").replace(endpoint_text(binding.address, binding.port), f"Port {binding.port}", 1)


def _without_place(text: str, binding: Binding) -> str:
    """What is said of any address alike."""
    return text.replace(endpoint_text(binding.address, binding.port), "")


def _ordinal(place: int) -> str:
    return {1: "first", 2: "second", 3: "third"}.get(place, f"{place}th")


VERBS = (answers, bind)
