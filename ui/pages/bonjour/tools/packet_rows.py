"""mDNS packets as the log keeps them by the hundred thousand, and the columns that show them."""

from __future__ import annotations

from typing import Literal, NamedTuple

import msgspec

from discovery.records import MdnsPacket
from net.text import endpoint_text
from resources.loader import lint_rules
from ui import text
from ui.pages.bonjour.columns import tr
from ui.text import visible
from ui.theme import Tone
from ui.widgets.columns import Cell, Column, Face

Act = Literal["asks", "probes", "answers", "goodbye"]
ORIGINS_SHARED = 5000
"""Origins known at a time; a sender that takes another port for each packet must not fill the memory."""
GLYPHS = {
    "asks": ("?", Tone.INFO),
    "probes": ("!", Tone.WARNING),
    "answers": ("●", Tone.OK),
    "goodbye": ("−", Tone.NEUTRAL),
}
MDNS_PORT = 5353
VERBS = ("asks ", "probes for ", "answers ", "says goodbye to ")
"""How a summary begins: what stands in a column of its own already."""


class Origin(NamedTuple):
    """What the packets of a sender have in common: all of them that a filter may ask for."""

    interface: str
    source: str
    source_port: int
    ttl: int | None
    unicast: bool
    own: bool


class HeldMdnsPacket(msgspec.Struct, frozen=True, gc=False):
    """A packet in little memory, of which the garbage collector need not know: its bytes, not its sections."""

    origin: Origin
    time: float
    act: Act | None
    response: bool
    summary: str
    problems: tuple[str, ...]
    payload: bytes

    @property
    def size(self) -> int:
        return len(self.payload)

    def item(self) -> HeldMdnsPacket:
        """It is shown as it is held."""
        return self


class Holder:
    """Makes HeldMdnsPackets that share their origins and problems."""

    def __init__(self) -> None:
        self._origins: dict[Origin, Origin] = {}
        self._problems: dict[tuple[str, ...], tuple[str, ...]] = {}

    def hold(self, told: MdnsPacket) -> HeldMdnsPacket:
        """What is kept of ``told``."""
        origin = Origin(told.interface, told.source, told.source_port, told.ttl, told.unicast, told.own)
        for shared in (self._origins, self._problems):
            if len(shared) >= ORIGINS_SHARED:
                shared.clear()
        return HeldMdnsPacket(
            self._origins.setdefault(origin, origin),
            told.time,
            told.act,
            told.response,
            told.summary,
            self._problems.setdefault(told.problems, told.problems),
            bytes.fromhex(told.payload_hex),
        )


def told_again(held: HeldMdnsPacket) -> MdnsPacket:
    """The record of a packet, with its bytes and without its sections."""
    origin = held.origin
    return MdnsPacket(
        time=held.time,
        interface=origin.interface,
        family="ipv6" if ":" in origin.source else "ipv4",
        source=origin.source,
        source_port=origin.source_port,
        ttl=origin.ttl,
        unicast=origin.unicast,
        own=origin.own,
        response=held.response,
        act=held.act,
        size=held.size,
        summary=held.summary,
        problems=held.problems,
        payload_hex=held.payload.hex(),
    )


def act_words(held: HeldMdnsPacket) -> str:
    """What the packet does, in a word."""
    return {
        "asks": tr("asks"),
        "probes": tr("probes"),
        "answers": tr("answers"),
        "goodbye": tr("goodbye"),
    }.get(held.act or "", tr("unreadable"))


def problem_titles(problems: tuple[str, ...]) -> list[str]:
    """What each broken rule is called, the code where the table does not have it."""
    rules = lint_rules()
    return [rules[code].title if code in rules else visible(code, 60) for code in problems]


def source_text(origin: Origin) -> str:
    """The address alone where the port is the usual one."""
    if origin.source_port == MDNS_PORT:
        return visible(origin.source, 80)
    return endpoint_text(visible(origin.source, 80), origin.source_port)


