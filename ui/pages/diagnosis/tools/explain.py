"""The view Explain: lines of a log, an errno or a code pasted into a field, and what each error in them means."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial

from PySide6.QtCore import Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QPlainTextEdit, QVBoxLayout, QWidget

from diagnosis.records import Explained, Explanation
from diagnosis.requests import TEXT_LIMIT, ExplainRequest
from net.records import Problem, Record
from ui.link import Watch
from ui.pages.base import PageContext
from ui.pages.diagnosis.columns import tr
from ui.pages.diagnosis.tools.explain_columns import (
    FIELDS,
    describe_explanation,
    explanation_columns,
    order,
    place_of_check,
)
from ui.pages.tool import Tool
from ui.pages.tool_head import Head
from ui.pages.tool_strip import Strip, set_words
from ui.text import count, fill, plural, visible
from ui.theme import Tone, fixed_font
from ui.widgets.actions import Action
from ui.widgets.details_form import DetailsForm
from ui.widgets.empty_panel import Emptiness, Why
from ui.widgets.table_panel import TablePanel

LINES_SHOWN = 4
UNKNOWN_SHOWN = 3
UNKNOWN_CAP = 120


class LogField(QPlainTextEdit):
    """A few lines of plain text; Ctrl+Return submits them, Tab leaves."""

    def __init__(self, strip: Strip, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._strip = strip
        self.setFont(fixed_font(self.font()))
        self.setTabChangesFocus(True)
        self.setLineWrapMode(QPlainTextEdit.LineWrapMode.NoWrap)
        self.setAccessibleName(tr("Error text, log lines or a code"))
        self.setPlaceholderText(tr("PolicyDenied(-65570)   ·   errno 65   ·   lines of a log"))
        margins = 2 * (self.frameWidth() + int(self.document().documentMargin()))
        self.setFixedHeight(self.fontMetrics().lineSpacing() * (LINES_SHOWN + 1) + margins)  # one for the scroll bar

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and event.modifiers() & (
            Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.MetaModifier
        ):
            self._strip.submitted.emit()
            return
        super().keyPressEvent(event)


class ExplainTool(Tool):
    """Asks the table of known errors; nothing is sent anywhere."""

    example = "domain:errno"

    def __init__(self, context: PageContext) -> None:
        super().__init__(context)
        self.ended: Explained | None = None
        self._watch: Watch | None = None
        self._failed: Problem | None = None
        self.strip = Strip()
        self.field = LogField(self.strip)
        self.strip.add("", self.field, wide=True)
        self.run_button = self.strip.add_button(tr("Explain"))
        self.head = Head()
        self.table = TablePanel(explanation_columns(), tr("Errors"), natural=order, fields=FIELDS)
        self.details = DetailsForm(empty_text=tr("Select an error to see its causes and what to do."))
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        for widget in (self.strip, self.head):
            layout.addWidget(widget)
        layout.addWidget(self.table, 1)
        self.strip.submitted.connect(self.run)
        self.run_button.clicked.connect(self.toggle)
        self.table.view.current_item_changed.connect(self._show_details)
        self.table.proxy.filter_changed.connect(self._tell)
        self._tell()

    # What the page calls

    def set_filter(self, text: str) -> None:
        self.table.proxy.set_filter(text)
        self._tell()

    def focus_content(self) -> None:
        self.field.setFocus()

    def rescan(self) -> None:
        """The same text again."""
        self.run()

    def export_rows(self) -> Sequence[tuple[str, ...]]:
        """The errors shown."""
        return self.table.view.rows_as_text(selected=False) if self.table.model.rows else []

    def export_records(self) -> Sequence[Record]:
        """The errors shown, and what is not known."""
        return [*self.table.proxy.shown_items(), *((self.ended,) if self.ended is not None else ())]

    # The work

    def explain(self, text: str) -> None:
        """Show what ``text`` means."""
        self.field.setPlainText(text[:TEXT_LIMIT])
        self.run()

    def toggle(self) -> None:
        """Explain, or stop."""
        if self._watch is None:
            self.run()
        else:
            self.close_watch(self._watch)
            self._watch = None
            self._tell()

    def run(self) -> None:
        """Ask for what stands in the field."""
        self.close_watch(self._watch)
        self._watch = self.ended = self._failed = None
        self.table.model.clear()
        text = self.field.toPlainText()
        self.strip.say(
            fill(tr("The text is too long: its first %1 characters are read."), count(TEXT_LIMIT))
            if len(text) > TEXT_LIMIT
            else ""
        )
        self._watch = self.open_watch("diagnosis.explain", ExplainRequest(text=text[:TEXT_LIMIT]))
        self._tell()

    def take(self, records: tuple[Record, ...]) -> None:
        rows = [record for record in records if isinstance(record, Explanation)]
        for record in records:
            if isinstance(record, Explained):
                self.ended = record
        first = not self.table.model.rows
        self.table.put((row.key(), row) for row in rows)
        if first and rows:
            self.table.view.selectRow(0)
        self._tell()

    def failed(self, problem: Problem) -> None:
        self._failed = problem

    def watch_over(self, watch: Watch) -> None:
        if watch is self._watch:
            self._watch = None
            self._tell()

    # What is shown

    def _show_details(self, row: Explanation | None) -> None:
        if row is None:
            self.details.show_details(None)
            return
        places = dict.fromkeys(map(place_of_check, row.checks))
        actions = [Action(words, partial(self.go_to.emit, page, subject)) for words, page, subject in places]
        self.details.show_details(describe_explanation(row, tuple(actions)))

    def _tell(self) -> None:
        set_words(self.run_button, tr("Stop") if self._watch is not None else tr("Explain"))
        self.head.setVisible(self.ended is not None and bool(self.table.model.rows))
        if self.ended is not None:
            self._say(self.ended)
        self.table.tell(self._why_empty())

    def _say(self, ended: Explained) -> None:
        rows = len(self.table.model.rows)
        sentence = plural(rows, tr("One error is known."), tr("%n errors are known."))
        facts = []
        if ended.lines > 1:
            lines = plural(ended.lines, tr("%n line"), tr("%n lines"))
            facts.append(fill(tr("%1, %2 of them with an error that is known"), lines, count(ended.known)))
        if ended.left_out:
            facts.append(plural(ended.left_out, tr("%n more line not read"), tr("%n more lines not read")))
        if ended.cut:
            facts.append(plural(ended.cut, tr("one long line cut"), tr("%n long lines cut")))
        self.head.say(sentence, Tone.INFO, tuple(facts))

    def _why_empty(self) -> Emptiness:
        if self.table.model.rows:
            return Emptiness(Why.FILTERED_OUT, tr("None of the errors matches the filter."))
        if self._failed is not None:
            return Emptiness(Why.CANNOT_WORK, self._failed.text, (self._failed.remedy,))
        if self.ended is not None:
            shown = tuple(visible(line, UNKNOWN_CAP) for line in self.ended.unknown[:UNKNOWN_SHOWN])
            hint = tr(
                "It is unknown here, which does not mean that it is harmless. A code or errno alone may do better."
            )
            return Emptiness(Why.NOTHING_FOUND, tr("The table of known errors has no row for this."), (*shown, hint))
        if self._watch is not None:
            return Emptiness(Why.LISTENING, tr("Looking into the table of known errors."))
        reasons = (
            tr("Codes of Bonjour, Network.framework, NetworkExtension, AMFI; errno of macOS, Linux, Windows; DNS."),
            tr("Many lines may be pasted at once. Nothing is sent: the table is part of Lanscout."),
        )
        title = tr("What does an error text or code mean?")
        return Emptiness(Why.NOT_ASKED, title, reasons, (Action(tr("Write one"), self.field.setFocus),))
