from __future__ import annotations

import msgspec
import pytest
from pytestqt.modeltest import ModelTester
from pytestqt.qtbot import QtBot

from net.problems import make_problem
from net.records import Removed, Route
from tests.ui.pages.interfaces.scene import GROUP, WAYS
from tests.ui.pages.interfaces.tools.conftest import Asked, MakeTool
from tests.ui.scenes import INTERFACES
from ui.pages.interfaces.tools.way import WayTool
from ui.pages.interfaces.tools.way_columns import way_note, way_sentence, way_tone, way_words
from ui.theme import Tone
from ui.widgets.empty_panel import Why


@pytest.fixture
def tool(make_tool: MakeTool, qtbot: QtBot) -> WayTool:
    tool: WayTool = make_tool(WayTool)
    tool.ask(GROUP)
    qtbot.waitUntil(lambda: len(tool.ways) == len(WAYS))
    return tool


def bound(tool: WayTool) -> list[str | None]:
    return [way.bound for way in tool.table.proxy.shown_items()]


def test_nothing_is_asked_before_the_person_does(make_tool: MakeTool, asked: Asked, qtbot: QtBot) -> None:
    tool: WayTool = make_tool(WayTool)
    emptiness = tool.table.empty.emptiness
    assert emptiness is not None
    assert emptiness.why is Why.NOT_ASKED
    assert asked("routes.egress") == []
    tool.ask(GROUP)
    qtbot.waitUntil(lambda: bool(tool.ways))
    assert asked("routes.egress") == [{"address": GROUP, "follow": True, "interfaces": [], "each": True}]


def test_the_way_without_an_interface_stands_first_and_is_the_sentence(
    tool: WayTool, qtmodeltester: ModelTester
) -> None:
    assert bound(tool)[:2] == [None, "awdl0"]
    assert tool.head.sentence == f"Packets to {GROUP} leave by utun3, from 10.8.0.2, over the gateway 10.8.0.1."
    assert tool.head.facts == "7 of 8 interfaces have a way to it  ·  socket and lookup differ on 1 way"
    qtmodeltester.check(tool.table.model)  # type: ignore[no-untyped-call]


def test_where_socket_and_lookup_differ_the_details_say_why(tool: WayTool) -> None:
    tool.table.view.select_key("ipsec1")
    details = tool.details.details
    assert details is not None
    assert details.state == "they differ · socket: utun3"
    assert "utun3" in details.as_text()
    assert way_tone(WAYS[0]) is Tone.WARNING
    assert (way_words(WAYS[0]), way_note(WAYS[0])) == ("both agree", "a tunnel, not the LAN")
    assert way_tone(next(way for way in WAYS if way.bound == "en0")) is Tone.OK
    assert way_tone(next(way for way in WAYS if way.bound == "ipsec1")) is Tone.WARNING
    assert way_tone(Route(address=GROUP)) is Tone.NEUTRAL


def test_a_group_that_leaves_into_a_tunnel_is_no_green_head(tool: WayTool) -> None:
    assert WAYS[0].caution is not None
    assert tool.head._tone is Tone.WARNING
    assert WAYS[0].caution.text in tool.head.remedy


def test_what_is_no_destination_is_said_once_where_the_ways_would_stand(make_tool: MakeTool, qtbot: QtBot) -> None:
    problem = make_problem("destination_invalid", "non sense")
    tool: WayTool = make_tool(WayTool, {"routes.egress": [{"problem": msgspec.to_builtins(problem)}]})
    tool.ask("non sense")
    qtbot.waitUntil(lambda: getattr(tool.table.empty.emptiness, "why", None) is Why.CANNOT_WORK)
    assert tool.strip.note.text == ""
    assert tool.table.empty.emptiness is not None
    assert problem.remedy in tool.table.empty.emptiness.reasons


def test_name_and_port_stand_in_the_sentence(tool: WayTool) -> None:
    named = msgspec.structs.replace(WAYS[1], name="printer.local", address="fe80::1%en0", port=631)
    assert way_sentence(named).startswith("Packets to printer.local ([fe80::1%en0]:631) leave by en0")


def test_no_way_at_all_is_an_error_with_its_remedy(tool: WayTool) -> None:
    problem = make_problem("no_route", GROUP)
    tool.take((Route(address=GROUP, problem=problem),))
    assert tool.head.sentence == f"There is no way out to {GROUP}."
    assert problem.remedy in tool.head.remedy
    assert way_tone(tool.ways[""]) is Tone.ERROR
    assert way_note(tool.ways[""]) == ""
    refused = make_problem("no_route", GROUP, OSError(101, "Network is unreachable"))
    assert way_note(Route(address=GROUP, problem=refused)) == "refused (101)"


def test_what_the_network_moves_is_shown_and_an_interface_that_goes_leaves(tool: WayTool) -> None:
    tool.take((msgspec.structs.replace(WAYS[0], interface="en0", source="192.168.1.23", gateway=None),))
    assert tool.head.sentence == way_sentence(tool.ways[""]) == f"Packets to {GROUP} leave by en0, from 192.168.1.23."
    tool.context.interfaces._take(INTERFACES)
    tool.context.interfaces._take((Removed(of="interface", name="utun3"),))
    assert "utun3" not in bound(tool)
    assert None in bound(tool)


def test_a_paused_view_keeps_still_and_catches_up(tool: WayTool) -> None:
    tool.set_paused(True)
    tool.take((msgspec.structs.replace(WAYS[0], interface="en0"),))
    assert "utun3" in tool.head.sentence
    tool.set_paused(False)
    assert "by en0" in tool.head.sentence


def test_a_way_that_the_kernel_only_assumes_and_one_without_link_count_as_none(tool: WayTool) -> None:
    assumed = Route(address="8.8.8.8", bound="en5", problem=make_problem("route_assumed", "8.8.8.8", interface="en5"))
    cut = msgspec.structs.replace(
        WAYS[1], bound="en0", caution=make_problem("route_without_link", "8.8.8.8", interface="en0")
    )
    assert (way_words(assumed), way_note(assumed), way_tone(assumed)) == ("no way", "no route by it", Tone.NEUTRAL)
    assert (way_note(cut), way_tone(cut)) == ("no link", Tone.WARNING)
    tool.take((assumed, cut))
    assert tool.head.facts.startswith("5 of 8 interfaces have a way to it")


def test_ways_that_are_shown_stay_when_the_question_ends_and_the_strip_says_why(tool: WayTool) -> None:
    tool.failed(make_problem("destination_invalid", "non sense"))
    assert "non sense" in tool.strip.note.text
    assert len(tool.ways) == len(WAYS)
