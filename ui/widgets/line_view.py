"""A table of single lines, painted many times a second: all visible rows in one go, without a call for each cell."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QModelIndex, QRect, Qt
from PySide6.QtGui import QColor, QFontMetrics, QPainter, QPaintEvent, QPalette
from PySide6.QtWidgets import QWidget

from ui.glyphs import drawable
from ui.theme import Tone, fixed_font, tokens, unit
from ui.widgets.columns import Cell, Item
from ui.widgets.event_model import EventProxy
from ui.widgets.filter_proxy import FilterProxy
from ui.widgets.table_model import KeyedTableModel
from ui.widgets.table_view import TableView

NO_INDEX = QModelIndex()


class Looks:
    """Font, measures and colours, taken once from a palette and a font."""

    def __init__(self, widget: QWidget) -> None:
        base = widget.font()
        self.font = fixed_font(base)
        self.metrics = QFontMetrics(self.font)
        self.advance = self.metrics.horizontalAdvance("0")
        self.baseline = (self.metrics.ascent() - self.metrics.descent()) // 2
        self.gap = unit(base)
        colours = tokens(widget.palette())
        self.text = QColor(colours.text)
        self.dim = QColor(colours.dim)
        self.dim_selected = QColor(colours.dim_on_selection)
        self.line = QColor(colours.line)
        self.selection = QColor(colours.selection)
        self.accent = QColor(colours.accent)
        self.tones = {tone: colours.tone(tone) for tone in Tone}

    def fitted(self, text: str, room: int) -> tuple[str, int]:
        """What fits into ``room``, and its width; characters of ASCII are counted, not measured."""
        if text.isascii():
            characters = room // self.advance
            if len(text) > characters:
                text = text[: max(0, characters - 1)] + "…"
            return text, len(text) * self.advance
        shown = self.metrics.elidedText(drawable(text, self.font), Qt.TextElideMode.ElideRight, room)
        return shown, self.metrics.horizontalAdvance(shown)


class LineView(TableView[Item]):
    """Shows only the text of a cell, dim or not, in the fixed font, and before it the glyph in its tone."""

    def __init__(
        self,
        model: KeyedTableModel[Item],
        proxy: FilterProxy[Item] | EventProxy[Item],
        *,
        name: str,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(model, proxy, name=name, parent=parent)
        self._model = model
        self._shown = proxy
        self._looks: Looks | None = None
        self.set_single_line(single=True)

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() in (QEvent.Type.PaletteChange, QEvent.Type.FontChange, QEvent.Type.StyleChange):
            self._looks = None
            if event.type() == QEvent.Type.FontChange and hasattr(self, "_shown"):
                self.set_single_line(single=True)

    def paintEvent(self, event: QPaintEvent) -> None:
        looks = self._looks = self._looks or Looks(self)
        painter = QPainter(self.viewport())
        painter.setFont(looks.font)
        painter.fillRect(event.rect(), self.palette().color(QPalette.ColorRole.Base))
        height = self.verticalHeader().defaultSectionSize()
        row = max(0, self.rowAt(event.rect().top()))
        top = self.rowViewportPosition(row)
        columns = self._column_areas()
        while row < self._shown.rowCount() and top <= event.rect().bottom():
            self._paint_row(painter, looks, columns, row, top, height)
            row, top = row + 1, top + height
        painter.end()

    def _column_areas(self) -> list[tuple[int, int, int, bool]]:
        """Number, left edge, width and whether right-aligned, of the columns in sight."""
        header = self.horizontalHeader()
        wide = self.viewport().width()
        areas = []
        for number, column in enumerate(self._model.columns):
            left, width = header.sectionViewportPosition(number), header.sectionSize(number)
            if width and left < wide and left + width > 0:
                areas.append((number, left, width, column.right))
        return areas

    def _paint_row(
        self,
        painter: QPainter,
        looks: Looks,
        columns: list[tuple[int, int, int, bool]],
        row: int,
        top: int,
        height: int,
    ) -> None:
        wide = self.viewport().width()
        selected = self.selectionModel().isRowSelected(row, NO_INDEX)
        if selected:
            painter.fillRect(0, top, wide, height, looks.selection)
            if self.hasFocus():
                painter.fillRect(QRect(0, top, max(2, looks.gap // 2), height - 1), looks.accent)
        painter.fillRect(0, top + height - 1, wide, 1, looks.line)
        baseline = top + height // 2 + looks.baseline
        held = self._model.row_at(self._shown.mapToSource(self._shown.index(row, 0)).row())
        pad = looks.gap * 2
        dim = looks.dim_selected if selected else looks.dim
        for number, left, width, right in columns:
            cell: Cell = self._model.cell(held, number)
            begin, room = left + pad, width - 2 * pad
            if cell.glyph:
                painter.setPen(looks.tones[cell.dot or Tone.NEUTRAL])
                painter.drawText(begin, baseline, cell.glyph)
                begin, room = begin + 2 * looks.advance, room - 2 * looks.advance
            if cell.text:
                text, advance = looks.fitted(cell.text, room)
                painter.setPen(dim if cell.dim else looks.text)
                painter.drawText(begin + room - advance if right else begin, baseline, text)
