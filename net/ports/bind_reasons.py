"""Why a bind was refused, or what may go wrong although it was granted, from what holds and what guards the port."""

from __future__ import annotations

import errno
import ipaddress
from collections.abc import Iterable
from typing import Literal, NamedTuple

import msgspec

from net.platform.bind_limits import BindLimits
from net.platform.endpoint import broadcast_addresses, interface_addresses
from net.platform.names import interface_names
from net.platform.system import SYSTEM
from net.platform.tcp_sockets import TcpSocket
from net.ports.conflicts import conflicts_without_socket
from net.ports.naming import joined, listener_name, seen_name
from net.ports.reaching import overlapping
from net.ports.records import Listener
from net.problems import make_problem
from net.records import Problem
from net.text import endpoint_text

CLOSING = ("time_wait", "fin_wait1", "fin_wait2", "closing", "last_ack")
HIGHEST = 65535
CONTAINER_BRIDGES = ("docker0", "podman0", "nerdctl0", "cni0", "cni-podman0")
"""The bridges whose presence makes it worth saying that rules of address translation could not be read."""


class Attempt(NamedTuple):
    """What was tried."""

    address: str
    port: int
    protocol: Literal["tcp", "udp"]
    stack: Literal["v4", "v6", "dual"]

    @property
    def wildcard(self) -> bool:
        return ipaddress.ip_address(self.address).is_unspecified

    def __str__(self) -> str:
        return endpoint_text(self.address, self.port)


class Surroundings(msgspec.Struct, frozen=True, kw_only=True):
    """What is known of the port: the system's limits, who listens on it, and which TCP sockets have it."""

    limits: BindLimits
    listeners: tuple[Listener, ...] = ()
    sockets: tuple[TcpSocket, ...] = ()


def refusal(made: Attempt, error: OSError, around: Surroundings, *, shared: bool) -> Problem:
    """The reason for ``error`` with its remedy; ``shared``: with SO_REUSEADDR and SO_REUSEPORT the bind is granted."""
    if error.errno in (errno.EACCES, errno.EPERM):
        return _forbidden(made, error, around.limits)
    if error.errno == errno.EADDRINUSE:
        return _taken(made, error, around, shared=shared)
    return _no_such_place(made, error) or make_problem("bind_failed", str(made), error)


def caveats(made: Attempt, around: Surroundings) -> tuple[Problem, ...]:
    """What a program that binds this should know, the weightiest first."""
    found = []
    limits = around.limits
    if made.protocol == "tcp" and _of_many(made.address):
        found.append(make_problem("bind_but_no_host", str(made)))
    if made.wildcard and made.stack != "v4" and not any(":" in address for address in interface_addresses()):
        reach = "by nobody" if made.stack == "v6" else "by IPv4 only"
        found.append(make_problem("bind_but_no_ipv6", str(made), reach=reach))
    rule = limits.translated(made.port)
    if rule is not None:
        found.append(make_problem("bind_but_translated", str(made), target=rule.target))
    elif limits.nat is None and _containers_run():
        found.append(make_problem("bind_translation_unseen", str(made)))
    beside = overlapping(around.listeners, made.address, made.stack)
    if beside:
        found.append(make_problem("bind_but_shared", str(made), holders=holders_text(beside)))
    elif around.listeners and not _of_many(made.address):
        at_home = made.wildcard or ipaddress.ip_address(made.address).is_loopback
        code = "bind_but_other_address" if at_home else "bind_but_elsewhere"
        found.append(make_problem(code, str(made), holders=holders_text(around.listeners), port=made.port))
    if (beware := lent(made, made.port, limits)) is not None:
        found.append(beware)
    if limits.privileged and made.port < limits.privileged_below and not (limits.wildcard_free and made.wildcard):
        found.append(make_problem("bind_by_right", str(made), below=limits.privileged_below))
    return tuple(found)


def lent(made: Attempt, port: int, limits: BindLimits) -> Problem | None:
    """That ``port`` lies in the range of outgoing connections; the remedy names ports that need no right."""
    if not limits.in_ephemeral(port) or limits.ephemeral is None:
        return None
    first, last = limits.ephemeral
    code = "bind_but_ephemeral"
    if first <= max(limits.privileged_below, 1):
        code = "bind_but_ephemeral_below" if last < HIGHEST else "bind_but_ephemeral_all"
    return make_problem(code, str(made), port=port, first=first, last=last)


def unknown(made: Attempt, limits: BindLimits) -> Problem | None:
    """What could not be read about a bind that is granted, and is no caveat by itself."""
    if limits.nat is not None or _containers_run() or ipaddress.ip_address(made.address).is_loopback:
        return None
    return make_problem("bind_nat_unknown", str(made))


