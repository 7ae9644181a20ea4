"""Reads a port, or [ADDRESS:]PORT, as a person types it into a field."""

from __future__ import annotations

import ipaddress
from dataclasses import dataclass

from net.problems import make_problem
from net.records import Problem
from net.text import endpoint_text
from ui.port_input import names_an_address, wrong_port

FIRST, LAST = 1, 65535
_DIGITS = 9
"""More are no port anyway, and int() is slow on thousands."""


@dataclass(frozen=True)
class Wanted:
    """A port and the address it is wanted at; None: every address."""

    port: int
    address: str | None = None

    def __str__(self) -> str:
        return str(self.port) if self.address is None else endpoint_text(self.address, self.port)


def port_number(text: str) -> int | None:
    """The port a person typed, None where it is no number of a port."""
    text = text.strip()
    if not (text.isascii() and text.isdigit()) or not FIRST <= int(text[:_DIGITS]) <= LAST:
        return None
    return int(text[:_DIGITS])


def parse_wanted(text: str) -> Wanted | Problem:
    """``8080``, ``127.0.0.1:8080``, ``[::1]:8080``, ``*:8080``, ``localhost:8080`` (127.0.0.1); else what is wrong."""
    text = text.strip()
    before, colon, number = text.rpartition(":")
    port = port_number(number)
    if port is None or before.isdigit() or (text.startswith("[") and names_an_address(text)):
        of_number = colon and before and not before.isdigit() and not names_an_address(text)
        return wrong_port(number if of_number else text)
    if not colon or before in ("", "*"):
        return Wanted(port)
    if before == "localhost":
        return Wanted(port, "127.0.0.1")
    bracketed = before.startswith("[") and before.endswith("]")
    if ":" in before and not bracketed:
        return make_problem("brackets_missing", text)
    try:
        address = ipaddress.IPv6Address(before[1:-1]) if bracketed else ipaddress.IPv4Address(before)
    except ValueError:
        return make_problem("bind_address_invalid", before)
    return Wanted(port, str(address))
