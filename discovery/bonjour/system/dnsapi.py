"""Asks the DNS client of Windows what it browses, through DnsServiceBrowse of dnsapi.dll.

Source: windns.h (DNS_SERVICE_BROWSE_REQUEST, DNS_RECORDW) and the page "DnsServiceBrowse function (windns.h)" of
Microsoft Learn. A record does not tell its interface, so each interface that is there at the start is asked by itself.
"""

from __future__ import annotations

import asyncio
import ctypes
from collections.abc import Iterable
from contextlib import suppress
from ctypes import POINTER, Structure, byref, c_uint16, c_uint32, c_void_p, c_wchar_p
from typing import Any, Final, NamedTuple

from discovery.bonjour.system.view import Item, ServiceKey, SystemView, service_key
from discovery.bonjour.types import DOMAIN, META_QUERY, BrowsedType, heard_type, instance_label
from net.platform.names import interface_names, name_of_index
from net.text import visible

PENDING: Final = 9506
"""DNS_REQUEST_PENDING: the question was taken."""
CANCELLED: Final = 1223
"""ERROR_CANCELLED: what a question that was ended may still say."""
VERSION: Final = 1
"""DNS_QUERY_REQUEST_VERSION1: the callback gets records."""
FREE_RECORD_LIST: Final = 1
PTR: Final = 12
SRV: Final = 33
MOST_TYPES: Final = 1_000
MOST_RECORDS: Final = 1_000
"""Read of one answer."""

# WINFUNCTYPE is there on Windows only; the tests of other systems call the plain kind.
CALLBACK: Final = getattr(ctypes, "WINFUNCTYPE", ctypes.CFUNCTYPE)(None, c_uint32, c_void_p, c_void_p)


class BrowseRequest(Structure):
    """DNS_SERVICE_BROWSE_REQUEST."""

    _fields_ = (
        ("Version", c_uint32),
        ("InterfaceIndex", c_uint32),
        ("QueryName", c_wchar_p),
        ("pBrowseCallback", CALLBACK),
        ("pQueryContext", c_void_p),
    )


class Cancel(Structure):
    """DNS_SERVICE_CANCEL."""

    _fields_ = (("reserved", c_void_p),)


class SrvData(Structure):
    """DNS_SRV_DATAW; a DNS_PTR_DATAW is its first field alone."""

    _fields_ = (
        ("pNameTarget", c_wchar_p),
        ("wPriority", c_uint16),
        ("wWeight", c_uint16),
        ("wPort", c_uint16),
        ("Pad", c_uint16),
    )


class Record(Structure):
    """DNS_RECORDW up to the data of PTR and SRV."""

    _fields_ = (
        ("pNext", c_void_p),
        ("pName", c_wchar_p),
        ("wType", c_uint16),
        ("wDataLength", c_uint16),
        ("Flags", c_uint32),
        ("dwTtl", c_uint32),
        ("dwReserved", c_uint32),
        ("Data", SrvData),
    )


class Answer(NamedTuple):
    """A PTR or SRV record, copied."""

    name: str
    type: int
    ttl: int
    target: str
    port: int


def load() -> Any:
    """dnsapi.dll with its signatures. Raises OSError or AttributeError where it or a function of it is missing."""
    library = ctypes.CDLL("dnsapi.dll") if not hasattr(ctypes, "WinDLL") else ctypes.WinDLL("dnsapi.dll")
    library.DnsServiceBrowse.argtypes = (POINTER(BrowseRequest), POINTER(Cancel))
    library.DnsServiceBrowse.restype = c_uint32
    library.DnsServiceBrowseCancel.argtypes = (POINTER(Cancel),)
    library.DnsServiceBrowseCancel.restype = c_uint32
    library.DnsFree.argtypes = (c_void_p, ctypes.c_int)
    library.DnsFree.restype = None
    return library


