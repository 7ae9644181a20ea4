"""Starts the window: the application object, its theme, the probe, and what happens when something fails."""

from __future__ import annotations

import gc
import logging
import signal
import socket
import sys
import traceback
from types import TracebackType
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QSocketNotifier, QTimer, Signal
from PySide6.QtWidgets import QApplication

from probe.places import FORMS, PlaceError, probe_command
from ui.link import Link
from ui.settings import Settings
from ui.text import visible
from ui.theme import Theme

if TYPE_CHECKING:
    from ui.window import MainWindow

logger = logging.getLogger(__name__)

CHECKS_MS = 1000
"""After the window is there the quiet checks are set up: what is seen first comes first."""


def run(words: list[str]) -> int:
    """Open the window and serve it to its end. ``words``: nothing, or ``--on PLACE`` (also ``--on=PLACE``).

    A place of no known form is refused on stderr, with exit code 2.
    """
    place = place_of(words)
    try:
        probe_command(place)
    except PlaceError:
        sys.stderr.write(f"{visible(place)} is not a place to look from. Use {FORMS}.\n")
        return 2
    # What is imported and built from here on stays: collecting it again and again costs a tenth of the start.
    gc.disable()
    application = QApplication([sys.argv[0]])
    application.setApplicationName("Lanscout")
    application.setDesktopFileName("lanscout")
    settings = Settings()
    # The probe imports its half while the window imports its own.
    link = Link(place)
    link.start()
    theme = Theme(application, settings.theme)
    from ui.window import MainWindow

    window = MainWindow(link, settings, theme)
    reporter = Reporter(application)
    reporter.failed.connect(window.show_failure)
    sys.excepthook = reporter.take
    signals = SignalWatcher(application)
    signals.arrived.connect(window.close)
    window.show()
    QTimer.singleShot(0, _collect_from_now_on)
    QTimer.singleShot(CHECKS_MS, window, lambda: _begin_checks(window))
    try:
        return application.exec()
    finally:
        sys.excepthook = sys.__excepthook__
        signals.close()
        window.close()


def _collect_from_now_on() -> None:
    gc.freeze()
    gc.enable()


def _begin_checks(window: MainWindow) -> None:
    from ui.standing_checks import StandingChecks

    StandingChecks(window)


def place_of(words: list[str]) -> str:
    """The place named on the command line, ``local`` by default."""
    if not words:
        return "local"
    return words[0].partition("=")[2] if words[0].startswith("--on=") else words[-1]


class Reporter(QObject):
    """Takes what nobody caught: to the log, and as a report to the window.

    Signals:
        failed: the sentence and the report to copy.
    """

    failed = Signal(str, str)

    def take(self, kind: type[BaseException], error: BaseException, trace: TracebackType | None) -> None:
        """As sys.excepthook."""
        if issubclass(kind, KeyboardInterrupt):
            QApplication.quit()
            return
        logger.error("unexpected failure", exc_info=(kind, error, trace))
        report = "".join(traceback.format_exception(kind, error, trace))
        self.failed.emit(f"{kind.__name__}: {error}", report)


class SignalWatcher(QObject):
    """Lets SIGINT and SIGTERM close the window in good order: Qt's loop gives Python no chance to see them.

    Signals:
        arrived: one of them came.
    """

    arrived = Signal()

    def __init__(self, parent: QObject) -> None:
        super().__init__(parent)
        self._reader, self._writer = socket.socketpair()
        for end in (self._reader, self._writer):
            end.setblocking(False)
        self._notifier = QSocketNotifier(self._reader.fileno(), QSocketNotifier.Type.Read, self)
        self._notifier.activated.connect(self._wake)
        self._before = signal.set_wakeup_fd(self._writer.fileno())
        for number in (signal.SIGINT, signal.SIGTERM):
            signal.signal(number, _noted)

    def _wake(self) -> None:
        self._reader.recv(64)
        self.arrived.emit()

    def close(self) -> None:
        """Give the signals back."""
        self._notifier.setEnabled(False)
        signal.set_wakeup_fd(self._before)
        for number in (signal.SIGINT, signal.SIGTERM):
            signal.signal(number, signal.SIG_DFL)
        self._reader.close()
        self._writer.close()


def _noted(_number: int, _frame: object) -> None:
    """The wakeup descriptor tells the window; Python only must not die of the signal."""
