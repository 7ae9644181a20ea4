"""The Bonjour page: the services other hosts offer, by type, as they come, change and go."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from time import monotonic

import msgspec
from PySide6.QtCore import QRect
from PySide6.QtWidgets import QMenu, QVBoxLayout, QWidget

from discovery.records import BrowseState, Service
from discovery.requests import BrowseRequest
from net.records import Key, Problem, Record, Removed
from resources.loader import service_types
from ui.interfaces import stable_key
from ui.pages.base import PageContext
from ui.pages.bonjour.actions import ServiceActions, fill_head_menu
from ui.pages.bonjour.book import ServiceBook
from ui.pages.bonjour.columns import EXACT_FIELDS, FIELDS, columns, words
from ui.pages.bonjour.copying import export_table
from ui.pages.bonjour.details import Surroundings, describe_host, describe_service, describe_type
from ui.pages.bonjour.emptiness import Remedies, Situation, why_empty
from ui.pages.bonjour.heads import Grouping
from ui.pages.bonjour.intake import Intake
from ui.pages.bonjour.records import RecordBook
from ui.pages.bonjour.records_pane import RecordsPane
from ui.pages.bonjour.rows import HostRow, Line, ServiceRow, State, TypeRow, natural, type_key
from ui.pages.bonjour.service_views import ServiceViews
from ui.pages.bonjour.standing import filter_fits_none, none_of_state, status_facts
from ui.pages.bonjour.strip import BonjourStrip
from ui.pages.bonjour.tools import TOOLS
from ui.pages.bonjour.typed_types import TypedTypes
from ui.pages.views_page import ViewsPage
from ui.text import visible
from ui.widgets.actions import Action
from ui.widgets.banner import problem_key
from ui.widgets.columns import Column
from ui.widgets.details_form import Details
from ui.widgets.empty_panel import Emptiness
from ui.widgets.filter_proxy import FilterProxy
from ui.widgets.grouped_table import GroupedFilterProxy, GroupedTableModel
from ui.widgets.grouped_view import GroupedView
from ui.widgets.table_model import KeyedTableModel
from ui.widgets.table_view import TableView

MAIN = ""
"""The watch for all types that are listed, among the types typed."""
MOST_CLOSED = 200
RESELECT_SECONDS = 5.0


class BonjourPage(ViewsPage[Line]):
    """Browses while it is shown. What is known stays when it is hidden, and is asked for again on return."""

    name = "bonjour"
    example = "type:http host:beta"

    def __init__(self, context: PageContext) -> None:
        self.records = RecordBook()
        self.records_pane = RecordsPane()
        super().__init__(context, columns(), natural=natural, fields=FIELDS, below=self.records_pane)
        self.book = ServiceBook()
        self._states: dict[str, BrowseState] = {}
        self._problems: dict[str, Problem] = {}
        self._only: State | None = None
        self.quiet = False
        self._as_hex = False
        self._reselect: Key | None = None
        self._held_extra: dict[tuple[str, Key], Record] = {}
        self.intake = Intake(self.book, self.records, MAIN, self)
        self.intake.taken.connect(self._taken)
        self.proxy.exact_fields = EXACT_FIELDS
        self.model.words = words
        self.service_views = ServiceViews(self.book, self.grouped, self.groups, self.table, self)
        self.service_actions = ServiceActions(self, self._current, self.form)
        self.service_actions.verify_wanted.connect(lambda name, kind: self.views.use("ask", "verify", name, kind))
        self.strip = BonjourStrip()
        self.strip.shown_changed.connect(self.show_only)
        self.strip.quiet_changed.connect(self.set_quiet)
        self.typed = TypedTypes(context, self.strip, self.book.claims, self)
        self.typed.batch.connect(self._take_extra)
        self.typed.restarted.connect(self._doubt)
        self.typed.dropped.connect(self._leave)
        self.typed.message.connect(self.message)
        self._arrange()
        self.model.changed.connect(self._select_again)
        # Now, not when the first row is selected: reading the table takes as long as three frames.
        service_types()
        self._restore()

    def _arrange(self) -> None:
        services = QWidget()
        layout = QVBoxLayout(services)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        layout.addWidget(self.strip)
        layout.addWidget(self.stack, 1)
        self.stack.addWidget(self.service_views.matrix)
        self.add_views("services", self.tr("Services"), services, TOOLS)
        self.views.quiet_changed.connect(self.set_quiet)
        self.views.add_corner(self.service_views.switch)
        self.service_views.changed.connect(self._service_view_changed)
        matrix = self.service_views.matrix
        matrix.current_item_changed.connect(self._show_details)
        matrix.row_activated.connect(self.activate)
        matrix.menu_wanted.connect(self.fill_menu)
        matrix.changed.connect(self.update_state)

    def _service_view_changed(self) -> None:
        self.service_views.matrix.show_states(self._states)
        self.update_state()
        self.refresh_details()

    def front(self) -> TableView[Line]:
        return self.service_views.front

    def _current(self) -> Line | None:
        return self.front().current_item()

    def make_table(
        self,
        columns: Sequence[Column[Line]],
        natural: Callable[[Line], object] | None,
        fields: Mapping[str, Callable[[Line], str]],
    ) -> tuple[KeyedTableModel[Line], FilterProxy[Line], TableView[Line]]:
        by = Grouping.TYPE
        model: GroupedTableModel[Line] = GroupedTableModel(
            columns, head_key=by.head_key, group_order=by.order, natural=natural, fields=fields, parent=self
        )
        self.grouped = model
        self.groups: GroupedFilterProxy[Line] = GroupedFilterProxy(model, self)
        self.table: GroupedView[Line] = GroupedView(model, self.groups, name=self.title())
        self.groups.closed_changed.connect(self._closed_changed)
        return model, self.groups, self.table

    def title(self) -> str:
        return self.tr("Bonjour services")

    def _restore(self) -> None:
        closed = self.context.settings.page_text(self.name, "closed").split()
        self.groups.set_closed(frozenset(type_key(name) for name in closed))
        self.typed.restore()
        self.service_views.restore(self.context.settings)

    # Watching

    def ask(self) -> None:
        for problem in self._problems.values():
            self.banners.clear_notice(problem_key(problem))
        self._problems.clear()
        self._states.clear()
        self.records.clear()
        request = BrowseRequest(interfaces=self.chosen_names(), ledger=True, quiet=self.quiet)
        self.open_watch("bonjour.browse", request)
        self.typed.extra.ask(self.chosen_names(), quiet=self.quiet)

    def set_quiet(self, quiet: bool) -> None:  # noqa: FBT001 - a slot
        """Send nothing, or ask again; what is known stays."""
        changed, self.quiet = quiet != self.quiet, quiet
        self.strip.quiet.setChecked(quiet)
        self.views.set_quiet(quiet=quiet)
        if changed and self.visible_now:
            super().rescan()

    def hidden(self) -> None:
        super().hidden()
        self.typed.extra.stop()

    def set_filter(self, text: str) -> None:
        super().set_filter(text)
        self.service_views.set_filter(text)

    def close_page(self) -> None:
        super().close_page()
        self.service_views.remember(self.context.settings)
        self.service_views.matrix.model.flush()
        self.intake.clear()
        self.typed.extra.stop()

    def doubt_rows(self) -> None:
        self.intake.take_all()
        for source in (MAIN, *self.typed.types):
            self.book.doubt(source)
        self._show()

    def restarted(self) -> None:
        self._states.clear()
        self.intake.take_all()
        self.records.clear()
        self._doubt(MAIN)

    def _doubt(self, source: str) -> None:
        self.book.doubt(source)
        self._show()

    def interface_changed(self) -> None:
        """Another interface is another question: nothing heard elsewhere stays."""
        current = self._current()
        self._reselect = current.key if current is not None else None
        self.forget_held()
        self._held_extra.clear()
        self.intake.clear()
        self.book.clear()
        self.records.clear()
        self._states.clear()
        self._show()
        self.model.flush()
        super().interface_changed()

    def take(self, records: tuple[Record, ...]) -> None:
        for record in records:
            match record:
                case BrowseState():
                    self._states[record.interface] = record
                case Problem():
                    self._problems[record.key().name] = record
                    self.banners.show_problem(record)
                case Removed(of="problem"):
                    self._problems.pop(record.name, None)
                    self.banners.clear_notice(record.name)
                case _:
                    pass
        self.intake.add(self._heard_here(records))
        if self.service_views.shows_matrix:
            self.service_views.matrix.show_states(self._states)
        self.update_state()

    def _taken(self, heard: bool) -> None:  # noqa: FBT001 - a slot
        self._show()
        current = self._current() if heard else None
        if isinstance(current, ServiceRow) and tuple(self.records.of(current.service)) != self.records_pane.records:
            self.refresh_details()

    def _take_extra(self, source: str, records: tuple[Record, ...]) -> None:
        services = [record for record in self._heard_here(records) if isinstance(record, Service)]
        if self.paused:
            self._held_extra.update({(source, service.key()): service for service in services})
            return
        self.book.take(source, services, monotonic())
        self._show()
        self.typed.show_types()

    def _heard_here(self, records: tuple[Record, ...]) -> list[Record]:
        """Without services heard elsewhere only: a batch may be older than the choice of the interface."""
        if self.interface is None:
            return list(records)
        name = self.interface.name
        return [record for record in records if not isinstance(record, Service) or name in record.interfaces]

    def set_paused(self, paused: bool) -> None:  # noqa: FBT001 - a slot
        super().set_paused(paused)
        self.records_pane.set_paused(paused=paused)
        if not paused:
            held, self._held_extra = self._held_extra, {}
            for (source, _), record in held.items():
                self._take_extra(source, (record,))

    def second(self) -> None:
        if not self.paused:
            self.book.tick(monotonic())
            self._show()
            self._refresh_ages()
            self.refresh_details()
        super().second()

    def _show(self) -> None:
        put, drop = self.book.changes(self.groups.closed)  # type: ignore[arg-type]
        if put or drop:
            self.service_views.change(put, drop)
            self.change(put, drop)

    def _select_again(self) -> None:
        """What was selected before another interface was chosen, if it is heard there soon."""
        late = self.asked_seconds > RESELECT_SECONDS
        if self._reselect is not None and (late or self.service_views.select_key(self._reselect)):
            self._reselect = None

    def _refresh_ages(self) -> None:
        """The column of states again. No row changed, so the filter need not look at all of them."""
        place = next(number for number, column in enumerate(self.model.columns) if column.key == "state")
        for row in self.model.rows:
            row.cells[place] = None
        view = self.view.viewport()
        view.update(QRect(self.view.columnViewportPosition(place), 0, self.view.columnWidth(place), view.height()))

    def _leave(self, text: str) -> None:
        """That type is browsed no more; services that only it has brought are taken away."""
        self.book.leave(text, monotonic())
        self._show()

    # What is shown

    def show_only(self, state: State | None) -> None:
        """All services, those alive, or those gone."""
        self._only = state
        self.strip.choose(state)
        if state is None:
            self.service_views.set_condition(None)
        else:
            gone = state is State.GONE
            self.service_views.set_condition(
                lambda line: isinstance(line, ServiceRow) and (line.state is State.GONE) is gone
            )

    def _closed_changed(self) -> None:
        closed = self.groups.closed
        heads = [row.key for row in self.model.rows if not isinstance(row.item, ServiceRow)]
        self.model.put((key, line) for key in heads if (line := self.book.head(key, closed=key in closed)) is not None)  # type: ignore[arg-type]
        names = sorted(key.name for key in closed if isinstance(key, Key) and key.kind == "type")[:MOST_CLOSED]
        self.context.settings.set_page_text(self.name, "closed", " ".join(names))

    def update_state(self) -> None:
        super().update_state()
        gone = self.book.gone_count
        self.strip.set_counts(len(self.book.rows) - gone, gone)

    def badge_text(self) -> str:
        alive = len(self.book.rows) - self.book.gone_count
        return str(alive) if alive else ""

    def facts(self) -> tuple[str, ...]:
        filtered = bool(self.proxy.text.strip()) or self._only is not None
        shown = len(self.groups.fitting_items()) if filtered else None
        return status_facts(self.book, quiet=self.quiet, shown=shown)

    def emptiness(self) -> Emptiness:
        default = self.context.interfaces.default()
        use_lan = None
        if default is not None and default != self.interface:
            text = self.tr("Use %1").replace("%1", visible(default.name))
            use_lan = Action(text, lambda: self.choose_interface.emit(stable_key(default)))
        subject = self.interface.name if self.interface is not None else ""
        diagnose = Action(self.tr("Diagnose"), lambda: self.go_to.emit("diagnosis", subject))
        situation = Situation(
            self.interface, self.asked_seconds, self._states, tuple(self._problems.values()), self.paused, self.quiet
        )
        ask = Action(self.tr("Ask now"), lambda: self.set_quiet(False))
        steps = Action(self.tr("Find out why"), lambda: self.views.use("ladder", "rescan"))
        return why_empty(situation, Remedies(self.rescan_action(), diagnose, use_lan, ask, steps))

    def filtered_out(self) -> Emptiness:
        total = len(self.book.rows)
        if not total:
            return self.emptiness()
        if self.proxy.text.strip():
            return filter_fits_none(total, super().filtered_out())
        return none_of_state(self._only, Action(self.tr("Show all"), lambda: self.show_only(None)))

    def describe(self, item: Line) -> Details:
        if isinstance(item, TypeRow):
            return describe_type(item, self.book.members(item.key))
        if isinstance(item, HostRow):
            return describe_host(item, self.book.members(item.key))
        service, known = item.service, self.context.interfaces.by_name
        heard, txt = self.records.of(service), self.records.txt(service)
        around = Surroundings(known, self._states, heard, txt, self._as_hex)
        return describe_service(item, around, monotonic(), self._buttons(item))

    def _buttons(self, item: ServiceRow) -> list[Action]:
        buttons = self.service_actions.buttons(item)
        if item.service.txt:
            words = self.tr("TXT as text") if self._as_hex else self.tr("TXT as hex")
            buttons.append(Action(words, self._toggle_hex))
        return buttons

    def _toggle_hex(self) -> None:
        self._as_hex = not self._as_hex
        self.refresh_details()

    def _show_details(self, _item: Line | None) -> None:
        """Of the table in front; the other one may still be told of changes."""
        current = self._current()
        super()._show_details(current)
        self.records_pane.show_records(self.records.of(current.service) if isinstance(current, ServiceRow) else ())

    def own_rows(self) -> Sequence[tuple[str, ...]]:
        return export_table([line for line in self.groups.fitting_items() if isinstance(line, ServiceRow)])

    def own_records(self) -> Sequence[Record]:
        """The services shown, and after them the records they are made of."""
        rows = [line for line in self.groups.fitting_items() if isinstance(line, ServiceRow)]
        heard = {record.key(): record for row in rows for record in self.records.of(row.service)}
        return [*(self.record_of(row) for row in rows), *heard.values()]

    def record_of(self, item: Line) -> Record:
        if not isinstance(item, ServiceRow):
            raise TypeError(item.key.name)  # heads stand for no record and are never exported
        gone = item.state is State.GONE
        return msgspec.structs.replace(item.service, change="removed") if gone else item.service

    def activate(self, item: Line) -> None:
        if isinstance(item, ServiceRow):
            self.service_actions.open(item)

    def fill_menu(self, menu: QMenu, item: Line) -> None:
        if isinstance(item, ServiceRow):
            self.service_actions.fill_menu(menu, item)
        else:
            fill_head_menu(menu, self.table, item.key)
