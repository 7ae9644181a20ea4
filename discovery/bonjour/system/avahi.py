"""Asks Avahi over D-Bus what it knows (Linux): org.freedesktop.Avahi.Server, ServiceTypeBrowser, ServiceBrowser.

Sources: the introspection files of Avahi 0.8, /usr/share/dbus-1/interfaces/org.freedesktop.Avahi.*.xml, and
avahi-common/defs.h for the numbers.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Iterable
from functools import partial
from typing import TYPE_CHECKING, Any, Final

from discovery.bonjour.system.view import Item, ServiceKey, SystemView
from discovery.bonjour.types import DOMAIN, BrowsedType
from net.problems import make_problem
from net.tasks import start, stop
from net.text import visible

if TYPE_CHECKING:
    from dbus_fast import Message

    from discovery.bonjour.system.bus import Bus

SERVICE: Final = "org.freedesktop.Avahi"
SERVER: Final = "org.freedesktop.Avahi.Server"
TYPE_BROWSER: Final = "org.freedesktop.Avahi.ServiceTypeBrowser"
BROWSER: Final = "org.freedesktop.Avahi.ServiceBrowser"
RESOLVED: Final = "org.freedesktop.resolve1"

ANY: Final = -1
"""AVAHI_IF_UNSPEC and AVAHI_PROTO_UNSPEC."""
CACHED: Final = 1
WIDE_AREA: Final = 2
"""AVAHI_LOOKUP_RESULT_CACHED, AVAHI_LOOKUP_RESULT_WIDE_AREA."""
_NO_TXT_NO_ADDRESS: Final = 4 | 8
_CALLS_AT_ONCE: Final = 8
_MOST_TYPES: Final = 1_000
_AGAIN: Final = 3.0
"""Seconds after which a bus that is not there is looked for again."""


class Avahi:
    """Fills ``view``; ``types`` are those asked for, none for all that are advertised."""

    def __init__(self, view: SystemView, types: Iterable[BrowsedType]) -> None:
        self._view = view
        self._named = [kind.pointer.removesuffix(f".{DOMAIN}.") for kind in types]
        self._asked: set[str] = set()
        self._types_of: dict[str, str] = {}
        self._jobs: asyncio.Queue[Callable[[], Awaitable[None]]] = asyncio.Queue()
        self._owner_changed = asyncio.Event()
        self._bus: Bus | None = None

    async def run(self) -> None:
        """As Asking.run."""
        from discovery.bonjour.system.bus import Bus

        while True:
            try:
                async with Bus(self._signal) as bus:
                    self._bus = bus
                    await self._until_lost(bus)
            except OSError as error:
                self._view.stands("absent", "no_bus", reason=visible(error.strerror or str(error), 200))
            finally:
                self._bus = None
                self._forget()
            await asyncio.sleep(_AGAIN)

    def want(self, kind: str) -> None:
        """As Asking.want."""
        if not self._named and self._bus is not None:
            self._browse(kind)

    async def _until_lost(self, bus: Bus) -> None:
        following = start(self._follow(bus), "avahi on the bus", log=False)
        ended = start(bus.ended(), "system bus")
        try:
            await asyncio.wait((following, ended), return_when=asyncio.FIRST_COMPLETED)
            if following.done():
                following.result()
        finally:
            await stop(following, ended)
        raise ConnectionError("the system bus ended the connection")

    async def _follow(self, bus: Bus) -> None:
        """Ask while the daemon runs, and anew when it has started again."""
        await bus.watch_owner(SERVICE)
        while True:
            self._owner_changed.clear()
            if await bus.has_owner(SERVICE):
                await self._ask(bus)
            else:
                await self._tell_absent(bus)
            await self._owner_changed.wait()
            self._forget()

    async def _ask(self, bus: Bus) -> None:
        """All questions, until the daemon goes or another comes."""
        from discovery.bonjour.system.bus import BusError

        try:
            (words,) = await bus.call(SERVICE, "/", SERVER, "GetVersionString")
            version = str(words).removeprefix("avahi ")
            self._view.stands("asking", "asking", version=version)
            if not self._named:
                await bus.call(SERVICE, "/", SERVER, "ServiceTypeBrowserNew", "iisu", ANY, ANY, "", 0)
        except BusError as error:
            self._view.stands("refused", "bus_refused", error_name=error.name, reason=visible(str(error), 200))
            return
        self._view.stands("answering", "avahi", version=version)
        for kind in self._named:
            self._browse(kind)
        workers = [start(self._work(), "questions to avahi", log=False) for _ in range(_CALLS_AT_ONCE)]
        changed = start(self._owner_changed.wait(), "owner of avahi's name")
        try:
            done, _ = await asyncio.wait((*workers, changed), return_when=asyncio.FIRST_COMPLETED)
            for worker in done - {changed}:
                worker.result()
        finally:
            await stop(*workers, changed)

    async def _tell_absent(self, bus: Bus) -> None:
        """No Avahi; systemd-resolved may be the responder, whose property says so (org.freedesktop.resolve1(5))."""
        from discovery.bonjour.system.bus import BusError

        try:
            if await bus.has_owner(RESOLVED):
                path, interface = "/org/freedesktop/resolve1", "org.freedesktop.resolve1.Manager"
                (mode,) = await bus.call(
                    RESOLVED, path, "org.freedesktop.DBus.Properties", "Get", "ss", interface, "MulticastDNS"
                )
                if mode.value in ("yes", "resolve"):
                    self._view.stands("absent", "resolved", name="systemd-resolved", mode=mode.value)
                    return
        except BusError as error:
            self._view.stands("absent", "resolved_unknown", reason=visible(str(error), 200))
            return
        self._view.stands("absent", "no_avahi")

    async def _work(self) -> None:
        while True:
            job = await self._jobs.get()
            await job()

    def _forget(self) -> None:
        self._asked.clear()
        self._types_of.clear()
        while not self._jobs.empty():
            self._jobs.get_nowait()
        self._view.clear()

    def _browse(self, kind: str) -> None:
        if kind.lower() in self._asked:
            return
        if len(self._asked) >= _MOST_TYPES:
            self._view.left_out += 1
            return
        self._asked.add(kind.lower())
        self._jobs.put_nowait(partial(self._open_browser, kind))

    async def _open_browser(self, kind: str) -> None:
        from discovery.bonjour.system.bus import BusError

        if self._bus is None:
            return
        try:
            (path,) = await self._bus.call(
                SERVICE, "/", SERVER, "ServiceBrowserNew", "iissu", ANY, ANY, kind, DOMAIN, 0
            )
        except BusError as error:
            self._refused(kind, str(error))
        else:
            self._types_of[path] = kind

    async def _resolve(self, key: ServiceKey, item: Item) -> None:
        """Host and port; an instance that nobody answers for stays without."""
        from discovery.bonjour.system.bus import BusError

        told = self._view.told.get(key)
        if told is None or told.host is not None or self._bus is None:
            return
        question = (item.on, item.family, item.name, item.type, item.domain, ANY, _NO_TXT_NO_ADDRESS)
        try:
            answer = await self._bus.call(SERVICE, "/", SERVER, "ResolveService", "iisssiu", *question)
        except BusError:
            return
        self._view.resolved(key, str(answer[5]), int(answer[8]))

    def _refused(self, kind: str, reason: str) -> None:
        self._view.problem(make_problem("system_browse_refused", visible(kind, 100), reason=visible(reason, 200)))

    def _signal(self, message: Message) -> None:
        """What browsers tell says of what it is by itself, so that it may come before the answer that opened them."""
        if message.member == "NameOwnerChanged":
            self._owner_changed.set()
        elif message.interface == TYPE_BROWSER and message.member == "ItemNew":
            self._browse(str(message.body[2]))
        elif message.interface == TYPE_BROWSER and message.member == "Failure":
            text = visible(str(message.body[0]), 200)
            self._view.stands("refused", "bus_refused", error_name=text, reason=text)
        elif message.interface == BROWSER:
            self._browser_signal(str(message.member), message)

    def _browser_signal(self, member: str, message: Message) -> None:
        if member == "Failure":
            self._refused(self._types_of.get(str(message.path), "?"), str(message.body[0]))
        elif member in ("ItemNew", "ItemRemove"):
            item, flags = _item(message.body)
            if flags & WIDE_AREA:
                return
            if member == "ItemRemove":
                self._view.gone(item)
                return
            key = self._view.found(item, cached=bool(flags & CACHED))
            if key is not None:
                self._jobs.put_nowait(partial(self._resolve, key, item))


def _item(body: list[Any]) -> tuple[Item, int]:
    index, family, name, kind, domain, flags = body
    return Item(str(name), str(kind), str(domain), int(index), int(family)), int(flags)
