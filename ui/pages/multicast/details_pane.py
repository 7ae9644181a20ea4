"""The details beside the page: of a group, of a packet with its payload, or of a stream."""

from __future__ import annotations

from enum import Enum

from PySide6.QtWidgets import QVBoxLayout, QWidget

from net.records import Datagram
from ui.pages.multicast.details import describe_packet
from ui.pages.multicast.payload_view import PayloadView
from ui.pages.multicast.stream_columns import StreamRow
from ui.pages.multicast.stream_details import describe_stream
from ui.widgets.actions import Action
from ui.widgets.details_form import Details


class About(Enum):
    """What the details are about."""

    GROUP = "group"
    PACKET = "packet"
    STREAM = "stream"


class Below(QWidget):
    """What stands under the facts: the payload of a packet, else nothing."""

    def __init__(self) -> None:
        super().__init__()
        self.about = About.GROUP
        self.payload = PayloadView()
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(self.payload, 1)
        self.show_group()

    def show_group(self) -> None:
        """Nothing is under a group."""
        self._be(About.GROUP)

    def show_packet(self, datagram: Datagram) -> Details:
        """Its payload; gives the facts to stand above."""
        self.payload.show_payload(datagram)
        self._be(About.PACKET)
        return describe_packet(datagram)

    def show_stream(self, row: StreamRow, actions: tuple[Action, ...]) -> Details:
        """Its facts; its pictures stand under the streams."""
        self._be(About.STREAM)
        return describe_stream(row, actions)

    def _be(self, about: About) -> None:
        self.about = about
        self.setVisible(about is About.PACKET)
