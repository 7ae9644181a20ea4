"""Finds the address of the host that was named: as written, over mDNS for a name in .local, or by the system."""

from __future__ import annotations

import asyncio
import ipaddress
import secrets
from collections.abc import Sequence
from contextlib import suppress
from typing import Final

from discovery.bonjour.compose import compose
from discovery.bonjour.exchange import exchanges
from discovery.bonjour.hearing import HeardPacket
from discovery.bonjour.names import LOCAL, Labels, folded, parse_name
from discovery.bonjour.origin import acceptable, networks_of
from discovery.bonjour.places import places_of
from discovery.bonjour.questions import answers_to
from discovery.bonjour.rdata import AAAA, A, HostAddress
from discovery.bonjour.speaking import speaking_from
from discovery.bonjour.wire import Question, decode
from net.problems import ProblemError, make_problem
from net.records import Interface
from net.resolvers.system_answer import ask_system
from net.text import visible

WAIT: Final = 1.0
"""Seconds for the first answer: who alone can answer does so at once (RFC 6762 section 6)."""
GRACE: Final = 0.1
"""Seconds after it for those of the other interfaces, where the name may belong to another host."""
SYSTEM_WAIT: Final = 3.0
"""Seconds for the system's resolver, which may ask DNS servers that are not reached."""


async def named_addresses(host: str | None, faces: Sequence[Interface]) -> dict[str, str]:
    """For each of ``faces`` the address of ``host`` there, with scope where link-local; empty where none was named.

    A name in ``.local`` is asked for on each interface (RFC 6762 section 3: such names are sent to the group), then of
    the system, as any other is. Raises ProblemError: ladder_host_unknown, ladder_host_silent.
    """
    text = (host or "").strip()
    if not text:
        return {}
    with suppress(ValueError):
        return dict.fromkeys((face.name for face in faces), str(ipaddress.ip_address(text)))
    labels = _in_local(text)
    found = await asked_for(labels, faces) if labels else {}
    if found:
        anywhere = next(iter(found.values()))
        return {face.name: found.get(face.name, anywhere) for face in faces}
    return dict.fromkeys((face.name for face in faces), await _resolved(text, in_local=bool(labels)))


async def asked_for(host: Labels, faces: Sequence[Interface]) -> dict[str, str]:
    """The address that is told of ``host`` on each interface where it is, IPv4 before IPv6.

    Asked as a simple resolver does (section 6.7): the answer comes to a port of our own, which the system's responder
    does not share.
    """
    networks = {face.name: networks_of(face) for face in faces}
    places = [speaking_from(place, face) for face in faces for place in places_of(face) if face.up]
    questions = (Question(host, A, False), Question(host, AAAA, False))
    found: dict[str, dict[int, str]] = {face.name: {} for face in faces}
    some = asyncio.Event()

    def heard(packet: HeardPacket) -> None:
        if not acceptable(packet, networks[packet.interface], legacy=True):
            return
        message = decode(packet.payload)
        for answer in (answer for question in questions for answer in answers_to(question, message)):
            if isinstance(answer.rdata, HostAddress) and answer.ttl:
                address = ipaddress.ip_address(answer.rdata.packed)
                scope = f"%{packet.interface}" if address.version == 6 and address.is_link_local else ""
                found[packet.interface].setdefault(address.version, f"{address}{scope}")
                some.set()

    payload = compose(id=secrets.randbelow(0xFFFF) + 1, questions=questions)
    async with exchanges(places, heard, port=0) as (opened, _):  # what is refused is told by the steps
        for exchange in opened:
            with suppress(OSError):
                exchange.send(payload)
        with suppress(TimeoutError):
            async with asyncio.timeout(WAIT if opened else 0):
                await some.wait()
            await asyncio.sleep(GRACE)
    return {name: versions[min(versions)] for name, versions in found.items() if versions}


def _in_local(text: str) -> Labels | None:
    with suppress(ValueError):
        labels = parse_name(text)
        if len(labels) > 1 and folded(labels[-1:]) == LOCAL:
            return labels
    return None


async def _resolved(text: str, *, in_local: bool) -> str:
    """The first address that the system has for the name."""
    problem = make_problem("ladder_host_unknown", visible(text, 100), evidence="it holds a NUL")
    if "\0" not in text:
        system = await ask_system(text, SYSTEM_WAIT)
        if system.addresses:
            return system.addresses[0]
        reason = system.problem.evidence if system.problem is not None else "it has no address"
        code = "ladder_host_silent" if in_local else "ladder_host_unknown"
        problem = make_problem(code, visible(text, 100), evidence=reason, seconds=f"{WAIT:g}")
    raise ProblemError(problem)
