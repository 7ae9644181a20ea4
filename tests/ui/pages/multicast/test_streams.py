"""The streams of the Multicast page: rows, pictures, details, columns, export."""

from __future__ import annotations

import msgspec
import pytest
from PySide6.QtCore import Qt
from pytestqt.modeltest import ModelTester
from pytestqt.qtbot import QtBot

from net.records import Stream
from tests.ui.pages.multicast.conftest import Asked, MakePage
from tests.ui.pages.multicast.driving import join, said_of
from tests.ui.pages.multicast.scene import AUDIO, RTP, SILENT, STREAM, TRAIN, joined, reception
from tests.ui.scenes import batch
from ui.pages.multicast.joins import JoinKey
from ui.pages.multicast.page import MulticastPage
from ui.pages.multicast.stream_columns import StreamRow, stream_columns
from ui.pages.multicast.stream_details import verdict
from ui.pages.multicast.stream_export import stream_table
from ui.pages.multicast.traffic_pane import PACKETS, STREAMS
from ui.theme import Tone
from ui.widgets.empty_panel import Why


def cells(stream: Stream, *, silent: int | None = None, listening: bool = True) -> dict[str, str]:
    row = StreamRow(stream, silent, listening)
    return {column.key: column.cell(row).plain for column in stream_columns()}


def changed(**more: object) -> Stream:
    return msgspec.structs.replace(RTP, **more)


@pytest.fixture
def streams(page: MulticastPage, qtbot: QtBot) -> MulticastPage:
    """The page with two groups joined, their streams in front."""
    join(page, qtbot, "224.224.0.77:23019", "239.69.0.121:5004")
    page.traffic.switch.choose(STREAMS)
    qtbot.waitUntil(lambda: page.streams.proxy.rowCount() == 3)
    return page


def sources(page: MulticastPage) -> list[str]:
    page.streams.model.flush()
    return [row.stream.source for row in page.streams.proxy.shown_items()]


def test_loss_of_the_network_and_drops_of_this_computer_are_two_columns() -> None:
    both = cells(changed(lost=487, dropped_here=12))
    assert both["lost"] == "487 · 1.00 %"
    assert both["dropped"] == "12 · 0.02 %"
    none = cells(changed(lost=0, dropped_here=0))
    assert (none["lost"], none["dropped"]) == ("0 · none", "0 · none")
    unknown = cells(SILENT)
    assert (unknown["lost"], unknown["dropped"]) == ("– · no numbers", "– · unknown")


def test_a_row_tells_rate_order_payload_and_silence() -> None:
    row = cells(RTP)
    assert row["source"] == "192.168.1.44:5004 → 239.69.0.121:5004 on en0"
    assert row["rate"] == "1.0 k/s · 1.5 Mb/s"
    assert row["reordered"] == "14 · up to 6 back"
    assert (row["duplicated"], row["late"], row["restarts"]) == ("2", "3", "0")
    assert row["payload"] == "RTP · TTL 15"
    assert (row["jitter"], row["silence"]) == ("0.083 ms", "18 ms")
    assert (row["average"], row["maximum"]) == ("1.8 Mb/s", "2.3 Mb/s")
    assert (row["burst"], row["burst-alarms"], row["buffer"], row["buffer-alarms"]) == ("112", "4", "14 kB", "1")
    assert cells(SILENT, silent=42)["rate"] == "silent for 42 s"
    assert cells(RTP, listening=False)["rate"] == "not joined now"
    assert cells(changed(ttl_min=1, ttl_max=64))["ttl"] == "1–64"


@pytest.mark.parametrize(
    ("stream", "said"),
    [
        (changed(lost=0, dropped_here=0), "Nothing was lost."),
        (changed(lost=487, dropped_here=0), ("The network lost 487 of the packets (1.00 %): they never reached this "
         "computer. None was dropped here.")),
        (changed(lost=0, dropped_here=5), ("This computer dropped 5 (0.01 %), because the receive buffer was full; the "
         "network delivered them.")),
        (changed(lost=1, dropped_here=None), ("The network lost 1 of the packets (0.00 %): they never reached this "
         "computer. Whether this computer dropped some is unknown.")),
        (SILENT, "Whether packets are lost cannot be told: the payload carries no number this program reads."),
    ],
)  # fmt: skip
def test_the_verdict_says_whose_fault_it_is(stream: Stream, said: str) -> None:
    assert verdict(StreamRow(stream, None, listening=True)) == said


