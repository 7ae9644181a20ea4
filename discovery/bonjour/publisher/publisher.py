"""Keeps one service announced at all places: under one name, which is given up where another host holds it."""

from __future__ import annotations

import asyncio
import ipaddress
import secrets
from collections import deque
from collections.abc import Mapping
from contextlib import suppress

import msgspec

from discovery.bonjour.hearing import HeardPacket
from discovery.bonjour.names import folded, name_text
from discovery.bonjour.origin import acceptable
from discovery.bonjour.publisher.claim import Conflicts
from discovery.bonjour.publisher.comparing import compare, conflict, withdrawn
from discovery.bonjour.publisher.publication import Publication
from discovery.bonjour.publisher.site import Site
from discovery.bonjour.publisher.where import places_to_publish
from discovery.bonjour.rdata import rdata_text, type_text
from discovery.bonjour.restricted import Place
from discovery.bonjour.wire import Message, ResourceRecord, decode
from discovery.records import Published
from discovery.requests import PublishRequest
from net.problems import make_problem
from net.records import Family, Interface, Problem
from net.text import visible

RETRY = 1.0
QUIET_FAILURES = 4
"""A new IPv6 address cannot be bound until duplicate address detection is through (RFC 4862 section 5.4), 1 to 2 s."""
REMEMBERED = 256
"""Messages of ours that are known when they come back by the loop or by another interface of the same link."""
MOST_EVIDENCE = 300
_random = secrets.SystemRandom()


