"""What a resource record says: its typed data, and the text of types and data."""

from __future__ import annotations

import ipaddress
from collections.abc import Iterable
from itertools import chain
from typing import Final

import msgspec

from discovery.bonjour.names import Labels, name_text
from net.text import visible_bytes

A: Final = 1
CNAME: Final = 5
PTR: Final = 12
HINFO: Final = 13
TXT: Final = 16
AAAA: Final = 28
SRV: Final = 33
OPT: Final = 41
NSEC: Final = 47
ANY: Final = 255

TYPES: Final = {
    A: "A",
    2: "NS",
    CNAME: "CNAME",
    6: "SOA",
    PTR: "PTR",
    HINFO: "HINFO",
    15: "MX",
    TXT: "TXT",
    25: "KEY",
    AAAA: "AAAA",
    SRV: "SRV",
    35: "NAPTR",
    39: "DNAME",
    OPT: "OPT",
    46: "RRSIG",
    NSEC: "NSEC",
    48: "DNSKEY",
    64: "SVCB",
    65: "HTTPS",
    ANY: "ANY",
}
"""IANA, Domain Name System parameters, Resource Record TYPEs."""
LONGEST_TEXT: Final = 4000
"""Characters of the text of one record's data."""
_NUMBERS: Final = {text: number for number, text in TYPES.items()}


class Pointer(msgspec.Struct, frozen=True, gc=False):
    """PTR, CNAME, NS, DNAME: another name."""

    target: Labels


class Server(msgspec.Struct, frozen=True, gc=False):
    """SRV (RFC 2782)."""

    priority: int
    weight: int
    port: int
    target: Labels


class Text(msgspec.Struct, frozen=True, gc=False):
    """TXT: its strings, and the bytes as they were written."""

    strings: tuple[bytes, ...]
    data: bytes


class HostAddress(msgspec.Struct, frozen=True, gc=False):
    """A (4 bytes) and AAAA (16 bytes)."""

    packed: bytes


class Absence(msgspec.Struct, frozen=True, gc=False):
    """NSEC (RFC 4034 section 4): the next name, and the types that exist (RFC 6762 section 6.1)."""

    next: Labels
    types: tuple[int, ...]


class Options(msgspec.Struct, frozen=True, gc=False):
    """OPT (RFC 6891): code and data of each option."""

    options: tuple[tuple[int, bytes], ...]


class Opaque(msgspec.Struct, frozen=True, gc=False):
    """Any other type, or data that broke the rules of its type, as bytes."""

    data: bytes


Rdata = Pointer | Server | Text | HostAddress | Absence | Options | Opaque


def type_text(number: int) -> str:
    """``SRV``, or ``TYPE64`` where it has no name here (RFC 3597 section 5)."""
    return TYPES.get(number) or f"TYPE{number}"


def parse_type_text(text: str) -> int:
    """The number of ``SRV``, ``TYPE64`` or ``64``. Raises ValueError."""
    word = text.strip().upper()
    if word in _NUMBERS:
        return _NUMBERS[word]
    number = int(word.removeprefix("TYPE"))
    if not 0 <= number <= 0xFFFF:
        message = f"{text} is no type of a record"
        raise ValueError(message)
    return number


def rdata_text(rdata: Rdata) -> str:
    """One line: names as by ``name_text``, strings in quotes, unknown data as hex (RFC 3597 section 5).

    Of more than 4,000 characters the beginning and ``…``.
    """
    match rdata:
        case Pointer(target):
            text = name_text(target)
        case Server(priority, weight, port, target):
            text = f"{priority} {weight} {port} {name_text(target)}"
        case Text(strings):
            text = _joined(f'"{visible_bytes(string)}"' for string in strings)
        case HostAddress(packed):
            text = str(ipaddress.ip_address(packed))
        case Absence(following, types):
            text = _joined(chain((name_text(following),), map(type_text, types)))
        case Options(options):
            text = _joined(f"option {code}: {data[:LONGEST_TEXT].hex() or '-'}" for code, data in options)
        case Opaque(data):
            text = _joined((f"\\# {len(data)} {data[:LONGEST_TEXT].hex()}".rstrip(),))
    return text


def _joined(pieces: Iterable[str]) -> str:
    """With spaces between them; none is made that finds no room."""
    found: list[str] = []
    size = -1
    for piece in pieces:
        found.append(piece)
        size += len(piece) + 1
        if size > LONGEST_TEXT:
            return " ".join(found)[: LONGEST_TEXT - 1] + "…"
    return " ".join(found)
