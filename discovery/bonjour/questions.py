"""What a person wants to know of mDNS: the question as typed, where it is asked, and which records answer it."""

from __future__ import annotations

import ipaddress
from collections.abc import Sequence

from discovery.bonjour.names import LOCAL, META_QUERY, Labels, folded, parse_name
from discovery.bonjour.origin import Network, networks_of
from discovery.bonjour.packets import packet_records
from discovery.bonjour.places import choose
from discovery.bonjour.rdata import ANY, CNAME, NSEC, OPT, parse_type_text
from discovery.bonjour.restricted import Place
from discovery.bonjour.speaking import speaking_from
from discovery.bonjour.wire import Message, Question, ResourceRecord
from discovery.records import PacketRecord
from net.interfaces import chosen, snapshot
from net.problems import ProblemError, make_problem
from net.records import Problem
from net.text import visible


def parse_question(name: str, type_: str, *, unicast: bool = False) -> Question:
    """``name`` as text with escapes; ``.local`` is added where neither that nor ``.arpa`` ends it. An address stands
    for the name in ``.arpa`` that leads from it to its host.

    Raises ProblemError: ask_name_invalid, ask_service_incomplete, ask_type_invalid.
    """
    name = _reverse(name)
    try:
        labels = parse_name(name.strip())
    except ValueError as error:
        raise _name_refused(name, str(error)) from None
    if not labels:
        raise _name_refused(name, "a name has at least one label")
    if len(labels) == 1 and labels[0].startswith(b"_"):
        raise ProblemError(make_problem("ask_service_incomplete", visible(name.strip().removesuffix("."), 100)))
    try:
        number = parse_type_text(type_)
    except ValueError:
        raise ProblemError(make_problem("ask_type_invalid", visible(type_, 40))) from None
    return Question(_local(labels, name), number, unicast)


def usual_type(name: str) -> str:
    """What most want to know of a name: ``PTR`` of a service type, a subtype, the list of types (RFC 6763 sections 4.1,
    7.1, 9), a name in ``.arpa`` or an address; ``ANY`` of an instance or a host, and of a name that cannot be read.
    """
    try:
        labels = folded(parse_name(_reverse(name).strip()))
    except ValueError:
        return "ANY"
    if labels[-1:] == (b"arpa",):
        return "PTR"
    labels = labels[:-1] if labels[-1:] == LOCAL else labels
    of_type = labels[-1:] in ((b"_tcp",), (b"_udp",)) and (len(labels) == 2 or labels[-3:-2] == (b"_sub",))
    return "PTR" if of_type or labels == META_QUERY[:-1] else "ANY"


async def places_to_ask(
    named: Sequence[str],
) -> tuple[tuple[Place, ...], dict[str, tuple[Network, ...]], tuple[Problem, ...]]:
    """Where Bonjour can be asked, the networks of each interface, and what stands in the way elsewhere.

    Raises ProblemError: interface_unknown, or what stands in the way everywhere.
    """
    faces = await snapshot()
    chosen(faces, named)
    known = {face.name: face for face in faces}
    places, problems = choose(known, named, frozenset())
    if not places:
        raise ProblemError(problems[0])
    networks = {place.interface: networks_of(known[place.interface]) for place in places}
    return tuple(speaking_from(place, known[place.interface]) for place in places), networks, problems


def answers_to(question: Question, message: Message) -> tuple[ResourceRecord, ...]:
    """The records of a response's answer section that answer the question, one that says there is none (NSEC) too."""
    if not message.response:
        return ()
    name = folded(question.name)
    wanted = {question.type, CNAME, NSEC}
    return tuple(
        record
        for record in message.answers
        if folded(record.name) == name and (record.type in wanted or question.type == ANY)
    )


def told(message: Message, answers: Sequence[ResourceRecord]) -> tuple[PacketRecord, ...]:
    """All a response tells, as text: ``answers`` first, then its other answers and its additionals without EDNS."""
    others = (record for record in (*message.answers, *message.additionals) if record not in answers)
    return packet_records((*answers, *(record for record in others if record.type != OPT)))


def _reverse(name: str) -> str:
    """The name in ``.arpa`` of an address (RFC 1035 section 3.5, RFC 3596 section 2.5); any other name as it is."""
    try:
        return ipaddress.ip_address(name.strip().partition("%")[0]).reverse_pointer
    except ValueError:
        return name


def _local(labels: Labels, name: str) -> Labels:
    if folded(labels[-1:]) in (LOCAL, (b"arpa",)):
        return labels
    try:
        return parse_name(f"{name.strip().removesuffix('.')}.local")
    except ValueError as error:
        raise _name_refused(name, str(error)) from None


def _name_refused(name: str, rule: str) -> ProblemError:
    subject = visible(name.strip(), 100) or "An empty name"
    return ProblemError(make_problem("ask_name_invalid", subject, rule=rule))
