"""Prints a multicast ping and what our responder is asked."""

from __future__ import annotations

from collections import Counter

from rich.table import Table
from rich.text import Text

from net.multicast.ping.counts import PingCounts
from net.multicast.ping.summary import summarise
from net.multicast.records import Pinging, PingQuestion, Reply, Responding
from net.multicast.requests import PingRequest, RespondRequest
from net.records import Joined, Problem, Skipped, Summary
from probe.methods import Batch
from ui.terminal import tables
from ui.terminal.output import ANSWERED, NOTHING_FOUND, Output
from ui.terminal.running import run_watch

REFUSALS = {
    "network": "not on a link of this host",
    "rate": "too often",
    "group": "a group that is not served",
    "session": "an unknown session",
    "version": "an unknown version",
    "interface": "not on a chosen interface",
    "malformed": "no message of multicast ping",
    "send": "the reply could not be sent",
}


async def print_pinging(output: Output, place: str, request: PingRequest, seconds: float | None) -> int:
    """Each reply and one summary; exit code 1 if nothing came back."""
    newest: list[PingCounts] = []
    met: list[Problem] = []
    summaries: list[Summary] = []

    def take(batch: Batch) -> None:
        for record in batch:
            if isinstance(record, Pinging):
                newest[:] = [record.counts]
            elif isinstance(record, Summary):
                summaries.append(record)
            elif isinstance(record, Problem):
                met.append(record)
                output.problem(record)
            elif isinstance(record, Joined | Reply):
                output.records((record,))
                output.say(_joined_text(record) if isinstance(record, Joined) else _reply_text(record))

    await run_watch(place, "multicast.ping", request, take, seconds=seconds)
    if not summaries and newest:
        summaries.append(summarise(newest[0], met))
    for summary in summaries:
        output.records((summary,))
        _show_summary(output, summary, met)
    return ANSWERED if any(summary.received for summary in summaries) else NOTHING_FOUND


async def print_responding(output: Output, place: str, request: RespondRequest, seconds: float | None) -> int:
    """Each question as it comes, of refused ones the first of a host; exit code 1 if nobody was answered."""
    asked = _Asked(output)
    await run_watch(place, "multicast.respond", request, asked.take, seconds=seconds)
    state = asked.state
    if state is None:
        return NOTHING_FOUND
    output.say(f"\n{state.answered} answered, {state.refused} refused, {state.requesters} hosts")
    if asked.hidden:
        output.say(f"{asked.hidden} more were counted and not shown")
    return ANSWERED if state.answered else NOTHING_FOUND


class _Asked:
    """Prints what a responder tells. Of refused questions of a host the first are shown, ``hidden`` counts the rest."""

    SHOWN = 5
    HOSTS = 1000

    def __init__(self, output: Output) -> None:
        self.state: Responding | None = None
        self.hidden = 0
        self._output = output
        self._shown: Counter[tuple[str, str]] = Counter()

    def take(self, batch: Batch) -> None:
        for record in batch:
            if isinstance(record, Responding):
                self._take_state(record)
            elif isinstance(record, Problem):
                self._output.problem(record)
            elif isinstance(record, PingQuestion):
                self._output.records((record,))
                self._show(record)
            elif isinstance(record, Skipped):
                self._output.records((record,))
                self.hidden += record.count

    def _take_state(self, state: Responding) -> None:
        before, self.state = self.state, state
        if before is None or before.announced != state.announced:
            self._output.records((state,))
            self._output.say(_responding_text(state) if before is None else _announced_text(state))

    def _show(self, question: PingQuestion) -> None:
        if question.refused is not None:
            kind = (question.requester, question.refused)
            if self._shown[kind] >= self.SHOWN or len(self._shown) > self.HOSTS:
                self.hidden += 1
                return
            self._shown[kind] += 1
        self._output.say(_question_text(question))
        if question.problem is not None:
            self._output.message(f"{question.problem.text} {question.problem.remedy}")


def _joined_text(joined: Joined) -> str:
    only = f", only from {joined.source_filter[0]}" if joined.source_filter else ""
    return f"joined {joined.group} on {joined.interface}{only}; replies come to port {joined.port}"


def _reply_text(reply: Reply) -> str:
    ways = (
        _way_text("unicast", reply.unicast_rtt_ms, reply.unicast_hops),
        _way_text("multicast", reply.multicast_rtt_ms, reply.multicast_hops),
    )
    return f"{reply.sequence:>5}  {ways[0]}  {ways[1]}"


def _way_text(way: str, rtt: float | None, distance: int | None) -> str:
    told = "no reply" if rtt is None else f"{rtt:.3f} ms"
    far = "" if distance is None else f", {distance} hops"
    return f"{way} {told}{far}".ljust(34)


def _responding_text(state: Responding) -> str:
    groups = state.group or "any group asked for"
    families = " and ".join(family.replace("ip", "IP") for family in state.families)
    who = "any network" if state.any_network else "hosts on this host's links"
    announced = f"; on Bonjour as {', '.join(state.announced)}" if state.announced else ""
    return f"answering {who} at UDP port {state.port} over {families}, sending to {groups}{announced}"


def _announced_text(state: Responding) -> str:
    names = ", ".join(state.announced)
    return f"on Bonjour as {names}" if names else "no longer on Bonjour"


def _question_text(question: PingQuestion) -> str:
    number = "" if question.sequence is None else f" {question.sequence}"
    what = f"{question.dialect or '?'} {question.message or '?'}{number} for {question.group or '–'}"
    result = "answered" if question.refused is None else f"refused: {REFUSALS[question.refused]}"
    return str(tables.cell(f"{question.requester} port {question.port} on {question.interface}: {what}, {result}"))


def _show_summary(output: Output, summary: Summary, told: list[Problem]) -> None:
    counts = summary.ping
    if counts is not None:
        version = f"{counts.dialect or 'no answer'}{f', {counts.server}' if counts.server else ''}"
        output.say(f"\n{counts.sent} sent to {counts.host} ({version}) by {counts.interface} from {counts.source}")
        output.show(_summary_table(counts))
        if counts.tree_setup_ms is not None:
            begun = f"first multicast packet {counts.tree_setup_ms:.3f} ms after the join"
            since = f"since number {counts.first_multicast} {counts.loss_since_first_percent:g} % of multicast lost"
            output.say(f"{begun}, {since}")
    for problem in summary.problems:
        if problem not in told:
            output.message(f"{problem.text} {problem.remedy}")


def _decimals(value: float | None, places: int) -> Text:
    """Alike in every row, so that the points of a column stand under each other."""
    return tables.cell(None if value is None else f"{value:.{places}f}")


def _summary_table(counts: PingCounts) -> Table:
    made = tables.table(
        "", "Received", "Lost", "Loss %", "Duplicated", "Hops", "Min ms", "Avg ms", "Max ms", "Std-dev ms",
        right=tuple(range(1, 10)),
    )  # fmt: skip
    for name, side in (("unicast", counts.unicast), ("multicast", counts.multicast)):
        made.add_row(
            tables.cell(name, "bold"),
            tables.cell(side.received),
            tables.cell(side.lost),
            _decimals(side.loss_percent, 1),
            tables.cell(side.duplicated),
            tables.cell(side.hops),
            *(_decimals(value, 3) for value in (side.rtt_min_ms, side.rtt_avg_ms, side.rtt_max_ms, side.rtt_stddev_ms)),
        )
    return made
