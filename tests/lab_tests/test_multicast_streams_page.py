"""The streams of the Multicast page on real traffic: loss on the path, sources, a recording that is opened again."""

from __future__ import annotations

from pathlib import Path

import pytest
from pytestqt.qtbot import QtBot

from tests.lab import Lab, peers
from tests.lab_tests.test_multicast_page import ENDPOINT, GROUP, PATIENCE_MS, PORT, join, page, states, texts, vpn
from ui.pages.multicast.options_row import From
from ui.pages.multicast.page import MulticastPage
from ui.pages.multicast.stream_columns import StreamRow

__all__ = ("page", "vpn")
pytestmark = pytest.mark.lab


def streams(page: MulticastPage) -> list[StreamRow]:
    page.traffic.update_streams()
    page.streams.model.flush()
    return page.streams.proxy.shown_items()


def test_an_iperf_stream_has_its_row_strip_history_and_falls_silent(
    page: MulticastPage, vpn: Lab, qtbot: QtBot
) -> None:
    page.traffic.switch.choose("streams")
    join(page, qtbot, ENDPOINT)
    qtbot.waitUntil(lambda: states(page) == [f"{ENDPOINT} en0: joined · in kernel's table"], timeout=PATIENCE_MS)
    peers.iperf_sender(vpn.beta, GROUP, PORT, packets_per_s=500, seconds=2)
    qtbot.waitUntil(lambda: bool(streams(page)) and streams(page)[0].silent is not None, timeout=PATIENCE_MS)
    (row,) = streams(page)
    assert (row.stream.source, row.stream.lost, row.stream.dropped_here) == ("192.168.1.20", 0, 0)
    assert row.stream.payload is not None
    assert "iperf" in row.stream.payload
    assert row.stream.strip is not None
    assert set(row.stream.strip) == {"."}
    samples = page.groups.samples(row.join_key, row.stream.key())
    assert max(sample.packets_per_s for sample in samples) > 250


def test_only_the_chosen_source_is_let_in_and_the_row_says_include(page: MulticastPage, vpn: Lab, qtbot: QtBot) -> None:
    options = page.strip.options
    options.mode.setCurrentIndex(options.mode.findData(From.ONLY.value))
    options.sources.setText("192.168.1.99")
    join(page, qtbot, ENDPOINT)
    wanted = [f"{ENDPOINT} en0: joined · INCLUDE 192.168.1.99 · in kernel's table"]
    qtbot.waitUntil(lambda: states(page) == wanted, timeout=PATIENCE_MS)
    peers.send_text(vpn.beta, GROUP, PORT, "not let in")
    options.sources.setText("192.168.1.20")
    page.groups.leave(list(page.groups.joins))
    join(page, qtbot, ENDPOINT)
    wanted = [f"{ENDPOINT} en0: joined · INCLUDE 192.168.1.20 · in kernel's table"]
    qtbot.waitUntil(lambda: states(page) == wanted, timeout=PATIENCE_MS)
    peers.send_text(vpn.beta, GROUP, PORT, "let in")
    qtbot.waitUntil(lambda: texts(page) == ["let in"], timeout=PATIENCE_MS)


def test_what_is_recorded_is_opened_again_with_the_same_packets(
    page: MulticastPage, vpn: Lab, qtbot: QtBot, tmp_path: Path
) -> None:
    path = tmp_path / "train.pcapng"
    join(page, qtbot, ENDPOINT)
    qtbot.waitUntil(lambda: states(page) == [f"{ENDPOINT} en0: joined · in kernel's table"], timeout=PATIENCE_MS)
    messages: list[str] = []
    page.message.connect(messages.append)
    page.capture.record_to(str(path))
    qtbot.waitUntil(path.exists, timeout=PATIENCE_MS)
    with peers.talker(vpn.beta, GROUP, PORT, "train", seconds_between=0.02):
        qtbot.waitUntil(
            lambda: page.capture.recording is not None and page.capture.recording.packets > 20, timeout=PATIENCE_MS
        )
        page.capture.stop_recording()
        qtbot.waitUntil(lambda: not page.capture.running, timeout=PATIENCE_MS)
    (number,) = [message.split()[0] for message in messages if f"recorded to {path}." in message]
    page.capture.open_file(str(path))
    qtbot.waitUntil(lambda: any("multicast datagrams" in message for message in messages), timeout=PATIENCE_MS)
    assert f"{path}: {number} of {number} packets are multicast datagrams." in messages
    qtbot.waitUntil(lambda: any(key.interface == "en0 · train.pcapng" for key in page.groups.joins))
    page.view.clearSelection()
    page.packets.flush()
    qtbot.waitUntil(lambda: any("train.pcapng" in found.interface for found in page.packets.model.items()))
    heard = {found.payload_text for found in page.packets.model.items() if found.interface == "en0"}
    read = {found.payload_text for found in page.packets.model.items() if found.interface != "en0"}
    assert len(read) > 20
    assert read <= heard
