"""Makes the records of the packet log: what a message says, in one line and section by section."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from functools import lru_cache
from typing import Final, Literal

from discovery.bonjour.hearing import HeardPacket
from discovery.bonjour.lint.rules import broken
from discovery.bonjour.names import Labels, name_text
from discovery.bonjour.rdata import OPT, rdata_text, type_text
from discovery.bonjour.restricted import PORT
from discovery.bonjour.wire import LARGEST, TRUNCATED, Message, Question, ResourceRecord
from discovery.records import MdnsPacket, PacketQuestion, PacketRecord
from net.text import visible

NAMED: Final = 3
"""Questions or records that the line names; the rest is counted."""
_LONGEST_NAME = 120
_LONGEST_DATA = 2000

Act = Literal["asks", "probes", "answers", "goodbye"]


def mdns_packet(packet: HeardPacket, message: Message, *, own: bool, sections: bool) -> MdnsPacket:
    """The record of a packet and its ``message``; ``own``: this host sent it. ``sections``: they are given as text."""
    return MdnsPacket(
        time=packet.time,
        interface=packet.interface,
        family=packet.family,
        source=packet.source,
        source_port=packet.source_port,
        ttl=packet.ttl,
        unicast=packet.unicast,
        own=own,
        response=message.response,
        act=act_of(message),
        size=len(packet.payload),
        summary=summary(packet, message),
        questions=tuple(map(_question, message.questions)) if sections else (),
        answers=packet_records(message.answers) if sections else (),
        authorities=packet_records(message.authorities) if sections else (),
        additionals=packet_records(message.additionals) if sections else (),
        problems=broken(packet, message),
        payload_hex=packet.payload.hex(),
    )


def act_of(message: Message) -> Act | None:
    """What the message does; None where nothing of it could be read."""
    if not message.response:
        if message.authorities:
            return "probes"
        return "asks" if message.questions or message.answers else None
    if message.answers and not any(record.ttl for record in message.answers):
        return "goodbye"
    return "answers" if message.answers or message.authorities or message.additionals else None


def summary(packet: HeardPacket, message: Message) -> str:
    """One line: ``asks PTR _http._tcp.local. (QU), knows 2``, ``answers 5 records: SRV Web._http._tcp.local., …``."""
    act = act_of(message)
    told = [record for record in message.records() if record.type != OPT]
    if len(packet.payload) > LARGEST:
        line = "was not read"
    elif act == "goodbye":
        line = f"says goodbye to {_names(message.answers)}"
    elif message.response:
        line = f"answers {_count(len(told), 'record')}: {_names(told)}" if told else "answers nothing"
    else:
        line = _query(packet, message)
    flaw = message.flaws[0].code if message.flaws else ""
    return f"{line}; broken: {flaw}" if flaw else line


def _query(packet: HeardPacket, message: Message) -> str:
    questions = message.questions
    asked = ", ".join(f"{_name(each.name, each.type)}{' (QU)' if each.unicast else ''}" for each in questions[:NAMED])
    verb = "probes for" if message.authorities else "asks"
    line = f"{verb} {asked}{_more(len(questions))}" if questions else f"{verb} nothing"
    if packet.source_port != PORT:
        line += " as a simple resolver"
    if message.authorities:
        line += f", proposes {_count(len(message.authorities), 'record')}"
    if message.answers:
        line += f", knows {len(message.answers)}"
    return f"{line}, more follows" if message.flags & TRUNCATED else line


def _names(records: Sequence[ResourceRecord]) -> str:
    return ", ".join(_name(record.name, record.type) for record in records[:NAMED]) + _more(len(records))


def _name(name: Labels, type_: int) -> str:
    return f"{type_text(type_)} {_shown(name, _LONGEST_NAME)}"


@lru_cache(maxsize=1024)
def _shown(name: Labels, limit: int = 500) -> str:
    """As text; the records of a message share few names."""
    return visible(name_text(name), limit)


def _more(count: int) -> str:
    return f" and {count - NAMED} more" if count > NAMED else ""


def _count(number: int, noun: str) -> str:
    return f"{number} {noun}" if number == 1 else f"{number} {noun}s"


def _question(question: Question) -> PacketQuestion:
    return PacketQuestion(name=_shown(question.name), type=type_text(question.type), unicast=question.unicast)


def packet_records(records: Iterable[ResourceRecord]) -> tuple[PacketRecord, ...]:
    """The records as text."""
    return tuple(
        PacketRecord(
            name=_shown(record.name),
            type=type_text(record.type),
            ttl=record.ttl,
            flush=record.flush,
            data=visible(rdata_text(record.rdata), _LONGEST_DATA),
        )
        for record in records
    )
