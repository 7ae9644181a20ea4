"""The strip at the bottom: sends datagrams from the chosen interface and says how that went."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import msgspec
from PySide6.QtCore import Qt
from PySide6.QtGui import QColor, QPainter, QPaintEvent
from PySide6.QtWidgets import QHBoxLayout, QPushButton, QToolButton, QVBoxLayout, QWidget

from net.records import Problem
from net.requests import SendRequest
from ui.link import Link
from ui.pages.multicast.emptiness import nowhere_to_send
from ui.pages.multicast.send_form import PAGE, SendForm
from ui.pages.multicast.sending import LOUD_PACKETS_PER_S, Sending
from ui.pages.multicast.stream_columns import bit_rate
from ui.pages.multicast.target import Target, parse_target
from ui.pages.multicast.words import interfaces_in_words
from ui.settings import Settings
from ui.text import count, fill, packet_rate, plural, visible
from ui.theme import Tone, tokens, unit
from ui.widgets.labels import PlainLabel
from ui.widgets.note_line import NoteLine

OPEN = "send/open"


class SendStrip(QWidget):
    """Closed it is one line, with Stop on it while something is sent.

    ``places``: gives the interfaces a send to a target leaves by. ``default_target``: the text to send to while the
    strip's own field is empty.
    """

    def __init__(
        self,
        link: Link,
        settings: Settings,
        places: Callable[[Target | None], tuple[str, ...]],
        default_target: Callable[[], str],
    ) -> None:
        super().__init__()
        self.sending: Sending | None = None
        self._link = link
        self._settings = settings
        self._places = places
        self._default_target = default_target
        self._confirming: tuple[SendRequest, tuple[str, ...]] | None = None
        self.form = SendForm(settings)
        self.note = NoteLine(vanishes=True)
        self.toggle = QToolButton()
        self.summary = PlainLabel(dim=True)
        self.send = self._button(self.tr("Send"))
        self.stop = self._button(self.tr("Stop"))
        self.anyway = self._button(self.tr("Send all the same"))
        self._arrange()
        self.form.submitted.connect(self.ask_to_send)
        self.form.changed.connect(self.refresh)
        self.send.clicked.connect(self.ask_to_send)
        self.stop.clicked.connect(self.stop_sending)
        self.anyway.clicked.connect(self._confirmed)
        self.toggle.toggled.connect(self._toggled)
        self.toggle.setChecked(settings.page_text(PAGE, OPEN) == "yes")
        self._toggled(self.toggle.isChecked())
        self.refresh()

    @property
    def target_text(self) -> str:
        """What would be sent to."""
        return self.form.target.text().strip() or self._default_target()

    def send_to(self, text: str) -> None:
        """Open, with that target."""
        self.form.target.setText(text)
        self.toggle.setChecked(True)
        self.form.text.setFocus()

    def refresh(self) -> None:
        """Other interfaces, another group above, other fields: the button's words, and no confirmation of the old."""
        self.form.target.setPlaceholderText(visible(self._default_target(), 60))
        target = parse_target(self.target_text)
        names = self._places(target if isinstance(target, Target) else None)
        if self._confirming is not None and self._confirming != self._meant(target, names):
            self._confirming = None
            self.note.show_text("")
        text = self.tr("Send from %1").replace("%1", interfaces_in_words(names)) if names else self.tr("Send")
        self.send.setText(text.replace("&", "&&"))
        self.send.setAccessibleName(text)
        self._show_buttons()

    def ask_to_send(self) -> None:
        """What the button and Enter do."""
        if self.sending is not None and not self.sending.over:
            return
        target = parse_target(self.target_text)
        if isinstance(target, Problem):
            self.note.show_problem(target)
            return
        names = self._places(target)
        if not names:
            self.note.show_problem(nowhere_to_send(target))
            return
        number = self.form.count.value()
        if self.form.packets_per_s(len(names)) > LOUD_PACKETS_PER_S:
            self._confirming = self._meant(target, names)
            text = self.tr(
                "This sends %1 packets from %2, more than %3 a second: that can hold up everybody on the network."
            )
            many = count(number) if number else self.tr("any number of")
            text = text.replace("%1", many).replace("%3", count(LOUD_PACKETS_PER_S))
            self.note.show_state(text.replace("%2", interfaces_in_words(names)), Tone.WARNING)
            self._show_buttons()
            return
        self._start(self.form.request(target.endpoint), names)

    def _meant(self, target: Target | Problem, names: tuple[str, ...]) -> tuple[SendRequest, tuple[str, ...]] | None:
        """What a click would send now."""
        return None if isinstance(target, Problem) else (self.form.request(target.endpoint), names)

    def stop_sending(self) -> None:
        """What Stop does; also for the page that closes."""
        if self.sending is not None:
            self.sending.stop()

    def close_strip(self) -> None:
        """The page closes."""
        self.stop_sending()
        self.form.remember()
        self._settings.set_page_text(PAGE, OPEN, "yes" if self.toggle.isChecked() else "no")

    def _confirmed(self) -> None:
        if self._confirming is not None:
            request, names = self._confirming
            self._confirming = None
            self._start(msgspec.structs.replace(request, fast=True), names)

    def _start(self, request: SendRequest, names: Sequence[str]) -> None:
        if self.sending is not None:
            self.sending.deleteLater()
        self.sending = Sending(self._link, request, names, self)
        self.sending.changed.connect(self._show_progress)
        self._show_progress()

    def _show_progress(self) -> None:
        sending = self.sending
        if sending is None:
            return
        if sending.over and sending.unconfirmed:
            # What the size of a file hangs on only the probe can tell.
            self._confirming = (sending.request, tuple(leg.interface for leg in sending.legs))
        text, tone = describe_sending(sending)
        self.note.show_state(text, tone)
        self.summary.setText("" if self.toggle.isChecked() else self.note.text)
        self._show_buttons()

    def _show_buttons(self) -> None:
        running = self.sending is not None and not self.sending.over
        self.stop.setVisible(running)
        self.send.setVisible(self.toggle.isChecked())
        self.send.setEnabled(not running)
        self.anyway.setVisible(self._confirming is not None and not running)

    def _toggled(self, shown: bool) -> None:  # noqa: FBT001 - Qt's signal
        self.toggle.setArrowType(Qt.ArrowType.DownArrow if shown else Qt.ArrowType.RightArrow)
        self._body.setVisible(shown)
        self.summary.setText("" if shown else self.note.text)
        self._show_buttons()

    def _arrange(self) -> None:
        gap = unit(self.font())
        self.toggle.setText(self.tr("Send"))
        self.toggle.setAccessibleName(self.tr("Show or hide sending"))
        self.toggle.setCheckable(True)
        self.toggle.setAutoRaise(True)
        self.toggle.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
        head = QHBoxLayout()
        head.setSpacing(gap * 2)
        head.setContentsMargins(0, 0, gap * 2, 0)
        head.addWidget(self.toggle)
        head.addWidget(self.summary, 1)
        for button in (self.stop, self.send):
            head.addWidget(button)
        self._body = QWidget()
        body = QVBoxLayout(self._body)
        body.setContentsMargins(gap * 2, 0, gap * 2, gap * 2)
        body.setSpacing(gap * 2)
        body.addWidget(self.form)
        said = QHBoxLayout()
        said.addWidget(self.note, 1)
        said.addWidget(self.anyway)
        body.addLayout(said)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(gap * 2, gap, gap * 2, gap)
        layout.setSpacing(gap)
        layout.addLayout(head)
        layout.addWidget(self._body)

    def _button(self, text: str) -> QPushButton:
        button = QPushButton(text)
        button.setAutoDefault(False)
        button.setAccessibleName(text)
        return button

    def paintEvent(self, _event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.fillRect(0, 0, self.width(), 1, QColor(tokens(self.palette()).line))


def describe_sending(sending: Sending) -> tuple[str, Tone]:
    """How far it is and what was refused, in a sentence or two, with the tone of its dot."""
    tr = sending.tr
    problems = sending.problems
    names = interfaces_in_words([leg.interface for leg in sending.legs])
    if not sending.over:
        one, many, tone = tr("Sending: %1 of %n packet from %3."), tr("Sending: %1 of %n packets from %3."), Tone.INFO
    elif sending.stopped:
        one, many = tr("Stopped: %1 of %n packet sent from %3."), tr("Stopped: %1 of %n packets sent from %3.")
        tone = Tone.NEUTRAL
    else:
        one, many, tone = tr("Sent %1 of %n packet from %3."), tr("Sent %1 of %n packets from %3."), Tone.OK
    words = plural(sending.wanted, one, many)
    if not sending.wanted:
        words = tr("Sent %1 packets from %3.") if sending.over else tr("Sending: %1 packets so far from %3.")
    if problems and sending.over and sending.sent == 0:
        words = ""
    text = words.replace("%1", count(sending.sent)).replace("%3", names)
    achieved = sending.achieved
    if text and achieved is not None and achieved[0]:
        rates = packet_rate(achieved[0]).strip(), bit_rate(achieved[1])
        text += " " + fill(tr("Achieved: %1, %2.") if sending.over else tr("Now %1, %2."), *rates)
    refusals = list(dict.fromkeys(f"{problem.text} {problem.remedy}" for _, problem in problems))
    if refusals:
        tone = Tone.ERROR if sending.sent == 0 else Tone.WARNING
    return " ".join(part for part in (text, *refusals) if part), tone
