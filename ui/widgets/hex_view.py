"""Bytes as offset, hex and text; some can be marked, and what is selected is copied."""

from __future__ import annotations

from collections.abc import Iterator

from PySide6.QtCore import QEvent, Signal
from PySide6.QtGui import (
    QContextMenuEvent,
    QFontMetrics,
    QGuiApplication,
    QMouseEvent,
    QResizeEvent,
    QTextCharFormat,
    QTextCursor,
)
from PySide6.QtWidgets import QFrame, QPlainTextEdit, QTextEdit, QWidget

from ui.theme import Tone, fixed_font, tokens

PER_LINE = (16, 8, 4)
"""Bytes a line, as many as the room allows."""
WIDE = PER_LINE[0]
SHOWN_BYTES = 64 << 10
HEX_AT = 6
"""Characters of the offset and the blanks behind it."""
MARK_STRENGTH = 0.32


class HexView(QPlainTextEdit):
    """Shows at most the first 64 KiB, four to sixteen bytes a line as the room allows; copying all copies all.

    Signals:
        byte_chosen: the place of a byte that was clicked.
    """

    byte_chosen = Signal(int)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._data = b""
        self._per_line = WIDE
        self._marked = range(0)
        self._tone = Tone.INFO
        self.setReadOnly(True)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setFont(fixed_font(self.font()))
        self.setLineWrapMode(QPlainTextEdit.LineWrapMode.NoWrap)
        self.setAccessibleName(self.tr("Bytes"))

    def set_data(self, data: bytes) -> None:
        """Show these bytes, none of them marked; a selection and what is marked stay if they are the same."""
        if data != self._data:
            self._data = data
            self._marked = range(0)
            self._render()

    @property
    def marked(self) -> range:
        """The places of the bytes that are marked."""
        return self._marked

    def mark(self, start: int, end: int, tone: Tone = Tone.INFO) -> None:
        """Mark the bytes from ``start`` to before ``end``, and bring them in sight; no bytes: nothing is marked."""
        self._tone = tone
        self._marked = range(max(0, start), min(end, len(self._data), SHOWN_BYTES))
        self._paint_mark()
        self._show_mark()

    def mark_areas(self) -> list[tuple[int, int, int]]:
        """What the mark covers, as line, first column and the column behind the last, for hex and for text."""
        return [(line, left, right) for line, *columns in self._marked_lines() for left, right in columns]

    def copy_hex(self) -> None:
        """All bytes as hex to the clipboard."""
        QGuiApplication.clipboard().setText(self._data.hex(" "))

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        metrics, margins = QFontMetrics(self.font()), 2 * int(self.document().documentMargin())
        room = self.viewport().width() - margins
        fitting = (number for number in PER_LINE if metrics.horizontalAdvance("0" * line_width(number)) <= room)
        per_line = next(fitting, PER_LINE[-1])
        if per_line != self._per_line:
            self._per_line = per_line
            self._render()
        self._show_mark()

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() == QEvent.Type.PaletteChange and hasattr(self, "_marked"):
            self._paint_mark()

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        super().mouseReleaseEvent(event)
        cursor = self.cursorForPosition(event.position().toPoint())
        place = self.byte_at(cursor.blockNumber(), cursor.positionInBlock())
        if place is not None and not self.textCursor().hasSelection():
            self.byte_chosen.emit(place)

    def byte_at(self, line: int, column: int) -> int | None:
        """The byte that stands there, as hex or as text; None beside the bytes."""
        text_at = HEX_AT + self._per_line * 3 + 1
        nth = column - text_at if column >= text_at else (column - HEX_AT) // 3
        place = line * self._per_line + nth
        return place if 0 <= nth < self._per_line and place < min(len(self._data), SHOWN_BYTES) else None

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        menu = self.createStandardContextMenu()
        menu.addSeparator()
        menu.addAction(self.tr("Copy all as hex")).triggered.connect(self.copy_hex)
        menu.exec(event.globalPos())
        menu.deleteLater()

    def _render(self) -> None:
        self.setPlainText("\n".join(hex_lines(self._data[:SHOWN_BYTES], self._per_line)))
        self._paint_mark()

    def _marked_lines(self) -> Iterator[tuple[int, tuple[int, int], tuple[int, int]]]:
        """Each line that is marked, with the columns of its hex and of its text."""
        if not self._marked:
            return
        wide, (start, end) = self._per_line, (self._marked.start, self._marked.stop)
        for line in range(start // wide, (end - 1) // wide + 1):
            first, behind = max(start - line * wide, 0), min(end - line * wide, wide)
            text_at = HEX_AT + wide * 3 + 1
            yield line, (HEX_AT + first * 3, HEX_AT + behind * 3 - 1), (text_at + first, text_at + behind)

    def _paint_mark(self) -> None:
        look = QTextCharFormat()
        look.setBackground(tokens(self.palette()).tint(self._tone, MARK_STRENGTH))
        selections = []
        for line, left, right in self.mark_areas():
            start = self.document().findBlockByNumber(line).position()
            selection = QTextEdit.ExtraSelection()
            selection.cursor = QTextCursor(self.document())
            selection.cursor.setPosition(start + left)
            selection.cursor.setPosition(start + right, QTextCursor.MoveMode.KeepAnchor)
            selection.format = look
            selections.append(selection)
        self.setExtraSelections(selections)

    def _show_mark(self) -> None:
        if self._marked:
            self._show_line(self._marked[-1])
            self._show_line(self._marked[0])

    def _show_line(self, place: int) -> None:
        """Bring the line of that byte in sight, with no more scrolling than that takes."""
        line, bar = place // self._per_line, self.verticalScrollBar()
        if line < bar.value():
            bar.setValue(line)
        elif line >= bar.value() + bar.pageStep():
            bar.setValue(line - bar.pageStep() + 1)


def line_width(per_line: int) -> int:
    """Characters of a line."""
    return 4 + 2 + per_line * 3 + 1 + per_line


def hex_lines(data: bytes, per_line: int = WIDE) -> list[str]:
    """``0010  48 65 6c 6c 6f ...  Hello``: what is not printable ASCII is a point."""
    lines = []
    for start in range(0, len(data), per_line):
        part = data[start : start + per_line]
        text = "".join(chr(byte) if 0x20 <= byte < 0x7F else "·" for byte in part)
        lines.append(f"{start:04x}  {part.hex(' '):<{per_line * 3}} {text}")
    return lines
