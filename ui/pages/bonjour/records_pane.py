"""The records a service is made of, under its facts: what each says, its TTL running down, and when it was where."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from time import time

from PySide6.QtCore import QTimer
from PySide6.QtGui import QHideEvent, QShowEvent
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from discovery.records import HeardRecord, Sighting
from ui.pages.bonjour.record_bars import Appearances, TtlBar
from ui.pages.bonjour.record_words import (
    Appearance,
    appearance_words,
    appearances,
    left_words,
    part_left,
    tr,
    where_words,
)
from ui.text import fill, plural, visible
from ui.theme import unit
from ui.widgets.labels import PlainLabel, Size, WrappedLabel

MOST_RECORDS = 40
MOST_SIGHTINGS = 6
DATA_CAP = 400
TICK_MS = 1000


class RecordsPane(QWidget):
    """Shows HeardRecords; while it is seen its bars move once a second. ``clock`` gives seconds since the epoch."""

    def __init__(self, clock: Callable[[], float] = time, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._clock = clock
        self._paused = False
        self.records: tuple[HeardRecord, ...] = ()
        self._shape: tuple[object, ...] = ()
        self._entries: list[_Entry] = []
        self._lines: list[_Line] = []
        self._body = QWidget()
        self._tick = QTimer(self, interval=TICK_MS)
        self._tick.timeout.connect(self._show_time)
        self._layout = QVBoxLayout(self)
        self._layout.setContentsMargins(0, unit(self.font()) * 2, 0, 0)
        self._layout.addWidget(self._body)
        self.hide()

    def show_records(self, records: Sequence[HeardRecord]) -> None:
        """Show these; none hides the pane."""
        if tuple(records) == self.records:
            return
        self.records = tuple(records)
        there = appearances(records)
        shape = (
            tuple((record.key(), tuple(_place(sighting) for sighting in record.sightings)) for record in records),
            tuple(found.interface for found in there),
        )
        if shape != self._shape:
            self._shape = shape
            self._rebuild(there)
        for entry, record in zip(self._entries, self.records, strict=False):
            entry.show_record(record)
        for line, found in zip(self._lines, there, strict=True):
            line.show_appearance(found)
        self._show_time()
        self.setVisible(bool(records))

    def set_paused(self, *, paused: bool) -> None:
        """Paused, time stands still here too."""
        self._paused = paused
        self._run()

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self._show_time()
        self._run()

    def hideEvent(self, event: QHideEvent) -> None:
        super().hideEvent(event)
        self._tick.stop()

    @property
    def ticking(self) -> bool:
        """Whether its bars move."""
        return self._tick.isActive()

    def _run(self) -> None:
        if self.isVisible() and not self._paused:
            self._tick.start()
        else:
            self._tick.stop()

    def _show_time(self) -> None:
        now = self._clock()
        for entry in self._entries:
            entry.show_time(now)
        begin = min((line.found.first for line in self._lines if line.found is not None), default=now)
        for line in self._lines:
            line.show_time(begin, now)

    def _rebuild(self, there: Sequence[Appearance]) -> None:
        old, self._body = self._body, QWidget()
        gap = unit(self.font())
        layout = QVBoxLayout(self._body)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(gap)
        shown = self.records[:MOST_RECORDS]
        self._entries = [_Entry(record) for record in shown]
        self._lines = [_Line() for _ in there]
        layout.addWidget(WrappedLabel(_title(len(self.records)), size=Size.STRONG))
        for entry in self._entries:
            layout.addWidget(entry)
        if len(self.records) > len(shown):
            more = len(self.records) - len(shown)
            layout.addWidget(WrappedLabel(fill(tr("and %1 more, in an export"), more), dim=True))
        layout.addSpacing(gap * 2)
        layout.addWidget(WrappedLabel(tr("When it was there"), size=Size.STRONG))
        for line in self._lines:
            layout.addWidget(line)
        self._layout.replaceWidget(old, self._body)
        self._body.show()
        old.hide()
        old.deleteLater()


def _title(number: int) -> str:
    return plural(number, tr("Records · %n"), tr("Records · %n"))


def _place(sighting: Sighting) -> tuple[object, ...]:
    return (sighting.interface, sighting.family, sighting.source, sighting.unicast, sighting.ended is None)


class _Entry(QWidget):
    """A record: type and data, and a bar for each sighting."""

    def __init__(self, record: HeardRecord) -> None:
        super().__init__()
        gap = unit(self.font())
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, gap, 0, 0)
        layout.setSpacing(gap // 2)
        self._record = record
        said = visible(record.data, DATA_CAP) or tr("(empty)")
        data = WrappedLabel(f"{record.type}  {said}", size=Size.FIXED, dim=not record.alive)
        layout.addWidget(data)
        self.bars: list[_SightingBar] = []
        for sighting in record.sightings[:MOST_SIGHTINGS]:
            bar = _SightingBar(ended=sighting.ended is not None)
            self.bars.append(bar)
            layout.addWidget(bar)
        more = len(record.sightings) - len(self.bars)
        if more > 0:
            words = plural(more, tr("and %n more sighting"), tr("and %n more sightings"))
            layout.addWidget(WrappedLabel(words, size=Size.SMALL, dim=True))

    def show_record(self, record: HeardRecord) -> None:
        self._record = record
        for bar, sighting in zip(self.bars, record.sightings, strict=False):
            bar.where.setText(where_words(sighting))

    def show_time(self, now: float) -> None:
        for bar, sighting in zip(self.bars, self._record.sightings, strict=False):
            bar.show_time(sighting, now)


class _SightingBar(QWidget):
    """What is left of the TTL, in a bar and in words; of an ended sighting the words alone."""

    def __init__(self, *, ended: bool) -> None:
        super().__init__()
        gap = unit(self.font())
        self.bar = None if ended else TtlBar()
        self.left = PlainLabel(size=Size.SMALL, dim=ended)
        self.where = WrappedLabel(size=Size.SMALL, dim=True)
        # As wide as most TTLs need, so that the bars end in one line.
        self.left.setMinimumWidth(self.left.fontMetrics().horizontalAdvance("8,888 of 8,888 s"))
        row = QHBoxLayout()
        row.setSpacing(gap * 2)
        if self.bar is not None:
            row.addWidget(self.bar, 1)
        row.addWidget(self.left, 1 if ended else 0)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        layout.addLayout(row)
        layout.addWidget(self.where)

    def show_time(self, sighting: Sighting, now: float) -> None:
        words = left_words(sighting, now)
        if words != self.left.text():
            self.left.setText(words)
        if self.bar is not None:
            self.bar.setAccessibleName(words)
            self.bar.show_part(part_left(sighting, now) or 0.0)


class _Line(QWidget):
    """An interface: when the service was there, in words over a line of time."""

    def __init__(self) -> None:
        super().__init__()
        self.found: Appearance | None = None
        self.words = WrappedLabel(size=Size.SMALL)
        self.strip = Appearances()
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        layout.addWidget(self.words)
        layout.addWidget(self.strip)

    def show_appearance(self, found: Appearance) -> None:
        self.found = found
        self.words.setText(appearance_words(found))
        self.strip.setAccessibleName(self.words.text())

    def show_time(self, begin: float, now: float) -> None:
        found = self.found
        if found is None:
            return
        length = max(1.0, now - begin)

        def part(moment: float) -> float:
            return min(1.0, max(0.0, (moment - begin) / length))

        spans = [(part(one), part(now if other is None else other)) for one, other in found.spans]
        self.strip.show_spans(spans, part(found.last), ended=found.ended is not None)
