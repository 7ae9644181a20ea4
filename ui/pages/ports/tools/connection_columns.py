"""The columns of the connections: both ends, their state, and the process on this side."""

from __future__ import annotations

from net.ports.records import Connection
from ui.pages.ports.columns import address_order, tr
from ui.text import UNKNOWN, visible
from ui.theme import Tone
from ui.widgets.columns import Cell, Chip, Column, Face, none_last


def natural(connection: Connection) -> tuple[object, ...]:
    """By the port on this side, so that a server's clients stand together."""
    remote = (address_order(connection.remote_address), connection.remote_port)
    return (connection.port, connection.protocol, address_order(connection.address), *remote)


def owner(connection: Connection) -> str:
    """The process, and how sure it is."""
    if connection.process is None and connection.state.lower() == "time_wait":
        return tr("none: the system keeps it for a while")
    if connection.process is None and connection.pid is None:
        return tr("hidden") if connection.owner == "hidden" else tr("unnamed")
    name = visible(connection.process, 100) if connection.process else tr("unnamed")
    return f"{name} · {tr('probable')}" if connection.owner == "probable" else name


def state_words(connection: Connection) -> str:
    """``established``, ``time wait``."""
    return visible(connection.state.replace("_", " ").lower(), 40)


def _local(connection: Connection) -> Cell:
    return Cell(str(connection.port), detail=visible(connection.address))


def _remote(connection: Connection) -> Cell:
    return Cell(visible(connection.remote_address), detail=str(connection.remote_port))


def _state(connection: Connection) -> Cell:
    tone = Tone.INFO if connection.state.lower().startswith("estab") else Tone.NEUTRAL
    return Cell(chips=(Chip(state_words(connection), tone),))


def _pid(connection: Connection) -> Cell:
    return Cell(str(connection.pid)) if connection.pid is not None else Cell(UNKNOWN, dim=True, spoken=tr("no PID"))


def _user(connection: Connection) -> Cell:
    return Cell(visible(connection.user, 60)) if connection.user else Cell(UNKNOWN, dim=True, spoken=tr("no user"))


def connection_columns() -> tuple[Column[Connection], ...]:
    """Made when the view is, in the person's language."""
    return (
        Column("port", tr("Port here"), _local, sort=lambda row: row.port, face=Face.STRONG, detail_face=Face.FIXED,
               width=18, least=12, weight=1),
        Column("protocol", tr("Protocol"), lambda row: Cell(row.protocol.upper()), width=9, least=7, weight=0),
        Column("remote", tr("Other end"), _remote, sort=lambda row: (address_order(row.remote_address),
               row.remote_port), face=Face.FIXED, detail_face=Face.FIXED, width=22, least=14, weight=1),
        Column("state", tr("State"), _state, sort=state_words, width=14, least=11, weight=0,
               typical=(Cell(chips=(Chip(tr("established")),)),)),
        Column("process", tr("Process"), lambda row: Cell(owner(row), dim=row.process is None),
               sort=lambda row: owner(row).casefold(), face=Face.STRONG, width=24, least=14, weight=2),
        Column("pid", tr("PID"), _pid, sort=lambda row: none_last(row.pid), face=Face.FIXED, right=True, width=8,
               least=6, weight=0),
        Column("user", tr("User"), _user, width=10, least=6, weight=0),
    )  # fmt: skip


FIELDS = {
    "port": lambda row: f"{row.port} {row.remote_port}",
    "pid": lambda row: str(row.pid or ""),
    "proc": lambda row: row.process or "",
    "user": lambda row: row.user or "",
    "proto": lambda row: row.protocol,
    "state": lambda row: f"{state_words(row)} {row.state} {row.owner}",
    "addr": lambda row: f"{row.address} {row.remote_address}",
}
EXACT_FIELDS = frozenset(("port", "pid"))
