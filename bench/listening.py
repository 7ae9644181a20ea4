"""Datagrams lost while listening, and how the window keeps up, against ``iperf -s -u`` in the same place."""

from __future__ import annotations

import os
import re
import sys
import time

import msgspec

from bench.result import Result
from tests.lab import Background, Host, Lab
from tests.lab.peers import iperf_counts, iperf_receiver

GROUP, PORT = "224.224.0.77", 23019
RATES = (20_000, 50_000)
BUDGET_P99_MS, BUDGET_MAX_MS = 33, 100
BUDGET_MEMORY = 200 * 1024 * 1024
PAYLOAD_BYTES = 100


class Told(msgspec.Struct):
    """What bench.window told: delays in ms, bytes of memory, (seconds, window's bytes, probe's bytes) now and then."""

    p99: float
    max: float
    received: int
    dropped: int
    memory: int
    kept: int
    samples: list[tuple[float, int, int]]


def run(seconds: float = 20) -> list[Result]:
    """For each rate first iperf's receiver alone, then the window with its probe; ``seconds`` each."""
    results: list[Result] = []
    with Lab(f"bench{os.getpid()}-") as lab:
        for rate in RATES:
            peer_lost, peer_total = _iperf(lab, rate, seconds)
            told, sent = flooded_window(lab, rate, seconds)
            results += _results(rate, seconds, peer_lost, peer_total, told, sent)
    return results


def _results(rate: int, seconds: float, peer_lost: int, peer_total: int, told: Told, sent: int) -> list[Result]:
    where = f"{rate:,} datagrams/s for {seconds:g} s"
    return [
        Result(
            f"{where}: dropped here",
            f"{told.dropped} of {told.received:,} ({sent:,} sent; iperf lost {peer_lost} of {peer_total:,})",
            "0 where iperf -s loses none",
            told.dropped == 0 or peer_lost > 0,
        ),
        Result(
            f"{where}: window's delay",
            f"p99 {told.p99:.0f} ms, max {told.max:.0f} ms",
            f"p99 <= {BUDGET_P99_MS} ms, max <= {BUDGET_MAX_MS} ms",
            told.p99 <= BUDGET_P99_MS and told.max <= BUDGET_MAX_MS,
        ),
        Result(
            f"{where}: memory of window and probe",
            f"{told.memory / 1024 / 1024:.0f} MB",
            f"<= {BUDGET_MEMORY // 1024 // 1024} MB",
            told.memory <= BUDGET_MEMORY,
        ),
    ]


def _iperf(lab: Lab, rate: int, seconds: float) -> tuple[int, int]:
    with iperf_receiver(lab.alpha, GROUP, PORT) as receiver, _sender(lab.beta, rate, seconds) as sender:
        sender.wait(seconds + 20)
        receiver.interrupt()
    return iperf_counts(receiver.output)


def flooded_window(lab: Lab, rate: int, seconds: float, services: int = 0) -> tuple[Told, int]:
    """What the window on alpha tells after ``seconds`` of datagrams from beta, and how many were sent.

    ``services``: so many Bonjour services are found before.
    """
    words = ["flood", f"netns:{lab.alpha.netns}", f"{GROUP}:{PORT}", str(seconds + 2), str(services)]
    environment = {"QT_QPA_PLATFORM": "offscreen"}
    with Background([sys.executable, "-m", "bench.window", *words], env=environment) as window:
        window.wait_for("joined", timeout=120)
        begin = time.monotonic()
        with _sender(lab.beta, rate, seconds) as sender:
            told = msgspec.json.decode(window.wait_for(r"\{.*\}", timeout=seconds + 30)[0], type=Told)
            sender.wait(seconds + 20)
        assert time.monotonic() - begin >= seconds
    (sent,) = re.findall(r"Sent (\d+) datagrams", sender.output)
    return told, int(sent)


def _sender(host: Host, rate: int, seconds: float) -> Background:
    argv = ["iperf", "-c", GROUP, "-u", "-p", str(PORT), "-T", "1", "-l", str(PAYLOAD_BYTES), "-t", str(seconds)]
    return host.start([*argv, "-b", f"{rate}pps", "-B", f"{host.source('en0', GROUP)}%en0"])
