"""The window's line to a probe: starts it, keeps it running, and hands its lines to the watches they belong to."""

from __future__ import annotations

import logging
from collections import deque
from collections.abc import Callable
from enum import Enum
from time import monotonic

import msgspec
from PySide6.QtCore import QCoreApplication, QObject, QProcess, QTimer, Signal

from net.records import Problem
from probe.messages import Hello, Tell, decode_tell, encode_ask, encode_finish, encode_stop
from probe.places import PlaceError, asks_person, probe_command
from ui.lines import LineSplitter
from ui.text import visible

logger = logging.getLogger(__name__)

TURN_SECONDS = 0.008
"""Longest stretch of decoding before the event loop gets its turn: half a frame."""
RESTART_SECONDS = (0.2, 0.5, 1.0, 2.0, 5.0)
STEADY_SECONDS = 10.0
"""A probe that lived so long starts the delays afresh."""
STILLBORN_LIMIT = 5
"""Probes in a row that died without a word before the link gives up and asks the person."""
STDERR_LINES = 50
CLOSE_MS = (700, 500, 1000)
"""How long closing stdin, terminate and kill may take."""

translate = QCoreApplication.translate


class Phase(Enum):
    """How the link stands."""

    STARTING = "starting"
    CONNECTED = "connected"
    RESTARTING = "restarting"
    FAILED = "failed"
    CLOSED = "closed"


class LinkState(msgspec.Struct, frozen=True):
    """A phase, its sentence for people, and the probe's last words."""

    phase: Phase
    text: str = ""
    last_words: str = ""


class Watch(QObject):
    """One running question. It outlives the probe that answers it: a new probe is asked again.

    Signals:
        batch: tuple of records.
        problem: the Problem for which the watch ended.
        ended: the watch ended by itself, or after ``problem``.
        restarted: a new probe was asked; what comes next is its whole answer anew.
    """

    batch = Signal(object)
    problem = Signal(object)
    ended = Signal()
    restarted = Signal()

    def __init__(self, link: Link, method: str, request: msgspec.Struct, *, again: bool) -> None:
        super().__init__()
        self.method = method
        self.request = request
        self.again = again
        self.asked = False
        self._link: Link | None = link

    @property
    def open(self) -> bool:
        """Whether more may come."""
        return self._link is not None

    def stop(self) -> None:
        """End it; nothing is emitted after this returns. May be called again."""
        link, self._link = self._link, None
        if link is not None:
            link.forget(self)

    def finish(self) -> None:
        """Ask for its last words, after which it ends by itself. May be called again."""
        if self._link is not None and self.asked:
            self._link.finish(self)
        elif self._link is not None:
            self.stop()
            self.ended.emit()

    def close(self) -> None:
        """The link's side of an end."""
        self._link = None


