from __future__ import annotations

from collections.abc import Callable
from typing import Any

import msgspec
import pytest
from PySide6.QtCore import Qt
from pytestqt.modeltest import ModelTester
from pytestqt.qtbot import QtBot

from net.multicast.ping.counts import PingCounts, PingSide
from net.multicast.records import Pinging, PingQuestion, Reply, Responding
from net.problems import make_problem
from net.records import Summary
from tests.ui.pages.multicast.conftest import Asked
from tests.ui.pages.multicast.tools.scene import ANSWERS
from tests.ui.scenes import NOW, batch
from ui.pages.multicast.page import MulticastPage
from ui.pages.multicast.tools.ping import PingTool
from ui.pages.multicast.tools.ping_columns import milliseconds, way_rows
from ui.pages.multicast.tools.ping_words import facts_of, judge
from ui.theme import Tone
from ui.widgets.empty_panel import Why
from ui.window import MainWindow

MakePage = Callable[..., MulticastPage]
HOST, GROUP = "192.168.1.20", "232.43.211.234"


def side(received: int, lost: int = 0) -> PingSide:
    percent = 100 * lost / (received + lost) if received + lost else None
    times = (0.4, 0.5, 0.7, 0.1) if received else (None,) * 4
    return PingSide(
        received=received, lost=lost, loss_percent=percent, hops=0 if received else None,
        rtt_min_ms=times[0], rtt_avg_ms=times[1], rtt_max_ms=times[2], rtt_stddev_ms=times[3],
    )  # fmt: skip


def pinging(unicast: PingSide, multicast: PingSide, **more: Any) -> Pinging:
    facts: dict[str, Any] = {"dialect": "v2", "server": "lanscout 0.1.0", "sent": 10} | more
    return Pinging(
        counts=PingCounts(
            host=HOST, address=HOST, port=4321, group=GROUP, interface="en0", source="192.168.1.23",
            source_specific=True, unicast=unicast, multicast=multicast, **facts,
        )
    )  # fmt: skip


def reply(sequence: int, *, multicast: bool = True) -> Reply:
    return Reply(
        sequence=sequence, unicast=True, multicast=multicast, rtt_ms=0.41, hops=0, unicast_rtt_ms=0.41,
        multicast_rtt_ms=0.52 if multicast else None, unicast_hops=0, multicast_hops=0 if multicast else None,
        host=HOST, group=GROUP, sent=NOW + sequence,
    )  # fmt: skip


GOOD = pinging(side(10), side(10), tree_setup_ms=12.345, first_multicast=1, loss_since_first_percent=0.0)
SUMMARY = Summary(bytes=1000, sent=10, received=20, ping=GOOD.counts)
ANSWERED = [batch(reply(1), reply(2, multicast=False)), batch(GOOD), batch(SUMMARY), {"end": True}]


def tool_of(page: MulticastPage) -> PingTool:
    page.views.show_view("ping")
    assert isinstance(page.views.tool, PingTool)
    return page.views.tool


def made(make_page: MakePage, **answers: Any) -> PingTool:
    return tool_of(make_page(ANSWERS | {f"multicast.{name}": steps for name, steps in answers.items()}))


# The verdict


def test_both_ways_without_loss_is_good() -> None:
    verdict = judge(GOOD, over=True)
    assert (verdict.sentence, verdict.tone) == (f"Unicast and multicast both arrive from {HOST}.", Tone.OK)
    assert "first multicast packet 12.3 ms after the join" in facts_of(GOOD)


def test_unicast_without_multicast_says_that_multicast_is_lost_between_the_hosts() -> None:
    verdict = judge(pinging(side(5), side(0, 5)), over=True)
    assert verdict.sentence == f"{HOST} answers by unicast, but of what it sends to {GROUP} nothing arrived on en0."
    assert "multicast is lost between them" in verdict.remedy
    assert verdict.tone is Tone.ERROR


def test_more_loss_by_multicast_than_by_unicast_is_the_networks() -> None:
    verdict = judge(pinging(side(10), side(7, 3), loss_since_first_percent=30.0), over=False)
    assert "the network drops multicast" in verdict.sentence
    assert "30 % are lost by multicast, 0 % by unicast" in verdict.sentence


def test_loss_while_the_tree_was_set_up_is_told_apart() -> None:
    verdict = judge(pinging(side(10), side(8, 2), loss_since_first_percent=0.0, first_multicast=3), over=True)
    assert verdict.tone is Tone.OK
    assert "while its tree was set up" in verdict.sentence


