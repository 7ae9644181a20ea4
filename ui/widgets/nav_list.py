"""The list of pages at the side, each with its badge."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QFontMetrics, QPainter, QPalette
from PySide6.QtWidgets import (
    QListWidget,
    QListWidgetItem,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QWidget,
)

from ui.shortcuts import PAGE_KEYS, with_key
from ui.theme import Tone, small_font, strong_font, tokens, unit

BADGE = Qt.ItemDataRole.UserRole + 1
TONE = Qt.ItemDataRole.UserRole + 2
NAME = Qt.ItemDataRole.UserRole + 3


class NavList(QListWidget):
    """Names and badges of the pages.

    Signals:
        page_chosen: the name of the page.
    """

    page_chosen = Signal(str)

    def __init__(self, pages: Sequence[tuple[str, str]], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAccessibleName(self.tr("Pages"))
        self.setFrameShape(QListWidget.Shape.NoFrame)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setVerticalScrollMode(QListWidget.ScrollMode.ScrollPerPixel)
        self.setMouseTracking(True)
        self.setItemDelegate(_NavDelegate(self))
        gap = unit(self.font())
        for widget in (self, self.viewport()):
            widget.setBackgroundRole(QPalette.ColorRole.AlternateBase)
            widget.setAutoFillBackground(True)
        self.setViewportMargins(gap * 2, gap * 3, gap * 2, gap * 2)
        self.setFixedWidth(QFontMetrics(self.font()).averageCharWidth() * 21 + gap * 6)
        for name, title in pages:
            item = QListWidgetItem(title)
            item.setData(NAME, name)
            item.setToolTip(with_key(title, PAGE_KEYS[name]))
            self.addItem(item)
        self.currentItemChanged.connect(self._changed)

    def set_page(self, name: str) -> None:
        """Mark that page."""
        for row in range(self.count()):
            if self.item(row).data(NAME) == name:
                self.setCurrentRow(row)

    def set_badge(self, name: str, text: str, tone: Tone) -> None:
        """Show ``text`` beside that page."""
        for row in range(self.count()):
            item = self.item(row)
            if item.data(NAME) == name:
                item.setData(BADGE, text)
                item.setData(TONE, tone.value)
                item.setData(Qt.ItemDataRole.AccessibleTextRole, f"{item.text()}, {text}" if text else item.text())

    def _changed(self, current: QListWidgetItem | None) -> None:
        if current is not None:
            self.page_chosen.emit(current.data(NAME))


class _NavDelegate(QStyledItemDelegate):
    def sizeHint(self, option: QStyleOptionViewItem, _index: QModelIndex | QPersistentModelIndex) -> QSize:
        return QSize(0, round(option.fontMetrics.height() * 2.0))

    def paint(
        self, painter: QPainter, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex
    ) -> None:
        colours = tokens(option.palette)
        gap = unit(option.font)
        selected = bool(option.state & QStyle.StateFlag.State_Selected)
        hovered = bool(option.state & QStyle.StateFlag.State_MouseOver)
        focused = bool(option.state & QStyle.StateFlag.State_HasFocus)
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        shape = QRectF(option.rect).adjusted(1, 1, -1, -1)
        if selected or hovered:
            face = QColor(colours.selection)
            face.setAlphaF(1.0 if selected else 0.45)
            painter.setBrush(face)
            painter.setPen(QColor(colours.accent) if selected and focused else Qt.PenStyle.NoPen)
            painter.drawRoundedRect(shape, gap * 1.6, gap * 1.6)
        area = option.rect.adjusted(gap * 3, 0, -gap * 3, 0)
        badge = index.data(BADGE) or ""
        tone = Tone(index.data(TONE) or Tone.NEUTRAL.value)
        room = area.width() - _paint_badge(painter, option, badge, tone, selected=selected)
        painter.setPen(QColor(colours.text))
        painter.setFont(strong_font(option.font) if selected else option.font)
        title = QFontMetrics(painter.font()).elidedText(index.data(), Qt.TextElideMode.ElideRight, room)
        painter.drawText(area, Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft, title)
        painter.restore()


def _paint_badge(painter: QPainter, option: QStyleOptionViewItem, badge: str, tone: Tone, *, selected: bool) -> int:
    """Draws it at the right edge; returns the room it took. A count is dim text, a warning a filled pill."""
    if not badge:
        return 0
    colours = tokens(option.palette)
    gap = unit(option.font)
    font = small_font(option.font)
    painter.setFont(font)
    metrics = QFontMetrics(font)
    width = metrics.horizontalAdvance(badge)
    right = option.rect.right() - gap * 3
    if tone in (Tone.WARNING, Tone.ERROR):
        pill = QRectF(right - width - gap * 3, option.rect.center().y() - metrics.height() / 2 - 1, width + gap * 4, 0)
        pill.setHeight(metrics.height() + 3)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(colours.tone(tone))
        painter.drawRoundedRect(pill, pill.height() / 2, pill.height() / 2)
        painter.setPen(QColor(colours.window if colours.dark else colours.base))
        painter.drawText(pill, Qt.AlignmentFlag.AlignCenter, badge)
        return round(pill.width()) + gap
    painter.setPen(QColor(colours.dim_on_selection if selected else colours.dim))
    area = option.rect.adjusted(0, 0, -gap * 3, 0)
    painter.drawText(area, Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignRight, badge)
    return width + gap * 2
