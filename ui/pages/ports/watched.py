"""The ports a person has marked with a star, and the notice when one is taken or freed."""

from __future__ import annotations

import time

from ui.pages.ports.columns import tr
from ui.pages.ports.endpoint import port_number
from ui.pages.ports.history import Turn, owners_in_words
from ui.settings import Settings
from ui.text import fill, visible
from ui.theme import Tone
from ui.widgets.actions import Action
from ui.widgets.banner import Notice

MOST = 16


class WatchedPorts:
    """Kept in the settings, lowest first."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        numbers = map(port_number, settings.page_text("ports", "watched").split())
        self.ports = tuple(sorted({number for number in numbers if number is not None})[:MOST])

    def __contains__(self, port: object) -> bool:
        return port in self.ports

    def __len__(self) -> int:
        return len(self.ports)

    def toggle(self, port: int) -> bool:
        """Mark it, or take the mark away; False where there are as many as can be watched."""
        chosen = set(self.ports) ^ {port}
        if len(chosen) > MOST:
            return False
        self.ports = tuple(sorted(chosen))
        self._settings.set_page_text("ports", "watched", " ".join(map(str, self.ports)))
        return True


def notice_key(port: int) -> str:
    """One notice a port."""
    return f"watched {port}"


def watched_notice(port: int, turn: Turn, show: Action) -> Notice:
    """That it was taken, freed, or went from one to another."""
    moment = time.strftime("%H:%M:%S", time.localtime(turn.time))
    before, after = (visible(owners_in_words(owners), 200) for owners in (turn.before, turn.after))
    if not turn.after:
        title = fill(tr("Port %1 is free since %2."), port, moment)
        return Notice(notice_key(port), title, fill(tr("%1 had it."), before), Tone.OK, (show,))
    if not turn.before:
        title = fill(tr("Port %1 was taken at %2."), port, moment)
        return Notice(notice_key(port), title, fill(tr("%1 has it now."), after), Tone.INFO, (show,))
    title = fill(tr("Port %1 changed hands at %2."), port, moment)
    return Notice(notice_key(port), title, fill(tr("%1 → %2"), before, after), Tone.INFO, (show,))
