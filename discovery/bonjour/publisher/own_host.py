"""Keeps a publication from taking the host name by which this computer itself is known over mDNS."""

from __future__ import annotations

import asyncio
import ipaddress
import secrets
from collections.abc import AsyncGenerator, Collection, Mapping, Sequence
from contextlib import aclosing, suppress
from typing import Final

from discovery.bonjour.compose import compose
from discovery.bonjour.exchange import exchanges
from discovery.bonjour.hearing import HeardPacket
from discovery.bonjour.names import Labels, folded, name_text, parse_name
from discovery.bonjour.publisher.publication import Publication, own_host_refused, parse_publication
from discovery.bonjour.publisher.publish import publish
from discovery.bonjour.publisher.where import places_to_publish
from discovery.bonjour.questions import answers_to
from discovery.bonjour.rdata import AAAA, A, HostAddress
from discovery.bonjour.restricted import Place
from discovery.bonjour.wire import Question, decode
from discovery.requests import PublishRequest
from net.interfaces import chosen, snapshot
from net.problems import ProblemError, make_problem
from net.records import Interface, Problem, Record
from net.text import visible

WAIT: Final = 0.5
"""Seconds for an answer: who alone can answer does so at once (RFC 6762 section 6), from this computer all the more."""
_BUS_WAIT: Final = 0.5


async def publish_beside_own(request: PublishRequest) -> AsyncGenerator[tuple[Record, ...], None]:
    """As ``publish``; a host name that is given is first asked for. publish_own_host is raised where it is this
    computer's own, which need not be its hostname: a responder may be told another, and renames itself in a conflict;
    publish_host_answered where something here answers for it, which may be another publisher.
    It begins with ``cautions_of`` the publication.
    """
    if request.host is not None:
        await refuse_own_host(request)
    if cautions := cautions_of(parse_publication(request)):
        yield cautions
    async with aclosing(publish(request)) as batches:
        async for batch in batches:
            yield batch


def cautions_of(publication: Publication) -> tuple[Problem, ...]:
    """What is announced as it was asked for, and may not be meant: publish_port_zero, publish_subtype_bare."""
    bare = [label.decode("utf-8", "replace") for label in publication.subtypes if not label.startswith(b"_")]
    cautions = [make_problem("publish_subtype_bare", visible(label, 100)) for label in bare]
    if publication.port == 0:
        cautions.append(make_problem("publish_port_zero", visible(publication.name, 100)))
    return tuple(cautions)


async def refuse_own_host(request: PublishRequest) -> None:
    """Ask on the interfaces to be announced on, and Avahi. Raises ProblemError also as ``publish`` does."""
    wanted = parse_publication(request).host_name
    faces = await snapshot()
    chosen(faces, request.interfaces)
    known = {face.name: face for face in faces}
    places, _ = places_to_publish(known, request)
    named, answered = await asyncio.gather(_avahi_name(), own_answer(wanted, places, _addresses(known)))
    if named is not None and folded(named) == folded(wanted):
        raise own_host_refused(name_text(wanted), answered)
    if answered is not None:
        raise ProblemError(make_problem("publish_host_answered", visible(name_text(wanted), 100), evidence=answered))


async def own_answer(host: Labels, places: Sequence[Place], own: Collection[str]) -> str | None:
    """The address in ``own`` (without scope) that is told from one of them as the host's, within ``WAIT``; or None.

    Asked as a simple resolver does (RFC 6762 section 6.7): that answer comes to a port of our own, and at once. A
    host that this computer speaks for as a proxy has another address.
    """
    questions = (Question(host, A, False), Question(host, AAAA, False))
    packed = {ipaddress.ip_address(address).packed for address in own}
    found: asyncio.Future[str] = asyncio.get_running_loop().create_future()

    def heard(packet: HeardPacket) -> None:
        source = packet.source.partition("%")[0]
        if source not in own or found.done():
            return
        message = decode(packet.payload)
        answers = [answer.rdata for question in questions for answer in answers_to(question, message)]
        if any(isinstance(rdata, HostAddress) and rdata.packed in packed for rdata in answers):
            found.set_result(packet.source)

    payload = compose(id=secrets.randbelow(0xFFFF) + 1, questions=questions)
    async with exchanges(places, heard, port=0) as (opened, _):
        for exchange in opened:
            with suppress(OSError):  # a place that lets nothing out is told of when it is announced on
                exchange.send(payload)
        with suppress(TimeoutError):
            async with asyncio.timeout(WAIT if opened else 0):
                return await found
    return None


async def _avahi_name() -> Labels | None:
    """By what name Avahi knows this computer; None without Avahi or its bus."""
    from discovery.bonjour.system.avahi import SERVER, SERVICE
    from discovery.bonjour.system.bus import Bus, BusError

    with suppress(OSError, BusError, TimeoutError, ValueError):
        async with asyncio.timeout(_BUS_WAIT), Bus(lambda _: None) as bus:
            (name,) = await bus.call(SERVICE, "/", SERVER, "GetHostNameFqdn")
            return parse_name(str(name))
    return None


def _addresses(known: Mapping[str, Interface]) -> frozenset[str]:
    return frozenset(address.address.partition("%")[0] for face in known.values() for address in face.addresses)
