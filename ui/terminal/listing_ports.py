"""The verb that lists ports: who listens, what is connected, and why the owners run."""

from __future__ import annotations

import time
from collections.abc import Iterable, Sequence

import click
from rich.table import Table
from rich.text import Text

from net.ports.conflicts import several_programs
from net.ports.naming import UNNAMED, held_text
from net.ports.records import Connection, Listener, ProcessDetails
from net.problems import ProblemError
from net.records import Interface, Problem
from net.requests import InterfaceRequest, PortsRequest, ProcessRequest
from net.text import endpoint_text, visible
from probe.methods import Batch
from ui.terminal import tables
from ui.terminal.collecting import collect_or_fail
from ui.terminal.options import PortCommand, answering, common_options, interface_option, parse_port
from ui.terminal.output import ANSWERED, NOTHING_FOUND, Output
from ui.terminal.running import run_watch

QUIET = Output(json=False)


@click.command("ports", cls=PortCommand)
@common_options
@interface_option
@click.argument("port", metavar="[PORT]", required=False, callback=parse_port)
@click.option("--connections", is_flag=True, help="Also what is connected, from or to the port.")
@click.option("--details", is_flag=True, help="Also why each owner runs: folder, parents, unit, container.")
@answering
async def ports(
    output: Output, place: str, interfaces: tuple[str, ...], port: int | None, *, connections: bool, details: bool
) -> int:
    """Listening sockets and their owners."""
    addresses = await _addresses(place, interfaces)
    listeners: list[Listener] = []
    connected: list[Connection] = []

    def take(batch: Batch) -> None:
        for record in batch:
            if isinstance(record, Problem):
                output.problem(record)
            # A socket on every address is reached by each interface.
            elif isinstance(record, Listener) and (
                not interfaces or record.interface in interfaces or record.scope == "all"
            ):
                listeners.append(record)
            elif isinstance(record, Connection) and (not interfaces or record.address.partition("%")[0] in addresses):
                connected.append(record)

    request = PortsRequest(port=port, follow=False, connections=connections)
    await run_watch(place, "ports.watch", request, take)
    output.records((*listeners, *connected))
    _say_listeners(output, listeners, port, all_pids=details)
    if details:
        await _show_details(output, place, listeners)
    if connected:
        output.say("")
        output.show(connections_table(connected))
    return ANSWERED if listeners or connected else NOTHING_FOUND


def _say_listeners(output: Output, listeners: Sequence[Listener], port: int | None, *, all_pids: bool) -> None:
    if not listeners:
        output.say(f"Nothing listens on port {port}." if port else "Nothing listens.")
        return
    output.show(tables.listeners_table(listeners, all_pids=all_pids))
    # Of hidden owners in a long list, the line with the missing right says enough.
    told = [each for each in listeners if each.known and (port is not None or each.process is not None)]
    known = dict.fromkeys(each.known for each in told)
    for text in (*tables.missing_rights(listeners), *known):
        output.say(f"\n{text}")
    tcp = sorted((each for each in listeners if each.protocol == "tcp"), key=lambda each: each.address)
    if port is not None and several_programs(tcp):
        held = visible(held_text(tcp), 2000)
        output.say(f"\nDifferent programs hold port {port}: {held}.\nWho answers where: lanscout answers {port}")


async def _addresses(place: str, interfaces: tuple[str, ...]) -> set[str]:
    """Those of the interfaces named; raises ProblemError for a name that no interface has."""
    if not interfaces:
        return set()
    request = InterfaceRequest(interfaces=interfaces, follow=False)
    faces = await collect_or_fail(QUIET, place, "interfaces.watch", request, Interface)
    return {address.address.partition("%")[0] for face in faces for address in face.addresses}


async def _show_details(output: Output, place: str, listeners: Iterable[Listener]) -> None:
    owners = {(each.pid, each.started) for each in listeners}
    for pid, started in sorted((pid, started) for pid, started in owners if pid is not None and started is not None):
        request = ProcessRequest(pid=pid, started=started, follow=False)
        try:
            found = await collect_or_fail(output, place, "ports.process", request, ProcessDetails)
        except ProblemError as failure:  # it ended meanwhile
            output.problem(failure.problem)
            continue
        for process in found:
            output.say("")
            output.show(process_text(process))


def connections_table(found: Iterable[Connection]) -> Table:
    """What is connected, by port and peer, with the process that holds this end."""
    made = tables.table("Here", "There", "Protocol", "State", "Process", "PID", "User", right=(5,))
    for each in sorted(found, key=lambda row: (row.port, row.remote_address, row.remote_port)):
        probable = " (probable)" if each.owner == "probable" else ""
        made.add_row(
            tables.cell(endpoint_text(each.address, each.port), "bold"),
            tables.cell(endpoint_text(each.remote_address, each.remote_port)),
            tables.cell(each.protocol),
            tables.cell(each.state),
            tables.cell(f"{each.process or UNNAMED}{probable}" if each.process or each.pid is not None else None),
            tables.cell(each.pid),
            tables.cell(each.user),
        )
    return made


def process_text(process: ProcessDetails) -> Text:
    """Why a process runs, a line for each thing that is known."""
    text = Text()
    text.append(f"{visible(process.process or UNNAMED)} (PID {process.pid})\n", "bold")
    branch = f" on {process.branch}" if process.branch else ""
    started_by = " ‹ ".join(f"{each.process or UNNAMED} ({each.pid})" for each in process.ancestors)
    manager = f"{process.manager}: {process.unit}" if process.unit else process.manager
    project = f" of compose project {process.project}" if process.project else ""
    for label, value in (
        ("started", time.strftime("%Y-%m-%d %H:%M:%S", time.localtime(process.started))),
        ("user", process.user),
        ("program", process.executable),
        ("command", process.command),
        ("folder", process.cwd),
        ("repository", f"{process.repository}{branch}" if process.repository else None),
        ("parents", started_by or None),
        ("managed by", manager),
        ("container", f"{process.container}{project}" if process.container else None),
        ("hands on to", process.forwards_for),
        ("to stop", process.stop),
        ("not ended", process.end_refused),
        ("hidden", f"some of it; needed: {process.missing_right}" if process.missing_right else None),
    ):
        if value is not None:
            text.append(f"  {label:<12}{visible(value, 4000)}\n")
    return text
