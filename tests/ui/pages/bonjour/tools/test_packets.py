from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import msgspec
import pytest
from msgspec.structs import replace
from pytestqt.modeltest import ModelTester
from pytestqt.qtbot import QtBot

from discovery.records import MdnsPacket
from net.multicast.records import Recording
from net.problems import make_problem
from net.records import Skipped
from tests.ui.pages.bonjour.tools.conftest import MakeTool
from tests.ui.pages.bonjour.tools.scene import (
    ANSWERS_WHOLE,
    BROKEN_TXT,
    GOODBYE,
    MANY,
    PACKETS,
    PRINTER,
    STATES,
    TV,
)
from tests.ui.scenes import INTERFACES, batch
from ui.pages.bonjour.tools.packet_rows import Holder, act_words, packet_columns, source_text, told_again
from ui.pages.bonjour.tools.packets import PacketsTool
from ui.widgets.empty_panel import Why
from ui.widgets.packet_log import PacketLog

EN0 = INTERFACES[0]
Asked = Callable[[], list[dict[str, Any]]]


@pytest.fixture
def tool(make_tool: MakeTool, qtbot: QtBot) -> PacketsTool:
    tool: PacketsTool = make_tool(PacketsTool)
    qtbot.waitUntil(lambda: shown(tool) == len(MANY))
    return tool


def shown(tool: PacketsTool) -> int:
    return tool.log.proxy.rowCount()


def filtered(tool: PacketsTool, qtbot: QtBot, text: str) -> int:
    with qtbot.waitSignal(tool.log.proxy.filter_changed, raising=True):
        tool.set_filter(text)
    return shown(tool)


def why(tool: PacketsTool) -> Why | None:
    showing = tool.log.stack.currentWidget() is tool.log.empty
    return tool.log.empty.emptiness.why if showing and tool.log.empty.emptiness is not None else None


# What is kept of a packet


@pytest.mark.parametrize("packet", PACKETS)
def test_a_packet_that_is_held_is_told_again_whole(packet: MdnsPacket) -> None:
    assert told_again(Holder().hold(packet)) == packet


def test_packets_of_one_sender_share_what_they_have_in_common() -> None:
    hold = Holder().hold
    first, second = hold(PACKETS[3]), hold(PACKETS[4])
    assert first.origin is second.origin
    assert first.problems is second.problems


def test_the_usual_port_is_not_worth_a_word() -> None:
    texts = [source_text(Holder().hold(packet).origin) for packet in (PACKETS[1], PACKETS[6], PACKETS[2])]
    assert texts == [PRINTER, "192.168.1.57:51422", "fe80::c2a5:3eff:fe4d:20%en0"]


def test_each_packet_says_what_it_does() -> None:
    acts = [act_words(Holder().hold(packet)) for packet in PACKETS]
    assert acts == ["asks", "answers", "asks", "probes", "probes", "answers", "asks", "answers", "answers", "goodbye"]


def test_the_cells_name_the_rule_that_is_broken_and_leave_the_verb_out() -> None:
    cells = {column.key: column.cell(Holder().hold(PACKETS[5])) for column in packet_columns()}
    assert (cells["problems"].glyph, cells["problems"].text) == (
        "✕",
        "A string of a TXT record reaches beyond the record.",
    )
    assert cells["summary"].text.startswith("1 record: TXT ")
    assert cells["act"].text == "answers"
    assert cells["interface"].text == "en5"


# The log


def test_packets_are_listened_for_once_it_is_shown(make_tool: MakeTool, qtbot: QtBot, asked: Asked) -> None:
    tool: PacketsTool = make_tool(PacketsTool, shown=False)
    tool.shown()
    qtbot.waitUntil(lambda: shown(tool) == len(MANY))
    (ask,) = asked()
    assert (ask["watch"], ask["with"]["packets"], ask["with"]["lint"]) == ("bonjour.hear", True, False)
    assert tool.scope.text() == "on en0, en5"
    assert tool.log.shown_count.text() == f"showing {len(MANY)} of {len(MANY)}"


def test_the_model_keeps_its_promises(tool: PacketsTool, qtmodeltester: ModelTester) -> None:
    qtmodeltester.check(tool.log.model)  # type: ignore[no-untyped-call]
    tool.take(PACKETS)
    tool.log.flush()


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("act:goodbye", 12),
        ("act:probes interface:en0", 24),
        ("problems:txt_cut", 12),
        (f"source:{TV}", 24),
        ("port:51422", 12),
        ("by:unicast", 12),
        ("from:own", 12),
        ("printer -goodbye", 0),
        ('"_services" -probes', 36),
    ],
)
def test_the_filter_knows_words_and_fields(tool: PacketsTool, qtbot: QtBot, text: str, number: int) -> None:
    assert filtered(tool, qtbot, text) == number
    if not number:
        assert why(tool) is Why.FILTERED_OUT


def test_a_chosen_packet_is_laid_out_beside_its_bytes(tool: PacketsTool, qtbot: QtBot) -> None:
    assert tool.packet.isHidden()
    tool.log.view.selectRow(5)
    assert tool.packet.isVisible()
    assert tool.packet.payload == BROKEN_TXT
    assert not tool.log.following


def test_paused_the_log_rests_and_shows_all_afterwards(tool: PacketsTool, qtbot: QtBot) -> None:
    tool.set_paused(True)
    tool.take(PACKETS)
    assert (shown(tool), tool.newer) == (len(MANY), len(PACKETS))
    tool.set_paused(False)
    tool.log.flush()
    assert shown(tool) == len(MANY) + len(PACKETS)


