"""The view Publish: announces services from here until they are stopped, and shows names that are taken."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from functools import partial

from PySide6.QtGui import QAction
from PySide6.QtWidgets import QMenu, QVBoxLayout

from discovery.records import Published
from net.records import Problem, Record
from ui.link import Watch
from ui.pages.base import PageContext
from ui.pages.bonjour.columns import tr
from ui.pages.bonjour.tools.publication_rows import (
    Publication,
    describe_publication,
    publication_columns,
    standing,
)
from ui.pages.bonjour.tools.publish_form import PublishForm
from ui.pages.tool import Tool
from ui.pages.tool_strip import set_words
from ui.text import fill, plural
from ui.theme import Tone
from ui.widgets.actions import Action
from ui.widgets.details_form import DetailsForm
from ui.widgets.empty_panel import Emptiness, Why
from ui.widgets.table_panel import TablePanel

KEPT = 200
"""Rows; those that are over go first."""
OBSTACLES_KEPT = 20


class PublishTool(Tool):
    """What is published stays so while something else is in front, until it is stopped or the window closes."""

    example = "state:renamed"

    def __init__(self, context: PageContext) -> None:
        super().__init__(context)
        self._watches_by_number: dict[int, Watch] = {}
        self._last = 0
        self.form = PublishForm()
        self.publish_button = self.form.add_button("")
        self.stop_button = self.form.add_button(tr("Stop"), tr("Withdraw the selected services with a goodbye"))
        self.table = TablePanel(publication_columns(), tr("Published from here"), natural=lambda row: -row.number)
        self.details = DetailsForm(empty_text=tr("Select a service that is published to see all about it."))
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        layout.addWidget(self.form)
        layout.addWidget(self.table, 1)
        self.form.submitted.connect(self.publish)
        self.publish_button.clicked.connect(self.publish)
        self.stop_button.clicked.connect(self.stop_selected)
        self.table.view.current_item_changed.connect(self._show_details)
        self.table.view.selectionModel().selectionChanged.connect(lambda *_: self._update())
        self.table.view.menu_wanted.connect(self._fill_menu)
        self._update()

    # What the page calls

    def interface_changed(self) -> None:
        self._update()

    def set_filter(self, text: str) -> None:
        self.table.proxy.set_filter(text)
        self._update()

    def focus_content(self) -> None:
        self.form.name.setFocus()

    def export_rows(self) -> Sequence[tuple[str, ...]]:
        """What is published and was."""
        return self.table.view.rows_as_text(selected=False) if self.table.model.rows else []

    def export_records(self) -> Sequence[Record]:
        """As the probe last told it."""
        return [row.told for row in self.table.proxy.shown_items() if row.told is not None]

    @property
    def running(self) -> int:
        """How many services are published."""
        return len(self._watches_by_number)

    # The work

    def publish(self) -> None:
        """Announce what the form says, on the chosen interface."""
        names = (self.interface.name,) if self.interface is not None else ()
        request = self.form.request(names)
        if request is None:
            self.form.say(tr("Type a name and a type, such as _http._tcp."))
            return
        same = next((row for row in self.table.model.items() if row.running and row.request == request), None)
        if same is not None:
            self.table.view.select_key(same.number)
            self.form.say(tr("That is published from here already: stop it first, or change a field."))
            return
        self._last += 1
        number = self._last
        self._put(Publication(number, request))
        watch = self._watches_by_number[number] = self.open_watch("bonjour.publish", request)
        watch.batch.connect(partial(self._told, number))
        watch.problem.connect(partial(self._refused, number))
        watch.ended.connect(partial(self._over, number))
        self.table.view.select_key(number)
        self._update()

    def stop_selected(self) -> None:
        """Withdraw the selected ones; a goodbye is sent."""
        for row in self.table.view.selected_items():
            watch = self._watches_by_number.pop(row.number, None)
            if watch is not None:
                self.close_watch(watch)
                self._put(replace(row, running=False))
        self.form.say(tr("Withdrawn: a goodbye was sent."))
        self._update()

    def _told(self, number: int, records: tuple[Record, ...]) -> None:
        for record in records:
            row = self.table.model.item(number)
            if row is not None and isinstance(record, Published):
                self._put(replace(row, told=record))
            elif row is not None and isinstance(record, Problem):
                self._put(replace(row, obstacles=(*row.obstacles, record)[-OBSTACLES_KEPT:]))
        self._update()

    def _refused(self, number: int, problem: Problem) -> None:
        row = self.table.model.item(number)
        if row is not None:
            self._put(replace(row, problem=problem, running=False))
        self.form.say_problem(problem)

    def _over(self, number: int) -> None:
        row = self.table.model.item(number)
        if self._watches_by_number.pop(number, None) is not None and row is not None:
            self._put(replace(row, running=False))
        self._update()

    def _put(self, row: Publication) -> None:
        self.table.put([(row.number, row)])
        over = [known.number for known in self.table.model.items() if not known.running]
        for number in sorted(over)[: max(0, len(self.table.model.rows) - KEPT)]:
            self.table.model.drop([number])

    # What is shown

    def _fill_menu(self, menu: QMenu, row: Publication) -> None:
        if row.running:
            stop = QAction(tr("Stop"), menu)
            stop.triggered.connect(self.stop_selected)
            menu.addAction(stop)

    def _show_details(self, row: Publication | None) -> None:
        if row is None:
            self.details.show_details(None)
            return
        actions = (Action(tr("Stop"), self.stop_selected),) if row.running else ()
        self.details.show_details(describe_publication(row, actions))

    def _update(self) -> None:
        where = self.interface.name if self.interface is not None else ""
        set_words(self.publish_button, fill(tr("Publish on %1"), where) if where else tr("Publish"))
        self.stop_button.setEnabled(any(row.running for row in self.table.view.selected_items()))
        self.table.tell(self._why_empty())
        self._say()

    def _say(self) -> None:
        """Why the selected one was refused; else the worst of what is published now."""
        selected = self.table.view.current_item()
        if selected is not None and selected.problem is not None:
            self.form.say_problem(selected.problem)
            return
        running = [row for row in self.table.model.items() if row.running]
        if not running:
            if not self.form.note.text:
                self.form.say(tr("Publishing sends: every host on the link sees the service until you stop it."))
            return
        held_up = next((row for row in running if row.obstacles and not (row.told and row.told.interfaces)), None)
        if held_up is not None:
            self.form.say_problem(held_up.obstacles[-1])
            return
        worst = next((row for row in running if standing(row)[2] is Tone.WARNING), None)
        words = plural(len(running), tr("One service is published from here."), tr("%n are published from here."))
        meaning = standing(worst)[3] if worst is not None else tr("Stop, or closing the window, sends a goodbye.")
        self.form.say_state(f"{words} {meaning}", Tone.WARNING if worst is not None else Tone.OK)

    def _why_empty(self) -> Emptiness:
        if self.table.model.rows:
            return Emptiness(Why.FILTERED_OUT, tr("None of the services matches the filter."))
        reasons = (
            tr("Every host on the link will see the service: it is probed for three times, announced twice, and "
               "questions about it are answered from here until it is stopped."),
            tr("Only the announcement is made: nothing listens at the port unless a program does."),
        )  # fmt: skip
        return Emptiness(Why.NOT_ASKED, tr("Nothing is published from here."), reasons)
