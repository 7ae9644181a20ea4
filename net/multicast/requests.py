"""What can be asked of the multicast workbench: the parameters of its watches, validated where they enter."""

from __future__ import annotations

from typing import Annotated, Literal

import msgspec

from net.multicast.records import Snapshot
from net.requests import Request

Seconds = Annotated[float, msgspec.Meta(gt=0, le=86400)]


class MatrixRequest(Request, frozen=True, kw_only=True):
    """Send ``count`` tagged packets to ``group`` (GROUP:PORT) by each of ``interfaces`` (empty: all) and unbound.

    The last packets are waited for ``wait_ms``.
    """

    group: str
    interfaces: tuple[str, ...] = ()
    count: Annotated[int, msgspec.Meta(ge=1, le=100)] = 3
    interval_ms: Annotated[float, msgspec.Meta(ge=0, le=1000)] = 50
    wait_ms: Annotated[float, msgspec.Meta(ge=0, le=60000)] = 500
    ttl: Annotated[int, msgspec.Meta(ge=0, le=255)] = 1


class DriftRequest(Request, frozen=True, kw_only=True):
    """Watch where joins that choose no interface would go: for ``groups`` (addresses, or GROUP:PORT), and with
    ``general`` for 224.0.0.0/4 and ff02::/16 as a whole."""

    groups: tuple[str, ...] = ()
    general: bool = True


class ChangesRequest(Request, frozen=True, kw_only=True):
    """The log of changes of this host's network; ``interfaces`` restricts to entries that concern one of those."""

    interfaces: tuple[str, ...] = ()


class SnapshotRequest(Request, frozen=True, kw_only=True):
    """Take a snapshot, with the way out of ``groups``; ``before``: and tell what changed since that one."""

    groups: tuple[str, ...] = ()
    before: Snapshot | None = None


class EnduranceRequest(Request, frozen=True, kw_only=True):
    """Stay joined to ``group`` (GROUP:PORT) on ``interface`` for ``seconds``.

    ``membership_seconds`` is how long a snooping switch remembers a join without a query: the Group Membership
    Interval of RFC 3376 section 8.4, 2 × 125 s + 10 s. A stop within ``tolerance_seconds`` of it counts as that. A
    silence counts after ``silence_seconds`` (and four times the longest gap of a slow stream); then the group is left
    and joined again, and ``revive_seconds`` are given for packets to come back.
    """

    group: str
    interface: str
    seconds: Seconds = 300
    membership_seconds: Seconds = 260
    tolerance_seconds: Seconds = 20
    silence_seconds: Seconds = 10
    revive_seconds: Seconds = 10


class PingRequest(Request, frozen=True, kw_only=True):
    """Ping ``host`` (an address or a name) until ``count`` queries were sent (None: until stopped).

    ``group`` is the one the responder shall send to, None for the protocol's own (232.43.211.234, ff3e::4321:1234).
    ``interface`` is where the group is joined and the queries leave; None: by the way to the host. ``dialect``: auto
    asks for a session of v2 first, and speaks v1 where that is not answered. ``source_specific``: join only what the
    host sends; None: if the group is of 232/8 or ff3x::/32. A probe is lost after ``wait_ms``.
    """

    host: str
    group: str | None = None
    interface: str | None = None
    count: Annotated[int, msgspec.Meta(ge=1)] | None = None
    interval_ms: Annotated[float, msgspec.Meta(ge=10, le=3600000)] = 1000
    wait_ms: Annotated[float, msgspec.Meta(ge=1, le=60000)] = 1000
    port: Annotated[int, msgspec.Meta(ge=1, le=65535)] = 4321
    dialect: Literal["auto", "v1", "v2"] = "auto"
    source_specific: bool | None = None


class RespondRequest(Request, frozen=True, kw_only=True):
    """Answer multicast pings of both dialects on ``port``.

    ``group``: serve this one only; None: any that is asked for, but none of 224.0.0/24 and of smaller scope than a
    link. ``interfaces``: answer only what arrives there; empty: all. Hosts that are not on a link of this host are
    answered only with ``any_network``, and then only for groups that end as the protocol's own. One query each
    ``interval_ms`` is answered for each host, five may come at once. ``announce``: be found over Bonjour.
    """

    group: str | None = None
    interfaces: tuple[str, ...] = ()
    port: Annotated[int, msgspec.Meta(ge=1, le=65535)] = 4321
    any_network: bool = False
    interval_ms: Annotated[float, msgspec.Meta(ge=0, le=60000)] = 1000
    announce: bool = True


class CaptureRequest(Request, frozen=True, kw_only=True):
    """Open the pcapng or pcap file at ``path`` (where the probe runs): all its streams, and ``keep`` datagrams from the
    number ``first`` on as rows. ``strips`` as in ListenRequest."""

    path: str
    first: Annotated[int, msgspec.Meta(ge=0)] = 0
    keep: Annotated[int, msgspec.Meta(ge=0, le=100000)] = 100000
    strips: bool = False
