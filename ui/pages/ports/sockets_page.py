"""The rows of the Ports page: sockets that open, change and close, who had a port before, and the ports watched."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable
from time import monotonic, time

from PySide6.QtCore import QTimer

from net.ports.records import Listener
from net.records import Problem, Record, Removed
from net.requests import PortsRequest
from ui.link import Watch
from ui.pages.base import PageContext
from ui.pages.ports.census import Census
from ui.pages.ports.columns import EXACT_FIELDS, FIELDS, ListenerRow, Mark, columns, natural, words
from ui.pages.ports.history import History, owners_of
from ui.pages.ports.marks import Marks
from ui.pages.ports.watched import MOST, WatchedPorts, notice_key, watched_notice
from ui.pages.views_page import ViewsPage
from ui.text import fill
from ui.widgets.actions import Action
from ui.widgets.table_model import RowKey

SETTLED_SECONDS = 0.5
"""The sockets there are already come at once; what comes after a pause as long as this has changed since."""
PATIENT_SECONDS = 3.0
"""A place without sockets sends nothing at all; after so long that is the answer."""
MARKS_MS = 250
RECORDS_A_TURN = 250
"""Records looked at before the event loop gets its turn: 4 ms."""


class SocketsPage(ViewsPage[ListenerRow]):
    """One row a socket. While ports are watched, it goes on behind other pages, without marks.

    Attributes:
        census: the sockets that are open.
        history: who had a port before.
        watched: the ports with a star.
    """

    def __init__(self, context: PageContext) -> None:
        super().__init__(context, columns(), natural=natural, fields=FIELDS)
        self.model.words = words
        self.proxy.exact_fields = EXACT_FIELDS
        self.census = Census()
        self.history = History()
        self.watched = WatchedPorts(context.settings)
        self._marks = Marks()
        self._expiry = QTimer(self, interval=MARKS_MS)
        self._expiry.timeout.connect(self._expire)
        self._backlog: deque[Record] = deque()
        self._turn = QTimer(self, singleShot=True, interval=0)
        self._turn.timeout.connect(self._work_off)
        self._listening: Watch | None = None
        self._greeted_at = 0.0
        self._last_batch: float | None = None
        self._settled = False
        self._known = False
        """Whether a first answer was had as a whole, so that other owners are news."""
        self._tunnels = self._tunnel_names()
        context.interfaces.changed.connect(self._interfaces_known)
        context.link.hello_received.connect(self._greeted)

    def ask(self) -> None:
        if self._listens:
            return
        self._last_batch = None
        self._settled = False
        self._listening = self.open_watch("ports.watch", PortsRequest(), keep=bool(self.watched))

    @property
    def _listens(self) -> bool:
        """Whether the watch goes on; with watched ports it does while another page is in front."""
        return self._listening is not None and self._listening.open

    def rescan(self) -> None:
        if self.views.tool is None and self._listening is not None:
            self.close_watch(self._listening)
        super().rescan()

    def doubt_rows(self) -> None:
        if not self._listens:
            super().doubt_rows()

    def second(self) -> None:
        super().second()
        if self._unconfirmed and self.nothing_there and not self._confirm.isActive():
            self._drop_unconfirmed()

    # Records

    def take(self, records: tuple[Record, ...]) -> None:
        now = monotonic()
        if self._last_batch is not None and now - self._last_batch > SETTLED_SECONDS:
            self._settled = self._known = True
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
        drop: list[str] = []
        for record in records:
            if isinstance(record, Listener):
                key = record.key().name
                self._unconfirmed.discard(key)
                if self._is_news(key, record):
                    put.append((key, self._row(key, record)))
            elif isinstance(record, Removed) and record.of == "listener":
                if self.visible_now:
                    put += self._close(record.name)
                else:
                    drop.append(record.name)
            elif isinstance(record, Removed) and record.of == "problem":
                self.banners.clear_notice(record.name)
            elif isinstance(record, Problem):
                self.banners.show_problem(record)
        self.change(put, drop)
        self._watch_marks()

    def change(self, put: Iterable[tuple[RowKey, ListenerRow]], drop: Iterable[RowKey] = ()) -> None:
        put, drop = list(put), list(drop)
        ports = self._ports_of(put, drop) if self._known else ()
        before = {port: owners_of(self.census.on_port(port)) for port in ports}
        for key, row in put:
            self.census.put(key, row)
        for key in drop:
            self.census.drop(key)
        for port, owners in before.items():
            now = owners_of(self.census.on_port(port))
            if now != owners:
                self._owners_changed(port, owners, now)
        super().change(put, drop)

    def _ports_of(self, put: Iterable[tuple[RowKey, ListenerRow]], drop: Iterable[RowKey]) -> set[int]:
        gone = (self.model.item(key) for key in drop)
        return {row.listener.port for _, row in put} | {row.listener.port for row in gone if row is not None}

    def _owners_changed(self, port: int, before: tuple[str, ...], after: tuple[str, ...]) -> None:
        turn = self.history.note(port, before, after, time())
        if port not in self.watched:
            return
        if turn is None:
            self.banners.clear_notice(notice_key(port))
            return
        notice = watched_notice(port, turn, Action(self.tr("Show"), lambda: self.select(str(port))))
        self.banners.show_notice(notice)
        self.message.emit(f"{notice.title} {notice.text}")

    def _is_news(self, key: str, listener: Listener) -> bool:
        """Whether the row must be shown anew; marks what has happened to it."""
        before = self.model.item(key)
        back = before is not None and before.mark is Mark.CLOSED
        if before is not None and before.listener == listener and not back:
            return False
        if self._settled and self.visible_now:
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
        vpn, watched = listener.interface in self._tunnels, listener.port in self.watched
        return ListenerRow(listener, self._marks.of(key), vpn, watched)

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
        super().doubt_rows()
        self._last_batch = None
        self._settled = False

    def _greeted(self) -> None:
        self._greeted_at = monotonic()

    # Rows

    def toggle_watched(self, port: int) -> None:
        """Watch it, or watch it no more."""
        if not self.watched.toggle(port):
            self.message.emit(fill(self.tr("No more than %1 ports can be watched."), MOST))
            return
        if port not in self.watched:
            self.banners.clear_notice(notice_key(port))
        if self._listening is not None:
            self.keep_watch(self._listening, keep=bool(self.watched))
        self._show_anew(self.census.on_port(port))

    def _interfaces_known(self) -> None:
        tunnels = self._tunnel_names()
        if tunnels != self._tunnels:
            self._tunnels = tunnels
            self._show_anew(row.item.listener for row in self.model.rows)

    def _show_anew(self, listeners: Iterable[Listener]) -> None:
        """What their rows say beside the listener has changed."""
        keys = [(listener.key().name, listener) for listener in listeners]
        self.change([(key, self._row(key, listener)) for key, listener in keys])

    def _tunnel_names(self) -> frozenset[str]:
        return frozenset(name for name, interface in self.context.interfaces.by_name.items() if interface.tunnel)

    @property
    def nothing_there(self) -> bool:
        """Whether the probe has had the time to name a socket, had there been one."""
        if self.failed_with is not None or not self.visible_now or self.context.link.hello is None:
            return False
        return min(self.asked_seconds, monotonic() - self._greeted_at) >= PATIENT_SECONDS
