"""The log of changes as a table: when, what, and which interface it was about."""

from __future__ import annotations

from net.multicast.records import NetworkChange
from ui.pages.interfaces.change_book import Entry
from ui.pages.interfaces.words import tr
from ui.pages.snapshot_columns import SIGNS
from ui.pages.table_page import raw_text
from ui.text import UNKNOWN, moment, plural, visible
from ui.theme import Tone
from ui.widgets.columns import Cell, Column, Face
from ui.widgets.details_form import Details, Section

CAP = 1000


def log_line(change: NetworkChange) -> str:
    """``10:14:02 utun3 up, took the default route from en0; unbound multicast moved from en0 to utun3``."""
    return f"{moment(change.time)} {change.text}"


def log_tone(change: NetworkChange) -> Tone:
    """A tunnel that takes the traffic, or no way out, is what to look at."""
    lost = change.what in ("default_route", "unbound") and change.after is None
    return Tone.WARNING if change.tunnel or lost else Tone.INFO


def what_words(change: NetworkChange) -> str:
    return {
        "interface": tr("interface"),
        "address": tr("address"),
        "route": tr("route"),
        "default_route": tr("default route"),
        "unbound": tr("unbound multicast"),
        "resolver": tr("DNS server"),
    }[change.what]


def concerned(change: NetworkChange) -> str:
    """The interfaces it is about, the one that matters first."""
    names = (change.interface, *(each.interface for each in change.changes))
    return ", ".join(dict.fromkeys(name for name in names if name))


def log_columns() -> tuple[Column[Entry], ...]:
    """Newest first, so by the number."""
    return (
        Column("time", tr("Time"), _time, sort=lambda entry: -entry.number, face=Face.FIXED, width=9, least=9,
               weight=0),
        Column("change", tr("What changed"), _text, width=60, least=34, weight=4),
        Column("what", tr("Kind"), _what, width=19, least=17, weight=0),
        Column("if", tr("Interface"), _interface, width=16, least=10, weight=1),
    )  # fmt: skip


FIELDS = {"if": lambda entry: concerned(entry.change)}


def _time(entry: Entry) -> Cell:
    return Cell(moment(entry.change.time))


def _text(entry: Entry) -> Cell:
    text = visible(entry.change.text, CAP)
    first, _, rest = text.partition("; ")
    return Cell(first, rest, dot=log_tone(entry.change), tip=text.replace("; ", "\n"), spoken=text)


def _what(entry: Entry) -> Cell:
    number = len(entry.change.changes) + entry.change.more
    return Cell(what_words(entry.change), plural(number, tr("%n difference"), tr("%n differences")), dim=True)


def _interface(entry: Entry) -> Cell:
    first, _, rest = concerned(entry.change).partition(", ")
    return Cell(visible(first, CAP) or UNKNOWN, visible(rest, CAP))


def describe(change: NetworkChange) -> Details:
    """The whole line in its parts, and every single difference."""
    first, *rest = change.text.split("; ")
    singles = [f"{SIGNS[each.change][0]} {each.text}" for each in change.changes]
    if change.more:
        singles.append(plural(change.more, tr("and %n more"), tr("and %n more")))
    return Details(
        title=first,
        state=f"{moment(change.time)} · {what_words(change)}",
        tone=log_tone(change),
        sections=(
            *(Section("" if number else tr("Also"), text=part) for number, part in enumerate(rest)),
            *(Section("" if number else tr("Single differences"), text=line) for number, line in enumerate(singles)),
        ),
        raw=raw_text(change),
    )
