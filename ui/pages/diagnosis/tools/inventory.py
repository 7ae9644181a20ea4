"""The view What stands between: what packets pass between a program's sockets and the wire, and what lists each."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial

from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QMenu, QVBoxLayout

from diagnosis.records import Barrier
from net.records import Key, Problem, Record
from net.requests import Nothing
from resources.loader import barrier_rows
from ui.link import Watch
from ui.pages.base import PageContext
from ui.pages.diagnosis.columns import tr
from ui.pages.diagnosis.tools.inventory_columns import FIELDS, describe_barrier, head_words, inventory_columns, order
from ui.pages.tool import Tool
from ui.pages.tool_head import Head
from ui.theme import Tone
from ui.widgets.actions import Action
from ui.widgets.details_form import DetailsForm
from ui.widgets.empty_panel import Emptiness, Why
from ui.widgets.table_panel import TablePanel


class InventoryTool(Tool):
    """Reads what the system lists when it is first shown, and again when asked; nothing is sent or changed."""

    example = "layer:nat known:no"

    def __init__(self, context: PageContext) -> None:
        super().__init__(context)
        # Now, not when the first row is shown: reading the table takes as long as a frame.
        barrier_rows()
        self._watch: Watch | None = None
        self._read = False
        self._failed: Problem | None = None
        self._told: set[Key] = set()
        self._wanted = ""
        self.head = Head()
        self.table = TablePanel(inventory_columns(), tr("What stands between"), natural=order, fields=FIELDS)
        self.details = DetailsForm(empty_text=tr("Select one to see what it can do and which command lists it."))
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        layout.addWidget(self.head)
        layout.addWidget(self.table, 1)
        self.table.view.current_item_changed.connect(self._show_details)
        self.table.view.menu_wanted.connect(self._fill_menu)
        self.table.proxy.filter_changed.connect(self._tell)
        self._tell()

    # What the page calls

    def shown(self) -> None:
        if not self._read and self._watch is None:
            self.run()

    def set_filter(self, text: str) -> None:
        self.table.proxy.set_filter(text)
        self._tell()

    def focus_content(self) -> None:
        self.table.view.setFocus()

    def rescan(self) -> None:
        """Read it all again."""
        self.run()

    def export_rows(self) -> Sequence[tuple[str, ...]]:
        """What is shown."""
        return self.table.view.rows_as_text(selected=False) if self.table.model.rows else []

    def export_records(self) -> Sequence[Record]:
        """What is shown."""
        return list(self.table.proxy.shown_items())

    # The work

    def run(self) -> None:
        """Ask what there is; rows stay until it is known that they are gone."""
        self.close_watch(self._watch)
        self._failed = None
        self._told.clear()
        self._watch = self.open_watch("diagnosis.inventory", Nothing())
        self._tell()

    def show_layer(self, layer: str) -> None:
        """Select the first row of that layer, also where it comes later."""
        self._wanted = layer
        self._select_wanted()

    def take(self, records: tuple[Record, ...]) -> None:
        rows = [record for record in records if isinstance(record, Barrier)]
        self._told.update(row.key() for row in rows)
        self.table.put((row.key(), row) for row in rows)
        self._select_wanted()
        self._tell()

    def failed(self, problem: Problem) -> None:
        self._failed = problem

    def watch_over(self, watch: Watch) -> None:
        if watch is not self._watch:
            return
        self._watch = None
        if self._failed is None:
            self._read = True
            self.table.model.keep_only(self._told)
            self.table.model.flush()
            if self.table.view.current_item() is None:
                self.table.view.selectRow(0)
        self._wanted = ""
        self._tell()

    # What is shown

    def _select_wanted(self) -> None:
        if self._wanted:
            found = next((row.key for row in self.table.model.rows if row.item.layer == self._wanted), None)
            if found is not None and self.table.view.select_key(found):
                self._wanted = ""

    def _show_details(self, row: Barrier | None) -> None:
        self.details.show_details(describe_barrier(row, self._actions(row)) if row is not None else None)

    def _actions(self, row: Barrier) -> tuple[Action, ...]:
        actions = [Action(tr("Copy command"), partial(self._copy, row.command))]
        if row.layer == "vpn" and row.name in self.context.interfaces.by_name:
            actions.append(Action(tr("Show interface"), partial(self.go_to.emit, "interfaces", row.name)))
        return tuple(actions)

    def _fill_menu(self, menu: QMenu, row: Barrier) -> None:
        menu.addAction(tr("Copy command")).triggered.connect(partial(self._copy, row.command))

    def _copy(self, command: str, _checked: bool = False) -> None:  # noqa: FBT001, FBT002 - of a signal
        QGuiApplication.clipboard().setText(command)
        self.message.emit(tr("The command is on the clipboard."))

    def _tell(self) -> None:
        rows = self.table.model.items()
        self.head.setVisible(bool(rows))
        if rows:
            sentence, facts = head_words(rows)
            self.head.say(sentence, Tone.INFO, facts, busy=self._watch is not None)
        self.table.tell(self._why_empty())

    def _why_empty(self) -> Emptiness:
        if self.table.model.rows:
            return Emptiness(Why.FILTERED_OUT, tr("None of them matches the filter."))
        if self._failed is not None:
            return Emptiness(Why.CANNOT_WORK, self._failed.text, (self._failed.remedy,))
        if self._read:
            return Emptiness(Why.NOTHING_FOUND, tr("The system lists nothing between programs and the wire."))
        hint = tr("Filters, extensions, tunnels and programs in the kernel, as the system lists them. Nothing is sent.")
        return Emptiness(Why.LISTENING, tr("Reading what the system lists."), (hint,))
