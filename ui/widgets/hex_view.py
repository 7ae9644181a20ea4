"""Bytes as offset, hex and text; what is selected is copied."""

from __future__ import annotations

from PySide6.QtGui import QContextMenuEvent, QFontMetrics, QGuiApplication, QResizeEvent
from PySide6.QtWidgets import QFrame, QPlainTextEdit, QWidget

from ui.theme import fixed_font

PER_LINE = (16, 8, 4)
"""Bytes a line, as many as the room allows."""
WIDE = PER_LINE[0]
SHOWN_BYTES = 64 << 10


class HexView(QPlainTextEdit):
    """Shows at most the first 64 KiB, four to sixteen bytes a line as the room allows; copying all copies all."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._data = b""
        self._per_line = WIDE
        self.setReadOnly(True)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setFont(fixed_font(self.font()))
        self.setLineWrapMode(QPlainTextEdit.LineWrapMode.NoWrap)
        self.setAccessibleName(self.tr("Bytes"))

    def set_data(self, data: bytes) -> None:
        """Show these bytes; a selection stays if they are the same."""
        if data != self._data:
            self._data = data
            self._render()

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

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        menu = self.createStandardContextMenu()
        menu.addSeparator()
        menu.addAction(self.tr("Copy all as hex")).triggered.connect(self.copy_hex)
        menu.exec(event.globalPos())
        menu.deleteLater()

    def _render(self) -> None:
        self.setPlainText("\n".join(hex_lines(self._data[:SHOWN_BYTES], self._per_line)))


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
