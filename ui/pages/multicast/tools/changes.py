"""The tool Changes: a list of what moved where joins go, and the difference between two snapshots."""

from __future__ import annotations

from collections.abc import Sequence

import msgspec

from net.multicast.records import Change, Snapshot
from net.records import Record
from ui.pages.base import PageContext
from ui.pages.multicast.drift import Drift, drift_book
from ui.pages.multicast.states import tr
from ui.pages.multicast.tools.change_columns import drift_columns, sentence, stream_changes
from ui.pages.snapshots_tool import SnapshotsTool
from ui.widgets.empty_panel import Emptiness, Why
from ui.widgets.table_panel import TablePanel


class ChangesTool(SnapshotsTool):
    """The list fills while any part of the window is in front; snapshots are taken by the person."""

    def __init__(self, context: PageContext) -> None:
        drifts = TablePanel(drift_columns(), tr("What moved where joins go"))
        super().__init__(context, drifts)
        self.drifts = drifts
        self.book = drift_book(context.link)
        self.book.drifted.connect(self._drifted)
        self._drifted(tuple(self.book.drifts))

    def log_lines(self) -> list[str]:
        return [sentence(drift) for drift in self.book.drifts]

    def log_records(self) -> list[Record]:
        return [drift.change for drift in self.book.drifts]

    def groups(self) -> tuple[str, ...]:
        return self.book.groups

    def completed(self, snapshot: Snapshot) -> Snapshot:
        return msgspec.structs.replace(snapshot, streams=self.book.streams())

    def further(self) -> tuple[Change, ...]:
        if self.before is None or self.after is None:
            return ()
        return stream_changes(self.before.streams, self.after.streams)

    def same_words(self) -> str:
        return tr("Interfaces, addresses, routes, joins and streams stand as before.")

    def resumed(self) -> None:
        self._drifted(self.book.drifts)

    def why_no_log(self) -> Emptiness:
        if self.drifts.model.rows:
            return Emptiness(Why.FILTERED_OUT, tr("None of the changes matches the filter."))
        reasons = (
            tr("Watching interfaces, addresses and routes: when a VPN comes up or a cable goes, it is told here at "
               "once, with its cause and what became of running joins."),
        )  # fmt: skip
        return Emptiness(
            Why.NOTHING_FOUND, tr("Unbound joins have gone the same way since the window opened."), reasons
        )

    def _drifted(self, drifts: Sequence[Drift]) -> None:
        if not self.rests(len(drifts)):
            self.drifts.put([(drift.number, drift) for drift in drifts])
            self.update_tables()
