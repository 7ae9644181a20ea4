"""The streams of all joined groups, or of the selected ones: one row a sender, group and interface."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence

from PySide6.QtCore import QModelIndex, Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QPushButton, QSplitter, QStackedWidget, QVBoxLayout, QWidget

from net.records import Key
from ui.pages.multicast.history import Sample
from ui.pages.multicast.joins import JoinKey
from ui.pages.multicast.stream_columns import StreamRow, stream_columns
from ui.pages.multicast.stream_view import StreamView
from ui.text import count
from ui.theme import unit
from ui.widgets.empty_panel import Emptiness, EmptyPanel
from ui.widgets.filter_proxy import FilterProxy
from ui.widgets.labels import PlainLabel
from ui.widgets.table_model import KeyedTableModel
from ui.widgets.table_view import TableView

ROWS_LEFT = 3
"""Rows of the table that its pictures leave in sight."""


class StreamsPane(QWidget):
    """A table, or why there is none, and the pictures of the stream that was chosen.

    ``samples`` gives the history of a row's stream. ``head``: its count and buttons, for beside the switch.

    Signals:
        stream_chosen: the StreamRow that the person chose.
        stream_changed: the StreamRow that is current has other facts now.
    """

    stream_chosen = Signal(object)
    stream_changed = Signal(object)

    def __init__(self, samples: Callable[[StreamRow], Sequence[Sample]], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._samples = samples
        self.groups: frozenset[JoinKey] = frozenset()
        self._current: Key | None = None
        self.model: KeyedTableModel[StreamRow] = KeyedTableModel(
            stream_columns(), fields={"state": lambda row: row.state}, parent=self
        )
        self.proxy: FilterProxy[StreamRow] = FilterProxy(self.model, self)
        self.view: TableView[StreamRow] = TableView(self.model, self.proxy, name=self.tr("Streams"))
        self.empty = EmptyPanel()
        self.stack = QStackedWidget()
        self.stack.addWidget(self.view)
        self.stack.addWidget(self.empty)
        self.pictures = StreamView()
        self.pictures.hide()
        self.shown_count = PlainLabel(dim=True)
        self.hint = PlainLabel(dim=True)
        self.hint.setText(self.tr("no room for its plot"))
        self.hint.setToolTip(
            self.tr("Enlarge the window, or draw the edges between the parts, to see rate, loss and numbers")
        )
        self.hint.hide()
        self.columns = QPushButton(self.tr("Columns…"))
        self.columns.setAutoDefault(False)
        self.columns.setFlat(True)
        self.columns.setAccessibleName(self.tr("Choose the columns"))
        self.columns.setToolTip(self.tr("Further columns: jitter, silences, bursts and buffers as Wireshark has them"))
        self._splitter = QSplitter(Qt.Orientation.Vertical)
        self.head = QWidget(self)
        self._arrange()
        self.columns.clicked.connect(self._choose_columns)
        self.view.current_item_changed.connect(self._current_changed)
        self.view.clicked.connect(self._clicked)

    def show_rows(self, rows: Iterable[StreamRow]) -> None:
        """These are all the streams there are."""
        keyed = {row.stream.key(): row for row in rows}
        self.model.put(keyed.items())
        if len(keyed) < len(self.model.rows):
            self.model.keep_only(keyed)
        self._show_count()
        self._show_pictures(self.model.item(self._current) if self._current is not None else None)

    def choose(self, key: Key) -> None:
        """Make that stream current, as a click does."""
        if self.view.select_key(key):
            self._clicked(self.view.currentIndex())

    def show_groups(self, keys: frozenset[JoinKey]) -> None:
        """Only the streams of these groups; all, if there are none."""
        if keys != self.groups:
            self.groups = keys
            self.proxy.set_condition((lambda row: row.join_key in keys) if keys else None)
            self._show_count()

    def set_filter(self, text: str) -> None:
        """Only those that fit what was typed."""
        self.proxy.set_filter(text)
        self._show_count()

    def show_emptiness(self, emptiness: Emptiness | None) -> None:
        """What stands here while there is no stream to show; None: the streams."""
        if emptiness is None:
            self.stack.setCurrentWidget(self.view)
        else:
            self.empty.show_emptiness(emptiness)
            self.stack.setCurrentWidget(self.empty)

    def _show_count(self) -> None:
        shown, total = self.proxy.rowCount(), len(self.model.rows)
        words = self.tr("%1 of %2").replace("%2", count(total)) if shown != total else "%1"
        self.shown_count.setText(words.replace("%1", count(shown)) if total else "")

    def _choose_columns(self) -> None:
        self.view.show_columns_menu(self.columns.mapToGlobal(self.columns.rect().bottomLeft()))

    def _show_pictures(self, row: StreamRow | None) -> None:
        """Of the stream that was chosen last, as long as there is one, and room for them."""
        least = self.view.height_of(ROWS_LEFT) + self.pictures.minimumSizeHint().height()
        shown = row is not None and self._splitter.height() >= least
        self.stack.setMinimumHeight(self.view.height_of(ROWS_LEFT if shown else 1))
        self.pictures.setVisible(shown)
        self.hint.setVisible(row is not None and not shown)
        if row is not None and self.pictures.isVisible():
            self.pictures.show_stream(row.stream, self._samples(row), recorded=row.recorded)

    def _current_changed(self, row: StreamRow | None) -> None:
        key = row.stream.key() if row is not None else None
        if row is not None and key == self._current:
            self.stream_changed.emit(row)
        elif row is not None and self.view.hasFocus():
            self._choose(row)

    def _clicked(self, index: QModelIndex) -> None:
        """Also on the row that is current already."""
        self._choose(self.proxy.item(index))

    def _choose(self, row: StreamRow) -> None:
        self._current = row.stream.key()
        self._show_pictures(row)
        self.stream_chosen.emit(row)

    def _arrange(self) -> None:
        self._splitter.setChildrenCollapsible(False)
        for part in (self.stack, self.pictures):
            self._splitter.addWidget(part)
        self._splitter.setStretchFactor(0, 1)
        self.stack.setMinimumHeight(self.view.height_of(1))
        head = QHBoxLayout(self.head)
        head.setContentsMargins(0, 0, 0, 0)
        head.setSpacing(unit(self.font()) * 2)
        head.addStretch(1)
        head.addWidget(self.hint)
        head.addWidget(self.shown_count)
        head.addWidget(self.columns)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        layout.addWidget(self.head)
        layout.addWidget(self._splitter, 1)
