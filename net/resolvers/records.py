"""The resolvers of this host and what they answer, as typed records."""

from __future__ import annotations

import errno
from typing import Literal

from net.records import Key, Problem, Record

ResolverScope = Literal["default", "supplemental", "scoped", "stub"]
Transport = Literal["udp", "udp_large", "tcp"]
Path = Literal["default", "bound"]
Failure = Literal["silence", "refused", "reset", "not let out", "no way", "unreachable", "no zone", "failed"]
FAILURES: dict[int, Failure] = {
    errno.ECONNREFUSED: "refused",
    errno.ECONNRESET: "reset",
    errno.EPERM: "not let out",
    errno.EACCES: "not let out",
    errno.ENETUNREACH: "no way",
    errno.EHOSTUNREACH: "unreachable",
    errno.EADDRNOTAVAIL: "no way",
}


class Resolver(Record, frozen=True, kw_only=True):
    """A DNS server the system uses, as ``source`` (a command or a file) lists it.

    ``scope``: default (any name), supplemental (names in ``domains`` only, which it takes from the default ones),
    scoped (what is bound to ``interface`` only), stub (a forwarder on this host; the servers behind it are rows of
    their own where they are known). ``domains`` are the names it is responsible for, ``search`` what the system appends
    to short names. The lowest ``order`` is asked first. ``reachable`` is what the system says of it, None where it
    does not.
    """

    server: str
    port: int = 53
    interface: str | None = None
    domains: tuple[str, ...] = ()
    search: tuple[str, ...] = ()
    scope: ResolverScope
    order: int
    source: str
    reachable: bool | None = None

    def key(self) -> Key:
        domains = ",".join(self.domains)
        return Key("resolver", f"{self.server} {self.port} {self.interface} {self.scope} {domains} {self.order}")


class Resolution(Record, frozen=True, kw_only=True):
    """What ``server`` answered when asked for ``name`` by one transport and one path.

    ``path``: default (as the kernel routes; ``interface`` is where that leads, None where it leads nowhere) or bound
    (to ``interface``). ``transport``: udp and tcp ask for addresses, udp_large for answers that may fill 4,096 bytes.
    ``ok``: every one of the ``tries`` was answered properly; ``answered`` counts those that were, so 4 of 5 is not ok.
    ``rcode`` is that of the last answer and ``addresses`` are all it gave; ``ms`` is the shortest time to an answer.
    ``size`` is the largest answer in bytes; ``truncated``: one came with the TC bit. ``fits`` is of udp_large only: the
    largest smaller size offered (1232 or 512 bytes) whose answers came through. ``unexpected_source`` is another
    address that answered instead, ``malformed`` counts what came from the server and was no answer to the question,
    ``errno`` is the last refusal. ``problem`` says what a cell that is not ok means by itself.
    """

    name: str
    server: str
    port: int
    interface: str | None
    path: Path
    transport: Transport
    ok: bool
    rcode: str | None = None
    addresses: tuple[str, ...] = ()
    ms: float | None = None
    tries: int
    answered: int
    size: int | None = None
    truncated: bool = False
    fits: int | None = None
    unexpected_source: str | None = None
    malformed: int = 0
    errno: int | None = None
    problem: Problem | None = None

    def key(self) -> Key:
        way = self.interface if self.path == "bound" else ""
        return Key("resolution", f"{self.name} {self.server} {self.port} {self.path} {way} {self.transport}")


def failure(cell: Resolution) -> Failure:
    """Why nothing was answered, in a word or two; ``failed`` is any other ``errno``."""
    if cell.errno is None:
        return "silence"
    if cell.errno == errno.EINVAL and cell.server.startswith("fe80:") and "%" not in cell.server:
        return "no zone"
    # Windows tells an ICMP port unreachable as a reset.
    if cell.errno == errno.ECONNRESET and cell.transport != "tcp":
        return "refused"
    return FAILURES.get(cell.errno, "failed")


class SystemResolution(Record, frozen=True, kw_only=True):
    """What the system's own getaddrinfo says of ``name``; ``error`` is its code (``EAI_NONAME`` ...) where it fails."""

    name: str
    ok: bool
    addresses: tuple[str, ...] = ()
    ms: float | None = None
    error: str | None = None
    problem: Problem | None = None

    def key(self) -> Key:
        return Key("system_resolution", self.name)


ResolverRecord = Resolver | Resolution | SystemResolution
