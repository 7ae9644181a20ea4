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
    """One sentence; what to do, and the port to take instead, where there is something to do."""

    sentence: str
    tone: Tone
    remedy: str = ""
    free: int | None = None


def conclude(wanted: Wanted, protocol: str, bindings: Sequence[Binding]) -> Conclusion:
    """Of all tries of ``wanted``: yes, no, or only on some stacks, with the reason of the first that was refused."""
    tried = sorted(bindings, key=natural)
    refused = [binding for binding in tried if not binding.possible]
    name = f"{protocol.upper()} {wanted}"
    if not refused:
        return Conclusion(fill(tr("Yes: %1 can be bound."), name), Tone.OK)
    first = refused[0]
    reason = first.reason or tr("The system refuses it.")
    free = next((binding.free for binding in refused if binding.free is not None), None)
    remedy = first.remedy or ""
    if len(refused) == len(tried):
        return Conclusion(fill(tr("No: %1 cannot be bound. %2"), name, reason), Tone.ERROR, remedy, free)
    allowed = ", ".join(dict.fromkeys(stack_name(binding) for binding in tried if binding.possible))
    sentence = fill(tr("Partly: %1 can be bound by %2 only. %3"), name, allowed, reason)
    return Conclusion(sentence, Tone.WARNING, remedy, free)
