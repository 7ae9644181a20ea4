"""The verbs of multicast."""

from __future__ import annotations

from typing import Any

import click

from net.multicast.requests import MatrixRequest
from net.requests import ListenRequest, SendRequest
from ui.terminal.listening import print_listening, print_sending
from ui.terminal.options import answering, common_options, interface_option
from ui.terminal.output import Output
from ui.terminal.testing import print_test


@click.command("listen")
@common_options
@interface_option
@click.argument("group", metavar="GROUP:PORT")
@click.option("--count", type=click.IntRange(min=1), help="End after so many datagrams.")
@click.option("--seconds", type=click.FloatRange(min=0), help="End by itself.")
@answering
async def listen(
    output: Output, place: str, interfaces: tuple[str, ...], group: str, count: int | None, seconds: float | None
) -> int:
    """Join GROUP:PORT on the interface and print what arrives."""
    request = ListenRequest(groups=(group,), interfaces=interfaces, count=count)
    return await print_listening(output, place, request, seconds)


@click.command("send")
@common_options
@click.option("--interface", metavar="NAME", help="The interface to send by; without it the kernel routes.")
@click.argument("group", metavar="GROUP:PORT")
@click.option("--count", type=click.IntRange(min=1), default=1, show_default=True)
@click.option("--interval-ms", type=click.FloatRange(min=0), default=1000, show_default=True)
@click.option("--ttl", type=click.IntRange(0, 255), default=1, show_default=True)
@click.option("--size", type=click.IntRange(0, 65507), help="Bytes of a numbered payload.")
@click.option("--text", help="The payload as text.")
@click.option("--hex", "hex_", help="The payload as hexadecimal bytes.")
@click.option("--seconds", type=click.FloatRange(min=0), help="End by itself.")
@answering
async def send(
    output: Output, place: str, interface: str | None, seconds: float | None, hex_: str | None, **options: Any
) -> int:
    """Send to GROUP:PORT from the interface; the default payload is numbered."""
    return await print_sending(output, place, SendRequest(interface=interface, hex=hex_, **options), seconds)


@click.command("test")
@common_options
@interface_option
@click.argument("group", metavar="GROUP:PORT")
@click.option("--count", type=click.IntRange(1, 100), default=3, show_default=True, help="Packets by each interface.")
@click.option("--ttl", type=click.IntRange(0, 255), default=1, show_default=True)
@answering
async def test(output: Output, place: str, **options: Any) -> int:
    """Send to GROUP:PORT by every interface and by none, listen on every interface, and judge."""
    return await print_test(output, place, MatrixRequest(**options))


VERBS = (listen, send, test)