class Link(QObject):
    """A probe at ``place`` and the watches open there.

    ``command``: the argument list to start instead of the place's own, or a function giving it (for tests).

    Signals:
        state_changed: LinkState.
        hello_received: the probe's Hello, each time one has started.
        garbled: text of a line that was not understood.
    """

    state_changed = Signal(object)
    hello_received = Signal(object)
    garbled = Signal(str)

    def __init__(
        self, place: str = "local", *, command: Callable[[], list[str]] | None = None, parent: QObject | None = None
    ) -> None:
        super().__init__(parent)
        self.place = place
        self.hello: Hello | None = None
        self.state = LinkState(Phase.CLOSED)
        self.stderr_lines: deque[str] = deque(maxlen=STDERR_LINES)
        self.garbled_count = 0
        self._command = command
        self._process: QProcess | None = None
        self._watches: dict[int, Watch] = {}
        self._last_identity = 0
        self._splitter = LineSplitter()
        self._failures = 0
        self._stillborn = 0
        self._started_at = 0.0
        self._ended = False
        self._turn = QTimer(self, singleShot=True, interval=0)
        self._turn.timeout.connect(self._drain)
        self._restart_timer = QTimer(self, singleShot=True)
        self._restart_timer.timeout.connect(self._start_process)

    def start(self) -> None:
        """Start the probe; failing to is told by ``state_changed``."""
        if self._process is None:
            self._failures = self._stillborn = 0
            self._restart_timer.stop()
            self._set_state(Phase.STARTING, translate("link", "Starting the probe on %1.").replace("%1", self.place))
            self._start_process()

    def watch(self, method: str, request: msgspec.Struct, *, again: bool = True) -> Watch:
        """Ask ``method``; the answer comes by the signals of the Watch returned.

        ``again``: ask anew if the probe dies. False for what must not happen twice, such as a send: such a watch then
        ends with a problem.
        """
        watch = Watch(self, method, request, again=again)
        self._ask(watch)
        return watch

    def forget(self, watch: Watch) -> None:
        """The watch was stopped: tell the probe, and drop its late lines from now on."""
        for identity, known in list(self._watches.items()):
            if known is watch:
                del self._watches[identity]
                self._write(encode_stop(identity))

    def finish(self, watch: Watch) -> None:
        """Ask the probe for the last words of that watch."""
        for identity, known in self._watches.items():
            if known is watch:
                self._write(encode_finish(identity))

    def close(self) -> None:
        """End the probe and wait for it: stdin closed, then terminate, then kill. May be called again."""
        self._restart_timer.stop()
        self._turn.stop()
        for watch in self._watches.values():
            watch.close()
        self._watches.clear()
        self._splitter.clear()
        process, self._process = self._process, None
        if process is not None:
            self._disconnect(process)
            _end(process)
            process.deleteLater()
        self._set_state(Phase.CLOSED)

    def _start_process(self) -> None:
        try:
            command = self._command() if self._command is not None else probe_command(self.place)
        except PlaceError as error:
            self._set_state(Phase.FAILED, translate("link", "%1 is not a known place.").replace("%1", str(error)))
            return
        self._ended = False
        self._started_at = monotonic()
        self._splitter.clear()
        self.hello = None
        process = QProcess(self)
        process.setProgram(command[0])
        process.setArguments(command[1:])
        process.readyReadStandardOutput.connect(self._read)
        process.readyReadStandardError.connect(self._read_errors)
        process.finished.connect(self._process_finished)
        process.errorOccurred.connect(self._process_failed)
        self._process = process
        process.start()
        open_watches, self._watches = list(self._watches.values()), {}
        for watch in open_watches:
            again = watch.asked
            self._ask(watch)
            if again:
                watch.restarted.emit()

    def _disconnect(self, process: QProcess) -> None:
        process.readyReadStandardOutput.disconnect(self._read)
        process.readyReadStandardError.disconnect(self._read_errors)
        process.finished.disconnect(self._process_finished)
        process.errorOccurred.disconnect(self._process_failed)

    def _ask(self, watch: Watch) -> None:
        if not watch.open:
            return
        self._last_identity += 1
        self._watches[self._last_identity] = watch
        watch.asked = watch.asked or self._process is not None
        self._write(encode_ask(self._last_identity, watch.method, watch.request))

    def _write(self, line: bytes) -> None:
        """Lines for a probe that is not there are not lost: its watches are asked when it starts."""
        if self._process is not None:
            self._process.write(line)

    def _read(self) -> None:
        if self._process is None:
            return
        self._splitter.feed(bytes(self._process.readAllStandardOutput().data()))
        for text in self._splitter.take_overlong():
            self._report_garbled(text)
        if not self._turn.isActive():
            self._drain()

    def _drain(self) -> None:
        """Dispatch what has come, for at most one turn; the rest waits for the next."""
        until = monotonic() + TURN_SECONDS
        while (line := self._splitter.next_line()) is not None:
            self._take(line)
            if monotonic() >= until:
                self._turn.start()
                return
        if self._ended:
            self._process_gone()

    def _take(self, line: bytes) -> None:
        if not line.strip():
            return
        try:
            tell = decode_tell(line)
        except msgspec.DecodeError as error:
            self._report_garbled(f"{error}: {line[:200].decode(errors='replace')}")
            return
        if tell.hello is not None:
            self._greeted(tell.hello)
            return
        watch = self._watches.get(tell.id)
        if watch is not None:
            self._dispatch(watch, tell)

    def _dispatch(self, watch: Watch, tell: Tell) -> None:
        if tell.batch:
            watch.batch.emit(tell.batch)
        if (tell.problem is not None or tell.end) and watch.open:
            self._watches.pop(tell.id, None)
            watch.close()
            if tell.problem is not None:
                watch.problem.emit(tell.problem)
            watch.ended.emit()

    def _greeted(self, hello: Hello) -> None:
        self.hello = hello
        self._stillborn = 0
        self._set_state(Phase.CONNECTED)
        self.hello_received.emit(hello)

    def _report_garbled(self, text: str) -> None:
        self.garbled_count += 1
        shown = visible(text, 300)
        logger.warning("probe %s: line not understood: %s", self.place, shown)
        self.garbled.emit(shown)

    def _read_errors(self) -> None:
        if self._process is None:
            return
        for line in bytes(self._process.readAllStandardError().data()).decode(errors="replace").splitlines():
            if line.strip():
                self.stderr_lines.append(visible(line))
                logger.info("probe %s: %s", self.place, visible(line))

    def _process_failed(self, error: QProcess.ProcessError) -> None:
        if error == QProcess.ProcessError.FailedToStart and self._process is not None:
            reason = self._process.errorString()
            self._process.deleteLater()
            self._process = None
            self._lose_what_must_not_happen_twice()
            text = translate("link", "The probe for %1 could not be started.").replace("%1", self.place)
            self._set_state(Phase.FAILED, text, visible(reason))

    def _process_finished(self) -> None:
        self._read_errors()
        self._read()
        self._ended = True
        if not self._turn.isActive():
            self._drain()

    def _process_gone(self) -> None:
        """All its lines are dispatched; start another after the delay that is due."""
        process, self._process = self._process, None
        if process is None:
            return
        process.deleteLater()
        if monotonic() - self._started_at >= STEADY_SECONDS:
            self._failures = 0
        self._stillborn = 0 if self.hello is not None else self._stillborn + 1
        self._lose_what_must_not_happen_twice()
        if self._stillborn >= (1 if asks_person(self.place) else STILLBORN_LIMIT):
            text = translate("link", "The probe on %1 ends before it says a word.").replace("%1", self.place)
            self._set_state(Phase.FAILED, text, self._last_words())
            return
        delay = RESTART_SECONDS[min(self._failures, len(RESTART_SECONDS) - 1)]
        self._failures += 1
        text = translate("link", "The probe on %1 ended; it is being started again. What was shown stays.")
        self._set_state(Phase.RESTARTING, text.replace("%1", self.place), self._last_words())
        self._restart_timer.start(round(delay * 1000))

    def _lose_what_must_not_happen_twice(self) -> None:
        lost = Problem(
            code="probe_lost",
            subject=self.place,
            text=translate("link", "The probe ended before it had finished this."),
            remedy=translate("link", "Look at what arrived, then try again."),
            evidence=self._last_words() or None,
        )
        for identity, watch in list(self._watches.items()):
            if not watch.again:
                del self._watches[identity]
                watch.close()
                watch.problem.emit(lost)
                watch.ended.emit()

    def _last_words(self) -> str:
        return self.stderr_lines[-1] if self.stderr_lines else ""

    def _set_state(self, phase: Phase, text: str = "", last_words: str = "") -> None:
        state = LinkState(phase, text, last_words)
        if state != self.state:
            self.state = state
            self.state_changed.emit(state)


def _end(process: QProcess) -> None:
    """Let it go by itself, then less politely; a probe leaves its groups when its stdin closes."""
    if process.state() == QProcess.ProcessState.NotRunning:
        return
    process.closeWriteChannel()
    if process.waitForFinished(CLOSE_MS[0]):
        return
    process.terminate()
    if process.waitForFinished(CLOSE_MS[1]):
        return
    process.kill()
    process.waitForFinished(CLOSE_MS[2])
