"""Which interfaces a test can send by, which of them reach a LAN, and why the others do not."""

from __future__ import annotations

from typing import NamedTuple

from net.problems import make_problem
from net.records import Interface, Problem


class Candidate(NamedTuple):
    """An interface of a test. ``problem`` says why nothing can be sent there, None where it can.

    ``drawback`` says why it does not count as working although packets may come and go, None on a LAN.
    """

    interface: Interface
    problem: Problem | None
    drawback: Problem | None


def candidate(interface: Interface, version: int) -> Candidate:
    """Judge ``interface`` by its flags, addresses and kind for multicast of this IP version."""
    problem = _problem(interface, version)
    return Candidate(interface, problem, problem or _drawback(interface))


def _problem(interface: Interface, version: int) -> Problem | None:
    name = interface.name
    if not interface.up:
        return make_problem("test_interface_down", name)
    # Linux's loopback lacks the flag and carries multicast all the same.
    if not interface.multicast and not interface.loopback:
        return make_problem("test_interface_without_multicast", name)
    family = "ipv4" if version == 4 else "ipv6"
    if not any(address.family == family for address in interface.addresses):
        return make_problem("test_interface_without_address", name, version=f"IPv{version}")
    return None


def _drawback(interface: Interface) -> Problem | None:
    name = interface.name
    if interface.loopback:
        return make_problem("test_loopback", name)
    if interface.tunnel:
        return make_problem("test_tunnel", name)
    if interface.point_to_point:
        return make_problem("test_point_to_point", name)
    if not interface.running:
        return make_problem("test_no_carrier", name)
    return None
