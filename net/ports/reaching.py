"""Which listener of a port the kernel hands a connection to, by the address it is made to."""

from __future__ import annotations

import ipaddress
from collections.abc import Iterable

from net.ports.records import Listener


def reached(listeners: Iterable[Listener], address: str, interface: str | None = None) -> tuple[Listener, ...]:
    """The listeners that ``address`` of this host leads to, most specific first; the first one is reached.

    A socket at that address comes before those at every address of its family, those before one for both stacks
    (two wildcards of one port exist on macOS only, where IPv4 goes to the one of its own family). A socket bound to an
    interface takes what comes by ``interface`` only. Several of the same rank share the port.
    """
    ranked = [(rank, listener) for listener in listeners if (rank := _rank(listener, address, interface)) is not None]
    return tuple(listener for _, listener in sorted(ranked, key=lambda each: each[0]))


def overlapping(listeners: Iterable[Listener], address: str, stack: str) -> tuple[Listener, ...]:
    """The listeners of the same port that a bind to ``address`` and ``stack`` meets: one address of theirs is alike."""
    return tuple(listener for listener in listeners if _meet(listener, address, stack))


def _rank(listener: Listener, address: str, interface: str | None) -> int | None:
    bound = ipaddress.ip_address(listener.address)
    if not bound.is_unspecified:
        return 0 if bound == ipaddress.ip_address(address) else None
    by_device = listener.interface is not None
    if by_device and listener.interface != interface:
        return None
    family = 4 if ":" not in address else 6
    if listener.stack == f"v{family}":
        return 1 if by_device else 2
    return 3 if listener.stack == "dual" else None


def _meet(listener: Listener, address: str, stack: str) -> bool:
    wanted, held = ipaddress.ip_address(address), ipaddress.ip_address(listener.address)
    families = {"v4": {4}, "v6": {6}, "dual": {4, 6}}
    if not families[stack] & families[listener.stack]:
        return False
    return wanted.is_unspecified or held.is_unspecified or wanted == held
