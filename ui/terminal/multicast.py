"""The verbs of multicast."""

from __future__ import annotations

from typing import Any

import click
from msgspec.structs import replace

from net.multicast.requests import CaptureRequest, EnduranceRequest, MatrixRequest, PingRequest, RespondRequest
from net.requests import ListenRequest, SendRequest
from ui.terminal.enduring import print_endurance
from ui.terminal.listening import SHOWN_PER_BATCH, print_listening, print_sending
from ui.terminal.options import Amount, answering, common_options, interface_option
from ui.terminal.output import Output
from ui.terminal.pinging import print_pinging, print_responding
from ui.terminal.reading import print_capture
from ui.terminal.testing import print_test


@click.command("listen")
@common_options
@interface_option
@click.argument("groups", metavar="GROUP:PORT...", nargs=-1, required=True)
@click.option("--source", "sources", multiple=True, metavar="ADDRESS", help="Let in this sender only; may be repeated.")
@click.option("--exclude", "excluded", multiple=True, metavar="ADDRESS", help="Let in all senders but this.")
@click.option("--observe", is_flag=True, help="Join nothing; hear what other programs here have joined (Linux).")
@click.option("--buffer", "buffer_bytes", type=click.IntRange(1, 1 << 30), help="Bytes of receive buffer to ask for.")
@click.option("--quiet", is_flag=True, help="Count the datagrams without printing them.")
@click.option("--count", type=click.IntRange(min=1), help="End after so many datagrams.")
@click.option("--seconds", type=Amount(min=0), help="End by itself.")
@click.option("--pcapng", "record_to", metavar="FILE", help="Record all that arrives, for Wireshark and `read`.")
@click.option("--streams", "streams_to", metavar="FILE", help="Write the streams at the end, as .csv or .json.")
@answering
async def listen(
    output: Output,
    place: str,
    *,
    quiet: bool,
    seconds: float | None,
    buffer_bytes: int | None,
    streams_to: str | None,
    **options: Any,
) -> int:
    """Join each GROUP:PORT (or range such as 239.1.1.1-20:5000) on the interface and print what arrives."""
    request = ListenRequest(keep=0 if quiet else None if output.json else SHOWN_PER_BATCH, **options)
    if buffer_bytes is not None:
        request = replace(request, buffer_bytes=buffer_bytes)
    return await print_listening(output, place, request, seconds, streams_to)


@click.command("read")
@common_options
@click.argument("path", metavar="FILE")
@click.option("--first", type=click.IntRange(min=0), default=0, show_default=True, help="Print from this number on.")
@click.option("--keep", type=click.IntRange(0, 100000), default=10000, show_default=True, help="Print at most so many.")
@click.option("--quiet", is_flag=True, help="Print the streams only.")
@click.option("--streams", "streams_to", metavar="FILE", help="Write the streams, as .csv or .json.")
@answering
async def read(
    output: Output, place: str, *, path: str, first: int, keep: int, quiet: bool, streams_to: str | None
) -> int:
    """Open a capture FILE (pcapng or pcap): its datagrams to groups, and their streams."""
    return await print_capture(
        output, place, CaptureRequest(path=path, first=first, keep=0 if quiet else keep), streams_to
    )


@click.command("send")
@common_options
@click.option(
    "--interface", "interfaces", multiple=True, metavar="NAME", help="Send by this; without it the kernel routes."
)
@click.argument("group", metavar="GROUP:PORT")
@click.option("--count", type=click.IntRange(min=0), default=1, show_default=True, help="0: until stopped.")
@click.option("--interval-ms", type=Amount(min=0), default=1000, show_default=True)
@click.option("--rate-pps", type=Amount(0, min_open=True), help="Datagrams a second, instead of an interval.")
@click.option("--rate-bps", type=Amount(0, min_open=True), help="Bits of payload a second, likewise.")
@click.option("--fast", is_flag=True, help="Yes, more than 10,000 datagrams a second.")
@click.option("--ttl", type=click.IntRange(0, 255), default=1, show_default=True)
@click.option("--loop/--no-loop", default=True, show_default=True, help="Let this host hear it, too.")
@click.option("--dscp", type=click.IntRange(0, 63), help="The class of service, such as 46 for EF.")
@click.option("--size", type=click.IntRange(0, 65507), help="Bytes of a numbered or RTP payload, or of a file's piece.")
@click.option("--text", help="The payload as text.")
@click.option("--hex", "hex_", help="The payload as hexadecimal bytes.")
@click.option("--file", metavar="PATH", help="The payload from a file, in pieces where --size is given.")
@click.option("--rtp", is_flag=True, help="RTP packets.")
@click.option("--seconds", type=Amount(min=0), help="End by itself.")
@answering
async def send(
    output: Output, place: str, *, seconds: float | None, hex_: str | None, rtp: bool, **options: Any
) -> int:
    """Send to GROUP:PORT from the interface; the default payload is numbered."""
    request = SendRequest(hex=hex_, payload_kind="rtp" if rtp else None, **options)
    return await print_sending(output, place, request, seconds)


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


@click.command("endure")
@common_options
@click.option("--interface", required=True, metavar="NAME", help="The interface to join on.")
@click.argument("group", metavar="GROUP:PORT")
@click.option("--seconds", type=Amount(1, 86400), default=300, show_default=True, help="How long it runs.")
@click.option(
    "--membership-seconds",
    type=Amount(1, 86400),
    default=260,
    show_default=True,
    help="How long switches here remember a join without a query.",
)
@answering
async def endure(output: Output, place: str, **options: Any) -> int:
    """Stay joined to GROUP:PORT for minutes and find a switch that forgets the join."""
    return await print_endurance(output, place, EnduranceRequest(**options))


@click.command("ping")
@common_options
@click.argument("host")
@click.option("--interface", metavar="NAME", help="Ask and join here; without it by the way to the host.")
@click.option("--group", metavar="GROUP", help="The group to be sent to; the protocol's own without it.")
@click.option("--count", type=click.IntRange(min=1), help="End after so many queries.")
@click.option("--interval-ms", type=Amount(10, 3600000), default=1000, show_default=True)
@click.option("--wait-ms", type=Amount(1, 60000), default=1000, show_default=True, help="Then it is lost.")
@click.option("--port", type=click.IntRange(1, 65535), default=4321, show_default=True)
@click.option("--dialect", type=click.Choice(["auto", "v1", "v2"]), default="auto", show_default=True)
@click.option(
    "--source-specific/--any-source",
    default=None,
    help="Join what the host sends, or what anyone sends; without it as the group asks for.",
)
@click.option("--seconds", type=Amount(min=0), help="End by itself.")
@answering
async def ping(output: Output, place: str, seconds: float | None, **options: Any) -> int:
    """Ask HOST for replies by unicast and by multicast, and count both."""
    return await print_pinging(output, place, PingRequest(**options), seconds)


@click.command("respond")
@common_options
@interface_option
@click.option("--group", metavar="GROUP", help="Send to this group only.")
@click.option("--port", type=click.IntRange(1, 65535), default=4321, show_default=True)
@click.option("--any-network", is_flag=True, help="Answer hosts beyond this host's own links as well.")
@click.option("--announce/--no-announce", default=True, show_default=True, help="Be found over Bonjour.")
@click.option("--seconds", type=Amount(min=0), help="End by itself.")
@answering
async def respond(output: Output, place: str, seconds: float | None, **options: Any) -> int:
    """Answer the multicast pings of others (ssmping, asmping, omping and this program)."""
    return await print_responding(output, place, RespondRequest(**options), seconds)


VERBS = (listen, read, send, test, endure, ping, respond)