def test_the_same_loss_both_ways_is_no_fault_of_multicast() -> None:
    assert "are lost alike" in judge(pinging(side(8, 2), side(8, 2)), over=True).sentence


def test_silence_counts_only_once_it_is_over() -> None:
    silent = pinging(side(0), side(0), dialect=None, server=None, sent=3)
    assert judge(silent, over=False).sentence == f"Waiting for the first reply of {HOST}."
    assert judge(silent, over=True).tone is Tone.ERROR


def test_both_ways_are_compared_in_two_rows_of_fixed_places() -> None:
    unicast, multicast = way_rows(pinging(side(10), side(0, 10)))
    assert unicast.texts == ("10", "0", "0 %", "0", "0", "0.400 ms", "0.500 ms", "0.700 ms", "0.100 ms")
    assert multicast.texts == ("0", "10", "100 %", "0", *["–"] * 5)
    assert multicast.tone is Tone.ERROR
    assert [milliseconds(value) for value in (0.4123, 9.9996, 123.44, None)] == [
        "0.412 ms",
        "10.00 ms",
        "123.4 ms",
        "–",
    ]


# The tool


def test_a_ping_shows_each_reply_both_sums_and_the_verdict(
    make_page: MakePage, asked: Asked, qtbot: QtBot, qtmodeltester: ModelTester
) -> None:
    tool = made(make_page, ping=ANSWERED)
    assert tool.run_button.text() == "Ping from en0"
    tool.host.setText(HOST)
    qtbot.keyClick(tool.host, Qt.Key.Key_Return)  # type: ignore[no-untyped-call]
    qtbot.waitUntil(lambda: tool.summary is not None and tool.run_button.isEnabled())
    (request,) = asked.of("multicast.ping")
    assert (request["host"], request["interface"], request["count"]) == (HOST, "en0", 10)
    assert request.get("dialect", "auto") == "auto"
    assert tool.head.sentence == f"Unicast and multicast both arrive from {HOST}."
    tool.model.flush()
    _titles, newest, oldest = tool.export_rows()
    assert newest[0] == "2"
    assert newest[2:] == ("✓ 0.410 ms", "lost", "0")
    assert oldest[2:] == ("✓ 0.410 ms", "✓ 0.520 ms", "0")
    assert tool.export_report().startswith(tool.head.sentence)
    qtmodeltester.check(tool.model)  # type: ignore[no-untyped-call]


def test_dialect_group_and_an_endless_count_are_asked_for(make_page: MakePage, asked: Asked, qtbot: QtBot) -> None:
    tool = made(make_page, ping=[])
    tool.host.setText(HOST)
    tool.group.setText("239.255.0.234")
    tool.count.setValue(0)
    tool.dialect.setCurrentIndex(tool.dialect.findData("v1"))
    tool.run()
    qtbot.waitUntil(lambda: len(asked.of("multicast.ping")) == 1)
    (request,) = asked.of("multicast.ping")
    assert (request["group"], request.get("count"), request["dialect"]) == ("239.255.0.234", None, "v1")
    tool.stop()
    qtbot.waitUntil(lambda: asked.stopped("multicast.ping") == 1)
    assert tool.head.sentence == "Stopped before anything came back."


def test_the_conclusion_of_the_probe_goes_first(make_page: MakePage, qtbot: QtBot) -> None:
    lost = pinging(side(3), side(0, 3))
    problem = make_problem("ping_no_multicast_v1", HOST, group="239.1.1.1", usual="239.255.0.234")
    tool = made(
        make_page, ping=[batch(lost), batch(Summary(bytes=0, ping=lost.counts, problems=(problem,))), {"end": True}]
    )
    tool.host.setText(HOST)
    tool.run()
    qtbot.waitUntil(lambda: tool.summary is not None)
    assert (tool.head.sentence, tool.head.remedy) == (problem.text, problem.remedy)


def test_a_refusal_says_why_and_what_to_do(make_page: MakePage, qtbot: QtBot) -> None:
    refused = make_problem("ping_host_multicast", "224.0.0.1")
    tool = made(make_page, ping=[{"problem": msgspec.to_builtins(refused)}])
    tool.host.setText("224.0.0.1")
    tool.run()
    qtbot.waitUntil(lambda: tool.empty.emptiness is not None and tool.empty.emptiness.why is Why.CANNOT_WORK)
    assert tool.empty.emptiness is not None
    assert tool.empty.emptiness.title == refused.text


def test_without_a_host_nothing_is_asked(make_page: MakePage, asked: Asked, qtbot: QtBot) -> None:
    tool = made(make_page)
    tool.run()
    assert "Type the address" in tool.strip.note.text
    qtbot.waitUntil(lambda: bool(asked.of("multicast.drift")))
    assert asked.of("multicast.ping") == []


