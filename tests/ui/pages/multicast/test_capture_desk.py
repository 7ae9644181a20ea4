"""Recording the joined groups to a file, and opening such a file in the page."""

from __future__ import annotations

from typing import Any, cast

import msgspec
from pytestqt.qtbot import QtBot

from net.multicast.records import Capture, CaptureInterface, Recording
from net.problems import make_problem
from net.records import Summary
from tests.ui.pages.multicast.conftest import Asked, MakePage
from tests.ui.pages.multicast.driving import join, lines
from tests.ui.pages.multicast.scene import AUDIO, RTP, TRAIN, audio, joined, reception, train
from tests.ui.scenes import batch
from ui.pages.multicast.page import MulticastPage

FILE = "/tmp/evening.pcapng"
CAPTURE = Capture(
    path=FILE, format="pcapng", packets=12, datagrams=10, bytes=4000, skipped={"not_ip": 2},
    interfaces=(CaptureInterface(name="en0", link="Ethernet", packets=12),), shown=(0, 10),
)  # fmt: skip
RTP_OF_FILE = msgspec.structs.replace(RTP, interface="en0 · evening.pcapng").key()
OPENED = {
    "multicast.capture": [
        batch(CAPTURE, RTP, reception(*AUDIO, received=10, packets_per_s=8, size=192)),
        batch(*(audio(number) for number in range(10))),
        batch(Summary(bytes=1920, received=10)),
        {"end": True},
    ]
}


def said(page: MulticastPage) -> list[str]:
    messages: list[str] = []
    page.message.connect(messages.append)
    return messages


def recording_asked(asked: Asked) -> list[dict[str, Any]]:
    return [request for request in asked.of("multicast.listen") if request.get("record_to")]


def test_all_joined_groups_are_recorded_to_one_file_beside_the_joins(
    page: MulticastPage, asked: Asked, qtbot: QtBot
) -> None:
    assert not page.capture.record.isEnabled()
    join(page, qtbot, "224.224.0.77:23019", "239.69.0.121:5004")
    page.capture.menu.aboutToShow.emit()
    assert page.capture.record.isEnabled()
    messages = said(page)
    page.capture.record_to(FILE)
    qtbot.waitUntil(lambda: len(recording_asked(asked)) == 1)
    (request,) = recording_asked(asked)
    assert request["groups"] == ["224.224.0.77:23019", "239.69.0.121:5004"]
    assert (request["interfaces"], request["keep"], request["record_to"]) == (["en0"], 0, FILE)
    page.capture._hear((Recording(path=FILE, packets=1_204, bytes=1_200_000, missed=7),))
    assert page.capture.state.text() == "recording · 1,204 packets · 1.2 MB · 7 missed"
    assert not page.capture.record.isEnabled()
    page.capture.stop.trigger()
    qtbot.waitUntil(lambda: messages == [f"1,204 packets recorded to {FILE}, 7 missed."])
    assert page.capture.state.isHidden()
    assert (asked.finished("multicast.listen"), asked.stopped("multicast.listen")) == (1, 0)
    assert len(page.groups.active) == 2


def test_what_the_probe_tells_last_is_what_was_recorded(make_page: MakePage, qtbot: QtBot) -> None:
    last = Recording(path=FILE, packets=1_250, bytes=1_300_000)
    page = make_page({"multicast.listen 224.224.0.77:23019": [batch(joined(*TRAIN)), {"after_finish": batch(last)}]})
    join(page, qtbot, "224.224.0.77:23019")
    messages = said(page)
    page.capture.record_to(FILE)
    page.capture._hear((Recording(path=FILE, packets=1_204, bytes=1_200_000),))
    page.capture.stop_recording()
    page.capture.stop_recording()
    qtbot.waitUntil(lambda: messages == [f"1,250 packets recorded to {FILE}."])


