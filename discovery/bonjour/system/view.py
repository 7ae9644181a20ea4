"""What the system's own responder has told so far: how it answers, and each service instance on each interface."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Literal, NamedTuple, Protocol

from discovery.records import SystemResponder
from net.platform.names import name_of_index
from net.records import Problem
from resources.loader import system_view_rows

Kind = Literal["avahi", "mdnsresponder", "dnsapi"]

NAMES: dict[Kind, str] = {"avahi": "avahi-daemon", "mdnsresponder": "mDNSResponder", "dnsapi": "DNS client"}

MOST_TOLD = 20_000
"""Instances on interfaces that are kept of what the system tells."""


class ServiceKey(NamedTuple):
    """An instance on an interface; case counts not in ASCII (RFC 6762 section 16)."""

    name: str
    type: str
    domain: str
    interface: str


class Item(NamedTuple):
    """What a responder tells of one instance: the interface's index, and its own number of the family, or 0."""

    name: str
    type: str
    domain: str
    on: int
    family: int = 0


@dataclass(slots=True)
class Told:
    """An instance that the system knows; ``cached``: it came from the responder's cache when it was asked."""

    name: str
    type: str
    domain: str
    interface: str
    cached: bool = False
    host: str | None = None
    port: int | None = None
    families: set[int] = field(default_factory=set)


class Asking(Protocol):
    """A way to ask the responder of one system; what it tells goes into a SystemView."""

    async def run(self) -> None:
        """Ask until cancelled; follows the responder as it stops and starts."""

    def want(self, kind: str) -> None:
        """Ask for the instances of the type too (``_http._tcp``); nothing where they are asked for already."""


class SystemView:
    """``wake`` is called when something changed. Times are monotonic seconds.

    ``since`` is when the responder came to be in its state; ``changed`` are the keys told, resolved or withdrawn since
    they were last taken; ``left_out`` counts what was not kept.
    """

    def __init__(self, kind: Kind, wake: Callable[[], None]) -> None:
        self.kind = kind
        self.told: dict[ServiceKey, Told] = {}
        self.changed: set[ServiceKey] = set()
        self.on_interface: dict[str, int] = {}
        self.problems: dict[str, Problem] = {}
        self.left_out = 0
        self.responder = SystemResponder(name=NAMES[kind], state="asking", text=system_view_rows()["asking"])
        self.since = time.monotonic()
        self._keys: dict[Item, ServiceKey] = {}
        self._wake = wake

    def stands(
        self,
        state: Literal["asking", "answering", "refused", "absent"],
        code: str,
        *,
        name: str | None = None,
        version: str | None = None,
        error: int | None = None,
        error_name: str | None = None,
        **facts: object,
    ) -> None:
        """How the responder answers; ``code`` is the row of system-view.toml that ``facts`` fill."""
        name = name or NAMES[self.kind]
        responder = SystemResponder(
            name=name,
            version=version,
            state=state,
            error=error,
            error_name=error_name,
            text=system_view_rows()[code].format(**facts),
        )
        if responder == self.responder:
            return
        if (self.responder.name, self.responder.state) != (name, state):
            self.since = time.monotonic()
        self.responder = responder
        self._wake()

    def found(self, item: Item, *, cached: bool = False) -> ServiceKey | None:
        """It is there; the key where nothing is known of its host yet."""
        interface = _interface(item.on)
        key = self._keys.get(item) or service_key(item.name, item.type, item.domain, interface)
        told = self.told.get(key)
        if told is None:
            if len(self.told) >= MOST_TOLD:
                self.left_out += 1
                return None
            told = self.told[key] = Told(item.name, item.type, item.domain, interface, cached)
            self.on_interface[key.interface] = self.on_interface.get(key.interface, 0) + 1
        self._keys[item] = key
        told.families.add(item.family)
        self._note(key)
        return key if told.host is None else None

    def gone(self, item: Item) -> None:
        """It is no longer there in that family."""
        # Not by the interface's name: with the interface, that goes first.
        key = self._keys.pop(item, None)
        told = self.told.get(key) if key is not None else None
        if key is None or told is None:
            return
        told.families.discard(item.family)
        if not told.families:
            del self.told[key]
            self.on_interface[key.interface] -= 1
        self._note(key)

    def resolved(self, key: ServiceKey, host: str, port: int) -> None:
        """Its host and port; nothing where it is gone meanwhile."""
        if key in self.told:
            self.told[key].host, self.told[key].port = host, port
            self._note(key)

    def problem(self, problem: Problem) -> None:
        """Something the responder refused, beside which it goes on."""
        self.problems[problem.subject] = problem
        self._wake()

    def clear(self) -> None:
        """The responder went: nothing is told any more."""
        self.changed.update(self.told)
        self.told.clear()
        self._keys.clear()
        self.on_interface.clear()
        self._wake()

    def _note(self, key: ServiceKey) -> None:
        self.changed.add(key)
        self._wake()


def service_key(name: str, kind: str, domain: str, interface: str) -> ServiceKey:
    """The key of an instance on an interface, whoever told it."""
    return ServiceKey(_folded(name), _folded(kind), _folded(domain), interface)


def _interface(index: int) -> str:
    try:
        return name_of_index(index)
    except (OSError, OverflowError):  # gone meanwhile, or one of dns_sd.h's special numbers
        return f"#{index}"


def _folded(text: str) -> str:
    """In lower case, but only in ASCII, and without the dot of a domain."""
    return text.encode("utf-8", "surrogatepass").lower().decode("utf-8", "surrogatepass").removesuffix(".")
