"""The log of changes in the window: every entry since the Interfaces page was first shown."""

from __future__ import annotations

from typing import NamedTuple

from PySide6.QtCore import QObject, Signal

from net.multicast.records import NetworkChange
from net.multicast.requests import ChangesRequest
from net.records import Problem, Record
from ui.link import Link

KEPT = 5000


class Entry(NamedTuple):
    """A change; ``number`` counts up, also over a probe that was restarted."""

    number: int
    change: NetworkChange


class ChangeBook(QObject):
    """Watches for as long as the window looks from one place; get it by ``change_book``.

    Attributes:
        entries: oldest first, the newest 5,000.
        problem: what ended the watch, if something did.

    Signals:
        told: tuple of new Entries.
        failed: the watch ended, by ``problem``.
    """

    told = Signal(object)
    failed = Signal()

    def __init__(self, link: Link) -> None:
        super().__init__(link)
        self.entries: list[Entry] = []
        self.problem: Problem | None = None
        self._link = link
        self.ask()

    def ask(self) -> None:
        """Watch, or watch again after a problem."""
        self.problem = None
        watch = self._link.watch("changes.watch", ChangesRequest())
        watch.batch.connect(self.take)
        watch.problem.connect(self._failed)

    def take(self, records: tuple[Record, ...]) -> None:
        """A batch of the watch."""
        first = self.entries[-1].number + 1 if self.entries else 1
        changes = (record for record in records if isinstance(record, NetworkChange))
        fresh = tuple(Entry(number, change) for number, change in enumerate(changes, start=first))
        if fresh:
            self.entries = [*self.entries, *fresh][-KEPT:]
            self.told.emit(fresh)

    def _failed(self, problem: Problem) -> None:
        self.problem = problem
        self.failed.emit()


def change_book(link: Link) -> ChangeBook:
    """The one of that link."""
    book = link.findChild(ChangeBook)
    return book if isinstance(book, ChangeBook) else ChangeBook(link)
