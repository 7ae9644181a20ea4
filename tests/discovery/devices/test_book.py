"""What is kept of SSDP, WS-Discovery and neighbours, until when, and how much."""

from __future__ import annotations

from discovery.devices import ssdp, ws_discovery
from discovery.devices.book import MOST_OF_ONE, MOST_STATEMENTS, Book
from discovery.devices.statement import plain_uuid, scoped
from net.platform.protocol import Neighbour

T = 1_000_000.0
UUID = "2f402f80-da50-11e1-9b23-001788685f61"
ALIVE = ssdp.Told("alive", UUID, None, "S/1", "http://192.0.2.1/", 100)
HELLO = ws_discovery.Told("alive", f"urn:uuid:{UUID}", ("Computer",), (), ())
BETA, GAMMA = "192.168.1.20", "192.168.1.1"
MAC = "38:94:ed:01:02:f3"


def subjects(book: Book, now: float = T) -> list[str]:
    return [statement.subject for statement in book.statements(now)]


def test_an_announcement_holds_as_long_as_it_says_and_no_longer() -> None:
    book = Book()
    book.take_ssdp("en0", BETA, ALIVE, T)
    assert subjects(book, T + 99) == [f"{UUID} {BETA}"]
    assert subjects(book, T + 100) == []


def test_only_who_announced_a_device_takes_it_back() -> None:
    book = Book()
    book.take_ssdp("en0", BETA, ALIVE, T)
    book.take_ws_discovery("en0", BETA, HELLO, T, 60)
    byebye, bye = ALIVE._replace(what="byebye"), HELLO._replace(what="bye")
    book.take_ssdp("en0", GAMMA, byebye, T)
    book.take_ws_discovery("en0", GAMMA, bye, T, 60)
    assert len(subjects(book)) == 2
    book.take_ssdp("en0", BETA, byebye, T)
    book.take_ws_discovery("en0", BETA, bye, T, 60)
    assert subjects(book) == []


def test_the_table_of_neighbours_is_taken_as_it_stands_of_the_interfaces_looked_at() -> None:
    book = Book()
    entries = (
        Neighbour(interface="en0", address=BETA, mac=MAC),
        Neighbour(interface="en0", address=GAMMA),
        Neighbour(interface="en5", address="10.66.0.2", mac=MAC),
    )
    book.take_neighbours(entries, ("en0",), T)
    assert subjects(book) == [BETA]
    book.take_neighbours((), ("en0",), T)
    assert subjects(book) == []


def test_an_address_whose_mac_changes_tells_the_one_before() -> None:
    book = Book()
    for mac in (MAC, "38:94:ed:01:02:f4"):
        book.take_neighbours((Neighbour(interface="en0", address=BETA, mac=mac),), ("en0",), T)
    (statement,) = book.statements(T)
    assert statement.mac == "38:94:ed:01:02:f4"
    assert ("changed_mac", MAC, BETA) in statement.facts


def test_one_hostile_host_leaves_the_others_their_room() -> None:
    book = Book()
    for number in range(MOST_OF_ONE + 10):
        book.take_ssdp("en0", GAMMA, ALIVE._replace(uuid=f"{number:08x}{UUID[8:]}"), T)
    book.take_ssdp("en0", BETA, ALIVE, T)
    assert len(subjects(book)) == MOST_OF_ONE + 1
    assert book.left_out == 10


def test_what_finds_no_room_is_counted() -> None:
    book = Book()
    for number in range(MOST_STATEMENTS + 5):
        book.take_ssdp("en0", f"10.{number >> 16}.{number >> 8 & 255}.{number & 255}", ALIVE, T)
    assert len(subjects(book)) == MOST_STATEMENTS
    # 10.0.0.0 and others ending so are addresses, too.
    assert book.left_out == 5


def test_room_is_given_back() -> None:
    book = Book()
    for number in range(3 * MOST_OF_ONE):
        told = ALIVE._replace(uuid=f"{number:08x}{UUID[8:]}")
        book.take_ssdp("en0", "fe80::1%en0", told, T)
        book.take_ssdp("en0", "fe80::1%en0", told._replace(what="byebye"), T)
    assert book.left_out == 0


def test_an_interface_that_goes_takes_its_statements_along() -> None:
    book = Book()
    book.take_ssdp("en0", BETA, ALIVE, T)
    book.take_ssdp("en5", BETA, ALIVE, T)
    book.forget("en0")
    assert [statement.interface for statement in book.statements(T)] == ["en5"]


def test_uuids_are_known_in_every_way_they_are_written() -> None:
    written = (f"uuid:{UUID.upper()}::upnp:rootdevice", f"urn:uuid:{UUID}", UUID.replace("-", ""))
    assert {plain_uuid(text) for text in written} == {UUID}
    assert [plain_uuid(text) for text in ("", "uuid:", "uuid:12", "0" * 32, "f" * 32, "+" + "1" * 31, "1_" * 16)] == [
        None
    ] * 7


def test_addresses_of_no_host_are_none() -> None:
    assert [scoped(text, "en0") for text in ("224.0.0.1", "127.0.0.1", "0.0.0.0", "ff02::1", "x")] == [None] * 5
    assert scoped("FE80::1", "en0") == "fe80::1%en0"
