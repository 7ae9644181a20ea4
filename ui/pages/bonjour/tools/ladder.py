"""The view Why empty?: finds out, step by step, why nothing is found, and says it in one sentence an interface."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtWidgets import QVBoxLayout

from discovery.records import LadderVerdict, Rung
from discovery.requests import LadderRequest
from net.records import Key, Problem, Record
from ui.link import Watch
from ui.pages.base import PageContext
from ui.pages.bonjour.columns import tr
from ui.pages.bonjour.tools.ladder_columns import rung_columns, state_words, step_words
from ui.pages.tool import Tool
from ui.pages.tool_head import Head
from ui.pages.tool_strip import Strip, set_words
from ui.text import fill, visible
from ui.theme import Tone
from ui.widgets.actions import Action
from ui.widgets.details_form import Details, DetailsForm, Fact, Section
from ui.widgets.empty_panel import Emptiness, Why
from ui.widgets.table_panel import TablePanel

TEXT_CAP = 400


class LadderTool(Tool):
    """Asks a few questions on the network when it is told to, and never by itself."""

    example = "state:failed interface:en0"

    def __init__(self, context: PageContext) -> None:
        super().__init__(context)
        self.rungs: dict[Key, Rung] = {}
        self.verdicts: dict[str, LadderVerdict] = {}
        self._watch: Watch | None = None
        self._failed: Problem | None = None
        self.strip = Strip()
        self.host = self.strip.add_text(tr("Known host"), tr("A host that should be heard"), "192.168.1.40", 24)
        self.host.setToolTip(tr("The last step asks it by unicast; empty: a host that was heard or a neighbour"))
        self.run_button = self.strip.add_button("")
        self.stop_button = self.strip.add_button(tr("Stop"))
        self.head = Head()
        self.table = TablePanel(rung_columns(), tr("Steps"), natural=lambda row: (row.interface, row.place))
        self.details = DetailsForm(empty_text=tr("Select a step to see all it says."))
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        for widget in (self.strip, self.head):
            layout.addWidget(widget)
        layout.addWidget(self.table, 1)
        self.strip.submitted.connect(self.run)
        self.run_button.clicked.connect(self.run)
        self.stop_button.clicked.connect(self.stop)
        self.table.view.current_item_changed.connect(self._show_details)
        self.table.proxy.filter_changed.connect(self._tell)
        self._tell()

    # What the page calls

    def interface_changed(self) -> None:
        self._tell()

    def rescan(self) -> None:
        """Find out anew."""
        self.stop()
        self.run()

    def set_filter(self, text: str) -> None:
        self.table.proxy.set_filter(text)
        self._tell()

    def resumed(self) -> None:
        self._show()

    def focus_content(self) -> None:
        self.table.view.setFocus()

    def export_rows(self) -> Sequence[tuple[str, ...]]:
        """The steps."""
        return self.table.view.rows_as_text(selected=False) if self.rungs else []

    def export_records(self) -> Sequence[Record]:
        """The steps and what they say together."""
        return [*self.rungs.values(), *self.verdicts.values()]

    def export_report(self) -> str:
        """The verdict of each interface over its steps."""
        lines = []
        for interface in dict.fromkeys(rung.interface for rung in self.rungs.values()):
            lines.append(f"## {interface}\n")
            verdict = self.verdicts.get(interface)
            if verdict is not None:
                lines.append(f"{verdict.text} {verdict.remedy or ''}".strip() + "\n")
            steps = sorted((rung for rung in self.rungs.values() if rung.interface == interface), key=_place)
            lines += [f"{rung.place}. {step_words(rung)}: {state_words(rung)}. {rung.text}" for rung in steps]
            lines.append("")
        return "\n".join(lines)

    # The work

    def run(self) -> None:
        """Take the steps on the chosen interface, or on all."""
        if self._watch is not None:
            return
        self._failed = None
        self.rungs.clear()
        self.verdicts.clear()
        self.table.model.clear()
        names = (self.interface.name,) if self.interface is not None else ()
        request = LadderRequest(interfaces=names, host=self.host.text().strip() or None)
        self._watch = self.open_watch("bonjour.ladder", request)
        self._tell()

    def stop(self) -> None:
        """What is known stays."""
        if self._watch is not None:
            self.close_watch(self._watch)
            self._watch = None
            self._tell()

    def take(self, records: tuple[Record, ...]) -> None:
        for record in records:
            if isinstance(record, Rung):
                self.rungs[record.key()] = record
            elif isinstance(record, LadderVerdict):
                self.verdicts[record.interface] = record
            elif isinstance(record, Problem):
                self.strip.say_problem(record)
        if not self.rests(len(records)):
            self._show()

    def failed(self, problem: Problem) -> None:
        self._failed = problem

    def watch_over(self, watch: Watch) -> None:
        if watch is self._watch:
            self._watch = None
            self._tell()

    # What is shown

    def _show(self) -> None:
        self.table.put(self.rungs.items())
        self._tell()

    def _show_details(self, rung: Rung | None) -> None:
        if rung is None:
            self.details.show_details(None)
            return
        verdict = self.verdicts.get(rung.interface)
        sections = [Section("", facts=(Fact(tr("On"), rung.interface),)), Section(tr("What was seen"), text=rung.text)]
        if rung.remedy:
            sections.append(Section(tr("What to do"), text=rung.remedy))
        if verdict is not None:
            together = f"{verdict.text} {verdict.remedy or ''}".strip()
            sections.append(Section(fill(tr("All steps on %1"), rung.interface), text=together))
        tone = {"passed": Tone.OK, "failed": Tone.ERROR, "running": Tone.INFO}.get(rung.state, Tone.NEUTRAL)
        self.details.show_details(Details(step_words(rung), state_words(rung), tone, tuple(sections)))

    def _tell(self) -> None:
        running = self._watch is not None
        where = self.interface.name if self.interface is not None else ""
        set_words(self.run_button, fill(tr("Find out on %1"), where) if where else tr("Find out"))
        self.run_button.setEnabled(not running)
        self.stop_button.setEnabled(running)
        self.head.setVisible(bool(self.rungs or self.verdicts))
        if self.rungs or self.verdicts:
            self._say(running=running)
        self.table.tell(self._why_empty())

    def _say(self, *, running: bool) -> None:
        """The first interface that has a reason, the others in the line under it."""
        verdicts = sorted(self.verdicts.values(), key=lambda verdict: verdict.failed is None)
        if not verdicts:
            words = tr("Taking the steps.") if running else tr("Stopped before the steps said anything.")
            self.head.say(words, Tone.INFO if running else Tone.NEUTRAL, busy=running)
            return
        first, *others = verdicts
        facts = tuple(visible(f"{each.interface}: {each.text}", TEXT_CAP) for each in others)
        sentence = fill(tr("%1: %2"), first.interface, first.text) if len(self.verdicts) > 1 else first.text
        tone = Tone.ERROR if first.failed is not None else Tone.OK
        self.head.say(sentence, tone, facts, remedy=first.remedy or "", busy=running)

    def _why_empty(self) -> Emptiness:
        if self.table.model.rows:
            return Emptiness(Why.FILTERED_OUT, tr("None of the steps matches the filter."))
        if self._failed is not None:
            again = Action(tr("Try again"), self.run)
            return Emptiness(Why.CANNOT_WORK, self._failed.text, (self._failed.remedy,), (again,))
        if self._watch is not None:
            return Emptiness(Why.LISTENING, tr("Taking the steps."))
        reasons = (
            tr("Seven steps, each passed or failed: the interface, the join, our own question looped back, any other "
               "host's packet, an answer by multicast, one by unicast, a known host."),
            tr("The first that fails names the reason: this computer, its firewall, or the network."),
        )  # fmt: skip
        title = tr("Why is nothing found?")
        return Emptiness(Why.NOT_ASKED, title, reasons, (Action(tr("Find out"), self.run),))


def _place(rung: Rung) -> int:
    return rung.place