def test_closing_does_not_wait_for_last_words(page: MulticastPage, asked: Asked, qtbot: QtBot) -> None:
    join(page, qtbot, "224.224.0.77:23019")
    page.capture.record_to(FILE)
    qtbot.waitUntil(lambda: len(recording_asked(asked)) == 1)
    page.capture.close_desk()
    assert not page.capture.running
    qtbot.waitUntil(lambda: asked.stopped("multicast.listen") == 1)


def test_of_a_file_with_more_the_first_hundred_thousand_are_shown_and_the_rest_counted(
    make_page: MakePage, asked: Asked, qtbot: QtBot
) -> None:
    more = msgspec.structs.replace(CAPTURE, packets=250_000, datagrams=248_211, shown=(0, 100_000))
    many = reception(*AUDIO, received=248_211, packets_per_s=8, size=192)
    packets = batch(*(audio(number) for number in range(10)))
    page = make_page({"multicast.capture": [batch(more, RTP, many), packets, {"end": True}]})
    messages = said(page)
    page.capture.open_file(FILE)
    qtbot.waitUntil(lambda: len(messages) == 1 and page.packets.model.held == 10)
    assert messages[0].endswith("248,211 of 250,000 packets are multicast datagrams."
                                " The first 100,000 are shown, the rest is counted.")  # fmt: skip
    assert asked.of("multicast.capture")[0]["keep"] == 100_000
    qtbot.waitUntil(lambda: page.packets.shown_count.text() == "showing 10 of 248,211; the rest is in evening.pcapng")


def test_the_rest_is_spoken_of_only_once_no_more_comes(make_page: MakePage, qtbot: QtBot) -> None:
    rows = [*OPENED["multicast.capture"][:1], batch(*(audio(number) for number in range(4)))]
    page = make_page({"multicast.capture": rows})
    page.capture.open_file(FILE)
    qtbot.waitUntil(lambda: page.packets.model.held == 4)
    page.traffic.update_packets()
    assert page.packets.shown_count.text() == "showing 4 of 10, still loading"
    assert page.capture.reading.text() == "loading · 4 of 10"
    page.capture._openings[0].watch.ended.emit()
    assert page.packets.shown_count.text() == "showing 4 of 10; the rest is in evening.pcapng"
    assert page.capture.reading.isHidden()


def test_packets_that_are_about_to_be_shown_are_no_rest(page: MulticastPage, qtbot: QtBot) -> None:
    join(page, qtbot, "224.224.0.77:23019")
    (key,) = page.groups.joins
    page.packets.flush()
    held = page.packets.model.held
    page.groups.joins[key].tally.take(reception(*TRAIN, received=held + 10, packets_per_s=9, size=34), 0.0)
    page.packets._tick.start(10_000)
    page.packets.add([train(number) for number in range(10)])
    page.traffic.update_packets()
    assert page.packets.shown_count.text() == f"showing {held} of {held + 10}"
    page.packets._waiting.pop()
    page.traffic.update_packets()
    assert page.packets.shown_count.text() == f"showing {held} of {held + 10}; the rest was not recorded"


def test_packets_that_wait_while_the_page_is_paused_are_no_rest(page: MulticastPage, qtbot: QtBot) -> None:
    join(page, qtbot, "224.224.0.77:23019")
    (key,) = page.groups.joins
    page.set_paused(True)
    page.groups.joins[key].tally.take(reception(*TRAIN, received=248_211, packets_per_s=9, size=34), 0.0)
    page.feed((train(41),))
    page.traffic.update_packets()
    assert page.packets.shown_count.text().endswith("of 248,211")


def test_clearing_a_files_rows_ends_its_reading_and_nothing_of_it_comes_back(
    make_page: MakePage, asked: Asked, qtbot: QtBot
) -> None:
    rows = [*OPENED["multicast.capture"][:1], batch(*(audio(number) for number in range(4)))]
    page = make_page({"multicast.capture": rows})
    page.capture.open_file(FILE)
    qtbot.waitUntil(lambda: page.packets.model.held == 4)
    (opening,) = page.capture._openings
    page.clear_rows(list(page.groups.joins))
    assert (page.capture._openings, page.packets.model.held) == ([], 0)
    qtbot.waitUntil(lambda: asked.stopped("multicast.capture") == 1)
    page.capture._read((audio(5),), opening)
    page.packets.flush()
    assert page.packets.model.held == 0


