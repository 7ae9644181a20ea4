"""Takes what was heard into the books in parts, so that the event loop has its turn: thousands may come at once."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable
from time import monotonic

from PySide6.QtCore import QObject, QTimer, Signal

from net.records import Record
from ui.pages.bonjour.book import ServiceBook
from ui.pages.bonjour.records import RecordBook

RECORDS_A_TURN = 200


class Intake(QObject):
    """``source`` is the watch the services come from.

    Signals:
        taken: a part is in the books; whether resource records were among it.
    """

    taken = Signal(bool)

    def __init__(self, book: ServiceBook, records: RecordBook, source: str, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._book = book
        self._records = records
        self._source = source
        self._waiting: deque[Record] = deque()
        self._more = QTimer(self, singleShot=True, interval=0)
        self._more.timeout.connect(self._take_part)

    def add(self, records: Iterable[Record]) -> None:
        """Some of it at once, the rest soon."""
        self._waiting.extend(records)
        self._take_part()

    def take_all(self) -> None:
        """All that waits, now."""
        while self._waiting:
            self._take_part()

    def clear(self) -> None:
        """Forget what waits."""
        self._waiting.clear()
        self._more.stop()

    def _take_part(self) -> None:
        part = [self._waiting.popleft() for _ in range(min(len(self._waiting), RECORDS_A_TURN))]
        self._book.take(self._source, part, monotonic())
        heard = self._records.take(part)
        for row in self._book.gone() if heard else ():
            self._book.explain(row.key, self._records.cause(row.service))
        self.taken.emit(heard)
        if self._waiting:
            self._more.start()
