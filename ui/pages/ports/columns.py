"""The columns of the listening sockets: port, protocol, address, owner, and what has just happened to them."""

from __future__ import annotations

import ipaddress
import re
from enum import Enum
from functools import lru_cache
from typing import NamedTuple

from PySide6.QtCore import QCoreApplication

from net.ports.records import Listener
from ui.text import UNKNOWN, fill, visible
from ui.theme import Tone
from ui.widgets.columns import Cell, Chip, Column, Face, none_last

translate = QCoreApplication.translate

STAR = "★"
COMMAND_SHOWN = 300
"""Characters of a command line formatted for a row; the details have all of it."""


class Mark(Enum):
    """What happened to a row in the last seconds."""

    NONE = ""
    NEW = "new"
    CHANGED = "changed"
    CLOSED = "closed"


class ListenerRow(NamedTuple):
    """A socket and what has just happened to it. ``vpn``: its interface is a tunnel; ``watched``: its port is."""

    listener: Listener
    mark: Mark = Mark.NONE
    vpn: bool = False
    watched: bool = False


def tr(source: str) -> str:
    return translate("ports", source)


def scope_words(row: ListenerRow) -> str:
    """From where it can be reached: ``this computer``, ``LAN en0``, ``VPN utun3``, ``everywhere``."""
    listener = row.listener
    if listener.scope != "lan":
        return tr("this computer") if listener.scope == "loopback" else tr("everywhere")
    if listener.interface is None:
        return tr("one address")
    words = tr("VPN %1") if row.vpn else tr("LAN %1")
    return fill(words, visible(listener.interface, 40))


def stack_words(listener: Listener) -> str:
    """Which IP versions reach it; ``v6 only`` where the socket refuses IPv4, ``v6`` where the address does."""
    if listener.stack == "dual":
        return tr("dual")
    if listener.stack == "v4":
        return tr("v4")
    return tr("v6 only") if listener.v6only else tr("v6")


def missing_words(listener: Listener) -> str:
    """The missing right in two or three words, from the phrase in ``missing_right``; "" where no right would help."""
    head = re.split(r"[,:]", listener.missing_right or "", maxsplit=1)[0].strip()
    return "" if head in ("", "none") else visible(head.removeprefix("the capability "), 40)


def in_conflict(listener: Listener) -> bool:
    """Whether the table of conflicts knows the owner; that it is another user's is no conflict."""
    return listener.known is not None and not (listener.owner == "hidden" and missing_words(listener))


def owner_words(listener: Listener) -> str:
    """``node``, ``node · probable``, ``hidden: needs root``."""
    if listener.owner == "hidden":
        needs = missing_words(listener)
        return fill(tr("hidden: needs %1"), needs) if needs else tr("hidden: not seen from here")
    name = visible(listener.process, 100) if listener.process else tr("unnamed")
    return fill(tr("%1 · probable"), name) if listener.owner == "probable" else name


def home_words(listener: Listener) -> str:
    """The container or unit the socket belongs to, "" if neither is known."""
    if listener.container:
        return fill(tr("container %1"), visible(listener.container, 60))
    return visible(listener.service, 60) if listener.service else ""


def mark_chip(mark: Mark) -> Chip | None:
    """Glyph and word, then colour."""
    chips = {
        Mark.NEW: Chip(tr("+ new"), Tone.OK),
        Mark.CHANGED: Chip(tr("~ changed"), Tone.INFO),
        Mark.CLOSED: Chip(tr("− closed"), Tone.NEUTRAL),
    }
    return chips.get(mark)


def _port_cell(row: ListenerRow) -> Cell:
    guess = f"{visible(row.listener.iana, 40)}?" if row.listener.iana else ""
    tip = tr("The registered name of this number: a guess about what runs there.") if guess else ""
    port = str(row.listener.port)
    if row.watched:
        spoken = " · ".join(filter(None, (port, guess, tr("watched"))))
        return Cell(f"{port} {STAR}", detail=guess, dim=_closed(row), tip=tip, spoken=spoken)
    return Cell(port, detail=guess, dim=_closed(row), tip=tip)


def _protocol_cell(row: ListenerRow) -> Cell:
    return Cell(row.listener.protocol.upper(), chips=(Chip(stack_words(row.listener)),), dim=_closed(row))


def _address_cell(row: ListenerRow) -> Cell:
    listener = row.listener
    quiet = listener.scope == "loopback" or _closed(row)
    chip = Chip(scope_words(row), Tone.NEUTRAL if quiet else Tone.INFO)
    return Cell(visible(listener.address), chips=(chip,), dim=_closed(row), tip=_reach(listener))


def _reach(listener: Listener) -> str:
    if listener.scope == "loopback":
        return tr("Only programs on this computer reach it.")
    if listener.scope == "lan":
        return tr("Reached at this one address, from the network it belongs to.")
    if listener.stack == "dual":
        return tr("Reached at every address of this computer, by IPv4 and IPv6.")
    return fill(tr("Reached at every %1 address of this computer."), "IPv4" if listener.stack == "v4" else "IPv6")


def _owner_cell(row: ListenerRow) -> Cell:
    listener = row.listener
    command = visible(listener.command, COMMAND_SHOWN) if listener.command else home_words(listener)
    tip = visible(listener.missing_right or "", 300)
    if listener.owner == "probable":
        tip = fill(tr("Inferred from user, group of processes and command line. To prove it: %1"), tip)
    elif listener.owner == "hidden" and missing_words(listener):
        tip = fill(tr("To see the owner: %1"), tip)
    return Cell(owner_words(listener), detail=command, dim=_closed(row) or listener.owner == "hidden", tip=tip)


