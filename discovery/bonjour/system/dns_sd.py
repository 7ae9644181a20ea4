"""Asks mDNSResponder what it knows (macOS) through the functions of dns_sd.h in libSystem, on the loop of asyncio.

Source: mDNSShared/dns_sd.h of apple-oss-distributions/mDNSResponder. One connection serves all questions
(kDNSServiceFlagsShareConnection), so one socket is read.
"""

from __future__ import annotations

import asyncio
import ctypes
import sys
from collections import deque
from collections.abc import Iterable
from ctypes import POINTER, byref, c_char_p, c_int, c_int32, c_uint16, c_uint32, c_void_p
from typing import Any, Final

import msgspec

from discovery.bonjour.system.view import Item, ServiceKey, SystemView
from discovery.bonjour.types import BrowsedType
from net.problems import make_problem
from net.text import visible
from resources.loader import dns_sd_errors

LIBRARY: Final = "/usr/lib/libSystem.B.dylib"
ADD: Final = 0x2
SHARE_CONNECTION: Final = 0x4000
ANY_INTERFACE: Final = 0
SERVICE_NOT_RUNNING: Final = -65563
META: Final = b"_services._dns-sd._udp"
DAEMON_VERSION: Final = b"DaemonVersion"

BROWSE_REPLY: Final = ctypes.CFUNCTYPE(
    None, c_void_p, c_uint32, c_uint32, c_int32, c_char_p, c_char_p, c_char_p, c_void_p
)
RESOLVE_REPLY: Final = ctypes.CFUNCTYPE(
    None, c_void_p, c_uint32, c_uint32, c_int32, c_char_p, c_char_p, c_uint16, c_uint16, c_void_p, c_void_p
)

MOST_TYPES: Final = 1_000
RESOLVING_AT_ONCE: Final = 32
RESOLVING: Final = 5.0
"""Seconds after which an instance that nobody answers for makes room."""
SILENT: Final = 1.0
"""Seconds without an error after which the responder counts as answering although it told nothing."""
AGAIN: Final = 3.0
"""Seconds after which a responder that refused is asked anew: a permission may have been granted."""


def load() -> Any:
    """The library with the signatures of dns_sd.h. Raises OSError where it cannot be loaded."""
    library = ctypes.CDLL(LIBRARY)
    signatures: dict[str, tuple[Any, ...]] = {
        "DNSServiceCreateConnection": (c_int32, POINTER(c_void_p)),
        "DNSServiceRefSockFD": (c_int, c_void_p),
        "DNSServiceProcessResult": (c_int32, c_void_p),
        "DNSServiceRefDeallocate": (None, c_void_p),
        "DNSServiceGetProperty": (c_int32, c_char_p, c_void_p, POINTER(c_uint32)),
        "DNSServiceBrowse": (
            c_int32, POINTER(c_void_p), c_uint32, c_uint32, c_char_p, c_char_p, BROWSE_REPLY, c_void_p,
        ),
        "DNSServiceResolve": (
            c_int32, POINTER(c_void_p), c_uint32, c_uint32, c_char_p, c_char_p, c_char_p, RESOLVE_REPLY, c_void_p,
        ),
    }  # fmt: skip
    for name, (result, *arguments) in signatures.items():
        function = getattr(library, name)
        function.restype, function.argtypes = result, arguments
    return library


class _Resolving(msgspec.Struct):
    """A question for host and port that is open."""

    reference: c_void_p
    key: ServiceKey
    timer: asyncio.TimerHandle


