"""What is wrong with a text that should be the number of a port, for fields and for the command line."""

from __future__ import annotations

import ipaddress
import re

from net.problems import make_problem
from net.records import Problem
from net.text import visible

SHOWN = 60
EMPTY = "“”"
_RANGE = re.compile(r"\s*(\d{1,5})\s*(?:-|–|\.\.|:|,)\s*\d{1,5}\s*", re.ASCII)
_NAME = re.compile(r"[A-Za-z][\w.-]*", re.ASCII)


def wrong_port(text: str) -> Problem:
    """The problem with ``text``, an address, a range, a name or anything else that is no port, each with its remedy."""
    shown = visible(text.strip(), SHOWN)
    if names_an_address(text):
        return make_problem("bind_port_missing", shown)
    found = _RANGE.fullmatch(text)
    if found is not None:
        return make_problem("port_range", shown, first=found[1])
    return make_problem("port_name" if _NAME.fullmatch(text) else "port_invalid", shown or EMPTY)


def names_an_address(text: str) -> bool:
    """Whether ``text`` is an address without its port: ``127.0.0.1``, ``[::1]``, ``[::1]5000``."""
    text = text.strip()
    bare, bracket, after = text.removeprefix("[").partition("]")
    if text.startswith("[") != bool(bracket) or after.startswith(":"):
        return False
    try:
        ipaddress.ip_address(bare)
    except ValueError:
        return False
    return True
