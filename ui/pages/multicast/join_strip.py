"""The strip at the top: which group, the button that joins it, and those that leave and clear."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Signal
from PySide6.QtGui import QColor, QFontMetrics, QPainter, QPaintEvent
from PySide6.QtWidgets import QHBoxLayout, QPushButton, QVBoxLayout, QWidget

from net.records import Problem
from ui.pages.multicast.group_field import GroupField
from ui.pages.multicast.known import name_of
from ui.pages.multicast.note_line import NoteLine
from ui.pages.multicast.target import EXAMPLE, Target, parse_target
from ui.pages.multicast.words import interfaces_in_words
from ui.text import visible
from ui.theme import tokens, unit

FIELD_CHARACTERS = 34


class JoinStrip(QWidget):
    """Says at once what is wrong with what was typed.

    Signals:
        join_wanted: a Target.
        text_changed: something else stands in the field.
        leave_wanted, clear_wanted: the selected groups are to be left; rows that are over are to go.
    """

    join_wanted = Signal(object)
    text_changed = Signal()
    leave_wanted = Signal()
    clear_wanted = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        gap = unit(self.font())
        self.field = GroupField()
        self.field.setFixedWidth(QFontMetrics(self.font()).averageCharWidth() * FIELD_CHARACTERS)
        self.known = self._button(self.tr("Well-known…"), self.tr("Choose among the well-known groups"))
        self.join = self._button(self.tr("Join"), "")
        self.leave = self._button(self.tr("Leave"), self.tr("Leave the selected groups; what was received stays"))
        self.clear = self._button(self.tr("Clear"), self.tr("Take away the rows that are left or refused"))
        self.note = NoteLine()
        upper = QHBoxLayout()
        upper.setSpacing(gap * 2)
        upper.addWidget(self.field)
        for button in (self.join, self.known):
            upper.addWidget(button)
        upper.addStretch(1)
        for button in (self.leave, self.clear):
            upper.addWidget(button)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(gap * 3, gap * 2, gap * 3, gap * 2)
        layout.setSpacing(gap)
        layout.addLayout(upper)
        layout.addWidget(self.note)
        self.field.returnPressed.connect(self.ask_to_join)
        self.field.textChanged.connect(self._typed)
        self.join.clicked.connect(self.ask_to_join)
        self.known.clicked.connect(self.field.show_all)
        self.leave.clicked.connect(self.leave_wanted)
        self.clear.clicked.connect(self.clear_wanted)
        self._typed()

    def target(self) -> Target | Problem:
        """What is typed, or what is wrong with it."""
        return parse_target(self.field.text())

    def ask_to_join(self) -> None:
        """What Enter does."""
        target = self.target()
        if isinstance(target, Problem):
            self.refuse(target)
        else:
            self.join_wanted.emit(target)

    def refuse(self, problem: Problem) -> None:
        """Say why not, with the typed text ready to be mended."""
        self.note.show_problem(problem)
        self.field.setFocus()
        self.field.selectAll()

    def show_places(self, names: Sequence[str]) -> None:
        """The interfaces a join would be made on, for the button's words."""
        words = interfaces_in_words(names)
        if names:
            text = self.tr("Join on %1").replace("%1", words)
            tip = self.tr("Join by index on %1, whatever the default route is")
            tip = tip.replace("%1", ", ".join(visible(name, 40) for name in names))
        else:
            text, tip = self.tr("Join"), self.tr("No interface here can carry LAN multicast now")
        self.join.setText(text.replace("&", "&&"))
        self.join.setAccessibleName(text)
        self.join.setToolTip(tip)

    def _typed(self) -> None:
        self.note.show_text(self._about())
        self.text_changed.emit()

    def _about(self) -> str:
        """What the group is known as; while it is not complete, what the field takes."""
        target = self.target()
        if isinstance(target, Problem):
            return self.tr("GROUP:PORT, such as %1 or [ff02::1:3]:5355; Enter joins.").replace("%1", EXAMPLE)
        row = name_of(target.group, target.port)
        if row is None:
            return self.tr("No well-known group; Enter joins.")
        words = self.tr("%1: %2.").replace("%2", row.note or row.used_by).replace("%1", row.name)
        return words if row.verified else self.tr("%1 Unverified.").replace("%1", words)

    def _button(self, text: str, tip: str) -> QPushButton:
        button = QPushButton(text)
        button.setAutoDefault(False)
        button.setAccessibleName(text)
        button.setToolTip(tip)
        return button

    def paintEvent(self, _event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.fillRect(0, self.height() - 1, self.width(), 1, QColor(tokens(self.palette()).line))