def words(held: HeldMdnsPacket) -> str:
    """What a word of the filter is looked for in."""
    origin = held.origin
    return f"{origin.source} {origin.interface} {act_words(held)} {held.summary} {' '.join(held.problems)}"


FIELDS = {
    "interface": lambda held: held.origin.interface,
    "source": lambda held: f"{held.origin.source} {held.origin.source_port}",
    "port": lambda held: str(held.origin.source_port),
    "act": lambda held: f"{held.act} {act_words(held)}",
    "summary": lambda held: held.summary,
    "ttl": lambda held: str(held.origin.ttl),
    "size": lambda held: str(held.size),
    "problems": lambda held: " ".join((*held.problems, *problem_titles(held.problems))),
    "from": lambda held: "own" if held.origin.own else "foreign",
    "by": lambda held: "unicast" if held.origin.unicast else "multicast",
}
"""What ``field:value`` of the filter looks at, beside the columns' own text."""


def _act(held: HeldMdnsPacket) -> Cell:
    glyph, tone = GLYPHS.get(held.act or "", ("✕", Tone.ERROR))
    return Cell(act_words(held), glyph=glyph, dot=tone)


def _source(held: HeldMdnsPacket) -> Cell:
    shown = source_text(held.origin)
    return Cell(tr("%1 (this computer)").replace("%1", shown) if held.origin.own else shown, dim=held.origin.own)


def _summary(held: HeldMdnsPacket) -> Cell:
    by = tr("unicast: ") if held.origin.unicast else ""
    verb = next((verb for verb in VERBS if held.summary.startswith(verb)), "")
    return Cell(by + visible(held.summary.removeprefix(verb)), dim=held.origin.own)


def _ttl(held: HeldMdnsPacket) -> Cell:
    return Cell(text.UNKNOWN if held.origin.ttl is None else str(held.origin.ttl))


def _problems(held: HeldMdnsPacket) -> Cell:
    if not held.problems:
        return Cell()
    rules = lint_rules()
    severities = {rules[code].severity for code in held.problems if code in rules}
    tone = Tone.ERROR if "error" in severities else Tone.WARNING if "warning" in severities else Tone.NEUTRAL
    glyph = {Tone.ERROR: "✕", Tone.WARNING: "▲"}.get(tone, "i")
    first, *more = problem_titles(held.problems)
    shown = f"{first} +{len(more)}" if more else first
    return Cell(shown, glyph=glyph, dot=tone, tip="\n".join((first, *more)))


def packet_columns() -> tuple[Column[HeldMdnsPacket], ...]:
    """In the person's language, so made when the page is."""
    return (
        Column("time", tr("Time"), lambda held: Cell(text.clock(held.time)), face=Face.FIXED, width=13, least=12,
               weight=0, typical=(Cell("00:00:00.000"),)),
        Column("interface", tr("On"), lambda held: Cell(visible(held.origin.interface, 40)), face=Face.FIXED, width=6,
               least=4, weight=0, tip=tr("The interface it arrived on")),
        Column("source", tr("Source"), _source, face=Face.FIXED, width=26, least=15, weight=0,
               tip=tr("With its port where that is not 5353")),
        Column("act", tr("Does"), _act, face=Face.FIXED, width=10, least=10, weight=0,
               tip=tr("Asks, probes for a name, answers, or says goodbye")),
        Column("summary", tr("Says"), _summary, face=Face.FIXED, width=50, least=20, weight=3),
        Column("size", tr("Size"), lambda held: Cell(text.count(held.size)), face=Face.FIXED, right=True, width=6,
               least=5, weight=0, tip=tr("Bytes of the message")),
        Column("ttl", tr("TTL"), _ttl, face=Face.FIXED, right=True, width=4, least=4, weight=0,
               tip=tr("IP time to live or hop limit, as it arrived; 255 on a link")),
        Column("problems", tr("Breaks"), _problems, face=Face.FIXED, width=22, least=8, weight=1,
               tip=tr("Rules of the format that this packet breaks by itself")),
    )  # fmt: skip
