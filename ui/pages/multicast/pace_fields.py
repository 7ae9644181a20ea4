"""How fast is sent: an interval, packets a second, or bits a second."""

from __future__ import annotations

from enum import Enum

import msgspec
from PySide6.QtCore import Signal
from PySide6.QtWidgets import QComboBox, QDoubleSpinBox, QHBoxLayout, QStackedWidget, QWidget

from net.requests import SendRequest
from ui.theme import unit

LONGEST_MS = 3_600_000.0
FASTEST = 10_000_000.0


class Pace(Enum):
    """What the number beside it counts."""

    INTERVAL = "interval"
    PACKETS = "packets"
    BITS = "bits"


class _Number(QDoubleSpinBox):
    """Without zeros that say nothing."""

    def textFromValue(self, value: float) -> str:
        return self.locale().toString(value, "g", 10)


class PaceFields(QWidget):
    """A choice and its number.

    Signals:
        changed: another pace.
    """

    changed = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.unit = QComboBox()
        for pace, words in (
            (Pace.INTERVAL, self.tr("Every")),
            (Pace.PACKETS, self.tr("Packets/s")),
            (Pace.BITS, self.tr("Bit rate")),
        ):
            self.unit.addItem(words, pace.value)
        self.unit.setAccessibleName(self.tr("Pace"))
        self.interval = self._number(self.tr("Interval in milliseconds"), 0.0, LONGEST_MS, 1000.0, self.tr(" ms"))
        self.packets = self._number(self.tr("Packets a second"), 0.01, FASTEST, 100.0, self.tr(" /s"))
        self.bits = self._number(self.tr("Bits of payload a second, in kb/s"), 0.01, FASTEST, 1000.0, self.tr(" kb/s"))
        self._stack = QStackedWidget()
        for box in (self.interval, self.packets, self.bits):
            self._stack.addWidget(box)
        self._stack.setFixedHeight(self.interval.sizeHint().height())
        layout = QHBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(unit(self.font()) * 2)
        layout.addWidget(self.unit)
        layout.addWidget(self._stack)
        self.unit.currentIndexChanged.connect(self._unit_changed)

    @property
    def chosen(self) -> Pace:
        return Pace(self.unit.currentData())

    def choose(self, pace: Pace) -> None:
        self.unit.setCurrentIndex(self.unit.findData(pace.value))

    def fill_in(self, request: SendRequest) -> SendRequest:
        """``request`` at this pace."""
        if self.chosen is Pace.PACKETS:
            return msgspec.structs.replace(request, rate_pps=self.packets.value())
        if self.chosen is Pace.BITS:
            return msgspec.structs.replace(request, rate_bps=self.bits.value() * 1000)
        return msgspec.structs.replace(request, interval_ms=self.interval.value())

    def show_request(self, request: SendRequest) -> None:
        """Take up what ``fill_in`` made."""
        if request.rate_pps is not None:
            self.choose(Pace.PACKETS)
            self.packets.setValue(request.rate_pps)
        elif request.rate_bps is not None:
            self.choose(Pace.BITS)
            self.bits.setValue(request.rate_bps / 1000)
        else:
            self.choose(Pace.INTERVAL)
            self.interval.setValue(request.interval_ms)

    def packets_per_s(self, size: int | None) -> float | None:
        """Packets of ``size`` bytes in a second, if there are enough to send; None where that hangs on a size that is
        unknown."""
        if self.chosen is Pace.PACKETS:
            return self.packets.value()
        if self.chosen is Pace.BITS:
            return self.bits.value() * 1000 / (8 * size) if size is not None else None
        interval = self.interval.value()
        return 1000 / interval if interval > 0 else float("inf")

    def _unit_changed(self) -> None:
        self._stack.setCurrentIndex(self.unit.currentIndex())
        self.changed.emit()

    def _number(self, name: str, least: float, most: float, value: float, suffix: str) -> _Number:
        box = _Number()
        box.setRange(least, most)
        box.setDecimals(2)
        box.setValue(value)
        box.setSuffix(suffix)
        box.setAccessibleName(name)
        box.valueChanged.connect(self.changed)
        return box
