"""Runs the quiet checks by themselves, after the start and after each change of the network, and says what is wrong."""

from __future__ import annotations

from functools import partial
from typing import cast

from PySide6.QtCore import QObject, QTimer

from diagnosis.records import Finding
from ui.link import Phase
from ui.pages.diagnosis.page import DiagnosisPage
from ui.pages.interfaces.change_book import change_book
from ui.theme import Tone
from ui.widgets.actions import Action
from ui.widgets.banner import Notice
from ui.window import MainWindow

FIRST_MS = 500
"""After the first interfaces are shown: the page in front comes first."""
SETTLED_MS = 500
"""After the first of several changes that come together; so the checks also run no oftener."""
KEY = "diagnosis"
OF_PROGRAMS = ("ports", "answering")
"""Checks of what programs here do with ports: no fault of the network."""
TUNNEL_PAGES = ("multicast", "interfaces")
"""Pages that say by themselves that a tunnel takes multicast."""


class StandingChecks(QObject):
    """Feeds the badge of Diagnosis and a banner with the gravest proven finding about the network.

    The checks send nothing. One object a window, for every place it looks from.
    """

    def __init__(self, window: MainWindow) -> None:
        super().__init__(window)
        self._window = window
        self._due = QTimer(self, singleShot=True)
        self._due.timeout.connect(self._check)
        self._page: DiagnosisPage | None = None
        window.attached.connect(self._attach)
        window.page_shown.connect(self._show)
        self._attach()

    def _attach(self) -> None:
        """The window looks from another place: all begins anew."""
        self._due.stop()
        self._page = None
        self._window.banners.clear_notice(KEY)
        self._window.book.changed.connect(self._begin)
        if self._window.book.known:
            self._begin()

    def _begin(self) -> None:
        if self._window.book.known:
            self._window.book.changed.disconnect(self._begin)
            self._due.start(FIRST_MS)

    def _check(self) -> None:
        if self._window.link.state.phase is Phase.CLOSED:
            return
        if self._page is None:
            self._page = cast("DiagnosisPage", self._window.page("diagnosis"))
            self._page.ran.connect(self._show)
            change_book(self._window.link).told.connect(self._changed)
        if self._page.running:
            self._due.start(FIRST_MS)  # what the person asked for comes first
        else:
            self._page.run_quietly()

    def _changed(self) -> None:
        """Soon, but no later for what changes meanwhile: a flapping link must not keep the checks from running."""
        if not self._due.isActive():
            self._due.start(SETTLED_MS)

    def _show(self) -> None:
        """The banner, where the page in front does not say it itself."""
        if self._page is None:
            return
        finding = gravest(self._page.fresh())
        current = self._window.current
        if finding is None:
            self._window.banners.clear_notice(KEY)
        elif current is not None and _says_itself(current.name, finding):
            self._window.banners.rest_notice(KEY)
        else:
            tone = Tone.ERROR if finding.severity == "error" else Tone.WARNING
            show = Action(self.tr("What to do"), partial(self._window.go_to, "diagnosis", finding.code))
            self._window.banners.show_notice(Notice(KEY, finding.title, finding.cause, tone, (show,)))


def _says_itself(page: str, finding: Finding) -> bool:
    return page == "diagnosis" or (page in TUNNEL_PAGES and finding.code == "tunnel_takes_multicast")


def gravest(findings: list[Finding]) -> Finding | None:
    """The first proven error, else the first proven warning, of those about the network."""
    proven = [each for each in findings if each.certainty == "proven" and each.check not in OF_PROGRAMS]
    for severity in ("error", "warning"):
        for finding in proven:
            if finding.severity == severity:
                return finding
    return None
