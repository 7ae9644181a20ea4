"""Reads ``route print`` of Windows by the shape of its rows, since its words are in the language of the system."""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Mapping

import msgspec

from net.platform.protocol import RouteEntry
from net.platform.windows.mac import canonical_mac

COMMAND = ("route", "print")

_LISTED = re.compile(r" *(?P<index>\d+)\.{3}(?P<mac>(?:[0-9a-f]{2} ){6,8})?\.+(?P<description>.+)")


class Listed(msgspec.Struct, frozen=True, kw_only=True):
    """A row of the interface list at the head."""

    index: int
    mac: str | None
    description: str


class Row(msgspec.Struct, frozen=True, kw_only=True):
    """An active route. Its interface is an address in the IPv4 table and an index in the IPv6 table."""

    destination: str
    gateway: str | None
    metric: int
    address: str | None = None
    index: int | None = None


class Printed(msgspec.Struct, frozen=True, kw_only=True):
    """All that was printed."""

    interfaces: tuple[Listed, ...]
    rows: tuple[Row, ...]


def parse(text: str) -> Printed:
    """Interface list and active routes of both families; persistent routes are configuration and not among them."""
    interfaces, rows = [], []
    lines = text.splitlines()
    for place, line in enumerate(lines):
        following = lines[place + 1].split() if place + 1 < len(lines) else []
        if listed := _LISTED.fullmatch(line.rstrip()):
            interfaces.append(_listed(listed))
        elif row := _ipv4_row(line.split()) or _ipv6_row(line.split(), following):
            rows.append(row)
    return Printed(interfaces=tuple(interfaces), rows=tuple(rows))


def entries(printed: Printed, by_address: Mapping[str, str], by_index: Mapping[int, str]) -> tuple[RouteEntry, ...]:
    """The routes with the names of their interfaces; one whose interface is gone meanwhile keeps address or index."""
    return tuple(
        RouteEntry(
            destination=row.destination,
            interface=_name(row, by_address, by_index),
            gateway=row.gateway,
            metric=row.metric,
        )
        for row in printed.rows
    )


def _name(row: Row, by_address: Mapping[str, str], by_index: Mapping[int, str]) -> str:
    if row.address is not None:
        return by_address.get(row.address, row.address)
    return by_index.get(row.index or 0, f"#{row.index}")


def _listed(found: re.Match[str]) -> Listed:
    return Listed(
        index=int(found["index"]), mac=canonical_mac(found["mac"] or ""), description=found["description"].strip()
    )


def _ipv4_row(words: list[str]) -> Row | None:
    """Destination, mask, gateway ("On-link" in any number of words), interface, metric."""
    if len(words) < 5 or not words[-1].isdigit() or not _is_address(words[-2]):
        return None
    try:
        destination = ipaddress.IPv4Network(f"{words[0]}/{words[1]}", strict=False)
    except ValueError:
        return None
    return Row(
        destination=str(destination),
        gateway=words[2] if _is_address(words[2]) else None,
        metric=int(words[-1]),
        address=words[-2],
    )


def _ipv6_row(words: list[str], following: list[str]) -> Row | None:
    """Index, metric, destination, gateway; the gateway stands on the next line where the destination is long."""
    if len(words) < 3 or not (words[0].isdigit() and words[1].isdigit()) or words[0] == "0":
        return None
    try:
        destination = ipaddress.IPv6Network(words[2], strict=False)
    except ValueError:
        return None
    gateway = (words[3:] or following or [""])[0]
    return Row(
        destination=str(destination),
        gateway=gateway if _is_address(gateway) else None,
        metric=int(words[1]),
        index=int(words[0]),
    )


def _is_address(text: str) -> bool:
    try:
        ipaddress.ip_address(text)
    except ValueError:
        return False
    return True
