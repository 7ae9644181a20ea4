"""A tool with a log of what happened by itself above the difference of two snapshots that a person takes."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import msgspec
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QSplitter, QVBoxLayout, QWidget

from net.multicast.records import Change, Snapshot
from net.multicast.requests import SnapshotRequest
from net.records import Problem, Record
from ui.link import Watch
from ui.pages.base import PageContext
from ui.pages.snapshot_columns import difference_columns, tr
from ui.pages.tool import Tool
from ui.pages.tool_strip import Strip
from ui.text import count, fill, moment, plural
from ui.theme import Tone
from ui.widgets.empty_panel import Emptiness, Why
from ui.widgets.labels import PlainLabel, Size
from ui.widgets.table_panel import TablePanel


class SnapshotsTool(Tool):
    """Subclass it, and override the hooks.

    Attributes:
        log: the upper table.
        before, after: the snapshots, as far as they were taken.
        differences: between the two.
    """

    example = "what:route utun3"

    def __init__(self, context: PageContext, log: TablePanel[Any]) -> None:
        super().__init__(context)
        self.log = log
        self.before: Snapshot | None = None
        self.after: Snapshot | None = None
        self.differences: tuple[Change, ...] = ()
        self._found: tuple[Change, ...] = ()
        self._watch: Watch | None = None
        self.changes = TablePanel(difference_columns(), tr("What differs between the snapshots"))
        self.strip = Strip()
        self.strip.add("", PlainLabel(tr("Snapshots"), size=Size.STRONG))
        self.before_button = self.strip.add_button(tr("Snapshot before"), tr("Remember interfaces, routes, joins"))
        self.after_button = self.strip.add_button(tr("Snapshot after"), tr("Compare with what was remembered"))
        self.changes.view.set_single_line(single=True)
        self._arrange()
        self.before_button.clicked.connect(self.take_before)
        self.after_button.clicked.connect(self.take_after)
        self._say_snapshots()

    # Hooks

    def why_no_log(self) -> Emptiness:
        """Hook: why the upper table is empty."""
        raise NotImplementedError

    def log_lines(self) -> list[str]:
        """Hook: the log for the report, a sentence a line."""
        raise NotImplementedError

    def log_records(self) -> list[Record]:
        """Hook: the records of the log."""
        raise NotImplementedError

    def groups(self) -> tuple[str, ...]:
        """Hook: groups whose way out belongs into a snapshot."""
        return ()

    def completed(self, snapshot: Snapshot) -> Snapshot:
        """Hook: the snapshot with what only this tool knows."""
        return snapshot

    def further(self) -> tuple[Change, ...]:
        """Hook: what differs in that between ``before`` and ``after``."""
        return ()

    # What the page calls

    def rescan(self) -> None:
        """Compare again, where there is something to compare with."""
        if self.before is not None:
            self.take_after()

    def set_filter(self, text: str) -> None:
        """For both tables."""
        for table in (self.log, self.changes):
            table.proxy.set_filter(text)
        self.update_tables()

    def focus_content(self) -> None:
        self.log.view.setFocus()

    def export_rows(self) -> Sequence[tuple[str, ...]]:
        """The difference, where there is one; else the log."""
        table = self.changes if self.differences else self.log
        return table.view.rows_as_text(selected=False)

    def export_records(self) -> Sequence[Record]:
        """All of both."""
        return [*self.log_records(), *self.differences]

    def export_report(self) -> str:
        """A sentence a line."""
        lines = self.log_lines()
        if self.before is not None and self.after is not None:
            lines += ["", self._compared(), *(f"- {change.text}" for change in self.differences)]
        return "\n".join(lines) + "\n"

    # Snapshots

    def take_before(self) -> None:
        """Remember how it stands."""
        self._ask(SnapshotRequest(groups=self.groups()))
        self.before = self.after = None
        self.differences = ()
        self.changes.model.clear()
        self.update_tables()

    def take_after(self) -> None:
        """Ask what has changed since."""
        if self.before is not None:
            self._ask(SnapshotRequest(groups=self.groups(), before=msgspec.structs.replace(self.before, streams=())))

    def take(self, records: tuple[Record, ...]) -> None:
        snapshots = [record for record in records if isinstance(record, Snapshot)]
        found = tuple(record for record in records if isinstance(record, Change))
        for snapshot in snapshots:
            taken = self.completed(snapshot)
            if self.before is None:
                self.before = taken
            else:
                self.after, self._found = taken, found
        if snapshots:
            self.compare()

    def compare(self) -> None:
        """Show the differences; call it again when there is more to compare."""
        if self.after is not None:
            self.differences = (*self._found, *self.further())
            self.changes.put_all([(number, (number, change)) for number, change in enumerate(self.differences)])
        self._say_snapshots()
        self.update_tables()

    def failed(self, problem: Problem) -> None:
        self.strip.say_problem(problem)

    def watch_over(self, watch: Watch) -> None:
        if watch is self._watch:
            self._watch = None

    def _ask(self, request: SnapshotRequest) -> None:
        self.close_watch(self._watch)
        self._watch = self.open_watch("multicast.snapshot", request)

    # What is shown

    def update_tables(self) -> None:
        """Tables or why they are empty; call it once the log has its rows, too."""
        self.after_button.setEnabled(self.before is not None)
        self.log.tell(self.why_no_log())
        self.changes.tell(self._why_no_difference())

    def _say_snapshots(self) -> None:
        if self.before is None:
            self.strip.say(tr("Take a snapshot, change something (VPN, cable, Wi-Fi), and take another."))
        elif self.after is None:
            words = tr("Before, at %1: %2 interfaces, %3 routes, %4 joins. Now change something, and take the other.")
            self.strip.say_state(_filled(words, self.before), Tone.INFO)
        else:
            self.strip.say_state(self._compared(), Tone.OK if self.differences else Tone.NEUTRAL)

    def _compared(self) -> str:
        number = len(self.differences)
        words = plural(number, tr("%n difference between %1 and %2."), tr("%n differences between %1 and %2."))
        times = [moment(snapshot.time) for snapshot in (self.before, self.after) if snapshot is not None]
        return fill(words, *times)

    def _why_no_difference(self) -> Emptiness:
        if self.changes.model.rows:
            return Emptiness(Why.FILTERED_OUT, tr("None of the differences matches the filter."))
        if self.after is not None:
            same = self.same_words()
            return Emptiness(Why.NOTHING_FOUND, tr("Nothing differs."), (same,))
        if self.before is not None:
            return Emptiness(Why.NOT_ASKED, tr("Waiting for the snapshot after."))
        return Emptiness(Why.NOT_ASKED, tr("No snapshots to compare."))

    def same_words(self) -> str:
        """Hook: what was compared."""
        return tr("Interfaces, addresses, routes and joins stand as before.")

    def _arrange(self) -> None:
        lower = QWidget()
        column = QVBoxLayout(lower)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(self.strip)
        column.addWidget(self.changes, 1)
        splitter = QSplitter(Qt.Orientation.Vertical)
        splitter.setChildrenCollapsible(False)
        splitter.addWidget(self.log)
        splitter.addWidget(lower)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(splitter)


def _filled(words: str, snapshot: Snapshot) -> str:
    numbers = (len(snapshot.interfaces), len(snapshot.routes), len(snapshot.memberships))
    return fill(words, moment(snapshot.time), *map(count, numbers))
