"""What can be asked of this host's network: the parameters of the watches, validated where they enter."""

from __future__ import annotations

from typing import Annotated, Literal

import msgspec

Port = Annotated[int, msgspec.Meta(ge=0, le=65535)]
Pid = Annotated[int, msgspec.Meta(ge=1, le=0x7FFF_FFFF)]
"""Zero and negative numbers are whole groups of processes for kill(2)."""


class Request(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Base of all requests."""


class Nothing(Request, frozen=True, kw_only=True):
    """A question without parameters."""


class InterfaceRequest(Request, frozen=True, kw_only=True):
    """``interfaces`` restricts to those names; empty means all. ``follow``: go on with what changes."""

    interfaces: tuple[str, ...] = ()
    follow: bool = True


class RouteRequest(Request, frozen=True, kw_only=True):
    """The address whose way out is asked, see net.destination; ``follow``: ask again after each change of the network.

    Beside the way that chooses no interface it is asked bound to each of ``interfaces``; with ``each`` to all there
    are.
    """

    address: str
    follow: bool = False
    interfaces: tuple[str, ...] = ()
    each: bool = False


class ListenRequest(Request, frozen=True, kw_only=True):
    """Join ``groups`` on each of ``interfaces``; empty: where the kernel would.

    A group is a text GROUP:PORT or [GROUP]:PORT; both may be ranges (``239.1.1.1-20:5000-5003``).
    ``sources``: let in what these addresses send, and nothing else; ``excluded``: all but what these send.
    ``observe``: join nothing and hear what other programs of this host have joined.
    ``count``: end after so many datagrams; ``keep``: hand on at most the newest so many per batch and count the rest
    (None: all). ``buffer_bytes`` is the receive buffer asked for. ``strips``: streams carry the strip of their last
    numbers. ``record_to``: the path of a pcapng file (where the probe runs) that takes all that arrives.
    """

    groups: tuple[str, ...]
    interfaces: tuple[str, ...] = ()
    sources: tuple[str, ...] = ()
    excluded: tuple[str, ...] = ()
    observe: bool = False
    count: Annotated[int, msgspec.Meta(ge=1)] | None = None
    keep: Annotated[int, msgspec.Meta(ge=0)] | None = None
    buffer_bytes: Annotated[int, msgspec.Meta(ge=1, le=1 << 30)] = 4 * 1024 * 1024
    strips: bool = False
    record_to: str | None = None


class SendRequest(Request, frozen=True, kw_only=True):
    """Send ``count`` datagrams (0 or None: until stopped) to ``group`` (GROUP:PORT) by each of the interfaces.

    The interfaces are ``interface`` and ``interfaces``; none of them: as the kernel routes. Each sends ``rate_pps``
    datagrams or ``rate_bps`` bits of payload a second, or else one each ``interval_ms``. A rate above 10,000 datagrams
    a second for all interfaces together needs ``fast``.

    ``payload_kind``: ``text``, ``hex``, ``file`` (of that name, cut into datagrams of ``size`` bytes and begun anew at
    its end), ``rtp`` (RFC 3550, of ``size`` bytes) or ``numbered`` (padded to ``size`` bytes). None: by which of
    ``text``, ``hex`` and ``file`` is given, numbered for none. ``dscp`` is the code point of RFC 2474.
    """

    group: str
    interface: str | None = None
    interfaces: tuple[str, ...] = ()
    count: Annotated[int, msgspec.Meta(ge=0)] | None = 1
    interval_ms: Annotated[float, msgspec.Meta(ge=0)] = 1000
    rate_pps: Annotated[float, msgspec.Meta(gt=0)] | None = None
    rate_bps: Annotated[float, msgspec.Meta(gt=0)] | None = None
    fast: bool = False
    ttl: Annotated[int, msgspec.Meta(ge=0, le=255)] = 1
    loop: bool = True
    dscp: Annotated[int, msgspec.Meta(ge=0, le=63)] | None = None
    size: Annotated[int, msgspec.Meta(ge=0, le=65507)] | None = None
    payload_kind: Literal["numbered", "text", "hex", "file", "rtp"] | None = None
    text: str | None = None
    hex: str | None = None
    file: str | None = None


class PortsRequest(Request, frozen=True, kw_only=True):
    """Listeners of one ``port``, or of all; ``follow``: go on with what changes. ``connections``: those, too."""

    port: Port | None = None
    protocol: Literal["tcp", "udp"] | None = None
    follow: bool = True
    connections: bool = False


class ProcessRequest(Request, frozen=True, kw_only=True):
    """The process ``pid`` that began at ``started`` (seconds since the epoch), not a later one of that number.

    ``follow``: go on with what changes, until it ends.
    """

    pid: Pid
    started: float
    follow: bool = True


class EndRequest(Request, frozen=True, kw_only=True):
    """End the process ``pid`` that began at ``started``: TERM, and with ``kill`` KILL where it stays."""

    pid: Pid
    started: float
    kill: bool = False


class AnswersRequest(Request, frozen=True, kw_only=True):
    """Who answers at ``port`` on 127.0.0.1, ::1 and every own address."""

    port: Annotated[int, msgspec.Meta(ge=1, le=65535)]


class BindRequest(Request, frozen=True, kw_only=True):
    """Could ``port`` be bound at ``address`` (None: every address, each stack)?"""

    port: Annotated[int, msgspec.Meta(ge=1, le=65535)]
    address: str | None = None
    protocol: Literal["tcp", "udp"] = "tcp"


class ResolversRequest(Request, frozen=True, kw_only=True):
    """The system's resolvers; ``interfaces`` restricts to those names. ``follow``: go on with what changes."""

    interfaces: tuple[str, ...] = ()
    follow: bool = True


class ResolveRequest(Request, frozen=True, kw_only=True):
    """Ask for ``name`` at each of ``servers`` (addresses, empty: the system's resolvers), by each of their ways.

    ``interfaces``: only resolvers of those, and a server that was named is also asked bound to each of them.
    ``timeout_s`` is for each question, ``system_timeout_s`` for getaddrinfo, which glibc lets wait 5 s for a server.
    """

    name: str
    servers: tuple[str, ...] = ()
    interfaces: tuple[str, ...] = ()
    tries: Annotated[int, msgspec.Meta(ge=1, le=20)] = 5
    timeout_s: Annotated[float, msgspec.Meta(gt=0, le=10)] = 1.0
    system_timeout_s: Annotated[float, msgspec.Meta(gt=0, le=30)] = 5.5
