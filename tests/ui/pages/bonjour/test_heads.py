from __future__ import annotations

from msgspec.structs import replace

from discovery.records import Service, ServiceType
from net.records import Key
from tests.ui.pages.bonjour.scene import service
from ui.pages.bonjour.book import ServiceBook
from ui.pages.bonjour.heads import Grouping
from ui.pages.bonjour.rows import HostRow, TypeRow, host_key

NOBODY: frozenset[Key] = frozenset()
WEB = service("web", host="Beta.local.")
SHELL = service("shell", "_ssh._tcp", "beta.local.", addresses=("10.0.0.2",), interfaces=("en5",))
LOST = service("lost", host=None, addresses=())


def told(*records: Service | ServiceType, by: Grouping = Grouping.HOST) -> ServiceBook:
    book = ServiceBook()
    book.group_by(by)
    book.take("", records, 100.0)
    return book


def heads(book: ServiceBook) -> dict[str, HostRow]:
    put, _ = book.changes(NOBODY)
    return {line.key.name: line for _, line in put if isinstance(line, HostRow)}


def test_a_host_has_its_services_addresses_and_interfaces_whatever_its_case() -> None:
    found = heads(told(WEB, SHELL))["beta.local."]
    assert (found.alive, found.gone) == (2, 0)
    assert set(found.addresses) == {"192.168.1.20", "fe80::c2a5:3eff:fe4d:20%en0", "10.0.0.2"}
    assert set(found.interfaces) == {"en0", "en5"}


def test_a_service_that_is_resolved_goes_to_its_host() -> None:
    book = told(LOST)
    assert list(heads(book)) == [""]
    book.take("", [replace(LOST, change="updated", host="beta.local.")], 101.0)
    put, drop = book.changes(NOBODY)
    assert host_key("beta.local.") in dict(put)
    assert drop == [host_key(None)]
    assert [row.service.name for row in book.members(host_key("beta.local."))] == ["lost"]


def test_another_address_is_news_of_the_host_and_a_port_is_none() -> None:
    book = told(WEB)
    heads(book)
    book.take("", [replace(WEB, change="updated", port=1)], 101.0)
    assert heads(book) == {}
    book.take("", [replace(WEB, change="updated", port=1, addresses=("10.0.0.9",))], 102.0)
    assert heads(book)["beta.local."].addresses == ("10.0.0.9",)


def test_grouped_anew_all_heads_are_handed_over_again() -> None:
    book = told(WEB, SHELL, ServiceType(type="_ipp._tcp", label=None), by=Grouping.TYPE)
    book.changes(NOBODY)
    book.group_by(Grouping.HOST)
    assert set(heads(book)) == {"beta.local."}
    book.group_by(Grouping.NONE)
    assert book.changes(NOBODY) == ([], [])
    book.group_by(Grouping.TYPE)
    put, _ = book.changes(NOBODY)
    assert {key.name for key, line in put if isinstance(line, TypeRow)} == {"_http._tcp", "_ssh._tcp", "_ipp._tcp"}


def test_hosts_not_heard_yet_stand_last() -> None:
    lines = [line for _, line in told(WEB, LOST).changes(NOBODY)[0] if isinstance(line, HostRow)]
    assert [line.host for line in sorted(lines, key=Grouping.HOST.order)] == ["Beta.local.", None]


def test_types_without_a_service_stand_last_until_one_is_heard() -> None:
    book = told(WEB, SHELL, ServiceType(type="_acp-sync._tcp", label=None), by=Grouping.TYPE)
    lines = [line for _, line in book.changes(NOBODY)[0]]
    assert max(lines, key=Grouping.TYPE.order).key.name == "_acp-sync._tcp"
    silent = [line for line in lines if isinstance(line, TypeRow) and not line.alive]
    book.take("", [service("sync", "_acp-sync._tcp")], 101.0)
    again = dict(book.changes(NOBODY)[0])
    head = again[silent[0].key]
    assert {Grouping.TYPE.order(line) for line in again.values()} == {Grouping.TYPE.order(head)}


def test_why_a_service_is_gone_is_told_once_it_is_known() -> None:
    book = told(WEB)
    book.explain(WEB.key(), "goodbye")
    assert book.rows[WEB.key()].ended is None, "it is not gone"
    book.take("", [replace(WEB, change="removed")], 200.0)
    book.changes(NOBODY)
    book.explain(WEB.key(), "goodbye")
    assert book.rows[WEB.key()].ended == "goodbye"
    assert [key for key, _ in book.changes(NOBODY)[0]] == [WEB.key()]
    book.take("", [WEB], 201.0)
    assert book.rows[WEB.key()].ended is None
