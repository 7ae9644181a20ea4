"""Prints the devices of the local network, one row each."""

from __future__ import annotations

import click
from rich.table import Table

from discovery.devices.records import Device
from discovery.records import BrowseState
from discovery.requests import DevicesRequest
from net.records import Key, Problem, Removed
from probe.methods import Batch
from ui.terminal import tables
from ui.terminal.options import Amount, answering, common_options, interface_option
from ui.terminal.output import ANSWERED, NOTHING_FOUND, Output
from ui.terminal.running import run_watch

SOURCES = {"mdns": "mDNS", "ssdp": "SSDP", "ws_discovery": "WS-Discovery", "neighbour": "neighbour"}
SHOWN = 3
"""Addresses, names and services in a row."""


@click.command("devices")
@common_options
@interface_option
@click.option("--seconds", type=Amount(min=0), default=5.0, show_default=True)
@click.option("--quiet", is_flag=True, help="Send nothing: only what devices announce meanwhile, and the neighbours.")
@answering
async def devices(output: Output, place: str, interfaces: tuple[str, ...], seconds: float, *, quiet: bool) -> int:
    """One row a device, over mDNS, SSDP, WS-Discovery and the kernel's table of neighbours."""
    rows: dict[Key, Device] = {}

    def take(batch: Batch) -> None:
        output.records(record for record in batch if not isinstance(record, Problem | BrowseState))
        for record in batch:
            if isinstance(record, Problem):
                output.problem(record)
            elif isinstance(record, Device):
                rows[record.key()] = record
            elif isinstance(record, Removed):
                rows.pop(Key(record.of, record.name), None)

    await run_watch(place, "devices.watch", DevicesRequest(interfaces=interfaces, quiet=quiet), take, seconds=seconds)
    where = f" on {', '.join(interfaces)}" if interfaces else ""
    if not rows:
        output.say(f"No device was found in {seconds:g} s{where}; lanscout diagnose looks for the reason.")
        return NOTHING_FOUND
    found = sorted(rows.values(), key=lambda row: (row.interfaces, not row.own, title(row).casefold()))
    output.show(_devices_table(found))
    for row in found:
        for clash in row.clashes:
            output.say(f"{tables.cell(title(row))}: {tables.cell(clash.text)}")
    return ANSWERED


def title(row: Device) -> str:
    """What a person would call it."""
    return next(iter((*row.names, *row.hosts, *row.addresses, *row.macs, *row.uuids)), row.id)


def _devices_table(rows: list[Device]) -> Table:
    made = tables.table("Device", "On", "Addresses", "MAC", "Host", "Model", "Services", "Known by")
    for row in rows:
        model = " ".join(filter(None, (row.manufacturer, row.model)))
        facts = (
            f"{title(row)} (this computer)" if row.own else title(row),
            ", ".join(row.interfaces),
            _some(row.addresses),
            _some(row.macs),
            _some(tuple(host.removesuffix(".local") for host in row.hosts)),
            model or None,
            _some(row.services),
            ", ".join(SOURCES[source] for source in row.sources),
        )
        made.add_row(*map(tables.cell, facts))
    return made


def _some(values: tuple[str, ...]) -> str | None:
    more = f" +{len(values) - SHOWN}" if len(values) > SHOWN else ""
    return ", ".join(values[:SHOWN]) + more if values else None
