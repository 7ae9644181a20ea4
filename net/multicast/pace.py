"""When the next datagram of a send is due."""

from __future__ import annotations

import math
from collections import deque

from net.problems import ProblemError, make_problem
from net.requests import SendRequest

LOUD = 10_000
"""Datagrams in a second from which a send must be confirmed: it can hold up everybody on the network."""
BACKLOG = 1.0
"""Seconds of delay that are caught up; what is older (a computer that slept) is left out."""


class Pace:
    """Datagrams at a steady rate: ``due`` is when the next one is to go, by the clock ``now`` was taken from.

    Unless ``fast`` was asked for, no second has more than LOUD of them, each of ``senders`` interfaces sending them
    all: also where a rate in bits meets small payloads, and where a delay is caught up.
    """

    def __init__(self, request: SendRequest, now: float, senders: int = 1) -> None:
        self.due = now
        self._busiest = deque[float](maxlen=None if request.fast else max(1, LOUD // senders))
        self._interval = _interval(request)
        self._per_byte = 8 / request.rate_bps if request.rate_bps is not None else 0.0

    def sent(self, size: int, now: float) -> None:
        """A datagram of ``size`` bytes of payload went; delays are caught up, as far as BACKLOG goes."""
        step = max(size, 1) * self._per_byte if self._per_byte else self._interval
        self.due = max(self.due + step, now - BACKLOG)
        busiest = self._busiest
        if busiest.maxlen is not None:
            busiest.append(now)
            if len(busiest) == busiest.maxlen:
                self.due = max(self.due, busiest[0] + 1.0)


def check_rate(request: SendRequest, senders: int, size: int) -> None:
    """Raises ProblemError: rate_impossible, rate_ambiguous, and rate_needs_confirmation where it would be loud without
    ``fast``.

    ``senders`` interfaces each send, datagrams of about ``size`` bytes.
    """
    for rate in (request.rate_pps, request.rate_bps):
        if rate is not None and not (math.isfinite(rate) and rate > 0):
            raise ProblemError(make_problem("rate_impossible", f"{rate:g}"))
    if not (math.isfinite(request.interval_ms) and request.interval_ms >= 0):
        raise ProblemError(make_problem("rate_impossible", f"{request.interval_ms:g} ms"))
    if request.rate_pps is not None and request.rate_bps is not None:
        raise ProblemError(make_problem("rate_ambiguous", f"{request.rate_pps:g} and {request.rate_bps:g}"))
    busiest = packets_per_s(request, size) * senders
    if busiest > LOUD and not request.fast:
        packets = f"{busiest:,.0f}" if busiest != float("inf") else "As many as possible"
        raise ProblemError(make_problem("rate_needs_confirmation", packets, most=f"{LOUD:,}"))


def packets_per_s(request: SendRequest, size: int) -> float:
    """Datagrams each interface sends in its busiest second: no more than there are to send."""
    interval = _interval(request)
    if request.rate_bps is not None:
        interval = max(size, 1) * 8 / request.rate_bps
    rate = 1 / interval if interval else float("inf")
    return min(rate, request.count or float("inf"))


def _interval(request: SendRequest) -> float:
    return 1 / request.rate_pps if request.rate_pps is not None else request.interval_ms / 1000
