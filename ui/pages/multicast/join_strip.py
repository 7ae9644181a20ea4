"""The strip at the top: which group, how and where, the button that joins it, and those that leave and clear."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QColor, QFontMetrics, QHideEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QHBoxLayout, QPushButton, QToolButton, QVBoxLayout, QWidget

from net.records import Problem
from ui.pages.multicast.group_field import GroupField
from ui.pages.multicast.join_options import JoinOptions
from ui.pages.multicast.known import name_of
from ui.pages.multicast.options_row import OptionsRow
from ui.pages.multicast.target import EXAMPLE, Target, parse_targets
from ui.pages.multicast.words import interfaces_in_words
from ui.text import count, fill, visible
from ui.theme import tokens, unit
from ui.widgets.note_line import NoteLine

FIELD_CHARACTERS = 34
FIELD_LEAST = 22


class JoinStrip(QWidget):
    """Says at once what is wrong with what was typed.

    Signals:
        join_wanted: a tuple of Targets, several for a range.
        text_changed: something else stands in a field.
        leave_wanted, clear_wanted: the selected groups are to be left; rows that are over are to go.
    """

    join_wanted = Signal(object)
    text_changed = Signal()
    leave_wanted = Signal()
    clear_wanted = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.field = GroupField()
        average = QFontMetrics(self.font()).averageCharWidth()
        self.field.setMinimumWidth(average * FIELD_LEAST)
        self.field.setMaximumWidth(average * FIELD_CHARACTERS)
        self.known = self._button(self.tr("Well-known…"), self.tr("Choose among the well-known groups"))
        self.join = self._button(self.tr("Join"), "")
        self.leave = self._button(self.tr("Leave"), self.tr("Leave the selected groups; what was received stays"))
        self.clear = self._button(self.tr("Clear"), self.tr("Take away the rows that are left or refused"))
        self.options = OptionsRow()
        self.toggle = QToolButton()
        self.toggle.setText(self.tr("Options"))
        self.toggle.setAccessibleName(self.tr("Show or hide interfaces, sources and presets"))
        self.toggle.setToolTip(self.tr("Several interfaces, sources, observing, presets"))
        self.toggle.setCheckable(True)
        self.toggle.setAutoRaise(True)
        self.toggle.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
        self.note = NoteLine()
        self._arrange()
        self.field.returnPressed.connect(self.ask_to_join)
        self.field.textChanged.connect(self._typed)
        self.join.clicked.connect(self.ask_to_join)
        self.known.clicked.connect(self.field.show_all)
        self.toggle.toggled.connect(self._toggled)
        self.options.changed.connect(self._typed)
        self.options.submitted.connect(self.ask_to_join)
        self.leave.clicked.connect(self.leave_wanted)
        self.clear.clicked.connect(self.clear_wanted)
        self.show_options(shown=False)
        self._typed()

    @property
    def options_shown(self) -> bool:
        return self.toggle.isChecked()

    def show_options(self, *, shown: bool) -> None:
        """Open the second row, or close it."""
        self.toggle.setChecked(shown)
        self._toggled(shown)

    def targets(self) -> tuple[Target, ...] | Problem:
        """What is typed, one group or a range, or what is wrong with it."""
        return parse_targets(self.field.text())

    def target(self) -> Target | Problem:
        """The first of ``targets``."""
        targets = self.targets()
        return targets if isinstance(targets, Problem) else targets[0]

    def ask_to_join(self) -> None:
        """What Enter does."""
        targets = self.targets()
        if isinstance(targets, Problem):
            self.refuse(targets)
        else:
            self.join_wanted.emit(targets)

    def refuse(self, problem: Problem) -> None:
        """Say why not, with the typed text ready to be mended."""
        self.note.show_problem(problem)
        self.field.setFocus()
        self.field.selectAll()

    def refuse_sources(self, problem: Problem) -> None:
        """Say what is wrong with the sources, with their field open and ready."""
        self.show_options(shown=True)
        self.note.show_problem(problem)
        field = self.options.sources
        if not field.isVisible():
            self.options.mode.setFocus()
            return
        field.setFocus()
        field.selectAll()

    def calm_down(self) -> None:
        """What was wrong with the last try is over."""
        self.note.show_text(self._about())

    def hideEvent(self, event: QHideEvent) -> None:
        super().hideEvent(event)
        self.calm_down()

    def show_places(self, names: Sequence[str]) -> None:
        """The interfaces a join would be made on, for the button's words."""
        words = interfaces_in_words(names)
        if names:
            observe = self.options.observe.isChecked()
            text = (self.tr("Observe on %1") if observe else self.tr("Join on %1")).replace("%1", words)
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

    def _toggled(self, shown: bool) -> None:  # noqa: FBT001 - Qt's signal
        self.toggle.setArrowType(Qt.ArrowType.DownArrow if shown else Qt.ArrowType.RightArrow)
        self.options.setVisible(shown)

    def _about(self) -> str:
        """What the group is known as; while it is not complete, what the field takes."""
        targets = self.targets()
        if not isinstance(targets, Problem) and self._lacks_source(targets[0]):
            return self.tr(
                "Needs a source: in Options choose “Only from” and give the sender's address; then Enter joins."
            )
        if not isinstance(targets, Problem) and len(targets) > 1:
            words = self.tr("%1 groups and ports, from %2 to %3; Enter joins them all.")
            return fill(words, count(len(targets)), targets[0].endpoint, targets[-1].endpoint)
        target = targets if isinstance(targets, Problem) else targets[0]
        if isinstance(target, Problem):
            return self.tr("GROUP:PORT, such as %1 or 239.1.1.1-20:5000; Enter joins.").replace("%1", EXAMPLE)
        row = name_of(target.group, target.port)
        if row is None:
            return self.tr("No well-known group; Enter joins.")
        words = self.tr("%1: %2.").replace("%2", row.note or row.used_by).replace("%1", row.name)
        return words if row.verified else self.tr("%1 Unverified.").replace("%1", words)

    def _lacks_source(self, target: Target) -> bool:
        options = self.options.options()
        refusal = (JoinOptions() if isinstance(options, Problem) else options).refusal(target)
        return refusal is not None and refusal.code == "source_missing"

    def _arrange(self) -> None:
        gap = unit(self.font())
        upper = QHBoxLayout()
        upper.setSpacing(gap * 2)
        upper.addWidget(self.field, 100)
        for button in (self.join, self.known, self.toggle):
            upper.addWidget(button)
        upper.addStretch(1)
        for button in (self.leave, self.clear):
            upper.addWidget(button)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(gap * 3, gap * 2, gap * 3, gap * 2)
        layout.setSpacing(gap)
        layout.addLayout(upper)
        layout.addWidget(self.options)
        layout.addWidget(self.note)

    def _button(self, text: str, tip: str) -> QPushButton:
        button = QPushButton(text)
        button.setAutoDefault(False)
        button.setAccessibleName(text)
        button.setToolTip(tip)
        return button

    def paintEvent(self, _event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.fillRect(0, self.height() - 1, self.width(), 1, QColor(tokens(self.palette()).line))
