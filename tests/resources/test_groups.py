"""The table of multicast groups: each row is found by its own addresses and ports, the most specific first."""

from __future__ import annotations

import ipaddress

import pytest

from resources.groups import known_groups, well_known
from resources.loader import GroupRow, multicast_groups

SHARED = {
    "CARP": "VRRP",
    "Bonjour sleep proxy": "mDNS (Bonjour)",
    "Sonos by SSDP": "SSDP (UPnP)",
    "Philips Hue by SSDP": "SSDP (UPnP)",
}
"""Rows with the very addresses and ports of an earlier one: known_groups tells them, well_known the earlier."""


def ends(entry: str) -> tuple[str, str]:
    """The first and the last address of an entry."""
    low, dash, high = entry.partition("-")
    if dash:
        return low, high
    block = ipaddress.ip_network(entry)
    return str(block[0]), str(block[-1])


def name_of(row: GroupRow) -> str:
    return f"{row.name} {row.ports}"


@pytest.mark.parametrize("row", multicast_groups(), ids=name_of)
def test_each_row_is_found_by_each_end_of_its_entries_and_each_of_its_ports(row: GroupRow) -> None:
    for entry in row.groups:
        for address in ends(entry):
            for port in row.ports or (0, 40001):
                assert row in known_groups(address, port), (address, port)
                assert well_known(address, port) == known_groups(address, port)[0]


@pytest.mark.parametrize("row", [row for row in multicast_groups() if row.groups], ids=name_of)
def test_each_row_is_the_best_name_of_some_address_and_port(row: GroupRow) -> None:
    found = {
        best.name
        for entry in row.groups
        for address in (*ends(entry), *inside(entry))
        for port in row.ports or (40001,)
        if (best := well_known(address, port)) is not None
    }
    assert SHARED.get(row.name, row.name) in found


def inside(entry: str) -> tuple[str, ...]:
    """Two addresses within a block, past what is assigned near its ends."""
    first, last = (ipaddress.ip_address(end) for end in ends(entry))
    steps = ((int(last) - int(first)) // 3, (int(last) - int(first)) * 5 // 7)
    return tuple(str(first + step) for step in steps)


@pytest.mark.parametrize("row", [row for row in multicast_groups() if not row.groups], ids=name_of)
def test_a_row_without_addresses_never_names_a_group(row: GroupRow) -> None:
    assert all(row not in known_groups("224.0.0.1", port) for port in (*row.ports, None))


@pytest.mark.parametrize(
    ("group", "port", "name"),
    [
        ("224.0.0.251", 5353, "mDNS (Bonjour)"),
        ("ff02::fb%en0", 5353, "mDNS (Bonjour)"),
        ("224.0.0.251", None, "mDNS (Bonjour)"),
        ("224.0.0.251", 9999, "Local network control block"),
        ("239.255.255.250", 1900, "SSDP (UPnP)"),
        ("239.255.255.250", 3702, "WS-Discovery"),
        ("239.255.255.250", 40001, "Local scope"),
        ("224.0.0.2", None, "All routers"),
        ("224.0.0.2", 1985, "HSRP version 1"),
        ("ff02::1:ff34:5678", None, "Solicited node"),
        ("239.255.3.4", 5568, "sACN (E1.31)"),
        ("239.255.3.4", None, "Local scope"),
        ("224.224.0.77", 23019, "A user's own group"),
        ("255.255.255.255", 6454, "Art-Net"),
    ],
)
def test_the_most_specific_entry_with_the_port_wins_then_any_port(group: str, port: int | None, name: str) -> None:
    found = well_known(group, port)
    assert found is not None
    assert found.name == name


@pytest.mark.parametrize("group", ["10.0.0.1", "fe80::1", "", "no address", "224.0.0.251:5353"])
def test_what_is_no_known_group_has_no_name(group: str) -> None:
    assert well_known(group, 5353) is None
