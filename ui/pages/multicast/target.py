"""Reads GROUP:PORT, or a range of them, in a field of the page, before anything is asked of the probe."""

from __future__ import annotations

from dataclasses import dataclass

from net.multicast.endpoint import Endpoint, parse_endpoint, parse_endpoints
from net.problems import ProblemError
from net.records import Problem

EXAMPLE = "224.224.0.77:23019"


@dataclass(frozen=True)
class Target:
    """A multicast group (canonical text, no scope) and a UDP port; ``scope``: the interface written into the group."""

    group: str
    port: int
    scope: str | None = None

    @property
    def version(self) -> int:
        """4 or 6."""
        return 6 if ":" in self.group else 4

    @property
    def endpoint(self) -> str:
        """As the probe writes it: ``239.1.2.3:5000``, ``[ff02::fb]:5353``."""
        return endpoint(self.group, self.port)


def endpoint(group: str, port: int) -> str:
    """A group or address with its port; IPv6 in brackets."""
    return f"[{group}]:{port}" if ":" in group else f"{group}:{port}"


def parse_target(text: str) -> Target | Problem:
    """One group and port by the rules of the probe (net.multicast.endpoint); else what is wrong with it."""
    try:
        return _target(parse_endpoint(text))
    except ProblemError as failure:
        return failure.problem


def parse_targets(text: str) -> tuple[Target, ...] | Problem:
    """One, or a range of groups and ports, by the rules of the probe; else what is wrong with it."""
    try:
        return tuple(map(_target, parse_endpoints(text)))
    except ProblemError as failure:
        return failure.problem


def _target(found: Endpoint) -> Target:
    return Target(str(found.group), found.port, found.scope)
