"""What is sent: the kind of payload with its field, read into a request."""

from __future__ import annotations

from enum import Enum

import msgspec
from PySide6.QtCore import Signal
from PySide6.QtWidgets import QComboBox, QHBoxLayout, QLineEdit, QSpinBox, QStackedWidget, QWidget

from net.requests import SendRequest
from ui.settings import Settings
from ui.theme import fixed_font, unit
from ui.widgets.labels import PlainLabel

SMALLEST_NUMBERED = 45
"""Bytes of the shortest numbered payload: lanscout, run, number and time (net.multicast.payloads)."""
SMALLEST_RTP = 12
USUAL_RTP = 172
"""Bytes of an RTP packet: its header alone (RFC 3550 section 5.1), and with 20 ms of telephone sound."""
LARGEST = 65_507
PAGE = "multicast"


class PayloadKind(Enum):
    """What the payload field holds."""

    TEXT = "text"
    HEX = "hex"
    NUMBERED = "numbered"
    RTP = "rtp"
    FILE = "file"


class PayloadFields(QWidget):
    """Remembers what was sent last.

    Signals:
        changed: another value stands in a field.
        submitted: Enter was pressed in a text field.
    """

    changed = Signal()
    submitted = Signal()

    def __init__(self, settings: Settings, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._settings = settings
        self.kind = QComboBox()
        for kind, words in (
            (PayloadKind.TEXT, self.tr("Text")),
            (PayloadKind.HEX, self.tr("Hex")),
            (PayloadKind.NUMBERED, self.tr("Numbered")),
            (PayloadKind.RTP, self.tr("RTP")),
            (PayloadKind.FILE, self.tr("File")),
        ):
            self.kind.addItem(words, kind.value)
        self.kind.setAccessibleName(self.tr("Kind of payload"))
        self.kind.setToolTip(
            self.tr("Numbered and RTP: the receiver tells lost, duplicated and reordered packets and jitter")
        )
        self.text = self._line(self.tr("Text to send"), self.tr("hello"))
        self.hex = self._line(self.tr("Bytes to send"), "48 65 6c 6c 6f")
        self.hex.setFont(fixed_font(self.hex.font()))
        self.numbered_size = self._number(self.tr("Size of each payload"), SMALLEST_NUMBERED)
        self.rtp_size = self._number(self.tr("Size of each RTP packet"), SMALLEST_RTP)
        self.rtp_size.setValue(USUAL_RTP)
        self.file = self._line(self.tr("File to send"), self.tr("path of a file where the probe runs"))
        self.piece = self._number(self.tr("Size of each piece of the file"), 0)
        self.piece.setSpecialValueText(self.tr("in one piece"))
        self.piece.setToolTip(self.tr("The file is cut into pieces of that size and begun anew at its end"))
        self._stack = QStackedWidget()
        self._places: dict[PayloadKind, QWidget] = {}
        self._arrange()
        for name in ("text", "hex", "file"):
            getattr(self, name).setText(settings.page_text(PAGE, f"send/{name}"))
        self.choose(PayloadKind.TEXT)
        self.kind.setCurrentIndex(max(0, self.kind.findData(settings.page_text(PAGE, "send/kind"))))
        self.kind.currentIndexChanged.connect(self._kind_changed)
        self._kind_changed()

    @property
    def chosen(self) -> PayloadKind:
        return PayloadKind(self.kind.currentData())

    def choose(self, kind: PayloadKind) -> None:
        self.kind.setCurrentIndex(self.kind.findData(kind.value))

    @property
    def bytes_each(self) -> int | None:
        """The size of a payload, at least 1; None for a file in one piece, whose size only the probe knows."""
        if self.chosen is PayloadKind.FILE and not self.piece.value():
            return None
        sizes = {
            PayloadKind.TEXT: len((self.text.text() or self.text.placeholderText()).encode()),
            PayloadKind.HEX: len((self.hex.text() or self.hex.placeholderText()).replace(" ", "")) // 2,
            PayloadKind.NUMBERED: self.numbered_size.value(),
            PayloadKind.RTP: self.rtp_size.value(),
            PayloadKind.FILE: self.piece.value(),
        }
        return max(1, sizes[self.chosen])

    def fill_in(self, request: SendRequest) -> SendRequest:
        """``request`` with this payload."""
        kind = self.chosen
        if kind is PayloadKind.TEXT:
            return msgspec.structs.replace(request, text=self.text.text() or self.text.placeholderText())
        if kind is PayloadKind.HEX:
            return msgspec.structs.replace(request, hex=self.hex.text() or self.hex.placeholderText())
        if kind is PayloadKind.FILE:
            size = self.piece.value() or None
            return msgspec.structs.replace(request, payload_kind="file", file=self.file.text().strip(), size=size)
        if kind is PayloadKind.RTP:
            return msgspec.structs.replace(request, payload_kind="rtp", size=self.rtp_size.value())
        return msgspec.structs.replace(request, size=self.numbered_size.value())

    def show_request(self, request: SendRequest) -> None:
        """Take up what ``fill_in`` made."""
        if request.text is not None:
            self.choose(PayloadKind.TEXT)
            self.text.setText(request.text)
        elif request.hex is not None:
            self.choose(PayloadKind.HEX)
            self.hex.setText(request.hex)
        elif request.file is not None:
            self.choose(PayloadKind.FILE)
            self.file.setText(request.file)
            self.piece.setValue(request.size or 0)
        elif request.payload_kind == "rtp":
            self.choose(PayloadKind.RTP)
            self.rtp_size.setValue(request.size or USUAL_RTP)
        else:
            self.choose(PayloadKind.NUMBERED)
            self.numbered_size.setValue(request.size or SMALLEST_NUMBERED)

    def remember(self) -> None:
        """For the next start."""
        self._settings.set_page_text(PAGE, "send/kind", self.chosen.value)
        for name in ("text", "hex", "file"):
            self._settings.set_page_text(PAGE, f"send/{name}", getattr(self, name).text())

    def _kind_changed(self) -> None:
        self._stack.setCurrentWidget(self._places[self.chosen])
        self.changed.emit()

    def _arrange(self) -> None:
        gap = unit(self.font()) * 2
        for kind, widgets in (
            (PayloadKind.TEXT, (self.text,)),
            (PayloadKind.HEX, (self.hex,)),
            (PayloadKind.NUMBERED, (self.numbered_size,)),
            (PayloadKind.RTP, (self.rtp_size,)),
            (PayloadKind.FILE, (self.file, self.piece)),
        ):
            place = self._places[kind] = QWidget()
            row = QHBoxLayout(place)
            row.setContentsMargins(0, 0, 0, 0)
            row.setSpacing(gap)
            for widget in widgets:
                row.addWidget(widget, 1 if isinstance(widget, QLineEdit) else 0)
            if not isinstance(widgets[0], QLineEdit):
                row.addStretch(1)
            self._stack.addWidget(place)
        self._stack.setFixedHeight(self.text.sizeHint().height())
        layout = QHBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(gap)
        layout.addWidget(PlainLabel(self.tr("Payload"), dim=True))
        layout.addWidget(self.kind)
        layout.addWidget(self._stack, 1)

    def _line(self, name: str, example: str) -> QLineEdit:
        line = QLineEdit()
        line.setAccessibleName(name)
        line.setPlaceholderText(example)
        line.textChanged.connect(self.changed)
        line.returnPressed.connect(self.submitted)
        return line

    def _number(self, name: str, least: int) -> QSpinBox:
        box = QSpinBox()
        box.setRange(least, LARGEST)
        box.setSuffix(self.tr(" bytes"))
        box.setAccessibleName(name)
        box.valueChanged.connect(self.changed)
        return box
