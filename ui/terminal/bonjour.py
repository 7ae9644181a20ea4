"""The verbs of Bonjour beside ``services``."""

from __future__ import annotations

from typing import Any, Literal

import click

from discovery.requests import AskRequest, HearRequest, LadderRequest, PublishRequest, SystemRequest, VerifyRequest
from net.problems import ProblemError, make_problem
from ui.terminal.asking import print_asking, print_verifying
from ui.terminal.climbing import print_ladder
from ui.terminal.comparing import print_system
from ui.terminal.hearing import print_hearing
from ui.terminal.options import Amount, answering, common_options, interface_option
from ui.terminal.output import Output
from ui.terminal.publishing import print_publishing


@click.command("records")
@common_options
@interface_option
@click.option("--seconds", type=Amount(min=0), default=5.0, show_default=True)
@click.option("--pcapng", metavar="FILE", help="Record all that is heard, for Wireshark and `read`.")
@answering
async def records(output: Output, place: str, interfaces: tuple[str, ...], seconds: float, pcapng: str | None) -> int:
    """Every mDNS packet that is heard; sends nothing."""
    request = HearRequest(interfaces=interfaces, sections=output.json, pcapng=pcapng)
    return await print_hearing(output, place, request, seconds)


@click.command("ask")
@common_options
@interface_option
@click.argument("name")
@click.argument("type", default="")
@click.option("--qu", is_flag=True, help="Ask for the answer by unicast.")
@click.option("--legacy", is_flag=True, help="Ask as a simple resolver does, from a port of its own.")
@click.option("--seconds", type=Amount(0, 3600), default=2.0, show_default=True, help="Wait for answers.")
@answering
async def ask(
    output: Output,
    place: str,
    interfaces: tuple[str, ...],
    name: str,
    type: str,  # noqa: A002 - the argument's name in the contract
    seconds: float,
    **ways: bool,
) -> int:
    """Ask for the records of NAME and show who answers, and whether in time.

    TYPE is PTR, SRV, TXT, A, AAAA, ANY ... or a number. Without it a type of service (_http._tcp) is asked for PTR,
    which lists its instances, and any other name for ANY, which is all that is known of it. A NAME that ends neither
    in .local nor in .arpa gets .local.
    """
    if ways["qu"] and ways["legacy"]:
        raise ProblemError(make_problem("ask_one_way", "--qu and --legacy"))
    mode: Literal["qm", "qu", "legacy"] = "qu" if ways["qu"] else "legacy" if ways["legacy"] else "qm"
    request = AskRequest(name=name, type=type, mode=mode, interfaces=interfaces, seconds=seconds)
    return await print_asking(output, place, request)


@click.command("verify")
@common_options
@interface_option
@click.argument("name")
@click.argument("type")
@click.option("--data", help="Only the record with this data, written as `ask` shows it.")
@answering
async def verify(
    output: Output,
    place: str,
    interfaces: tuple[str, ...],
    name: str,
    type: str,  # noqa: A002 - the argument's name in the contract
    data: str | None,
) -> int:
    """Ask again for a record that is held true: is it still answered for (RFC 6762 section 10.4)?"""
    request = VerifyRequest(name=name, type=type, data=data, interfaces=interfaces)
    return await print_verifying(output, place, request)


@click.command("ladder")
@common_options
@interface_option
@click.option("--host", metavar="HOST", help="A host that should be heard: its address or name.")
@click.option("--seconds", type=Amount(0, 3600), default=2.0, show_default=True, help="Wait for each answer.")
@answering
async def ladder(output: Output, place: str, interfaces: tuple[str, ...], host: str | None, seconds: float) -> int:
    """Why is nothing found? Step by step: interface, join, own question, other hosts, answers, a known host."""
    return await print_ladder(output, place, LadderRequest(interfaces=interfaces, host=host, seconds=seconds))


@click.command("system")
@common_options
@interface_option
@click.argument("type", required=False)
@click.option("--seconds", type=Amount(min=0), default=5.0, show_default=True)
@answering
async def system(
    output: Output,
    place: str,
    interfaces: tuple[str, ...],
    type: str | None,  # noqa: A002 - the argument's name in the contract
    seconds: float,
) -> int:
    """What the system's own responder knows beside what is heard here, and why they differ; no TYPE: all types."""
    request = SystemRequest(types=(type,) if type else (), interfaces=interfaces)
    return await print_system(output, place, request, seconds)


@click.command("publish")
@common_options
@interface_option
@click.argument("name")
@click.argument("type")
@click.argument("port", type=click.IntRange(0, 65535))
@click.option("--txt", multiple=True, metavar="KEY=VALUE", help="A string of the TXT record; may be repeated.")
@click.option("--txt-hex", metavar="HEX", help="The bytes of the TXT record as they are.")
@click.option("--subtype", "subtypes", multiple=True, metavar="NAME", help="Such as _printer; may be repeated.")
@click.option("--host", metavar="NAME", help="The host name, without .local; with --address of another host (a proxy).")
@click.option("--address", "addresses", multiple=True, metavar="ADDRESS", help="Of that host; may be repeated.")
@click.option("--no-rename", is_flag=True, help="End where another host holds the name.")
@click.option("--point-to-point", is_flag=True, help="Also on tunnels, point-to-point and peer-to-peer links.")
@click.option("--seconds", type=Amount(min=0), help="End by itself.")
@answering
async def publish(
    output: Output,
    place: str,
    *,
    no_rename: bool,
    seconds: float | None,
    **options: Any,
) -> int:
    """Announce the service NAME of TYPE (_http._tcp) at PORT until stopped; then it is withdrawn."""
    return await print_publishing(output, place, PublishRequest(rename=not no_rename, **options), seconds)


VERBS = (records, ask, verify, ladder, system, publish)
