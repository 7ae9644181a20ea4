"""Records what the joined groups receive to a pcapng file, and opens such a file in the page."""

from __future__ import annotations

import time
from dataclasses import dataclass, field

import msgspec
from PySide6.QtCore import Signal
from PySide6.QtWidgets import QWidget

from net.multicast.records import Capture
from net.multicast.requests import CaptureRequest
from net.records import Datagram, Joined, Problem, Reception, Record, Stream, Summary
from ui.link import Link, Watch
from ui.pages.multicast.columns import FILE_MARK
from ui.pages.multicast.joined_groups import JoinedGroups
from ui.pages.multicast.joins import JoinKey
from ui.pages.multicast.rest import Kept, Rest, file_name
from ui.pages.multicast.states import tr
from ui.pages.path_dialog import ask_for_path
from ui.pages.recorder_desk import RecorderDesk
from ui.text import count, fill, visible
from ui.widgets.labels import PlainLabel

OPENED = 100_000
"""Datagrams of a file that are shown; its streams are of all."""


@dataclass(eq=False)
class Opening:
    """A file that is being read: ``keys`` are its rows, ``shown`` counts its packets that came of those ``wanted``.

    ``label`` is the file's name, fit to be shown, and of no other file that is read or has rows.
    """

    path: str
    label: str
    watch: Watch
    keys: set[JoinKey] = field(default_factory=set)
    capture: Capture | None = None
    told: bool = False
    shown: int = 0
    wanted: int = 0

    @property
    def words(self) -> str:
        """How far it is."""
        if self.wanted:
            return fill(tr("loading · %1 of %2"), count(self.shown), count(self.wanted))
        return fill(tr("reading · %1"), count(self.capture.packets if self.capture is not None else 0))


