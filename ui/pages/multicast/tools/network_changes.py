"""Tells whether the network has changed since a result was taken: by the VPN watch, and by the interfaces."""

from __future__ import annotations

import time

from PySide6.QtCore import QObject, Signal

from net.records import Interface
from ui.pages.base import PageContext
from ui.pages.multicast.drift import Drift, drift_book


class NetworkChanges(QObject):
    """Looks from ``begin`` on; what changed before is of no account.

    Attributes:
        since: when the first change was seen, in seconds since the epoch; None while all is as it was.

    Signals:
        changed: ``since`` is set.
    """

    changed = Signal()

    def __init__(self, context: PageContext, parent: QObject) -> None:
        super().__init__(parent)
        self.since: float | None = None
        self._book = context.interfaces
        self._before: frozenset[object] | None = None
        self._book.changed.connect(self._look)
        drift_book(context.link).drifted.connect(self._drifted)

    def begin(self) -> None:
        """A result is taken from now on."""
        self.since = None
        self._before = self._standing()

    def _drifted(self, drifts: tuple[Drift, ...]) -> None:
        if drifts:
            self._note(drifts[0].change.time)

    def _look(self) -> None:
        if self._before is not None and self._standing() != self._before:
            self._note(time.time())

    def _note(self, moment: float) -> None:
        if self._before is not None and self.since is None:
            self.since = moment
            self.changed.emit()

    def _standing(self) -> frozenset[object]:
        return frozenset(map(_what_counts, self._book.by_name.values()))


def _what_counts(face: Interface) -> object:
    """What decides how multicast fares there. Of IPv6 only whether there is an address: temporary ones come and go."""
    ipv4 = tuple(address.address for address in face.addresses if address.family == "ipv4")
    ipv6 = any(address.family == "ipv6" for address in face.addresses)
    takes = (face.takes_multicast_v4, face.takes_multicast_v6, face.default_v4, face.default_v6)
    return (face.name, face.index, face.up, face.running, face.multicast, ipv4, ipv6, takes)
