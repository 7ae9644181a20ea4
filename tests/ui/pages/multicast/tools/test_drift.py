from __future__ import annotations

from collections.abc import Callable

import pytest
from pytestqt.modeltest import ModelTester
from pytestqt.qtbot import QtBot

from net.multicast.records import EgressChange
from tests.ui.pages.multicast.conftest import Asked
from tests.ui.pages.multicast.tools.scene import ANSWERS, DIFFERENCES, SNAPSHOT, egress_change
from tests.ui.scenes import batch
from ui.pages.multicast.drift import NOTICE
from ui.pages.multicast.join_options import JoinOptions
from ui.pages.multicast.joins import JoinKey, Phase
from ui.pages.multicast.page import MulticastPage
from ui.pages.multicast.tools.change_columns import sentence
from ui.pages.multicast.tools.changes import ChangesTool
from ui.theme import Tone
from ui.widgets.actions import ActionButton
from ui.widgets.banner import Notice
from ui.window import MainWindow

MakePage = Callable[..., MulticastPage]
UP, DOWN = egress_change(), egress_change("en0", "utun3", after_seconds=8)


@pytest.fixture
def page(make_page: MakePage) -> MulticastPage:
    return make_page(ANSWERS)


def tell(page: MulticastPage, *changes: EgressChange) -> None:
    page.drift.book.take(changes)


def notice(page: MulticastPage) -> Notice | None:
    return next((found for found in page.banners.notices() if found.key == NOTICE), None)


def joined(page: MulticastPage, qtbot: QtBot, text: str = "224.224.0.77:23019") -> None:
    page.join(text)
    qtbot.waitUntil(lambda: all(join.phase is Phase.JOINED for join in page.groups.active))


def places(page: MulticastPage) -> set[str]:
    return {join.key.interface for join in page.groups.active}


def tool_of(page: MulticastPage) -> ChangesTool:
    page.views.show_view("changes")
    assert isinstance(page.views.tool, ChangesTool)
    return page.views.tool


# The banner


def test_a_vpn_that_takes_unbound_joins_is_told_in_a_banner_with_its_cause(page: MulticastPage) -> None:
    tell(page, UP)
    found = notice(page)
    assert found is not None
    assert found.title == "utun3 came up and took the default route from en0."
    assert found.text.startswith("Joins that choose no interface go into the tunnel utun3 now")
    assert found.tone is Tone.WARNING
    assert [action.text for action in found.actions] == ["What changed"]


def test_the_banner_goes_when_unbound_joins_go_where_they_went_before(page: MulticastPage) -> None:
    tell(page, UP)
    tell(page, DOWN)
    assert notice(page) is None
    tell(page, UP)
    assert notice(page) is not None


def test_another_source_address_on_the_same_interface_is_listed_but_no_banner(page: MulticastPage) -> None:
    tell(page, egress_change("en0", "en0"))
    assert notice(page) is None
    assert len(page.drift.book.drifts) == 1


def test_no_way_out_is_told(page: MulticastPage) -> None:
    tell(page, egress_change(None, "en0"))
    found = notice(page)
    assert found is not None
    assert found.text == "Joins that choose no interface are refused now; before they went to en0."


def test_with_a_running_join_the_banner_says_where_it_stays_and_rejoins_in_one_click(
    page: MulticastPage, asked: Asked, qtbot: QtBot
) -> None:
    joined(page, qtbot)
    tell(page, UP)
    found = notice(page)
    assert found is not None
    assert found.text.endswith("The group joined here stays on en0.")
    (button,) = [each for each in page.banners.findChildren(ActionButton) if each.text() == "Rejoin on en0"]
    button.click()
    qtbot.waitUntil(lambda: len(asked.of("multicast.listen")) == 2)
    qtbot.waitUntil(lambda: asked.stopped("multicast.listen") == 1)
    assert places(page) == {"en0"}
    assert notice(page) is None


def test_a_join_left_on_another_interface_than_chosen_now_is_moved_by_rejoining(
    page: MulticastPage, qtbot: QtBot
) -> None:
    joined(page, qtbot)
    tell(page, UP)
    window = page.window()
    assert isinstance(window, MainWindow)
    window.choose_interface("en5")
    found = notice(page)
    assert found is not None
    assert found.text.endswith("1 group is still joined on en0, not on en5.")
    assert found.actions[0].text == "Rejoin on en5"
    page.drift.rejoin()
    assert places(page) == {"en5"}
    assert notice(page) is None


def test_rejoining_keeps_the_sources_that_were_chosen(page: MulticastPage, asked: Asked, qtbot: QtBot) -> None:
    joined(page, qtbot)
    (join,) = page.groups.active
    join.options = JoinOptions(sources=("192.168.1.20",))
    window = page.window()
    assert isinstance(window, MainWindow)
    window.choose_interface("en5")
    page.drift.rejoin()
    assert places(page) == {"en5"}
    qtbot.waitUntil(lambda: len(asked.of("multicast.listen")) == 2)
    assert asked.of("multicast.listen")[1]["sources"] == ["192.168.1.20"]


def test_a_group_of_one_link_stays_on_its_link(page: MulticastPage, qtbot: QtBot) -> None:
    joined(page, qtbot)
    (join,) = page.groups.active
    page.groups.leave([join.key])
    page.groups.open(JoinKey("ff02::4d", 23019, "en5"))
    page.drift.rejoin()
    assert places(page) == {"en5"}


