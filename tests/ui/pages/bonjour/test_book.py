from __future__ import annotations

from msgspec.structs import replace

from discovery.records import Service, ServiceType
from net.records import Key, Removed
from tests.ui.pages.bonjour.scene import service
from ui.pages.bonjour.book import ANSWER_SECONDS, GONE_SECONDS, MARK_SECONDS, ServiceBook
from ui.pages.bonjour.rows import Mark, ServiceRow, State, type_key

WEB = service("web")
PRINTER = service("printer", "_ipp._tcp", port=631)
NOBODY: frozenset[Key] = frozenset()


def row(book: ServiceBook, record: Service = WEB) -> ServiceRow:
    return book.rows[record.key()]


def shown(book: ServiceBook) -> list[str]:
    """What is handed over to be put, heads by type and services by name."""
    put, _ = book.changes(NOBODY)
    return [line.service.name if isinstance(line, ServiceRow) else line.key.name for _, line in put]


def told(*records: Service | ServiceType | Removed, at: float = 100.0) -> ServiceBook:
    book = ServiceBook()
    book.take("", records, at)
    return book


def test_a_head_comes_before_its_services_and_only_news_is_handed_over() -> None:
    book = told(WEB, PRINTER)
    assert set(shown(book)[:2]) == {"_http._tcp", "_ipp._tcp"}
    assert shown(book) == []
    book.take("", [replace(WEB, change="updated", port=81)], 101.0)
    assert shown(book) == ["web"]


def test_a_new_row_is_marked_for_three_seconds() -> None:
    book = told(WEB)
    assert row(book).mark is Mark.NEW
    book.tick(100.0 + MARK_SECONDS - 0.1)
    assert row(book).mark is Mark.NEW
    book.tick(100.0 + MARK_SECONDS)
    assert row(book).mark is Mark.NONE
    assert row(book).first == 100.0


def test_a_change_is_marked_and_named() -> None:
    book = told(replace(WEB, txt={"a": "1", "b": "2"}))
    book.tick(110.0)
    book.take("", [replace(WEB, change="updated", port=81, txt={"a": "1", "b": "3", "c": None})], 120.0)
    assert (row(book).mark, row(book).changes) == (Mark.CHANGED, ("port", "txt:b", "txt:c"))
    book.take("", [replace(WEB, change="updated", port=81, host="other.local.", txt={"a": "1"})], 121.0)
    assert row(book).changes == ("port", "txt:b", "txt:c", "host")
    book.tick(121.0 + MARK_SECONDS)
    assert (row(book).mark, row(book).changes) == (Mark.NONE, ())


def test_being_resolved_or_heard_again_is_no_change() -> None:
    book = told(replace(WEB, host=None, port=None, addresses=()))
    book.tick(110.0)
    book.take("", [replace(WEB, change="updated")], 120.0)
    assert row(book).mark is Mark.NONE
    book.take("", [replace(WEB, change="updated", seen=5.0, ttl=4500)], 121.0)
    assert row(book).mark is Mark.NONE
    assert row(book).service.ttl == 4500


def test_what_completes_a_new_row_leaves_it_new() -> None:
    book = told(WEB)
    book.take("", [replace(WEB, change="updated", addresses=("192.168.1.20", "fd66:1::20"))], 101.0)
    assert row(book).mark is Mark.NEW
    assert row(book).service.addresses == ("192.168.1.20", "fd66:1::20")


def test_a_withdrawn_service_is_gone_for_five_minutes_then_forgotten() -> None:
    book = told(WEB)
    book.changes(NOBODY)
    book.take("", [replace(WEB, change="removed")], 200.0)
    assert (row(book).state, row(book).since, row(book).ended) == (State.GONE, 200.0, None)
    assert book.gone_count == 1
    head = book.head(type_key("_http._tcp"))
    assert head is not None
    assert (head.alive, head.gone) == (0, 1)
    book.tick(200.0 + GONE_SECONDS - 1)
    assert WEB.key() in book.rows
    book.changes(NOBODY)
    book.tick(200.0 + GONE_SECONDS)
    assert book.rows == {}
    assert set(book.changes(NOBODY)[1]) == {WEB.key(), type_key("_http._tcp")}


