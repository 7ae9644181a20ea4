"""The heads of the Bonjour table: by which of their facts services are grouped, and what stands before each group."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from enum import Enum

from discovery.records import ServiceType
from net.records import Key
from ui.pages.bonjour.rows import HeadRow, HostRow, Line, ServiceRow, State, TypeRow, head_of, host_key, type_key


class Grouping(Enum):
    """What services stand together by; nothing, where the table is flat."""

    TYPE = "type"
    HOST = "host"
    NONE = "flat"

    def head_key(self, line: Line) -> Key | None:
        """The key of the head of a line, of a head its own; None where there are no heads."""
        if not isinstance(line, ServiceRow):
            return line.key
        if self is Grouping.TYPE:
            return line.head.key
        return host_key(line.service.host) if self is Grouping.HOST else None

    def order(self, line: Line) -> tuple[object, ...]:
        """The sort key of a line's group: types by their plain names, those with no service last; hosts by name, those
        not heard yet last."""
        if self is Grouping.NONE:
            return ()
        if self is Grouping.TYPE and not isinstance(line, HostRow):
            return (isinstance(line, TypeRow) and not line.alive + line.gone, *line.head.order)
        key = self.head_key(line)
        return (not key.name, key.name) if key is not None else ()


class Heads:
    """Which services stand behind which head. ``rows`` are those of the book, kept by the caller."""

    def __init__(self, rows: dict[Key, ServiceRow]) -> None:
        self.by = Grouping.TYPE
        self.types: dict[Key, ServiceType] = {}
        self._rows = rows
        self._members: dict[Key, set[Key]] = {}
        self._due: set[Key] = set()
        self._shown: set[Key] = set()

    def group_by(self, by: Grouping) -> None:
        """Group anew; all heads of before are to be taken away by who shows them, and the new ones are due."""
        self.by = by
        self._members, self._shown = {}, set()
        for row in self._rows.values():
            self._join(row)
        self._due = set(self._members) | (set(self.types) if by is Grouping.TYPE else set())

    def put(self, before: ServiceRow | None, row: ServiceRow) -> None:
        """A service is there or is another now."""
        head = self._join(row)
        if before is None:
            self._note(head)
            return
        earlier = self.by.head_key(before)
        if earlier != head:
            self._leave(before.key, earlier)
        if earlier != head or self._differs(before, row):
            self._note(head)

    def drop(self, row: ServiceRow) -> None:
        """A service is no more."""
        self._leave(row.key, self.by.head_key(row))

    def put_type(self, record: ServiceType) -> None:
        """A type is listed."""
        key = type_key(record.type)
        self.types[key] = record
        self._note_type(key)

    def drop_type(self, name: str) -> None:
        """A type is listed no more."""
        self.types.pop(type_key(name), None)
        self._note_type(type_key(name))

    def forget_types(self) -> None:
        """Nothing is listed."""
        for key in list(self.types):
            self._note_type(key)
        self.types.clear()

    def changes(self, is_closed: Callable[[Key], bool]) -> tuple[list[tuple[Key, Line]], list[Key]]:
        """The heads to show and the keys of those to take away since the last call."""
        put: list[tuple[Key, Line]] = []
        drop: list[Key] = []
        for key in self._due:
            line = self.head(key, closed=is_closed(key))
            if line is not None:
                put.append((key, line))
                self._shown.add(key)
            elif key in self._shown:
                drop.append(key)
                self._shown.discard(key)
        self._due = set()
        return put, drop

    def head(self, key: Key, *, closed: bool = False) -> HeadRow | None:
        """The head of that key: of a type that is listed or has services, of a host that has services."""
        members = self.members(key)
        known = self.types.get(key) if self.by is Grouping.TYPE else None
        if known is None and not members:
            return None
        gone = sum(row.state is State.GONE for row in members)
        alive = len(members) - gone
        if self.by is Grouping.HOST:
            return HostRow(
                key, members[0].service.host, alive, gone, _union(row.service.addresses for row in members),
                _union(row.service.interfaces for row in members), closed,
            )  # fmt: skip
        name = known.type if known is not None else members[0].head.type
        return TypeRow(head_of(name), alive, gone, known.interfaces if known is not None else (), closed)

    def members(self, key: Key) -> list[ServiceRow]:
        """The services behind the head of that key, in the order of their names."""
        rows = (self._rows[member] for member in self._members.get(key, ()))
        return sorted(rows, key=lambda row: (row.order, row.head.order))

    def _differs(self, before: ServiceRow, row: ServiceRow) -> bool:
        """Whether a head shows something else for it."""
        if (before.state is State.GONE) != (row.state is State.GONE):
            return True
        one, other = before.service, row.service
        places = one.addresses != other.addresses or one.interfaces != other.interfaces
        return self.by is Grouping.HOST and places

    def _join(self, row: ServiceRow) -> Key | None:
        head = self.by.head_key(row)
        if head is not None:
            self._members.setdefault(head, set()).add(row.key)
        return head

    def _leave(self, key: Key, head: Key | None) -> None:
        if head is None or head not in self._members:
            return
        self._members[head].discard(key)
        if not self._members[head]:
            del self._members[head]
        self._note(head)

    def _note(self, head: Key | None) -> None:
        if head is not None:
            self._due.add(head)

    def _note_type(self, key: Key) -> None:
        if self.by is Grouping.TYPE:
            self._due.add(key)


def _union(many: Iterable[tuple[str, ...]]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(each for some in many for each in some))
