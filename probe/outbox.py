"""What one watch has to say while the pipe is busy: bounded, and with everything left out counted."""

from __future__ import annotations

import asyncio
from collections import deque

from net.records import Key, Problem, Record, Skipped

EVENTS_KEPT = 200
"""Events (records without key) handed on in one batch; of more, the newest."""
WHOLE_EVENTS_KEPT = 1000
"""As many where the watch waits for each batch to be handed on: a file is not read at the pace of a network."""


class Outbox:
    """Gathers the records of a watch until they can be written.

    Of a keyed record only the newest state is kept, at the place of the first, so that a row appears before it is
    removed. Events are kept in order; beyond ``events_kept`` the oldest make way and are counted by kind.
    """

    def __init__(self, events_kept: int = EVENTS_KEPT) -> None:
        self.events_kept = events_kept
        self._keyed: dict[Key, Record] = {}
        self._events: deque[Record] = deque()
        self._skipped: dict[str, int] = {}
        self._emptied = asyncio.Event()
        self.closed = False
        self.problem: Problem | None = None

    def add(self, batch: tuple[Record, ...]) -> None:
        """Take records over."""
        self._emptied.clear()
        for record in batch:
            key = record.key()
            if key is not None:
                self._keyed[key] = record
            elif isinstance(record, Skipped):
                self._skip(record.of, record.count)
            else:
                self._events.append(record)
                if len(self._events) > self.events_kept:
                    oldest = self._events.popleft()
                    self._skip(str(oldest.__struct_config__.tag), 1)

    def take(self) -> tuple[Record, ...]:
        """Hand over what was gathered."""
        self._emptied.set()
        if not (self._keyed or self._events or self._skipped):
            return ()
        skipped = (Skipped(of=kind, count=count) for kind, count in self._skipped.items())
        batch = (*self._keyed.values(), *self._events, *skipped)
        self._keyed, self._events, self._skipped = {}, deque(), {}
        return batch

    async def emptied(self) -> None:
        """Wait until what was added has been handed over."""
        await self._emptied.wait()

    def close(self, problem: Problem | None) -> None:
        """Nothing more will come; ``problem`` says why, None that the watch ended by itself."""
        self.closed, self.problem = True, problem

    def _skip(self, kind: str, count: int) -> None:
        self._skipped[kind] = self._skipped.get(kind, 0) + count
