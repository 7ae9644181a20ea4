"""The questions of the resolver matrix as DNS messages, and what an answer to one says (RFC 1035, RFC 6891)."""

from __future__ import annotations

import ipaddress
from typing import NamedTuple

import dns.exception
import dns.flags
import dns.message
import dns.name
import dns.rcode
import dns.rdataclass
import dns.rdatatype

from net.problems import ProblemError, make_problem

LARGE = 4096
"""Bytes of an answer that is offered room for by udp_large: what resolvers long offered, and more than a packet."""
SMALLER = (1232, 512)
"""Sizes of the counter-proof: RFC 9715 section 3 (1,400 less tunnels, as of the DNS flag day 2020), RFC 1035."""


class Question(NamedTuple):
    """A message on the wire, and what tells an answer to it from anything else."""

    wire: bytes
    message: dns.message.QueryMessage


class Answer(NamedTuple):
    """What an answer says; ``rcode`` as text, ``addresses`` of its answer section, ``size`` in bytes."""

    rcode: str
    addresses: tuple[str, ...]
    truncated: bool
    size: int


def parse_name(text: str) -> dns.name.Name:
    """The absolute name a question carries; letters beyond ASCII by IDNA. Raises ProblemError, for an address too."""
    _refuse_address(text)
    try:
        name = dns.name.from_text(text)
    except (dns.exception.DNSException, UnicodeError) as error:
        raise ProblemError(make_problem("resolve_name_invalid", text, evidence=_reason(error))) from None
    if name == dns.name.root:
        raise ProblemError(make_problem("resolve_name_invalid", text, evidence="it is empty"))
    return name


def _refuse_address(text: str) -> None:
    """An address has the form of a name, but its name stands elsewhere (RFC 1035 3.5, RFC 3596 2.5)."""
    try:
        address = ipaddress.ip_address(text.strip().rstrip("."))
    except ValueError:
        return
    reverse = ipaddress.ip_address(address.packed).reverse_pointer
    raise ProblemError(make_problem("resolve_name_is_address", text, reverse=reverse))


def small(name: dns.name.Name, *, ipv6: bool = False) -> Question:
    """The addresses of ``name``; without EDNS, so that an answer by UDP has at most 512 bytes."""
    return _question(name, dns.rdatatype.AAAA if ipv6 else dns.rdatatype.A)


def large(name: dns.name.Name, payload: int = LARGE) -> tuple[Question, ...]:
    """Questions with large answers: the texts of ``name``, and the signed keys of the root, about 1,100 bytes."""
    return (
        _question(name, dns.rdatatype.TXT, payload),
        _question(dns.name.root, dns.rdatatype.DNSKEY, payload),
    )


def read_answer(question: Question, wire: bytes) -> Answer | None:
    """What ``wire`` answers; None where it is no DNS message, or none that answers this question."""
    try:
        message = dns.message.from_wire(wire, ignore_trailing=True)
    except (dns.exception.DNSException, ValueError):
        return None
    if not _answers(question.message, message):
        return None
    addresses = [
        record.to_text()
        for group in message.answer
        if group.rdtype in (dns.rdatatype.A, dns.rdatatype.AAAA) and group.rdclass == dns.rdataclass.IN
        for record in group
    ]
    return Answer(
        rcode=dns.rcode.to_text(message.rcode()),
        addresses=tuple(addresses),
        truncated=bool(message.flags & dns.flags.TC),
        size=len(wire),
    )


def _question(name: dns.name.Name, kind: dns.rdatatype.RdataType, payload: int | None = None) -> Question:
    """A fresh question, its number random; with ``payload`` DNSSEC's signatures are asked for (RFC 3225)."""
    message = dns.message.make_query(name, kind)
    if payload is not None:
        message.use_edns(0, dns.flags.DO, payload)
    return Question(message.to_wire(), message)


def _answers(question: dns.message.QueryMessage, message: dns.message.Message) -> bool:
    """RFC 5452 section 9.1 but for the addresses; an error may come without the question (RFC 1035 section 4.1.1)."""
    if message.id != question.id or not message.flags & dns.flags.QR:
        return False
    if not message.question:
        return message.rcode() in (dns.rcode.FORMERR, dns.rcode.SERVFAIL, dns.rcode.NOTIMP, dns.rcode.REFUSED)
    return message.question == question.question


def _reason(error: Exception) -> str:
    return str(error) or type(error).__name__
