"""What a person wants to announce, read from the request and checked against RFC 6762 and 6763."""

from __future__ import annotations

import ipaddress
import re
import socket
import unicodedata
from collections.abc import Iterable

import msgspec

from discovery.bonjour.compose import text_of
from discovery.bonjour.names import LONGEST_LABEL, Labels, folded, parse_name
from discovery.bonjour.rdata import Text
from discovery.bonjour.types import BrowsedType, read_type
from discovery.requests import PublishRequest
from net.problems import ProblemError, make_problem
from net.sockets import IPAddress
from net.text import visible

LONGEST_TXT = 8_000
"""Bytes that still fit a packet with the other records; RFC 6763 section 6.2 advises 400 and limits to 1,300."""
_CONTROLS = re.compile(r"[\x00-\x1f\x7f]")
_NUMBERED = re.compile(r"(?P<name>.*) \((?P<number>[0-9]{1,6})\)", re.DOTALL)
_NUMBERED_HOST = re.compile(rb"(?P<name>.*)-(?P<number>[0-9]{1,6})", re.DOTALL)


class Publication(msgspec.Struct, frozen=True, kw_only=True):
    """An instance to announce: ``name`` its label, ``type`` like ``_http._tcp``, ``host`` the label before ``.local``.

    ``addresses`` are those of another host (a proxy); None: those of the interface that announces.
    """

    name: str
    type: str
    port: int
    host: bytes
    txt: Text
    subtypes: tuple[bytes, ...] = ()
    addresses: tuple[IPAddress, ...] | None = None

    @property
    def type_name(self) -> Labels:
        return (*(label.encode() for label in self.type.split(".")), b"local")

    @property
    def instance_name(self) -> Labels:
        return (self.name.encode(), *self.type_name)

    @property
    def host_name(self) -> Labels:
        return (self.host, b"local")

    def renamed(self) -> Publication:
        """Under the next name (RFC 6762 section 9 leaves the form open; RFC 6763 appendix D shows this one)."""
        return msgspec.structs.replace(self, name=next_name(self.name))

    def rehosted(self) -> Publication:
        """With the next host name."""
        return msgspec.structs.replace(self, host=next_host(self.host))


def next_name(name: str) -> str:
    """``Web`` › ``Web (2)`` › ``Web (3)``, shortened where it would be over 63 bytes."""
    found = _NUMBERED.fullmatch(name)
    base, number = (found["name"], int(found["number"]) + 1) if found else (name, 2)
    ending = f" ({number})"
    room = LONGEST_LABEL - len(ending)
    return base.encode()[:room].decode(errors="ignore") + ending


def next_host(host: bytes) -> bytes:
    """``alpha`` › ``alpha-2`` › ``alpha-3``, shortened likewise."""
    found = _NUMBERED_HOST.fullmatch(host)
    base, number = (found["name"], int(found["number"]) + 1) if found else (host, 2)
    ending = b"-%d" % number
    return base[: LONGEST_LABEL - len(ending)].decode(errors="ignore").encode() + ending


def parse_publication(request: PublishRequest) -> Publication:
    """Raises ProblemError: publish_type_invalid, publish_name_invalid, publish_host_invalid, publish_own_host,
    publish_txt_invalid, publish_subtype_invalid, publish_without_host, address_invalid."""
    browsed = _type(request.type)
    subtypes = [*((browsed.subtype,) if browsed.subtype else ()), *request.subtypes]
    if request.addresses and request.host is None:
        raise ProblemError(make_problem("publish_without_host", ", ".join(request.addresses)))
    return Publication(
        name=_instance(request.name),
        type=browsed.base,
        port=request.port,
        host=_host(request.host) if request.host is not None else _own_label(),
        txt=_txt(request),
        subtypes=tuple(dict.fromkeys(_subtype(text, browsed.base) for text in subtypes)),
        addresses=tuple(_address(text) for text in request.addresses) or None,
    )


def _type(text: str) -> BrowsedType:
    try:
        return read_type(text)
    except ValueError as error:
        raise ProblemError(make_problem("publish_type_invalid", _shown(text), rule=str(error))) from None


def _instance(text: str) -> str:
    """RFC 6763 section 4.1.1: 1 to 63 bytes of UTF-8 in normal form C, without control characters."""
    name = unicodedata.normalize("NFC", text)
    try:
        size = len(name.encode())
    except UnicodeEncodeError:
        size = 0
    if not 1 <= size <= LONGEST_LABEL or _CONTROLS.search(name):
        raise ProblemError(make_problem("publish_name_invalid", _shown(text)))
    return name


