"""Browses the service types that are heard of, several by one zeroconf browser, and no longer than they are there."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable, Mapping
from math import inf
from typing import Final, NamedTuple

from zeroconf import Zeroconf
from zeroconf.asyncio import AsyncServiceBrowser

from discovery.bonjour.types import BrowsedType, well_known_subtypes
from net import tasks

EVERY: Final = 1.0
"""Seconds at least between two batches: who announces types without end does not decide how often is asked."""
MOST_AT_ONCE: Final = 100
"""New types in one batch."""
MOST_BATCHES: Final = 16
"""Each costs time with every packet; more are joined to one, but for the largest."""


class _Batch(NamedTuple):
    browser: AsyncServiceBrowser
    began_with: int
    keys: set[str]


class Batches:
    """The types that are browsed, by their names in lower case.

    A type that goes is forgotten at once, and asked for again when it returns. A browser of zeroconf is ended as soon
    as more than half of its types are gone; those that are left come into the next batch.
    """

    def __init__(self) -> None:
        self._batches: list[_Batch] = []
        self._ending: set[asyncio.Task[None]] = set()
        self._due = -inf
        self._waiting = False

    @property
    def waiting(self) -> bool:
        """Whether a type is to be browsed as soon as it is time for the next batch."""
        return self._waiting

    @property
    def keys(self) -> frozenset[str]:
        """The types that are browsed."""
        return frozenset().union(*(batch.keys for batch in self._batches))

    def turn(self, types: Mapping[str, str], zeroconf: Zeroconf, now: float) -> None:
        """Browse ``types`` (by key their names, ``_http._tcp``) and no others; ``now`` is monotonic."""
        for batch in self._batches:
            batch.keys.intersection_update(types)
        self._end([batch for batch in self._batches if not batch.keys])
        new = types.keys() - self.keys
        self._waiting = bool(new) and now < self._due
        if not new or self._waiting:
            return
        self._due = now + EVERY
        shrunk = [batch for batch in self._batches if 2 * len(batch.keys) < batch.began_with]
        if len(self._batches) - len(shrunk) >= MOST_BATCHES:
            shrunk = sorted(self._batches, key=lambda batch: len(batch.keys))[:-1]
        # In the order in which they were heard of, so that none waits for ever.
        taken = [key for key in types if key in new][:MOST_AT_ONCE]
        self._waiting = len(taken) < len(new)
        left = [key for batch in shrunk for key in batch.keys]
        self._end(shrunk)
        names = [name for key in (*taken, *left) for name in _names(types[key])]
        self._batches.append(_Batch(browse(zeroconf, names), len(taken) + len(left), {*taken, *left}))

    async def close(self) -> None:
        """End all browsers; does nothing the second time."""
        self._end(list(self._batches))
        for task in list(self._ending):
            await task

    def _end(self, batches: Iterable[_Batch]) -> None:
        for batch in batches:
            self._batches.remove(batch)
            task = tasks.start(batch.browser.async_cancel(), "end of browsing types")
            self._ending.add(task)
            task.add_done_callback(self._ending.discard)


def browse(zeroconf: Zeroconf, names: list[str]) -> AsyncServiceBrowser:
    """Let zeroconf ask for these PTR records, and again before they expire; it tells its other listeners of them."""
    return AsyncServiceBrowser(zeroconf, names, handlers=[_ignore])


def _names(base: str) -> Iterable[str]:
    return (BrowsedType(base).pointer, *(subtype.pointer for subtype in well_known_subtypes(base)))


def _ignore(**_: object) -> None:
    """zeroconf wants a handler; the updates of records tell more."""
