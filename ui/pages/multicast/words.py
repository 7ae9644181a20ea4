"""Names interfaces in the page's buttons and sentences."""

from __future__ import annotations

from collections.abc import Sequence

from ui.pages.multicast.states import tr
from ui.text import count, visible

NAMED = 3


def interfaces_in_words(names: Sequence[str]) -> str:
    """``en0``, ``en0 and en5``, ``en0, en5 and en7``, ``4 interfaces``."""
    shown = [visible(name, 40) for name in names]
    if len(shown) > NAMED:
        return tr("%1 interfaces").replace("%1", count(len(shown)))
    if len(shown) > 1:
        return tr("%1 and %2").replace("%2", shown[-1]).replace("%1", ", ".join(shown[:-1]))
    return "".join(shown)
