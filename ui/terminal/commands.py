"""The verbs of the terminal: each asks one watch and prints its answer."""

from __future__ import annotations

import asyncio

import click

from diagnosis.records import Finding
from diagnosis.requests import DiagnoseRequest
from discovery.records import Service, ServiceType
from discovery.requests import BrowseRequest
from net.platform.system import missing_display
from net.ports.records import Listener
from net.records import Interface, Key, Membership, Problem, Removed
from net.requests import InterfaceRequest, PortsRequest, RouteRequest
from probe.methods import Batch
from resources.version import VERSION
from ui.terminal import (
    bonjour,
    bundling,
    changing,
    devices,
    diagnosing,
    explaining,
    inventory,
    listing_ports,
    multicast,
    resolving,
    tables,
    trying_ports,
)
from ui.terminal.collecting import collect, collect_or_fail
from ui.terminal.options import Amount, answering, common_options, interface_option
from ui.terminal.output import ANSWERED, COULD_NOT, NOTHING_FOUND, Output, is_closed
from ui.terminal.routing import print_route
from ui.terminal.running import run_watch

BROWSING_SECONDS = 5.0
"""How long services are looked for unless told otherwise."""


def run(words: list[str]) -> int:
    """Run the verb in ``words`` and return the exit code; no verb prints the overview."""
    if is_closed():  # what is opened next would take its place
        Output(json=False).message("The output could not be written: standard output is closed. Give it a place to go.")
        return COULD_NOT
    try:
        result = lanscout.main(args=words, prog_name="lanscout", standalone_mode=False)
    except click.UsageError as error:
        error.show()
        return 2
    except click.exceptions.Exit as end:
        return end.exit_code
    except (click.Abort, KeyboardInterrupt):
        return 130
    except BrokenPipeError:  # whoever read us has seen enough
        return ANSWERED
    return int(result or 0)


@click.group(invoke_without_command=True)
@click.version_option(VERSION, prog_name="lanscout")
@common_options
@click.pass_context
def lanscout(context: click.Context, place: str, *, as_json: bool) -> int | None:
    """Why does my local network traffic not arrive?

    Without a verb: the window; where there is no display, an overview of interfaces, services, ports and findings.
    """
    if context.invoked_subcommand is not None:
        return None
    return overview(as_json=as_json, place=place)


@answering
async def overview(output: Output, place: str) -> int:
    """What the window would show first, for a terminal."""
    reason = missing_display()
    if reason is not None:
        output.message(f"No window: {reason}. This is the overview instead; lanscout --help lists the verbs.")
    # First, and alone: where this place cannot be looked from, that is the answer.
    request = InterfaceRequest(follow=False)
    faces = await collect_or_fail(Output(json=False), place, "interfaces.watch", request, Interface)
    services, listeners, findings = await asyncio.gather(
        collect(output, place, "bonjour.browse", BrowseRequest(), Service, seconds=BROWSING_SECONDS),
        collect(output, place, "ports.watch", PortsRequest(follow=False), Listener),
        collect(output, place, "diagnosis.run", DiagnoseRequest(), Finding),
    )
    for title, made, records in (
        ("Interfaces", tables.interfaces_table(faces), faces),
        ("Bonjour services", tables.services_table(services), services),
        ("Listening ports", tables.listeners_table(listeners), listeners),
    ):
        output.records(records)
        output.say(f"\n{title}")
        output.show(made if records else tables.cell("none found"))
    output.records(findings)
    output.say("\nFindings")
    for finding in findings:
        output.show(tables.finding_text(finding))
    return ANSWERED


