"""The table of the view May I have it?: each way a program could bind the port, and why it is refused."""

from __future__ import annotations

from net.ports.records import Binding
from ui.pages.ports.columns import address_order, tr
from ui.text import UNKNOWN, fill, visible
from ui.theme import Tone
from ui.widgets.columns import Cell, Chip, Column, Face, none_last

TEXT_CAP = 500
WILDCARDS = ("0.0.0.0", "::")
STACKS = {"v4": 0, "v6": 1, "dual": 2}


def natural(binding: Binding) -> tuple[object, ...]:
    """IPv4, IPv6, both at once."""
    return (address_order(binding.address), STACKS[binding.stack])


def stack_name(binding: Binding) -> str:
    """``IPv4``, ``IPv6 only``, ``IPv6 and IPv4``."""
    return {"v4": tr("IPv4"), "v6": tr("IPv6 only"), "dual": tr("IPv6 and IPv4")}[binding.stack]


def _address(binding: Binding) -> Cell:
    where = tr("every address") if binding.address in WILDCARDS else ""
    return Cell(visible(binding.address), detail=fill("%1 · %2", stack_name(binding), where) if where else
                stack_name(binding))  # fmt: skip


def _plain(binding: Binding) -> Cell:
    return _yes(possible=binding.possible)


def _reuse(binding: Binding) -> Cell:
    return Cell(UNKNOWN, dim=True) if binding.with_reuse is None else _yes(possible=binding.with_reuse)


def _yes(*, possible: bool) -> Cell:
    glyph, tone, word = ("✓", Tone.OK, tr("yes")) if possible else ("✕", Tone.ERROR, tr("no"))
    return Cell(word, dot=tone, glyph=glyph)


def _why(binding: Binding) -> Cell:
    """Who has it, where that is the reason, over the whole sentence; what to do stands in the details."""
    reason = visible(binding.reason or "", TEXT_CAP)
    if not binding.possible and binding.holder:
        return Cell(fill(tr("Held by %1"), visible(binding.holder, TEXT_CAP)), reason, tip=reason)
    if binding.possible:
        caveat = visible(binding.caveat or "", TEXT_CAP)
        return Cell(tr("Free."), caveat, dim=not caveat, tip=caveat)
    remedy = visible(binding.remedy or "", TEXT_CAP)
    return Cell(reason, remedy, tip=reason)


def _free(binding: Binding) -> Cell:
    if binding.possible or binding.free is None:
        return Cell("")
    return Cell(str(binding.free), chips=(Chip(tr("free"), Tone.OK),))


def binding_columns() -> tuple[Column[Binding], ...]:
    """A row for each address and stack that was tried."""
    return (
        Column("address", tr("Bound at"), _address, sort=natural, face=Face.FIXED, width=22, least=17, weight=1,
               typical=(Cell("::", fill("%1 · %2", tr("IPv6 and IPv4"), tr("every address"))),)),
        Column("plain", tr("Plainly"), _plain, sort=lambda row: not row.possible, width=9, least=8, weight=0,
               tip=tr("Without any option")),
        Column("reuse", tr("With reuse"), _reuse, sort=lambda row: none_last(row.with_reuse), width=11, least=10,
               weight=0, tip=tr("With SO_REUSEADDR and, where there is one, SO_REUSEPORT")),
        Column("why", tr("Why"), _why, width=44, least=22, weight=3),
        Column("free", tr("Nearest free"), _free, sort=lambda row: none_last(row.free), face=Face.FIXED, width=12,
               least=10, weight=0),
    )  # fmt: skip
