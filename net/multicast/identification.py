"""Finds out by which format the payloads of a stream are numbered."""

from __future__ import annotations

from net.multicast.payloads.format import Format, Reading
from net.multicast.payloads.registry import candidates

PATIENCE = 64
"""Packets for which a format may stay unproved."""


class _Candidate:
    """A format that every payload since ``packets`` began has fitted."""

    __slots__ = ("format", "packets", "proofs", "reading")

    def __init__(self, form: Format, reading: Reading, packet: tuple[float, bytes]) -> None:
        self.format = form
        self.reading = reading
        self.proofs = 1
        self.packets = [packet]

    def goes_on(self, packet: tuple[float, bytes]) -> bool:
        """Whether the payload fits; the proof grows if it shows so."""
        reading = self.format.read(packet[1])
        fits = reading is not None and self.format.fits(self.reading, reading)
        if reading is None or fits is False or len(self.packets) >= PATIENCE:
            return False
        if fits:
            self.proofs += 1
            self.reading = reading
        self.packets.append(packet)
        return True


class Identification:
    """Fed with the packets of a stream until one format is proved."""

    __slots__ = ("_candidates",)

    def __init__(self) -> None:
        self._candidates: list[_Candidate] = []

    @property
    def hopeful(self) -> bool:
        """Whether a format fits so far."""
        return bool(self._candidates)

    def look(self, time: float, payload: bytes) -> tuple[Format, list[tuple[float, bytes]]] | None:
        """The format, once it is proved, and all packets that belong to it, this one being the last."""
        packet = (time, bytes(payload))
        self._candidates = [each for each in self._candidates if each.goes_on(packet)]
        known = {each.format.name for each in self._candidates}
        for form in candidates(payload):
            if form.name not in known:
                reading = form.read(packet[1])
                if reading is not None:
                    self._candidates.append(_Candidate(form, reading, packet))
        for each in self._candidates:
            if each.proofs >= each.format.proof:
                self._candidates = []
                return each.format, each.packets
        return None
