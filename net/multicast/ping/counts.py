"""What a multicast ping has counted, as values that travel in records."""

from __future__ import annotations

from typing import Literal

import msgspec

Dialect = Literal["v1", "v2"]


class PingSide(msgspec.Struct, frozen=True, kw_only=True):
    """What came back one way, by unicast or by multicast.

    A probe is ``lost`` once the wait for it is over; ``loss_percent`` is of the probes that are not waited for any
    more, None while there are none. Of round-trip times the standard deviation is of the population. ``hops`` is the
    distance of the newest reply: routers on the way to here.
    """

    received: int = 0
    lost: int = 0
    loss_percent: float | None = None
    duplicated: int = 0
    hops: int | None = None
    rtt_min_ms: float | None = None
    rtt_avg_ms: float | None = None
    rtt_max_ms: float | None = None
    rtt_stddev_ms: float | None = None


class PingCounts(msgspec.Struct, frozen=True, kw_only=True):
    """A multicast ping of one responder as it stands.

    ``host`` is as asked, ``address`` what it stood for; ``dialect`` is None until the responder has spoken, ``server``
    what it calls itself. ``tree_setup_ms`` is the time from the join to the first multicast packet, so it includes the
    wait for the query that packet answers. ``loss_since_first_percent`` counts multicast loss from ``first_multicast``
    on, the lowest sequence number that came by multicast, and so leaves the tree set-up out. ``malformed`` are packets
    that are no messages, ``foreign`` those from others or for others, ``late`` replies that came after the wait and
    are not among the received.
    """

    host: str
    address: str
    port: int
    group: str
    interface: str
    source: str | None
    source_specific: bool
    dialect: Dialect | None = None
    server: str | None = None
    sent: int = 0
    bytes: int = 0
    unicast: PingSide = PingSide()
    multicast: PingSide = PingSide()
    first_multicast: int | None = None
    loss_since_first_percent: float | None = None
    tree_setup_ms: float | None = None
    malformed: int = 0
    foreign: int = 0
    late: int = 0