def test_what_was_left_out_is_said(tool: PacketsTool, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("ui.widgets.packet_log.KEPT", 50)
    tool.take((*PACKETS, Skipped(of="mdns_packet", count=1234)))
    tool.log.flush()
    tool._tell()
    assert tool.log.model.held == 50
    assert tool.scope.text() == "on en0, en5  ·  the newest 50 kept  ·  1,234 not handed on: too many at once"
    assert tool.log.shown_count.text() == f"showing 50 of {len(MANY) + len(PACKETS)}"


def test_what_is_only_about_to_be_shown_was_not_left_out(tool: PacketsTool) -> None:
    tool.log.flush()
    tool.log._tick.start(60_000)
    tool.take(PACKETS)
    tool._tell()
    assert tool.log.model.held == len(MANY)
    assert tool.scope.text() == "on en0, en5"
    tool.set_paused(True)
    tool.take(PACKETS)
    tool._tell()
    assert tool.scope.text() == "on en0, en5"
    tool.log.stop()


def test_cleared_packets_are_gone_and_counting_goes_on(tool: PacketsTool) -> None:
    tool.log.view.selectRow(3)
    tool.log.clear.click()
    assert (shown(tool), tool.packet.isHidden()) == (0, True)
    tool.take(PACKETS[:1])
    tool.log.flush()
    assert tool.log.shown_count.text() == f"showing 1 of {len(MANY) + 1}"


def test_another_interface_is_listened_on_and_what_was_heard_stays(
    tool: PacketsTool, qtbot: QtBot, asked: Asked
) -> None:
    tool.set_interface(EN0)
    qtbot.waitUntil(lambda: len(asked()) == 3)
    assert asked()[1] == {"id": asked()[0]["id"], "stop": True}
    assert asked()[2]["with"]["interfaces"] == ["en0"]
    qtbot.waitUntil(lambda: shown(tool) == 2 * len(MANY))


# Nothing to show


def test_silence_says_where_it_is_listened_and_then_why_it_may_be(
    make_tool: MakeTool, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    tool: PacketsTool = make_tool(PacketsTool, hear=[batch(*STATES)])
    qtbot.waitUntil(lambda: len(tool.states) == 2)
    tool._tell()
    assert why(tool) is Why.LISTENING
    tool._heard_since -= 42
    tool._tell()
    assert why(tool) is Why.NOTHING_FOUND
    assert tool.log.empty.emptiness is not None
    assert tool.log.empty.emptiness.title == "No mDNS packet on en0, en5 for 42 s."


def test_a_refusal_stands_in_the_table_with_its_remedy(make_tool: MakeTool, qtbot: QtBot) -> None:
    problem = make_problem("interface_unknown", "en9", names="en0, en5")
    tool: PacketsTool = make_tool(PacketsTool, hear=[{"problem": msgspec.to_builtins(problem)}])
    qtbot.waitUntil(lambda: why(tool) is Why.CANNOT_WORK)
    assert tool.log.empty.emptiness is not None
    assert tool.log.empty.emptiness.title == problem.text
    assert tool.scope.text() == "not listening"


# Taking it along


def test_all_that_is_shown_is_exported(tool: PacketsTool, qtbot: QtBot) -> None:
    assert filtered(tool, qtbot, "act:goodbye interface:en0") == 12
    titles, *rows = tool.export_rows()
    assert (titles[0], len(rows)) == ("Time", 12)
    first = tool.export_records()[0]
    assert isinstance(first, MdnsPacket)
    assert (first.act, first.payload_hex) == ("goodbye", GOODBYE.hex())


def test_a_recording_runs_beside_the_log(make_tool: MakeTool, qtbot: QtBot, asked: Asked) -> None:
    recording = Recording(path="/tmp/a.pcapng", packets=7, bytes=900)
    last = replace(recording, packets=9)
    tool: PacketsTool = make_tool(PacketsTool, hear=[batch(recording, *PACKETS), {"after_finish": batch(last)}])
    tool.set_interface(EN0)
    tool.desk.record_to("/tmp/a.pcapng")
    qtbot.waitUntil(lambda: tool.desk.recording == recording)
    assert tool.desk.state.text() == "recording · 7 packets · 900 B"
    wanted = {"packets": False, "pcapng": "/tmp/a.pcapng", "interfaces": ["en0"]}
    assert wanted.items() <= asked()[-1]["with"].items()
    said: list[str] = []
    tool.desk.said.connect(said.append)
    tool.desk.stop_recording()
    qtbot.waitUntil(lambda: said == ["9 packets recorded to /tmp/a.pcapng."])


def test_a_hundred_thousand_packets_are_held_in_little_memory(qtbot: QtBot) -> None:
    log: PacketLog[Any] = PacketLog(
        packet_columns(), "packets", hold=lambda held: held, words=lambda held: held.summary
    )
    hold = Holder().hold
    held = [hold(packet) for packet in PACKETS]
    assert all(len(msgspec.json.encode(told_again(each))) > 3 * len(each.payload) for each in held)
    log.add(held * 10_050)
    log.flush()
    assert (log.model.held, log.proxy.rowCount()) == (100_000, 100_000)
    assert log.model.row_at(99_999).item.payload == GOODBYE
    log.stop()
    log.deleteLater()


def test_json_of_a_packet_holds_all_its_bytes() -> None:
    packet = json.loads(msgspec.json.encode(told_again(Holder().hold(PACKETS[1]))))
    assert bytes.fromhex(packet["payload_hex"]) == ANSWERS_WHOLE
