from __future__ import annotations

import os
import signal
from collections.abc import Callable
from typing import Any, cast

import msgspec
import pytest
from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from net.problems import make_problem
from net.records import Record, Sent, Summary
from net.requests import SendRequest
from tests.ui.pages.multicast.conftest import Asked
from tests.ui.scenes import batch
from ui.pages.multicast.pace_fields import Pace
from ui.pages.multicast.page import MulticastPage
from ui.pages.multicast.payload_fields import PayloadKind
from ui.pages.multicast.send_strip import SendStrip
from ui.window import MainWindow

MakePage = Callable[..., MulticastPage]
ENDPOINT = "224.224.0.77:23019"
REFUSED = make_problem("send_refused", ENDPOINT, OSError(1, "x"), interface="en0")


def sent(count: int, interface: str = "en0") -> Sent:
    return Sent(group="224.224.0.77", port=23019, interface=interface, source="192.168.1.23", sent=count, bytes=count)


def done(count: int, *problems: Any) -> Summary:
    return Summary(sent=count, bytes=count, interface="en0", source="192.168.1.23", problems=problems)


def answers(*records: Record, end: bool = True) -> dict[str, Any]:
    steps: list[dict[str, Any]] = [batch(*records)] if records else []
    return {"multicast.send": [*steps, {"end": True}] if end else steps}


def opened(page: MulticastPage, text: str = ENDPOINT) -> SendStrip:
    page.strip.field.setText(text)
    page.send_strip.toggle.setChecked(True)
    return page.send_strip


def test_it_sends_from_the_chosen_interface_to_the_group_above(make_page: MakePage, asked: Asked, qtbot: QtBot) -> None:
    strip = opened(make_page(answers(sent(1), done(1))))
    assert strip.send.text() == "Send from en0"
    assert strip.form.target.placeholderText() == ENDPOINT
    strip.form.text.setText("hi <b>there</b>")
    qtbot.keyClick(strip.form.text, Qt.Key.Key_Return)  # type: ignore[no-untyped-call]
    qtbot.waitUntil(lambda: strip.note.text == "Sent 1 of 1 packet from en0.")
    (request,) = asked.of("multicast.send")
    wanted = {"group": ENDPOINT, "interface": "en0", "count": 1, "interval_ms": 1000.0, "ttl": 1,
              "text": "hi <b>there</b>", "hex": None}  # fmt: skip
    assert wanted.items() <= request.items()


def test_hex_and_numbered_payloads_and_the_numbers_go_into_the_request(
    make_page: MakePage, asked: Asked, qtbot: QtBot
) -> None:
    strip = opened(make_page(answers(done(1))))
    form = strip.form
    form.kind.setCurrentIndex(form.kind.findData("hex"))
    form.hex.setText("00 ff")
    form.ttl.setValue(4)
    form.count.setValue(20)
    form.interval.setValue(2.5)
    strip.send.click()
    qtbot.waitUntil(lambda: strip.sending is not None and strip.sending.over)
    form.kind.setCurrentIndex(form.kind.findData("numbered"))
    form.payload_size.setValue(1200)
    strip.send.click()
    qtbot.waitUntil(lambda: len(asked.of("multicast.send")) == 2)
    first, second = asked.of("multicast.send")
    assert (first["hex"], first["text"], first["ttl"], first["count"], first["interval_ms"]) == (
        "00 ff",
        None,
        4,
        20,
        2.5,
    )
    assert (second["hex"], second["text"], second["size"]) == (None, None, 1200)


def test_progress_is_shown_and_can_be_stopped(make_page: MakePage, asked: Asked, qtbot: QtBot) -> None:
    page = make_page(answers(sent(120), end=False))
    strip = opened(page)
    strip.form.count.setValue(1000)
    page.set_paused(True)
    strip.send.click()
    qtbot.waitUntil(lambda: strip.note.text == "Sending: 120 of 1,000 packets from en0.")
    assert not strip.send.isEnabled()
    strip.ask_to_send()
    strip.stop.click()
    assert strip.note.text == "Stopped: 120 of 1,000 packets sent from en0."
    assert strip.stop.isHidden()
    qtbot.waitUntil(lambda: asked.stopped("multicast.send") == 1)
    assert len(asked.of("multicast.send")) == 1


def test_a_refusal_is_told_with_errno_and_remedy(make_page: MakePage, qtbot: QtBot) -> None:
    page = make_page({"multicast.send": [{"problem": cast("Any", batch(REFUSED)["batch"][0])}]})
    strip = opened(page)
    strip.send.click()
    qtbot.waitUntil(lambda: strip.note.text == f"{REFUSED.text} {REFUSED.remedy}")
    assert "1)" in strip.note.text
    assert page.banners.notices() == []