def test_a_file_cut_in_its_first_block_is_told(make_page: MakePage, qtbot: QtBot) -> None:
    problem = make_problem("capture_damaged", FILE, evidence="it ends 4 bytes too early")
    nothing = msgspec.structs.replace(
        CAPTURE, packets=0, datagrams=0, skipped={}, interfaces=(), shown=(0, 0), problem=problem
    )
    page = make_page({"multicast.capture": [batch(nothing), batch(Summary(bytes=0, received=0)), {"end": True}]})
    messages = said(page)
    page.capture.open_file(FILE)
    qtbot.waitUntil(lambda: problem.text in page.strip.note.text)
    assert messages[-1] == f"{FILE}: 0 of 0 packets are multicast datagrams."


def test_what_was_wrong_with_a_file_is_over_when_the_next_is_opened(make_page: MakePage, qtbot: QtBot) -> None:
    page = make_page(OPENED)
    messages = said(page)
    problem = make_problem("capture_invalid", "/etc/hosts", OSError(5, "x"))
    page.capture.refused.emit(problem)
    assert problem.text in page.strip.note.text
    page.capture.open_file(FILE)
    qtbot.waitUntil(lambda: bool(messages))
    assert problem.text not in page.strip.note.text


def test_the_count_says_whether_what_is_not_kept_was_recorded(page: MulticastPage, qtbot: QtBot) -> None:
    join(page, qtbot, "224.224.0.77:23019")
    (key,) = page.groups.joins
    page.groups.joins[key].tally.take(reception(*TRAIN, received=248_211, packets_per_s=9, size=34), 0.0)
    page.traffic.update_packets()
    assert page.packets.shown_count.text().endswith("of 248,211; the rest was not recorded")
    page.capture.record_to(FILE)
    page.capture._hear((joined(*TRAIN),))
    page.traffic.update_packets()
    assert "248,211; the rest since " in page.packets.shown_count.text()
    page.set_filter("nothing like it")
    page.traffic.update_packets()
    assert "rest" not in page.packets.shown_count.text()


def test_a_recording_that_has_ended_holds_the_rest_up_to_then(page: MulticastPage, qtbot: QtBot) -> None:
    join(page, qtbot, "224.224.0.77:23019")
    (key,) = page.groups.joins
    page.groups.joins[key].tally.take(reception(*TRAIN, received=248_211, packets_per_s=9, size=34), 0.0)
    page.capture.record_to(FILE)
    page.capture._hear((joined(*TRAIN),))
    page.capture._recorded()
    page.traffic.update_packets()
    assert "248,211; the rest from " in page.packets.shown_count.text()


def test_files_of_one_name_have_rows_of_their_own(make_page: MakePage, qtbot: QtBot) -> None:
    page = make_page(OPENED)
    for path in ("/tmp/a/evening.pcapng", "/tmp/b/evening.pcapng", "/tmp/a/evening.pcapng"):
        held = page.packets.model.held
        page.capture.open_file(path)
        qtbot.waitUntil(lambda held=held: page.packets.model.held == held + 10)  # type: ignore[misc]
    names = ["en0 · evening.pcapng", "en0 · evening.pcapng (2)", "en0 · evening.pcapng (3)"]
    assert sorted(key.interface for key in page.groups.joins) == names
    assert [join.tally.received for join in page.groups.joins.values()] == [10, 10, 10]
    page.clear_rows([key for key in page.groups.joins if key.interface == names[0]])
    page.capture.open_file(FILE)
    qtbot.waitUntil(lambda: sorted(key.interface for key in page.groups.joins) == names)


