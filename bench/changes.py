"""How soon a change of an interface or route is told after the kernel made it."""

from __future__ import annotations

import os
import statistics
import time

from bench.result import Result
from tests.lab import Lab

ROUNDS = 20
BUDGET_MS = 300


def run() -> list[Result]:
    """Addresses come and go; the slowest of the rounds counts. About 5 s."""
    times = []
    with (
        Lab(f"bench{os.getpid()}-") as lab,
        lab.alpha.lanscout_process("interfaces", "--watch", "--interface", "en5") as watching,
    ):
        watching.record("interface", name="en5")
        for number in range(ROUNDS):
            address = f"10.66.7.{number + 1}"
            lab.alpha.ip(f"address add {address}/24 dev en5")
            begin = time.perf_counter()
            watching.wait_until(lambda wanted=address: any(wanted in line for line in watching.lines))  # type: ignore[misc]
            times.append(time.perf_counter() - begin)
    worst, median = max(times) * 1000, statistics.median(times) * 1000
    return [
        Result(
            "change of an address told",
            f"median {median:.0f} ms, worst {worst:.0f} ms",
            f"<= {BUDGET_MS} ms",
            worst <= BUDGET_MS,
        )
    ]
