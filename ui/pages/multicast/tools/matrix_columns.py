"""The matrix of a test as a table: who sent, and what became of it on each interface."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from net.multicast.records import MulticastPath
from ui.pages.multicast.states import tr
from ui.text import fill, visible
from ui.theme import Tone
from ui.widgets.columns import Cell, Column, Face

HEARD, SILENT, REFUSED, IMPOSSIBLE = "✓", "–", "✕", "⊘"


@dataclass(frozen=True, slots=True)
class MatrixRow:
    """What one sender sent, by the interface it could be heard on. ``sender``: None for no interface chosen."""

    sender: str | None
    about: str
    paths: Mapping[str, MulticastPath]
    working: frozenset[str]

    @property
    def took_part(self) -> bool:
        """Whether something was sent, or would have been but for a refusal."""
        return any(path.sent or (path.problem is not None and path.problem.errno) for path in self.paths.values())


def matrix_rows(
    paths: Sequence[MulticastPath], labels: Mapping[str, str], working: Sequence[str]
) -> tuple[MatrixRow, ...]:
    """What chose no interface first, then the senders in their order, last those that could not take part.

    ``labels``: what each interface is, by name.
    """
    senders: dict[str | None, dict[str, MulticastPath]] = {}
    for path in paths:
        senders.setdefault(path.send_interface, {})[path.receive_interface] = path
    rows = [MatrixRow(sender, _about(sender, labels), heard, frozenset(working)) for sender, heard in senders.items()]
    return tuple(sorted(rows, key=lambda row: (row.sender is not None, not row.took_part)))


def receivers(rows: Sequence[MatrixRow]) -> tuple[str, ...]:
    """The interfaces that could hear, in their order; where none could, all."""
    able = tuple(row.sender for row in rows if row.sender is not None and row.took_part)
    return able or tuple(row.sender for row in rows if row.sender is not None)


def matrix_columns(names: Sequence[str], labels: Mapping[str, str]) -> tuple[Column[MatrixRow], ...]:
    """The sender, then a column for each interface that could hear."""
    return (
        Column(
            "sender",
            tr("Sent by"),
            _sender_cell,
            face=Face.STRONG,
            width=23,
            least=18,
            typical=(Cell(tr("no interface chosen")),),
        ),
        *(_column(name, labels.get(name, "")) for name in names),
    )


def _column(name: str, label: str) -> Column[MatrixRow]:
    title = tr("heard on %1").replace("%1", visible(name, 40))
    return Column(f"on {name}", title, lambda row: path_cell(row, name), width=20, least=15, tip=visible(label))


def path_words(path: MulticastPath) -> str:
    """``heard · TTL 1``, ``silent``, ``refused · errno 65``, ``not possible``."""
    if path.received:
        return tr("heard") if path.ttl is None else tr("heard · TTL %1").replace("%1", str(path.ttl))
    if path.problem is not None and path.problem.errno is not None:
        return tr("refused · errno %1").replace("%1", str(path.problem.errno))
    return tr("not possible") if path.problem is not None and not path.sent else tr("silent")


def path_cell(row: MatrixRow, name: str) -> Cell:
    """How what ``row`` sent fared on interface ``name``."""
    path = row.paths.get(name)
    if path is None:
        return Cell(SILENT, dim=True, spoken=tr("not tested"))
    words = path_words(path)
    own = path.send_interface == path.receive_interface
    if path.received:
        return Cell(words, _some(path), dot=_heard_tone(path, row.working), glyph=HEARD, tip=_meaning(path, row))
    if path.problem is None:
        tip = tr("Between different interfaces this is usual.") if not path.unbound else ""
        return Cell(words, dot=Tone.NEUTRAL, glyph=SILENT, dim=True, tip=tip)
    reason = visible(path.problem.text)
    tip = f"{reason}\n{visible(path.problem.remedy)}"
    if path.problem.errno is not None:
        why = fill(tr("errno %1, %2"), str(path.problem.errno), _system_words(reason))
        return Cell(
            tr("refused"), why, dot=Tone.ERROR, glyph=REFUSED, tip=tip, spoken=f"{words} · {_system_words(reason)}"
        )
    if path.sent:
        return Cell(words, reason, dot=Tone.ERROR if own else Tone.WARNING, glyph=REFUSED, tip=tip)
    return Cell(words, reason, dot=Tone.NEUTRAL, glyph=IMPOSSIBLE, dim=True, tip=tip)


def _system_words(reason: str) -> str:
    """What the system said: ``Network is unreachable`` of ``… (Network is unreachable, 101).``"""
    found = re.search(r"\(([^()]+), -?\d+\)", reason)
    return found[1] if found is not None else reason


def _some(path: MulticastPath) -> str:
    return tr("%1 of %2 packets").replace("%1", str(path.heard)).replace("%2", str(path.sent))


def _heard_tone(path: MulticastPath, working: frozenset[str]) -> Tone:
    """Green where a LAN is; what chose no interface and was heard elsewhere is the trap."""
    if path.receive_interface in working:
        return Tone.OK if path.heard == path.sent else Tone.WARNING
    return Tone.WARNING if path.unbound else Tone.NEUTRAL


def _meaning(path: MulticastPath, row: MatrixRow) -> str:
    if path.receive_interface in row.working:
        return tr("The copy that the system loops back came by this interface.")
    return tr("It works there, but no LAN is behind this interface.")


def _about(sender: str | None, labels: Mapping[str, str]) -> str:
    return tr("left to the system") if sender is None else labels.get(sender, "")


def _sender_cell(row: MatrixRow) -> Cell:
    name = tr("no interface chosen") if row.sender is None else visible(row.sender, 40)
    return Cell(name, visible(row.about, 60), dim=not row.took_part)
