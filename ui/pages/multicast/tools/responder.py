"""The lower part of the tool Ping: our own responder, who asked it, and what it answered."""

from __future__ import annotations

from collections import deque

from PySide6.QtGui import QAction, QColor, QPainter, QPaintEvent
from PySide6.QtWidgets import QCheckBox, QVBoxLayout

from net.multicast.records import PingQuestion, Responding
from net.multicast.requests import RespondRequest
from net.records import Problem, Record
from ui.link import Watch
from ui.pages.base import PageContext
from ui.pages.multicast.states import tr
from ui.pages.multicast.tools.base import Tool
from ui.pages.multicast.tools.ping_columns import question_columns
from ui.pages.tool_strip import Strip, set_words
from ui.text import count, fill
from ui.theme import Tone, tokens
from ui.widgets.filter_proxy import FilterProxy
from ui.widgets.labels import PlainLabel, Size
from ui.widgets.table_model import KeyedTableModel
from ui.widgets.table_view import TableView

KEPT = 1000
ROWS_SHOWN = 6
ROWS_WHEN_LOW = 1


class Responder(Tool):
    """Answers while it runs, also while something else is in front; only the local link, unless told otherwise."""

    def __init__(self, context: PageContext) -> None:
        super().__init__(context)
        self.state: Responding | None = None
        self._watch: Watch | None = None
        self._asked = 0
        self._questions: deque[tuple[int, PingQuestion]] = deque(maxlen=KEPT)
        self.strip = Strip()
        self.strip.add("", PlainLabel(tr("Respond"), size=Size.STRONG))
        self.any_network = QCheckBox(tr("Other networks too"))
        self.any_network.setToolTip(tr("Else only hosts on a link of this computer are answered"))
        self.announce = QCheckBox(tr("Announce over Bonjour"))
        self.announce.setChecked(True)
        self.strip.add("", self.any_network)
        self.strip.add("", self.announce)
        self.button = self.strip.add_button("")
        self.model: KeyedTableModel[PingQuestion] = KeyedTableModel(
            question_columns(), natural=lambda question: -question.time, parent=self
        )
        self.proxy = FilterProxy(self.model, self)
        self.view = TableView(self.model, self.proxy, name=tr("Who asked our responder"))
        self.view.set_single_line(single=True)
        self.set_low(low=False)
        clear = QAction(tr("Clear"), self.view)
        clear.triggered.connect(self.clear)
        self.view.menu_wanted.connect(lambda menu, _item: menu.addAction(clear))
        self.view.hide()
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 1, 0, 0)
        layout.setSpacing(0)
        layout.addWidget(self.strip)
        layout.addWidget(self.view)
        self.button.clicked.connect(self.toggle)
        self._update()

    @property
    def running(self) -> bool:
        return self._watch is not None

    def set_low(self, *, low: bool) -> None:
        """There is little room."""
        self.view.setFixedHeight(self.view.height_of(ROWS_WHEN_LOW if low else ROWS_SHOWN))

    def toggle(self) -> None:
        """Start, or stop."""
        if self._watch is not None:
            self.close_watch(self._watch)
            self._watch = None
        else:
            self.state = None
            names = (self.interface.name,) if self.interface is not None else ()
            request = RespondRequest(
                interfaces=names, any_network=self.any_network.isChecked(), announce=self.announce.isChecked()
            )
            self._watch = self.open_watch("multicast.respond", request)
        self._update()

    def clear(self) -> None:
        """Forget who asked."""
        self._questions.clear()
        self.model.clear()
        self.view.hide()

    def interface_changed(self) -> None:
        self._update()

    def take(self, records: tuple[Record, ...]) -> None:
        told = self.state is not None
        for record in records:
            if isinstance(record, Responding):
                self.state = record
            elif isinstance(record, PingQuestion):
                self._asked += 1
                self._questions.append((self._asked, record))
            elif isinstance(record, Problem):
                self.strip.say_problem(record)
        if told and self.rests(len(records)):
            return
        self.resumed()

    def resumed(self) -> None:
        if self._questions:
            self.model.put(self._questions)
            self.model.keep_only(number for number, _ in self._questions)
            self.model.flush()
            self.view.show()
        if self.state is not None:
            self._update()

    def failed(self, problem: Problem) -> None:
        self._watch = None
        self._update()
        self.strip.say_problem(problem)

    def watch_over(self, watch: Watch) -> None:
        if watch is self._watch:
            self._watch = None
            self._update()

    def paintEvent(self, _event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.fillRect(0, 0, self.width(), 1, QColor(tokens(self.palette()).line))

    def _update(self) -> None:
        where = self.interface.name if self.interface is not None else ""
        start = tr("Start responder on %1").replace("%1", where) if where else tr("Start responder")
        set_words(self.button, tr("Stop responder") if self.running else start)
        for box in (self.any_network, self.announce):
            box.setEnabled(not self.running)
        if self.running:
            self.strip.say_state(self._words(), Tone.OK if self.state is not None else Tone.INFO)
        elif self.state is not None:
            text = fill(tr("Stopped. %1 answered, %2 refused."), count(self.state.answered), count(self.state.refused))
            self.strip.say_state(text, Tone.NEUTRAL)
        else:
            self.strip.say(tr("Lets others ping this computer for multicast: ssmping, asmping, omping or Lanscout."))

    def _words(self) -> str:
        state = self.state
        if state is None:
            return tr("Starting.")
        who = tr("any network") if state.any_network else tr("hosts on a link of this computer")
        words = fill(tr("Answering %1 at UDP port %2. %3 answered, %4 refused."), who, state.port,
                     count(state.answered), count(state.refused))  # fmt: skip
        names = ", ".join(state.announced)
        return f"{words} {fill(tr('On Bonjour as %1.'), names)}" if names else words
