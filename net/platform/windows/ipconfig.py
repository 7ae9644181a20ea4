"""Reads the lives of addresses from ``ipconfig /all`` of Windows, as far as its words are English."""

from __future__ import annotations

import ipaddress
import re

import msgspec

COMMAND = ("ipconfig", "/all")

_FIELD = re.compile(r" {3}(?P<label>\S.*?)[ .]*: (?P<address>[0-9A-Fa-f:.]+)(?:%\d+)?\((?P<state>[A-Za-z]+)\)")
_STATES = ("Preferred", "Deprecated", "Tentative", "Duplicate")


class Life(msgspec.Struct, frozen=True, kw_only=True):
    """As in net.records.Address."""

    temporary: bool
    deprecated: bool
    tentative: bool
    duplicate: bool


def parse(text: str) -> dict[str, Life]:
    """By address, canonical and without scope; an address in words of another language is not among them."""
    found = {}
    for line in text.splitlines():
        field = _FIELD.match(line)
        if field is None or field["state"] not in _STATES:
            continue
        try:
            address = ipaddress.ip_address(field["address"])
        except ValueError:
            continue
        found[str(address)] = Life(
            temporary=field["label"].startswith("Temporary"),
            deprecated=field["state"] == "Deprecated",
            tentative=field["state"] == "Tentative",
            duplicate=field["state"] == "Duplicate",
        )
    return found
