"""Asks the probe for all it knows of the process whose row is current."""

from __future__ import annotations

from PySide6.QtCore import QObject, QTimer, Signal

from net.ports.records import Listener, ProcessDetails
from net.problems import make_problem
from net.records import Problem, Record, Removed
from net.requests import ProcessRequest
from ui.link import Link, Watch

PAUSE_MS = 150
"""A person who runs down the table with the arrow keys asks for none of the rows on the way."""
KEPT = 50

Process = tuple[int, float]


def process_of(listener: Listener) -> Process | None:
    """Its PID and when it began, which together are never used twice; None where one of them is not known."""
    if listener.pid is None or listener.started is None:
        return None
    return (listener.pid, listener.started)


class Processes(QObject):
    """What was learned of the processes looked at last.

    Signals:
        learned: more is known of the process that was wanted last.
    """

    learned = Signal()

    def __init__(self, link: Link, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._link = link
        self._known: dict[Process, ProcessDetails | Problem] = {}
        self._wanted: Process | None = None
        self._watch: Watch | None = None
        self._pause = QTimer(self, singleShot=True, interval=PAUSE_MS)
        self._pause.timeout.connect(self._ask)

    def of(self, listener: Listener) -> ProcessDetails | Problem | None:
        """What is known of its owner, or why nothing is; None while it is not known."""
        process = process_of(listener)
        return self._known.get(process) if process is not None else None

    def want(self, listener: Listener | None) -> None:
        """Learn of its owner soon, if that is not known."""
        process = process_of(listener) if listener is not None else None
        if process == self._wanted:
            return
        self._stop()
        self._wanted = process
        if process is not None and not isinstance(self._known.get(process), ProcessDetails):
            self._pause.start()

    def forget(self, pid: int) -> None:
        """It has been ended, or may have changed: learn of it anew when it is wanted."""
        for process in [process for process in self._known if process[0] == pid]:
            del self._known[process]
        if self._wanted is not None and self._wanted[0] == pid:
            self._wanted = None

    def close(self) -> None:
        """Ask nothing more."""
        self._stop()
        self._wanted = None

    def _ask(self) -> None:
        if self._wanted is None:
            return
        pid, started = self._wanted
        self._watch = self._link.watch("ports.process", ProcessRequest(pid=pid, started=started))
        self._watch.batch.connect(self._told)
        self._watch.problem.connect(self._failed)
        self._watch.ended.connect(self._stop)

    def _told(self, records: tuple[Record, ...]) -> None:
        for record in records:
            if isinstance(record, Problem) or (isinstance(record, ProcessDetails) and self._is_wanted(record)):
                self._put(record)
            elif isinstance(record, Removed) and self._wanted is not None:
                self._put(make_problem("process_ended", str(self._wanted[0])))

    def _is_wanted(self, process: ProcessDetails) -> bool:
        """What is ended later is what these details are about."""
        return self._wanted is not None and process.pid == self._wanted[0]

    def _failed(self, problem: Problem) -> None:
        self._put(problem)

    def _put(self, known: ProcessDetails | Problem) -> None:
        if self._wanted is None:
            return
        self._known.pop(self._wanted, None)
        self._known[self._wanted] = known
        while len(self._known) > KEPT:
            del self._known[next(iter(self._known))]
        self.learned.emit()

    def _stop(self) -> None:
        self._pause.stop()
        watch, self._watch = self._watch, None
        if watch is not None:
            watch.stop()
