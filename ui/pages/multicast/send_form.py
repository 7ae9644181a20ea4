"""The fields of the send strip: to whom, what, how far, how often; read into a request."""

from __future__ import annotations

from enum import Enum

from PySide6.QtCore import Signal
from PySide6.QtGui import QFontMetrics
from PySide6.QtWidgets import (
    QComboBox,
    QDoubleSpinBox,
    QHBoxLayout,
    QLineEdit,
    QSpinBox,
    QStackedWidget,
    QVBoxLayout,
    QWidget,
)

from net.requests import SendRequest
from ui.pages.multicast.target import EXAMPLE
from ui.settings import Settings
from ui.theme import fixed_font, unit
from ui.widgets.labels import PlainLabel

SMALLEST_NUMBERED = 45
"""Bytes of the shortest numbered payload: lanscout, run, number and time (net.multicast.payloads)."""
LARGEST = 65_507
MOST = 100_000_000
LONGEST_MS = 3_600_000.0
PAGE = "multicast"


class PayloadKind(Enum):
    """What the payload field holds."""

    TEXT = "text"
    HEX = "hex"
    NUMBERED = "numbered"


class _Interval(QDoubleSpinBox):
    """Milliseconds, without zeros that say nothing."""

    def textFromValue(self, value: float) -> str:
        return self.locale().toString(value, "g", 10)


class SendForm(QWidget):
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
        average = QFontMetrics(self.font()).averageCharWidth()
        self.target = self._line(self.tr("Send to"), EXAMPLE)
        self.target.setFixedWidth(average * 34)
        self.kind = QComboBox()
        for kind, words in (
            (PayloadKind.TEXT, self.tr("Text")),
            (PayloadKind.HEX, self.tr("Hex")),
            (PayloadKind.NUMBERED, self.tr("Numbered")),
        ):
            self.kind.addItem(words, kind.value)
        self.kind.setAccessibleName(self.tr("Kind of payload"))
        self.kind.setToolTip(self.tr("Numbered: the receiver tells lost, duplicated and reordered packets and jitter"))
        self.text = self._line(self.tr("Text to send"), self.tr("hello"))
        self.hex = self._line(self.tr("Bytes to send"), "48 65 6c 6c 6f")
        self.hex.setFont(fixed_font(self.font()))
        self.payload_size = self._number(self.tr("Size of each payload"), SMALLEST_NUMBERED, LARGEST, self.tr(" bytes"))
        self.ttl = self._number(self.tr("TTL"), 0, 255, "")
        self.ttl.setValue(1)
        self.ttl.setToolTip(self.tr("1 stays on this LAN; 0 stays on this computer"))
        self.count = self._number(self.tr("Count"), 1, MOST, "")
        self.count.setGroupSeparatorShown(True)
        self.interval = _Interval()
        self.interval.setRange(0.0, LONGEST_MS)
        self.interval.setDecimals(2)
        self.interval.setValue(1000.0)
        self.interval.setSuffix(self.tr(" ms"))
        self.interval.setAccessibleName(self.tr("Interval in milliseconds"))
        self.interval.valueChanged.connect(self.changed)
        self._payloads = QStackedWidget()
        self._arrange()
        self._restore()
        self.kind.currentIndexChanged.connect(self._kind_changed)
        self._kind_changed()

    @property
    def payload_kind(self) -> PayloadKind:
        return PayloadKind(self.kind.currentData())

    def request(self, group: str) -> SendRequest:
        """What the fields say, to ``group`` (GROUP:PORT); the interface is still to be named."""
        kind = self.payload_kind
        return SendRequest(
            group=group,
            count=self.count.value(),
            interval_ms=self.interval.value(),
            ttl=self.ttl.value(),
            text=(self.text.text() or self.text.placeholderText()) if kind is PayloadKind.TEXT else None,
            hex=(self.hex.text() or self.hex.placeholderText()) if kind is PayloadKind.HEX else None,
            size=self.payload_size.value() if kind is PayloadKind.NUMBERED else None,
        )

    def remember(self) -> None:
        """For the next start."""
        for key, value in (
            ("send/kind", self.payload_kind.value),
            ("send/text", self.text.text()),
            ("send/hex", self.hex.text()),
        ):
            self._settings.set_page_text(PAGE, key, value)

    def _restore(self) -> None:
        self.text.setText(self._settings.page_text(PAGE, "send/text"))
        self.hex.setText(self._settings.page_text(PAGE, "send/hex"))
        self.kind.setCurrentIndex(max(0, self.kind.findData(self._settings.page_text(PAGE, "send/kind"))))

    def _kind_changed(self) -> None:
        place = {PayloadKind.TEXT: self.text, PayloadKind.HEX: self.hex, PayloadKind.NUMBERED: self._sizes}
        self._payloads.setCurrentWidget(place[self.payload_kind])
        self.changed.emit()

    def _arrange(self) -> None:
        gap = unit(self.font())
        self._sizes = QWidget()
        sizes = QHBoxLayout(self._sizes)
        sizes.setContentsMargins(0, 0, 0, 0)
        sizes.addWidget(self.payload_size)
        sizes.addStretch(1)
        for widget in (self.text, self.hex, self._sizes):
            self._payloads.addWidget(widget)
        self._payloads.setFixedHeight(self.text.sizeHint().height())
        upper, lower = QHBoxLayout(), QHBoxLayout()
        for row in (upper, lower):
            row.setSpacing(gap * 2)
        _add(
            upper, PlainLabel(self.tr("To"), dim=True), self.target, PlainLabel(self.tr("Payload"), dim=True), self.kind
        )
        upper.addWidget(self._payloads, 1)
        _add(lower, PlainLabel(self.tr("TTL"), dim=True), self.ttl, PlainLabel(self.tr("Count"), dim=True), self.count)
        _add(lower, PlainLabel(self.tr("Every"), dim=True), self.interval)
        self.buttons = QHBoxLayout()
        self.buttons.setSpacing(gap * 2)
        lower.addStretch(1)
        lower.addLayout(self.buttons)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(gap * 2)
        layout.addLayout(upper)
        layout.addLayout(lower)

    def _line(self, name: str, example: str) -> QLineEdit:
        line = QLineEdit()
        line.setAccessibleName(name)
        line.setPlaceholderText(example)
        line.textChanged.connect(self.changed)
        line.returnPressed.connect(self.submitted)
        return line

    def _number(self, name: str, least: int, most: int, suffix: str) -> QSpinBox:
        box = QSpinBox()
        box.setRange(least, most)
        box.setSuffix(suffix)
        box.setAccessibleName(name)
        box.valueChanged.connect(self.changed)
        return box


def _add(row: QHBoxLayout, *widgets: QWidget) -> None:
    for widget in widgets:
        row.addWidget(widget)
