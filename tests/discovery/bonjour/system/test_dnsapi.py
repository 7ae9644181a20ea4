"""The DNS client of Windows is asked as windns.h says: calls are recorded, and records in memory played back."""

from __future__ import annotations

import asyncio
import ctypes
import threading
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from itertools import pairwise
from typing import Any

import pytest

from discovery.bonjour.system.dnsapi import FREE_RECORD_LIST, PENDING, PTR, SRV, DnsApi, Record, SrvData
from discovery.bonjour.system.view import SystemView
from discovery.bonjour.types import BrowsedType
from net.tasks import start, stop
from tests.discovery.bonjour.system.waiting import until

META = "_services._dns-sd._udp.local"


class Library:
    """Stands in for dnsapi.dll."""

    def __init__(self, status: int = PENDING) -> None:
        self.asked: list[tuple[int, int, str]] = []
        self.cancelled = 0
        self.freed: list[tuple[int, int]] = []
        self.callbacks: dict[tuple[str, int], Any] = {}
        self._status = status

    def DnsServiceBrowse(self, request: Any, _cancel: Any) -> int:  # noqa: N802
        question = request._obj
        self.asked.append((question.Version, question.InterfaceIndex, question.QueryName))
        self.callbacks[question.QueryName, question.InterfaceIndex] = (question.pBrowseCallback, question.pQueryContext)
        return self._status

    def DnsServiceBrowseCancel(self, _cancel: Any) -> int:  # noqa: N802
        self.cancelled += 1
        return 0

    def DnsFree(self, records: int, kind: int) -> None:  # noqa: N802
        self.freed.append((records, kind))

    def tells(self, name: str, index: int, *records: Record, status: int = 0) -> None:
        """From a thread, as Windows does."""
        for record, following in pairwise(records):
            record.pNext = ctypes.addressof(following)
        first = ctypes.addressof(records[0]) if records else None
        callback, context = self.callbacks[name, index]
        thread = threading.Thread(target=callback, args=(status, context, first))
        thread.start()
        thread.join()


def pointer(name: str, target: str, ttl: int = 120) -> Record:
    return Record(None, name, PTR, 8, 0, ttl, 0, SrvData(target))


def place(name: str, host: str, port: int) -> Record:
    return Record(None, name, SRV, 16, 0, 120, 0, SrvData(host, 0, 0, port, 0))


@pytest.fixture(autouse=True)
def _interfaces(monkeypatch: pytest.MonkeyPatch) -> None:
    names = {4: "Ethernet", 9: "WLAN"}
    monkeypatch.setattr("discovery.bonjour.system.dnsapi.interface_names", lambda: names)
    for module in ("dnsapi", "view"):
        monkeypatch.setattr(f"discovery.bonjour.system.{module}.name_of_index", names.__getitem__)


@asynccontextmanager
async def asking(library: Library, *types: BrowsedType) -> AsyncIterator[SystemView]:
    view = SystemView("dnsapi", lambda: None)
    task = start(DnsApi(view, types, library).run(), "asking")
    try:
        await until(lambda: bool(library.asked))
        yield view
    finally:
        await stop(task)


async def test_each_interface_is_asked_for_all_types_then_for_the_instances_of_each() -> None:
    library = Library()
    async with asking(library) as view:
        assert library.asked == [(1, 4, META), (1, 9, META)]
        library.tells(META, 9, pointer(META, "_http._tcp.local"))
        await until(lambda: len(library.asked) == 4)
        assert library.asked[2:] == [(1, 4, "_http._tcp.local"), (1, 9, "_http._tcp.local")]
        instance = "my.web._http._tcp.local"
        answer = (pointer("_http._tcp.local", instance), place(instance, "beta.local", 8080))
        library.tells("_http._tcp.local", 9, *answer)
        await until(lambda: bool(view.told))
        (told,) = view.told.values()
        assert (told.name, told.type, told.interface) == ("my.web", "_http._tcp", "WLAN")
        assert (told.host, told.port) == ("beta.local", 8080)
        assert view.responder.state == "answering"
    assert library.cancelled == 4
    assert [kind for _, kind in library.freed] == [FREE_RECORD_LIST] * 2


async def test_a_goodbye_takes_the_instance_away() -> None:
    library, name = Library(), "_http._tcp.local"
    async with asking(library, BrowsedType("_http._tcp")) as view:
        library.tells(name, 4, pointer(name, f"web.{name}"))
        await until(lambda: bool(view.told))
        library.tells(name, 4, pointer(name, f"web.{name}", ttl=0))
        await until(lambda: not view.told)


async def test_a_status_other_than_pending_is_a_refusal_with_its_number() -> None:
    async with asking(Library(status=5)) as view:
        await until(lambda: view.responder.state == "refused")
        assert view.responder.error == 5


async def test_a_status_in_an_answer_is_a_refusal_too() -> None:
    library = Library()
    async with asking(library) as view:
        library.tells(META, 4, status=1460)
        await until(lambda: view.responder.state == "refused")
        assert view.responder.error == 1460


async def test_what_is_called_back_after_the_end_is_passed_over() -> None:
    library = Library()
    async with asking(library) as view:
        pass
    library.tells(META, 4, pointer(META, "_http._tcp.local"))
    await asyncio.sleep(0)
    assert view.told == {}
    assert len(library.freed) == 1


async def test_where_the_library_lacks_the_function_the_responder_is_absent() -> None:
    view = SystemView("dnsapi", lambda: None)
    await DnsApi(view, ()).run()
    assert view.responder.state == "absent"
