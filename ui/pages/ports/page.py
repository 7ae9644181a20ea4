"""The Ports page: which program listens where, and who holds the port somebody else wants."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable
from time import monotonic, time

from PySide6.QtCore import QTimer
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QMenu

from net.ports.records import Listener
from net.records import Problem, Record, Removed
from net.requests import PortsRequest
from ui.pages.base import PageContext
from ui.pages.ports.census import Census, reached_by
from ui.pages.ports.columns import EXACT_FIELDS, FIELDS, ListenerRow, Mark, columns, natural, words
from ui.pages.ports.details import describe, endpoint_words
from ui.pages.ports.marks import Marks
from ui.pages.ports.question import Question
from ui.pages.ports.verdict import port_number, verdict
from ui.pages.table_page import TablePage
from ui.text import fill, plural, visible
from ui.widgets.actions import Action
from ui.widgets.details_form import Details
from ui.widgets.empty_panel import Emptiness, Why
from ui.widgets.table_model import RowKey

SETTLED_SECONDS = 0.5
"""The sockets there are already come at once; what comes after a pause as long as this has changed since."""
PATIENT_SECONDS = 3.0
"""A place without sockets sends nothing at all; after so long that is the answer."""
MARKS_MS = 250
RECORDS_A_TURN = 250
"""Records looked at before the event loop gets its turn: 4 ms."""


class PortsPage(TablePage[ListenerRow]):
    """One row a socket. A number, typed into the field or as the filter, asks who holds that port."""

    name = "ports"

    def __init__(self, context: PageContext) -> None:
        super().__init__(context, columns(), natural=natural, fields=FIELDS)
        self.model.words = words
        self.proxy.exact_fields = EXACT_FIELDS
        self._marks = Marks()
        self._expiry = QTimer(self, interval=MARKS_MS)
        self._expiry.timeout.connect(self._expire)
        self._backlog: deque[Record] = deque()
        self._turn = QTimer(self, singleShot=True, interval=0)
        self._turn.timeout.connect(self._work_off)
        self.census = Census()
        self._greeted_at = 0.0
        self._last_batch: float | None = None
        self._settled = False
        self._by_filter = False
        self._everywhere = False
        self._tunnels = self._tunnel_names()
        self.port: int | None = None
        self.question = Question()
        self.question.asked.connect(self._asked)
        self.question.everywhere_toggled.connect(self._show_everywhere)
        self.question.left.connect(self.focus_content)
        self.content.insertWidget(0, self.question)
        context.interfaces.changed.connect(self._interfaces_known)
        context.link.hello_received.connect(self._greeted)
        self.proxy.set_condition(self._is_wanted)

    def title(self) -> str:
        return self.tr("Listening sockets")

    def ask(self) -> None:
        self._last_batch = None
        self._settled = False
        self.open_watch("ports.watch", PortsRequest())

    # Records

    def take(self, records: tuple[Record, ...]) -> None:
        now = monotonic()
        if self._last_batch is not None and now - self._last_batch > SETTLED_SECONDS:
            self._settled = True
        self._last_batch = now
        self._backlog.extend(records)
        if not self._turn.isActive():
            self._work_off()

    def _work_off(self) -> None:
        """A turn's worth of what has come."""
        records = [self._backlog.popleft() for _ in range(min(len(self._backlog), RECORDS_A_TURN))]
        if self._backlog:
            self._turn.start()
        put: list[tuple[str, ListenerRow]] = []
        for record in records:
            if isinstance(record, Listener):
                key = record.key().name
                self._unconfirmed.discard(key)
                if self._is_news(key, record):
                    put.append((key, self._row(key, record)))
            elif isinstance(record, Removed) and record.of == "listener":
                put += self._close(record.name)
            elif isinstance(record, Removed) and record.of == "problem":
                self.banners.clear_notice(record.name)
            elif isinstance(record, Problem):
                self.banners.show_problem(record)
        self.change(put)
        self._watch_marks()

    def change(self, put: Iterable[tuple[RowKey, ListenerRow]], drop: Iterable[RowKey] = ()) -> None:
        put, drop = list(put), list(drop)
        for key, row in put:
            self.census.put(key, row)
        for key in drop:
            self.census.drop(key)
        super().change(put, drop)

    def _is_news(self, key: str, listener: Listener) -> bool:
        """Whether the row must be shown anew; marks what has happened to it."""
        before = self.model.item(key)
        back = before is not None and before.mark is Mark.CLOSED
        if before is not None and before.listener == listener and not back:
            return False
        if self._settled:
            self._marks.put(key, Mark.NEW if before is None or back else Mark.CHANGED)
        elif back:
            self._marks.drop(key)
        return True

    def _close(self, key: str) -> list[tuple[str, ListenerRow]]:
        row = self.model.item(key)
        if row is None:
            return []
        self._marks.put(key, Mark.CLOSED)
        return [(key, self._row(key, row.listener))]

    def _row(self, key: str, listener: Listener) -> ListenerRow:
        return ListenerRow(listener, self._marks.of(key), listener.interface in self._tunnels)

    def _expire(self) -> None:
        if not self.paused:
            self._unmark(self._marks.take_expired())
        self._watch_marks()

    def _unmark(self, marks: dict[str, Mark]) -> None:
        """Their time is over: what was closed goes, the rest is a row like others."""
        gone = [key for key, mark in marks.items() if mark is Mark.CLOSED]
        rows = ((key, self.model.item(key)) for key, mark in marks.items() if mark is not Mark.CLOSED)
        stay = [(key, self._row(key, row.listener)) for key, row in rows if row is not None]
        if marks:
            self.change(stay, gone)

    def _watch_marks(self) -> None:
        if not (len(self._marks) and self.visible_now):
            self._expiry.stop()
        elif not self._expiry.isActive():
            self._expiry.start()

    def hidden(self) -> None:
        super().hidden()
        while self._backlog:
            self._work_off()
        self._turn.stop()
        self._unmark(self._marks.clear())
        self._watch_marks()

    def close_page(self) -> None:
        self._turn.stop()
        self._backlog.clear()
        self._marks.clear()
        self._expiry.stop()
        super().close_page()

    def restarted(self) -> None:
        super().restarted()
        self._last_batch = None
        self._settled = False

    def _greeted(self) -> None:
        self._greeted_at = monotonic()

    # What is shown

    def set_filter(self, text: str) -> None:
        number = port_number(text)
        if number is not None:
            self._by_filter = True
            self.question.set_port(number)
            self.proxy.set_filter("")
            self._ask_port(number)
            return
        if self._by_filter:
            self._by_filter = False
            self.question.set_port(None)
            self._ask_port(None)
        self.proxy.set_filter(text)

    def select(self, subject: str) -> None:
        number = port_number(subject)
        if number is None:
            super().select(subject)
            return
        self.question.set_port(number)
        self._asked(number)
        self.view.selectRow(0)

    def interface_changed(self) -> None:
        self._choose_rows()

    def _asked(self, port: int | None) -> None:
        """By the field, which outranks a number in the filter."""
        if self._by_filter:
            self._by_filter = False
            self.clear_filter.emit()
        self._ask_port(port)

    def _ask_port(self, port: int | None) -> None:
        if port != self.port:
            self.port = port
            self._choose_rows()
        self.update_state()

    def _show_everywhere(self, everywhere: bool) -> None:  # noqa: FBT001 - Qt's signal
        self._everywhere = everywhere
        self._choose_rows()

    def _choose_rows(self) -> None:
        self.proxy.set_condition(self._is_wanted)

    def _is_wanted(self, row: ListenerRow) -> bool:
        """A port that was asked for is shown at all its addresses."""
        if self.port is not None:
            return row.listener.port == self.port
        return self._everywhere or self.interface is None or reached_by(row.listener, self.interface.name)

    def _interfaces_known(self) -> None:
        tunnels = self._tunnel_names()
        if tunnels != self._tunnels:
            self._tunnels = tunnels
            rows = ((row.item.listener.key().name, row.item.listener) for row in self.model.rows)
            self.change([(key, self._row(key, listener)) for key, listener in rows])

    def _tunnel_names(self) -> frozenset[str]:
        return frozenset(name for name, interface in self.context.interfaces.by_name.items() if interface.tunnel)

    def update_state(self) -> None:
        super().update_state()
        rows = self.model.rows
        answered = self.port is not None and (bool(rows) or self._nothing_there())
        if answered and self.port is not None:
            hello = self.context.link.hello
            held = self.census.on_port(self.port)
            self.question.show_verdict(verdict(self.port, held, hello.system if hello is not None else ""))
        else:
            self.question.show_verdict(None)
        if self.interface is not None and self.port is None:
            self.question.show_elsewhere(self.census.elsewhere(self.interface.name), visible(self.interface.name, 40))
        else:
            self.question.show_elsewhere(0, "")

    def _nothing_there(self) -> bool:
        """Whether the probe has had the time to name a socket, had there been one."""
        if self.failed_with is not None or not self.visible_now or self.context.link.hello is None:
            return False
        return min(self.asked_seconds, monotonic() - self._greeted_at) >= PATIENT_SECONDS

    def badge_text(self) -> str:
        return str(self.census.total) if self.census.total else ""

    def facts(self) -> tuple[str, ...]:
        if not self.model.rows:
            return ()
        shown, total = self.proxy.rowCount(), self.census.total
        sockets = plural(total, self.tr("%n listener"), self.tr("%n listeners"))
        if shown < total:
            sockets = fill(self.tr("%1 of %2"), shown, sockets)
        hidden = self.census.hidden
        facts = [sockets, plural(self.census.processes, self.tr("%n process"), self.tr("%n processes"))]
        if hidden:
            facts.append(plural(hidden, self.tr("%n hidden owner"), self.tr("%n hidden owners")))
        return tuple(facts)

    def emptiness(self) -> Emptiness:
        if not self._nothing_there():
            return Emptiness(Why.LISTENING, self.tr("Reading the listening sockets."))
        return Emptiness(
            Why.NOTHING_FOUND,
            self.tr("Nothing listens here."),
            (
                self.tr(
                    "No TCP socket listens and no UDP socket is bound at this place. New ones appear by themselves."
                ),
            ),
            (self.rescan_action(),),
        )

    def filtered_out(self) -> Emptiness:
        if self.port is not None:
            title = self.tr("No socket to show.")
            text = fill(self.tr("A program that opens port %1 appears here by itself."), self.port)
            return Emptiness(Why.FILTERED_OUT, title, (text,), (Action(self.tr("Show all ports"), self._forget_port),))
        if self.interface is not None and not self._everywhere and not self.proxy.text:
            title = fill(self.tr("No socket is bound to an address of %1."), visible(self.interface.name, 40))
            text = self.tr("Those there are listen at other addresses of this computer.")
            show = Action(self.tr("Show all addresses"), lambda: self.question.elsewhere.setChecked(True))
            return Emptiness(Why.FILTERED_OUT, title, (text,), (show,))
        return super().filtered_out()

    def _forget_port(self) -> None:
        self.question.set_port(None)
        self._asked(None)

    # Rows

    def describe(self, item: ListenerRow) -> Details:
        listener = item.listener
        same_port = [other for other in self.census.on_port(listener.port) if other != listener]
        same_process = [other for other in self.census.of_process(listener.pid) if other != listener]
        why = Action(self.tr("Diagnose"), self._diagnose)
        return describe(item, same_port, same_process, time(), (why,) if same_port or listener.known else ())

    def _diagnose(self) -> None:
        row = self.view.current_item()
        if row is not None:
            self.go_to.emit("diagnosis", str(row.listener.port))

    def second(self) -> None:
        super().second()
        self.refresh_details()
        if self._unconfirmed and self._nothing_there() and not self._confirm.isActive():
            self._drop_unconfirmed()

    def record_of(self, item: ListenerRow) -> Record:
        return item.listener

    def activate(self, item: ListenerRow) -> None:
        self.select(str(item.listener.port))

    def fill_menu(self, menu: QMenu, item: ListenerRow) -> None:
        port = item.listener.port
        menu.addAction(fill(self.tr("Who owns port %1?"), port)).triggered.connect(lambda: self.select(str(port)))
        copy = menu.addAction(self.tr("Copy address and port"))
        copy.triggered.connect(lambda: QGuiApplication.clipboard().setText(endpoint_words(item.listener)))
