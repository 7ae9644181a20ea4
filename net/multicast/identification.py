"""Finds out by which format the payloads of a stream are numbered."""

from __future__ import annotations

from typing import NamedTuple

from net.multicast.payloads.format import Format, Reading
from net.multicast.payloads.registry import candidates
from net.multicast.room import Room

PATIENCE = 64
"""Packets for which a format may stay unproved."""
FEW = 8
"""Readings kept for a format also where the streams together have no room left; more than any needs as proof."""


class Fitting(NamedTuple):
    """A packet that fitted: ``cells`` is its payload where the format counts cells, which its reading does not hold."""

    time: float
    reading: Reading
    cells: bytes


class _Candidate:
    """A format that every payload since ``packets`` began has fitted."""

    __slots__ = ("format", "packets", "proofs", "reading")

    def __init__(self, form: Format, time: float, reading: Reading, payload: bytes) -> None:
        self.format = form
        self.reading = reading
        self.proofs = 1
        self.packets: list[Fitting] = []
        self._keep(time, reading, payload)

    def goes_on(self, time: float, payload: bytes) -> bool:
        """Whether the payload fits; the proof grows if it shows so."""
        reading = self.format.read(payload)
        fits = reading is not None and self.format.fits(self.reading, reading)
        if reading is None or fits is False or len(self.packets) >= PATIENCE:
            return False
        if fits:
            self.proofs += 1
            self.reading = reading
        self._keep(time, reading, payload)
        return True

    def _keep(self, time: float, reading: Reading, payload: bytes) -> None:
        # A format of cells is proved by few and short ones, or by the first.
        self.packets.append(Fitting(time, reading, payload if self.format.counts_cells else b""))


class Identification:
    """Fed with the packets of a stream until one format is proved; what it keeps of them is taken from ``room``."""

    __slots__ = ("_candidates", "_room")

    def __init__(self, room: Room | None = None) -> None:
        self._candidates: list[_Candidate] = []
        self._room = room if room is not None else Room()

    def look(self, time: float, payload: bytes) -> tuple[Format, list[Fitting]] | None:
        """The format, once it is proved, and all packets that belong to it, this one being the last."""
        self._go_on(time, payload)
        known = {each.format.name for each in self._candidates}
        for form in candidates(payload):
            if form.name not in known:
                reading = form.read(payload)
                if reading is not None:
                    self._candidates.append(_Candidate(form, time, reading, payload))
                    self._room.readings -= 1
        for each in self._candidates:
            if each.proofs >= each.format.proof:
                self.forget()
                return each.format, each.packets
        return None

    def forget(self) -> None:
        """Begin anew with the next packet."""
        self._room.readings += sum(len(each.packets) for each in self._candidates)
        self._candidates = []

    def _go_on(self, time: float, payload: bytes) -> None:
        still = []
        for each in self._candidates:
            room = self._room.readings > 0 or len(each.packets) < FEW
            if room and each.goes_on(time, payload):
                self._room.readings -= 1
                still.append(each)
            else:
                self._room.readings += len(each.packets)
        self._candidates = still
