"""How long a snapshot of a host with many interfaces and routes takes, and how soon a change there is told."""

from __future__ import annotations

import os
import statistics
import time

from bench.result import Result
from net.interfaces import read
from tests.lab import Lab
from tests.lab.crowded import crowd
from tests.lab.host import Host

INTERFACES, ROUTES = 200, 2000
ROUNDS = 20
SNAPSHOT_MS, CHANGE_MS = 100, 300


def run() -> list[Result]:
    """200 interfaces and 2,000 routes on a host of the lab. About 15 s."""
    with Lab(f"bench{os.getpid()}-") as lab:
        crowd(lab.alpha, INTERFACES, ROUTES)
        return [_snapshot(lab.alpha), _change(lab)]


def _snapshot(host: Host) -> Result:
    times = []
    with host.inside():
        faces, routes = read()
        for _ in range(ROUNDS):
            begin = time.perf_counter()
            read()
            times.append(time.perf_counter() - begin)
    median, worst = statistics.median(times) * 1000, max(times) * 1000
    return Result(
        f"snapshot of {len(faces)} interfaces, {len(routes):,} routes",
        f"median {median:.0f} ms, worst {worst:.0f} ms",
        f"<= {SNAPSHOT_MS} ms",
        median <= SNAPSHOT_MS,
    )


def _change(lab: Lab) -> Result:
    times = []
    with lab.alpha.lanscout_process("changes") as watching:
        watching.wait_for("Changes are listed")
        for number in range(ROUNDS):
            before = len(watching.records("network_change"))
            (lab.vpn_down if number % 2 else lab.vpn_up)()
            begin = time.perf_counter()
            watching.wait_until(lambda seen=before: len(watching.records("network_change")) > seen)  # type: ignore[misc]
            times.append(time.perf_counter() - begin)
    median, worst = statistics.median(times) * 1000, max(times) * 1000
    return Result(
        "change of a VPN among them told",
        f"median {median:.0f} ms, worst {worst:.0f} ms",
        f"<= {CHANGE_MS} ms",
        worst <= CHANGE_MS,
    )