def _pid_cell(row: ListenerRow) -> Cell:
    listener = row.listener
    if listener.pid is None:
        return Cell(UNKNOWN, dim=True, spoken=tr("no PID"))
    more = fill(tr("+%1 more"), len(listener.shared_with)) if listener.shared_with else ""
    return Cell(str(listener.pid), detail=more, dim=_closed(row))


def _user_cell(row: ListenerRow) -> Cell:
    if not row.listener.user:
        return Cell(UNKNOWN, dim=True, spoken=tr("no user"))
    return Cell(visible(row.listener.user, 60), dim=_closed(row))


def _state_cell(row: ListenerRow) -> Cell:
    chips = [chip] if (chip := mark_chip(row.mark)) is not None else []
    if in_conflict(row.listener):
        chips.append(Chip(tr("known conflict"), Tone.NEUTRAL if _closed(row) else Tone.WARNING))
    return Cell(chips=tuple(chips), tip=visible(row.listener.known or "", 500))


def _closed(row: ListenerRow) -> bool:
    return row.mark is Mark.CLOSED


@lru_cache(maxsize=4096)
def address_order(address: str) -> tuple[int, int]:
    """IPv4 before IPv6, each by number; what is no address comes last."""
    try:
        parsed = ipaddress.ip_address(address.partition("%")[0])
    except ValueError:
        return (9, 0)
    return (parsed.version, int(parsed))


def natural(row: ListenerRow) -> tuple[object, ...]:
    """By port, protocol and address, so that one port's sockets stand together."""
    listener = row.listener
    return (listener.port, listener.protocol, address_order(listener.address))


def words(row: ListenerRow) -> str:
    """All text of the row for the filter, made without formatting its cells: a keystroke asks for every row."""
    listener = row.listener
    owner = listener.process or owner_words(listener)
    return (
        f"{listener.port} {listener.iana or ''} {listener.protocol} {listener.address} {listener.interface or ''} "
        f"{scope_words(row)} {stack_words(listener)} {listener.owner} {owner} {listener.command or ''} "
        f"{listener.pid or ''} {listener.user or ''} {listener.service or ''} {listener.container or ''} "
        f"{row.mark.value} {tr('known conflict') if in_conflict(listener) else ''} "
        f"{tr('watched') if row.watched else ''}"
    )


def columns() -> tuple[Column[ListenerRow], ...]:
    """In the person's language, so made when the page is."""
    return (
        Column("port", tr("Port"), _port_cell, sort=_port, face=Face.STRONG, width=14, least=10, weight=0),
        Column("protocol", tr("Protocol"), _protocol_cell, sort=_protocol, width=9, least=7, weight=0),
        Column("address", tr("Address"), _address_cell, sort=_address, face=Face.FIXED, width=22, least=14, weight=1,
               typical=(Cell("192.168.100.23"),)),
        Column(
            "process",
            tr("Process"),
            _owner_cell,
            sort=lambda row: owner_words(row.listener).casefold(),
            face=Face.STRONG,
            detail_face=Face.FIXED,
            width=34,
            least=14,
            weight=3,
        ),
        Column("pid", tr("PID"), _pid_cell, sort=_pid, face=Face.FIXED, right=True, width=8, least=6, weight=0,
               typical=(Cell("65535", detail=tr("+%1 more").replace("%1", "12")),)),
        Column("user", tr("User"), _user_cell, width=10, least=6, weight=0),
        Column("state", tr("State"), _state_cell, sort=_state, width=14, least=12, weight=0, moves=False,
               typical=(Cell(chips=(Chip(tr("known conflict")),)),)),
    )  # fmt: skip


def _port(row: ListenerRow) -> int:
    return row.listener.port


def _protocol(row: ListenerRow) -> tuple[str, str]:
    return (row.listener.protocol, row.listener.stack)


def _address(row: ListenerRow) -> tuple[int, int]:
    return address_order(row.listener.address)


def _pid(row: ListenerRow) -> tuple[bool, object]:
    return none_last(row.listener.pid)


def _state(row: ListenerRow) -> tuple[bool, bool]:
    return (row.mark is Mark.NONE, not in_conflict(row.listener))


def _words_of_state(row: ListenerRow) -> str:
    """The English words too: they are what ``state:`` is documented with."""
    listener = row.listener
    known = f"known {tr('known conflict')}" if in_conflict(listener) else ""
    listening = "listening" if listener.protocol == "tcp" else "bound"
    watched = f"watched {tr('watched')}" if row.watched else ""
    return f"{row.mark.value} {listener.owner} {listening} {known} {watched}"


FIELDS = {
    "port": lambda row: str(row.listener.port),
    "pid": lambda row: " ".join(str(pid) for pid in (row.listener.pid, *row.listener.shared_with) if pid is not None),
    "user": lambda row: row.listener.user or "",
    "proc": lambda row: f"{row.listener.process or ''} {row.listener.command or ''} {home_words(row.listener)}",
    "proto": lambda row: f"{row.listener.protocol} {row.listener.stack} {stack_words(row.listener)}",
    "scope": lambda row: f"{row.listener.scope} {scope_words(row)}",
    "state": _words_of_state,
}
EXACT_FIELDS = frozenset(("port", "pid"))
