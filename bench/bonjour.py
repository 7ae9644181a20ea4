"""How long until all services of a link are complete, against ``avahi-browse -artp`` on the same link."""

from __future__ import annotations

import os
import statistics
import time

from bench.result import Result, ratio
from tests.lab import Advertised, Avahi, Host, Lab

SERVICES = 120
ROUNDS = 3


def run() -> list[Result]:
    """Two hosts advertise; a third browses by both in turn. About 30 s."""
    with Lab(f"bench{os.getpid()}-") as lab:
        services = [
            Advertised(
                name=f"Service {number}", type=f"_bench{number % 6}._tcp", port=8000 + number, txt=("a=1", "b=2")
            )
            for number in range(SERVICES)
        ]
        half = SERVICES // 2
        with (
            Avahi(lab, lab.beta, services[:half]),
            Avahi(lab, lab.gamma, services[half:]),
            Avahi(lab, lab.alpha, (), bus=True) as own,
        ):
            peers = [_avahi_browse(lab.alpha, own) for _ in range(ROUNDS)]
            times = [_lanscout(lab.alpha) for _ in range(ROUNDS)]
    what = f"{SERVICES} services of 2 hosts complete"
    return [ratio(what, statistics.median(times), statistics.median(peers), 1.0, "avahi-browse -artp")]


def _avahi_browse(host: Host, daemon: Avahi) -> float:
    """avahi-browse asks a daemon that has listened for a while already; it ends when nothing more comes."""
    begin = time.perf_counter()
    lines = host.run(["avahi-browse", "-artp"], env=daemon.environment, timeout=60).stdout.splitlines()
    elapsed = time.perf_counter() - begin
    found = {line.split(";")[3] for line in lines if line.startswith("=;en0;IPv4") and "_bench" in line}
    if len(found) != SERVICES:
        raise RuntimeError(f"avahi-browse found {len(found)} of {SERVICES} services")
    return elapsed


def _lanscout(host: Host) -> float:
    """From the start of the program, imports included, until the last service is complete."""
    begin = time.perf_counter()
    complete: set[str] = set()
    with host.lanscout_process("services", "--interface", "en0", "--seconds", "30") as browsing:
        for _ in browsing.iterate(timeout=30):
            complete = {
                record["name"]
                for record in browsing.records("service")
                if record["port"] and record["addresses"] and record["txt"] and record["type"].startswith("_bench")
            }
            if len(complete) == SERVICES:
                return time.perf_counter() - begin
    raise RuntimeError(f"{len(complete)} of {SERVICES} services were complete")
