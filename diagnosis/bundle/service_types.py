"""Bonjour service types: how they are written in Info.plist, and which stand in a program as text."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NamedTuple

from diagnosis.bundle.tree import Opened

ALL_TYPES = "_services._dns-sd._udp"
SCANNED_BYTES = 64 * 1024 * 1024
TEXTS_KEPT = 50

_STEP = 1024 * 1024
_OVERLAP = 64
_TYPE = re.compile(r"_(?!-)(?!.*--)[A-Za-z0-9-]{1,15}(?<!-)\._(?:tcp|udp)", re.IGNORECASE)
_TYPE_END = re.compile(rb"\._(?:tcp|udp)(?![A-Za-z0-9_-])")
_TYPE_START = re.compile(rb"_[A-Za-z0-9-]{1,15}$")
_MULTICAST = re.compile(
    rb"NWMulticastGroup|nw_group_descriptor_create_multicast"
    rb"|(?<![0-9.])2(?:2[4-9]|3[0-9])(?:\.(?:25[0-5]|2[0-4][0-9]|1[0-9][0-9]|[1-9]?[0-9])){3}(?![0-9.])"
)
_LINK_LOCAL_DNS = b"224.0.0.251"


class Texts(NamedTuple):
    """What was found as text in a program: that it is there does not say that it is used."""

    types: tuple[str, ...]
    multicast: tuple[str, ...]


def is_type(text: str) -> bool:
    """Whether that is a type as Info.plist wants it: ``_http._tcp`` (RFC 6335 section 5.1, RFC 6763 section 7)."""
    return _TYPE.fullmatch(text) is not None and any(letter.isalpha() for letter in text.partition(".")[0])


def bare_type(text: str) -> str:
    """``_http._tcp`` of ``_http._tcp.local.`` and of ``_printer._sub._http._tcp``."""
    bare = text.strip().rstrip(".")
    if bare.lower().endswith(".local"):
        bare = bare[: -len(".local")]
    return re.sub(r"^.*\._sub\.", "", bare, flags=re.IGNORECASE)


def find_texts(opened: Opened, offset: int, size: int) -> Texts:
    """Look through the first SCANNED_BYTES of a slice, at most TEXTS_KEPT of each."""
    types: dict[str, None] = {}
    multicast: dict[str, None] = {}
    for data in _steps(opened, offset, min(size, SCANNED_BYTES)):
        for end in _TYPE_END.finditer(data):
            start = _TYPE_START.search(data[max(0, end.start() - 16) : end.start()])
            if start is not None and len(types) < TEXTS_KEPT:
                types[(start[0] + end[0]).decode("ascii")] = None
        for found in _MULTICAST.finditer(data):
            if found[0] != _LINK_LOCAL_DNS and len(multicast) < TEXTS_KEPT:
                multicast[found[0].decode("ascii")] = None
    return Texts(tuple(name for name in types if is_type(name)), tuple(multicast))


def _steps(opened: Opened, offset: int, size: int) -> Iterator[bytes]:
    """Pieces that overlap, so that a text at their border is whole in one of them."""
    opened.file.seek(offset)
    before = b""
    while size > 0 and (data := opened.file.read(min(size, _STEP))):
        yield before + data
        before = data[-_OVERLAP:]
        size -= len(data)
