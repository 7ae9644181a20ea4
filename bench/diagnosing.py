"""How long all checks of the diagnosis take, and how the window keeps up meanwhile."""

from __future__ import annotations

import os
import sys

import msgspec

from bench.result import Result
from tests.lab import Background, Lab

BUDGET_SECONDS = 10
BUDGET_P99_MS, BUDGET_MAX_MS = 33, 100


class Told(msgspec.Struct):
    """What bench.window told: seconds of the run, delays in ms, how many of the checks were done."""

    seconds: float
    p99: float
    max: float
    done: int
    checks: int


def run() -> list[Result]:
    """Two LANs, then the same with a VPN that takes the default route. About 30 s."""
    results: list[Result] = []
    with Lab(f"bench{os.getpid()}-") as lab:
        results += _results("two LANs", _run(lab))
        lab.vpn_up()
        results += _results("two LANs and a VPN", _run(lab))
    return results


def _run(lab: Lab) -> Told:
    argv = [sys.executable, "-m", "bench.window", "diagnosis", f"netns:{lab.alpha.netns}"]
    with Background(argv, env={"QT_QPA_PLATFORM": "offscreen"}) as window:
        return msgspec.json.decode(window.wait_for(r"\{.*\}", timeout=60)[0], type=Told)


def _results(host: str, told: Told) -> list[Result]:
    kept_up = told.p99 <= BUDGET_P99_MS and told.max <= BUDGET_MAX_MS
    return [
        Result(
            f"all checks, {host}",
            f"{told.seconds:.1f} s, {told.done} of {told.checks} done",
            f"<= {BUDGET_SECONDS} s, all done",
            told.seconds <= BUDGET_SECONDS and told.done == told.checks,
        ),
        Result(
            f"window meanwhile, {host}",
            f"p99 {told.p99:.1f} ms, max {told.max:.0f} ms",
            f"p99 <= {BUDGET_P99_MS} ms, max <= {BUDGET_MAX_MS} ms",
            kept_up,
        ),
    ]
