"""How long 2,000 listeners take to be listed and refreshed, against ``ss -tulpn`` and lsof on the same sockets."""

from __future__ import annotations

import resource
import shutil
import statistics
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from bench.result import Result
from net.platform.linux.listeners import Listing
from net.ports.listeners import Table
from net.requests import PortsRequest

LISTENERS = 2000
PROCESSES = (40, 400)
ROUNDS = 15
FIRST_BUDGET = 1.5
REFRESH_BUDGET = 1.0
SS = ("ss", "-tulpn")
LSOF = ("lsof", "-nP", "-iTCP", "-sTCP:LISTEN", "-iUDP")
HOLDERS = Path(__file__).with_name("holders.py")


def run() -> list[Result]:
    """Open the listeners on loopback, measure, close them; about 10 s. Owners are looked for as the user who runs it.

    All three are bound by the processor, so processor time (user and system) is compared: it is the wall time of an
    idle machine. They are measured in turn and compared round by round; the medians count.
    """
    results: list[Result] = []
    for processes in PROCESSES:
        with listeners(processes):
            results += _measure(processes)
    return results


def _measure(processes: int) -> list[Result]:
    firsts, refreshes, peers = [], [], []
    for _ in range(ROUNDS):
        table = Table(Listing().read, PortsRequest())
        firsts.append(_seconds(table.first))
        refreshes.append(_seconds(table.next))
        peers.append(_command(SS))
    what = f"{LISTENERS} listeners of {processes} processes"
    results = [
        _result(f"{what}: first list", firsts, peers, FIRST_BUDGET),
        _result(f"{what}: refresh", refreshes, peers, REFRESH_BUDGET),
    ]
    if shutil.which(LSOF[0]) is not None:
        results.append(Result(f"{what}: lsof, to compare", f"{_command(LSOF) * 1000:.0f} ms", "none", None))
    return results


def _command(argv: Sequence[str]) -> float:
    # lsof ends with 1 where one of the kinds it was asked for has no socket.
    return _seconds(lambda: subprocess.run(argv, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, check=False))


def _result(what: str, own: list[float], peers: list[float], budget: float) -> Result:
    ratio = statistics.median(mine / peer for mine, peer in zip(own, peers, strict=True))
    measured = f"{ratio:.2f} x ({statistics.median(own) * 1000:.0f} ms, ss {statistics.median(peers) * 1000:.0f} ms)"
    return Result(what, measured, f"<= {budget} x ss -tulpn", ratio <= budget)


def _seconds(call: Callable[[], object]) -> float:
    begin = _processor_time()
    call()
    return _processor_time() - begin


def _processor_time() -> float:
    """Seconds of this process and of its children that have ended."""
    children = resource.getrusage(resource.RUSAGE_CHILDREN)
    return time.process_time() + children.ru_utime + children.ru_stime


@contextmanager
def listeners(processes: int) -> Iterator[None]:
    """LISTENERS of them on loopback, spread over so many processes."""
    argv = [sys.executable, str(HOLDERS), str(processes), str(LISTENERS // processes)]
    with subprocess.Popen(argv, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as holders:
        if holders.stdin is None or holders.stdout is None:
            raise AssertionError
        holders.stdout.readline()
        try:
            yield
        finally:
            holders.stdin.close()