class DnsApi:
    """Fills ``view``; ``types`` are those asked for, none for all. ``library`` stands in for dnsapi.dll in tests."""

    def __init__(self, view: SystemView, types: Iterable[BrowsedType], library: Any = None) -> None:
        self._view = view
        self._named = [kind.pointer.removesuffix(".") for kind in types]
        self._library = library
        self._loop: asyncio.AbstractEventLoop | None = None
        self._questions: list[tuple[BrowseRequest, Cancel]] = []
        self._indexes: tuple[int, ...] = ()
        self._asked: set[str] = set()
        self._callback = CALLBACK(self._called)

    async def run(self) -> None:
        """As Asking.run; ends where there is no library."""
        try:
            self._library = self._library or load()
        except (OSError, AttributeError) as error:
            self._view.stands("absent", "dnsapi_missing", reason=visible(str(error), 200))
            return
        self._loop = asyncio.get_running_loop()
        self._indexes = tuple(interface_names())
        try:
            for name in self._named or [META_QUERY.removesuffix(".")]:
                self._ask(name)
            if self._view.responder.state == "asking":
                self._view.stands("answering", "dnsapi")
            await asyncio.Event().wait()
        finally:
            self._close()

    def want(self, kind: str) -> None:
        """As Asking.want."""
        if not self._named and self._loop is not None:
            self._ask(f"{kind}.{DOMAIN}")

    def _ask(self, name: str) -> None:
        if name.lower() in self._asked:
            return
        if len(self._asked) >= MOST_TYPES:
            self._view.left_out += 1
            return
        self._asked.add(name.lower())
        for index in self._indexes:
            request = BrowseRequest(VERSION, index, name, self._callback, index)
            cancel = Cancel()
            status = self._library.DnsServiceBrowse(byref(request), byref(cancel))
            if status == PENDING:
                self._questions.append((request, cancel))
            else:
                self._refused(status)

    def _refused(self, status: int) -> None:
        words = ctypes.FormatError(status) if hasattr(ctypes, "FormatError") else f"error {status}"
        self._view.stands("refused", "dnsapi_refused", error=status, reason=visible(words, 200).rstrip("."))

    def _close(self) -> None:
        self._loop = None
        for _, cancel in self._questions:
            self._library.DnsServiceBrowseCancel(byref(cancel))
        self._questions.clear()
        self._asked.clear()
        self._view.clear()

    def _called(self, status: int, context: int | None, records: int | None) -> None:
        """In a thread of the system: what is needed is copied, the rest happens on the loop."""
        answers = _copied(records) if records and not status else []
        if records:
            self._library.DnsFree(records, FREE_RECORD_LIST)
        loop = self._loop
        if loop is not None:
            with suppress(RuntimeError):  # the loop was closed meanwhile
                loop.call_soon_threadsafe(self._take, status, context or 0, answers)

    def _take(self, status: int, index: int, answers: list[Answer]) -> None:
        if self._loop is None or status == CANCELLED:
            return
        if status:
            self._refused(status)
            return
        self._view.stands("answering", "dnsapi")
        for answer in answers:
            if answer.type == PTR:
                self._point(answer, index)
        for answer in answers:
            if answer.type == SRV:
                key = _key(answer.name, index)
                if key is not None:
                    self._view.resolved(key, answer.target, answer.port)

    def _point(self, answer: Answer, index: int) -> None:
        if f"{answer.name}.".lower() == META_QUERY:
            self.want(answer.target.removesuffix(f".{DOMAIN}"))
            return
        item = _instance(answer.target, index)
        if item is None:
            return
        if answer.ttl:
            self._view.found(item)
        else:
            self._view.gone(item)


def _copied(pointer: int) -> list[Answer]:
    answers: list[Answer] = []
    at: int | None = pointer
    while at and len(answers) < MOST_RECORDS:
        record = Record.from_address(at)
        if record.wType in (PTR, SRV):
            port = record.Data.wPort if record.wType == SRV else 0
            target = (record.Data.pNameTarget or "").removesuffix(".")
            name = (record.pName or "").removesuffix(".")
            answers.append(Answer(name, record.wType, record.dwTtl, target, port))
        at = record.pNext
    return answers


def _instance(full_name: str, index: int) -> Item | None:
    labels = full_name.split(".")
    browsed = heard_type(".".join(labels[-3:]))
    label = instance_label(f"{full_name}.", browsed.base) if browsed is not None else None
    return Item(label, browsed.base, DOMAIN, index) if browsed is not None and label else None


def _key(full_name: str, index: int) -> ServiceKey | None:
    item = _instance(full_name, index)
    try:
        return service_key(item.name, item.type, item.domain, name_of_index(index)) if item is not None else None
    except OSError:  # the interface is gone meanwhile
        return None