@lanscout.command("interfaces")
@common_options
@interface_option
@click.option("--watch", is_flag=True, help="Go on with what changes.")
@click.option("--seconds", type=Amount(min=0), help="End by itself.")
@answering
async def interfaces(
    output: Output, place: str, interfaces: tuple[str, ...], *, watch: bool, seconds: float | None
) -> int:
    """The host's network interfaces."""

    def take(batch: Batch) -> None:
        output.records(batch)
        faces = [record for record in batch if isinstance(record, Interface)]
        if faces:
            output.show(tables.interfaces_table(faces))
        for record in batch:
            if isinstance(record, Removed):
                output.say(f"{record.name} is gone")

    request = InterfaceRequest(interfaces=interfaces, follow=watch)
    await run_watch(place, "interfaces.watch", request, take, seconds=seconds)
    return ANSWERED


@lanscout.command("route")
@common_options
@click.argument("address")
@click.option("--interface", "interfaces", multiple=True, metavar="NAME", help="Also bound to this interface.")
@click.option("--each", is_flag=True, help="Also bound to each interface in turn.")
@click.option("--watch", is_flag=True, help="Go on with what changes, and why.")
@click.option("--seconds", type=Amount(min=0), help="End by itself.")
@answering
async def route(
    output: Output, place: str, address: str, interfaces: tuple[str, ...], seconds: float | None, **how: bool
) -> int:
    """The interface an unbound datagram to ADDRESS leaves by, and with --interface or --each a bound one."""
    if interfaces and how["each"]:
        raise click.UsageError("--each asks every interface: leave out --interface, or name those that are meant.")
    request = RouteRequest(address=address, interfaces=interfaces, each=how["each"], follow=how["watch"])
    return await print_route(output, place, request, seconds=seconds)


@lanscout.command("groups")
@common_options
@interface_option
@answering
async def groups(output: Output, place: str, interfaces: tuple[str, ...]) -> int:
    """The multicast groups the kernel has joined."""
    request = InterfaceRequest(interfaces=interfaces, follow=False)
    found = await collect_or_fail(output, place, "groups.watch", request, Membership)
    output.show(tables.memberships_table(found) if found else tables.cell("No group is joined."))
    return ANSWERED if found else NOTHING_FOUND


@lanscout.command("services")
@common_options
@interface_option
@click.argument("type", required=False)
@click.option("--seconds", type=Amount(min=0), default=BROWSING_SECONDS, show_default=True)
@click.option("--quiet", is_flag=True, help="Send nothing: only what others ask for or announce meanwhile is known.")
@answering
async def services(
    output: Output,
    *,
    place: str,
    interfaces: tuple[str, ...],
    type: str | None,  # noqa: A002 - the argument's name in the contract
    seconds: float,
    quiet: bool,
) -> int:
    """Bonjour services; no TYPE: all types."""
    rows: dict[Key, Service] = {}

    def take(batch: Batch) -> None:
        for record in batch:
            if isinstance(record, Problem):
                output.problem(record)
            elif isinstance(record, Service | ServiceType):
                output.records((record,))
            if isinstance(record, Service):
                rows[record.key()] = record

    request = BrowseRequest(types=(type,) if type else (), interfaces=interfaces, quiet=quiet)
    await run_watch(place, "bonjour.browse", request, take, seconds=seconds)
    found = [service for service in rows.values() if service.change != "removed"]
    where = f" on {', '.join(interfaces)}" if interfaces else ""
    output.show(
        tables.services_table(found)
        if found
        else tables.cell(
            f"No service was announced in {seconds:g} s{where}; without --quiet it would have been asked for."
            if quiet
            else f"No service answered in {seconds:g} s{where}; lanscout ladder looks for the reason."
        )
    )
    return ANSWERED if rows else NOTHING_FOUND


@lanscout.command("probe")
def probe() -> int:
    """Serve one window or terminal over stdin and stdout."""
    from probe.server import serve_stdio

    return serve_stdio()


for _verb in (
    *bonjour.VERBS,
    bundling.bundle,
    changing.changes,
    devices.devices,
    diagnosing.diagnose,
    explaining.explain,
    inventory.inventory,
    listing_ports.ports,
    *multicast.VERBS,
    *trying_ports.VERBS,
    *resolving.VERBS,
):
    lanscout.add_command(_verb)
