"""The messages of multicast ping and their options, in both dialects, as bytes and as values.

Version 1 is what ssmping, asmping and ssmpingd 0.9.1 speak, version 2 draft-ietf-mboned-ssmping-08, which became
RFC 6450 and is spoken by omping. Both are a byte of type and then options of u16 number, u16 length and value, all in
network order; they differ in which options there are and in how a group is written.
"""

from __future__ import annotations

import ipaddress
import struct
from collections.abc import Iterable
from enum import IntEnum
from typing import Final, NamedTuple

from net.sockets import IPAddress

IPNetwork = ipaddress.IPv4Network | ipaddress.IPv6Network

VERSION_2: Final = b"\x02"
_HEAD = struct.Struct("!HH")
_FAMILIES: Final = {4: 1, 6: 2}
"""IP version to the number of its family (IANA Address Family Numbers)."""
_LENGTHS: Final = {1: 4, 2: 16}
MOST_OPTIONS: Final = 64
"""Options of a message that is still taken for one; both versions together know thirteen."""


class Kind(IntEnum):
    """The first byte of a message."""

    INIT = 0x49
    RESPONSE = 0x53
    QUERY = 0x51
    ANSWER = 0x41


class Option(IntEnum):
    """The numbers of the options; what a number means in version 1 only is named so."""

    VERSION = 0
    CLIENT_ID = 1
    SEQUENCE = 2
    CLIENT_TIME = 3
    GROUP = 4
    REQUEST = 5
    SERVER_INFO = 6
    V1_REPLY_SIZE = 7
    V1_PADDING = 8
    TTL = 9
    PREFIX = 10
    SESSION = 11
    SERVER_TIME = 12


SERVERS_OWN: Final = frozenset(
    (Option.SERVER_INFO, Option.TTL, Option.PREFIX, Option.SESSION, Option.SERVER_TIME),
)
"""Options of a query that version 2 does not copy into the answer; all others are, known or not."""


class MalformedError(ValueError):
    """The bytes are no message of multicast ping; the text says where they stop being one."""


class Field(NamedTuple):
    """One option as it stands in a message."""

    number: int
    value: bytes


class Message(NamedTuple):
    """A message: its kind and its options in their order, duplicates and unknown ones included."""

    kind: Kind
    fields: tuple[Field, ...]

    def encode(self) -> bytes:
        """The bytes of the UDP payload. Raises ValueError for a value longer than 65,535 bytes."""
        parts = [bytes((self.kind,))]
        for number, value in self.fields:
            if len(value) > 0xFFFF:
                raise ValueError(f"option {number} has {len(value)} bytes")
            parts += (_HEAD.pack(number, len(value)), value)
        return b"".join(parts)

    def value(self, number: int) -> bytes | None:
        """The value of the first option ``number``, None where there is none."""
        return next((field.value for field in self.fields if field.number == number), None)

    @property
    def version(self) -> int:
        """2 (or another number) as option 0 says; without it 1."""
        value = self.value(Option.VERSION)
        if value is None:
            return 1
        return value[0] if len(value) == 1 else 0

    @property
    def client_id(self) -> bytes | None:
        """What tells the client's messages from those of others: opaque, in version 1 its process id."""
        return self.value(Option.CLIENT_ID) or None

    @property
    def sequence(self) -> int | None:
        """The sequence number, None if missing or not of four bytes."""
        value = self.value(Option.SEQUENCE)
        return int.from_bytes(value, "big") if value is not None and len(value) == 4 else None

    @property
    def group(self) -> IPAddress | None:
        """The multicast group, None if missing or not written as this version writes it."""
        value = self.value(Option.GROUP)
        width = 1 if self.version == 1 else 2
        if value is None or len(value) <= width:
            return None
        family, packed = int.from_bytes(value[:width], "big"), value[width:]
        return ipaddress.ip_address(packed) if len(packed) == _LENGTHS.get(family) else None

    @property
    def prefixes(self) -> tuple[IPNetwork, ...]:
        """The ranges of groups in option 10; those that are not well formed are left out."""
        found = (_prefix(field.value) for field in self.fields if field.number == Option.PREFIX)
        return tuple(prefix for prefix in found if prefix is not None)

    @property
    def requested(self) -> frozenset[int]:
        """The options that option 5 asks for; empty in version 1, where it means the server's version."""
        value = self.value(Option.REQUEST) or b""
        whole = value[: len(value) & ~1]
        return frozenset(number for (number,) in struct.iter_unpack("!H", whole))

    @property
    def ttl(self) -> int | None:
        """The TTL with which the server sent it."""
        value = self.value(Option.TTL)
        return value[0] if value is not None and len(value) == 1 else None

    @property
    def session(self) -> bytes | None:
        """The session the server gave, opaque."""
        return self.value(Option.SESSION) or None

    @property
    def server_info(self) -> bytes | None:
        """The server's name for itself; text, but from the network."""
        return self.value(Option.SERVER_INFO) or None


def decode(payload: bytes) -> Message:
    """The message in a UDP payload. Raises MalformedError; what it takes is bounded by
    MOST_OPTIONS and the size of the payload."""
    try:
        kind = Kind(payload[0])
    except IndexError:
        raise MalformedError("it is empty") from None
    except ValueError:
        raise MalformedError(f"0x{payload[0]:02x} is no kind of message") from None
    fields: list[Field] = []
    place = 1
    while place < len(payload):
        if place + _HEAD.size > len(payload):
            raise MalformedError(f"it ends within the head of an option at byte {place}")
        number, length = _HEAD.unpack_from(payload, place)
        place += _HEAD.size
        if len(fields) == MOST_OPTIONS:
            raise MalformedError(f"it has more than {MOST_OPTIONS} options")
        if place + length > len(payload):
            raise MalformedError(f"option {number} has {length} bytes, of which {len(payload) - place} are there")
        fields.append(Field(number, payload[place : place + length]))
        place += length
    return Message(kind, tuple(fields))