def holders_text(listeners: Iterable[Listener]) -> str:
    """``node (PID 12) at 127.0.0.1, probably nginx (PID 9) at 10.0.0.1 and a hidden owner (user root) at ::``."""
    return joined(dict.fromkeys(f"{_owner(each)} at {each.address}" for each in listeners))


def _of_many(address: str) -> bool:
    return ipaddress.ip_address(address).is_multicast or address in ("255.255.255.255", *broadcast_addresses())


def _containers_run() -> bool:
    return SYSTEM == "linux" and not set(CONTAINER_BRIDGES).isdisjoint(interface_names().values())


def _owner(listener: Listener) -> str:
    name = listener_name(listener)
    if name is None:
        home = f"container {listener.container}" if listener.container else listener.service
        told = ", ".join(filter(None, (home, f"user {listener.user}" if listener.user else None)))
        return f"a hidden owner ({told})" if told else "a hidden owner"
    return name


def _forbidden(made: Attempt, error: OSError, limits: BindLimits) -> Problem:
    reserved = limits.reserved(made.port)
    if reserved is not None:
        first, last = reserved
        return make_problem("bind_excluded", str(made), error, port=made.port, first=first, last=last)
    if made.port < limits.privileged_below and not limits.privileged:
        return make_problem("bind_privileged", str(made), error, port=made.port, below=limits.privileged_below)
    return make_problem("bind_forbidden", str(made), error)


def _taken(made: Attempt, error: OSError, around: Surroundings, *, shared: bool) -> Problem:
    holders = overlapping(around.listeners, made.address, made.stack)
    if holders:
        code = "bind_taken"
        if shared:
            code = "bind_taken_shared"
        elif any(each.owner != "proved" for each in holders):
            code = "bind_taken_unproved"
        elif any(each.end_useless for each in holders):
            code = "bind_taken_lasting"
        known = " ".join(dict.fromkeys(each.known for each in holders if each.known))
        problem = make_problem(code, str(made), error, holders=holders_text(holders), port=made.port)
        return problem if not known else msgspec.structs.replace(problem, remedy=f"{problem.remedy} {known}")
    if made.port in around.limits.restricted:
        return make_problem("bind_restricted", str(made), error, port=made.port)
    alive = [each for each in around.sockets if each.state not in CLOSING]
    if alive:
        return make_problem("bind_connected", str(made), error, uses="; ".join(_use(each) for each in alive[:5]))
    if around.sockets:
        count = len(around.sockets)
        return make_problem("bind_time_wait", str(made), error, count=count, port=made.port)
    rows = conflicts_without_socket(made.port, made.protocol, SYSTEM)
    causes = "; ".join(row.cause for row in rows if "EADDRINUSE" in row.cause + row.note)
    return make_problem("bind_taken_unseen", str(made), error, causes=causes or "none is known for this port")


def _no_such_place(made: Attempt, error: OSError) -> Problem | None:
    """Where the address is what was refused."""
    scope = made.address.partition("%")[2]
    if error.errno in (errno.ENODEV, errno.ENXIO) and scope:
        return make_problem("bind_scope_unknown", str(made), error, scope=scope, names=_names())
    if _lacks_scope(made):
        return make_problem("bind_scope_missing", str(made), error, names=_names(), address=made.address)
    if error.errno not in (errno.EADDRNOTAVAIL, errno.EAFNOSUPPORT):
        return None
    if made.wildcard or made.address == "::1":
        return make_problem("bind_no_ipv6", str(made), error)
    return make_problem("bind_no_address", str(made), error, address=made.address, addresses=_addresses(made))


def _use(each: TcpSocket) -> str:
    who = seen_name(each.process, () if each.pid is None else (each.pid,), each.owner) or "an unseen program"
    if each.state == "bound":
        return f"{who} has bound it at {each.address} and does not listen"
    return f"{who} with a connection to {endpoint_text(each.remote_address, each.remote_port)}"


def _lacks_scope(made: Attempt) -> bool:
    address = ipaddress.ip_address(made.address)
    multicast_on_link = address.is_multicast and address.packed[1] & 0xF == 2  # RFC 4291 section 2.7
    return address.version == 6 and (address.is_link_local or multicast_on_link) and "%" not in made.address


def _addresses(made: Attempt) -> str:
    wanted = ":" in made.address
    found = [address for address in interface_addresses() if (":" in address) == wanted]
    return ", ".join(found) or "none"


def _names() -> str:
    return ", ".join(interface_names().values())
