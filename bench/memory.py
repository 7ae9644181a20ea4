"""Whether the memory of window and probe stays where it is over minutes of traffic, with many services known."""

from __future__ import annotations

import os
import sys

from bench.listening import BUDGET_MEMORY, BUDGET_P99_MS, Told, flooded_window
from bench.result import Result
from tests.lab import Advertised, Avahi, Lab

RATE = 5000
SERVICES = 1000
SETTLED = 0.2
"""The share of the time after which everything that is kept is full: at 5,000/s 100,000 packets take 40 s or so."""
GROWTH = 0.03
"""A page or two that the allocator takes is no leak; one byte a datagram would be 2 % after ten minutes."""
MEGABYTE = 1024 * 1024


def run(seconds: float = 600) -> list[Result]:
    """The window with its probe receives for ``seconds``, by default ten minutes."""
    with Lab(f"bench{os.getpid()}-") as lab:
        services = [
            Advertised(name=f"Service {number}", type=f"_bench{number % 10}._tcp", port=8000 + number, txt=("a=1",))
            for number in range(SERVICES)
        ]
        half = SERVICES // 2
        with Avahi(lab, lab.beta, services[:half]), Avahi(lab, lab.gamma, services[half:]):
            told, _ = flooded_window(lab, RATE, seconds, SERVICES)
    return _results(told)


def _results(told: Told) -> list[Result]:
    last = told.samples[-1]
    begin = next(sample for sample in told.samples if sample[0] >= last[0] * SETTLED)
    for after, window, probe in told.samples:
        print(f"{after:5.0f} s  window {window / MEGABYTE:.1f} MB, probe {probe / MEGABYTE:.1f} MB", file=sys.stderr)
    total = sum(last[1:])
    return [
        Result(
            f"memory of {name} at {begin[0]:.0f} s and {last[0]:.0f} s, {RATE:,} datagrams/s",
            f"{begin[place] / MEGABYTE:.1f} and {last[place] / MEGABYTE:.1f} MB",
            f"flat: at most {GROWTH:.0%} more",
            last[place] <= begin[place] * (1 + GROWTH),
        )
        for place, name in ((1, "the window"), (2, "the probe"))
    ] + [
        Result(
            f"memory of both with {told.kept:,} packets and {SERVICES:,} services",
            f"{total / MEGABYTE:.0f} MB",
            f"<= {BUDGET_MEMORY // MEGABYTE} MB",
            total <= BUDGET_MEMORY,
        ),
        Result(
            f"window's delay meanwhile, {told.received:,} received, {told.dropped:,} dropped here",
            f"p99 {told.p99:.0f} ms, max {told.max:.0f} ms",
            f"p99 <= {BUDGET_P99_MS} ms",
            told.p99 <= BUDGET_P99_MS,
        ),
    ]
