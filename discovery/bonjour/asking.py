"""Questions for what an instance still lacks, many in one packet (RFC 6762 section 5.3)."""

from __future__ import annotations

import struct
from collections.abc import Iterable, Iterator
from typing import Final, NamedTuple

from zeroconf._protocol.outgoing import DNSOutgoing

TYPE_A: Final = 1
TYPE_PTR: Final = 12
TYPE_TXT: Final = 16
TYPE_AAAA: Final = 28
TYPE_SRV: Final = 33
CLASS_IN: Final = 1

_UNICAST_RESPONSE = 0x8000  # RFC 6762 section 5.4
_LARGEST_PACKET = 1400
_LONGEST_LABEL = 63
_REPLACED = "\ufffd"
_WAITS = (0.03, 1.0, 3.0, 9.0, 30.0)
"""Seconds before each time of asking; the first time an answer by unicast is asked for, as responders give it at once
and do not hold it back when they have just answered someone else."""


class Question(NamedTuple):
    """A name as its labels, and the type of the record that is wanted."""

    labels: tuple[bytes, ...]
    type: int


class Query(DNSOutgoing):
    """A query as zeroconf sends it, written here because zeroconf splits an instance name at its dots."""

    def __init__(self, packets: list[bytes]) -> None:
        super().__init__(flags=0)
        self._written = packets

    def packets(self) -> list[bytes]:
        return self._written


class Patience:
    """When to ask again for each name that lacks something, and when to give up."""

    def __init__(self) -> None:
        self._due: dict[str, tuple[float, int]] = {}

    def __bool__(self) -> bool:
        return bool(self._due)

    def add(self, name: str, now: float) -> None:
        """``name`` lacks something; nothing changes where it is being asked for already."""
        self._due.setdefault(name, (now + _WAITS[0], 0))

    def drop(self, name: str) -> None:
        """``name`` lacks nothing, or is gone."""
        self._due.pop(name, None)

    def take(self, now: float, most: int) -> Iterator[tuple[str, bool]]:
        """At most ``most`` names whose time has come, and whether it is the first time that they are asked for."""
        due = [(name, attempt) for name, (at, attempt) in self._due.items() if at <= now][:most]
        for name, attempt in due:
            if attempt + 1 < len(_WAITS):
                self._due[name] = (now + _WAITS[attempt + 1], attempt + 1)
            else:
                del self._due[name]
            yield name, attempt == 0


def instance_question(label: str, base: str, type_: int) -> Question | None:
    """About an instance: its label, which may contain dots, and its type; None where it cannot be written."""
    return _question((label, *base.split("."), "local"), type_)


def host_question(host: str, type_: int) -> Question | None:
    """About a host; None where its name cannot be written."""
    return _question(tuple(host.removesuffix(".").split(".")), type_)


def query(questions: Iterable[Question], *, unicast: bool) -> Query:
    """The questions in as few packets as they fit in; ``unicast`` asks for a unicast response."""
    packets: list[bytes] = []
    body, count = b"", 0
    for question in questions:
        name = b"".join(bytes((len(label),)) + label for label in question.labels)
        written = name + struct.pack("!xHH", question.type, CLASS_IN | (_UNICAST_RESPONSE if unicast else 0))
        if count and len(body) + len(written) > _LARGEST_PACKET:
            packets.append(_packet(count, body))
            body, count = b"", 0
        body, count = body + written, count + 1
    if count:
        packets.append(_packet(count, body))
    return Query(packets)


def _packet(count: int, body: bytes) -> bytes:
    return struct.pack("!6H", 0, 0, count, 0, 0, 0) + body


def _question(names: tuple[str, ...], type_: int) -> Question | None:
    if any(_REPLACED in name for name in names):
        return None  # zeroconf lost the bytes that were no UTF-8
    labels = tuple(name.encode("utf-8", "surrogatepass") for name in names)
    if not all(1 <= len(label) <= _LONGEST_LABEL for label in labels) or sum(map(len, labels)) + len(labels) > 254:
        return None
    return Question(labels, type_)