def test_groups_joined_in_different_ways_do_not_go_into_one_file(
    page: MulticastPage, asked: Asked, qtbot: QtBot
) -> None:
    join(page, qtbot, "224.224.0.77:23019")
    page.strip.options.picker.pick(("en5",))
    join(page, qtbot, "239.69.0.121:5004")
    messages = said(page)
    page.capture.record_to(FILE)
    assert messages == ["One file takes groups joined on the same interfaces with the same sources. Leave the others."]
    assert recording_asked(asked) == []


def test_a_file_that_cannot_be_written_is_told_with_its_remedy(page: MulticastPage, qtbot: QtBot) -> None:
    join(page, qtbot, "224.224.0.77:23019")
    page.capture.record_to(FILE)
    problem = make_problem("capture_unreadable", FILE, OSError(28, "x"))
    page.capture._hear((Recording(path=FILE, packets=1, bytes=1, problem=problem),))
    assert problem.text in page.strip.note.text


def test_a_file_is_opened_as_rows_streams_and_packets_of_its_own(
    make_page: MakePage, asked: Asked, qtbot: QtBot
) -> None:
    page = make_page(OPENED)
    messages = said(page)
    join(page, qtbot, "239.69.0.121:5004")
    page.capture.open_file(FILE)
    qtbot.waitUntil(lambda: f"{FILE}: 10 of 12 packets are multicast datagrams." in messages)
    assert lines(page)[1] == "239.69.0.121:5004 en0 · evening.pcapng: from a file"
    key = next(key for key in page.groups.joins if "evening" in key.interface)
    assert page.view.rows_as_text(selected=False)[2][1] == "en0 · evening.pcapng"
    cell = page.model.columns[1].cell(page.model.items()[1])
    assert (cell.text, cell.detail) == ("en0", "evening.pcapng")
    page.view.select_key(key)
    page.packets.flush()
    assert len(page.packets.proxy.shown_items()) == 10
    page.traffic.switch.choose("streams")
    page.streams.model.flush()
    (row,) = page.streams.proxy.shown_items()
    assert (row.state, row.stream.lost) == ("from a file", RTP.lost)
    assert page.streams.view.rows_as_text(selected=False)[1][1] == "1.0 k/s · 1.5 Mb/s"
    page.streams.choose(RTP_OF_FILE)
    assert page.streams.pictures.plot.isHidden()
    assert page.streams.pictures.why_no_plot.text() == "Of a stream from a file rate and loss are not plotted."
    (action,) = page.row_actions.of(page.model.items()[1])
    page.activate(page.model.items()[1])
    assert len(asked.of("multicast.listen")) == 1
    action.run()
    assert len(lines(page)) == 1


def test_what_is_no_capture_is_told(make_page: MakePage, qtbot: QtBot) -> None:
    problem = make_problem("capture_invalid", "/etc/hosts", OSError(5, "x"))
    page = make_page({"multicast.capture": [{"problem": cast("Any", batch(problem)["batch"][0])}]})
    page.capture.open_file("/etc/hosts")
    qtbot.waitUntil(lambda: problem.text in page.strip.note.text)
    assert problem.remedy in page.strip.note.text


def test_a_damaged_file_is_shown_up_to_there_and_told(make_page: MakePage, qtbot: QtBot) -> None:
    problem = make_problem("capture_damaged", FILE, OSError(5, "x"))
    damaged = msgspec.structs.replace(CAPTURE, problem=problem)
    page = make_page({"multicast.capture": [batch(damaged, RTP), {"end": True}]})
    page.capture.open_file(FILE)
    qtbot.waitUntil(lambda: problem.text in page.strip.note.text)
    assert lines(page) == ["239.69.0.121:5004 en0 · evening.pcapng: from a file"]


def test_the_button_is_seen_while_the_page_listens_only(page: MulticastPage) -> None:
    assert page.capture.isVisible()
    page.views.show_view("test")
    assert not page.capture.isVisible()
    page.views.show_view("listen")
    assert page.capture.isVisible()
