"""What a system keeps from those who bind a port, whatever else holds it."""

from __future__ import annotations

from typing import Literal, NamedTuple

import msgspec

PortRange = tuple[int, int]
"""First and last port."""


class NatRule(NamedTuple):
    """A rule that sends what arrives for ports of this host elsewhere, before any socket sees it."""

    protocol: Literal["tcp", "udp"]
    ports: PortRange
    target: str


class BindLimits(msgspec.Struct, frozen=True, kw_only=True):
    """The limits of one protocol, for this process.

    Ports below ``privileged_below`` need a right, which this process has if ``privileged``; ``wildcard_free``: not
    where they are bound at every address. ``ephemeral`` is the range the system takes ports for outgoing connections
    from, ``excluded`` what it has reserved, ``restricted`` the ports it gives to nobody. ``nat`` are the rules of
    address translation, None where they may not be read.
    """

    privileged_below: int = 0
    privileged: bool = True
    wildcard_free: bool = False
    ephemeral: PortRange | None = None
    excluded: tuple[PortRange, ...] = ()
    restricted: tuple[int, ...] = ()
    nat: tuple[NatRule, ...] | None = ()

    def reserved(self, port: int) -> PortRange | None:
        """The excluded range a port lies in."""
        return next((each for each in self.excluded if each[0] <= port <= each[1]), None)

    def in_ephemeral(self, port: int) -> bool:
        """Whether the system may hand the port to any outgoing connection."""
        return self.ephemeral is not None and self.ephemeral[0] <= port <= self.ephemeral[1]

    def translated(self, port: int) -> NatRule | None:
        """The rule of address translation that takes the port."""
        return next((rule for rule in self.nat or () if rule.ports[0] <= port <= rule.ports[1]), None)
