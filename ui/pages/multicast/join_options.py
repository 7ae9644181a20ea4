"""How a group is joined besides where: from which sources, only observing, with how large a buffer."""

from __future__ import annotations

import ipaddress
import re

import msgspec

from net.multicast.endpoint import USUAL_RANGES
from net.records import Problem
from net.requests import ListenRequest
from ui.pages.multicast.target import Target
from ui.problems import told

BUFFER_BYTES = 4 * 1024 * 1024
SOURCE_SPECIFIC_V4 = ipaddress.IPv4Network("232.0.0.0/8")
"""RFC 4607 section 1."""


class JoinOptions(msgspec.Struct, frozen=True):
    """``sources``: let in these only; ``excluded``: all but these; ``observe``: join nothing, hear what others joined.

    ``buffer_bytes``: the receive buffer asked for.
    """

    sources: tuple[str, ...] = ()
    excluded: tuple[str, ...] = ()
    observe: bool = False
    buffer_bytes: int = BUFFER_BYTES

    def request(self, endpoint: str, interface: str, *, keep: int, strips: bool) -> ListenRequest:
        """What is asked of the probe."""
        return ListenRequest(
            groups=(endpoint,),
            interfaces=(interface,),
            sources=self.sources,
            excluded=self.excluded,
            observe=self.observe,
            buffer_bytes=self.buffer_bytes,
            keep=keep,
            strips=strips,
        )

    def refusal(self, target: Target) -> Problem | None:
        """Why ``target`` cannot be joined so: source_wrong_family, source_missing."""
        group = ipaddress.ip_address(target.group)
        for source in (*self.sources, *self.excluded):
            if ipaddress.ip_address(source).version != group.version:
                return told("source_wrong_family", source, family=f"IPv{group.version}", group=target.group)
        if _source_specific(group) and not self.sources and not self.observe:
            return told("source_missing", target.endpoint, usual=USUAL_RANGES[group.version])
        return None


def parse_sources(text: str) -> tuple[str, ...] | Problem:
    """Addresses of senders, separated by commas or blanks; source_empty, or source_invalid for what is none."""
    found: dict[str, None] = {}
    words = [word for word in re.split(r"[,\s]+", text) if word]
    if not words:
        return told("source_empty", text)
    for word in words:
        try:
            address = ipaddress.ip_address(word.partition("%")[0])
        except ValueError:
            return told("source_invalid", word)
        if address.is_multicast or address.is_unspecified:
            return told("source_invalid", word)
        found[str(address)] = None
    return tuple(found)


def _source_specific(group: ipaddress.IPv4Address | ipaddress.IPv6Address) -> bool:
    if isinstance(group, ipaddress.IPv4Address):
        return group in SOURCE_SPECIFIC_V4
    return group.packed[0] == 0xFF and group.packed[1] >> 4 == 3 and group.packed[2:4] == bytes(2)