def query_v1(
    client: bytes, sequence: int, sent: float, group: IPAddress, *, ask_version: bool = False, reply_size: int = 0
) -> Message:
    """What ssmping sends; the group stands last, since ssmpingd reads no further than it."""
    fields = [*_beginning(client, sequence, sent)]
    if ask_version:
        fields.append(Field(Option.REQUEST, b""))
    if reply_size:
        fields.append(Field(Option.V1_REPLY_SIZE, struct.pack("!H", reply_size)))
    fields.append(Field(Option.GROUP, bytes((_FAMILIES[group.version],)) + group.packed))
    return Message(Kind.QUERY, tuple(fields))


def init(client: bytes, prefix: IPNetwork, *, ask: Iterable[int] = (Option.SERVER_INFO,)) -> Message:
    """Ask for a session and a group within ``prefix``."""
    return Message(
        Kind.INIT,
        (
            Field(Option.VERSION, VERSION_2),
            Field(Option.CLIENT_ID, client),
            *_request(ask),
            Field(Option.PREFIX, _prefix_value(prefix)),
        ),
    )


def query_v2(
    client: bytes, sequence: int, sent: float, group: IPAddress, session: bytes, *, ask: Iterable[int] = ()
) -> Message:
    """A query within the session the server gave."""
    return Message(
        Kind.QUERY,
        (
            Field(Option.VERSION, VERSION_2),
            *_beginning(client, sequence, sent),
            Field(Option.GROUP, _group_v2(group)),
            *_request(ask),
            Field(Option.SESSION, session),
        ),
    )


def response(
    asked: Message,
    *,
    group: IPAddress | None = None,
    prefixes: Iterable[IPNetwork] = (),
    session: bytes | None = None,
    info: bytes | None = None,
) -> Message:
    """The server's word on an Init or a query: a group and a session, or its own prefixes, or neither: stop.

    ``info`` is told only if it was asked for.
    """
    fields = [Field(Option.VERSION, VERSION_2)]
    fields += [field for field in asked.fields if field.number == Option.CLIENT_ID][:1]
    fields += [field for field in asked.fields if field.number == Option.SEQUENCE][:1]
    if group is not None:
        fields.append(Field(Option.GROUP, _group_v2(group)))
    if info is not None and Option.SERVER_INFO in asked.requested:
        fields.append(Field(Option.SERVER_INFO, info))
    fields += [Field(Option.PREFIX, _prefix_value(prefix)) for prefix in prefixes]
    if session is not None:
        fields.append(Field(Option.SESSION, session))
    return Message(Kind.RESPONSE, tuple(fields))


def answer_v1(query: Message, info: bytes, largest: int) -> Message:
    """The whole request, then the server's version if asked, then zeros up to the size asked, at most ``largest``."""
    fields = list(query.fields)
    if query.value(Option.REQUEST) is not None:
        fields.append(Field(Option.SERVER_INFO, info))
    asked = query.value(Option.V1_REPLY_SIZE)
    if asked is not None and len(asked) == 2:
        size = 1 + sum(_HEAD.size + len(field.value) for field in fields)
        missing = min(int.from_bytes(asked, "big"), largest) - size - _HEAD.size
        if missing >= 0:
            fields.append(Field(Option.V1_PADDING, bytes(missing)))
    return Message(Kind.ANSWER, tuple(fields))


def answer_v2(query: Message, ttl: int, now: float) -> Message:
    """The client's options in their order less SERVERS_OWN, then the TTL, then the time if asked for."""
    fields = [field for field in query.fields if field.number not in SERVERS_OWN]
    fields.append(Field(Option.TTL, bytes((ttl,))))
    if Option.SERVER_TIME in query.requested:
        fields.append(Field(Option.SERVER_TIME, _time(now)))
    return Message(Kind.ANSWER, tuple(fields))


def _beginning(client: bytes, sequence: int, sent: float) -> tuple[Field, ...]:
    return (
        Field(Option.CLIENT_ID, client),
        Field(Option.SEQUENCE, struct.pack("!I", sequence)),
        Field(Option.CLIENT_TIME, _time(sent)),
    )


def _request(numbers: Iterable[int]) -> tuple[Field, ...]:
    asked = b"".join(struct.pack("!H", number) for number in numbers)
    return (Field(Option.REQUEST, asked),) if asked else ()


def _time(seconds: float) -> bytes:
    """u32 seconds since the epoch (they wrap in 2106) and u32 microseconds."""
    microseconds = round(seconds * 1_000_000)
    return struct.pack("!II", microseconds // 1_000_000 & 0xFFFFFFFF, microseconds % 1_000_000)


def _group_v2(group: IPAddress) -> bytes:
    return struct.pack("!H", _FAMILIES[group.version]) + group.packed


def _prefix_value(prefix: IPNetwork) -> bytes:
    """Family, length, and as many bytes of the address as the length needs, as omping reads them."""
    needed = (prefix.prefixlen + 7) // 8
    return struct.pack("!HB", _FAMILIES[prefix.version], prefix.prefixlen) + prefix.network_address.packed[:needed]


def _prefix(value: bytes) -> IPNetwork | None:
    if len(value) < 3:
        return None
    family, length = struct.unpack_from("!HB", value)
    full = _LENGTHS.get(family, 0)
    given = value[3:]
    if length > full * 8 or not (length + 7) // 8 <= len(given) <= full:
        return None
    return ipaddress.ip_network((given.ljust(full, b"\0"), length), strict=False)