def test_a_ping_goes_on_behind_other_pages_and_ends_with_the_page(
    make_page: MakePage, asked: Asked, qtbot: QtBot
) -> None:
    page = make_page(ANSWERS | {"multicast.ping": [batch(GOOD)]})
    tool = tool_of(page)
    tool.host.setText(HOST)
    tool.run()
    qtbot.waitUntil(lambda: tool.pinging is not None)
    window = page.window()
    assert isinstance(window, MainWindow)
    window.show_page("interfaces")
    assert asked.stopped("multicast.ping") == 0
    page.close_page()
    qtbot.waitUntil(lambda: asked.stopped("multicast.ping") == 1)


def test_names_of_responders_are_shown_as_plain_visible_text(make_page: MakePage, qtbot: QtBot) -> None:
    hostile = pinging(side(1), side(1), server="<b>\u202eevil")
    tool = made(make_page, ping=[batch(hostile)])
    tool.host.setText(HOST)
    tool.run()
    qtbot.waitUntil(lambda: tool.pinging is not None)
    assert "\u202e" not in tool.head.facts
    assert tool.head._facts.textFormat() == Qt.TextFormat.PlainText


# The responder

QUESTION = PingQuestion(
    time=NOW, requester="192.168.1.40", port=43886, interface="en0", address="192.168.1.23", message="query",
    dialect="v2", group=GROUP, sequence=3,
)  # fmt: skip
REFUSED = msgspec.structs.replace(QUESTION, time=NOW + 1, requester="10.9.9.9", answered=False, refused="network")
STATE = Responding(port=4321, families=("ipv4", "ipv6"), answered=1, refused=1, requesters=2, announced=("alpha",))


def test_the_responder_starts_stops_and_tells_who_asked_and_what_it_answered(
    make_page: MakePage, asked: Asked, qtbot: QtBot
) -> None:
    responder = made(make_page, respond=[batch(STATE, QUESTION, REFUSED)]).responder
    assert responder.button.text() == "Start responder on en0"
    responder.button.click()
    qtbot.waitUntil(lambda: responder.state is not None)
    (request,) = asked.of("multicast.respond")
    assert (request["interfaces"], request.get("any_network", False)) == (["en0"], False)
    assert responder.strip.note.text == (
        "Answering hosts on a link of this computer at UDP port 4321. 1 answered, 1 refused. On Bonjour as alpha."
    )
    _titles, newest, oldest = responder.view.rows_as_text(selected=False)
    assert newest[1:] == (
        "10.9.9.9:43886 · en0", "query 3 · v2", GROUP, "refused: not on a link of this computer",
    )  # fmt: skip
    assert oldest[-1] == "answered"
    responder.button.click()
    qtbot.waitUntil(lambda: asked.stopped("multicast.respond") == 1)
    assert responder.strip.note.text == "Stopped. 1 answered, 1 refused."


def test_other_networks_are_answered_only_when_told(make_page: MakePage, asked: Asked, qtbot: QtBot) -> None:
    responder = made(make_page).responder
    responder.any_network.setChecked(True)
    responder.announce.setChecked(False)
    responder.toggle()
    qtbot.waitUntil(lambda: len(asked.of("multicast.respond")) == 1)
    (request,) = asked.of("multicast.respond")
    assert (request["any_network"], request["announce"]) == (True, False)
    assert not responder.any_network.isEnabled()


def test_a_port_that_is_taken_is_told_with_its_remedy(make_page: MakePage, qtbot: QtBot) -> None:
    taken = make_problem("ping_port_refused", "4321", OSError(98, "Address already in use"), family="IPv4")
    responder = made(make_page, respond=[{"problem": msgspec.to_builtins(taken)}]).responder
    responder.toggle()
    qtbot.waitUntil(lambda: not responder.running)
    assert responder.strip.note.text == f"{taken.text} {taken.remedy}"


@pytest.mark.parametrize(
    ("refused", "words"), [("rate", "refused: too often"), ("malformed", "no message of multicast ping")]
)
def test_each_refusal_has_its_words(make_page: MakePage, qtbot: QtBot, refused: Any, words: str) -> None:
    question = msgspec.structs.replace(QUESTION, answered=False, refused=refused)
    responder = made(make_page, respond=[batch(question)]).responder
    responder.toggle()
    qtbot.waitUntil(lambda: bool(responder.model.rows))
    assert words in responder.view.rows_as_text(selected=False)[1][-1]
