"""The fields of the send strip: to whom, what, how far, how often; read into a request."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtGui import QFontMetrics
from PySide6.QtWidgets import QHBoxLayout, QLineEdit, QSpinBox, QVBoxLayout, QWidget

from net.requests import SendRequest
from ui.pages.multicast.pace_fields import PaceFields
from ui.pages.multicast.payload_fields import PAGE, PayloadFields, PayloadKind
from ui.pages.multicast.target import EXAMPLE
from ui.settings import Settings
from ui.theme import unit
from ui.widgets.labels import PlainLabel

__all__ = ("PAGE", "SendForm")
MOST = 100_000_000


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
        average = QFontMetrics(self.font()).averageCharWidth()
        self.target = QLineEdit()
        self.target.setAccessibleName(self.tr("Send to"))
        self.target.setPlaceholderText(EXAMPLE)
        self.target.setFixedWidth(average * 28)
        self.payload = PayloadFields(settings)
        self.kind, self.text, self.hex = self.payload.kind, self.payload.text, self.payload.hex
        self.payload_size = self.payload.numbered_size
        self.ttl = self._number(self.tr("TTL"), 255)
        self.ttl.setValue(1)
        self.ttl.setToolTip(self.tr("1 stays on this LAN; 0 stays on this computer"))
        self.dscp = self._number(self.tr("DSCP"), 63)
        self.dscp.setToolTip(self.tr("The class of service (RFC 2474), such as 46 for EF; 0 is best effort"))
        self.count = self._number(self.tr("Count"), MOST)
        self.count.setSpecialValueText(self.tr("until stopped"))
        self.count.setGroupSeparatorShown(True)
        self.count.setValue(1)
        self.count.setToolTip(self.tr("0 sends until you stop it"))
        self.pace = PaceFields()
        self.interval = self.pace.interval
        self._arrange()
        self.target.textChanged.connect(self.changed)
        self.target.returnPressed.connect(self.submitted)
        for fields in (self.payload, self.pace):
            fields.changed.connect(self.changed)
        self.payload.submitted.connect(self.submitted)

    @property
    def payload_kind(self) -> PayloadKind:
        return self.payload.chosen

    def request(self, group: str) -> SendRequest:
        """What the fields say, to ``group`` (GROUP:PORT); the interface is still to be named."""
        request = SendRequest(
            group=group, count=self.count.value(), ttl=self.ttl.value(), dscp=self.dscp.value() or None
        )
        return self.pace.fill_in(self.payload.fill_in(request))

    def show_request(self, request: SendRequest) -> None:
        """Take up what ``request`` gave."""
        self.target.setText(request.group)
        self.count.setValue(request.count or 0)
        self.ttl.setValue(request.ttl)
        self.dscp.setValue(request.dscp or 0)
        self.payload.show_request(request)
        self.pace.show_request(request)

    def packets_per_s(self, interfaces: int) -> float:
        """What would be sent in the busiest second: at most ``count`` from each interface.

        0 where only the probe can tell, which then asks for the confirmation.
        """
        rate = self.pace.packets_per_s(self.payload.bytes_each)
        return min(self.count.value() or float("inf"), rate) * interfaces if rate is not None else 0.0

    def remember(self) -> None:
        """For the next start."""
        self.payload.remember()

    def _arrange(self) -> None:
        gap = unit(self.font())
        upper, lower = QHBoxLayout(), QHBoxLayout()
        for row in (upper, lower):
            row.setSpacing(gap * 2)
        upper.addWidget(PlainLabel(self.tr("To"), dim=True))
        upper.addWidget(self.target)
        upper.addWidget(self.payload, 1)
        for words, box in ((self.tr("TTL"), self.ttl), (self.tr("DSCP"), self.dscp), (self.tr("Count"), self.count)):
            lower.addWidget(PlainLabel(words, dim=True))
            lower.addWidget(box)
        lower.addWidget(self.pace)
        lower.addStretch(1)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(gap * 2)
        layout.addLayout(upper)
        layout.addLayout(lower)

    def _number(self, name: str, most: int) -> QSpinBox:
        box = QSpinBox()
        box.setRange(0, most)
        box.setAccessibleName(name)
        box.valueChanged.connect(self.changed)
        return box