class CaptureDesk(RecorderDesk):
    """A button with a menu, and beside it how a recording goes. Files lie where the probe runs.

    Attributes:
        rest: tells where the packets are that the page does not keep.

    Signals:
        opening: a file was chosen; what was wrong with the one before is over.
        opened: tuple of Datagrams of a file; its groups and streams went to the JoinedGroups.
        loaded: all of a file has come, or is no longer wanted.
    """

    opening = Signal()
    opened = Signal(object)
    loaded = Signal()

    def __init__(self, link: Link, groups: JoinedGroups, parent: QWidget | None = None) -> None:
        tip = tr("Record what arrives to a pcapng file, for Wireshark, or open such a file here")
        super().__init__(link, tr("Record joined groups"), tip, parent)
        self._groups = groups
        self._openings: list[Opening] = []
        self.reading = PlainLabel(dim=True)
        self.reading.hide()
        self.row.insertWidget(0, self.reading)
        self.rest = Rest()
        self._file: Kept | None = None
        self.menu.addSeparator()
        self.open = self.menu.addAction(tr("Open a capture file…"))
        self.open.triggered.connect(self._ask_which)
        self._update()

    def record_to(self, path: str) -> None:
        """Record all joined groups to that file from now on, beside the joins and with sockets of its own."""
        joins = self._groups.active
        if not joins or self.running or not path.strip():
            return
        options = {join.options for join in joins}
        groups = tuple(dict.fromkeys(join.key.endpoint for join in joins))
        interfaces = tuple(dict.fromkeys(join.key.interface for join in joins))
        if len(options) > 1 or len(joins) < len(groups) * len(interfaces):
            self.said.emit(
                tr("One file takes groups joined on the same interfaces with the same sources. Leave the others.")
            )
            return
        request = options.pop().request(groups[0], interfaces[0], keep=0, strips=False)
        request = msgspec.structs.replace(request, groups=groups, interfaces=interfaces, record_to=path.strip())
        keys = frozenset(join.key for join in joins)
        whole = frozenset(key for key in keys if not self._groups.received((key,)))
        self._file = Kept(path.strip(), keys, whole, since=time.time())
        self.begin("multicast.listen", request, path.strip())

    def can_record(self) -> bool:
        return bool(self._groups.active)

    def open_file(self, path: str) -> None:
        """Show what that file holds as rows of the page."""
        if not path.strip():
            return
        request = CaptureRequest(path=path.strip(), keep=OPENED, strips=True)
        self.opening.emit()
        watch = self._link.watch("multicast.capture", request, again=False)
        opening = Opening(path.strip(), self._label(path.strip()), watch)
        self._openings.append(opening)
        opening.watch.batch.connect(lambda records: self._read(records, opening))
        opening.watch.problem.connect(self.refused)
        opening.watch.ended.connect(lambda: self._end(opening))
        self._show_openings()

    def loads(self, keys: frozenset[JoinKey]) -> bool:
        """Whether packets of one of these rows still come."""
        return any(opening.keys & keys for opening in self._openings)

    def forget(self, keys: frozenset[JoinKey]) -> None:
        """Those rows are gone: a file of which none is left is read no further."""
        for opening in tuple(self._openings):
            if opening.keys & keys:
                opening.keys -= keys
                if not opening.keys:
                    opening.watch.stop()
                    self._end(opening)

    def close_desk(self) -> None:
        super().close_desk()
        for opening in self._openings:
            opening.watch.stop()
        self._openings.clear()

    def _label(self, path: str) -> str:
        """Of files of one name the second is called ``name (2)``: their rows must not become one."""
        name = file_name(path)
        # Those that have no row yet count, too.
        shown = [f"{FILE_MARK}{opening.label}" for opening in self._openings]
        shown += [key.interface for key in self._groups.joins]
        label, number = name, 1
        while any(text.endswith(f"{FILE_MARK}{label}") for text in shown):
            number += 1
            label = f"{name} ({number})"
        return label

    def _end(self, opening: Opening) -> None:
        if opening in self._openings:
            self._openings.remove(opening)
        self._show_openings()
        self.loaded.emit()

    def _show_openings(self) -> None:
        self.reading.setVisible(bool(self._openings))
        if self._openings:
            self.reading.setText(self._openings[-1].words)
            self.reading.setToolTip(visible(self._openings[-1].path, 300))

    def _hear(self, records: tuple[Record, ...]) -> None:
        if self._file is not None and any(isinstance(record, Joined) for record in records):
            self.rest.add(self._file)
        super()._hear(records)
        if self._file is not None and self.recording is not None:
            self._file.missed = self.recording.missed
            if self.recording.problem is not None:
                self._file.until = self._file.until or time.time()

    def _recorded(self) -> None:
        if self._file is not None:
            self._file.until = self._file.until or time.time()
            self._file = None
        super()._recorded()

    def _read(self, records: tuple[Record, ...], opening: Opening) -> None:
        moved: list[Datagram] = []
        opened: set[JoinKey] = set()
        for record in records:
            if isinstance(record, Datagram | Stream | Reception):
                taken = msgspec.structs.replace(record, interface=f"{record.interface}{FILE_MARK}{opening.label}")
                key = JoinKey(taken.group, taken.port, taken.interface)
                if not isinstance(taken, Datagram):
                    self._groups.take_recorded(taken)
                    opened.add(key)
                elif key in opening.keys:
                    moved.append(taken)
            elif isinstance(record, Capture):
                opening.capture = record
            elif isinstance(record, Problem):
                self.refused.emit(record)
        if opened:
            keys = frozenset(opened)
            opening.keys |= keys
            self.rest.add(Kept(opening.path, keys, keys, since=0.0))
        # Whether a file without a datagram was read to its end is known by its summary only.
        ended = any(isinstance(record, Summary) for record in records)
        if opening.capture is not None and not opening.told and (ended or opening.capture.shown != (0, 0)):
            self._tell(opening, opening.capture)
        if moved:
            opening.shown += len(moved)
            self.opened.emit(tuple(moved))
        self._show_openings()

    def _tell(self, opening: Opening, capture: Capture) -> None:
        opening.told = True
        if capture.problem is not None:
            self.refused.emit(capture.problem)
        words = tr("%1: %2 of %3 packets are multicast datagrams.")
        words = fill(words, visible(capture.path, 120), count(capture.datagrams), count(capture.packets))
        shown = opening.wanted = capture.shown[1] - capture.shown[0]
        if shown < capture.datagrams:
            words += " " + fill(tr("The first %1 are shown, the rest is counted."), count(shown))
        self.said.emit(words)

    def _ask_which(self) -> None:
        label = tr("A pcapng or pcap file, where the probe runs:")
        ask_for_path(self, tr("Open a capture file"), label, "", self.open_file)
