"""A mapping that cannot grow without bound."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Hashable, Iterator
from typing import Generic, TypeVar

KeyType = TypeVar("KeyType", bound=Hashable)
ValueType = TypeVar("ValueType")


class Bounded(Generic[KeyType, ValueType]):
    """At most ``limit`` entries: what was written longest ago is forgotten, and that is counted."""

    def __init__(self, limit: int) -> None:
        self.limit = limit
        self.forgotten = 0
        self._entries: OrderedDict[KeyType, ValueType] = OrderedDict()

    def get(self, key: KeyType) -> ValueType | None:
        """What stands under the key."""
        return self._entries.get(key)

    def put(self, key: KeyType, value: ValueType) -> None:
        """Write it, as the newest."""
        entries = self._entries
        entries[key] = value
        entries.move_to_end(key)
        if len(entries) > self.limit:
            entries.popitem(last=False)
            self.forgotten += 1

    def drop(self, key: KeyType) -> None:
        """Take it away, if it is there."""
        self._entries.pop(key, None)

    def items(self) -> Iterator[tuple[KeyType, ValueType]]:
        """The oldest first; entries may be dropped meanwhile."""
        yield from list(self._entries.items())

    def __contains__(self, key: object) -> bool:
        return key in self._entries

    def __len__(self) -> int:
        return len(self._entries)
