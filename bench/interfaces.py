"""Many interfaces and routes: how long a snapshot takes, how soon a change is told and seen, what an idle page costs.

Beside them how long the matrix of six resolvers takes.
"""

from __future__ import annotations

import os
import statistics
import sys
import time

import msgspec

from bench.result import Result
from net.interfaces import read
from tests.lab import Background, Lab, dns
from tests.lab.crowded import crowd
from tests.lab.host import LANSCOUT, Host

INTERFACES, ROUTES = 200, 2000
ROUNDS = 20
SNAPSHOT_MS, CHANGE_MS = 100, 300
IDLE_SECONDS, SETTLE_SECONDS, IDLE_SHARE = 25, 8, 0.01
SERVERS, MATRIX_SECONDS = 6, 6.0


def run() -> list[Result]:
    """The usual host of the lab, then one with 200 interfaces and 2,000 routes. About 2 minutes."""
    with Lab(f"bench{os.getpid()}-") as lab:
        results = [_idle(lab.alpha, "5 interfaces", budget=IDLE_SHARE), _matrix(lab)]
        crowd(lab.alpha, INTERFACES, ROUTES)
        return [
            *results,
            _snapshot(lab.alpha),
            _change(lab),
            _change_seen(lab),
            _idle(lab.alpha, f"{INTERFACES} interfaces", budget=None),
        ]


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


def _change_seen(lab: Lab) -> Result:
    """From the kernel's change to the paint of the list that shows it."""
    times = []
    with _window("interfaces", lab.alpha) as window:
        window.wait_for("holder en0", timeout=30)
        for number in range(ROUNDS):
            holder = "en0" if number % 2 else "utun3"
            seen = len(window.lines)
            (lab.vpn_down if number % 2 else lab.vpn_up)()
            begin = time.perf_counter()
            window.wait_until(lambda seen=seen, line=f"holder {holder}": line in window.lines[seen:])  # type: ignore[misc]
            times.append(time.perf_counter() - begin)
    median, worst = statistics.median(times) * 1000, max(times) * 1000
    return Result(
        "change of a VPN among them painted in the window",
        f"median {median:.0f} ms, worst {worst:.0f} ms",
        f"<= {CHANGE_MS} ms",
        worst <= CHANGE_MS,
    )


def _idle(host: Host, what: str, *, budget: float | None) -> Result:
    """Processor time with the page open, offscreen, where Qt paints by the processor."""
    with _window("idle", host, str(IDLE_SECONDS), str(SETTLE_SECONDS)) as window:
        line = window.wait_for(r"\{.*\}", timeout=IDLE_SECONDS + SETTLE_SECONDS + 30)
    told = msgspec.json.decode(line[0], type=dict[str, float])
    window_share, probe_share = told["window"] / IDLE_SECONDS, told["probe"] / IDLE_SECONDS
    share = window_share + probe_share
    return Result(
        f"page open on a host of {what}, nothing happens: part of a core",
        f"{share:.1%} (window {window_share:.1%}, probe {probe_share:.1%})",
        f"<= {budget:.0%}" if budget is not None else "none",
        share <= budget if budget is not None else None,
    )


def _window(mode: str, host: Host, *words: str) -> Background:
    argv = [sys.executable, "-m", "bench.window", mode, f"netns:{host.netns}", *words]
    return Background(argv, env={"QT_QPA_PLATFORM": "offscreen"})


def _matrix(lab: Lab) -> Result:
    """The dearest case: none of the servers ever answers."""
    servers = [f"192.168.1.{100 + number}" for number in range(SERVERS)]
    for server in servers:
        lab.beta.ip(f"address add {server}/24 dev en0")
    dns.filtered(lab.beta, "meta l4proto { tcp, udp } th dport 53 drop")
    words = [word for server in servers for word in ("--server", server)]
    begin = time.perf_counter()
    lab.alpha.run([*LANSCOUT, "resolve", "example.test", *words, "--interface", "en0", "--json"], check=False)
    took = time.perf_counter() - begin
    return Result(
        f"matrix of {SERVERS} servers that never answer, as routed and bound",
        f"{took:.1f} s",
        f"<= {MATRIX_SECONDS:.0f} s",
        took <= MATRIX_SECONDS,
    )
