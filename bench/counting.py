"""What counting a datagram costs once it was received, for streams with and without numbers."""

from __future__ import annotations

import struct
import time
from collections.abc import Callable

from bench.result import Result
from net.multicast.payloads.lanscout import numbered_payload
from net.multicast.streams import StreamCounter

EPOCH = 1_700_000_000.0
RATE = 50_000
DATAGRAMS, BATCH, ROUNDS = 100_000, 64, 7
PLAIN_BUDGET, NUMBERED_BUDGET = 1.0, 2.0
"""Microseconds a datagram."""


def run() -> list[Result]:
    """The best of some rounds, in batches as a receiver has them, at the times of 50,000 datagrams/s."""
    return [
        _result("without numbers", lambda _: bytes(100), PLAIN_BUDGET),
        _result("with Lanscout's numbers", _lanscout, NUMBERED_BUDGET),
        _result("of iperf 2", _iperf, NUMBERED_BUDGET),
        _result(
            "of RTP", lambda number: struct.pack(">BBHII", 0x80, 96, number & 0xFFFF, 0, 7) + bytes(88), NUMBERED_BUDGET
        ),
    ]


def _result(what: str, payload: Callable[[int], bytes], budget: float) -> Result:
    payloads = [payload(number) for number in range(DATAGRAMS)]
    times = [EPOCH + number / RATE for number in range(DATAGRAMS)]
    ttls = [1] * BATCH
    cost = min(_round(times, payloads, ttls) for _ in range(ROUNDS)) / DATAGRAMS * 1e6
    return Result(f"counting a datagram {what}", f"{cost:.2f} µs", f"<= {budget} µs", cost <= budget)


def _round(times: list[float], payloads: list[bytes], ttls: list[int]) -> float:
    counter = StreamCounter(("192.168.1.20", 40000, "224.224.0.77", 23019, "en0"), EPOCH)
    begin = time.perf_counter()
    for at in range(0, DATAGRAMS - BATCH, BATCH):
        counter.count_batch(times[at : at + BATCH], payloads[at : at + BATCH], ttls)
    return time.perf_counter() - begin


def _lanscout(number: int) -> bytes:
    return numbered_payload(7, number, EPOCH + number / RATE, 100)


def _iperf(number: int) -> bytes:
    seconds, microseconds = divmod(int(EPOCH * 1e6) + number * 20, 1_000_000)
    return struct.pack(">IIIII", number + 1, seconds, microseconds, 0, 0x4801_0098) + bytes(80)
