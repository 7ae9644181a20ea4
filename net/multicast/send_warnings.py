"""What makes a send that the kernel accepts doubtful: told as Problems that stop nothing."""

from __future__ import annotations

from net.multicast.endpoint import USUAL_RANGES, Endpoint
from net.problems import make_problem
from net.records import Interface, Problem


def group_warnings(endpoint: Endpoint, ttl: int) -> tuple[Problem, ...]:
    """RFC 5771 section 4 and RFC 4291 section 2.7: routers never forward such a group, whatever its TTL."""
    packed = endpoint.group.packed
    link_local = packed[1] & 0x0F <= 2 if endpoint.group.version == 6 else packed[:3] == bytes((224, 0, 0))
    if link_local and ttl > 1:
        return (make_problem("link_local_ttl", str(endpoint), ttl=ttl, usual=USUAL_RANGES[endpoint.group.version]),)
    return ()


def interface_warnings(endpoint: Endpoint, interface: Interface, source: str | None) -> tuple[Problem, ...]:
    """Why nobody, or the wrong ones, may hear what leaves by ``interface`` from the address ``source``.

    sent_while_down, sent_by_loopback, sent_without_multicast or sent_on_tunnel, the most telling of them; and
    sent_without_address where the interface has none of the group's family and ``source`` is another's.
    """
    version = endpoint.group.version
    problems = []
    if not any((":" in address.address) == (version == 6) for address in interface.addresses):
        problems.append("sent_without_address")
    if not interface.up:
        problems.append("sent_while_down")
    elif interface.loopback:
        problems.append("sent_by_loopback")
    elif not interface.multicast:
        problems.append("sent_without_multicast")
    elif interface.tunnel:
        problems.append("sent_on_tunnel")
    facts = {"interface": interface.name, "version": f"IPv{version}", "source": source or "no address"}
    return tuple(make_problem(code, str(endpoint), None, evidence=None, **facts) for code in problems)
