"""The tool Test: sends by every interface and by none, hears on every interface, and says what works."""

from __future__ import annotations

from collections.abc import Sequence
from time import time

from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QStackedWidget, QVBoxLayout, QWidget

from net.multicast.records import MulticastPath
from net.multicast.requests import MatrixRequest
from net.records import Problem, Record
from net.verdict import Verdict
from ui.link import Watch
from ui.pages.base import PageContext
from ui.pages.multicast.states import tr
from ui.pages.multicast.target import Target, parse_target
from ui.pages.multicast.tools.base import Tool
from ui.pages.multicast.tools.matrix_columns import MatrixRow, matrix_columns, matrix_rows, receivers
from ui.pages.multicast.tools.matrix_report import as_text, conclusion, facts_of, tone_of
from ui.pages.multicast.tools.network_changes import NetworkChanges
from ui.pages.multicast.tools.strip import Strip
from ui.pages.tool_head import Head
from ui.pages.tool_strip import set_words
from ui.text import fill, moment, visible
from ui.theme import Tone
from ui.widgets.actions import Action
from ui.widgets.details_form import DetailsForm
from ui.widgets.empty_panel import Emptiness, EmptyPanel, Why
from ui.widgets.filter_proxy import FilterProxy
from ui.widgets.table_model import KeyedTableModel
from ui.widgets.table_view import TableView

ROWS_SHOWN = 7


