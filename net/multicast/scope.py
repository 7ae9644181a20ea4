"""Finds the interface of a group: which was chosen, which is written into it, and whether it needs one."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress

from net.multicast.endpoint import Endpoint, IPAddress
from net.platform.names import name_of_index
from net.problems import ProblemError, make_problem


def needs_scope(group: IPAddress) -> bool:
    """Whether the group means nothing without an interface: IPv6, interface-local or link-local (RFC 4291 2.7)."""
    return group.version == 6 and group.packed[1] & 0x0F in (1, 2)


def scope_name(scope: str) -> str:
    """The interface written behind an address, by its name; a number is its index (RFC 4007 section 11.2)."""
    if scope.isascii() and scope.isdigit():
        with suppress(OSError, OverflowError):
            return name_of_index(int(scope))
    return scope


def agreed_interfaces(endpoint: Endpoint, names: Sequence[str]) -> tuple[str, ...]:
    """The interfaces asked for by name, else the scope of the group, if any.

    Raises ProblemError (scope_contradicts) where both are given and differ.
    """
    if endpoint.scope is None:
        return tuple(dict.fromkeys(names))
    scope = scope_name(endpoint.scope)
    if any(scope_name(name) != scope for name in names):
        raise ProblemError(make_problem("scope_contradicts", f"{endpoint.group}%{scope}", names=", ".join(names)))
    return (scope,)