class Publisher:
    """Fed with interfaces and time, from one event loop; ``wake`` is set when a turn is due before ``due``."""

    def __init__(self, request: PublishRequest, publication: Publication) -> None:
        self.wake = asyncio.Event()
        self.conflicted = False
        self.held_here = False
        """Whether the one who contests answered from an address of this computer."""
        self._failure: Exception | None = None
        self._request = request
        self._publication = publication
        self._wanted_name = publication.name
        self._evidence: str | None = None
        self._sites: dict[Place, Site] = {}
        self._left: dict[tuple[str, Family], dict[ResourceRecord, None]] = {}
        """What a site had told that was closed, for the one that follows it to withdraw."""
        self._failures: dict[Place, int] = {}
        self._problems: dict[str, Problem] = {}
        self._told_problems: dict[str, Problem] = {}
        self._told: Published | None = None
        self._sent: deque[bytes] = deque(maxlen=REMEMBERED)
        self._conflicts = Conflicts()
        self._own_addresses: frozenset[bytes] = frozenset()
        self._known: Mapping[str, Interface] = {}
        self._retry_at: float | None = None
        self._loop = asyncio.get_running_loop()

    @property
    def due(self) -> float | None:
        """When the next turn is, on the loop's clock."""
        times = [self._retry_at, *(site.due for site in self._sites.values())]
        return min((time for time in times if time is not None), default=None)

    def reconcile(self, known: Mapping[str, Interface]) -> None:
        """Announce where it is possible now; an interface whose addresses changed begins anew."""
        self._known = known
        self._own_addresses = frozenset(
            ipaddress.ip_address(address.address.partition("%")[0]).packed
            for face in known.values()
            for address in face.addresses
        )
        places, obstacles = places_to_publish(known, self._request)
        self._problems = {f"{problem.code} {problem.subject}": problem for problem in obstacles}
        for place, site in list(self._sites.items()):
            face = known.get(place.interface)
            if place not in places or face is None or _addresses(face) != frozenset(site.addresses):
                del self._sites[place]
                self._left[place.interface, place.family] = site.told
                site.close()
        self._left = {where: told for where, told in self._left.items() if where[0] in known}
        self._failures = {place: count for place, count in self._failures.items() if place in places}
        for place in places:
            if place not in self._sites:
                self._enter(place)
        self._retry_at = self._loop.time() + RETRY if self._failures else None
        self.wake.set()

    def fail(self, failure: Exception) -> None:
        """Nothing is known of the interfaces any more: the next turn raises it."""
        self._failure = failure
        self.wake.set()

    def turn(self, now: float) -> None:
        """Send what is due. Raises what ``fail`` was told."""
        if self._failure is not None:
            raise self._failure
        if self._retry_at is not None and now >= self._retry_at:
            self.reconcile(self._known)
        for site in self._sites.values():
            for error in site.turn(now):
                self._refused(site.place, error)

    def news(self) -> tuple[Published | Problem, ...]:
        """The state and the problems that are new since the last call."""
        state = self._state()
        problems = [problem for key, problem in self._problems.items() if self._told_problems.get(key) != problem]
        self._told_problems = dict(self._problems)
        if state == self._told:
            return tuple(problems)
        self._told = state
        return (state, *problems)

    def withdraw(self) -> tuple[Published, ...]:
        """Close, and the state after it; none where nothing had been announced."""
        announced = any(site.told for site in self._sites.values())
        state = msgspec.structs.replace(self._state(), state="withdrawn")
        self.close()
        return (state,) if announced else ()

    def close(self) -> None:
        """Say goodbye and close everything; does nothing the second time. A refusal has nobody left to be told to."""
        while self._sites:
            _, site = self._sites.popitem()
            site.say_goodbye()
            site.close()

    def _enter(self, place: Place) -> None:
        site = Site(place, self._known[place.interface], self._heard, self._sent, _random.uniform)
        try:
            site.open()
        except OSError as error:
            count = self._failures[place] = self._failures.get(place, 0) + 1
            if count >= QUIET_FAILURES or place.family == "ipv4":
                self._refused(place, error)
            return
        self._failures.pop(place, None)
        site.told = self._left.pop((place.interface, place.family), {})
        site.claim_for(self._publication, self._loop.time())
        self._sites[place] = site

    def _heard(self, site: Site, packet: HeardPacket) -> None:
        """A packet that reached the site; its own ones come back, and are known by their bytes."""
        if self.conflicted or packet.payload in self._sent or not acceptable(packet, site.networks):
            return
        message = decode(packet.payload)
        now = self._loop.time()
        if message.response:
            self._heard_response(site, message, packet, now)
        elif site.claim.announced:
            site.responder.asked(message, packet, now)
        elif any(self._loses(site, message, name) for name in site.records.claimed):
            site.claim.defer(now)
        self.wake.set()

    def _heard_response(self, site: Site, message: Message, packet: HeardPacket, now: float) -> None:
        theirs = conflict(site.records, message, self._own_addresses)
        if theirs is not None:
            self._contested(site, theirs, packet, now)
            return
        if withdrawn(site.records, message):
            site.claim.announce_again(now)
        if not packet.unicast:  # the group did not hear it
            site.responder.heard(message)

    def _loses(self, site: Site, message: Message, name: tuple[bytes, ...]) -> bool:
        """Whether a simultaneous probe of another host wins the name (RFC 6762 section 8.2)."""
        theirs = [record for record in message.authorities if folded(record.name) == folded(name)]
        return bool(theirs) and compare(site.records.proposed(name), theirs) < 0

    def _contested(self, site: Site, theirs: ResourceRecord, packet: HeardPacket, now: float) -> None:
        """Before announcing another name is taken (section 8.1); after it the name is probed for again (section 9)."""
        what = f"{name_text(theirs.name)} {type_text(theirs.type)} {rdata_text(theirs.rdata)}"
        self._evidence = visible(f"{packet.source} on {packet.interface} has {what}", MOST_EVIDENCE)
        self.held_here = ipaddress.ip_address(packet.source.partition("%")[0]).packed in self._own_addresses
        pause = self._conflicts.pause(now)
        if site.claim.announced:
            site.claim.begin(now, pause)
            return
        if not self._request.rename:
            self.conflicted = True
            return
        host = folded(theirs.name) == folded(site.records.host)
        self._publication = self._publication.rehosted() if host else self._publication.renamed()
        for each in self._sites.values():
            each.claim_for(self._publication, now, pause)

    def _state(self) -> Published:
        sites = self._sites.values()
        announced = bool(sites) and all(site.claim.announced for site in sites)
        publication = self._publication
        return Published(
            name=publication.name,
            type=publication.type,
            host=name_text(publication.host_name),
            port=publication.port,
            interfaces=tuple(dict.fromkeys(site.place.interface for site in sites)),
            subtypes=tuple(label.decode("utf-8", "replace") for label in publication.subtypes),
            state="conflict" if self.conflicted else "announced" if announced else "probing",
            renamed_from=self._wanted_name if publication.name != self._wanted_name else None,
            held_here=self.held_here,
            evidence=self._evidence,
        )

    def _refused(self, place: Place, error: OSError) -> None:
        problem = make_problem("publish_refused", place.interface, error, family=place.family.replace("ip", "IP"))
        self._problems[f"publish_refused {place.interface} {place.family}"] = problem

    async def until_due(self) -> None:
        """Wait for the next turn or for ``wake``."""
        with suppress(TimeoutError):
            async with asyncio.timeout_at(self.due):
                await self.wake.wait()
        self.wake.clear()


def _addresses(face: Interface) -> frozenset[str]:
    return frozenset(address.address for address in face.addresses)