def test_a_service_that_is_back_is_marked_and_keeps_when_it_was_first_heard() -> None:
    book = told(WEB)
    book.take("", [replace(WEB, change="removed")], 200.0)
    book.take("", [WEB], 230.0)
    assert (row(book).state, row(book).mark, row(book).first) == (State.ALIVE, Mark.BACK, 100.0)
    assert book.gone_count == 0


def test_one_that_came_and_went_between_two_batches_is_shown_as_gone() -> None:
    book = told(replace(WEB, change="removed"))
    assert row(book).state is State.GONE
    assert shown(book) == ["_http._tcp", "web"]


def test_what_is_asked_again_and_answers_stays_as_it_was() -> None:
    book = told(WEB, PRINTER)
    book.tick(110.0)
    book.doubt("")
    assert row(book).state is State.ASKED
    book.tick(10_000.0)
    assert row(book).state is State.ASKED, "nobody has answered yet, so nobody is silent"
    book.take("", [WEB], 10_001.0)
    assert (row(book).state, row(book).mark, row(book).first) == (State.ALIVE, Mark.NONE, 100.0)
    book.tick(10_001.0 + ANSWER_SECONDS - 0.1)
    assert row(book, PRINTER).state is State.ASKED
    book.tick(10_001.0 + ANSWER_SECONDS)
    assert (row(book, PRINTER).state, row(book, PRINTER).ended) == (State.GONE, "unanswered")
    assert row(book).state is State.ALIVE


def test_a_service_is_alive_while_one_of_two_watches_says_so() -> None:
    book = told(WEB)
    book.take("_printer._sub._http._tcp", [replace(WEB, subtypes=("_printer",))], 101.0)
    assert row(book).service.subtypes == ("_printer",)
    assert book.claims("_printer._sub._http._tcp") == 1
    book.take("_printer._sub._http._tcp", [replace(WEB, change="removed")], 110.0)
    assert row(book).state is State.ALIVE
    book.take("", [replace(WEB, change="removed")], 111.0)
    assert row(book).state is State.GONE


def test_a_watch_that_is_no_more_wanted_takes_away_what_only_it_has_brought() -> None:
    book = told(WEB)
    book.take("_x._tcp", [WEB, service("x", "_x._tcp")], 101.0)
    book.changes(NOBODY)
    book.leave("_x._tcp", 102.0)
    assert set(book.rows) == {WEB.key()}
    assert row(book).state is State.ALIVE
    assert set(book.changes(NOBODY)[1]) == {service("x", "_x._tcp").key(), type_key("_x._tcp")}


def test_a_type_that_is_listed_has_a_head_until_it_is_not() -> None:
    book = told(ServiceType(type="_hap._tcp", label="HomeKit"))
    assert shown(book) == ["_hap._tcp"]
    book.take("", [Removed(of="type", name="_HAP._tcp")], 101.0)
    assert book.changes(NOBODY)[1] == [type_key("_hap._tcp")]


def test_types_are_one_whatever_their_case() -> None:
    book = told(service("one", "_http._tcp"), service("two", "_HTTP._TCP"))
    head = book.head(type_key("_Http._tcp"))
    assert head is not None
    assert head.alive == 2


def test_clearing_takes_everything_away_and_what_comes_next_is_new() -> None:
    book = told(WEB, ServiceType(type="_hap._tcp", label="HomeKit"))
    book.changes(NOBODY)
    book.clear()
    put, dropped = book.changes(NOBODY)
    assert put == []
    assert set(dropped) == {WEB.key(), type_key("_http._tcp"), type_key("_hap._tcp")}
    book.take("", [WEB], 120.0)
    assert row(book).first == 120.0
    assert set(shown(book)) == {"_http._tcp", "web"}