class DnsSd:
    """Fills ``view``; ``types`` are those asked for, none for all. ``library`` stands in for libSystem in tests."""

    def __init__(self, view: SystemView, types: Iterable[BrowsedType], library: Any = None) -> None:
        self._view = view
        self._named = [kind.base if kind.subtype is None else f"{kind.base},{kind.subtype}" for kind in types]
        self._library = library
        self._connection: c_void_p | None = None
        self._browsers: list[c_void_p] = []
        self._asked: set[str] = set()
        self._resolving: dict[int, _Resolving] = {}
        self._queue: deque[tuple[ServiceKey, Item]] = deque()
        self._number = 0
        self._broken = asyncio.Event()
        # Kept as long as the library may call them.
        self._on_type = BROWSE_REPLY(self._type_told)
        self._on_instance = BROWSE_REPLY(self._instance_told)
        self._on_resolved = RESOLVE_REPLY(self._resolved)

    async def run(self) -> None:
        """As Asking.run; ends where there is no library."""
        try:
            self._library = self._library or load()
        except (OSError, AttributeError) as error:
            self._view.stands("absent", "mdnsresponder_missing", reason=visible(str(error), 200))
            return
        loop = asyncio.get_running_loop()
        while True:
            self._broken.clear()
            descriptor = self._open()
            silence = loop.call_later(SILENT, self._answers)
            if descriptor is not None:
                loop.add_reader(descriptor, self._process)
            try:
                await self._broken.wait()
            finally:
                silence.cancel()
                if descriptor is not None:
                    loop.remove_reader(descriptor)
                self._close()
            await asyncio.sleep(AGAIN)

    def want(self, kind: str) -> None:
        """As Asking.want."""
        if not self._named:
            self._browse(kind)

    def _open(self) -> int | None:
        """Connect and ask; the descriptor to read, None where the responder refused."""
        connection = c_void_p()
        error = self._library.DNSServiceCreateConnection(byref(connection))
        if error:
            self._fail(error)
            return None
        self._connection = connection
        for kind in self._named:
            self._browse(kind)
        if not self._named:
            self._open_browser(META, self._on_type)
        return int(self._library.DNSServiceRefSockFD(connection))

    def _close(self) -> None:
        """The questions first, then the connection they share."""
        for resolving in self._resolving.values():
            resolving.timer.cancel()
            self._library.DNSServiceRefDeallocate(resolving.reference)
        for browser in self._browsers:
            self._library.DNSServiceRefDeallocate(browser)
        if self._connection is not None:
            self._library.DNSServiceRefDeallocate(self._connection)
        self._connection = None
        self._resolving.clear()
        self._browsers.clear()
        self._asked.clear()
        self._queue.clear()
        self._view.clear()

    def _process(self) -> None:
        """The connection has something to read; the library calls back from here."""
        error = self._library.DNSServiceProcessResult(self._connection)
        if error:
            self._fail(error)

    def _fail(self, error: int) -> None:
        row = dns_sd_errors().get(error)
        state: Any = "absent" if error == SERVICE_NOT_RUNNING else "refused"
        facts = {"means": row.means, "remedy": _sentence(row.remedies[0])} if row else {"means": "", "remedy": ""}
        name = row.names[0] if row else None
        self._view.stands(state, "dns_sd_error" if row else "dns_sd_unknown", error=error, error_name=name, **facts)
        self._broken.set()

    def _answers(self) -> None:
        # The version is a question to the daemon, so asked for once.
        if self._connection is not None and not self._broken.is_set() and self._view.responder.state != "answering":
            self._view.stands("answering", "mdnsresponder", version=self._version())

    def _version(self) -> str | None:
        """``1310.80.1`` from 13108001, as dns_sd.h describes the property."""
        value, size = c_uint32(), c_uint32(ctypes.sizeof(c_uint32))
        if self._library.DNSServiceGetProperty(DAEMON_VERSION, byref(value), byref(size)):
            return None
        return f"{value.value // 10000}.{value.value // 100 % 100}.{value.value % 100}"

    def _browse(self, kind: str) -> None:
        if self._connection is None or kind.lower() in self._asked:
            return
        if len(self._asked) >= MOST_TYPES:
            self._view.left_out += 1
            return
        self._asked.add(kind.lower())
        self._open_browser(kind.encode(), self._on_instance)

    def _open_browser(self, kind: bytes, reply: Any) -> None:
        # A shared question begins as a copy of the connection's reference.
        reference = c_void_p(self._connection.value if self._connection is not None else None)
        error = self._library.DNSServiceBrowse(
            byref(reference), SHARE_CONNECTION, ANY_INTERFACE, kind, b"local.", reply, None
        )
        if not error:
            self._browsers.append(reference)
        elif kind == META or len(self._named) == 1:
            self._fail(error)
        else:
            row = dns_sd_errors().get(error)
            reason = f"{row.names[0]} ({error})" if row else str(error)
            self._view.problem(make_problem("system_browse_refused", visible(kind.decode(), 100), reason=reason))

    # Called back by the library, in _process

    def _type_told(
        self, _reference: Any, flags: int, _on: int, error: int, name: bytes, kind: bytes, _domain: bytes, _context: Any
    ) -> None:
        """A type comes as name ``_http`` of the type ``_tcp.local.``."""
        if error:
            self._fail(error)
            return
        self._answers()
        if flags & ADD:
            self._browse(f"{_text(name)}.{_text(kind).partition('.')[0]}")

    def _instance_told(
        self, _reference: Any, flags: int, on: int, error: int, name: bytes, kind: bytes, domain: bytes, _context: Any
    ) -> None:
        if error:
            self._fail(error)
            return
        self._answers()
        item = Item(_text(name), _text(kind).removesuffix("."), _text(domain).removesuffix("."), on)
        if not flags & ADD:
            self._view.gone(item)
            return
        key = self._view.found(item)
        if key is not None:
            self._queue.append((key, item))
            self._resolve_next()

    def _resolve_next(self) -> None:
        while self._queue and len(self._resolving) < RESOLVING_AT_ONCE and self._connection is not None:
            key, item = self._queue.popleft()
            self._number += 1
            number, reference = self._number, c_void_p(self._connection.value)
            names = (item.name.encode(), item.type.encode(), item.domain.encode())
            error = self._library.DNSServiceResolve(
                byref(reference), SHARE_CONNECTION, item.on, *names, self._on_resolved, number
            )
            if not error:
                timer = asyncio.get_running_loop().call_later(RESOLVING, self._end_resolving, number)
                self._resolving[number] = _Resolving(reference, key, timer)

    def _resolved(
        self,
        _reference: Any,
        _flags: int,
        _on: int,
        error: int,
        _name: bytes,
        host: bytes,
        port: int,
        _length: int,
        _txt: Any,
        context: int,
    ) -> None:
        resolving = self._resolving.get(context)
        if resolving is None:
            return
        if not error:
            # The port is in network order (dns_sd.h).
            self._view.resolved(resolving.key, _text(host), int.from_bytes(port.to_bytes(2, _NATIVE), "big"))
        asyncio.get_running_loop().call_soon(self._end_resolving, context)

    def _end_resolving(self, number: int) -> None:
        resolving = self._resolving.pop(number, None)
        if resolving is not None:
            resolving.timer.cancel()
            self._library.DNSServiceRefDeallocate(resolving.reference)
            self._resolve_next()


_NATIVE: Final = sys.byteorder


def _text(raw: bytes | None) -> str:
    return (raw or b"").decode("utf-8", "replace")


def _sentence(text: str) -> str:
    return f"{text[:1].upper()}{text[1:].rstrip('.')}."
