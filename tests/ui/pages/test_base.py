from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from pytestqt.qtbot import QtBot

from net.records import Datagram, Interface, Record, Traffic
from net.requests import InterfaceRequest
from tests.ui.scenes import INTERFACES, batch
from ui.interfaces import InterfaceBook
from ui.link import Link
from ui.pages.base import HELD_EVENTS, Page, PageContext
from ui.settings import Settings
from ui.widgets.actions import ActionButton

EN0, UTUN3 = INTERFACES[0], INTERFACES[1]
MakeLink = Callable[[dict[str, Any]], Link]
PROBLEM = {"kind": "problem", "code": "x", "subject": "en0", "text": "It was refused.", "remedy": "Allow it."}


class Pages(Page):
    """Asks one watch that rests with it, and keeps one if told to."""

    name = "pages"
    kept = False

    def __init__(self, context: PageContext) -> None:
        super().__init__(context)
        self.taken: list[Record] = []
        self.asks = 0

    def ask(self) -> None:
        self.asks += 1
        self.open_watch("interfaces.watch", InterfaceRequest(interfaces=self.chosen_names()), keep=self.kept)

    def take(self, records: tuple[Record, ...]) -> None:
        self.taken.extend(records)


class KeepingPages(Pages):
    kept = True


@pytest.fixture
def make_page(make_link: MakeLink, settings: Settings, qtbot: QtBot) -> Iterator[Callable[..., Pages]]:
    pages: list[Pages] = []

    def make(kind: type[Pages] = Pages, step: Any = None) -> Pages:
        link = make_link({"answers": {"interfaces.watch": [step or batch(EN0)]}})
        page = kind(PageContext(link, settings, InterfaceBook(link)))
        pages.append(page)
        link.start()
        return page

    yield make
    for page in pages:
        page.close_page()
        page.deleteLater()


def traffic(time: float) -> Traffic:
    return Traffic(
        interface="en0", time=time, rx_bytes=0, tx_bytes=0, rx_packets=0, tx_packets=0, errors=0, drops=0
    )  # fmt: skip


def datagram(number: int) -> Datagram:
    return Datagram(time=number, interface="en0", source="10.0.0.1", source_port=1, group="224.0.0.1", port=1, ttl=1,
                    size=0, payload_hex="")  # fmt: skip


def test_a_page_asks_when_shown_and_rests_when_hidden(make_page: Callable[..., Pages], qtbot: QtBot) -> None:
    page = make_page()
    assert page.asks == 0
    page.shown()
    page.shown()
    qtbot.waitUntil(lambda: page.taken == [EN0])
    assert page.asks == 1
    page.hidden()
    assert not page.context.link._watches
    assert not page._second.isActive()


def test_a_kept_watch_goes_on_while_hidden(make_page: Callable[..., Pages], qtbot: QtBot) -> None:
    page = make_page(KeepingPages)
    page.shown()
    qtbot.waitUntil(lambda: page.taken == [EN0])
    page.hidden()
    assert len(page.context.link._watches) == 1
    page.close_page()
    assert not page.context.link._watches


def test_pausing_holds_the_newest_of_each_key_and_counts_all(make_page: Callable[..., Pages]) -> None:
    page = make_page()
    counts: list[int] = []
    page.newer_changed.connect(counts.append)
    page.set_paused(True)
    page.feed((traffic(1.0), traffic(2.0)))
    page.feed((traffic(3.0), datagram(1), datagram(2)))
    assert page.taken == []
    assert counts[-1] == 5
    page.set_paused(False)
    assert page.taken == [traffic(3.0), datagram(1), datagram(2)]
    assert counts[-1] == 0


def test_events_beyond_the_limit_are_counted_as_dropped(make_page: Callable[..., Pages]) -> None:
    page = make_page()
    page.set_paused(True)
    page.feed(tuple(datagram(number) for number in range(HELD_EVENTS + 7)))
    assert page.held_dropped == 7
    page.set_paused(False)
    assert page.taken[0] == datagram(7)


def test_a_problem_is_a_banner_that_goes_when_asked_again(make_page: Callable[..., Pages], qtbot: QtBot) -> None:
    page = make_page(step={"problem": PROBLEM})
    page.shown()
    qtbot.waitUntil(lambda: page.failed_with is not None)
    assert [notice.title for notice in page.banners.notices()] == ["It was refused."]
    asks = page.asks
    page.banners.findChildren(ActionButton)[0].click()
    assert page.asks == asks + 1
    assert page.banners.notices() == []
    qtbot.waitUntil(lambda: page.failed_with is not None)


def test_another_interface_asks_again_and_the_same_does_not(make_page: Callable[..., Pages]) -> None:
    page = make_page()
    page.shown()
    page.set_interface(EN0)
    page.set_interface(EN0)
    assert page.asks == 2
    assert page.chosen_names() == ("en0",)
    page.set_interface(None)
    assert page.asks == 3
    page.hidden()
    page.set_interface(UTUN3)
    assert page.asks == 3


def test_interfaces_of_the_scene_are_interfaces() -> None:
    assert all(isinstance(interface, Interface) for interface in INTERFACES)
