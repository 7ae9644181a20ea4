"""The Ports page: which program listens where, and who holds the port somebody else wants."""

from __future__ import annotations

from time import time

from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QMenu, QVBoxLayout, QWidget

from net.ports.records import Listener
from net.records import Record
from ui.pages.base import PageContext
from ui.pages.ports import emptiness as empty
from ui.pages.ports.census import reached_by
from ui.pages.ports.columns import ListenerRow, in_conflict
from ui.pages.ports.details import endpoint_words
from ui.pages.ports.endpoint import port_number
from ui.pages.ports.history import owners_in_words, owners_of
from ui.pages.ports.owner_desk import OwnerDesk
from ui.pages.ports.question import Question
from ui.pages.ports.sockets_page import SocketsPage
from ui.pages.ports.ticket import ticket
from ui.pages.ports.tools import TOOLS
from ui.pages.ports.verdict import Verdict, verdict
from ui.text import fill, plural, visible
from ui.widgets.actions import Action, add_choices
from ui.widgets.details_form import Details
from ui.widgets.empty_panel import Emptiness

OWN_VIEW = "sockets"


class PortsPage(SocketsPage):
    """One row a socket. A number, typed into the field or as the filter, asks who holds that port."""

    name = "ports"
    example = "port:5000 proc:node"

    def __init__(self, context: PageContext) -> None:
        super().__init__(context)
        self._by_filter = False
        self._everywhere = False
        self.port: int | None = None
        self.question = Question()
        self.question.asked.connect(self._asked)
        self.question.everywhere_toggled.connect(self._show_everywhere)
        self.question.left.connect(self.focus_content)
        self.question.answers_wanted.connect(self._who_answers)
        self.question.bind_wanted.connect(self._may_bind)
        self.question.watch_toggled.connect(self.toggle_watched)
        self.desk = OwnerDesk(context, self, self.view.current_item)
        self.desk.learned.connect(self.refresh_details)
        self.desk.notice.connect(self.banners.show_notice)
        self.desk.failed.connect(self.banners.show_problem)
        self.desk.root_wanted.connect(self.look_from)
        self.view.current_item_changed.connect(self._current_changed)
        self._add_views()
        self.proxy.set_condition(self._is_wanted)

    def title(self) -> str:
        return self.tr("Listening sockets")

    def _add_views(self) -> None:
        own = QWidget()
        layout = QVBoxLayout(own)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        layout.addWidget(self.question)
        layout.addWidget(self.stack, 1)
        self.add_views(OWN_VIEW, self.tr("Sockets"), own, TOOLS)

    # What is shown

    def set_filter(self, text: str) -> None:
        self.views.set_filter(text)
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
        """A port, a row, or what the tool ``answers`` or ``bind`` says of a port: ``answers 5000``."""
        tool, _, asked = subject.partition(" ")
        number = port_number(asked)
        if number is not None and self.views.has(tool):
            self.views.use(tool, "ask", number)
            return
        number = port_number(subject)
        if number is None:
            super().select(subject)
            return
        self.views.show_view(OWN_VIEW)
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

    def update_state(self) -> None:
        super().update_state()
        self.question.show_watched(self.watched.ports, self._watched_words() if self.port is None else "")
        self.question.show_verdict(self._verdict())
        if self.interface is not None and self.port is None:
            self.question.show_elsewhere(self.census.elsewhere(self.interface.name), visible(self.interface.name, 40))
        else:
            self.question.show_elsewhere(0, "")

    def _verdict(self) -> Verdict | None:
        """About the port that was asked for, as soon as there is something to say."""
        if self.port is None or not (self.model.rows or self.nothing_there):
            return None
        hello = self.context.link.hello
        return verdict(self.port, self.census.on_port(self.port), hello.system if hello is not None else "")

    def _watched_words(self) -> str:
        """``Watched: 5432 postgres (812), 8080 free.``"""
        if not self.watched:
            return ""
        owners = [(port, visible(owners_in_words(owners_of(self.census.on_port(port))), 60))
                  for port in self.watched.ports]  # fmt: skip
        return fill(self.tr("Watched: %1."), ", ".join(f"{port} {owner}" for port, owner in owners))

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
        return empty.nothing_listens(self.rescan_action()) if self.nothing_there else empty.reading()

    def filtered_out(self) -> Emptiness:
        if self.port is not None:
            return empty.port_is_free(self.port, self._forget_port)
        if self.interface is not None and not self._everywhere and not self.proxy.text:
            return empty.none_at(self.interface.name, lambda: self.question.elsewhere.setChecked(True))
        return super().filtered_out()

    def _forget_port(self) -> None:
        self.question.set_port(None)
        self._asked(None)

    # Rows

    def describe(self, item: ListenerRow) -> Details:
        listener = item.listener
        same_port = [other for other in self.census.on_port(listener.port) if other != listener]
        same_process = [other for other in self.census.of_process(listener.pid) if other != listener]
        actions = [Action(self.tr("Diagnose"), self._diagnose)] if same_port or in_conflict(listener) else []
        if listener.protocol == "tcp":
            actions.insert(0, Action(self.tr("Who answers?"), self._who_answers_row))
        turns = self.history.of(listener.port)
        return self.desk.describe(item, (same_port, same_process), turns, time(), actions)

    def _current_changed(self, row: ListenerRow | None) -> None:
        self.desk.processes.want(row.listener if row is not None else None)

    def _diagnose(self) -> None:
        row = self.view.current_item()
        if row is not None:
            self.go_to.emit("diagnosis", str(row.listener.port))

    def _who_answers_row(self) -> None:
        row = self.view.current_item()
        if row is not None:
            self._who_answers(row.listener.port)

    def _who_answers(self, port: int) -> None:
        self.views.use("answers", "ask", port)

    def _may_bind(self, port: int) -> None:
        self.views.use("bind", "ask", port)

    def export_report(self) -> str:
        """The sockets shown for a ticket, with names and secrets taken out."""
        if self.views.tool is not None:
            return super().export_report()
        return self._ticket([row.listener for row in self.proxy.shown_items()])

    def _ticket(self, listeners: list[Listener]) -> str:
        said = self._verdict()
        sentences = (said.title, said.text) if said is not None else ()
        return ticket(listeners, sentences, self.context.link.hello) if listeners else ""

    def copy_for_ticket(self) -> None:
        """The selected sockets to the clipboard, with names and secrets taken out."""
        text = self._ticket([row.listener for row in self.view.selected_items()])
        QGuiApplication.clipboard().setText(text)
        self.message.emit(text.strip().rpartition("\n")[2])

    def second(self) -> None:
        super().second()
        self.refresh_details()

    def shown(self) -> None:
        super().shown()
        self._current_changed(self.view.current_item())

    def hidden(self) -> None:
        super().hidden()
        self.desk.processes.want(None)

    def close_page(self) -> None:
        self.desk.close()
        super().close_page()

    def record_of(self, item: ListenerRow) -> Record:
        return item.listener

    def activate(self, item: ListenerRow) -> None:
        self.select(str(item.listener.port))

    def fill_menu(self, menu: QMenu, item: ListenerRow) -> None:
        port = item.listener.port
        watching = self.tr("Stop watching port %1") if port in self.watched else self.tr("Watch port %1")
        free = self.desk.free_action(item)
        choices = [
            Action(fill(self.tr("Who owns port %1?"), port), lambda: self.select(str(port))),
            Action(fill(self.tr("Who answers on port %1?"), port), lambda: self._who_answers(port)),
            Action(fill(self.tr("May I have port %1?"), port), lambda: self._may_bind(port)),
            Action(fill(watching, port), lambda: self.toggle_watched(port)),
            Action(self.tr("Copy address and port"), lambda: _copy(endpoint_words(item.listener))),
            Action(self.tr("Copy for a ticket, redacted"), self.copy_for_ticket),
        ]
        add_choices(menu, choices)
        if free is not None:
            add_choices(menu.addMenu(free.text), free.choices)


def _copy(text: str) -> None:
    QGuiApplication.clipboard().setText(text)
