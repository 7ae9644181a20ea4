"""A page that is one table with details: most pages are this, their columns and a few sentences."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import ClassVar, Generic, cast

import msgspec
from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QMenu, QStackedWidget, QWidget

from net.records import Problem, Record, Removed
from ui.link import Phase
from ui.pages.base import Page, PageContext
from ui.theme import Tone
from ui.widgets.actions import Action
from ui.widgets.columns import Column, Item
from ui.widgets.details_form import Details, DetailsForm
from ui.widgets.empty_panel import Emptiness, EmptyPanel, Why
from ui.widgets.filter_proxy import FilterProxy
from ui.widgets.table_model import KeyedTableModel, RowKey
from ui.widgets.table_view import TableView

LISTENING_SECONDS = 10.0
"""After so long without a row, "listening" becomes "nothing found"."""
CONFIRM_MS = 2000
"""After an answer began anew, rows it has not named by then are gone."""


class TablePage(Page, Generic[Item]):
    """One keyed table under the banners, with an empty panel and a details form.

    Where rows are records, set ``record`` to their class. ``natural`` and ``fields``: see KeyedTableModel.
    ``below``, ``above``: a widget under or over the facts. Hooks: ``ask``, ``describe``, ``emptiness``, ``facts``.
    """

    record: ClassVar[type[Record] | None] = None

    def __init__(
        self,
        context: PageContext,
        columns: Sequence[Column[Item]],
        *,
        natural: Callable[[Item], object] | None = None,
        fields: Mapping[str, Callable[[Item], str]] | None = None,
        below: QWidget | None = None,
        above: QWidget | None = None,
    ) -> None:
        super().__init__(context)
        self.model, self.proxy, self.view = self.make_table(columns, natural, fields or {})
        self.form = DetailsForm(empty_text=self.tr("Select a row to see its details."), below=below, above=above)
        self.details = self.form
        self.empty = EmptyPanel()
        self.stack = QStackedWidget()
        self.stack.addWidget(self.view)
        self.stack.addWidget(self.empty)
        self.content.addWidget(self.stack, 1)
        self._unconfirmed: set[RowKey] = set()
        self._confirm = QTimer(self, singleShot=True, interval=CONFIRM_MS)
        self._confirm.timeout.connect(self._drop_unconfirmed)
        self.view.restore_header(context.settings.header(self.name))
        self.view.current_item_changed.connect(self._show_details)
        self.form.filled_changed.connect(self.details_changed)
        self.view.row_activated.connect(self.activate)
        self.view.menu_wanted.connect(self.fill_menu)
        self.model.changed.connect(self.update_state)
        self.proxy.filter_changed.connect(self.update_state)
        self.banners.changed.connect(self.update_state)
        context.link.state_changed.connect(self.update_state)

    # Hooks

    def make_table(
        self,
        columns: Sequence[Column[Item]],
        natural: Callable[[Item], object] | None,
        fields: Mapping[str, Callable[[Item], str]],
    ) -> tuple[KeyedTableModel[Item], FilterProxy[Item], TableView[Item]]:
        """Hook: model, filter and view, where a page needs others than these. Called once, by the constructor."""
        model: KeyedTableModel[Item] = KeyedTableModel(columns, natural=natural, fields=fields, parent=self)
        proxy: FilterProxy[Item] = FilterProxy(model, self)
        return model, proxy, TableView(model, proxy, name=self.title())

    def title(self) -> str:
        """Hook: the accessible name of the table."""
        return self.name

    def describe(self, item: Item) -> Details:
        """Hook: the details of a row."""
        raise NotImplementedError

    def emptiness(self) -> Emptiness:
        """Hook: why there is no row at all; not called where a filter or a problem is the reason."""
        if self.asked_seconds < LISTENING_SECONDS:
            return Emptiness(Why.LISTENING, self.tr("Waiting for the first answer."))
        return Emptiness(Why.NOTHING_FOUND, self.tr("Nothing was found."), actions=(self.rescan_action(),))

    def filtered_out(self) -> Emptiness:
        """Hook: why none of the rows there are is shown."""
        text = self.tr("None of %1 matches the filter.").replace("%1", str(len(self.model.rows)))
        action = Action(self.tr("Clear filter"), self._clear_filter)
        return Emptiness(Why.FILTERED_OUT, text, (self.proxy.text,) if self.proxy.text else (), (action,))

    def facts(self) -> tuple[str, ...]:
        """Hook: what the status bar says of this page."""
        shown, total = self.proxy.rowCount(), len(self.model.rows)
        return (
            self.tr("%1 of %2").replace("%1", str(shown)).replace("%2", str(total)) if shown != total else str(total),
        )

    def badge_text(self) -> str:
        """Hook: the count beside the page's name."""
        return str(len(self.model.rows)) if self.model.rows else ""

    def badge_tone(self) -> Tone:
        """Hook: what the badge says beside its text."""
        return Tone.NEUTRAL

    def front(self) -> TableView[Item]:
        """Hook: the table that is shown, where a page has more than ``view``."""
        return self.view

    def activate(self, item: Item) -> None:
        """Hook: Enter or a double click on a row."""

    def fill_menu(self, menu: QMenu, item: Item) -> None:
        """Hook: add to the context menu of a row."""

    def record_of(self, item: Item) -> Record:
        """Hook: the record behind an item, where items are no records themselves."""
        return cast("Record", item)

    # The contract

    def take(self, records: tuple[Record, ...]) -> None:
        """Rows from records of the class ``record``, their Removed, and Problems as banners."""
        kind = self.record.__struct_config__.tag if self.record is not None else None
        put: list[tuple[RowKey, Item]] = []
        drop: list[RowKey] = []
        for record in records:
            if self.record is not None and isinstance(record, self.record):
                put.append((record.key() or id(record), cast("Item", record)))
            elif isinstance(record, Removed) and record.of == kind:
                drop.append(record.key())
            elif isinstance(record, Problem):
                self.banners.show_problem(record)
        self.change(put, drop)

    def change(self, put: Iterable[tuple[RowKey, Item]], drop: Iterable[RowKey] = ()) -> None:
        """Show these rows, take those away."""
        put = list(put)
        drop = list(drop)
        if put:
            self._unconfirmed.difference_update(key for key, _ in put)
            self.model.put(put)
        if drop:
            self.model.drop(drop)
        if self._unconfirmed and not self._confirm.isActive():
            self._confirm.start()
        self.update_state()

    def set_filter(self, text: str) -> None:
        self.proxy.set_filter(text)

    def select(self, subject: str) -> None:
        wanted = subject.casefold()
        for row in self.model.rows:
            if wanted in self.model.haystack(row):
                self.view.select_key(row.key)
                return

    def shown(self) -> None:
        if not self.visible_now:
            self.doubt_rows()
        super().shown()
        self.update_state()

    def close_page(self) -> None:
        super().close_page()
        self._confirm.stop()
        self.model.flush()
        self.context.settings.set_header(self.name, self.view.header_state())

    def rescan(self) -> None:
        self.doubt_rows()
        super().rescan()

    def restarted(self) -> None:
        self.doubt_rows()

    def doubt_rows(self) -> None:
        """An answer begins anew: rows it does not name soon are gone."""
        self._unconfirmed = {row.key for row in self.model.rows}

    def second(self) -> None:
        if not self.model.rows:
            self.update_state()

    def export_rows(self) -> Sequence[tuple[str, ...]]:
        return self.view.rows_as_text(selected=False)

    def export_records(self) -> Sequence[Record]:
        return [self.record_of(item) for item in self.proxy.shown_items()]

    def focus_content(self) -> None:
        view = self.front()
        rows = view.model().rowCount()
        (view if rows else self.empty).setFocus()
        if rows and not view.currentIndex().isValid():
            view.selectRow(0)

    def update_state(self) -> None:
        """Table or empty panel, badge and status facts, as they are now."""
        view = self.front()
        if view.model().rowCount():
            waited = self.empty.hasFocus()
            self.stack.setCurrentIndex(self._page_of(view))
            if waited:
                view.setFocus()
        else:
            self.empty.show_emptiness(self._why_empty())
            self.stack.setCurrentWidget(self.empty)
        self.set_badge(self.badge_text(), self.badge_tone())
        self.status_changed.emit(self.facts())

    def _page_of(self, view: TableView[Item]) -> int:
        """Which widget of the stack is that table, or has it."""
        widget: QWidget | None = view
        while widget is not None and self.stack.indexOf(widget) < 0:
            widget = widget.parentWidget()
        return self.stack.indexOf(widget) if widget is not None else 0

    def rescan_action(self) -> Action:
        return Action(self.tr("Rescan"), self.rescan)

    def refresh_details(self) -> None:
        """The details of the current row again, after what they are made of has changed."""
        self._show_details(self.front().current_item())

    def _why_empty(self) -> Emptiness:
        if self.model.rows:
            return self.filtered_out()
        if self.failed_with is not None:
            problem = self.failed_with
            again = Action(self.tr("Try again"), self.rescan)
            return Emptiness(Why.CANNOT_WORK, problem.text, (problem.remedy,), (again,))
        state = self.context.link.state
        if state.phase is Phase.FAILED:
            start = Action(self.tr("Try again"), self.context.link.start)
            reasons = (state.last_words,) if state.last_words else ()
            return Emptiness(Why.CANNOT_WORK, state.text, reasons, (start,))
        return self.emptiness()

    def _clear_filter(self) -> None:
        self.clear_filter.emit()

    def _drop_unconfirmed(self) -> None:
        gone, self._unconfirmed = self._unconfirmed, set()
        if gone and not self.paused:
            self.change((), gone)

    def _show_details(self, item: Item | None) -> None:
        self.form.show_details(self.describe(item) if item is not None else None)


def raw_text(*records: msgspec.Struct) -> str:
    """Records as readable JSON, for the raw part of the details; what would hide or turn text stands as its escape."""
    text = "\n".join(msgspec.json.format(msgspec.json.encode(record), indent=2).decode() for record in records)
    if text.replace("\n", "").isprintable():
        return text
    return "".join(
        character if character == "\n" or character.isprintable() else _json_escape(character) for character in text
    )


def _json_escape(character: str) -> str:
    """``\\u202e``; beyond 16 bits a pair of them (RFC 8259 section 7)."""
    units = character.encode("utf-16-be", "surrogatepass")
    return "".join(f"\\u{units[at : at + 2].hex()}" for at in range(0, len(units), 2))