def test_the_dot_tells_loss_silence_and_health() -> None:
    assert StreamRow(RTP, None, listening=True).tone is Tone.WARNING
    assert StreamRow(SILENT, 42, listening=True).tone is Tone.NEUTRAL
    assert StreamRow(changed(lost=0, dropped_here=0), None, listening=True).tone is Tone.OK


def test_the_switch_shows_streams_and_is_remembered(streams: MulticastPage) -> None:
    assert streams.streams.isVisible()
    assert not streams.packets.isVisible()
    assert sorted(sources(streams)) == ["192.168.1.20", "192.168.1.31", "192.168.1.44"]
    assert streams.streams.shown_count.text() == "3"
    streams.traffic.stop()
    assert streams.context.settings.page_text("multicast", "traffic") == STREAMS
    streams.traffic.switch.choose(PACKETS)
    assert streams.packets.isVisible()


def test_wiresharks_columns_are_there_when_asked_for(streams: MulticastPage) -> None:
    view = streams.streams.view
    titles = view.rows_as_text(selected=False)[0]
    assert "Lost on network" in titles
    assert "Dropped here" in titles
    assert "Burst alarms" not in titles
    view.choose_column("burst-alarms", shown=True)
    assert "Burst alarms" in view.rows_as_text(selected=False)[0]
    view.reset_columns()
    assert "Burst alarms" not in view.rows_as_text(selected=False)[0]


def test_a_chosen_stream_shows_its_facts_plot_and_strip(streams: MulticastPage, qtbot: QtBot) -> None:
    streams.window().resize(1240, 780)
    streams.streams.choose(RTP.key())
    said = said_of(streams)
    for words in ("The network lost 487", "Lost on network: 487", "Dropped here: 0", "Burst alarms: 4", "TTL: 15"):
        assert words in said
    pictures = streams.streams.pictures
    assert pictures.isVisible()
    assert pictures.strip_title.text() == "Its last 1,024 numbers"
    assert pictures.strip.legend == ("arrived 996", "missing 22", "came twice 1", "reordered 5", "late 0")
    streams.streams.choose(SILENT.key())
    assert pictures.why.isVisible()
    assert pictures.why.text().startswith("The payload carries no number")
    streams.view.select_key(JoinKey(*TRAIN, "en0"))
    assert said_of(streams).startswith("224.224.0.77:23019")


def test_the_details_of_a_stream_follow_it(streams: MulticastPage, qtbot: QtBot) -> None:
    streams.streams.choose(RTP.key())
    tally = streams.groups.joins[JoinKey(*AUDIO, "en0")].tally
    tally.take(changed(lost=500), 0.0)
    streams.traffic.update_streams()
    qtbot.waitUntil(lambda: "Lost on network: 500" in said_of(streams))


def test_the_keyboard_chooses_streams(streams: MulticastPage, qtbot: QtBot) -> None:
    chosen: list[StreamRow] = []
    streams.streams.stream_chosen.connect(chosen.append)
    streams.streams.choose(streams.streams.proxy.shown_items()[0].stream.key())
    view = streams.streams.view
    view.setFocus()
    qtbot.keyClick(view, Qt.Key.Key_Down)  # type: ignore[no-untyped-call]
    if view.hasFocus():
        assert len(chosen) == 2


