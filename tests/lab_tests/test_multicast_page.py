"""The Multicast page on real traffic: what a person types, sees, and leaves behind."""

from __future__ import annotations

import json
import os
import signal
from collections.abc import Iterator
from pathlib import Path
from typing import cast

import pytest
from PySide6.QtCore import QCoreApplication, QEvent, QSettings, Qt
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from tests.lab import Lab, peers
from ui.link import Link
from ui.pages.multicast.columns import GroupRow
from ui.pages.multicast.page import MulticastPage
from ui.settings import Settings
from ui.window import MainWindow

GROUP = "224.224.0.77"
PORT = 23019
ENDPOINT = f"{GROUP}:{PORT}"
PATIENCE_MS = 15_000


@pytest.fixture
def vpn(fresh_lab: Lab) -> Lab:
    fresh_lab.vpn_up()
    return fresh_lab


@pytest.fixture
def page(vpn: Lab, qapp: QApplication, qtbot: QtBot, tmp_path: Path) -> Iterator[MulticastPage]:
    """The page of a window that looks into alpha, with en0 chosen."""
    settings = Settings(QSettings(str(tmp_path / "settings.ini"), QSettings.Format.IniFormat))
    window = MainWindow(Link(f"netns:{vpn.alpha.netns}"), settings)
    window.show()
    qtbot.waitUntil(lambda: "en0" in window.book.by_name, timeout=PATIENCE_MS)
    window.choose_interface("en0")
    window.show_page("multicast")
    yield cast("MulticastPage", window.page("multicast"))
    window.close()
    window.deleteLater()
    QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)


def rows(page: MulticastPage) -> list[GroupRow]:
    page.model.flush()
    return page.model.items()


def states(page: MulticastPage) -> list[str]:
    return [f"{row.key.endpoint} {row.key.interface}: {row.standing.line}" for row in rows(page)]


def texts(page: MulticastPage) -> list[str | None]:
    return [found.payload_text for found in page.packets.proxy.shown_items()]


def join(page: MulticastPage, qtbot: QtBot, text: str) -> None:
    page.strip.field.setText(text)
    qtbot.keyClick(page.strip.field, Qt.Key.Key_Return)  # type: ignore[no-untyped-call]


def joined_on(lab: Lab, group: str) -> list[str]:
    """The interfaces of alpha on which its kernel has the group joined, as ``ip`` says it."""
    listed = json.loads(lab.alpha.run(["ip", "-json", "maddress", "show"]).stdout)
    return [
        entry["ifname"]
        for entry in listed
        if any(address.get("address") == group for address in entry.get("maddr", ()))
    ]


def test_typing_a_group_shows_what_arrives_on_en0_while_the_vpn_holds_the_default_route(
    page: MulticastPage, vpn: Lab, qtbot: QtBot
) -> None:
    join(page, qtbot, ENDPOINT)
    qtbot.waitUntil(lambda: states(page) == [f"{ENDPOINT} en0: joined · in kernel's table"], timeout=PATIENCE_MS)
    assert joined_on(vpn, GROUP) == ["en0"]
    qtbot.waitUntil(lambda: rows(page)[0].unbound == "utun3", timeout=PATIENCE_MS)
    peers.send_text(vpn.beta, GROUP, PORT, "from socat")
    qtbot.waitUntil(lambda: "from socat" in texts(page), timeout=PATIENCE_MS)
    peers.iperf_sender(vpn.beta, GROUP, PORT, packets_per_s=200, seconds=2)
    qtbot.waitUntil(lambda: rows(page)[0].packets_per_s > 150, timeout=PATIENCE_MS)
    row = rows(page)[0]
    assert row.last_source is not None
    assert row.last_source.startswith("192.168.1.20:")
    assert row.dropped == 0
    (packet,) = [found for found in page.packets.model.items() if found.payload_text == "from socat"]
    assert (packet.interface, packet.source, packet.ttl) == ("en0", "192.168.1.20", 1)
    page.packets.view.selectRow(page.packets.proxy.shown_items().index(packet))
    assert page._below.payload.text.toPlainText() == "from socat"
    vpn.vpn_down()
    qtbot.waitUntil(lambda: rows(page)[0].unbound is None, timeout=PATIENCE_MS)


