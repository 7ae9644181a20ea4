"""One place at which a service is announced: its sockets, the course of its claim, and its answers."""

from __future__ import annotations

import ipaddress
from collections import deque
from collections.abc import Callable, Collection

from discovery.bonjour.compose import compose
from discovery.bonjour.exchange import Exchange
from discovery.bonjour.hearing import HeardPacket
from discovery.bonjour.origin import networks_of
from discovery.bonjour.publisher.claim import Claim
from discovery.bonjour.publisher.packing import responses
from discovery.bonjour.publisher.publication import Publication
from discovery.bonjour.publisher.record_set import RecordSet, goodbye
from discovery.bonjour.publisher.responder import Choose, Responder
from discovery.bonjour.rdata import ANY
from discovery.bonjour.restricted import Place
from discovery.bonjour.wire import Question, ResourceRecord
from net.records import Interface

Heard = Callable[["Site", HeardPacket], None]


class Site:
    """Holds sockets from ``open`` to ``close``. What it sends is noted in ``sent``, to be known when it comes back.

    ``told`` are the records that the link was told and that were not withdrawn, whosever the names are by now.
    """

    def __init__(self, place: Place, interface: Interface, heard: Heard, sent: deque[bytes], choose: Choose) -> None:
        self.place = place
        self.told: dict[ResourceRecord, None] = {}
        self.addresses = tuple(address.address for address in interface.addresses)
        self.claim = Claim(choose)
        self._choose = choose
        self._sent = sent
        self.networks = networks_of(interface)
        self._exchange = Exchange(place, lambda packet: heard(self, packet))

    def open(self) -> None:
        """Raises OSError."""
        self._exchange.open()

    def claim_for(self, publication: Publication, now: float, pause: float = 0.0) -> None:
        """Probe for the names of ``publication``, with the addresses of this interface alone (RFC 6762 section 6.2).

        What was told and is no longer so is withdrawn; a refusal leaves it in ``told``.
        """
        own = tuple(ipaddress.ip_address(address.partition("%")[0]) for address in self.addresses)
        self.records = RecordSet(publication, own if publication.addresses is None else publication.addresses)
        self.responder = Responder(self.records, self.networks, self._choose)
        self._withdraw(self.told.keys() - {*self.records.shared, *self.records.unique})
        self.claim.begin(now, pause)

    @property
    def due(self) -> float | None:
        """When the next turn is."""
        times = [time for time in (self.claim.due, self.responder.due) if time is not None]
        return min(times, default=None)

    def turn(self, now: float) -> list[OSError]:
        """Send what is due; returns what the system refused."""
        step = self.claim.turn(now)
        refused: list[OSError] = []
        if step == "probe":
            refused += self._send(self._probe())
        elif step == "announce":
            answers = (*self.records.shared, *self.records.unique)
            self.told |= dict.fromkeys(answers)
            for payload in responses(answers, self.records.denials):
                refused += self._send(payload)
            self.responder.was_multicast((*answers, *self.records.denials), now)
        for outgoing in self.responder.turn(now):
            refused += self._send(outgoing.payload, outgoing.destination)
        return refused

    def say_goodbye(self) -> None:
        """Withdraw all that was told; a refusal leaves it in ``told``."""
        self._withdraw(self.told)

    def close(self) -> None:
        """Close the sockets; does nothing the second time."""
        self._exchange.close()

    def _probe(self) -> bytes:
        """RFC 6762 section 8.1: ANY for both names, with what is proposed in the authority section.

        To be answered by multicast, though section 8.1 advises unicast: a unicast answer reaches only one of the
        sockets that share the port on this host, another program's perhaps, and a conflict would be missed (15.1).
        """
        names = self.records.claimed
        return compose(
            questions=[Question(name, ANY) for name in names],
            authorities=[record for name in names for record in self.records.proposed(name)],
        )

    def _withdraw(self, records: Collection[ResourceRecord]) -> None:
        gone = [record for record in self.told if record in records]
        if not gone:
            return
        refused = [error for payload in responses(goodbye(gone)) for error in self._send(payload)]
        if not refused:
            for record in gone:
                del self.told[record]

    def _send(self, payload: bytes, destination: tuple[str, int] | None = None) -> list[OSError]:
        try:
            if destination is None:
                self._sent.append(payload)
                self._exchange.send(payload)
            else:
                self._exchange.reply(payload, *destination)
        except OSError as error:
            return [error]
        return []
