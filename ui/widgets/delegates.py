"""Paints the cells of a table: two lines of text with a state dot, chips, or a sparkline with its number."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from PySide6.QtCore import QEvent, QModelIndex, QPersistentModelIndex, QPointF, QRect, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QFont, QFontMetrics, QHelpEvent, QPainter, QPen, QPolygonF
from PySide6.QtWidgets import (
    QAbstractItemView,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QToolTip,
)

from ui.glyphs import drawable
from ui.text import tooltip
from ui.theme import Tokens, fixed_font, small_font, strong_font, tokens, unit
from ui.widgets.columns import Cell, Chip, Column, Face
from ui.widgets.table_model import Role
from ui.widgets.wrapping import wrap

RATE_CHARACTERS = 9
"""Width of the number beside a sparkline, as ui.text.rate gives it."""
SPARK_NUMBER: Column[Any] = Column("", "", lambda item: item, face=Face.FIXED, detail_face=Face.FIXED, right=True)
"""How the lines beside a sparkline are set."""
SPARK_FLOOR = 4_000.0
"""A sparkline's full height is at least this, so that a stray packet does not look like a flood."""

ELIDED_KEPT = 4096

Elide = Qt.TextElideMode

# Combined once: a column of cells asks for them hundreds of times a frame.
LEFT = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter | Qt.TextFlag.TextSingleLine
RIGHT = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter | Qt.TextFlag.TextSingleLine
CENTRE = Qt.AlignmentFlag.AlignCenter | Qt.TextFlag.TextSingleLine


class Fonts:
    """The fonts of a table with their metrics, made once per base font."""

    def __init__(self, base: QFont) -> None:
        self.gap = unit(base)
        self.text = base
        self.strong = strong_font(base)
        self.fixed = fixed_font(base)
        self.small = small_font(base)
        self.small_fixed = small_font(self.fixed)
        self.title = strong_font(self.small)
        self._metrics = {
            id(font): QFontMetrics(font)
            for font in (self.text, self.strong, self.fixed, self.small, self.small_fixed, self.title)
        }
        self._elided: dict[tuple[int, str, int], str] = {}

    def metrics(self, font: QFont) -> QFontMetrics:
        """Of one of these fonts."""
        return self._metrics[id(font)]

    def elided(self, font: QFont, text: str, width: int) -> str:
        """``text`` cut to ``width``; remembered, since the same cells are painted again and again."""
        key = (id(font), text, width)
        shown = self._elided.get(key)
        if shown is None:
            if len(self._elided) >= ELIDED_KEPT:
                self._elided.clear()
            readable = drawable(text, font)
            shown = self._elided[key] = self.metrics(font).elidedText(readable, Elide.ElideRight, width)
        return shown

    def chip_width(self, chip: Chip) -> int:
        """Of a chip with room enough."""
        return self.metrics(self.small).horizontalAdvance(chip.text) + self.gap * 4

    def of(self, face: Face) -> QFont:
        return {Face.TEXT: self.text, Face.STRONG: self.strong, Face.FIXED: self.fixed}[face]

    def small_of(self, face: Face) -> QFont:
        return self.small_fixed if face is Face.FIXED else self.small

    @property
    def row_height(self) -> int:
        lines = self.metrics(self.strong).height() + self.metrics(self.small).height()
        return lines + round(self.gap * 2.8)

    @property
    def single_height(self) -> int:
        return self.metrics(self.strong).height() + round(self.gap * 1.8)


