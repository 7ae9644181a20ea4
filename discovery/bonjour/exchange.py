"""Hears the group and speaks to it at one place: what asking, verifying and publishing have in common."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Iterable
from contextlib import asynccontextmanager

from discovery.bonjour.hearing import HeardPacket, Hearing
from discovery.bonjour.restricted import PORT, Place
from discovery.bonjour.speaking import Speaker
from net.problems import make_problem
from net.records import Problem


class Exchange:
    """The passive socket of the group and the one that speaks; ``heard`` gets what reaches either."""

    def __init__(self, place: Place, heard: Callable[[HeardPacket], None], *, port: int = PORT) -> None:
        self.place = place
        self._hearing = Hearing(place, heard)
        self._speaker = Speaker(place, heard, port=port)

    def open(self) -> None:
        """Join and bind. Raises OSError, and then holds nothing."""
        self._hearing.open()
        try:
            self._speaker.open()
        except OSError:
            self._hearing.close()
            raise

    def send(self, payload: bytes) -> None:
        """See Speaker.send."""
        self._speaker.send(payload)

    def reply(self, payload: bytes, address: str, port: int) -> None:
        """See Speaker.reply."""
        self._speaker.reply(payload, address, port)

    def close(self) -> None:
        """Leave the group and give the port back; does nothing the second time."""
        self._hearing.close()
        self._speaker.close()


@asynccontextmanager
async def exchanges(
    places: Iterable[Place], heard: Callable[[HeardPacket], None], *, port: int = PORT
) -> AsyncIterator[tuple[list[Exchange], list[Problem]]]:
    """An Exchange at each place for the block, and a Problem ``ask_refused`` for each that the system refused."""
    opened: list[Exchange] = []
    problems: list[Problem] = []
    try:
        for place in places:
            exchange = Exchange(place, heard, port=port)
            try:
                exchange.open()
            except OSError as error:
                problems.append(refusal(place, error))
            else:
                opened.append(exchange)
        yield opened, problems
    finally:
        for exchange in opened:
            exchange.close()


def refusal(place: Place, error: OSError) -> Problem:
    """A question that the system did not let out, or whose answers it would not let in."""
    return make_problem("ask_refused", place.interface, error, family=place.family.replace("ip", "IP"))
