"""Writes and reads the messages of WS-Discovery: SOAP over UDP, of 2005/04 and of OASIS 1.1 (2009/01)."""

from __future__ import annotations

from typing import Final, Literal, NamedTuple
from urllib.parse import unquote
from uuid import uuid4
from xml.parsers import expat

from discovery.devices.statement import LONGEST
from net.records import Family

PORT: Final = 3702
GROUPS: Final[dict[Family, str]] = {"ipv4": "239.255.255.250", "ipv6": "ff02::c"}
"""WS-Discovery 1.1 section 3.1.1."""
TTL: Final = 1
"""The link alone, as SOAP-over-UDP 1.1 section 3.1 recommends for site-local groups."""
_MOST_BYTES = 32_767
"""SOAP-over-UDP 1.1 section 3.4: MAX_UDP_ENVELOPE_SIZE."""
_MOST_DEPTH = 32
_MOST_DEVICES = 16
_MOST_WORDS = 64
_DIALECTS = (
    (
        "http://schemas.xmlsoap.org/ws/2004/08/addressing",
        "http://schemas.xmlsoap.org/ws/2005/04/discovery",
        "urn:schemas-xmlsoap-org:ws:2005:04:discovery",
    ),
    (
        "http://www.w3.org/2005/08/addressing",
        "http://docs.oasis-open.org/ws-dd/ns/discovery/2009/01",
        "urn:docs-oasis-open-org:ws-dd:ns:discovery:2009:01",
    ),
)
"""Namespace of addressing, of discovery, and the address ``To`` of what goes to the group."""
_ENVELOPE = (
    '<?xml version="1.0" encoding="utf-8"?>'
    '<s:Envelope xmlns:s="http://www.w3.org/2003/05/soap-envelope" xmlns:a="{addressing}" xmlns:d="{discovery}">'
    "<s:Header><a:Action>{discovery}/Probe</a:Action><a:MessageID>urn:uuid:{message}</a:MessageID><a:To>{to}</a:To>"
    "</s:Header><s:Body><d:Probe/></s:Body></s:Envelope>"
)
_HOLDERS = {"Hello": "alive", "ProbeMatch": "alive", "ResolveMatch": "alive", "Bye": "bye"}
_ONVIF = "onvif://www.onvif.org/"


class Told(NamedTuple):
    """What a message says of one device: ``endpoint`` is its lasting name, a UUID mostly; ``types`` without prefix;
    ``scopes`` and ``locations`` as they are written."""

    what: Literal["alive", "bye"]
    endpoint: str
    types: tuple[str, ...]
    scopes: tuple[str, ...]
    locations: tuple[str, ...]


def probes() -> tuple[bytes, ...]:
    """A Probe for everything in each of the two dialects (section 5.2)."""
    return tuple(
        _ENVELOPE.format(addressing=addressing, discovery=discovery, to=to, message=uuid4()).encode()
        for addressing, discovery, to in _DIALECTS
    )


def read(payload: bytes) -> tuple[Told, ...]:
    """The devices of a Hello, Bye, ProbeMatches or ResolveMatches; none for anything else. Never raises.

    A document with a DOCTYPE is refused: entities could be declared in it, which SOAP forbids (SOAP 1.2 section 5).
    """
    if len(payload) > _MOST_BYTES:
        return ()
    reader = _Reader()
    parser = expat.ParserCreate(namespace_separator=" ")
    parser.buffer_text = True
    parser.StartDoctypeDeclHandler = _refuse
    parser.EntityDeclHandler = _refuse
    parser.StartElementHandler = reader.start
    parser.EndElementHandler = reader.end
    parser.CharacterDataHandler = reader.text
    try:
        parser.Parse(payload, True)
    except (expat.ExpatError, _RefusedError, ValueError, LookupError):  # LookupError: an encoding nobody knows
        return ()
    return tuple(reader.told)


def onvif(scopes: tuple[str, ...], word: str) -> str | None:
    """The value of an ONVIF scope, ``name`` or ``hardware`` (ONVIF Core Specification section 7.3.2.2)."""
    start = f"{_ONVIF}{word}/"
    return next((unquote(scope[len(start) :])[:LONGEST] for scope in scopes if scope.startswith(start)), None)


class _RefusedError(Exception):
    """The document has what no SOAP message may have, or too much."""


def _refuse(*_: object) -> None:
    raise _RefusedError


class _Reader:
    """Takes expat's events; names come as ``namespace name``."""

    def __init__(self) -> None:
        self.told: list[Told] = []
        self._path: list[str] = []
        self._holder: Literal["alive", "bye"] | None = None
        self._holder_depth = 0
        self._words: dict[str, str] = {}
        self._text: list[str] | None = None

    def start(self, name: str, _attributes: dict[str, str]) -> None:
        namespace, _, local = name.rpartition(" ")
        self._path.append(local)
        if len(self._path) > _MOST_DEPTH:
            raise _RefusedError
        discovery = any(namespace == known for _, known, _ in _DIALECTS)
        if discovery and local in _HOLDERS and self._holder is None:
            self._holder = "bye" if _HOLDERS[local] == "bye" else "alive"
            self._holder_depth = len(self._path)
            self._words = {}
        reference = local == "Address" and self._path[-2:-1] == ["EndpointReference"]
        wanted = reference or (discovery and local in ("Types", "Scopes", "XAddrs"))
        self._text = [] if self._holder is not None and wanted else None

    def text(self, data: str) -> None:
        if self._text is not None:
            self._text.append(data)

    def end(self, _name: str) -> None:
        local = self._path[-1]
        if self._text is not None:
            self._words.setdefault(local, "".join(self._text))
            self._text = None
        if self._holder is not None and len(self._path) == self._holder_depth:
            self._hand_on(self._holder)
            self._holder = None
        self._path.pop()

    def _hand_on(self, what: Literal["alive", "bye"]) -> None:
        endpoint = self._words.get("Address", "").strip()[:LONGEST]
        if not endpoint or len(self.told) == _MOST_DEVICES:
            return
        types = (word.rpartition(":")[2] for word in self._list("Types"))
        self.told.append(Told(what, endpoint, tuple(dict.fromkeys(types)), self._list("Scopes"), self._list("XAddrs")))

    def _list(self, name: str) -> tuple[str, ...]:
        return tuple(word[:LONGEST] for word in self._words.get(name, "").split()[:_MOST_WORDS])
