"""Counters of the interfaces and the rates between two readings."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncGenerator
from typing import NamedTuple

import psutil

from net.platform.names import interface_name
from net.records import Traffic
from net.requests import InterfaceRequest

INTERVAL = 1.0
"""Seconds between two readings."""


async def watch(request: InterfaceRequest) -> AsyncGenerator[tuple[Traffic, ...], None]:
    """One Traffic per interface, once a second (or once, without follow); the first has no rates."""
    before = Reading(0.0, {})
    while True:
        before = await asyncio.to_thread(read, before, request.interfaces)
        yield tuple(before.by_name.values())
        if not request.follow:
            return
        await asyncio.sleep(INTERVAL)


class Reading(NamedTuple):
    """The counters at ``taken``, in seconds of the monotonic clock: the wall clock may be set between two readings."""

    taken: float
    by_name: dict[str, Traffic]


def read(before: Reading, names: tuple[str, ...] = ()) -> Reading:
    """The counters now, with rates since ``before``; of all interfaces, or of those named."""
    now, taken = time.time(), time.monotonic()
    elapsed = taken - before.taken
    found = {}
    for raw, counters in psutil.net_io_counters(pernic=True, nowrap=False).items():
        name = interface_name(raw)
        if names and name not in names:
            continue
        last = before.by_name.get(name)
        found[name] = Traffic(
            interface=name,
            time=now,
            rx_bytes=counters.bytes_recv,
            tx_bytes=counters.bytes_sent,
            rx_packets=counters.packets_recv,
            tx_packets=counters.packets_sent,
            errors=counters.errin + counters.errout,
            drops=counters.dropin + counters.dropout,
            rx_bytes_per_s=_rate(elapsed, counters.bytes_recv, last.rx_bytes) if last else None,
            tx_bytes_per_s=_rate(elapsed, counters.bytes_sent, last.tx_bytes) if last else None,
        )
    return Reading(taken, found)


def _rate(elapsed: float, count: int, before: int) -> float | None:
    """None when the counter went backwards, as after a driver was loaded anew."""
    return (count - before) / elapsed if elapsed > 0 and count >= before else None
