"""The details of one thing: title and state, facts to select and copy, what can be done, and the raw record."""

from __future__ import annotations

from dataclasses import dataclass

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QGuiApplication, QPalette
from PySide6.QtWidgets import (
    QFrame,
    QHBoxLayout,
    QPlainTextEdit,
    QScrollArea,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from ui.text import visible
from ui.theme import Tone, fixed_font, unit
from ui.widgets.actions import Action, ActionButton
from ui.widgets.dot import Dot
from ui.widgets.fact_row import FactRow
from ui.widgets.flow_layout import FlowLayout
from ui.widgets.labels import Size, ValueLabel, WrappedLabel

VALUE_CAP = 2000


@dataclass(frozen=True)
class Fact:
    """A label and its value; lines of the value are shown as lines, of ``cap`` characters at most.

    ``fixed``: addresses, numbers, hex. ``note``: what the value means, small beneath it.
    """

    label: str
    value: str
    fixed: bool = False
    cap: int = VALUE_CAP
    note: str = ""


@dataclass(frozen=True)
class Section:
    """A group of facts under a small heading, or a paragraph ``text``."""

    title: str
    facts: tuple[Fact, ...] = ()
    text: str = ""


@dataclass(frozen=True)
class Details:
    """All about one thing. ``state`` is its one-line state with the colour ``tone``; ``raw`` its record as text.

    ``copies``: False where the actions offer to copy it all already.
    """

    title: str
    state: str = ""
    tone: Tone = Tone.NEUTRAL
    sections: tuple[Section, ...] = ()
    actions: tuple[Action, ...] = ()
    raw: str = ""
    copies: bool = True

    def as_text(self) -> str:
        """For the clipboard."""
        lines = [self.title, self.state, ""]
        for section in self.sections:
            lines += [section.title] if section.title else []
            lines += [section.text] if section.text else []
            for fact in section.facts:
                first, *rest = fact.value.split("\n")
                lines += [f"  {fact.label}: {first}", *(f"    {line}" for line in rest)]
                lines += [f"    ({fact.note})"] if fact.note else []
            lines.append("")
        return "\n".join(visible(line, 100_000) for line in lines).strip() + "\n"

    @property
    def shape(self) -> tuple[object, ...]:
        """What must be equal for the values to be changed in place."""
        sections = tuple(
            (s.title, bool(s.text), tuple((f.label, f.fixed, f.note) for f in s.facts)) for s in self.sections
        )
        return (sections, self.actions, bool(self.raw), self.copies)


class DetailsForm(QScrollArea):
    """Shows a Details, never wider than its pane; values that change while it is shown change in place, so that a
    selection stays.

    ``below``: a widget of the page under the facts, such as a hex view; ``above``: one over them, such as a plot.

    Attributes:
        keeps_room: it has its place also while it is empty and the table would need the room.

    Signals:
        filled_changed: there is something to show now, or nothing any more.
    """

    filled_changed = Signal()

    def __init__(
        self,
        *,
        empty_text: str,
        below: QWidget | None = None,
        above: QWidget | None = None,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self.details: Details | None = None
        self.keeps_room = False
        self._empty_text = empty_text
        self._above, self._below = above, below
        self._label_width = 0
        self._rows: list[FactRow] = []
        self._paragraphs: list[WrappedLabel] = []
        self.setWidgetResizable(True)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setAccessibleName(self.tr("Details"))
        self._gap = unit(self.font())
        self._title = WrappedLabel(size=Size.TITLE)
        self._state = WrappedLabel(dim=True)
        self._dot = Dot()
        self._body = QWidget()
        self._raw = QPlainTextEdit()
        self._copy = ActionButton(Action(self.tr("Copy as text"), self.copy))
        self._build()
        self.show_details(None)

    def show_details(self, details: Details | None) -> None:
        """Show these, or the invitation to select something."""
        if details == self.details and details is not None:
            return
        before, self.details = self.details, details
        self._title.setVisible(details is not None and bool(details.title))
        self._dot.setVisible(details is not None and bool(details.state))
        self._state.setVisible(details is None or bool(details.state))
        self._head_actions.setVisible(details is not None and (details.copies or bool(details.actions)))
        if details is None:
            self._title.setText("")
            self._state.setText(self._empty_text)
            self._rebuild(Details(title=""))
            if before is not None:
                self.filled_changed.emit()
            return
        self._title.setText(visible(details.title))
        self._state.setText(visible(details.state))
        self._dot.set_tone(details.tone)
        if before is None or before.shape != details.shape:
            self._rebuild(details)
        self._fill(details)
        if before is None:
            self.filled_changed.emit()

    def copy(self) -> None:
        """All of it to the clipboard, as text."""
        if self.details is not None:
            QGuiApplication.clipboard().setText(self.details.as_text())

    @property
    def _values(self) -> list[ValueLabel]:
        return [row.value for row in self._rows]

    def _build(self) -> None:
        content = QWidget()
        content.setAutoFillBackground(True)
        content.setBackgroundRole(QPalette.ColorRole.Base)
        self._content_layout = QVBoxLayout(content)
        self._content_layout.setContentsMargins(self._gap * 4, self._gap * 3, self._gap * 4, self._gap * 4)
        self._content_layout.setSpacing(self._gap)
        self._content_layout.addWidget(self._title)
        state = QHBoxLayout()
        state.setSpacing(self._gap * 2)
        state.addWidget(self._dot)
        state.addWidget(self._state, 1)
        self._content_layout.addLayout(state)
        self._head_actions = QWidget()
        self._actions_layout = FlowLayout(self._head_actions)
        self._actions_layout.setContentsMargins(0, self._gap, 0, 0)
        self._actions_layout.setSpacing(self._gap * 2)
        self._content_layout.addWidget(self._head_actions)
        if self._above is not None:
            self._content_layout.addSpacing(self._gap)
            self._content_layout.addWidget(self._above)
        self._content_layout.addWidget(self._body)
        if self._below is not None:
            self._content_layout.addWidget(self._below, 1)
        self._raw_toggle = QToolButton()
        self._raw_toggle.setText(self.tr("Raw record"))
        self._raw_toggle.setCheckable(True)
        self._raw_toggle.setAutoRaise(True)
        self._raw_toggle.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
        self._raw_toggle.setArrowType(Qt.ArrowType.RightArrow)
        self._raw_toggle.toggled.connect(self._show_raw)
        self._raw.setReadOnly(True)
        self._raw.setFont(fixed_font(self.font()))
        self._raw.setLineWrapMode(QPlainTextEdit.LineWrapMode.NoWrap)
        self._raw.setAccessibleName(self.tr("Raw record"))
        self._raw.setMinimumHeight(self._gap * 60)
        self._raw.hide()
        self._content_layout.addSpacing(self._gap * 2)
        self._content_layout.addWidget(self._raw_toggle)
        self._content_layout.addWidget(self._raw)
        self._content_layout.addStretch(1)
        self.setWidget(content)

    def _show_raw(self, shown: bool) -> None:  # noqa: FBT001 - Qt's signal
        self._raw_toggle.setArrowType(Qt.ArrowType.DownArrow if shown else Qt.ArrowType.RightArrow)
        self._raw.setVisible(shown)

    def _rebuild(self, details: Details) -> None:
        old = self._body
        self._rows.clear()
        self._paragraphs.clear()
        self._body = QWidget()
        layout = QVBoxLayout(self._body)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(self._gap)
        labels = [fact.label for section in details.sections for fact in section.facts]
        self._label_width = max((self.fontMetrics().horizontalAdvance(label) for label in labels), default=0)
        for section in details.sections:
            layout.addSpacing(self._gap * 2)
            if section.title:
                layout.addWidget(WrappedLabel(section.title, size=Size.STRONG))
            if section.text:
                paragraph = WrappedLabel()
                self._paragraphs.append(paragraph)
                layout.addWidget(paragraph)
            for fact in section.facts:
                row = FactRow(fact.label, fixed=fact.fixed, note=visible(fact.note), label_width=self._label_width)
                self._rows.append(row)
                layout.addWidget(row)
        self._content_layout.replaceWidget(old, self._body)
        self._body.show()  # Qt would do so later, and count it as nothing until then
        old.hide()
        old.deleteLater()
        self._rebuild_actions(details)
        self._raw_toggle.setVisible(bool(details.raw))
        self._raw.setVisible(bool(details.raw) and self._raw_toggle.isChecked())

    def _rebuild_actions(self, details: Details) -> None:
        while (item := self._actions_layout.takeAt(0)) is not None:
            widget = item.widget()
            if widget is not None and widget is not self._copy:
                widget.hide()
                widget.deleteLater()
        for action in details.actions:
            self._actions_layout.addWidget(ActionButton(action))
        self._actions_layout.addWidget(self._copy)
        self._copy.setVisible(details.copies)

    def _fill(self, details: Details) -> None:
        facts = [fact for section in details.sections for fact in section.facts]
        for row, fact in zip(self._rows, facts, strict=True):
            row.set_value("\n".join(visible(line, fact.cap) for line in fact.value.split("\n")))
        texts = [section.text for section in details.sections if section.text]
        for paragraph, text in zip(self._paragraphs, texts, strict=True):
            paragraph.setText(visible(text, VALUE_CAP))
        if self._raw.toPlainText() != details.raw:
            self._raw.setPlainText(details.raw)
