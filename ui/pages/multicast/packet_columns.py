"""The columns of the packets: when, where, from whom, how far it may go, how long, and how it begins."""

from __future__ import annotations

from net.records import Datagram
from ui import text
from ui.pages.multicast.held_packets import Origin
from ui.pages.multicast.joins import JoinKey
from ui.pages.multicast.states import tr
from ui.pages.multicast.target import endpoint
from ui.text import visible
from ui.widgets.columns import Cell, Column, Face

LINE_FEED = "␊"
HEX_SHOWN = 24
LINE_SHOWN = 200


def join_key(packet: Datagram | Origin) -> JoinKey:
    """The row of the groups it belongs to."""
    return JoinKey(packet.group, packet.port, packet.interface)


def first_line(datagram: Datagram) -> str:
    """How the payload begins: its first line of text, or its first bytes as hex."""
    if datagram.size == 0:
        return tr("(empty)")
    if datagram.payload_text is None:
        data = bytes.fromhex(datagram.payload_hex[: HEX_SHOWN * 2])
        return data.hex(" ") + (" …" if datagram.size > HEX_SHOWN else "")
    line, feed, rest = datagram.payload_text.lstrip(LINE_FEED).partition(LINE_FEED)
    return visible(line, LINE_SHOWN) + (" …" if feed and rest else "")


def _time(datagram: Datagram) -> Cell:
    return Cell(text.clock(datagram.time))


def _interface(datagram: Datagram) -> Cell:
    return Cell(visible(datagram.interface))


def _source(datagram: Datagram) -> Cell:
    return Cell(visible(endpoint(datagram.source, datagram.source_port)))


def _group(datagram: Datagram) -> Cell:
    return Cell(visible(endpoint(datagram.group, datagram.port)), dim=True)


def _ttl(datagram: Datagram) -> Cell:
    return Cell(text.UNKNOWN if datagram.ttl is None else str(datagram.ttl))


def _size(datagram: Datagram) -> Cell:
    return Cell(text.count(datagram.size))


def _payload(datagram: Datagram) -> Cell:
    return Cell(first_line(datagram), dim=datagram.size == 0)


def words(datagram: Datagram) -> str:
    """What a word of the filter is looked for in: the whole text, or all bytes as hex."""
    source = endpoint(datagram.source, datagram.source_port)
    payload = datagram.payload_text if datagram.payload_text is not None else datagram.payload_hex
    return f"{source} {datagram.interface} {endpoint(datagram.group, datagram.port)} {payload}"


def packet_columns() -> tuple[Column[Datagram], ...]:
    """In the person's language, so made when the page is."""
    return (
        Column("time", tr("Time"), _time, face=Face.FIXED, width=13, least=12, weight=0,
               typical=(Cell("00:00:00.000"),)),
        Column("interface", tr("On"), _interface, face=Face.FIXED, width=6, least=4, weight=0,
               tip=tr("The interface it arrived on")),
        Column("source", tr("Source"), _source, face=Face.FIXED, width=22, least=18, weight=0,
               typical=(Cell("192.168.1.20:58926"),)),
        Column("group", tr("Group"), _group, face=Face.FIXED, width=20, least=16, weight=0,
               typical=(Cell("224.224.0.77:23019"),)),
        Column("ttl", tr("TTL"), _ttl, face=Face.FIXED, right=True, width=4, least=4, weight=0,
               tip=tr("Time to live or hop limit, as it arrived")),
        Column("size", tr("Size"), _size, face=Face.FIXED, right=True, width=6, least=6, weight=0,
               tip=tr("Bytes of payload")),
        Column("payload", tr("Payload"), _payload, face=Face.FIXED, width=40, least=16, weight=1,
               tip=tr("The first line of the text, or the first bytes")),
    )  # fmt: skip
