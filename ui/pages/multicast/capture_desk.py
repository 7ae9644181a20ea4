"""Records what the joined groups receive to a pcapng file, and opens such a file in the page."""

from __future__ import annotations

import time
from pathlib import PurePosixPath

import msgspec
from PySide6.QtCore import QDir, Signal
from PySide6.QtWidgets import QHBoxLayout, QMenu, QPushButton, QWidget

from net.multicast.records import Capture, Recording
from net.multicast.requests import CaptureRequest
from net.records import Datagram, Problem, Reception, Record, Stream
from ui.link import Link, Watch
from ui.pages.multicast.joined_groups import JoinedGroups
from ui.pages.multicast.path_dialog import ask_for_path
from ui.text import count, fill, plural, size, visible
from ui.theme import Tone, unit
from ui.widgets.dot import Dot
from ui.widgets.labels import PlainLabel

OPENED = 10_000
"""Datagrams of a file that are shown; its streams are of all."""
LOCAL = "local"


class CaptureDesk(QWidget):
    """A button with a menu, and beside it how a recording goes. Files lie where the probe runs.

    Signals:
        refused: a Problem that is to be told.
        said: a sentence about the outcome.
        opened: tuple of Datagrams of a file; its groups and streams went to the JoinedGroups.
    """

    refused = Signal(object)
    said = Signal(str)
    opened = Signal(object)

    def __init__(self, link: Link, groups: JoinedGroups, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.recording: Recording | None = None
        self._link = link
        self._groups = groups
        self._recorder: Watch | None = None
        self._readers: set[Watch] = set()
        self.dot = Dot()
        self.dot.set_tone(Tone.ERROR)
        self.state = PlainLabel(dim=True)
        self.button = QPushButton(self.tr("Capture"))
        self.button.setAutoDefault(False)
        self.button.setAccessibleName(self.tr("Capture"))
        self.button.setToolTip(self.tr("Record what arrives to a pcapng file, for Wireshark, or open such a file here"))
        self.menu = QMenu(self.button)
        self.button.setMenu(self.menu)
        self.record = self.menu.addAction(self.tr("Record joined groups…"))
        self.stop = self.menu.addAction(self.tr("Stop recording"))
        self.menu.addSeparator()
        self.open = self.menu.addAction(self.tr("Open a capture file…"))
        layout = QHBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(unit(self.font()) * 2)
        for widget in (self.dot, self.state, self.button):
            layout.addWidget(widget)
        self.record.triggered.connect(self._ask_where_to)
        self.stop.triggered.connect(self.stop_recording)
        self.open.triggered.connect(self._ask_which)
        self.menu.aboutToShow.connect(self._update)
        self._update()

    def record_to(self, path: str) -> None:
        """Record all joined groups to that file from now on, beside the joins and with sockets of its own."""
        joins = self._groups.active
        if not joins or self._recorder is not None or not path.strip():
            return
        options = {join.options for join in joins}
        groups = tuple(dict.fromkeys(join.key.endpoint for join in joins))
        interfaces = tuple(dict.fromkeys(join.key.interface for join in joins))
        if len(options) > 1 or len(joins) < len(groups) * len(interfaces):
            self.said.emit(
                self.tr("One file takes groups joined on the same interfaces with the same sources. Leave the others.")
            )
            return
        request = options.pop().request(groups[0], interfaces[0], keep=0, strips=False)
        request = msgspec.structs.replace(request, groups=groups, interfaces=interfaces, record_to=path.strip())
        self.recording = Recording(path=path.strip(), packets=0, bytes=0)
        watch = self._recorder = self._link.watch("multicast.listen", request, again=False)
        watch.batch.connect(self._hear)
        watch.problem.connect(self.refused)
        watch.ended.connect(self._recorded)
        self._update()

    def stop_recording(self) -> None:
        """The file is complete then. May be called again."""
        if self._recorder is not None:
            self._recorder.stop()
            self._recorded()

    def open_file(self, path: str) -> None:
        """Show what that file holds as rows of the page."""
        if not path.strip():
            return
        request = CaptureRequest(path=path.strip(), keep=OPENED, strips=True)
        watch = self._link.watch("multicast.capture", request, again=False)
        self._readers.add(watch)
        label = visible(PurePosixPath(path.strip().replace("\\", "/")).name, 40)
        watch.batch.connect(lambda records: self._read(records, label))
        watch.problem.connect(self.refused)
        watch.ended.connect(lambda: self._readers.discard(watch))

    def close_desk(self) -> None:
        """The page closes."""
        self.stop_recording()
        for watch in self._readers:
            watch.stop()
        self._readers.clear()

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
            words = plural(
                recording.packets, self.tr("%n packet recorded to %1."), self.tr("%n packets recorded to %1.")
            )
            self.said.emit(words.replace("%1", visible(recording.path, 200)))
        self._update()

    def _read(self, records: tuple[Record, ...], label: str) -> None:
        moved: list[Datagram] = []
        for record in records:
            if isinstance(record, Datagram | Stream | Reception):
                named = f"{record.interface} · {label}"
                taken = msgspec.structs.replace(record, interface=named)
                if isinstance(taken, Datagram):
                    moved.append(taken)
                else:
                    self._groups.take_recorded(taken)
            elif isinstance(record, Capture) and record.shown != (0, 0):
                self._tell(record)
            elif isinstance(record, Problem):
                self.refused.emit(record)
        if moved:
            self.opened.emit(tuple(moved))

    def _tell(self, capture: Capture) -> None:
        if capture.problem is not None:
            self.refused.emit(capture.problem)
        words = self.tr("%1: %2 of %3 packets are multicast datagrams.")
        self.said.emit(fill(words, visible(capture.path, 120), count(capture.datagrams), count(capture.packets)))

    def _update(self) -> None:
        recording = self.recording
        running = self._recorder is not None
        self.dot.setVisible(running)
        self.state.setVisible(running)
        if recording is not None:
            words = self.tr("recording · %1 packets · %2")
            missed = self.tr(" · %1 missed").replace("%1", count(recording.missed)) if recording.missed else ""
            self.state.setText(fill(words, count(recording.packets), size(recording.bytes)) + missed)
            self.state.setToolTip(visible(recording.path, 300))
        self.stop.setEnabled(running)
        self.record.setEnabled(not running and bool(self._groups.active))

    def _ask_where_to(self) -> None:
        folder = QDir.homePath() if self._link.place == LOCAL else "/tmp"  # noqa: S108 - a suggestion
        name = time.strftime("lanscout-%Y%m%d-%H%M%S.pcapng")
        label = self.tr("File to write, where the probe runs:")
        ask_for_path(self, self.tr("Record joined groups"), label, f"{folder}/{name}", self.record_to)

    def _ask_which(self) -> None:
        label = self.tr("A pcapng or pcap file, where the probe runs:")
        ask_for_path(self, self.tr("Open a capture file"), label, "", self.open_file)