def _host(text: str) -> bytes:
    try:
        labels = parse_name(text.strip())
    except ValueError as error:
        raise _host_refused(text, str(error)) from None
    if len(labels) == 2 and folded(labels)[1] == b"local":
        labels = labels[:1]
    if len(labels) != 1:
        raise _host_refused(text, "a host on the local link has one label before .local")
    label = labels[0]
    if label.lower() == socket.gethostname().partition(".")[0].encode("utf-8", "surrogateescape").lower():
        raise own_host_refused(text)
    return label


def own_host_refused(host: str, answered: str | None = None) -> ProblemError:
    """``answered`` is the address of this computer that answers for the name."""
    return ProblemError(make_problem("publish_own_host", visible(host, 100), evidence=answered))


def _host_refused(text: str, rule: str) -> ProblemError:
    return ProblemError(make_problem("publish_host_invalid", _shown(text), rule=rule))


def _own_label() -> bytes:
    """A host label of our own: the computer's name belongs to the system's own responder."""
    name = socket.gethostname().partition(".")[0].encode("utf-8", "replace") or b"host"
    return b"lanscout-" + name[:50].decode(errors="ignore").encode()


def _address(text: str) -> IPAddress:
    try:
        address = ipaddress.ip_address(text.partition("%")[0])
    except ValueError:
        address = None
    if address is None or address.is_multicast or address.is_unspecified:
        raise ProblemError(make_problem("address_invalid", visible(text, 100)))
    return address


def _subtype(text: str, base: str) -> bytes:
    label = text.strip().removesuffix(".").removesuffix(".local").removesuffix(f"._sub.{base}")
    written = label.encode("utf-8", "surrogateescape")
    if not 1 <= len(written) <= LONGEST_LABEL or "." in label or _CONTROLS.search(label):
        raise ProblemError(make_problem("publish_subtype_invalid", _shown(text)))
    return written


def _txt(request: PublishRequest) -> Text:
    if request.txt_hex is not None:
        return _raw_txt(request)
    strings = [text.encode("utf-8", "surrogateescape") for text in request.txt]
    for text, string in zip(request.txt, strings, strict=True):
        rule = _broken_rule(string)
        if rule is not None:
            raise _txt_refused(text, rule)
    keys = [string.partition(b"=")[0].lower() for string in strings]
    twice = _first_twice(keys)
    if twice is not None:
        raise _txt_refused(twice.decode(), "a key stands once, whatever its case (RFC 6763 section 6.4)")
    txt = text_of(strings)
    if len(txt.data) > LONGEST_TXT:
        raise _txt_refused(
            f"A record of {len(txt.data):,} bytes",
            f"more than {LONGEST_TXT:,} bytes fit no packet (RFC 6763 section 6.2)",
        )
    return txt


def _raw_txt(request: PublishRequest) -> Text:
    """As it is, even where it breaks the format: others can be tested with it."""
    if request.txt:
        raise _txt_refused(request.txt[0], "TXT is given as strings or as bytes in hexadecimal, not both")
    try:
        data = bytes.fromhex(request.txt_hex or "")
    except ValueError:
        raise _txt_refused(request.txt_hex or "", "it is not pairs of hexadecimal digits") from None
    if len(data) > LONGEST_TXT:
        raise _txt_refused(
            f"A record of {len(data):,} bytes", f"more than {LONGEST_TXT:,} bytes fit no packet (RFC 6763 section 6.2)"
        )
    return Text((), data)


def _broken_rule(string: bytes) -> str | None:
    key = string.partition(b"=")[0]
    if len(string) > 255:
        return "a string has at most 255 bytes (RFC 6763 section 6.1)"
    if not key:
        return "a key stands before the = (RFC 6763 section 6.4)"
    if not all(0x20 <= byte <= 0x7E for byte in key):
        return "a key consists of printable ASCII (RFC 6763 section 6.4)"
    return None


def _txt_refused(text: str, rule: str) -> ProblemError:
    return ProblemError(make_problem("publish_txt_invalid", _shown(text), rule=rule))


def _shown(text: str) -> str:
    """As the subject that begins a sentence."""
    return visible(text.strip(), 100) or "An empty text"


def _first_twice(keys: Iterable[bytes]) -> bytes | None:
    seen: set[bytes] = set()
    for key in keys:
        if key in seen:
            return key
        seen.add(key)
    return None
