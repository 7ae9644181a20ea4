"""The payload of a packet, as text and as bytes."""

from __future__ import annotations

from PySide6.QtGui import QFontMetrics
from PySide6.QtWidgets import QFrame, QPlainTextEdit, QVBoxLayout, QWidget

from net.records import Datagram
from ui.glyphs import drawable
from ui.text import visible
from ui.theme import fixed_font, small_font, unit
from ui.widgets.hex_view import HexView
from ui.widgets.labels import PlainLabel, Size

TEXT_LINES = 6
HEX_LINES = 12
LINE_CAP = 2000


class PayloadView(QWidget):
    """Shows what was handed on of a payload; of a long one that is its beginning."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        gap = unit(self.font())
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, gap * 2, 0, 0)
        layout.setSpacing(gap)
        self._text_title = PlainLabel(self.tr("As text"), size=Size.STRONG)
        self.text = QPlainTextEdit()
        self.text.setReadOnly(True)
        self.text.setFrameShape(QFrame.Shape.NoFrame)
        self.text.setFont(fixed_font(self.font()))
        self.text.setAccessibleName(self.tr("Payload as text"))
        self.text.document().setDocumentMargin(0)
        self._no_text = PlainLabel(self.tr("It is not text in UTF-8."), dim=True, wraps=True)
        self._bytes_title = PlainLabel(self.tr("As bytes"), size=Size.STRONG)
        self.bytes = HexView()
        self.bytes.setFont(small_font(self.bytes.font()))
        self.bytes.document().setDocumentMargin(0)
        line = QFontMetrics(self.text.font()).lineSpacing()
        self.text.setFixedHeight(line * TEXT_LINES)
        self.bytes.setMinimumHeight(line * HEX_LINES)
        for widget in (self._text_title, self.text, self._no_text, self._bytes_title):
            layout.addWidget(widget)
        layout.addWidget(self.bytes, 1)

    def show_payload(self, datagram: Datagram) -> None:
        """Show this one; a selection stays if it is the same."""
        data = bytes.fromhex(datagram.payload_hex)
        text = drawable(readable(data), self.text.font()) if datagram.payload_text is not None else ""
        self._no_text.setVisible(not text)
        self._no_text.setText(self.tr("It is not text in UTF-8.") if data else self.tr("The payload is empty."))
        self.text.setVisible(bool(text))
        self._bytes_title.setVisible(bool(data))
        self.bytes.setVisible(bool(data))
        if text != self.text.toPlainText():
            self.text.setPlainText(text)
        self.bytes.set_data(data)


def readable(data: bytes) -> str:
    """UTF-8 with its line breaks, everything else that hides made visible."""
    lines = data.decode("utf-8", "replace").replace("\r\n", "\n").split("\n")
    return "\n".join(visible(line, LINE_CAP) for line in lines)
