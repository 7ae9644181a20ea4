"""Messages by the thousand, as mDNS has them and stranger, and what damages them."""

from __future__ import annotations

import random
from collections.abc import Iterable

import msgspec

from discovery.bonjour.compose import compose, text_of
from discovery.bonjour.names import Labels
from discovery.bonjour.rdata import (
    AAAA,
    CNAME,
    NSEC,
    OPT,
    PTR,
    SRV,
    TXT,
    A,
    Absence,
    HostAddress,
    Opaque,
    Options,
    Pointer,
    Rdata,
    Server,
)
from discovery.bonjour.wire import Message, Question, ResourceRecord

_LABELS = (
    b"local",
    b"_tcp",
    b"_udp",
    b"_http",
    b"_sub",
    b"_services",
    b"_dns-sd",
    b"printer",
    b"Office.2",
    b"back\\slash",
    "Küche".encode(),
    "日本語".encode(),
    b"\xff\xfe raw",
    b"new\nline",
    b"A" * 63,
    b"<b>bold</b>",
    "\u202egnp.exe".encode(),
)
_UNKNOWN_TYPES = 1000, 65280, 65400


class Generator:
    """The same messages for the same ``seed``."""

    def __init__(self, seed: int) -> None:
        self.chance = random.Random(seed)
        self._names: list[Labels] = []

    def message(self) -> Message:
        """A message of up to 20 parts, whose names share their ends so that they are compressed."""
        chance = self.chance
        self._names = [(b"local",)]
        additionals = self._records(3)
        if chance.random() < 0.3:
            additionals = (*additionals, self._options())
        return Message(
            id=chance.choice((0, 0, chance.getrandbits(16))),
            flags=chance.choice((0, 0x0200, 0x8400, 0x8400, 0x8000)) | chance.choice((0, 0, 3)),
            questions=tuple(
                Question(self._name(), chance.choice((A, PTR, SRV, TXT, 255)), chance.random() < 0.3)
                for _ in range(chance.randint(0, 4))
            ),
            answers=self._records(8),
            authorities=self._records(2),
            additionals=additionals,
        )

    def damaged(self) -> bytes:
        """The bytes of such a message with a few changed, cut, repeated, or made pointers; or bytes by chance."""
        chance = self.chance
        if chance.random() < 0.1:
            return chance.randbytes(chance.choice((0, 1, 11, 12, 13, 40, 200)))
        payload = bytearray(payload_of(self.message()))
        for _ in range(chance.randint(1, 6)):
            self._damage(payload)
        return bytes(payload)

    def _damage(self, payload: bytearray) -> None:
        chance = self.chance
        place = chance.randrange(len(payload) or 1)
        action = chance.randrange(6)
        if action == 0 and payload:
            payload[place] = chance.getrandbits(8)
        elif action == 1 and chance.random() < 0.4:
            del payload[place:]
        elif action == 2:
            payload[place:place] = chance.randbytes(chance.randint(1, 5))
        elif action == 3:
            payload[place : place + 2] = (0xC000 | chance.randrange(len(payload) + 20)).to_bytes(2, "big")
        elif action == 4:
            payload[place:place] = payload[: chance.randrange(len(payload) + 1)][:2000]
        else:
            payload[4:12] = b"".join(chance.choice((0, 1, 3, 500, 65535)).to_bytes(2, "big") for _ in range(4))

    def _records(self, most: int) -> tuple[ResourceRecord, ...]:
        return tuple(self._record() for _ in range(self.chance.randint(0, most)))

    def _record(self) -> ResourceRecord:
        type_, rdata = self._data()
        ttl = self.chance.choice((0, 1, 10, 120, 4500, 0x7FFFFFFF))
        return ResourceRecord(self._name(), type_, rdata, ttl, self.chance.random() < 0.5)

    def _data(self) -> tuple[int, Rdata]:
        chance = self.chance
        type_ = chance.choice((A, AAAA, PTR, PTR, CNAME, SRV, TXT, NSEC, chance.choice(_UNKNOWN_TYPES)))
        rdata: Rdata
        match type_:
            case 1 | 28:
                rdata = HostAddress(chance.randbytes(4 if type_ == A else 16))
            case 12 | 5:
                rdata = Pointer(self._name())
            case 33:
                priority, weight, port = (chance.getrandbits(16) for _ in range(3))
                rdata = Server(priority, weight, port, self._name())
            case 16:
                rdata = text_of(chance.randbytes(chance.choice((0, 1, 9, 255))) for _ in range(chance.randrange(4)))
            case 47:
                types = chance.sample((A, PTR, TXT, AAAA, SRV, 255, 257, 1234, 65535), chance.randint(1, 4))
                rdata = Absence(self._name(), tuple(sorted(types)))
            case _:
                rdata = Opaque(chance.randbytes(chance.choice((0, 1, 20, 300))))
        return type_, rdata

    def _options(self) -> ResourceRecord:
        options = tuple((self.chance.choice((4, 65001)), self.chance.randbytes(8)) for _ in range(2))
        return ResourceRecord((), OPT, Options(options), self.chance.choice((0, 0x8000)), False, 1440)

    def _name(self) -> Labels:
        """Often one of the message, or one with a label more; at most 200 bytes, which every decoder takes."""
        chance = self.chance
        name = chance.choice(self._names)
        if chance.random() < 0.6:
            longer = (chance.choice(_LABELS), *name)
            name = longer if sum(map(len, longer)) + len(longer) < 200 else name
        if chance.random() < 0.05:
            name = tuple(chance.sample(_LABELS[:12], 3))
        self._names.append(name)
        return name


def payload_of(message: Message) -> bytes:
    """As bytes, its names compressed."""
    return compose(
        id=message.id,
        flags=message.flags,
        questions=message.questions,
        answers=message.answers,
        authorities=message.authorities,
        additionals=message.additionals,
    )


def placeless(message: Message) -> Message:
    """The message without the places of its parts."""

    def bare(section: Iterable[ResourceRecord]) -> tuple[ResourceRecord, ...]:
        return tuple(msgspec.structs.replace(record, start=0, data_start=0, end=0) for record in section)

    return msgspec.structs.replace(
        message,
        questions=tuple(msgspec.structs.replace(question, start=0, end=0) for question in message.questions),
        answers=bare(message.answers),
        authorities=bare(message.authorities),
        additionals=bare(message.additionals),
    )