def test_only_streams_of_the_selected_groups_and_the_filter(streams: MulticastPage) -> None:
    streams.view.select_key(JoinKey(*TRAIN, "en0"))
    assert sources(streams) == ["192.168.1.20"]
    streams.view.clearSelection()
    streams.set_filter("192.168.1.31")
    assert sources(streams) == ["192.168.1.31"]
    streams.set_filter("no such stream")
    assert streams.streams.empty.isVisible()
    assert streams.streams.empty.emptiness is not None
    assert streams.streams.empty.emptiness.why is Why.FILTERED_OUT
    streams.set_filter("")
    assert len(sources(streams)) == 3


def test_streams_are_exported_with_all_their_facts(streams: MulticastPage) -> None:
    streams.set_filter("192.168.1.44")
    titles, row = streams.export_rows()
    facts = dict(zip(titles, row, strict=True))
    assert (facts["source"], facts["lost"], facts["dropped_here"], facts["jitter_ms"]) == (
        "192.168.1.44", "487", "0", "0.083",
    )  # fmt: skip
    assert "strip" not in facts
    assert streams.export_records() == [RTP]
    assert stream_table([SILENT])[1][titles.index("lost")] == ""


def test_without_a_stream_it_says_why(page: MulticastPage, qtbot: QtBot) -> None:
    join(page, qtbot, "239.255.255.250:1900")
    page.traffic.switch.choose(STREAMS)
    assert page.streams.empty.isVisible()
    assert page.streams.empty.emptiness is not None
    assert "not joined now" in page.streams.empty.emptiness.title


def test_its_packets_lead_from_a_stream_to_its_group(streams: MulticastPage) -> None:
    streams.streams.choose(RTP.key())
    assert streams.form.details is not None
    (action,) = streams.form.details.actions
    action.run()
    assert not streams.traffic.streams_shown
    streams.packets.flush()
    assert {found.group for found in streams.packets.proxy.shown_items()} == {AUDIO[0]}


def test_a_paused_page_lets_the_streams_stand(streams: MulticastPage) -> None:
    streams.set_paused(True)
    streams.groups.joins[JoinKey(*AUDIO, "en0")].tally.take(changed(lost=999), 0.0)
    streams.second()
    assert 999 not in {row.stream.lost for row in streams.streams.model.items()}
    streams.set_paused(False)
    streams.streams.model.flush()
    assert 999 in {row.stream.lost for row in streams.streams.model.items()}


def test_hostile_formats_and_sources_are_plain_visible_text(make_page: MakePage, qtbot: QtBot) -> None:
    evil = changed(payload="\u202e<b>evil</b>", source="<i>")
    answers = {
        "multicast.listen 239.69.0.121:5004": [
            batch(joined(*AUDIO), reception(*AUDIO, received=1, packets_per_s=1, size=1), evil)
        ]
    }
    page = make_page(answers)
    join(page, qtbot, "239.69.0.121:5004")
    page.traffic.switch.choose(STREAMS)
    qtbot.waitUntil(lambda: page.streams.proxy.rowCount() == 1)
    assert cells(evil)["payload"].startswith("⟨U+202E⟩<b>evil</b>")


def test_strips_are_asked_for_while_few_groups_are_joined(
    page: MulticastPage, asked: Asked, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("ui.pages.multicast.joined_groups.STRIPS_UP_TO", 1)
    join(page, qtbot, "224.224.0.77:23019", "239.69.0.121:5004")
    assert [request.get("strips", False) for request in asked.of("multicast.listen")] == [True, False]


def test_the_model_is_one_by_qts_own_rules(streams: MulticastPage, qtmodeltester: ModelTester) -> None:
    qtmodeltester.check(streams.streams.model)  # type: ignore[no-untyped-call]


def test_a_stream_of_two_probes_has_the_counts_of_both(streams: MulticastPage) -> None:
    tally = streams.groups.joins[JoinKey(*TRAIN, "en0")].tally
    tally.begin_anew()
    tally.take(msgspec.structs.replace(STREAM, packets=10, lost=2, late=1, dropped_here=4, longest_silence_s=9.0), 1.0)
    (found,) = tally.streams()
    assert (found.packets, found.lost, found.late, found.dropped_here) == (1_214, 5, 1, 4)
    assert found.longest_silence_s == 9.0