def test_a_killed_probe_costs_no_row_and_the_group_is_joined_again(page: MulticastPage, vpn: Lab, qtbot: QtBot) -> None:
    with peers.talker(vpn.beta, GROUP, PORT, "train", seconds_between=0.02):
        join(page, qtbot, ENDPOINT)
        qtbot.waitUntil(lambda: len(texts(page)) > 10, timeout=PATIENCE_MS)
        before = texts(page)
        received = page.groups.received(page.groups.joins)
        assert page.context.link.hello is not None
        os.kill(page.context.link.hello.pid, signal.SIGKILL)
        qtbot.waitUntil(lambda: states(page) == [f"{ENDPOINT} en0: the probe ended"], timeout=PATIENCE_MS)
        assert texts(page)[: len(before)] == before
        kept = len(texts(page))
        qtbot.waitUntil(lambda: len(texts(page)) > kept + 10, timeout=PATIENCE_MS)
    assert texts(page)[: len(before)] == before
    assert states(page) == [f"{ENDPOINT} en0: joined · in kernel's table"]
    assert page.groups.received(page.groups.joins) > received
    assert joined_on(vpn, GROUP) == ["en0"]


def test_an_interface_that_goes_and_comes_back_is_told_in_the_row(page: MulticastPage, vpn: Lab, qtbot: QtBot) -> None:
    join(page, qtbot, ENDPOINT)
    qtbot.waitUntil(lambda: states(page) == [f"{ENDPOINT} en0: joined · in kernel's table"], timeout=PATIENCE_MS)
    vpn.alpha.ip("link set en0 down")
    down = f"{ENDPOINT} en0: joined, but en0 is down · in kernel's table"
    qtbot.waitUntil(lambda: states(page) == [down], timeout=PATIENCE_MS)
    vpn.alpha.ip("link set en0 name en9")
    qtbot.waitUntil(lambda: states(page) == [f"{ENDPOINT} en0: en0 is gone"], timeout=PATIENCE_MS)
    vpn.alpha.ip("link set en9 name en0")
    vpn.alpha.ip("link set en0 up")
    with peers.talker(vpn.beta, GROUP, PORT, "again", seconds_between=0.02):
        qtbot.waitUntil(lambda: len(texts(page)) > 3, timeout=PATIENCE_MS)
    qtbot.waitUntil(lambda: states(page) == [f"{ENDPOINT} en0: joined · in kernel's table"], timeout=PATIENCE_MS)


def test_a_port_held_by_another_is_refused_with_errno_and_remedy(page: MulticastPage, vpn: Lab, qtbot: QtBot) -> None:
    with peers.udp_listener(vpn.alpha, "0.0.0.0", PORT):
        join(page, qtbot, ENDPOINT)
        qtbot.waitUntil(lambda: states(page) == [f"{ENDPOINT} en0: refused · errno 98"], timeout=PATIENCE_MS)
    assert "Find it on the Ports page" in page.strip.note.text
    page.rescan()
    qtbot.waitUntil(lambda: states(page) == [f"{ENDPOINT} en0: joined · in kernel's table"], timeout=PATIENCE_MS)


def test_a_numbered_send_reaches_beta_by_en0_although_the_default_route_is_the_tunnel(
    page: MulticastPage, vpn: Lab, qtbot: QtBot
) -> None:
    with vpn.beta.lanscout_process("listen", ENDPOINT, "--interface", "en0", "--count", "30") as listening:
        listening.record("joined")
        form = page.send_strip.form
        form.target.setText(ENDPOINT)
        form.kind.setCurrentIndex(form.kind.findData("numbered"))
        form.ttl.setValue(3)
        form.count.setValue(30)
        form.interval.setValue(5)
        page.send_strip.send.click()
        sent = "Sent 30 of 30 packets from en0."
        qtbot.waitUntil(lambda: page.send_strip.note.text.startswith(sent), timeout=PATIENCE_MS)
        listening.wait()
    datagrams = listening.records("datagram")
    assert {(each["source"], each["ttl"]) for each in datagrams} == {("192.168.1.23", 3)}
    assert listening.records("summary")[0]["streams"][0]["lost"] == 0


def test_leaving_and_closing_leave_no_membership(page: MulticastPage, vpn: Lab, qtbot: QtBot) -> None:
    join(page, qtbot, ENDPOINT)
    join(page, qtbot, "[ff02::4d]:23019")
    qtbot.waitUntil(lambda: joined_on(vpn, GROUP) == joined_on(vpn, "ff02::4d") == ["en0"], timeout=PATIENCE_MS)
    page.window().show_page("interfaces")  # type: ignore[attr-defined]
    assert joined_on(vpn, GROUP) == ["en0"]
    page.groups.leave([rows(page)[0].key])
    qtbot.waitUntil(lambda: joined_on(vpn, GROUP) == [], timeout=PATIENCE_MS)
    assert joined_on(vpn, "ff02::4d") == ["en0"]
    page.close_page()
    qtbot.waitUntil(lambda: joined_on(vpn, "ff02::4d") == [], timeout=PATIENCE_MS)
