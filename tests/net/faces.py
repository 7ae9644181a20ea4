"""Interfaces for the tests: a plain one on the LAN, from which others are made by msgspec.structs.replace."""

from __future__ import annotations

from net.records import Address, Interface

LAN = Interface(
    name="en0",
    index=2,
    type="ethernet",
    label="Wired network",
    meaning="",
    multicast_meaning="",
    type_evidence="",
    type_verified=True,
    up=True,
    running=True,
    multicast=True,
    point_to_point=False,
    loopback=False,
    addresses=(Address(address="192.168.1.23", prefix=24),),
)
