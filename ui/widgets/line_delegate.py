"""Paints the single lines of a table of events, many times a second, at a fraction of what a full cell costs."""

from __future__ import annotations

from typing import Any

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, Qt
from PySide6.QtGui import QColor, QFontMetrics, QPainter
from PySide6.QtWidgets import QAbstractItemView, QStyle, QStyleOptionViewItem

from ui.theme import fixed_font, tokens, unit
from ui.widgets.delegates import CellDelegate
from ui.widgets.filter_proxy import FilterProxy
from ui.widgets.table_model import KeyedTableModel

SELECTED = QStyle.StateFlag.State_Selected


class LineDelegate(CellDelegate):
    """Only the text of a cell, in the fixed font, which is measured by counting characters.

    Rows are read where they are: ``data()``, which goes through the filter and back, costs more than the drawing.
    """

    def __init__(self, model: KeyedTableModel[Any], proxy: FilterProxy[Any], view: QAbstractItemView) -> None:
        super().__init__(model.columns, view)
        self._model = model
        self._proxy = proxy
        self._right = [column.right for column in model.columns]
        self.refresh_looks()

    def refresh_looks(self) -> None:
        """Take over the view's font and palette; to be called before a change of them is painted."""
        base = self._view.font()
        self._font = fixed_font(base)
        self._metrics = QFontMetrics(self._font)
        self._advance = self._metrics.horizontalAdvance("0")
        self._pad = unit(base) * 2
        self._baseline = (self._metrics.ascent() - self._metrics.descent()) // 2
        colours = tokens(self._view.palette())
        self._text = QColor(colours.text)
        self._dim = QColor(colours.dim)
        self._dim_selected = QColor(colours.dim_on_selection)
        self._line = QColor(colours.line)
        self._selection = QColor(colours.selection)

    def paint(
        self, painter: QPainter, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex
    ) -> None:
        area = option.rect
        left, top, width, height = area.x(), area.y(), area.width(), area.height()
        selected = bool(option.state & SELECTED)
        if selected:
            painter.fillRect(left, top, width, height, self._selection)
        painter.fillRect(left, top + height - 1, width, 1, self._line)
        row = self._proxy.mapToSource(index).row()
        if not 0 <= row < len(self._model.rows):
            return
        column = index.column()
        cell = self._model.cell(self._model.rows[row], column)
        text, advance = self._fitted(cell.text, width - 2 * self._pad)
        painter.setFont(self._font)
        dim = self._dim_selected if selected else self._dim
        painter.setPen(dim if cell.dim else self._text)
        start = left + width - self._pad - advance if self._right[column] else left + self._pad
        painter.drawText(start, top + height // 2 + self._baseline, text)

    def _fitted(self, text: str, room: int) -> tuple[str, int]:
        """What fits into ``room``, and its width."""
        if text.isascii():
            characters = room // self._advance
            if len(text) > characters:
                text = text[: max(0, characters - 1)] + "…"
            return text, len(text) * self._advance
        shown = self._metrics.elidedText(text, Qt.TextElideMode.ElideRight, room)
        return shown, self._metrics.horizontalAdvance(shown)
