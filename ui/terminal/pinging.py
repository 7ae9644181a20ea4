"""Prints a multicast ping and what our responder is asked."""

from __future__ import annotations

from rich.table import Table

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
    """Each question as it comes; exit code 1 if nobody was answered."""
    newest: list[Responding] = []

    def take(batch: Batch) -> None:
        for record in batch:
            if isinstance(record, Responding):
                if not newest or newest[0].announced != record.announced:
                    output.records((record,))
                    output.say(_responding_text(record))
                newest[:] = [record]
            elif isinstance(record, Problem):
                output.problem(record)
            elif isinstance(record, PingQuestion):
                output.records((record,))
                output.say(_question_text(record))
                if record.problem is not None:
                    output.message(f"{record.problem.text} {record.problem.remedy}")
            elif isinstance(record, Skipped):
                output.records((record,))
                output.say(f"… {record.count} more")

    await run_watch(place, "multicast.respond", request, take, seconds=seconds)
    answered = sum(state.answered for state in newest)
    for state in newest:
        output.say(f"\n{answered} answered, {state.refused} refused, {state.requesters} hosts")
    return ANSWERED if answered else NOTHING_FOUND


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


def _summary_table(counts: PingCounts) -> Table:
    made = tables.table(
        "", "Received", "Lost", "Loss %", "Duplicated", "Hops", "Min ms", "Avg ms", "Max ms", "Std-dev ms",
        right=tuple(range(1, 10)),
    )  # fmt: skip
    for name, side in (("unicast", counts.unicast), ("multicast", counts.multicast)):
        made.add_row(
            tables.cell(name, "bold"),
            *(
                tables.cell(value)
                for value in (side.received, side.lost, side.loss_percent, side.duplicated, side.hops)
            ),
            *(tables.cell(value) for value in (side.rtt_min_ms, side.rtt_avg_ms, side.rtt_max_ms, side.rtt_stddev_ms)),
        )
    return made
