"""The bar above the table of ports: the field "Who owns port…", the answer, and which addresses are shown."""

from __future__ import annotations

from collections.abc import Sequence
from typing import cast

from PySide6.QtCore import QEvent, QRect, Qt, Signal, SignalInstance
from PySide6.QtGui import QColor, QFontMetrics, QKeyEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLineEdit, QPushButton, QSizePolicy, QVBoxLayout, QWidget

from ui.pages.ports.endpoint import port_number
from ui.pages.ports.verdict import Verdict
from ui.port_input import wrong_port
from ui.text import count, fill
from ui.theme import Tone, tokens, unit
from ui.widgets.labels import PlainLabel, Size


class Question(QFrame):
    """Asks for a port and shows the verdict about it.

    Signals:
        asked: the port typed, None where the field holds none.
        everywhere_toggled: whether sockets at other addresses than the chosen interface's are wanted too.
        left: the person is done with the field.
        answers_wanted: the port of which is wanted who answers there.
        bind_wanted: the port that somebody wants to bind.
        watch_toggled: the port that is to be watched from now on, or no more.
    """

    asked = Signal(object)
    everywhere_toggled = Signal(bool)
    left = Signal()
    answers_wanted = Signal(int)
    bind_wanted = Signal(int)
    watch_toggled = Signal(int)

    def __init__(self) -> None:
        super().__init__()
        self._tone: Tone | None = None
        self._watched = ""
        gap = unit(self.font())
        self.field = _PortField()
        self.field.textEdited.connect(self._edited)
        self.field.left.connect(self.left)
        self.title = PlainLabel(size=Size.STRONG, wraps=True, selectable=True)
        self.text = PlainLabel(wraps=True, selectable=True)
        self.hint = PlainLabel(dim=True, wraps=True)
        self.elsewhere = QPushButton()
        self.elsewhere.setAutoDefault(False)
        self.elsewhere.setCheckable(True)
        self.elsewhere.toggled.connect(self.everywhere_toggled)
        words = QVBoxLayout()
        words.setSpacing(gap // 2)
        for label in (self.title, self.text, self.hint):
            words.addWidget(label)
        self._actions = QWidget()
        words.addWidget(self._actions)
        self._add_actions(gap)
        layout = QHBoxLayout(self)
        layout.setContentsMargins(gap * 3, gap * 2, gap * 2, gap * 2)
        layout.setSpacing(gap * 3)
        layout.addWidget(self.field, 0, Qt.AlignmentFlag.AlignTop)
        layout.addLayout(words, 1)
        layout.addWidget(self.elsewhere, 0, Qt.AlignmentFlag.AlignTop)
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Maximum)
        self.show_verdict(None)
        self.show_elsewhere(0, "")

    def _add_actions(self, gap: int) -> None:
        row = QHBoxLayout(self._actions)
        row.setContentsMargins(0, gap, 0, 0)
        row.setSpacing(gap * 2)
        self.answers = self._button(self.tr("Who answers?"), self.answers_wanted)
        self.answers.setToolTip(self.tr("Connects to the port at every address of this computer"))
        self.bind = self._button(self.tr("May I have it?"), self.bind_wanted)
        self.bind.setToolTip(self.tr("Tries to bind the port, and says why that is refused"))
        self.watch = self._button("", self.watch_toggled)
        self.watch.setToolTip(self.tr("Tells when the port is taken or freed, also while another page is in front"))
        for button in (self.answers, self.bind, self.watch):
            row.addWidget(button)
        row.addStretch(1)

    def _button(self, text: str, wanted: SignalInstance) -> QPushButton:
        button = QPushButton(text)
        button.setAutoDefault(False)
        button.setAccessibleName(text)
        button.clicked.connect(lambda: wanted.emit(self.port) if self.port is not None else None)
        return button

    def set_port(self, port: int | None) -> None:
        """Put it into the field; ``asked`` is not emitted."""
        self.field.setText("" if port is None else str(port))

    @property
    def port(self) -> int | None:
        """The port in the field."""
        return port_number(self.field.text())

    def show_verdict(self, verdict: Verdict | None) -> None:
        """The answer; without one, what the field is for."""
        if verdict is None and self.port is None and self.field.text().strip():
            problem = wrong_port(self.field.text())
            verdict = Verdict(problem.text, problem.remedy, Tone.WARNING)
        self._tone = verdict.tone if verdict is not None else None
        _say(self.title, verdict.title if verdict is not None else "")
        _say(self.text, verdict.text if verdict is not None else "")
        idle = self.tr("Type a port number to see who holds it and how to free it.")
        _say(self.hint, " ".join(filter(None, (idle, self._watched))) if verdict is None else "")
        self._actions.setVisible(self.port is not None)
        self.update()

    def show_watched(self, ports: Sequence[int], words: str) -> None:
        """``ports`` are watched; ``words`` say how they stand."""
        self._watched = words
        text = self.tr("★ Watched") if self.port in ports else self.tr("☆ Watch")
        if self.watch.text() != text:
            self.watch.setText(text)
            self.watch.setAccessibleName(text[2:])

    def show_elsewhere(self, hidden: int, interface: str) -> None:
        """How many sockets are not shown because ``interface`` is chosen; "" where none is chosen."""
        self.elsewhere.setVisible(bool(interface) and (bool(hidden) or self.elsewhere.isChecked()))
        if self.elsewhere.isChecked():
            text = self.tr("All addresses")
            tip = fill(self.tr("Show only sockets that %1 reaches"), interface)
        else:
            text = fill(self.tr("+%1 at other addresses"), count(hidden))
            tip = fill(self.tr("Sockets that %1 does not reach are not shown. Show them too."), interface)
        if self.elsewhere.text() != text:
            self.elsewhere.setText(text)
        self.elsewhere.setToolTip(tip)
        self.elsewhere.setAccessibleName(text)

    def _edited(self) -> None:
        self.asked.emit(self.port)

    def paintEvent(self, _event: QPaintEvent) -> None:
        colours = tokens(self.palette())
        painter = QPainter(self)
        area = self.rect()
        painter.fillRect(area, QColor(colours.base))
        if self._tone is not None:
            painter.fillRect(area, colours.tint(self._tone, 0.07 if colours.dark else 0.05))
            painter.fillRect(QRect(0, 0, unit(self.font()), area.height()), colours.tone(self._tone))
        painter.fillRect(QRect(0, area.bottom(), area.width(), 1), QColor(colours.line))


class _PortField(QLineEdit):
    """Wide enough for a port and its placeholder. Escape empties it, then leaves it, as Enter does.

    Signals:
        left: the person is done.
    """

    left = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.setPlaceholderText(self.tr("Who owns port…"))
        self.setAccessibleName(self.tr("Who owns port"))
        self.setToolTip(self.tr("A number in the filter asks the same."))
        self.setClearButtonEnabled(True)
        self.setMaxLength(12)
        metrics = QFontMetrics(self.font())
        self.setFixedWidth(metrics.horizontalAdvance(self.placeholderText()) + metrics.height() * 3)

    def event(self, event: QEvent) -> bool:
        if event.type() == QEvent.Type.ShortcutOverride and cast("QKeyEvent", event).key() == Qt.Key.Key_Escape:
            event.accept()  # before the window's own Escape
            return True
        return super().event(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Escape and self.text():
            self.clear()
            self.textEdited.emit("")
        elif event.key() in (Qt.Key.Key_Escape, Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self.left.emit()
        else:
            super().keyPressEvent(event)


def _say(label: PlainLabel, text: str) -> None:
    """Only a change is set, so that a selection stays."""
    if label.text() != text:
        label.setText(text)
    label.setVisible(bool(text))
