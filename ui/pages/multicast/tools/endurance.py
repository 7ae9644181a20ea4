"""The tool Endurance: stays joined for minutes, and says whether a switch forgets the membership."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtGui import QFontMetrics
from PySide6.QtWidgets import QVBoxLayout, QWidget

from net.multicast.records import Endurance, EnduranceVerdict
from net.multicast.requests import EnduranceRequest
from net.records import Problem, Record
from ui.link import Watch
from ui.pages.base import PageContext
from ui.pages.multicast.states import tr
from ui.pages.multicast.target import Target, parse_target
from ui.pages.multicast.tools.base import Tool
from ui.pages.multicast.tools.endurance_plot import Course, EndurancePlot
from ui.pages.multicast.tools.endurance_words import TONES, details_of, state_tone, state_words
from ui.pages.multicast.tools.matrix_report import certainty_words
from ui.pages.multicast.tools.strip import Strip
from ui.pages.tool_head import Head
from ui.pages.tool_strip import set_words
from ui.text import count, fill, plural, stopwatch, visible
from ui.theme import Tone
from ui.widgets.actions import Action
from ui.widgets.details_form import Details, DetailsForm
from ui.widgets.empty_panel import Emptiness, EmptyPanel, Why

DEFAULT_SECONDS = 300


class EnduranceTool(Tool):
    """A run goes on while something else is in front."""

    def __init__(self, context: PageContext) -> None:
        super().__init__(context)
        self.standing: Endurance | None = None
        self.verdict: EnduranceVerdict | None = None
        self.running = False
        self._watch: Watch | None = None
        self._request = EnduranceRequest(group="", interface="")
        self._arrivals: dict[int, int] = {}
        self._joins: list[float] = [0.0]
        self.strip = Strip()
        self.field = self.strip.add_group(tr("Group"))
        self.seconds = self.strip.add_number(
            tr("Duration"), tr("Duration in seconds"), 5, 86_400, DEFAULT_SECONDS, tr(" s")
        )
        self.seconds.setSingleStep(60)
        self.seconds.setMinimumWidth(QFontMetrics(self.font()).averageCharWidth() * 13)
        self.seconds.setToolTip(tr("300 s and more tell whether a switch forgets: it would after 260 s"))
        self.run_button = self.strip.add_button("")
        self.stop_button = self.strip.add_button(tr("Stop"))
        self.head = Head()
        self.plot = EndurancePlot()
        self.form = DetailsForm(empty_text="")
        self.empty = EmptyPanel()
        self._arrange()
        self.strip.submitted.connect(self.run)
        self.run_button.clicked.connect(self.run)
        self.stop_button.clicked.connect(self.stop)
        context.interfaces.changed.connect(self._update_buttons)
        self._invite()
        self._update_buttons()

    # What the page calls

    def shown(self) -> None:
        self.field.setPlaceholderText(visible(self.usual_group(), 60))

    def interface_changed(self) -> None:
        self._update_buttons()

    def focus_content(self) -> None:
        self.run_button.setFocus()

    def export_rows(self) -> Sequence[tuple[str, ...]]:
        """What arrived in each second."""
        rows = [(str(second), str(arrived)) for second, arrived in sorted(self._arrivals.items())]
        return [(tr("Second"), tr("Arrived")), *rows] if rows else []

    def export_records(self) -> Sequence[Record]:
        """The verdict, or how it stands."""
        return [record for record in (self.verdict or self.standing,) if record is not None]

    def export_report(self) -> str:
        """The verdict with what it is from."""
        if self.verdict is None or self.form.details is None:
            return ""
        return f"{self.head.sentence}\n{self.head.facts}\n\n{self.form.details.as_text()}"

    # The work

    def run(self) -> None:
        """Join the group in the field, or the usual one, for as long as is set."""
        if self.running:
            return
        target = parse_target(self.field.text().strip() or self.usual_group())
        if not isinstance(target, Target):
            self.strip.say_problem(target)
            self.field.setFocus()
            return
        place = self.place()
        scope = self.context.interfaces.scope_name(target.scope) if target.scope is not None else None
        interface = scope or (place.name if place is not None else "")
        if not interface:
            self.strip.say(tr("No interface here can carry LAN multicast now; choose one at the top of the window."))
            return
        self.strip.say("")
        self.standing = self.verdict = None
        self._arrivals = {}
        self._joins = [0.0]
        self._request = EnduranceRequest(group=target.endpoint, interface=interface, seconds=self.seconds.value())
        self.running = True
        self._watch = self.open_watch("multicast.endurance", self._request)
        self.head.say(fill(tr("Joining %1 on %2."), target.endpoint, interface), Tone.INFO, busy=True)
        self.form.show_details(Details(title="", copies=False))
        self._show_course()
        self._show_result(shown=True)
        self._update_buttons()

    def stop(self) -> None:
        """End the run; what it would conclude so far stands."""
        if self.running:
            self.close_watch(self._watch)
            self._over()
            self._tell()

    def take(self, records: tuple[Record, ...]) -> None:
        for record in records:
            if isinstance(record, Endurance):
                self._stand(record)
            elif isinstance(record, EnduranceVerdict):
                self.verdict = record
                if record.final:
                    self._arrivals = dict(enumerate(record.per_second))
            elif isinstance(record, Problem):
                self.strip.say_problem(record)
        if not self.rests(len(records)):
            self._tell()

    def resumed(self) -> None:
        self._tell()

    def failed(self, problem: Problem) -> None:
        if self.standing is None:
            again = Action(tr("Try again"), self.run)
            self.empty.show_emptiness(Emptiness(Why.CANNOT_WORK, problem.text, (problem.remedy,), (again,)))
            self._show_result(shown=False)
        else:
            self.strip.say_problem(problem)

    def watch_over(self, watch: Watch) -> None:
        if watch is self._watch:
            self._over()

    def _stand(self, record: Endurance) -> None:
        second = int(record.elapsed) - 1
        if second >= 0:
            self._arrivals[second] = record.arrived
        if record.joined > self._joins[-1]:
            self._joins.append(record.joined)
        self.standing = record

    def _over(self) -> None:
        self.running = False
        self._watch = None
        if not self.paused:
            self._tell()
        if self.verdict is None and self.standing is None and self._result.isVisibleTo(self):
            self.head.say(tr("Stopped before it began."), Tone.NEUTRAL)
        self._update_buttons()

    # What is shown

    def _tell(self) -> None:
        standing, verdict = self.standing, self.verdict
        if standing is None:
            return
        if self.running and (verdict is None or not verdict.final):
            self.head.say(state_words(standing), state_tone(standing), self._facts(standing))
        elif verdict is not None:
            early = () if verdict.final else (tr("ended early"),)
            facts = (certainty_words(verdict.certainty), *early, *self._facts(standing))
            tone = TONES.get(verdict.code, Tone.NEUTRAL)
            self.head.say(verdict.text, tone, facts)
        if verdict is not None:
            self.form.show_details(details_of(verdict, running=self.running and not verdict.final))
        self._show_course()

    def _facts(self, standing: Endurance) -> tuple[str, ...]:
        silences = plural(standing.silences, tr("%n silence"), tr("%n silences"))
        return (
            fill(tr("%1 of %2"), stopwatch(standing.elapsed), stopwatch(standing.seconds)),
            fill(tr("%1 on %2"), self._request.group, standing.interface),
            fill(tr("%1 received"), count(standing.received)),
            silences,
            plural(standing.rejoins, tr("joined anew once"), tr("joined anew %n times")) if standing.rejoins else
            tr("joined once"),
        )  # fmt: skip

    def _show_course(self) -> None:
        standing, verdict = self.standing, self.verdict
        self.plot.show_course(
            Course(
                seconds=self._request.seconds,
                elapsed=standing.elapsed if standing is not None else 0.0,
                arrivals=self._arrivals,
                silences=verdict.silences if verdict is not None else (),
                joins=tuple(self._joins),
                forgets=self._request.membership_seconds,
            )
        )

    def _invite(self) -> None:
        reasons = (
            tr("A switch that snoops, in a LAN without a querier, stops forwarding a group 260 s after the join. The "
               "group stays joined for longer here; where it falls silent it is left and joined anew, which tells the "
               "switch from the sender."),
            tr("Something must send to the group meanwhile."),
        )  # fmt: skip
        self.empty.show_emptiness(Emptiness(Why.NOT_ASKED, tr("Does multicast last?"), reasons))
        self._show_result(shown=False)

    def _show_result(self, *, shown: bool) -> None:
        self.empty.setVisible(not shown)
        self._result.setVisible(shown)

    def _update_buttons(self) -> None:
        place = self.place()
        words = tr("Run on %1").replace("%1", visible(place.name, 40)) if place is not None else tr("Run")
        set_words(self.run_button, words)
        self.run_button.setEnabled(not self.running)
        self.stop_button.setEnabled(self.running)

    def _arrange(self) -> None:
        self._result = QWidget()
        result = QVBoxLayout(self._result)
        result.setContentsMargins(0, 0, 0, 0)
        result.setSpacing(0)
        result.addWidget(self.head)
        result.addWidget(self.plot, 1)
        result.addWidget(self.form, 2)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        layout.addWidget(self.strip)
        layout.addWidget(self.empty, 1)
        layout.addWidget(self._result, 1)
