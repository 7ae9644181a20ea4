"""mDNSResponder is asked as dns_sd.h says: the calls of the library are recorded, and its answers played back."""

from __future__ import annotations

import socket
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import Any

import pytest

from discovery.bonjour.system.dns_sd import ADD, META, SHARE_CONNECTION, DnsSd
from discovery.bonjour.system.view import SystemView
from discovery.bonjour.types import BrowsedType
from net.tasks import start, stop
from tests.discovery.bonjour.system.waiting import until

NO_ERROR, POLICY_DENIED, NOT_RUNNING = 0, -65570, -65563
INDEX = 1
CONNECTION = 77


class Library:
    """Stands in for libSystem. ``play`` is called back by DNSServiceProcessResult, for each byte in the socket."""

    def __init__(self, connect: int = NO_ERROR, browse: int = NO_ERROR, process: int = NO_ERROR) -> None:
        self.calls: list[tuple[Any, ...]] = []
        self.freed: list[int | None] = []
        self.play: list[Callable[[], None]] = []
        self.browsers: dict[bytes, Any] = {}
        self.resolvers: list[tuple[Any, int]] = []
        self.ours, self.theirs = socket.socketpair()
        self._errors = {"connect": connect, "browse": browse, "process": process}
        self._references = iter(range(100, 1000))

    def DNSServiceCreateConnection(self, reference: Any) -> int:  # noqa: N802
        self.calls.append(("connect",))
        reference._obj.value = CONNECTION
        return self._errors["connect"]

    def DNSServiceRefSockFD(self, _reference: Any) -> int:  # noqa: N802
        return self.ours.fileno()

    def DNSServiceProcessResult(self, reference: Any) -> int:  # noqa: N802
        assert reference.value == CONNECTION
        self.ours.recv(1)
        self.play.pop(0)()
        return self._errors["process"]

    def DNSServiceRefDeallocate(self, reference: Any) -> None:  # noqa: N802
        self.freed.append(reference.value)

    def DNSServiceGetProperty(self, name: bytes, value: Any, _size: Any) -> int:  # noqa: N802
        assert name == b"DaemonVersion"
        value._obj.value = 13108001
        return NO_ERROR

    def DNSServiceBrowse(self, reference: Any, *arguments: Any) -> int:  # noqa: N802
        flags, on, kind, domain, reply, _ = arguments
        assert reference._obj.value == CONNECTION, "a shared question begins as a copy of the connection"
        self.calls.append(("browse", flags, on, kind, domain))
        reference._obj.value = next(self._references)
        self.browsers[kind] = reply
        return self._errors["browse"]

    def DNSServiceResolve(self, reference: Any, *arguments: Any) -> int:  # noqa: N802
        *question, reply, context = arguments
        self.calls.append(("resolve", *question))
        reference._obj.value = next(self._references)
        self.resolvers.append((reply, context))
        return NO_ERROR

    def happens(self, what: Callable[[], None]) -> None:
        self.play.append(what)
        self.theirs.send(b"x")

    def tells(self, kind: bytes, name: bytes, told: bytes, flags: int = ADD, error: int = NO_ERROR) -> None:
        reply = self.browsers[kind]
        self.happens(lambda: reply(None, flags, INDEX, error, name, told, b"local.", None))


@asynccontextmanager
async def asking(library: Library, *types: BrowsedType) -> AsyncIterator[SystemView]:
    view = SystemView("mdnsresponder", lambda: None)
    task = start(DnsSd(view, types, library).run(), "asking")
    try:
        await until(lambda: bool(library.calls))
        yield view
    finally:
        await stop(task)
        library.ours.close()
        library.theirs.close()


async def test_all_types_are_asked_for_over_one_connection_and_each_instance_is_resolved() -> None:
    library = Library()
    async with asking(library) as view:
        assert library.calls == [("connect",), ("browse", SHARE_CONNECTION, 0, META, b"local.")]
        library.tells(META, b"_http", b"_tcp.local.")
        await until(lambda: b"_http._tcp" in library.browsers)
        library.tells(b"_http._tcp", "Büro".encode(), b"_http._tcp.")
        await until(lambda: bool(library.resolvers))
        assert library.calls[-1] == ("resolve", SHARE_CONNECTION, INDEX, "Büro".encode(), b"_http._tcp", b"local")
        (told,) = view.told.values()
        assert (told.name, told.type, told.domain, told.interface) == ("Büro", "_http._tcp", "local", "lo")
        reply, context = library.resolvers[0]
        network_order = socket.htons(8080)
        library.happens(lambda: reply(None, 0, INDEX, NO_ERROR, b"x", b"beta.local.", network_order, 0, None, context))
        await until(lambda: told.host is not None)
        assert (told.host, told.port) == ("beta.local.", 8080)
        assert (view.responder.state, view.responder.version) == ("answering", "1310.80.1")
        await until(lambda: 102 in library.freed, seconds=2)
    assert library.freed == [102, 100, 101, CONNECTION], "questions are ended before what they share"


