"""Reads property lists, XML and binary, within bounds that no hostile file can exceed."""

from __future__ import annotations

import plistlib
import struct
from collections.abc import Mapping
from xml.parsers.expat import ExpatError

PLIST_BYTES = 2 * 1024 * 1024
DEPTH = 64
VALUES = 200_000
"""Values of a property list, where one that is referred to twice counts twice."""

Plist = Mapping[str, object]

_TRAILER = struct.Struct(">5xBBBQQQ")
_WIDE = (0xA, 0xB, 0xC, 0xD)
_FAILURES = (ValueError, TypeError, AttributeError, LookupError, ArithmeticError, RecursionError, OSError, struct.error)
"""What plistlib lets out where a file is not one, beside the error of its XML parser."""


class UnreadableError(Exception):
    """A file is damaged, beyond the bounds or not what it should be; the message says why, as the end of a sentence."""


def read_plist(data: bytes) -> Plist:
    """The dictionary at the root of a property list. Raises UnreadableError.

    XML with entity declarations is refused by plistlib itself. A binary list is measured before it is read: in one
    that a program wrote no two objects share bytes, which keeps what it unfolds to as small as the file.
    """
    if len(data) > PLIST_BYTES:
        raise UnreadableError(f"a property list of {len(data)} bytes is too large to be one of an app")
    try:
        if data.startswith(b"bplist"):
            _measure_binary(data)
        value = plistlib.loads(data)
    except ExpatError as error:
        raise UnreadableError(f"the XML is damaged ({error})") from error
    except _FAILURES as error:
        raise UnreadableError(f"it is no property list ({str(error)[:200] or type(error).__name__})") from error
    _measure(value)
    if not isinstance(value, dict):
        raise UnreadableError("the property list holds no dictionary")
    return {key: each for key, each in value.items() if isinstance(key, str)}


def is_plist(data: bytes) -> bool:
    """Whether a file that begins with ``data`` should be a property list."""
    start = data.lstrip(b"\xef\xbb\xbf \t\r\n")
    return data.startswith((b"bplist", b"\xfe\xff", b"\xff\xfe")) or start.startswith(
        (b"<?xml", b"<!DOCTYPE", b"<plist")
    )


def texts(value: object) -> tuple[str, ...]:
    """A string, or the strings of an array; () for anything else."""
    if isinstance(value, str):
        return (value,)
    return tuple(each for each in value if isinstance(each, str)) if isinstance(value, list) else ()


def _measure_binary(data: bytes) -> None:
    """Object by object as CFBinaryPList.c lays them out: a marker with a count, then bytes or references."""
    if len(data) < 8 + _TRAILER.size:
        raise UnreadableError("the property list ends early")
    _, offset_size, reference_size, count, _, table = _TRAILER.unpack(data[-_TRAILER.size :])
    if not 1 <= offset_size <= 8 or not 1 <= reference_size <= 8 or table + count * offset_size > len(data):
        raise UnreadableError("the table of objects lies outside the property list")
    used = 0
    for number in range(count):
        place = table + number * offset_size
        used += _extent(data, int.from_bytes(data[place : place + offset_size], "big"), reference_size)
        if used > len(data):
            raise UnreadableError("objects of the property list overlap")


def _extent(data: bytes, offset: int, reference_size: int) -> int:
    """The bytes an object takes at ``offset``, at least 1."""
    if offset >= len(data):
        raise UnreadableError("an object lies outside the property list")
    kind, size = divmod(data[offset], 16)
    if kind in (0x1, 0x2):
        return 1 + (1 << size)
    if kind not in (0x4, 0x5, 0x6, *_WIDE):
        return 1
    if size == 0xF:
        width = 1 << (data[offset + 1] & 0x3) if offset + 1 < len(data) else 1
        size = int.from_bytes(data[offset + 2 : offset + 2 + width], "big")
    if kind in _WIDE:
        return 1 + size * reference_size * (2 if kind == 0xD else 1)
    return 1 + size * (2 if kind == 0x6 else 1)


def _measure(root: object) -> None:
    """Without recursion: how deep and how large the value is for whoever walks through it."""
    waiting = [(root, 1)]
    seen = 0
    while waiting:
        value, depth = waiting.pop()
        seen += 1
        if depth > DEPTH or seen + len(waiting) > VALUES:
            raise UnreadableError("the property list is nested too deep or holds too much")
        if isinstance(value, dict):
            waiting += [(each, depth + 1) for each in value.values()]
        elif isinstance(value, list):
            waiting += [(each, depth + 1) for each in value]
        elif isinstance(value, int) and value.bit_length() > 128:
            raise UnreadableError("the property list holds a number that is none")
