"""A difference is told once it lasted, agreement at once; nothing flaps, and each difference names its reason."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from discovery.bonjour.system.compare import ANSWERING, SETTLED, Comparison
from discovery.bonjour.system.view import Item, Kind, SystemView, service_key
from discovery.records import BrowseState, Service, SystemService
from net.problems import make_problem
from net.records import Record, Removed

NOW = 1000.0
LATER = NOW + ANSWERING + SETTLED
SOON = NOW + ANSWERING + SETTLED - 0.01


@pytest.fixture
def view(monkeypatch: pytest.MonkeyPatch) -> SystemView:
    monkeypatch.setattr("time.monotonic", lambda: NOW)
    monkeypatch.setattr("discovery.bonjour.system.view.name_of_index", {7: "en0", 8: "en5"}.__getitem__)
    return made("avahi")


def made(kind: Kind) -> SystemView:
    view = SystemView(kind, lambda: None)
    view.stands("answering", kind)
    return view


def service(*interfaces: str, name: str = "web", **more: Any) -> Service:
    facts: dict[str, Any] = {"change": "added", "host": "beta.local.", "port": 80}
    return Service(name=name, type="_http._tcp", domain="local", interfaces=interfaces, **(facts | more))


def browsing(interface: str = "en0", packets: int | None = 3, **more: Any) -> BrowseState:
    return BrowseState(interface=interface, since=0.0, packets=packets, **more)


def item(on: int = 7, family: int = 0, name: str = "web") -> Item:
    return Item(name, "_http._tcp", "local", on, family)


def rows(records: list[Record]) -> list[SystemService]:
    return [record for record in records if isinstance(record, SystemService)]


def only_row(comparison: Comparison, at: float) -> SystemService:
    (row,) = rows(comparison.news(at))
    return row


def test_what_both_know_is_told_at_once_whatever_the_case_of_its_name(view: SystemView) -> None:
    comparison = Comparison(view)
    comparison.take([browsing(), service("en0")], NOW)
    view.found(item(name="WEB"))
    row = only_row(comparison, NOW)
    assert (row.name, row.difference, row.ours, row.system, row.text) == ("web", None, True, True, None)
    assert comparison.news(LATER) == []


def test_what_is_heard_here_only_is_told_when_it_lasted_and_both_had_time_to_answer(view: SystemView) -> None:
    comparison = Comparison(view)
    comparison.take([browsing(), service("en0")], NOW)
    assert rows(comparison.news(NOW)) == []
    assert rows(comparison.news(SOON)) == []
    waited = comparison.waiting
    row = only_row(comparison, LATER)
    assert (row.difference, row.ours, row.system) == ("only_raw", True, False)
    assert (waited, comparison.waiting) == (True, False)
    assert comparison.news(LATER + 100) == []


def test_a_responder_that_has_just_begun_to_answer_has_time_too(view: SystemView) -> None:
    comparison = Comparison(view)
    comparison.take([browsing(), service("en0")], NOW - 100)
    comparison.news(NOW - 100)
    assert rows(comparison.news(SOON)) == []
    assert only_row(comparison, LATER).difference == "only_raw"


def test_a_difference_counts_from_when_it_began_not_from_the_start(view: SystemView) -> None:
    comparison = Comparison(view)
    comparison.take([browsing()], NOW)
    comparison.take([service("en0")], LATER + 50)
    assert rows(comparison.news(LATER + 50)) == []
    assert rows(comparison.news(LATER + 50 + SETTLED - 0.1)) == []
    assert only_row(comparison, LATER + 50 + SETTLED).difference == "only_raw"


def test_a_side_that_is_away_for_a_moment_makes_no_difference(view: SystemView) -> None:
    comparison = Comparison(view)
    comparison.take([browsing(), service("en0")], NOW)
    view.found(item())
    assert only_row(comparison, LATER).difference is None
    view.gone(item())
    assert comparison.news(LATER + 1) == []
    view.found(item())
    assert comparison.news(LATER + 1.5) == []
    view.gone(item())
    assert comparison.news(LATER + 2.5) == [], "the clock began anew"


def test_a_difference_that_turns_round_begins_anew(view: SystemView) -> None:
    comparison = Comparison(view)
    comparison.take([browsing(), service("en0")], NOW)
    comparison.news(NOW)
    assert only_row(comparison, LATER).difference == "only_raw"
    comparison.take([service(change="removed")], LATER)
    view.found(item())
    assert rows(comparison.news(LATER + 1)) == []
    assert only_row(comparison, LATER + 1 + SETTLED).difference == "only_system"


def test_families_are_not_told_apart(view: SystemView) -> None:
    comparison = Comparison(view)
    comparison.take([browsing(), service("en0")], NOW)
    view.found(item(family=0))
    view.found(item(family=1))
    assert len(rows(comparison.news(NOW))) == 1
    view.gone(item(family=0))
    assert comparison.news(LATER + 10) == []
    assert comparison.news(LATER + 10 + SETTLED) == []


def test_each_interface_has_its_own_row_with_the_host_that_is_there(view: SystemView) -> None:
    comparison = Comparison(view)
    comparison.take([browsing("en0"), browsing("en5"), service("en0", "en5")], NOW)
    for on, host in ((7, "beta.local"), (8, "delta.local")):
        key = view.found(item(on))
        assert key is not None
        view.resolved(key, host, 80)
    found = {row.interface: row.host for row in rows(comparison.news(NOW))}
    assert found == {"en0": "beta.local.", "en5": "delta.local."}


def test_a_row_that_neither_has_any_more_is_removed_at_once(view: SystemView) -> None:
    comparison = Comparison(view)
    comparison.take([browsing(), service("en0")], NOW)
    view.found(item())
    row = only_row(comparison, NOW)
    view.gone(item())
    comparison.take([service(change="removed")], NOW)
    assert comparison.news(NOW) == [Removed(of="system_service", name=row.key().name)]


def test_interfaces_that_are_left_out_or_not_named_have_no_rows(view: SystemView) -> None:
    view.found(item(7))
    view.found(item(8))
    assert rows(Comparison(view, left_out=("en0",), only=("en0",)).news(LATER)) == []


def test_the_responder_is_told_when_it_changes_and_one_of_another_name_takes_its_place(view: SystemView) -> None:
    comparison = Comparison(view)
    (first,) = comparison.news(NOW)
    assert first == view.responder
    assert comparison.news(NOW) == []
    view.stands("absent", "resolved", name="systemd-resolved", mode="yes")
    assert comparison.news(NOW) == [Removed(of="system_responder", name="avahi-daemon"), view.responder]


def test_while_the_responder_is_being_asked_there_is_no_difference(view: SystemView) -> None:
    view.stands("asking", "asking")
    comparison = Comparison(view)
    comparison.take([browsing(), service("en0")], NOW)
    assert rows(comparison.news(LATER + 100)) == []


def design(interface: str) -> Record:
    return make_problem("browse_by_design", interface, kind="a tunnel")


ONLY_RAW: dict[str, tuple[Kind, Callable[[SystemView], object], tuple[Record, ...], str]] = {
    "no responder": ("avahi", lambda view: view.stands("absent", "no_avahi"), (), "no responder"),
    "refused": ("avahi", lambda view: view.stands("refused", "bus_refused", reason="xyzzy"), (), "xyzzy"),
    "left out by design": ("avahi", lambda view: None, (design("en0"),), "allow-point-to-point"),
    "left out by design, elsewhere": ("dnsapi", lambda view: None, (design("en0"),), "by design"),
    "nothing at all": ("avahi", lambda view: None, (), "on any interface"),
    "nothing at all on a Mac": ("mdnsresponder", lambda view: None, (), "Local Network"),
    "nothing there": ("avahi", lambda view: view.found(item(8)), (), "deny-interfaces"),
    "not this one": ("avahi", lambda view: view.found(item(7, name="else")), (), "not this one"),
}


@pytest.mark.parametrize("case", ONLY_RAW)
def test_what_is_heard_here_only_says_by_what_policy(view: SystemView, case: str) -> None:
    kind, arrange, records, words = ONLY_RAW[case]
    view = made(kind)
    arrange(view)
    comparison = Comparison(view)
    comparison.take([browsing(), *records, service("en0")], NOW)
    comparison.news(NOW)
    row = next(row for row in rows(comparison.news(LATER)) if row.difference == "only_raw")
    assert words in (row.text or "")


ONLY_SYSTEM: dict[str, tuple[tuple[Record, ...], bool, str]] = {
    "left out here": ((browsing(state="skipped", reason="a tunnel"),), False, "by design (a tunnel)"),
    "refused here": ((browsing(state="failed", errno=98, reason="Address already in use"),), False, "in use (98)"),
    "not asked here": ((), False, "does not ask"),
    "deaf": ((browsing(packets=0),), True, "not one packet"),
    "cached": ((browsing(),), True, "from its cache"),
    "else": ((browsing(),), False, "was not heard here"),
    "no count, but heard": ((browsing(packets=None), service("en0", name="else")), False, "was not heard here"),
}


@pytest.mark.parametrize("case", ONLY_SYSTEM)
def test_what_the_system_only_knows_says_what_keeps_it_from_here(view: SystemView, case: str) -> None:
    records, cached, words = ONLY_SYSTEM[case]
    view.found(item(), cached=cached)
    comparison = Comparison(view)
    comparison.take(records, NOW)
    comparison.news(NOW)
    row = next(row for row in rows(comparison.news(LATER)) if row.difference == "only_system")
    assert words in (row.text or "")


def test_a_sentence_follows_what_is_known_of_the_interface(view: SystemView) -> None:
    view.found(item())
    comparison = Comparison(view)
    comparison.take([browsing(packets=0)], NOW)
    comparison.news(NOW)
    assert "not one packet" in (only_row(comparison, LATER).text or "")
    comparison.take([browsing(packets=4)], LATER)
    assert "was not heard here" in (only_row(comparison, LATER).text or "")


def test_more_than_the_limit_is_left_out_and_counted(view: SystemView, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("discovery.bonjour.system.view.MOST_TOLD", 2)
    for number in range(5):
        view.found(item(name=str(number)))
    assert (len(view.told), view.left_out) == (2, 3)


def test_an_interface_that_is_gone_has_its_number_for_a_name(monkeypatch: pytest.MonkeyPatch) -> None:
    view = SystemView("mdnsresponder", lambda: None)
    assert view.found(item(0xFFFFFFFD)) == service_key("web", "_http._tcp", "local", "#4294967293")


def test_a_sentence_follows_what_the_system_tells_of_the_interface(view: SystemView) -> None:
    comparison = Comparison(view)
    comparison.take([browsing(), service("en0")], NOW)
    comparison.news(NOW)
    assert "on any interface" in (only_row(comparison, LATER).text or "")
    view.found(item(name="else"))
    assert "not this one" in (only_row(comparison, LATER).text or "")


def test_what_is_withdrawn_after_its_interface_went_is_gone(view: SystemView, monkeypatch: pytest.MonkeyPatch) -> None:
    view.found(item())
    monkeypatch.setattr("discovery.bonjour.system.view.name_of_index", nameless)
    view.gone(item())
    assert view.told == {}


def nameless(index: int) -> str:
    raise OSError(6, f"no interface {index}")


def test_a_host_that_changes_is_told_where_it_is_certain_that_it_is_of_that_interface(view: SystemView) -> None:
    comparison = Comparison(view)
    comparison.take([browsing(), service("en0")], NOW)
    key = view.found(item())
    assert key is not None
    view.resolved(key, "beta.local", 80)
    comparison.news(NOW)
    comparison.take([service("en0", change="updated", port=81)], NOW)
    assert only_row(comparison, NOW).port == 81