async def test_at_the_end_open_questions_are_ended_first() -> None:
    library = Library()
    async with asking(library, BrowsedType("_http._tcp")):
        library.tells(b"_http._tcp", b"web", b"_http._tcp.")
        await until(lambda: bool(library.resolvers))
    assert library.freed == [101, 100, CONNECTION]


async def test_what_nobody_answers_for_makes_room(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("discovery.bonjour.system.dns_sd.RESOLVING", 0.01)
    monkeypatch.setattr("discovery.bonjour.system.dns_sd.RESOLVING_AT_ONCE", 1)
    library = Library()
    async with asking(library, BrowsedType("_http._tcp")):
        library.tells(b"_http._tcp", b"web", b"_http._tcp.")
        library.tells(b"_http._tcp", b"other", b"_http._tcp.")
        await until(lambda: len(library.resolvers) == 2)
        assert 101 in library.freed


async def test_an_instance_that_goes_is_gone() -> None:
    library = Library()
    async with asking(library, BrowsedType("_http._tcp")) as view:
        library.tells(b"_http._tcp", b"web", b"_http._tcp.")
        await until(lambda: bool(view.told))
        library.tells(b"_http._tcp", b"web", b"_http._tcp.", flags=0)
        await until(lambda: not view.told)


async def test_named_types_are_asked_for_alone_and_a_subtype_as_dns_sd_writes_it() -> None:
    library = Library()
    async with asking(library, BrowsedType("_http._tcp", "_printer")):
        assert [call[3] for call in library.calls[1:]] == [b"_http._tcp,_printer"]


async def test_an_error_in_an_answer_is_told_with_its_name_and_what_to_do() -> None:
    library = Library()
    async with asking(library, BrowsedType("_http._tcp")) as view:
        library.tells(b"_http._tcp", b"", b"", error=POLICY_DENIED)
        await until(lambda: view.responder.state == "refused")
        assert (view.responder.error, view.responder.error_name) == (POLICY_DENIED, "kDNSServiceErr_PolicyDenied")
        assert "Local Network" in view.responder.text
        await until(lambda: CONNECTION in library.freed)


@pytest.mark.parametrize("where", ["connect", "browse"])
async def test_a_call_that_fails_is_told_too(where: str) -> None:
    library = Library(**{where: POLICY_DENIED})
    async with asking(library, BrowsedType("_http._tcp")) as view:
        await until(lambda: view.responder.state == "refused")
        assert view.responder.error == POLICY_DENIED


async def test_a_daemon_that_does_not_run_is_absent() -> None:
    library = Library(connect=NOT_RUNNING)
    async with asking(library) as view:
        await until(lambda: view.responder.state == "absent")
        assert view.responder.error_name == "kDNSServiceErr_ServiceNotRunning"


async def test_an_error_that_the_header_does_not_name_keeps_its_number() -> None:
    library = Library(connect=-1)
    async with asking(library) as view:
        await until(lambda: view.responder.state == "refused")
        assert (view.responder.error, view.responder.error_name) == (-1, None)


async def test_silence_without_an_error_counts_as_answering(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("discovery.bonjour.system.dns_sd.SILENT", 0.01)
    async with asking(Library()) as view:
        await until(lambda: view.responder.state == "answering")


async def test_after_a_refusal_it_is_asked_anew(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("discovery.bonjour.system.dns_sd.AGAIN", 0.01)
    library = Library(connect=NOT_RUNNING)
    async with asking(library):
        await until(lambda: library.calls.count(("connect",)) >= 3)


async def test_without_the_library_the_responder_is_absent() -> None:
    view = SystemView("mdnsresponder", lambda: None)
    await DnsSd(view, ()).run()
    assert view.responder.state == "absent"
