"""Takes the steps on one interface: joins, asks all by multicast, asks for unicast, and asks single hosts."""

from __future__ import annotations

import asyncio
import os
import secrets
import time
from collections.abc import Callable
from contextlib import suppress

from discovery.bonjour.compose import compose
from discovery.bonjour.hearing import HeardPacket, Hearing
from discovery.bonjour.ladder.facts import MOST_HOSTS, Facts, Obstacle, Reached, Refusal, Step
from discovery.bonjour.ladder.reaching import META, neighbours, reach, targets
from discovery.bonjour.ladder.rungs import passed
from discovery.bonjour.places import by_design, places_of
from discovery.bonjour.questions import answers_to
from discovery.bonjour.rdata import PTR
from discovery.bonjour.restricted import GROUPS, PORT, Place
from discovery.bonjour.speaking import Speaker, speaking_from
from discovery.bonjour.wire import Question, decode
from net.memberships import snapshot as groups_joined
from net.records import Family, Interface

AGAIN = 1.0
"""Seconds after which a question that was not answered is asked once more (RFC 6762 section 5.2)."""
_META = Question(META, PTR, False)
_TO_ALL = compose(questions=(_META,))
_TO_ALL_QU = compose(questions=(Question(META, PTR, True),))


class Climb:
    """``facts`` grow while ``run`` runs; ``tell`` is called whenever they did.

    ``own`` are the addresses of this host without scope, ``named`` a host that should be heard.
    """

    def __init__(
        self, face: Interface, own: frozenset[str], named: str | None, seconds: float, tell: Callable[[], None]
    ) -> None:
        self.face = face
        self.facts = Facts(interface=face.name, seconds=seconds)
        self._own = own
        self._named = named
        self._tell = tell
        self._news = asyncio.Event()
        self._hearings: list[Hearing] = []
        self._speakers: list[Speaker] = []
        self._legacy: list[Speaker] = []
        self._legacy_payload = compose(id=secrets.randbelow(0xFFFF) + 1, questions=(_META,))
        self._began: dict[Step, float] = {}

    async def run(self) -> None:
        """All steps; the sockets are closed at the end."""
        try:
            self._begin("interface")
            self.facts.addresses = tuple(address.address for address in self.face.addresses)
            self.facts.obstacle = obstacle(self.face)
            self.facts.design = by_design(self.face)
            self._end("interface")
            if not self.facts.fatal:
                await self._join()
                await self._ask_all()
                await asyncio.gather(self._ask_for_unicast(), self._reach())
        finally:
            self._close()

    async def _join(self) -> None:
        self._begin("join")
        places = [speaking_from(place, self.face) for place in places_of(self.face)]
        self.facts.families = tuple(place.family for place in places)
        for place in places:
            hearing = Hearing(place, self._heard)
            try:
                hearing.open()
            except OSError as error:
                self.facts.refused[place.family] = _refusal(error)
            else:
                self._hearings.append(hearing)
        listed = await self._listed()
        for hearing in self._hearings:
            group = str(GROUPS[hearing.place.family])
            self.facts.joined[hearing.place.family] = None if listed is None else group in listed
        self._end("join")
        for place in places:
            self._open_speakers(place)

    async def _listed(self) -> set[str] | None:
        """The groups that the kernel's table has on this interface; None where it cannot be read."""
        try:
            found = await groups_joined()
        except OSError:
            return None
        return {each.group.partition("%")[0] for each in found if each.interface == self.face.name}

    def _open_speakers(self, place: Place) -> None:
        for port, speakers in ((PORT, self._speakers), (0, self._legacy)):
            speaker = Speaker(place, self._answered_alone if port else self._answered_legacy, port=port)
            try:
                speaker.open()
            except OSError as error:
                self.facts.unsent.setdefault(place.family, _refusal(error))
            else:
                speakers.append(speaker)

    async def _ask_all(self) -> None:
        """The question to all: does it come back, is anybody else heard, and does somebody answer by multicast?"""
        steps: tuple[Step, ...] = ("loopback", "foreign", "multicast_answer")
        self._begin(*steps)
        self._send(self._speakers, _TO_ALL)

        def enough() -> bool:
            return not self._hearings or all(passed(self.facts, step) or self._hopeless(step) for step in steps)

        seconds = self.facts.seconds
        await self._until(enough, min(AGAIN, seconds))
        if not enough():
            self._send(self._speakers, _TO_ALL)
            await self._until(enough, seconds - AGAIN)
        self._end(*steps)

    def _hopeless(self, step: Step) -> bool:
        return step == "loopback" and bool(self.facts.unsent) and not self.facts.unlooped

    async def _ask_for_unicast(self) -> None:
        self._begin("unicast_answer")
        self._send(self._speakers, _TO_ALL_QU)
        self._send(self._legacy, self._legacy_payload)
        await self._until(lambda: bool(self.facts.by_unicast), self.facts.seconds)
        self._end("unicast_answer")

    async def _reach(self) -> None:
        self._begin("reachable")
        heard = (*self.facts.by_multicast, *self.facts.foreign)
        asked = targets(self.face, self._named, heard, await neighbours())
        if asked:
            named = [target.address for target in asked if target.what == "named"]

            def enough() -> bool:
                """The others matter only where nobody answers by multicast."""
                found = passed(self.facts, "reachable") and all(address in self.facts.reached for address in named)
                if found:
                    self._time("reachable")
                return found and bool(self.facts.by_multicast)

            await reach(self.face, asked, self.facts.seconds, self._reached, enough)
        self._end("reachable")

    def _reached(self, reached: Reached) -> None:
        self.facts.reached[reached.address] = reached

    def _send(self, speakers: list[Speaker], payload: bytes) -> None:
        for speaker in speakers:
            try:
                speaker.send(payload)
            except OSError as error:
                self.facts.unsent.setdefault(speaker.place.family, _refusal(error))

    # What arrives

    def _heard(self, packet: HeardPacket) -> None:
        """By multicast."""
        facts = self.facts
        if self._is_own(packet):
            if packet.payload in (_TO_ALL, _TO_ALL_QU):
                self._note(facts.looped, packet.family, "loopback")
            elif not facts.own_answered and self._answers(packet):
                facts.own_answered = True
            return
        if packet.source not in facts.foreign or packet.family not in facts.foreign_families:
            facts.foreign_families.add(packet.family)
            self._note(facts.foreign, packet.source, "foreign")
        if packet.source not in facts.by_multicast and "multicast_answer" in facts.begun and self._answers(packet):
            self._note(facts.by_multicast, packet.source, "multicast_answer")

    def _answered_alone(self, packet: HeardPacket) -> None:
        """To port 5353 of this host alone."""
        if "unicast_answer" in self.facts.begun and not self._is_own(packet) and self._answers(packet):
            self.facts.legacy_only = False
            self._note(self.facts.by_unicast, packet.source, "unicast_answer")

    def _answered_legacy(self, packet: HeardPacket) -> None:
        """To the port of our own."""
        if not self._is_own(packet) and self._answers(packet):
            self._note(self.facts.by_unicast, packet.source, "unicast_answer")

    def _is_own(self, packet: HeardPacket) -> bool:
        return packet.source.partition("%")[0] in self._own

    def _answers(self, packet: HeardPacket) -> bool:
        return bool(answers_to(_META, decode(packet.payload)))

    def _note(self, times: dict[str, float] | dict[Family, float], who: str, step: Step) -> None:
        """The first time of each, and of the step."""
        noted: dict[str, float] = times  # type: ignore[assignment]  # a Family is a text
        if who in noted or len(noted) >= MOST_HOSTS:
            return
        ms = (time.monotonic() - self._began.get(step, time.monotonic())) * 1000
        noted[who] = ms
        self.facts.times.setdefault(step, ms)
        self._changed()

    # Time

    def _begin(self, *steps: Step) -> None:
        for step in steps:
            self._began[step] = time.monotonic()
            self.facts.begun.add(step)
        self._changed()

    def _end(self, *steps: Step) -> None:
        for step in steps:
            self.facts.over.add(step)
            self._time(step)
        self._changed()

    def _time(self, step: Step) -> None:
        """The step took until now, unless its evidence was there before."""
        self.facts.times.setdefault(step, (time.monotonic() - self._began[step]) * 1000)

    async def _until(self, enough: Callable[[], bool], seconds: float) -> None:
        """At most for so long."""
        if seconds <= 0:
            return
        with suppress(TimeoutError):
            async with asyncio.timeout(seconds):
                while not enough():
                    self._news.clear()
                    await self._news.wait()

    def _changed(self) -> None:
        self._news.set()
        self._tell()

    def _close(self) -> None:
        for hearing in self._hearings:
            hearing.close()
        for speaker in (*self._speakers, *self._legacy):
            speaker.close()


def obstacle(face: Interface) -> Obstacle | None:
    """What stands in the way of Bonjour on the interface itself."""
    obstacles: tuple[tuple[bool, Obstacle], ...] = (
        (not face.up, "down"),
        (not face.running, "no_link"),
        (not face.addresses, "no_address"),
        (bool(by_design(face)), "by_design"),
        (not face.multicast, "no_multicast"),
    )
    return next((name for holds, name in obstacles if holds), None)


def _refusal(error: OSError) -> Refusal:
    return Refusal(error.errno, os.strerror(error.errno) if error.errno is not None else str(error))
