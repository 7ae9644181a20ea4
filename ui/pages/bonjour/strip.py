"""The strip above the Bonjour table: which services are shown, whether anything is sent, further types to browse."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QColor, QFontMetrics, QPainter, QPaintEvent, QPalette
from PySide6.QtWidgets import (
    QButtonGroup,
    QCheckBox,
    QHBoxLayout,
    QLineEdit,
    QPushButton,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from net.records import Problem
from ui.pages.bonjour.rows import State
from ui.text import count, tooltip, visible
from ui.theme import Tone, tokens, unit
from ui.widgets.dot import Dot
from ui.widgets.labels import PlainLabel, WrappedLabel

TYPE_CAP = 40


class BonjourStrip(QWidget):
    """All, alive or gone; quiet; the field for a type; a button for each type browsed besides.

    Signals:
        shown_changed: State.ALIVE, State.GONE, or None for all.
        quiet_changed: whether nothing is to be sent.
        type_wanted: what was typed, to be browsed besides.
        type_dropped: a type that is to be browsed no more.
    """

    shown_changed = Signal(object)
    quiet_changed = Signal(bool)
    type_wanted = Signal(str)
    type_dropped = Signal(str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAutoFillBackground(True)
        self.setBackgroundRole(QPalette.ColorRole.Base)
        gap = unit(self.font())
        self._choices: dict[State | None, QToolButton] = {}
        self._types: dict[str, QPushButton] = {}
        self.field = TypeField()
        self.field.wanted.connect(self.type_wanted)
        self.quiet = QCheckBox(self.tr("Quiet"))
        self.quiet.setToolTip(self.tr("Send nothing: show only what other hosts say by themselves"))
        self.quiet.toggled.connect(self._quiet_toggled)
        self.quiet_note = WrappedLabel(dim=True)
        self.quiet_note.hide()
        self._type_row = QHBoxLayout()
        self._type_row.setSpacing(gap)
        row = QHBoxLayout()
        row.setSpacing(gap)
        self._add_choices(row)
        row.addStretch(1)
        row.addLayout(self._type_row)
        row.addSpacing(gap)
        row.addWidget(self.quiet)
        row.addSpacing(gap)
        row.addWidget(self.field)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(gap * 3, gap, gap * 3, gap + 1)
        layout.setSpacing(gap // 2)
        layout.addLayout(row)
        layout.addWidget(self.quiet_note)
        layout.addWidget(self.field.refusal)

    def _add_choices(self, row: QHBoxLayout) -> None:
        group = QButtonGroup(self)
        for state, says in (
            (None, self.tr("All services, also those that are gone for less than five minutes")),
            (State.ALIVE, self.tr("Only services that are there")),
            (State.GONE, self.tr("Only services that are gone")),
        ):
            button = QToolButton()
            button.setCheckable(True)
            button.setAutoRaise(True)
            button.setToolTip(says)
            button.clicked.connect(lambda _checked=False, state=state: self.shown_changed.emit(state))
            group.addButton(button)
            row.addWidget(button)
            self._choices[state] = button
        self._choices[None].setChecked(True)
        self.set_counts(0, 0)

    def set_counts(self, alive: int, gone: int) -> None:
        """The numbers beside the words."""
        for state, text, number in (
            (None, self.tr("All"), alive + gone),
            (State.ALIVE, self.tr("Alive"), alive),
            (State.GONE, self.tr("Gone"), gone),
        ):
            button = self._choices[state]
            said = f"{text} {count(number)}"
            if button.text() != said:
                button.setText(said)
                button.setAccessibleName(said)

    def choose(self, state: State | None) -> None:
        """Show that choice as taken."""
        self._choices[state].setChecked(True)

    def _quiet_toggled(self, quiet: bool) -> None:  # noqa: FBT001 - Qt's signal
        self.quiet_note.setText(
            self.tr(
                "Quiet: nothing is sent. Known is what hosts announce, and what they answer to the questions of others."
            )
        )
        self.quiet_note.setVisible(quiet)
        self.quiet_changed.emit(quiet)

    def set_types(self, types: Sequence[tuple[str, int]]) -> None:
        """The types browsed besides, with the number of services each has brought."""
        for name in self._types.keys() - {name for name, _ in types}:
            button = self._types.pop(name)
            self._type_row.removeWidget(button)
            button.hide()
            button.deleteLater()
        for name, number in types:
            button = self._types.get(name) or self._add_type(name)
            text = f"{visible(name, TYPE_CAP)} · {count(number)}  ✕"
            if button.text() != text:
                button.setText(text.replace("&", "&&"))
                button.setAccessibleName(self.tr("Stop browsing %1").replace("%1", visible(name, TYPE_CAP)))

    def types(self) -> tuple[str, ...]:
        """The types for which a button stands."""
        return tuple(self._types)

    def _add_type(self, name: str) -> QPushButton:
        button = QPushButton()
        button.setAutoDefault(False)
        tip = self.tr("%1 is browsed besides all types that are listed. Click to stop that.")
        button.setToolTip(tooltip(tip.replace("%1", visible(name))))
        button.clicked.connect(lambda: self.type_dropped.emit(name))
        self._types[name] = button
        self._type_row.addWidget(button)
        return button

    def paintEvent(self, _event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.fillRect(0, self.height() - 1, self.width(), 1, QColor(tokens(self.palette()).line))


class TypeField(QLineEdit):
    """Takes a service type; what is wrong with it stands beneath.

    Signals:
        wanted: the text, when Enter was pressed on it.
    """

    wanted = Signal(str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.refusal = Refusal()
        self.setPlaceholderText(self.tr("Also browse type…  _http._tcp"))
        self.setAccessibleName(self.tr("Also browse type"))
        self.setToolTip(
            self.tr("A type that nothing lists, or a subtype: _http._tcp, _printer._sub._http._tcp. Enter begins.")
        )
        self.setMaxLength(255)
        self.setFixedWidth(QFontMetrics(self.font()).averageCharWidth() * 34)
        self.returnPressed.connect(self._entered)
        self.textEdited.connect(self._edited)

    def show_problem(self, text: str, problem: Problem) -> None:
        """``text`` was refused: it stands here again, with the reason."""
        if not self.text():
            self.setText(text)
        self.refusal.say(f"{visible(problem.text)} {visible(problem.remedy)}")
        self.setAccessibleDescription(self.refusal.text())
        self.setFocus(Qt.FocusReason.OtherFocusReason)

    def _entered(self) -> None:
        text = self.text().strip()
        self._edited()
        if text:
            self.clear()
            self.wanted.emit(text)

    def _edited(self) -> None:
        self.refusal.say("")
        self.setAccessibleDescription("")


class Refusal(QWidget):
    """A sentence in the colour of errors, with its dot; not there while there is nothing to say."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        gap = unit(self.font())
        dot = Dot()
        dot.set_tone(Tone.ERROR)
        self._label = PlainLabel(wraps=True, selectable=True)
        layout = QHBoxLayout(self)
        layout.setContentsMargins(gap, gap, gap, gap)
        layout.setSpacing(gap * 2)
        sign = QVBoxLayout()
        sign.setContentsMargins(0, gap, 0, 0)
        sign.addWidget(dot)
        sign.addStretch(1)
        layout.addLayout(sign)
        layout.addWidget(self._label, 1)
        self.hide()

    def say(self, text: str) -> None:
        """Show the sentence; "" hides it."""
        self._label.setText(text)
        self.setVisible(bool(text))

    def text(self) -> str:
        return self._label.text()