class MatrixTool(Tool):
    """Nothing is sent until the person asks for it; a verdict that the network has outlived is marked.

    It does not rest while paused: what it shows is what the person asked for.
    """

    def __init__(self, context: PageContext) -> None:
        super().__init__(context)
        self.verdict: Verdict | None = None
        self.rows: tuple[MatrixRow, ...] = ()
        self._names: tuple[str, ...] = ()
        self._paths: list[MulticastPath] = []
        self._watch: Watch | None = None
        self._group = self._taken = ""
        self._changes = NetworkChanges(context, self)
        self.strip = Strip()
        self.field = self.strip.add_group(tr("Group"))
        self.run_button = self.strip.add_button(tr("Test all interfaces"), tr("Sends three small packets by each"))
        self.copy_button = self.strip.add_button(tr("Copy as text"))
        self.head = Head()
        self.form = DetailsForm(empty_text="")
        self.view: TableView[MatrixRow] | None = None
        self.empty = EmptyPanel()
        self._result = QWidget()
        self._result_layout = QVBoxLayout(self._result)
        self._stack = QStackedWidget()
        self._arrange()
        self.strip.submitted.connect(self.run)
        self.run_button.clicked.connect(self.run)
        self.copy_button.clicked.connect(self.copy)
        self._changes.changed.connect(self._say_verdict)
        self._invite()

    # What the page calls

    def shown(self) -> None:
        self.field.setPlaceholderText(visible(self.usual_group(), 60))

    def begin(self) -> None:
        """Test, if nothing was tested yet."""
        if self.verdict is None and self._watch is None:
            self.run()

    def rescan(self) -> None:
        """Test again."""
        self.run()

    def focus_content(self) -> None:
        self.run_button.setFocus()

    def export_rows(self) -> Sequence[tuple[str, ...]]:
        """The matrix."""
        return self.view.rows_as_text(selected=False) if self.view is not None and self.verdict is not None else []

    def export_records(self) -> Sequence[Record]:
        """Every path and the verdict."""
        return [*self._paths, self.verdict] if self.verdict is not None else []

    def export_report(self) -> str:
        """Verdict, matrix and conclusion."""
        if self.verdict is None:
            return ""
        return as_text(self.verdict, self.rows, self._names, stale=self._stale_words())

    # The work

    def run(self) -> None:
        """Test the group in the field, or the usual one."""
        if self._watch is not None:
            return
        target = parse_target(self.field.text().strip() or self.usual_group())
        if not isinstance(target, Target):
            self.strip.say_problem(target)
            self.field.setFocus()
            return
        self.strip.say("")
        self._group = target.endpoint
        self._paths = []
        self.verdict = None
        self._changes.begin()
        self._watch = self.open_watch("multicast.test", MatrixRequest(group=self._group))
        self._say_running()

    def take(self, records: tuple[Record, ...]) -> None:
        for record in records:
            if isinstance(record, MulticastPath):
                self._paths.append(record)
            elif isinstance(record, Verdict):
                self._conclude(record)
            elif isinstance(record, Problem):
                self.strip.say_problem(record)

    def failed(self, problem: Problem) -> None:
        again = Action(tr("Try again"), self.run)
        self.empty.show_emptiness(Emptiness(Why.CANNOT_WORK, problem.text, (problem.remedy,), (again,)))
        self._stack.setCurrentWidget(self.empty)
        self._update_buttons()

    def watch_over(self, watch: Watch) -> None:
        if watch is self._watch:
            self._watch = None
            self._update_buttons()

    def copy(self) -> None:
        """All of it to the clipboard."""
        QGuiApplication.clipboard().setText(self.export_report())
        self.message.emit(tr("Copied the test as text."))

    def _conclude(self, verdict: Verdict) -> None:
        self.verdict = verdict
        book = self.context.interfaces.by_name
        labels = {name: found.label for name, found in book.items()}
        self.rows = matrix_rows(self._paths, labels, verdict.working)
        self._names = receivers(self.rows)
        self._show_matrix(labels)
        self._taken = moment(time())
        self._say_verdict()
        self.form.show_details(conclusion(verdict))
        self.form.verticalScrollBar().setValue(0)
        self.form.show()
        self._stack.setCurrentWidget(self._result)
        self._update_buttons()

    def _say_verdict(self) -> None:
        if self.verdict is None:
            return
        stale = self._stale_words()
        tone = Tone.NEUTRAL if stale else tone_of(self.verdict)
        facts = (*facts_of(self.verdict), self._group, self._taken)
        self.head.say(self.verdict.text, tone, facts, remedy=stale)

    def _stale_words(self) -> str:
        """Why the verdict may hold no more; empty while nothing has changed since."""
        since = self._changes.since
        if since is None:
            return ""
        return fill(tr("Taken before the network changed at %1. Test again to see how it stands now."), moment(since))

    def _show_matrix(self, labels: dict[str, str]) -> None:
        """A table of its own for each set of interfaces."""
        model: KeyedTableModel[MatrixRow] = KeyedTableModel(matrix_columns(self._names, labels), parent=self)
        view = TableView(model, FilterProxy(model, model), name=tr("Who heard whom"))
        model.put((row.sender or "", row) for row in self.rows)
        model.flush()
        view.setMinimumHeight(view.height_of(3))
        view.setMaximumHeight(view.height_of(min(len(self.rows), ROWS_SHOWN)))
        old, self.view = self.view, view
        if old is None:
            self._result_layout.insertWidget(1, view, 3)
        else:
            self._result_layout.replaceWidget(old, view)
            old.hide()
            old.deleteLater()

    def _say_running(self) -> None:
        sentence = tr("Sending to %1 by each interface, and listening on each.").replace("%1", self._group)
        if self._stack.currentWidget() is self._result:
            self.head.say(sentence, Tone.INFO, busy=True)
        else:
            self.empty.show_emptiness(Emptiness(Why.LISTENING, sentence))
        self._update_buttons()

    def _invite(self) -> None:
        reasons = (
            tr("By each interface that can carry multicast, and once without choosing one, three small packets are "
               "sent to the group; every interface listens."),
            tr("The result says which interface works, where a program that chooses none lands, and what mends it."),
        )  # fmt: skip
        action = Action(tr("Test all interfaces"), self.run)
        self.empty.show_emptiness(
            Emptiness(Why.NOT_ASKED, tr("Which interfaces carry multicast here?"), reasons, (action,))
        )
        self._stack.setCurrentWidget(self.empty)
        self._update_buttons()

    def _update_buttons(self) -> None:
        self.run_button.setEnabled(self._watch is None)
        set_words(self.run_button, tr("Test again") if self.verdict is not None else tr("Test all interfaces"))
        self.copy_button.setEnabled(self.verdict is not None)

    def _arrange(self) -> None:
        self._result_layout.setContentsMargins(0, 0, 0, 0)
        self._result_layout.setSpacing(0)
        self._result_layout.addWidget(self.head)
        self._result_layout.addWidget(self.form, 2)
        self._stack.addWidget(self.empty)
        self._stack.addWidget(self._result)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        layout.addWidget(self.strip)
        layout.addWidget(self._stack, 1)
