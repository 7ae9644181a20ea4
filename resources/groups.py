"""Finds the well-known multicast group in resources/tables/multicast-groups.toml."""

from __future__ import annotations

import ipaddress
from functools import cache, lru_cache
from typing import NamedTuple

from resources.loader import GroupRow, multicast_groups

NARROW = 1024
"""Addresses an entry may span and still name a group whose port is not known; a wider one is a block of many uses."""


class _Entry(NamedTuple):
    """An address entry of a row: the addresses from ``first`` to ``last``, as numbers of IP ``version``."""

    size: int
    place: int
    version: int
    first: int
    last: int
    row: GroupRow


def well_known(group: str, port: int | None) -> GroupRow | None:
    """The row that names ``group`` (address text, a scope is ignored) on ``port`` best, None where none does.

    The most specific entry whose ports hold the port wins, then the most specific for any port, at a tie the earlier
    row. Without a port an entry of at most ``NARROW`` addresses is taken whatever its ports, since 224.0.0.251 is
    mDNS in a table of memberships too; a wide one only if it is for any port.
    """
    found = known_groups(group, port)
    return found[0] if found else None


@lru_cache(maxsize=4096)
def known_groups(group: str, port: int | None) -> tuple[GroupRow, ...]:
    """All rows that fit, best first: several protocols share a group, and a block holds it."""
    try:
        address = ipaddress.ip_address(group.partition("%")[0])
    except ValueError:
        return ()
    number, version = int(address), address.version
    fitting = [
        entry
        for entry in _entries()
        if entry.version == version and entry.first <= number <= entry.last and _has_port(entry, port)
    ]
    fitting.sort(key=lambda entry: (port is not None and not entry.row.ports, entry.size, _is_guess(entry, port)))
    return tuple(dict.fromkeys(entry.row for entry in fitting))


def _has_port(entry: _Entry, port: int | None) -> bool:
    if port is None:
        return not entry.row.ports or entry.size <= NARROW
    return not entry.row.ports or port in entry.row.ports


def _is_guess(entry: _Entry, port: int | None) -> bool:
    """Whether the row is for certain ports while the port is not known: of two such, any port is the safer name."""
    return port is None and bool(entry.row.ports)


@cache
def _entries() -> tuple[_Entry, ...]:
    return tuple(_entry(text, place, row) for place, row in enumerate(multicast_groups()) for text in row.groups)


def _entry(text: str, place: int, row: GroupRow) -> _Entry:
    """``text`` is an address, a CIDR block or a range a-b with both ends included."""
    low, dash, high = text.partition("-")
    if dash:
        first, last = ipaddress.ip_address(low), ipaddress.ip_address(high)
    else:
        block = ipaddress.ip_network(text)
        first, last = block[0], block[-1]
    return _Entry(int(last) - int(first) + 1, place, first.version, int(first), int(last), row)
