"""One send from one interface or several: its watches, how far it is, and what was refused."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

import msgspec
from PySide6.QtCore import QObject, Signal

from net.records import Problem, Record, Sent, Summary
from net.requests import SendRequest
from ui.link import Link, Watch

LOUD_PACKETS_PER_S = 10_000
"""Above this a send can hold up everybody on the network, so it is confirmed first."""


@dataclass
class Leg:
    """The send from one interface. The rates are achieved: within the last second, and at the end those of all of it.

    ``over``: nothing more comes.
    """

    interface: str
    watch: Watch
    sent: int = 0
    packets_per_s: float | None = None
    bits_per_s: float | None = None
    source: str = ""
    problems: list[Problem] = field(default_factory=list)
    over: bool = False


class Sending(QObject):
    """Sends once; a probe that dies does not send again.

    Signals:
        changed: further along, refused, or over.
    """

    changed = Signal()

    def __init__(self, link: Link, request: SendRequest, interfaces: Sequence[str], parent: QObject) -> None:
        super().__init__(parent)
        self.request = request
        self.stopped = False
        self.legs = [self._open(link, request, name) for name in interfaces]

    @property
    def over(self) -> bool:
        return all(leg.over for leg in self.legs)

    @property
    def sent(self) -> int:
        """Datagrams so far, from all interfaces."""
        return sum(leg.sent for leg in self.legs)

    @property
    def wanted(self) -> int:
        return (self.request.count or 0) * len(self.legs)

    @property
    def achieved(self) -> tuple[float, float] | None:
        """Packets/s and bits/s of payload from all interfaces; None where that is not known."""
        known = [(leg.packets_per_s, leg.bits_per_s or 0.0) for leg in self.legs if leg.packets_per_s is not None]
        if not known:
            return None
        return sum(packets for packets, _ in known), sum(bits for _, bits in known)

    @property
    def problems(self) -> list[tuple[str, Problem]]:
        """Each refusal, with the interface it is about."""
        return [(leg.interface, problem) for leg in self.legs for problem in leg.problems]

    @property
    def unconfirmed(self) -> bool:
        """Whether the probe asks for the confirmation of so high a rate, and has sent nothing."""
        codes = {problem.code for _, problem in self.problems}
        return not self.sent and codes == {"rate_needs_confirmation"}

    def stop(self) -> None:
        """Send no more. May be called again."""
        if not self.over:
            self.stopped = True
            for leg in self.legs:
                leg.watch.stop()
                leg.over = True
            self.changed.emit()

    def _open(self, link: Link, request: SendRequest, interface: str) -> Leg:
        watch = link.watch("multicast.send", msgspec.structs.replace(request, interface=interface), again=False)
        leg = Leg(interface, watch)
        watch.batch.connect(lambda records: self._hear(leg, records))
        watch.problem.connect(leg.problems.append)
        watch.ended.connect(lambda: self._over(leg))
        return leg

    def _hear(self, leg: Leg, records: tuple[Record, ...]) -> None:
        for record in records:
            if isinstance(record, Sent):
                leg.sent, leg.source = record.sent, record.source
                leg.packets_per_s, leg.bits_per_s = record.packets_per_s, record.bits_per_s
            elif isinstance(record, Summary):
                leg.sent = record.sent if record.sent is not None else leg.sent
                leg.packets_per_s, leg.bits_per_s = record.packets_per_s, record.bits_per_s
                leg.problems += record.problems
            elif isinstance(record, Problem):
                leg.problems.append(record)
        self.changed.emit()

    def _over(self, leg: Leg) -> None:
        leg.over = True
        self.changed.emit()
