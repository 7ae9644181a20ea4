"""What the tries to bind a port come to, in one sentence and what is to be done."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from net.ports.records import Binding
from ui.pages.ports.columns import tr
from ui.pages.ports.endpoint import Wanted
from ui.pages.ports.tools.bind_columns import natural, stack_name
from ui.text import fill
from ui.theme import Tone


class Conclusion(NamedTuple):
    """One sentence; why that is and what to do, and the port to take instead, where there is one."""

    sentence: str
    tone: Tone
    why: str = ""
    free: int | None = None


def conclude(wanted: Wanted, protocol: str, bindings: Sequence[Binding]) -> Conclusion:
    """Of all tries of ``wanted``: yes, no, or by some stacks only; with the reason of the first that was refused, else
    with what should be known of a bind that was granted."""
    tried = sorted(bindings, key=natural)
    refused = [binding for binding in tried if not binding.possible]
    name = f"{protocol.upper()} {wanted}"
    first = next((binding for binding in refused if binding.reason), None)
    why = " ".join(filter(None, (first.reason, first.remedy))) if first is not None else ""
    if not refused:
        beware = next((binding.caveat for binding in tried if binding.caveat), "")
        unknown = next((binding.unknown for binding in tried if binding.unknown), "")
        tone = Tone.WARNING if beware else Tone.OK
        return Conclusion(fill(tr("Yes: %1 can be bound."), name), tone, " ".join(filter(None, (beware, unknown))))
    free = next((binding.free for binding in refused if binding.free is not None), None)
    if len(refused) == len(tried):
        return Conclusion(fill(tr("No: %1 cannot be bound."), name), Tone.ERROR, why, free)
    allowed = ", ".join(dict.fromkeys(stack_name(binding) for binding in tried if binding.possible))
    return Conclusion(
        fill(tr("Partly: %1 can be bound as %2, but not otherwise."), name, allowed), Tone.WARNING, why, free
    )
