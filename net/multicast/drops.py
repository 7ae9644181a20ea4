"""Tells what this host dropped from what the network lost."""

from __future__ import annotations

import socket
from collections.abc import Collection, Hashable

import msgspec

from net.platform.options import OPTIONS
from net.records import Stream
from net.sockets import dropped

_COUNTER = 1 << 32
"""The kernel's counter has 32 bits."""


class Drops:
    """The drops of one socket after another, and how many of each stream's missing numbers they explain.

    Each datagram carries how many the socket had dropped before it was queued. A gap in a stream's numbers is explained
    by the drops since that stream's datagram before, as far as they go and are not used up by the gaps of others; for
    the only sender of a group this is exact.

    Drops before a stream's first datagram and after its newest leave no gap. As long as a group has had one sender
    only, they are that sender's; of several senders nobody can tell whose they are.

    Of a capture file the drops that stand with each packet are given as the counter they were taken from.
    """

    def __init__(self) -> None:
        self._ended = self._told = 0
        self._known = OPTIONS.so_rxq_ovfl is not None
        self._counted = 0
        self._unexplained = 0
        # While it is so, each stream's place in the socket's counter is kept; those not in it stand at the base.
        self._watching = False
        self._base = 0
        self._places: dict[Hashable, int] = {}
        self._here: dict[Hashable, int] = {}
        # Drops of which it is known whose they are.
        self._ascribed = 0
        # Beside the gaps: what was dropped of the first sender while it was the only one.
        self._beside: tuple[Hashable, int] | None = None

    @property
    def total(self) -> int | None:
        """Datagrams dropped since the beginning; None where the system does not tell."""
        return self._ended + max(self._told, self._counted) if self._known else None

    def read(self, sock: socket.socket | None) -> bool:
        """Ask the kernel; tells whether the total changed."""
        before = self.total
        told = dropped(sock) if sock is not None else None
        if told is not None:
            self.learn(told)
        return self.total != before

    def learn(self, told: int | None) -> None:
        """So many are said to have been dropped in all; None: that is not known."""
        self._known = told is not None
        self._told = told or 0

    def ended(self, sock: socket.socket) -> None:
        """The socket is about to be closed; the next one begins at zero."""
        self.read(sock)
        self._ended = self.total or 0
        self._told = self._counted = self._base = self._unexplained = 0
        self._watching = False
        self._places.clear()

    def matter(self, drops: int) -> bool:
        """Whether datagrams must be given to ``arrived``: the newest of them carries ``drops``."""
        if drops != self._counted and not self._watching:
            self._watching, self._base = True, self._counted
        return self._watching

    def arrived(self, source: Hashable, drops: int, gap: int) -> None:
        """A datagram carried ``drops``, and numbers before it, ``gap`` of them, did not come."""
        fresh = (drops - self._counted) % _COUNTER
        self._counted = drops
        self._unexplained += fresh
        since = (drops - self._places.get(source, self._base)) % _COUNTER
        self._places[source] = drops
        explained = min(gap, since, self._unexplained)
        if explained > 0:
            self._unexplained -= explained
            self._here[source] = self._here.get(source, 0) + explained
            self._ascribed += explained

    def settle(self, streams: Collection[Hashable]) -> None:
        """Stop watching once all ``streams`` have been heard since the newest drop."""
        if self._watching and all(self._places.get(source) == self._counted for source in streams):
            self._watching = False
            self._unexplained = 0
            self._places.clear()

    def no_longer_alone(self, source: Hashable) -> None:
        """``source`` was the only one until now: a datagram of another is about to be counted."""
        beside = self._ended + self._counted - self._here.get(source, 0)
        self._beside = (source, beside)
        self._ascribed += beside

    def told(self, source: Hashable, record: Stream, *, alone: bool = False) -> Stream:
        """``record`` with what was dropped here taken off what was lost; ``alone``: the group had no other sender.

        Of a sender to whom no drop can be ascribed it is unknown, unless all drops of the group are another's.
        """
        total = self.total
        if total is None:
            return record
        gaps = min(self._here.get(source, 0), record.lost or 0)
        here: int | None = total
        if not alone:
            here = gaps + (self._beside[1] if self._beside is not None and self._beside[0] == source else 0)
            if not here and total > self._ascribed:
                here = None
        lost = record.lost - gaps if record.lost is not None else None
        return msgspec.structs.replace(record, lost=lost, dropped_here=here)
