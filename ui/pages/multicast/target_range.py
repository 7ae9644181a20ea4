"""Reads a range of groups and ports in a field of the page, by the rules of the probe."""

from __future__ import annotations

import ipaddress

from net.records import Problem
from ui.pages.multicast.target import Target, parse_target
from ui.problems import told

MOST = 500
"""Joins that one range may stand for."""


def parse_targets(text: str) -> tuple[Target, ...] | Problem:
    """As ``parse_target``, or a range: ``239.1.1.1-20:5000``, ``239.1.1.1-239.1.1.20:5000``, ``239.1.1.1:5000-5003``,
    ``[ff15::1-2f]:5000``. Further problems: range_reversed, too_many_joins.
    """
    text = text.strip()
    address, colon, port_text = text.rpartition(":")
    if "-" not in text:
        found = parse_target(text)
        return found if isinstance(found, Problem) else (found,)
    if not colon or not address:
        return told("group_without_port", text)
    low_port, dash, high_port = port_text.partition("-")
    for port in (low_port, high_port) if dash else (low_port,):
        checked = parse_target(f"224.0.0.1:{port}")
        if isinstance(checked, Problem):
            return told("port_invalid", port or text)
    address, _, scope = address.removeprefix("[").removesuffix("]").partition("%")
    low, dash, high = address.partition("-")
    first = _single(low, scope, low_port)
    if isinstance(first, Problem):
        return first
    last = _single(_completed(low, high) if dash else low, scope, high_port or low_port)
    return last if isinstance(last, Problem) else _between(first, last, text)


def _between(first: Target, last: Target, text: str) -> tuple[Target, ...] | Problem:
    begin, end = ipaddress.ip_address(first.group), ipaddress.ip_address(last.group)
    if begin.version != end.version or int(end) < int(begin) or last.port < first.port:
        return told("range_reversed", text)
    number = (int(end) - int(begin) + 1) * (last.port - first.port + 1)
    if number > MOST:
        return told("too_many_joins", f"{number:,}", most=MOST)
    return tuple(
        Target(str(begin + offset), port, first.scope)
        for offset in range(int(end) - int(begin) + 1)
        for port in range(first.port, last.port + 1)
    )


def _single(group: str, scope: str, port: str) -> Target | Problem:
    return parse_target(f"[{group}%{scope}]:{port}" if scope else f"[{group}]:{port}")


def _completed(low: str, high: str) -> str:
    """The end of a range whose beginning it may share: of ``239.1.1.1-20`` it is ``239.1.1.20``."""
    if ":" in low:
        if ":" in high:
            return high
        try:
            low = ipaddress.IPv6Address(low).exploded
        except ValueError:
            return high
        return f"{low.rpartition(':')[0]}:{high}"
    return high if "." in high else f"{low.rpartition('.')[0]}.{high}"