class CellDelegate(QStyledItemDelegate):
    """Paints every kind of Cell; asks ``data()`` once a cell."""

    def __init__(self, columns: Sequence[Column[Any]], view: QAbstractItemView) -> None:
        super().__init__(view)
        self._columns = tuple(columns)
        self._view = view
        self._fonts = Fonts(view.font())

    def fonts(self) -> Fonts:
        """Of the view's present font."""
        if self._fonts.text != self._view.font():
            self._fonts = Fonts(self._view.font())
        return self._fonts

    def width_of(self, column: Column[Any], characters: int) -> int:
        """The width of a column for so many average characters of its face, at least what its typical texts take."""
        fonts = self.fonts()
        font = fonts.of(column.face)
        metrics = fonts.metrics(font)
        average = metrics.horizontalAdvance("0") if column.face is Face.FIXED else metrics.averageCharWidth()
        typical = max((self._width_of_cell(cell, column) for cell in column.typical), default=0)
        return max(characters * average, typical) + fonts.gap * 4

    def width_of_title(self, column: Column[Any]) -> int:
        """The width of a column whose title is not cut."""
        fonts = self.fonts()
        return fonts.metrics(fonts.title).horizontalAdvance(column.title) + fonts.gap * 4 + 1

    def _width_of_cell(self, cell: Cell, column: Column[Any]) -> int:
        fonts = self.fonts()
        first = fonts.metrics(fonts.of(column.face)).horizontalAdvance(cell.text)
        second = fonts.metrics(fonts.small_of(column.detail_face)).horizontalAdvance(cell.detail)
        chips = max((fonts.chip_width(chip) for chip in cell.chips), default=0)
        return max(first, second, chips) + (fonts.gap * 4 if cell.dot is not None else 0)

    def sizeHint(self, option: QStyleOptionViewItem, _index: QModelIndex | QPersistentModelIndex) -> QSize:
        return QSize(option.rect.width(), self.fonts().row_height)

    def paint(
        self, painter: QPainter, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex
    ) -> None:
        cell = index.data(Role.CELL)
        colours = tokens(option.palette)
        selected = bool(option.state & QStyle.StateFlag.State_Selected)
        _ground(painter, option.rect, colours, selected=selected)
        if selected and index.column() == self._first_column() and self._view.hasFocus():
            edge = QRect(option.rect.left(), option.rect.top(), max(2, self.fonts().gap // 2), option.rect.height() - 1)
            painter.fillRect(edge, QColor(colours.accent))
        if not isinstance(cell, Cell):
            return
        pen = _Pen(painter, self.fonts(), colours, selected=selected)
        pad = pen.fonts.gap * 2
        area = option.rect.adjusted(pad, 0, -pad, -1)
        painter.save()
        painter.setClipRect(area)
        column = self._columns[index.column()]
        if cell.spark is not None:
            pen.spark(area, cell)
        elif cell.chips and cell.text:
            pen.text_over_chips(area, cell, column)
        elif cell.chips:
            pen.chips(area, cell.chips)
        else:
            pen.lines(area, cell, column)
        painter.restore()

    def _first_column(self) -> int:
        header = getattr(self._view, "horizontalHeader", None)
        return header().logicalIndex(0) if header is not None else 0

    def helpEvent(
        self,
        event: QHelpEvent,
        view: QAbstractItemView,
        option: QStyleOptionViewItem,
        index: QModelIndex | QPersistentModelIndex,
    ) -> bool:
        cell = index.data(Role.CELL)
        if event.type() == QEvent.Type.ToolTip and isinstance(cell, Cell):
            text = self.tip_of(cell, index.column(), option.rect.width())
            QToolTip.showText(event.globalPos(), tooltip(text), view)
            return True
        return super().helpEvent(event, view, option, index)

    def tip_of(self, cell: Cell, column: int, width: int) -> str:
        """What is cut off in a column of that width, and what the cell has to say beside."""
        cut = self._is_cut(cell, self._columns[column], width)
        parts = (cell.text, cell.detail, *(chip.text for chip in cell.chips)) if cut else ()
        return "\n".join(part for part in (*parts, cell.tip) if part)

    def _is_cut(self, cell: Cell, column: Column[Any], width: int) -> bool:
        fonts = self.fonts()
        room = width - fonts.gap * 4 - (fonts.gap * 4 if cell.dot is not None else 0)
        first = fonts.metrics(fonts.of(column.face)).horizontalAdvance(cell.text)
        second = fonts.metrics(fonts.small_of(column.detail_face)).horizontalAdvance(cell.detail)
        return max(first, second) > room or bool(cell.chips)


def _ground(painter: QPainter, rect: QRect, colours: Tokens, *, selected: bool) -> None:
    if selected:
        painter.fillRect(rect, QColor(colours.selection))
    painter.fillRect(QRect(rect.left(), rect.bottom(), rect.width(), 1), QColor(colours.line))


class _Pen:
    """Draws the parts of a cell with one set of fonts and colours."""

    def __init__(self, painter: QPainter, fonts: Fonts, colours: Tokens, *, selected: bool) -> None:
        self.painter = painter
        self.fonts = fonts
        self.colours = colours
        self.text = QColor(colours.text)
        self.dim = QColor(colours.dim_on_selection if selected else colours.dim)

    def lines(self, area: QRect, cell: Cell, column: Column[Any]) -> None:
        if cell.dot is not None:
            self._sign(area, cell.glyph, self.colours.tone(cell.dot))
            area = area.adjusted(self.fonts.gap * 4, 0, 0, 0)
        side = RIGHT if column.right else LEFT
        first = self.fonts.of(column.face)
        if not cell.detail:
            self._line(area, first, cell.text, side, dim=cell.dim)
            return
        second = self.fonts.small_of(column.detail_face)
        heights = [self.fonts.metrics(font).height() for font in (first, second)]
        top = area.top() + (area.height() - sum(heights)) // 2
        upper = QRect(area.left(), top, area.width(), heights[0])
        lower = QRect(area.left(), top + heights[0], area.width(), heights[1])
        self._line(upper, first, cell.text, side, dim=cell.dim)
        self._line(lower, second, cell.detail, side, dim=True)

    def _sign(self, area: QRect, glyph: str, colour: QColor) -> None:
        """The glyph, or a dot where there is none."""
        size = self.fonts.gap * 2
        if glyph:
            self.painter.setFont(self.fonts.strong)
            self.painter.setPen(colour)
            room = QRect(area.left() - self.fonts.gap, area.top(), size + self.fonts.gap * 2, area.height())
            self.painter.drawText(room, CENTRE, glyph)
            return
        self.painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        self.painter.setPen(Qt.PenStyle.NoPen)
        self.painter.setBrush(colour)
        self.painter.drawEllipse(QRectF(area.left(), area.center().y() - size / 2 + 1, size, size))

    def _line(self, area: QRect, font: QFont, text: str, flags: int, *, dim: bool) -> None:
        self.painter.setFont(font)
        self.painter.setPen(self.dim if dim else self.text)
        shown = self.fonts.elided(font, text, area.width())
        self.painter.drawText(area, flags, shown)

    def text_over_chips(self, area: QRect, cell: Cell, column: Column[Any]) -> None:
        """The text as the first line, the chips as the second."""
        font = self.fonts.of(column.face)
        first = self.fonts.metrics(font).height()
        second = self.fonts.metrics(self.fonts.small).height() + 4
        top = area.top() + max(0, (area.height() - first - second - 1) // 2)
        upper = QRect(area.left(), top, area.width(), first)
        self._line(upper, font, cell.text, LEFT, dim=cell.dim)
        self.chips(QRect(area.left(), top + first + 1, area.width(), second), cell.chips)

    def chips(self, area: QRect, chips: tuple[Chip, ...]) -> None:
        """On one line if they fit, else on two, and what is left over as a count. A first one too long for a line gets
        both: it is the one that matters, and the tooltip has all."""
        metrics = self.fonts.metrics(self.fonts.small)
        if self.fonts.chip_width(chips[0]) > area.width() and (len(chips) == 1 or area.height() >= high_chip(metrics)):
            self._tall_chip(area, chips[0])
            return
        lines = self._arrange(area.width(), chips)
        height = metrics.height() + (4 if len(lines) == 1 else 2)
        rows = min(len(lines), 2 if area.height() >= height * 2 + 2 else 1)
        shown = self._with_count(lines, rows, area.width())
        gap = (area.height() - rows * height) // (rows + 1)
        top = area.top() + gap
        for line in shown:
            left = area.left()
            for chip in line:
                left = self._chip(QRect(left, top, self._chip_width(chip, area.width()), height), chip)
            top += height + gap

    def _with_count(self, lines: list[list[Chip]], rows: int, width: int) -> list[list[Chip]]:
        """The first ``rows`` lines, the last with a count of what is left over, for which it makes room."""
        shown = [list(line) for line in lines[:rows]]
        left_over = sum(len(line) for line in lines[rows:])
        while left_over:
            count = Chip(f"+{left_over}")
            used = sum(self._chip_width(chip, width) + self.fonts.gap for chip in shown[-1])
            if not shown[-1] or used + self._chip_width(count, width) <= width:
                shown[-1].append(count)
                break
            shown[-1].pop()
            left_over += 1
        return shown

    def _chip_width(self, chip: Chip, most: int) -> int:
        return min(most, self.fonts.chip_width(chip))

    def _arrange(self, width: int, chips: tuple[Chip, ...]) -> list[list[Chip]]:
        lines: list[list[Chip]] = [[]]
        used = 0
        for chip in chips:
            needed = self._chip_width(chip, width)
            if lines[-1] and used + needed > width:
                lines.append([])
                used = 0
            lines[-1].append(chip)
            used += needed + self.fonts.gap
        return lines

    def _tall_chip(self, area: QRect, chip: Chip) -> None:
        """One that is too long for a line, on two where there is room for them."""
        metrics = self.fonts.metrics(self.fonts.small)
        room = area.width() - self.fonts.gap * 4
        lines = wrap(chip.text, room, metrics.horizontalAdvance)
        high = high_chip(metrics)
        if len(lines) == 1 or area.height() < high:
            top = area.top() + (area.height() - metrics.height() - 4) // 2
            self._chip(QRect(area.left(), top, area.width(), metrics.height() + 4), chip)
            return
        wide = min(area.width(), max(map(metrics.horizontalAdvance, lines[:2])) + self.fonts.gap * 4)
        rect = QRect(area.left(), area.top() + (area.height() - high) // 2, wide, high)
        self._pill(rect, chip, radius=self.fonts.gap * 2)
        lower = metrics.elidedText("".join(lines[1:]), Elide.ElideRight, room)
        middle = rect.adjusted(0, 1, 0, -1)
        middle.setHeight(metrics.height())
        self.painter.drawText(middle, CENTRE, lines[0].strip())
        self.painter.drawText(middle.translated(0, metrics.height()), CENTRE, lower)

    def _chip(self, rect: QRect, chip: Chip) -> int:
        """Draws one; returns where the next begins."""
        self._pill(rect, chip, radius=rect.height() / 2)
        metrics = self.fonts.metrics(self.fonts.small)
        text = drawable(chip.text, self.fonts.small)
        shown = metrics.elidedText(text, Elide.ElideRight, rect.width() - self.fonts.gap * 2)
        self.painter.drawText(rect, CENTRE, shown)
        return rect.right() + 1 + self.fonts.gap

    def _pill(self, rect: QRect, chip: Chip, *, radius: float) -> None:
        """Its ground; font and pen are those of its text then."""
        painter = self.painter
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(QPen(self.colours.tone(chip.tone), 1))
        painter.setBrush(self.colours.tint(chip.tone))
        shape = QRectF(rect).adjusted(0.5, 0.5, -0.5, -0.5)
        painter.drawRoundedRect(shape, radius, radius)
        painter.setFont(self.fonts.small)
        painter.setPen(self.text)

    def spark(self, area: QRect, cell: Cell) -> None:
        metrics = self.fonts.metrics(self.fonts.fixed)
        number = metrics.horizontalAdvance("0" * RATE_CHARACTERS)
        right = QRect(area.right() - number, area.top(), number + 1, area.height())
        self.lines(right, Cell(cell.text, cell.detail, dim=cell.dim), SPARK_NUMBER)
        plot = QRectF(area.left(), area.top(), area.width() - number - self.fonts.gap * 3, area.height())
        plot.adjust(0, area.height() * 0.22, 0, -area.height() * 0.22)
        if cell.spark is not None and plot.width() > self.fonts.gap * 8:
            draw_spark(self.painter, plot, cell.spark, self.colours)


def high_chip(metrics: QFontMetrics) -> int:
    """The height of a chip with two lines."""
    return metrics.height() * 2 + 2


def draw_spark(painter: QPainter, plot: QRectF, samples: tuple[float, ...], colours: Tokens, *, room: int = 60) -> None:
    """The newest ``room`` samples as a line over a light fill, the newest at the right edge."""
    shown = samples[-room:]
    if len(shown) < 2:
        return
    top = max(*shown, SPARK_FLOOR)
    step = plot.width() / (room - 1)
    start = plot.right() - step * (len(shown) - 1)
    points = [
        QPointF(start + step * place, plot.bottom() - plot.height() * value / top) for place, value in enumerate(shown)
    ]
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    fill = QColor(colours.accent)
    fill.setAlphaF(0.16)
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(fill)
    painter.drawPolygon(
        QPolygonF([QPointF(points[0].x(), plot.bottom()), *points, QPointF(points[-1].x(), plot.bottom())])
    )
    pen = QPen(QColor(colours.accent), 1.3)
    pen.setJoinStyle(Qt.PenJoinStyle.RoundJoin)
    painter.setPen(pen)
    painter.setBrush(Qt.BrushStyle.NoBrush)
    painter.drawPolyline(QPolygonF(points))
