"""The types browsed besides all that are listed: one watch each, so that a wrong one is refused by itself."""

from __future__ import annotations

from PySide6.QtCore import QObject, Signal

from discovery.requests import BrowseRequest
from net.records import Problem, Record
from ui.link import Link, Watch

MOST_TYPES = 8


class ExtraTypes(QObject):
    """The types in the order typed; ``ask`` opens their watches and ``stop`` closes them.

    Signals:
        batch: the type and the tuple of records that its watch told.
        refused: the type and the Problem for which it cannot be browsed; it is dropped already.
        restarted: the type whose watch is answered from the start by a new probe.
    """

    batch = Signal(str, object)
    refused = Signal(str, object)
    restarted = Signal(str)

    def __init__(self, link: Link, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._link = link
        self._watches: dict[str, Watch | None] = {}
        self._interfaces: tuple[str, ...] = ()
        self._quiet = False
        self._asking = False

    @property
    def types(self) -> tuple[str, ...]:
        return tuple(self._watches)

    def add(self, text: str) -> bool:
        """Browse that type too, at once if the others are; False where there are too many or it is one of them."""
        if text in self._watches or len(self._watches) >= MOST_TYPES:
            return False
        self._watches[text] = self._open(text) if self._asking else None
        return True

    def drop(self, text: str) -> None:
        """Browse it no more."""
        watch = self._watches.pop(text, None)
        if watch is not None:
            watch.stop()

    def ask(self, interfaces: tuple[str, ...], *, quiet: bool = False) -> None:
        """Ask for all of them on those interfaces, anew if they were asked for; ``quiet``: without sending."""
        self.stop()
        self._asking = True
        self._interfaces, self._quiet = interfaces, quiet
        for text in self._watches:
            self._watches[text] = self._open(text)

    def stop(self) -> None:
        """Rest; the types stay."""
        self._asking = False
        for text, watch in self._watches.items():
            if watch is not None:
                watch.stop()
            self._watches[text] = None

    def _open(self, text: str) -> Watch:
        request = BrowseRequest(types=(text,), interfaces=self._interfaces, quiet=self._quiet)
        watch = self._link.watch("bonjour.browse", request)
        watch.batch.connect(lambda records: self._heard(text, records))
        watch.problem.connect(lambda problem: self._failed(text, problem))
        watch.restarted.connect(lambda: self.restarted.emit(text))
        return watch

    def _heard(self, text: str, records: tuple[Record, ...]) -> None:
        self.batch.emit(text, records)

    def _failed(self, text: str, problem: Problem) -> None:
        """What is wrong with the type is told here; what is wrong with the interfaces the main watch tells, too."""
        if problem.code == "service_type_invalid":
            self.drop(text)
            self.refused.emit(text, problem)