def test_the_banner_leads_to_the_list_of_changes(page: MulticastPage) -> None:
    tell(page, UP)
    (button,) = [each for each in page.banners.findChildren(ActionButton) if each.text() == "What changed"]
    button.click()
    assert isinstance(page.views.tool, ChangesTool)


# The book


def test_the_groups_joined_here_are_watched_beside_multicast_as_a_whole(
    page: MulticastPage, asked: Asked, qtbot: QtBot
) -> None:
    joined(page, qtbot)
    qtbot.waitUntil(lambda: [each.get("groups", []) for each in asked.of("multicast.drift")] == [[], ["224.224.0.77"]])
    qtbot.waitUntil(lambda: asked.stopped("multicast.drift") == 1)


def test_groups_that_went_the_same_way_for_the_same_cause_are_one_change(page: MulticastPage) -> None:
    tell(page, UP, egress_change(group="224.224.0.77"))
    (drift,) = page.drift.book.drifts
    assert drift.groups == ("224.0.0.0/4", "224.224.0.77")


def test_changes_are_watched_while_another_page_is_in_front_and_end_with_the_window(
    page: MulticastPage, asked: Asked, qtbot: QtBot
) -> None:
    window = page.window()
    assert isinstance(window, MainWindow)
    window.show_page("interfaces")
    tell(page, UP)
    qtbot.waitUntil(lambda: len(asked.of("multicast.drift")) == 1)
    assert asked.stopped("multicast.drift") == 0
    assert notice(page) is not None


# The list


def test_each_change_is_a_sentence_with_its_time_the_newest_first(page: MulticastPage) -> None:
    tool = tool_of(page)
    tell(page, UP)
    tell(page, DOWN)
    first, second = page.drift.book.drifts
    assert sentence(first).endswith(" utun3 came up and took the default route from en0; unbound joins now go to utun3")
    assert sentence(second).endswith(" utun3 went down, and the default route is en0's; unbound joins now go to en0")
    assert tool.export_report().splitlines()[:2] == [sentence(first), sentence(second)]
    _titles, *rows = tool.export_rows()
    assert [row[1] for row in rows] == [sentence(second), sentence(first)]
    assert rows[0][0] == sentence(second).split(" ")[0]


def test_what_changed_before_the_tool_was_opened_is_listed(page: MulticastPage) -> None:
    tell(page, UP)
    assert len(tool_of(page).drifts.model.rows) == 1


def test_hostile_words_are_shown_as_plain_visible_text(page: MulticastPage) -> None:
    tool = tool_of(page)
    tell(page, egress_change("<b>\u202e", "en0"))
    assert not any("\u202e" in cell for row in tool.export_rows() for cell in row)


def test_the_filter_is_for_the_changes(page: MulticastPage) -> None:
    tool = tool_of(page)
    tell(page, UP)
    tell(page, DOWN)
    tool.set_filter("down")
    assert tool.drifts.proxy.rowCount() == 1
    tool.set_filter("nothing of the kind")
    assert tool.drifts.currentWidget() is tool.drifts.empty


# Snapshots


def test_two_snapshots_give_their_differences_as_a_table(
    make_page: MakePage, asked: Asked, qtbot: QtBot, qtmodeltester: ModelTester
) -> None:
    tool = tool_of(make_page(ANSWERS | {"multicast.snapshot": [batch(SNAPSHOT, *DIFFERENCES), {"end": True}]}))
    assert not tool.after_button.isEnabled()
    tool.before_button.click()
    qtbot.waitUntil(lambda: tool.before is not None)
    assert "Now change something" in tool.strip.note.text
    assert tool.differences == ()
    tool.after_button.click()
    qtbot.waitUntil(lambda: tool.after is not None)
    assert [request.get("before") is not None for request in asked.of("multicast.snapshot")] == [False, True]
    titles, *rows = tool.export_rows()
    assert titles == ("What", "Change", "Before", "After")
    assert rows[0] == ("interface up", "utun3 came up.", "down", "up")
    assert rows[1] == ("default route changed", "The default route (IPv4) moved from en0 to utun3.", "en0", "utun3")
    assert tool.strip.note.text.startswith("2 differences between ")
    qtmodeltester.check(tool.changes.model)  # type: ignore[no-untyped-call]


def test_snapshots_without_a_difference_say_so(page: MulticastPage, qtbot: QtBot) -> None:
    tool = tool_of(page)
    tool.take_before()
    qtbot.waitUntil(lambda: tool.before is not None)
    tool.take_after()
    qtbot.waitUntil(lambda: tool.after is not None)
    assert tool.changes.empty.emptiness is not None
    assert tool.changes.empty.emptiness.title == "Nothing differs."


def test_a_stream_that_began_between_the_snapshots_is_a_difference(page: MulticastPage, qtbot: QtBot) -> None:
    tool = tool_of(page)
    tool.take_before()
    qtbot.waitUntil(lambda: tool.before is not None)
    joined(page, qtbot)
    qtbot.waitUntil(lambda: bool(page.drift.book.streams()))
    tool.take_after()
    qtbot.waitUntil(lambda: tool.after is not None)
    assert [change.what for change in tool.differences] == ["stream"]
    assert tool.differences[0].text == (
        "The stream 192.168.1.20:49152 → 224.224.0.77:23019 is received on en0; it was not before."
    )
