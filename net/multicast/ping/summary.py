"""Sums up a multicast ping and says what its counts mean."""

from __future__ import annotations

import ipaddress
from collections.abc import Iterable

from net.multicast.ping.answering import INFO
from net.multicast.ping.counts import PingCounts
from net.multicast.ping.policy import USUAL_GROUPS, ends_as_own
from net.problems import make_problem
from net.records import Problem, Summary

_OURS = INFO.split()[0].decode()


def summarise(counts: PingCounts, problems: Iterable[Problem] = ()) -> Summary:
    """The totals; after ``problems``, those met on the way, comes what the silence of one way or of both says."""
    found = tuple(problems)
    heard = counts.unicast.received or counts.multicast.received
    silence = _silence(counts) if heard or not found else None
    return Summary(
        bytes=counts.bytes,
        sent=counts.sent,
        received=counts.unicast.received + counts.multicast.received,
        interface=counts.interface,
        source=counts.source,
        problems=(*found, silence) if silence is not None else found,
        ping=counts,
    )


def _silence(counts: PingCounts) -> Problem | None:
    """Nothing while no probe is lost: it may still come."""
    unicast, multicast = counts.unicast, counts.multicast
    if not unicast.received and not multicast.received:
        return _nothing(counts)
    if not multicast.received and multicast.lost:
        ours = (counts.server or "").startswith(_OURS)
        group = ipaddress.ip_address(counts.group)
        if counts.dialect == "v1" and not ours and not ends_as_own(group):
            return make_problem(
                "ping_no_multicast_v1", counts.host, group=counts.group, usual=USUAL_GROUPS[group.version]
            )
        return make_problem("ping_no_multicast", counts.host, group=counts.group, interface=counts.interface)
    if not unicast.received and unicast.lost:
        return make_problem("ping_no_unicast", counts.host, group=counts.group)
    return None


def _nothing(counts: PingCounts) -> Problem | None:
    if counts.sent and not counts.unicast.lost:
        return None
    # A query of v2 needs a session first.
    code = "ping_no_session" if counts.dialect == "v2" and not counts.sent else "ping_silent"
    return make_problem(code, counts.host, port=counts.port)
