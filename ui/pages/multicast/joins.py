"""A group joined on an interface: its watch, how the join stands, and everything received, from ask to clearing."""

from __future__ import annotations

from enum import Enum
from time import monotonic
from typing import NamedTuple

from PySide6.QtCore import QObject, Signal

from net.records import Joined, Problem, Reception, Record, Stream
from ui.link import Watch
from ui.pages.multicast.join_options import JoinOptions
from ui.pages.multicast.tally import Tally
from ui.pages.multicast.target import endpoint

NOTES = frozenset({"mac_shared"})
"""Problems that are good to know and trouble no join."""
VANISHED = "interface_vanished"
"""The problem that is over as soon as the kernel lists the join again."""


class JoinKey(NamedTuple):
    """What there is one row of: a group and port on an interface."""

    group: str
    port: int
    interface: str

    @property
    def endpoint(self) -> str:
        return endpoint(self.group, self.port)


class Phase(Enum):
    """How a join stands with the probe; what the kernel says of it is in ``Join.joined``.

    RECORDED is no join: it stands for what a capture file holds of a group.
    """

    ASKED = "asked"
    JOINED = "joined"
    LOST = "lost"
    REFUSED = "refused"
    LEFT = "left"
    RECORDED = "recorded"


class Join(QObject):
    """Outlives the watches that join it, so that nothing collected is lost when it is left or the probe dies.

    Attributes:
        options: how it was asked for last.
        joined: the newest word of the probe about the join, None before the first.
        problem: why it was refused, or what troubles it.
        note: what is good to know and no trouble.
        asked_at: when it was asked last, on the clock of ``monotonic``.
        tally: what was received.

    Signals:
        state_changed: the join stands otherwise now; carries this object.
        counted: more was received; carries this object.
    """

    state_changed = Signal(object)
    counted = Signal(object)

    def __init__(self, key: JoinKey, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.key = key
        self.options = JoinOptions()
        self.phase = Phase.ASKED
        self.joined: Joined | None = None
        self.problem: Problem | None = None
        self.note: Problem | None = None
        self.tally = Tally()
        self.asked_at = monotonic()
        self.watch: Watch | None = None

    @property
    def active(self) -> bool:
        """Whether it is joined, or will be as soon as the probe answers."""
        return self.phase not in (Phase.REFUSED, Phase.LEFT, Phase.RECORDED)

    def follow(self, watch: Watch) -> None:
        """A watch was opened that joins; its counts begin at zero."""
        self.watch = watch
        watch.batch.connect(self._hear)
        watch.problem.connect(self._refused)
        watch.restarted.connect(self._ask_anew)
        self._ask_anew()

    def take_recorded(self, record: Reception | Stream) -> None:
        """What a capture file tells of it."""
        self.phase = Phase.RECORDED
        self.tally.take(record, monotonic())
        self.tally.last_seen = None
        self.state_changed.emit(self)

    def left(self) -> None:
        """The watch was stopped."""
        self.watch = None
        self._end(Phase.LEFT)

    def lost(self) -> None:
        """The probe is gone; the link asks the next one."""
        if self.active:
            self._end(Phase.LOST)

    def _ask_anew(self) -> None:
        self.tally.begin_anew()
        self.joined = None
        self.problem = self.note = None
        self.asked_at = monotonic()
        self._set_phase(Phase.ASKED)

    def _refused(self, problem: Problem) -> None:
        self.watch = None
        self.problem = problem
        self._end(Phase.REFUSED)

    def _end(self, phase: Phase) -> None:
        self.tally.begin_anew()
        self._set_phase(phase)

    def _hear(self, records: tuple[Record, ...]) -> None:
        now = monotonic()
        counted = False
        stands = (self.phase, self.joined, self.problem, self.note)
        listed = False
        for record in records:
            if isinstance(record, Reception | Stream):
                self.tally.take(record, now)
                counted = True
            elif isinstance(record, Joined):
                self.joined, self.phase = record, Phase.JOINED
                listed = bool(record.in_kernel)
            elif isinstance(record, Problem) and record.code in NOTES:
                self.note = record
            elif isinstance(record, Problem):
                self.problem = record
        if listed and self.problem is not None and self.problem.code == VANISHED:
            self.problem = None
        if (self.phase, self.joined, self.problem, self.note) != stands:
            self.state_changed.emit(self)
        elif counted:
            self.counted.emit(self)

    def _set_phase(self, phase: Phase) -> None:
        self.phase = phase
        self.state_changed.emit(self)