def test_refusals_on_the_way_are_told_with_what_was_sent(make_page: MakePage, qtbot: QtBot) -> None:
    strip = opened(make_page(answers(done(7, REFUSED))))
    strip.form.count.setValue(9)
    strip.send.click()
    qtbot.waitUntil(lambda: strip.note.text.startswith("Sent 7 of 9 packets from en0. Sending to"))


@pytest.mark.parametrize(
    ("text", "said"),
    [("10.0.0.1:5", "10.0.0.1 is not a multicast address."), ("224.0.0.1", "224.0.0.1 names no port.")],
)
def test_a_bad_target_is_told_and_not_asked(
    make_page: MakePage, asked: Asked, qtbot: QtBot, text: str, said: str
) -> None:
    strip = opened(make_page(), "")
    strip.form.target.setText(text)
    strip.send.click()
    assert strip.note.text.startswith(said)
    assert asked.of("multicast.send") == []


def test_a_send_that_may_flood_is_confirmed_first(make_page: MakePage, asked: Asked, qtbot: QtBot) -> None:
    strip = opened(make_page(answers(done(20_000))))
    strip.form.count.setValue(20_000)
    strip.form.interval.setValue(0)
    strip.send.click()
    assert "more than 10,000 a second" in strip.note.text
    assert not strip.anyway.isHidden()
    assert asked.of("multicast.send") == []
    strip.refresh()
    assert not strip.anyway.isHidden()
    strip.form.ttl.setValue(2)
    assert strip.anyway.isHidden()
    assert strip.note.text == ""
    strip.send.click()
    strip.anyway.click()
    qtbot.waitUntil(lambda: strip.note.text == "Sent 20,000 of 20,000 packets from en0.")
    assert asked.of("multicast.send")[0]["ttl"] == 2


@pytest.mark.parametrize(
    ("count", "interval_ms", "interfaces", "rate"),
    [(1, 0, 1, 1), (10_000, 0, 1, 10_000), (10_001, 0, 1, 10_001), (10**6, 0.05, 1, 20_000), (10**6, 0.1, 2, 20_000)],
)
def test_the_rate_is_that_of_the_busiest_second(
    page: MulticastPage, count: int, interval_ms: float, interfaces: int, rate: float
) -> None:
    form = page.send_strip.form
    form.count.setValue(count)
    form.interval.setValue(interval_ms)
    assert form.packets_per_s(interfaces) == rate


def test_rates_in_packets_and_bits_and_no_end_are_judged_too(page: MulticastPage) -> None:
    form = page.send_strip.form
    form.count.setValue(0)
    form.pace.choose(Pace.PACKETS)
    form.pace.packets.setValue(12_000)
    assert form.packets_per_s(1) == 12_000
    form.payload.choose(PayloadKind.RTP)
    form.payload.rtp_size.setValue(1000)
    form.pace.choose(Pace.BITS)
    form.pace.bits.setValue(8_000)
    assert form.packets_per_s(2) == 2_000


def test_rtp_files_dscp_and_rates_go_into_the_request(page: MulticastPage) -> None:
    form = page.send_strip.form
    form.payload.choose(PayloadKind.RTP)
    form.dscp.setValue(46)
    form.pace.choose(Pace.PACKETS)
    form.pace.packets.setValue(50)
    form.count.setValue(0)
    assert form.request(ENDPOINT) == SendRequest(
        group=ENDPOINT, count=0, dscp=46, rate_pps=50, payload_kind="rtp", size=172
    )
    form.payload.choose(PayloadKind.FILE)
    form.payload.file.setText(" /srv/film.ts ")
    form.payload.piece.setValue(1316)
    form.pace.choose(Pace.BITS)
    form.pace.bits.setValue(5_000)
    request = form.request(ENDPOINT)
    assert (request.payload_kind, request.file, request.size) == ("file", "/srv/film.ts", 1316)
    assert (request.rate_bps, request.rate_pps) == (5_000_000, None)


def test_what_a_request_says_can_be_shown_again(page: MulticastPage) -> None:
    form = page.send_strip.form
    for request in (
        SendRequest(group=ENDPOINT, text="hi", ttl=3, dscp=8, count=0, interval_ms=20),
        SendRequest(group=ENDPOINT, hex="00 ff", rate_pps=12),
        SendRequest(group=ENDPOINT, payload_kind="file", file="/a", size=10, rate_bps=64_000),
        SendRequest(group=ENDPOINT, payload_kind="rtp", size=200),
        SendRequest(group=ENDPOINT, size=1200),
    ):
        form.show_request(request)
        assert form.request(ENDPOINT) == request


def test_the_achieved_rate_is_shown(make_page: MakePage, qtbot: QtBot) -> None:
    over = msgspec.structs.replace(done(900), packets_per_s=99.8, bits_per_s=79_840.0)
    strip = opened(make_page(answers(over)))
    strip.form.count.setValue(900)
    strip.send.click()
    qtbot.waitUntil(lambda: strip.note.text == "Sent 900 of 900 packets from en0. Achieved: 100  /s, 80 kb/s.")


