"""What a row of the Bonjour table is: a service with how it stands, or a type or host at the head of its services."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum
from functools import lru_cache

from discovery.records import Ended, Service
from net.records import Key
from resources.services import label


class State(Enum):
    """How a service stands: heard and not withdrawn, asked for again without an answer yet, or gone."""

    ALIVE = "alive"
    ASKED = "asked"
    GONE = "gone"


class Mark(Enum):
    """What happened to an alive service just now."""

    NONE = ""
    NEW = "new"
    BACK = "back"
    CHANGED = "changed"


@dataclass(frozen=True, slots=True)
class Head:
    """A service type as the table groups by it: its row key, its name, what people call it, and its place."""

    key: Key
    type: str
    title: str
    order: tuple[str, str]


@lru_cache(maxsize=2048)
def head_of(service_type: str) -> Head:
    """The head of the services of that type, titled by its plain name, or by the type where it has none."""
    title = label(service_type) or service_type
    return Head(type_key(service_type), service_type, title, (title.casefold(), service_type.lower()))


def type_key(service_type: str) -> Key:
    """The row key of a type; types are the same whatever their case (RFC 6762 section 16)."""
    return Key("type", service_type.lower())


@dataclass(frozen=True, slots=True)
class ServiceRow:
    """A service. ``first`` heard and in its present state and mark ``since``, in monotonic seconds.

    ``changes``: what is other than before, such as ``port``, ``addresses``, ``txt:note``. ``ended``: why it is gone,
    None where that is not known. ``order``: its place among those of its group.
    """

    service: Service
    head: Head
    key: Key
    order: str
    state: State = State.ALIVE
    mark: Mark = Mark.NONE
    changes: tuple[str, ...] = ()
    first: float = 0.0
    since: float = 0.0
    ended: Ended | None = None


def new_row(service: Service, now: float, *, mark: Mark = Mark.NONE) -> ServiceRow:
    """The row of a service first heard ``now``."""
    return ServiceRow(
        service, head_of(service.type), service.key(), service.name.casefold(), mark=mark, first=now, since=now
    )


@dataclass(frozen=True, slots=True)
class TypeRow:
    """A service type at the head of its services, with how many are there and how many are gone."""

    head: Head
    alive: int = 0
    gone: int = 0
    interfaces: tuple[str, ...] = ()
    closed: bool = False

    @property
    def key(self) -> Key:
        return self.head.key

    @property
    def order(self) -> str:
        return ""


@dataclass(frozen=True, slots=True)
class HostRow:
    """A host at the head of its services, with the addresses and interfaces that they have together.

    ``host`` is None for services whose host was not heard yet.
    """

    key: Key
    host: str | None
    alive: int = 0
    gone: int = 0
    addresses: tuple[str, ...] = ()
    interfaces: tuple[str, ...] = ()
    closed: bool = False

    @property
    def order(self) -> str:
        return ""


HeadRow = TypeRow | HostRow
Line = ServiceRow | TypeRow | HostRow


@lru_cache(maxsize=4096)
def host_key(host: str | None) -> Key:
    """The row key of a host; names are the same whatever their case."""
    return Key("host", (host or "").lower())


def natural(line: Line) -> str:
    """Services by their names."""
    return line.order


def differences(before: Service, now: Service) -> tuple[str, ...]:
    """What a person would call a change. That an instance is resolved at last is none."""
    if before.host is None:
        return ()
    found = [
        field
        for field in ("host", "port", "addresses", "interfaces", "subtypes", "also")
        if getattr(before, field) != getattr(now, field)
    ]
    keys = dict.fromkeys((*before.txt, *now.txt))
    missing = object()
    found += [f"txt:{key}" for key in keys if before.txt.get(key, missing) != now.txt.get(key, missing)]
    return tuple(found)
