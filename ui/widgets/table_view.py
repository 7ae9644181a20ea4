"""The table of a page: two-line rows with thin separators, columns that share the room, copying as text."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Generic

from PySide6.QtCore import QByteArray, QEvent, QItemSelectionModel, QModelIndex, QPoint, Qt, Signal
from PySide6.QtGui import QAction, QFontMetrics, QGuiApplication, QKeyEvent, QResizeEvent
from PySide6.QtWidgets import QAbstractItemView, QHeaderView, QMenu, QTableView, QWidget

from ui.later import Later, joined
from ui.shortcuts import Key
from ui.text import tab_separated
from ui.widgets.columns import Column, Item
from ui.widgets.delegates import CellDelegate
from ui.widgets.event_model import EventProxy
from ui.widgets.filter_proxy import FilterProxy
from ui.widgets.table_model import Index, KeyedTableModel, Role


class TableView(QTableView, Generic[Item]):
    """Shows a keyed model through its filter.

    Columns share the width until the person sets one; from then on they stay, and are remembered.

    Signals:
        current_item_changed: the item of the current row, None where there is none.
        row_activated: the item on which Enter was pressed or that was double-clicked.
        menu_wanted: an empty QMenu to fill and the item it is about; copying is added after.
    """

    current_item_changed = Signal(object)
    row_activated = Signal(object)
    menu_wanted = Signal(object, object)

    def __init__(
        self,
        model: KeyedTableModel[Item],
        proxy: FilterProxy[Item] | EventProxy[Item],
        *,
        name: str,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._source = model
        self._proxy = proxy
        self._by_hand = False
        self._fitting = False
        self._delegate = CellDelegate(model.columns, self)
        self.setAccessibleName(name)
        self.setModel(proxy)
        self.setItemDelegate(self._delegate)
        self._set_up_rows()
        self._set_up_header()
        self._add_actions()
        self.activated.connect(self._activated)
        self.selectionModel().currentRowChanged.connect(self._current_changed)
        model.changed.connect(self._source_changed)

    def _set_up_rows(self) -> None:
        self.setShowGrid(False)
        self.setFrameShape(QTableView.Shape.NoFrame)
        self.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.setSelectionMode(QAbstractItemView.SelectionMode.ExtendedSelection)
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setHorizontalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setTabKeyNavigation(False)
        self.setWordWrap(False)
        self.setContextMenuPolicy(Qt.ContextMenuPolicy.CustomContextMenu)
        self.customContextMenuRequested.connect(self._show_menu)
        vertical = self.verticalHeader()
        vertical.setVisible(False)
        vertical.setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
        vertical.setMinimumSectionSize(1)
        vertical.setDefaultSectionSize(self._delegate.fonts().row_height)

    def _set_up_header(self) -> None:
        header = self.horizontalHeader()
        header.setHighlightSections(False)
        header.setSectionsMovable(True)
        header.setSortIndicatorClearable(True)
        header.setDefaultAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
        header.setSectionResizeMode(QHeaderView.ResizeMode.Interactive)
        header.setFixedHeight(round(QFontMetrics(self.font()).height() * 1.7))
        header.setSortIndicator(-1, Qt.SortOrder.AscendingOrder)
        header.setContextMenuPolicy(Qt.ContextMenuPolicy.CustomContextMenu)
        header.customContextMenuRequested.connect(self._show_header_menu)
        self._hide_extra()
        header.sectionResized.connect(self._section_resized)
        self.setSortingEnabled(True)

    def _add_actions(self) -> None:
        self.copy_action = QAction(self.tr("Copy rows"), self)
        self.copy_action.setShortcuts(Key.COPY.sequences)
        self.copy_action.triggered.connect(self.copy_rows)
        self.copy_cell_action = QAction(self.tr("Copy cell"), self)
        self.copy_cell_action.setShortcuts(Key.COPY_CELL.sequences)
        self.copy_cell_action.triggered.connect(self.copy_cell)
        for action in (self.copy_action, self.copy_cell_action):
            action.setShortcutContext(Qt.ShortcutContext.WidgetWithChildrenShortcut)
            self.addAction(action)

    def set_single_line(self, *, single: bool) -> None:
        """Rows of one line, for tables of events such as packets."""
        fonts = self._delegate.fonts()
        self.verticalHeader().setDefaultSectionSize(fonts.single_height if single else fonts.row_height)

    def height_of(self, rows: int) -> int:
        """The height that shows so many rows under the header."""
        return self.horizontalHeader().height() + rows * self.verticalHeader().defaultSectionSize()

    # Selection

    def current_item(self) -> Item | None:
        """The item of the current row, None where there is none."""
        index = self.currentIndex()
        return self._proxy.item(index) if index.isValid() else None

    def selected_items(self) -> list[Item]:
        """The items of the selected rows, in the order shown."""
        rows = sorted(index.row() for index in self.selectionModel().selectedRows())
        return [self._proxy.item(self._proxy.index(row, 0)) for row in rows]

    def select_key(self, key: object) -> bool:
        """Make the row of that key current; False if it is not shown."""
        row = self._source.row_of(key)
        index = self._proxy.mapFromSource(self._source.index(row, 0)) if row >= 0 else QModelIndex()
        if not index.isValid():
            return False
        flags = QItemSelectionModel.SelectionFlag.ClearAndSelect | QItemSelectionModel.SelectionFlag.Rows
        self.selectionModel().setCurrentIndex(index, flags)
        self.scrollTo(index)
        return True

    def dataChanged(self, top_left: Index, bottom_right: Index, roles: Sequence[int] = ()) -> None:
        """Only of the rows in view: for a long range out of view Qt paints everything anew."""
        last_row = self.rowAt(self.viewport().height() - 1)
        first = max(top_left.row(), self.rowAt(0))
        last = min(bottom_right.row(), last_row) if last_row >= 0 else bottom_right.row()
        if first <= last:
            model, column = self._proxy, bottom_right.column()
            super().dataChanged(model.index(first, top_left.column()), model.index(last, column), roles)

    def _current_changed(self, current: QModelIndex) -> None:
        self.current_item_changed.emit(self._proxy.item(current) if current.isValid() else None)

    def _source_changed(self) -> None:
        """The current row may show other facts now."""
        self.current_item_changed.emit(self.current_item())

    def _activated(self, index: QModelIndex) -> None:
        self.row_activated.emit(self._proxy.item(index))

    # Copying

    def rows_as_text(self, *, selected: bool) -> Sequence[tuple[str, ...]]:
        """Title row and the rows (the selected ones, or all shown), columns as they stand, hidden ones left out.

        Those of a log are as it stands now, and made when they are looked at: they may be 100,000.
        """
        header = self.horizontalHeader()
        columns = [header.logicalIndex(place) for place in range(header.count())]
        columns = [column for column in columns if not header.isSectionHidden(column)]
        if selected:
            rows = sorted(index.row() for index in self.selectionModel().selectedRows())
        else:
            rows = list(range(self._proxy.rowCount()))
        titles = tuple(self._source.columns[column].title for column in columns)
        if not selected and isinstance(self._proxy, EventProxy):
            return self._events_as_text([self._source.columns[column] for column in columns], titles)
        texts = [titles]
        for row in rows:
            cells = (self._proxy.index(row, column).data(Role.CELL) for column in columns)
            texts.append(tuple(cell.plain for cell in cells))
        return texts

    def _events_as_text(self, columns: Sequence[Column[Item]], titles: tuple[str, ...]) -> Sequence[tuple[str, ...]]:
        shown = self._proxy.shown_items()
        return joined([titles], Later(len(shown), lambda at: tuple(each.cell(shown[at]).plain for each in columns)))

    def copy_rows(self) -> None:
        """The selected rows to the clipboard, tab separated, without titles."""
        rows = self.rows_as_text(selected=True)[1:]
        if rows:
            QGuiApplication.clipboard().setText(tab_separated(rows))

    def copy_cell(self) -> None:
        """The current cell to the clipboard."""
        cell = self.currentIndex().data(Role.CELL)
        if cell is not None:
            QGuiApplication.clipboard().setText(cell.plain)

    def _show_menu(self, position: QPoint) -> None:
        index = self.indexAt(position)
        if not index.isValid():
            return
        menu = QMenu(self)
        self.menu_wanted.emit(menu, self._proxy.item(index))
        if not menu.isEmpty():
            menu.addSeparator()
        menu.addAction(self.copy_action)
        menu.addAction(self.copy_cell_action)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        menu.popup(self.viewport().mapToGlobal(position))

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and self.currentIndex().isValid():
            self._activated(self.currentIndex())
            return
        super().keyPressEvent(event)

    # Columns

    def header_state(self) -> QByteArray:
        """For ui.settings; empty while the columns share the room by themselves."""
        return self.horizontalHeader().saveState() if self._by_hand else QByteArray()

    def restore_header(self, state: QByteArray) -> None:
        """Take up what ``header_state`` gave."""
        if not state.isEmpty() and self.horizontalHeader().restoreState(state):
            self._by_hand = True

    def reset_columns(self) -> None:
        """All columns in their first order, sharing the room."""
        header = self.horizontalHeader()
        for column in range(header.count()):
            header.moveSection(header.visualIndex(column), column)
        self._by_hand = False
        self._hide_extra()
        self._fit()

    def _hide_extra(self) -> None:
        for number, column in enumerate(self._source.columns):
            self.horizontalHeader().setSectionHidden(number, column.extra)

    def show_column(self, key: str, *, shown: bool) -> None:
        """Show a column only while there is room or use for it; once the person has set the columns, theirs stand."""
        header = self.horizontalHeader()
        column = next(number for number, known in enumerate(self._source.columns) if known.key == key)
        if not self._by_hand and header.isSectionHidden(column) == shown:
            self._fitting = True
            header.setSectionHidden(column, not shown)
            self._fitting = False
            self._fit()

    def _section_resized(self, _column: int, _old: int, _new: int) -> None:
        if not self._fitting and self.isVisible():
            self._by_hand = True

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        if not self._by_hand:
            self._fit()
        # What was in sight stays so, though something below has taken its room.
        place = self.visualRect(self.currentIndex())
        if event.size().height() < event.oldSize().height() and 0 <= place.top() < event.oldSize().height():
            self.scrollTo(self.currentIndex())

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() == QEvent.Type.FontChange and hasattr(self, "_delegate"):
            self.verticalHeader().setDefaultSectionSize(self._delegate.fonts().row_height)
            self._fit()

    def _fit(self) -> None:
        """Each column its width if there is room, the rest by weight; else shrunk towards its least.

        A title is seen whole if there is room, and always over a column that has no part of the room left over.
        """
        header = self.horizontalHeader()
        columns = [(number, column) for number, column in enumerate(self._source.columns)
                   if not header.isSectionHidden(number)]  # fmt: skip
        titles = [self._delegate.width_of_title(column) for _, column in columns]
        least = [max(self._delegate.width_of(column, min(column.least, column.width)), 0 if column.weight else title)
                 for title, (_, column) in zip(titles, columns, strict=True)]  # fmt: skip
        wanted = [max(low, title, self._delegate.width_of(column, column.width))
                  for low, title, (_, column) in zip(least, titles, columns, strict=True)]  # fmt: skip
        room = self.viewport().width() - sum(wanted)
        if room >= 0:
            weights = sum(column.weight for _, column in columns) or 1
            sizes = [size + room * column.weight // weights for size, (_, column) in zip(wanted, columns, strict=True)]
        else:
            give = sum(wanted) - sum(least) or 1
            part = min(1.0, -room / give)
            sizes = [int(size - (size - low) * part) for size, low in zip(wanted, least, strict=True)]
        if sizes and sum(sizes) < self.viewport().width():
            sizes[-1] += self.viewport().width() - sum(sizes)
        self._fitting = True
        for size, (number, _) in zip(sizes, columns, strict=True):
            header.resizeSection(number, size)
        self._fitting = False

    def _show_header_menu(self, position: QPoint) -> None:
        self.show_columns_menu(self.horizontalHeader().mapToGlobal(position))

    def show_columns_menu(self, place: QPoint) -> None:
        """The choice of columns, at that place of the screen."""
        header = self.horizontalHeader()
        menu = QMenu(self)
        for number, column in enumerate(self._source.columns[1:], start=1):
            action = menu.addAction(column.title)
            action.setCheckable(True)
            action.setChecked(not header.isSectionHidden(number))
            action.setData(number)
            action.toggled.connect(self._toggle_column)
        menu.addSeparator()
        menu.addAction(self.tr("Reset columns")).triggered.connect(self.reset_columns)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        menu.popup(place)

    def _toggle_column(self, shown: bool) -> None:  # noqa: FBT001 - Qt's signal
        action = self.sender()
        if isinstance(action, QAction):
            self.choose_column(self._source.columns[action.data()].key, shown=shown)

    def choose_column(self, key: str, *, shown: bool) -> None:
        """What the person does in the menu of columns: show one or hide it, and have that remembered."""
        self.put_column(key, shown=shown)
        self._by_hand = True

    def put_column(self, key: str, *, shown: bool) -> None:
        """Show a column or hide it because the rows are other ones, whoever has set the columns."""
        header = self.horizontalHeader()
        number, column = next(found for found in enumerate(self._source.columns) if found[1].key == key)
        self._fitting = True
        header.setSectionHidden(number, not shown)
        if shown and self._by_hand:
            header.resizeSection(number, self._delegate.width_of(column, column.width))
        self._fitting = False
        if not self._by_hand:
            self._fit()
