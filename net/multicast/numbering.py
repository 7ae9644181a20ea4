"""Counts the packets of a stream by the numbers in their payloads, run by run."""

from __future__ import annotations

from collections.abc import Sequence

from net.multicast.jitter import Jitter
from net.multicast.payloads.format import Format, Reading
from net.multicast.room import Room
from net.multicast.sequence import Counts, Numbers
from net.multicast.strip import Strip

MAX_RUNS = 64
"""Runs or flows of one stream told apart at a time; of more, the one not heard for longest is forgotten."""
ALIVE = 8
"""A run after which another began, and that has come back so often, goes on beside it: that was no restart."""


class _Run:
    """The numbers of a run, and of its last packet the transit time."""

    __slots__ = ("returns", "sequence", "succeeded", "transit")

    def __init__(self, sequence: Numbers) -> None:
        self.sequence = sequence
        self.transit: float | None = None
        self.succeeded = False
        self.returns = 0


class Numbering:
    """Reads payloads by ``form`` and adds to ``counts``; ``strips``: whether to keep the strip of the last numbers.

    The gaps of its runs are taken from ``room``.
    """

    __slots__ = (
        "_clock", "_form", "_heard", "_read", "_room", "_run", "_runs", "_sequence", "_strips", "counts", "jitter",
    )  # fmt: skip

    def __init__(self, form: Format, counts: Counts, *, strips: bool, room: Room | None = None) -> None:
        self.counts = counts
        self._room = room if room is not None else Room()
        self.jitter = Jitter()
        self._form = form
        self._read = form.read
        self._clock = form.clock
        self._strips = strips
        self._runs: dict[int | bytes, _Run] = {}
        self._heard: int | bytes | None = None
        self._run = self._new_run(whole=form.from_first)
        self._sequence = self._run.sequence

    def count(self, time: float, payload: bytes) -> bool:
        """Take a packet received at ``time`` into account; False if the payload is not of the format."""
        reading = self._read(payload)
        if reading is None:
            return False
        self.take(time, reading)
        return True

    def take(self, time: float, reading: Reading) -> None:
        """Take a packet into account that was read already."""
        run, number, sent = reading
        if run != self._heard:
            self._switch(run)
        self._sequence.count(number, sent if self._clock else None)
        if sent is not None:
            self.jitter.transits.append(time - sent)

    def count_batch(self, times: Sequence[float], payloads: Sequence[bytes]) -> int:
        """Take packets into account as ``count`` does; returns how many are not of the format."""
        read, clock, transits, heard, judge = (
            self._read, self._clock, self.jitter.transits, self._heard, self._sequence.count,
        )  # fmt: skip
        foreign = 0
        for time, payload in zip(times, payloads, strict=True):
            reading = read(payload)
            if reading is None:
                foreign += 1
                continue
            run, number, sent = reading
            if run != heard:
                self._switch(run)
                heard, judge = run, self._sequence.count
            if sent is None:
                judge(number)
            else:
                judge(number, sent if clock else None)
                transits.append(time - sent)
        return foreign

    def release(self) -> None:
        """Give back the room of all runs: nothing is counted any more."""
        for run in {self._run, *self._runs.values()}:
            run.sequence.release()

    def settle(self) -> None:
        """Bring the jitter up to date; to be called now and then."""
        self.jitter.settle()

    def strip(self) -> str | None:
        """The last numbers of the longest flow, None where no strips are kept."""
        strips = [run.sequence.strip for run in self._runs.values() if run.sequence.strip is not None]
        return max(strips, key=len).text() if strips else None

    def _new_run(self, *, whole: bool, strip: Strip | None = None) -> _Run:
        if strip is None and self._strips:
            strip = Strip()
        form = self._form
        sequence = Numbers(
            self.counts,
            modulus=form.modulus,
            first=form.first,
            whole=whole,
            unique=form.unique,
            strip=strip,
            room=self._room,
        )
        return _Run(sequence)

    def _switch(self, run: int | bytes) -> None:
        before, known = self._run, self._runs.pop(run, None)
        if known is None:
            known = before if self._heard is None else self._succeed(before)
        elif known.succeeded:
            known.returns += 1
            if known.returns == ALIVE:
                known.succeeded = False
                self.counts.restarts -= 1
        if len(self._runs) >= MAX_RUNS:
            self._runs.pop(next(iter(self._runs))).sequence.release()
        self._runs[run] = self._run = known
        self._heard = run
        self._sequence = known.sequence
        before.transit = self.jitter.go_on_from(known.transit)

    def _succeed(self, before: _Run) -> _Run:
        if self._form.parallel:
            return self._new_run(whole=False)
        before.succeeded = True
        self.counts.restarts += 1
        return self._new_run(whole=True, strip=before.sequence.strip)
