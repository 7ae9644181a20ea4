"""Reads ``ifconfig -a`` of macOS, plain or verbose (network_cmds, ifconfig.tproj/ifconfig.c)."""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Iterator
from typing import NamedTuple

from net.platform.protocol import Link
from net.platform.scope import scope_of
from net.records import Address

VERBOSE = ("ifconfig", "-vv", "-a")
"""With the lines type, functional type, xflags and agent. It gives up when an interface vanishes meanwhile."""
PLAIN = ("ifconfig", "-a")

_HEAD = re.compile(r"(?P<name>\S+): flags=[0-9a-f]+<(?P<flags>[^>]*)>")
_MTU = re.compile(r"\bmtu (\d+)")
_INDEX = re.compile(r"\bindex (\d+)")
_SCOPE_ID = re.compile(r"scopeid 0x([0-9a-f]+)")
_MAC = re.compile(r"ether ((?:[0-9a-fA-F]{1,2}:){5}[0-9a-fA-F]{1,2})\b")
_INET = re.compile(r"inet6? (?P<address>\S+)(?: --> (?P<peer>\S+))?(?P<rest>.*)")
_MASK = re.compile(r"netmask 0x([0-9a-f]{8})")
_PREFIX = re.compile(r"prefixlen (\d+)")
_BROADCAST = re.compile(r"broadcast (\S+)")
_MEDIA_SPEED = re.compile(r"media: .*?\(?(\d+)(G?)base", re.IGNORECASE)
_RATE = re.compile(r"(?:link|uplink) rate: .*?([\d.]+) ([KMG])bps(?: \[max\])?$")
# With -vv the name of the type is followed by its number: "Wi-Fi (0x6) family: 2 subfamily: 3".
_TYPE_NUMBER = re.compile(r" ?\(?0x[0-9a-f]+\)? family: .*")
_XFLAGS = re.compile(r"xflags=[0-9a-f]+<([^>]*)>")
_MEMBER = re.compile(r"member: (\S+) ")
_MBPS = {"K": 0.001, "M": 1.0, "G": 1000.0}


class _Block(NamedTuple):
    """The lines of one interface, stripped, the heading first."""

    name: str
    flags: frozenset[str]
    lines: list[str]


def parse(text: str) -> tuple[Link, ...]:
    """The interfaces in the order printed; ``index`` is 0 where neither an index nor a scope id was printed.

    RUNNING is left out where the status line says inactive: Darwin sets that flag without a carrier, while everywhere
    else here it means that there is one. Byte counters and ``darwin.port`` come from elsewhere.
    """
    blocks = list(_blocks(text))
    bridges: dict[str, list[str]] = {}
    for block in blocks:
        for member in _all(_MEMBER, block.lines):
            bridges.setdefault(member, []).append(block.name)
    return tuple(_link(block, tuple(bridges.get(block.name, ()))) for block in blocks)


def _blocks(text: str) -> Iterator[_Block]:
    block = None
    for line in text.splitlines():
        head = _HEAD.match(line)
        if head is not None:
            if block is not None:
                yield block
            block = _Block(head["name"], frozenset(filter(None, head["flags"].split(","))), [line])
        elif block is not None:
            block.lines.append(line.strip())
    if block is not None:
        yield block


def _link(block: _Block, bridges: tuple[str, ...]) -> Link:
    lines = block.lines
    inactive = "status: inactive" in lines
    index = _first(_INDEX, lines[:2])
    scope_id = _first(_SCOPE_ID, lines)
    mtu = _first(_MTU, lines[:2])
    return Link(
        name=block.name,
        index=int(index) if index else int(scope_id or "0", 16),
        flags=block.flags - {"RUNNING"} if inactive else block.flags,
        mtu=int(mtu) if mtu else None,
        mac=_mac(_first(_MAC, lines)),
        speed_mbps=None if inactive else _speed(lines),
        addresses=tuple(address for line in lines if (address := _address(line))),
        facts=dict(_facts(lines, bridges)),
    )


def _facts(lines: list[str], bridges: tuple[str, ...]) -> Iterator[tuple[str, tuple[str, ...]]]:
    types = [_TYPE_NUMBER.sub("", line.removeprefix("type: ")) for line in lines if line.startswith("type: ")]
    if types and types[0]:
        yield "darwin.type", (types[0],)
    functional = [line.removeprefix("functional type: ") for line in lines if line.startswith("functional type: ")]
    if functional:
        yield "darwin.functional", (functional[0],)
    xflags = _first(_XFLAGS, lines)
    if xflags:
        yield "darwin.xflags", tuple(xflags.split(","))
    agents = tuple(line.removeprefix("agent ") for line in lines if line.startswith("agent "))
    if agents:
        yield "darwin.agent", agents
    if bridges:
        yield "darwin.member_of", bridges


def _address(line: str) -> Address | None:
    """The address of an inet or inet6 line, with the words on its life (network_cmds, ifconfig.tproj/af_inet6.c)."""
    found = _INET.match(line)
    if found is None:
        return None
    try:
        address = ipaddress.ip_address(found["address"])
        peer = ipaddress.ip_address(found["peer"]) if found["peer"] else None
    except ValueError:
        return None
    words = found["rest"].split()
    mask, prefix = _MASK.search(found["rest"]), _PREFIX.search(found["rest"])
    broadcast = _BROADCAST.search(found["rest"])
    if mask is not None:
        length: int | None = int(mask[1], 16).bit_count()
    else:
        length = int(prefix[1]) if prefix else None
    return Address(
        address=str(address),
        prefix=length,
        scope=scope_of(address),
        peer=str(peer) if peer else None,
        broadcast=broadcast[1] if broadcast else None,
        temporary="temporary" in words if address.version == 6 else None,
        deprecated="deprecated" in words if address.version == 6 else None,
        tentative="tentative" in words if address.version == 6 else None,
        duplicate="duplicated" in words if address.version == 6 else None,
    )


def _speed(lines: list[str]) -> int | None:
    """Mb/s of the medium in use, or where it names none (Wi-Fi) the highest rate of sending."""
    for line in lines:
        if found := _MEDIA_SPEED.match(line):
            return int(found[1]) * (1000 if found[2] else 1)
        if found := _RATE.match(line):
            return round(float(found[1]) * _MBPS[found[2]])
    return None


def _mac(text: str | None) -> str | None:
    return ":".join(group.zfill(2) for group in text.lower().split(":")) if text else None


def _first(pattern: re.Pattern[str], lines: list[str]) -> str | None:
    return next(_all(pattern, lines), None)


def _all(pattern: re.Pattern[str], lines: list[str]) -> Iterator[str]:
    for line in lines:
        if found := pattern.search(line):
            yield found[1]
