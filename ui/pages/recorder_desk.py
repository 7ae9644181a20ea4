"""Records what a watch hears to a pcapng file where the probe runs: a button with a menu, and how it goes."""

from __future__ import annotations

import time

import msgspec
from PySide6.QtCore import QDir, Signal
from PySide6.QtWidgets import QHBoxLayout, QMenu, QPushButton, QWidget

from net.multicast.records import Recording
from net.records import Record
from ui.link import Link, Watch
from ui.pages.path_dialog import ask_for_path
from ui.text import count, fill, plural, size, visible
from ui.theme import Tone, unit
from ui.widgets.dot import Dot
from ui.widgets.labels import PlainLabel

LOCAL = "local"


class RecorderDesk(QWidget):
    """Subclass it and override ``record_to`` and, where not always something can be recorded, ``can_record``.

    ``words``: of the entry that asks for a file.

    Signals:
        refused: a Problem that is to be told.
        said: a sentence about the outcome.
    """

    refused = Signal(object)
    said = Signal(str)

    def __init__(self, link: Link, words: str, tip: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.recording: Recording | None = None
        self._link = link
        self._words = words
        self._recorder: Watch | None = None
        self.dot = Dot()
        self.dot.set_tone(Tone.ERROR)
        self.state = PlainLabel(dim=True)
        self.button = QPushButton(self.tr("Capture"))
        self.button.setAutoDefault(False)
        self.button.setAccessibleName(self.tr("Capture"))
        self.button.setToolTip(tip)
        self.menu = QMenu(self.button)
        self.button.setMenu(self.menu)
        self.record = self.menu.addAction(f"{words}…")
        self.stop = self.menu.addAction(self.tr("Stop recording"))
        self.row = QHBoxLayout(self)
        self.row.setContentsMargins(0, 0, 0, 0)
        self.row.setSpacing(unit(self.font()) * 2)
        for widget in (self.dot, self.state, self.button):
            self.row.addWidget(widget)
        self.record.triggered.connect(self._ask_where_to)
        self.stop.triggered.connect(self.stop_recording)
        self.menu.aboutToShow.connect(self._update)

    # Hooks

    def record_to(self, path: str) -> None:
        """Hook: record to that file from now on."""

    def can_record(self) -> bool:
        """Hook: whether there is something to record."""
        return True

    # What the page calls

    @property
    def running(self) -> bool:
        return self._recorder is not None

    def stop_recording(self) -> None:
        """The file is complete once the probe has told how much is in it. May be called again."""
        if self._recorder is not None:
            self._recorder.finish()

    def close_desk(self) -> None:
        """The page closes; what was recorded until then is in the file."""
        if self._recorder is not None:
            self._recorder.stop()
            self._recorded()

    # The work

    def begin(self, method: str, request: msgspec.Struct, path: str) -> None:
        """Record by a watch of its own, which says how it goes in Recordings."""
        self.recording = Recording(path=path, packets=0, bytes=0)
        watch = self._recorder = self._link.watch(method, request, again=False)
        watch.batch.connect(self._hear)
        watch.problem.connect(self.refused)
        watch.ended.connect(self._recorded)
        self._update()

    def _hear(self, records: tuple[Record, ...]) -> None:
        for record in records:
            if isinstance(record, Recording):
                self.recording = record
                if record.problem is not None:
                    self.refused.emit(record.problem)
        self._update()

    def _recorded(self) -> None:
        recording, self._recorder, self.recording = self.recording, None, None
        if recording is not None:
            one, many = self.tr("%n packet recorded to %1%2."), self.tr("%n packets recorded to %1%2.")
            missed = self.tr(", %1 missed").replace("%1", count(recording.missed)) if recording.missed else ""
            self.said.emit(fill(plural(recording.packets, one, many), visible(recording.path, 200), missed))
        self._update()

    def _update(self) -> None:
        recording = self.recording
        self.dot.setVisible(self.running)
        self.state.setVisible(self.running)
        if recording is not None:
            words = self.tr("recording · %1 packets · %2")
            missed = self.tr(" · %1 missed").replace("%1", count(recording.missed)) if recording.missed else ""
            self.state.setText(fill(words, count(recording.packets), size(recording.bytes)) + missed)
            self.state.setToolTip(visible(recording.path, 300))
        self.stop.setEnabled(self.running)
        self.record.setEnabled(not self.running and self.can_record())

    def _ask_where_to(self) -> None:
        folder = QDir.homePath() if self._link.place == LOCAL else "/tmp"  # noqa: S108 - a suggestion
        name = time.strftime("lanscout-%Y%m%d-%H%M%S.pcapng")
        label = self.tr("File to write, where the probe runs:")
        ask_for_path(self, self._words, label, f"{folder}/{name}", self.record_to)