def test_one_packet_from_each_interface_has_no_rate(make_page: MakePage, qtbot: QtBot) -> None:
    one = msgspec.structs.replace(done(1), packets_per_s=0.0, bits_per_s=0.0)
    page = make_page(answers(one))
    strip = opened(page)
    cast("MainWindow", page.window()).choose_interface("")
    strip.send.click()
    qtbot.waitUntil(lambda: strip.note.text.startswith("Sent"))
    assert "Achieved" not in strip.note.text


def test_a_send_is_not_repeated_when_the_probe_dies(make_page: MakePage, asked: Asked, qtbot: QtBot) -> None:
    page = make_page(answers(sent(3), end=False))
    strip = opened(page)
    strip.form.count.setValue(1000)
    strip.send.click()
    qtbot.waitUntil(lambda: strip.sending is not None and strip.sending.sent == 3)
    assert page.context.link.hello is not None
    os.kill(page.context.link.hello.pid, signal.SIGKILL)
    qtbot.waitUntil(lambda: strip.sending is not None and strip.sending.over)
    assert strip.note.text.startswith("Sent 3 of 1,000 packets from en0. The probe ended")
    qtbot.waitUntil(lambda: page.context.link.hello is not None)
    qtbot.waitUntil(lambda: len(asked.of("interfaces.watch")) == 2)
    assert len(asked.of("multicast.send")) == 1


def test_without_a_chosen_interface_it_sends_from_all_usable_ones(
    make_page: MakePage, asked: Asked, qtbot: QtBot
) -> None:
    page = make_page(answers(done(1)))
    cast("MainWindow", page.window()).choose_interface("")
    strip = opened(page)
    usable = page.places(None)
    assert strip.send.text() == f"Send from {len(usable)} interfaces"
    strip.send.click()
    qtbot.waitUntil(
        lambda: strip.note.text == f"Sent {len(usable)} of {len(usable)} packets from {len(usable)} interfaces."
    )
    assert [request["interface"] for request in asked.of("multicast.send")] == list(usable)


def test_what_was_sent_last_is_remembered(make_page: MakePage, qtbot: QtBot) -> None:
    page = make_page()
    strip = opened(page)
    strip.form.kind.setCurrentIndex(strip.form.kind.findData("hex"))
    strip.form.hex.setText("aa bb")
    page.close_page()
    again = SendStrip(page.context.link, page.context.settings, page.places, lambda: "")
    assert again.toggle.isChecked()
    assert (again.form.payload_kind.value, again.form.hex.text()) == ("hex", "aa bb")
    again.deleteLater()


def test_closing_the_page_stops_the_send(make_page: MakePage, asked: Asked, qtbot: QtBot) -> None:
    page = make_page(answers(sent(3), end=False))
    strip = opened(page)
    strip.form.count.setValue(1000)
    strip.send.click()
    qtbot.waitUntil(lambda: strip.sending is not None and strip.sending.sent == 3)
    page.hidden()
    assert strip.sending is not None
    assert not strip.sending.over
    page.close_page()
    qtbot.waitUntil(lambda: asked.stopped("multicast.send") == 1)


def test_a_closed_strip_says_how_a_send_went_in_its_line(make_page: MakePage, qtbot: QtBot) -> None:
    strip = opened(make_page(answers(done(1))))
    strip.send.click()
    qtbot.waitUntil(lambda: strip.note.text == "Sent 1 of 1 packet from en0.")
    strip.toggle.setChecked(False)
    assert strip.summary.text() == "Sent 1 of 1 packet from en0."


def test_how_many_packets_a_bit_rate_makes_of_a_whole_file_only_the_probe_knows(
    make_page: MakePage, asked: Asked, qtbot: QtBot
) -> None:
    loud = make_problem("rate_needs_confirmation", "20,000", most="10,000")
    strip = opened(make_page({"multicast.send": [{"problem": msgspec.to_builtins(loud)}]}))
    strip.form.payload.choose(PayloadKind.FILE)
    strip.form.payload.file.setText("/tmp/payload")
    strip.form.count.setValue(0)
    strip.form.pace.choose(Pace.BITS)
    strip.form.pace.bits.setValue(100_000)
    strip.send.click()
    assert strip.anyway.isHidden()
    qtbot.waitUntil(lambda: not strip.anyway.isHidden())
    assert loud.text in strip.note.text
    strip.anyway.click()
    qtbot.waitUntil(lambda: [request["fast"] for request in asked.of("multicast.send")] == [False, True])
    strip.form.payload.piece.setValue(1000)
    assert strip.form.packets_per_s(1) == 12_500
