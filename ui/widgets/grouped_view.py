"""Shows a table in groups: heads painted across all columns, opened and closed by mouse and keyboard."""

from __future__ import annotations

from typing import Any

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, QPointF, QRect, Qt
from PySide6.QtGui import QColor, QFocusEvent, QFont, QKeyEvent, QMouseEvent, QPainter, QPen, QPolygonF
from PySide6.QtWidgets import QStyle, QStyleOptionViewItem, QWidget

from ui.theme import Tokens, tokens
from ui.widgets.columns import Cell, Item
from ui.widgets.delegates import LEFT, CellDelegate, Fonts
from ui.widgets.grouped_table import GroupedFilterProxy, GroupedTableModel
from ui.widgets.table_model import RowKey
from ui.widgets.table_view import TableView

UNCUT = LEFT | Qt.TextFlag.TextDontClip
"""A fixed font's underscore, with which every type begins, may lie below what its metrics tell."""
CHEVRON_GAPS = 6
"""Width at the left of a head, in units, where a click opens or closes it."""


class GroupedView(TableView[Item]):
    """A TableView whose heads open and close: by their chevron, a double click, Enter, or the keys left and right."""

    def __init__(
        self,
        model: GroupedTableModel[Item],
        proxy: GroupedFilterProxy[Item],
        *,
        name: str,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(model, proxy, name=name, parent=parent)
        self._groups = proxy
        self._grouped = model
        self._delegate = HeadDelegate(model, proxy, self)
        self.setItemDelegate(self._delegate)
        proxy.filter_changed.connect(self.viewport().update)

    def toggle(self, head: RowKey) -> None:
        """Close an open group, open a closed one. Nothing happens while a filter holds all groups open."""
        if self._groups.text.strip():
            return
        index = self.currentIndex()
        inside = index.isValid() and self._grouped.head_key(self._groups.row(index)) == head
        if inside and head not in self._groups.closed:
            self.select_key(head)
        self._groups.set_closed(self._groups.closed ^ {head})

    def close_all(self) -> None:
        """Only the heads stay in sight."""
        index = self.currentIndex()
        if index.isValid():
            self.select_key(self._grouped.head_key(self._groups.row(index)))
        self._groups.set_closed(self._groups.closed | self._heads())

    def open_all(self) -> None:
        """All rows come in sight."""
        self._groups.set_closed(self._groups.closed - self._heads())

    def _heads(self) -> frozenset[RowKey]:
        return frozenset(row.key for row in self._grouped.rows if self._grouped.is_head(row))

    def _activated(self, index: QModelIndex) -> None:
        row = self._groups.row(index)
        if self._grouped.is_head(row):
            self.toggle(row.key)
        else:
            super()._activated(index)

    def focusInEvent(self, event: QFocusEvent) -> None:
        """Qt makes a row current without selecting it, and then shows nothing of that."""
        super().focusInEvent(event)
        if self.currentIndex().isValid() and not self.selectionModel().hasSelection():
            self.selectRow(self.currentIndex().row())

    def mousePressEvent(self, event: QMouseEvent) -> None:
        index = self.indexAt(event.position().toPoint())
        super().mousePressEvent(event)
        if index.isValid() and event.button() == Qt.MouseButton.LeftButton and self._on_chevron(event):
            row = self._groups.row(index)
            if self._grouped.is_head(row):
                self.toggle(row.key)

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        # The second press on a chevron is another click, not a double click on the head.
        if self._on_chevron(event):
            self.mousePressEvent(event)
        else:
            super().mouseDoubleClickEvent(event)

    def _on_chevron(self, event: QMouseEvent) -> bool:
        return event.position().x() + self.horizontalHeader().offset() < self._delegate.fonts().gap * CHEVRON_GAPS

    def keyPressEvent(self, event: QKeyEvent) -> None:
        index = self.currentIndex()
        if event.key() in (Qt.Key.Key_Left, Qt.Key.Key_Right) and index.isValid() and not event.modifiers():
            self._step(index, opens=event.key() == Qt.Key.Key_Right)
            return
        super().keyPressEvent(event)

    def _step(self, index: QModelIndex, *, opens: bool) -> None:
        """As in a tree: right opens, then goes in; left goes to the head, then closes."""
        row = self._groups.row(index)
        head = self._grouped.head_key(row)
        if not self._grouped.is_head(row):
            if not opens:
                self.select_key(head)
        elif opens != self._groups.is_open(head):
            self.toggle(head)
        elif opens and index.row() + 1 < self._groups.rowCount():
            following = self._groups.row(self._groups.index(index.row() + 1, 0))
            if self._grouped.head_key(following) == head:
                self.select_key(following.key)


class HeadDelegate(CellDelegate):
    """Paints heads: the text and detail of their first cell, its chips as words at the right."""

    def __init__(self, model: GroupedTableModel[Any], proxy: GroupedFilterProxy[Any], view: GroupedView[Any]) -> None:
        super().__init__(model.columns, view)
        self._model = model
        self._proxy = proxy
        self._table = view

    def paint(
        self, painter: QPainter, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex
    ) -> None:
        row = self._proxy.row(index)
        if not self._model.is_head(row):
            super().paint(painter, option, index)
            return
        colours = tokens(option.palette)
        selected = bool(option.state & QStyle.StateFlag.State_Selected)
        painter.save()
        painter.setClipRect(option.rect)
        painter.fillRect(option.rect, QColor(colours.selection if selected else colours.side))
        painter.fillRect(QRect(option.rect.left(), option.rect.bottom(), option.rect.width(), 1), QColor(colours.line))
        # Each cell paints its part of the whole row, so that repainting one column alone leaves nothing out.
        header = self._table.horizontalHeader()
        whole = QRect(-header.offset(), option.rect.top(), header.length(), option.rect.height() - 1)
        if selected and self._table.hasFocus():
            painter.fillRect(QRect(whole.left(), whole.top(), max(2, self.fonts().gap // 2), whole.height()),
                             QColor(colours.accent))  # fmt: skip
        pen = _HeadPen(painter, self.fonts(), colours, option.rect, selected=selected)
        pen.draw(whole, self._model.cell(row, 0), opened=self._proxy.is_open(row.key))
        painter.restore()


class _HeadPen:
    """Draws what of a head falls into the cell ``seen``."""

    def __init__(self, painter: QPainter, fonts: Fonts, colours: Tokens, seen: QRect, *, selected: bool) -> None:
        self.painter = painter
        self.fonts = fonts
        self.seen = seen
        self.text = QColor(colours.text)
        self.dim = QColor(colours.dim_on_selection if selected else colours.dim)

    def draw(self, whole: QRect, cell: Cell, *, opened: bool) -> None:
        gap = self.fonts.gap
        if self.seen.left() < whole.left() + gap * CHEVRON_GAPS:
            self._chevron(QPointF(whole.left() + gap * 3, whole.center().y() + 1), opened=opened)
        area = whole.adjusted(gap * CHEVRON_GAPS, 0, -gap * 2, 0)
        for chip in reversed(cell.chips):
            width = self._line(area, self.fonts.small, chip.text, self.dim, right=True)
            area.setRight(area.right() - width - gap * 3)
        strong, small = self.fonts.strong, self.fonts.small_fixed
        heights = [self.fonts.metrics(font).height() for font in (strong, small)]
        top = area.top() + (area.height() - sum(heights)) // 2
        self._line(QRect(area.left(), top, area.width(), heights[0]), strong, cell.text,
                   self.dim if cell.dim else self.text)  # fmt: skip
        self._line(QRect(area.left(), top + heights[0], area.width(), heights[1]), small, cell.detail, self.dim)

    def _line(self, area: QRect, font: QFont, text: str, colour: QColor, *, right: bool = False) -> int:
        """Draws a line of text at the left or right of ``area``; returns its width."""
        shown = self.fonts.elided(font, text, area.width())
        width = self.fonts.metrics(font).horizontalAdvance(shown)
        place = QRect(area.right() - width if right else area.left(), area.top(), width + 1, area.height())
        if place.intersects(self.seen):
            self.painter.setFont(font)
            self.painter.setPen(colour)
            self.painter.drawText(place, UNCUT, shown)
        return width

    def _chevron(self, centre: QPointF, *, opened: bool) -> None:
        reach, rise = self.fonts.gap * 0.9, self.fonts.gap * 0.45
        points = (
            [QPointF(-reach, -rise), QPointF(0, rise), QPointF(reach, -rise)]
            if opened
            else [QPointF(-rise, -reach), QPointF(rise, 0), QPointF(-rise, reach)]
        )
        pen = QPen(self.dim, 1.6)
        pen.setCapStyle(Qt.PenCapStyle.RoundCap)
        self.painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        self.painter.setPen(pen)
        self.painter.drawPolyline(QPolygonF([centre + point for point in points]))
