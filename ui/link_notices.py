"""Says by banners how the link to the probe stands, whenever it does not stand well."""

from __future__ import annotations

from PySide6.QtCore import QObject

from ui.link import Link, LinkState, Phase
from ui.text import plural
from ui.theme import Tone
from ui.widgets.actions import Action
from ui.widgets.banner import BannerArea, Notice

STATE = "link"
GARBLED = "garbled"


class LinkNotices(QObject):
    """Keeps the banners of one link in ``area`` until ``close``."""

    def __init__(self, link: Link, area: BannerArea) -> None:
        super().__init__(link)
        self._link = link
        self._area = area
        link.state_changed.connect(self._state_changed)
        link.garbled.connect(self._garbled)
        self._state_changed(link.state)

    def close(self) -> None:
        """Take the banners away; the link may go on to change."""
        self._link.state_changed.disconnect(self._state_changed)
        self._link.garbled.disconnect(self._garbled)
        self._area.clear_notice(STATE)
        self._area.clear_notice(GARBLED)

    def _state_changed(self, state: LinkState) -> None:
        if state.phase is Phase.RESTARTING:
            self._area.show_notice(Notice(STATE, state.text, state.last_words, Tone.WARNING))
        elif state.phase is Phase.FAILED:
            again = Action(self.tr("Try again"), self._link.start)
            self._area.show_notice(Notice(STATE, state.text, state.last_words, Tone.ERROR, (again,)))
        elif state.phase is Phase.CONNECTED:
            self._area.clear_notice(STATE)

    def _garbled(self, line: str) -> None:
        """Before the probe has said hello, what a login shell prints is no concern."""
        if self._link.state.phase is not Phase.CONNECTED:
            return
        title = plural(
            self._link.garbled_count,
            self.tr("The probe sent %n line that was not understood."),
            self.tr("The probe sent %n lines that were not understood."),
        )
        self._area.show_notice(Notice(GARBLED, title, line, Tone.WARNING))
