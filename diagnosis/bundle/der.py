"""Reads BER and DER (X.690): what is wrapped in a CMS signature, and entitlements in their binary form."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from diagnosis.bundle.plists import DEPTH, Plist, UnreadableError

ELEMENTS = 100_000
"""Elements that are looked at in one message: nested indefinite lengths are walked through more than once."""
PIECES_DEPTH = 4

INTEGER, OCTETS, OID, UTF8, SEQUENCE = 0x02, 0x04, 0x06, 0x0C, 0x30
OCTET_PIECES = 0x24
EXPLICIT = 0xA0
DICTIONARY = 0xB0
ENTITLEMENTS = 0x70
CONSTRUCTED = 0x20
SIGNED_DATA = bytes.fromhex("2a864886f70d010702")
DATA = bytes.fromhex("2a864886f70d010701")


def signed_content(data: bytes) -> bytes:
    """What a CMS SignedData encapsulates (RFC 5652 sections 3 and 5). The signature is not checked.

    Raises UnreadableError where it is no such message.
    """
    message = _Message(data)
    outer = message.children(message.only(message.whole, SEQUENCE))
    if message.content(message.next(outer, OID)) != SIGNED_DATA:
        raise UnreadableError("the CMS message is not signed data")
    signed = message.children(message.only(message.next(outer, EXPLICIT), SEQUENCE))
    message.next(signed, INTEGER)
    next(signed, None)  # the digest algorithms
    inner = message.children(message.next(signed, SEQUENCE))
    if message.content(message.next(inner, OID)) != DATA:
        raise UnreadableError("the CMS message encapsulates no data")
    return b"".join(message.octets(message.next(inner, EXPLICIT), 0))


def read_entitlements(data: bytes) -> Plist:
    """The dictionary of a DER entitlements blob: [APPLICATION 16] { version, [16] { pairs } } (TN3125).

    Raises UnreadableError.
    """
    message = _Message(data)
    content = message.children(message.only(message.whole, ENTITLEMENTS))
    message.next(content, INTEGER)
    return message.dictionary(message.next(content, DICTIONARY), 1)


class _Element(NamedTuple):
    """Its content is ``data[start:end]``, and at ``after`` comes the next."""

    tag: int
    start: int
    end: int
    after: int


class _Message:
    """The bytes, and how many elements of them were looked at. All methods raise UnreadableError."""

    def __init__(self, data: bytes) -> None:
        self._data = data
        self._seen = 0
        self.whole = _Element(0, 0, len(data), len(data))

    def content(self, element: _Element) -> bytes:
        return self._data[element.start : element.end]

    def children(self, parent: _Element) -> Iterator[_Element]:
        place = parent.start
        while place < parent.end:
            element = self._element(place, parent.end, 0)
            yield element
            place = element.after

    def only(self, parent: _Element, tag: int) -> _Element:
        """The first of the children, which must be of that kind."""
        return self.next(self.children(parent), tag)

    def next(self, elements: Iterator[_Element], tag: int) -> _Element:
        element = next(elements, None)
        if element is None or element.tag != tag:
            raise UnreadableError(f"an element with the tag {tag:#04x} is missing in the DER structure")
        return element

    def octets(self, parent: _Element, depth: int) -> Iterator[bytes]:
        """The pieces of octet strings, which BER may cut up."""
        for element in self.children(parent):
            if element.tag == OCTETS:
                yield self.content(element)
            elif element.tag == OCTET_PIECES and depth < PIECES_DEPTH:
                yield from self.octets(element, depth + 1)
            else:
                raise UnreadableError("the CMS message encapsulates something else than octets")

    def dictionary(self, element: _Element, depth: int) -> dict[str, object]:
        pairs: dict[str, object] = {}
        for pair in self.children(element):
            parts = self.children(pair)
            key = self.content(self.next(parts, UTF8)).decode("utf-8", "replace")
            value = next(parts, None)
            if pair.tag != SEQUENCE or value is None:
                raise UnreadableError("a pair of the DER entitlements is damaged")
            pairs[key] = self._value(value, depth + 1)
        return pairs

    def _value(self, element: _Element, depth: int) -> object:
        if depth > DEPTH:
            raise UnreadableError("the DER entitlements are nested too deep")
        content = self.content(element)
        match element.tag:
            case 0x01:  # BOOLEAN
                return any(content)
            case 0x02 if len(content) <= 16:  # INTEGER
                return int.from_bytes(content, "big", signed=True)
            case 0x0C:  # UTF8String
                return content.decode("utf-8", "replace")
            case 0x30:  # SEQUENCE
                return [self._value(each, depth + 1) for each in self.children(element)]
            case 0xB0:  # [16], a dictionary
                return self.dictionary(element, depth)
        return content

    def _element(self, start: int, limit: int, depth: int) -> _Element:
        """The element at ``start``, which must end by ``limit`` (X.690 section 8.1)."""
        self._seen += 1
        if self._seen > ELEMENTS:
            raise UnreadableError("the DER structure holds too many elements")
        if start + 2 > limit or self._data[start] & 0x1F == 0x1F:
            raise UnreadableError("an element of the DER structure is damaged")
        tag, length, begin = self._data[start], self._data[start + 1], start + 2
        if length == 0x80:
            return self._indefinite(tag, begin, limit, depth)
        if length > 0x80:
            octets = length & 0x7F
            length = int.from_bytes(self._data[begin : begin + octets], "big")
            begin += octets
        end = begin + length
        if end > limit:
            raise UnreadableError("an element of the DER structure is longer than what holds it")
        return _Element(tag, begin, end, end)

    def _indefinite(self, tag: int, begin: int, limit: int, depth: int) -> _Element:
        """An element that lasts until two zero octets."""
        if depth > DEPTH or not tag & CONSTRUCTED:
            raise UnreadableError("an element of the DER structure is damaged or nested too deep")
        place = begin
        while self._data[place : place + 2] != b"\0\0" or place + 2 > limit:
            place = self._element(place, limit, depth + 1).after
        return _Element(tag, begin, place, place + 2)
