"""Counters of the interfaces and the rates between two readings."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncGenerator

import psutil

from net.records import Traffic
from net.requests import InterfaceRequest

INTERVAL = 1.0
"""Seconds between two readings."""


async def watch(request: InterfaceRequest) -> AsyncGenerator[tuple[Traffic, ...], None]:
    """One Traffic per interface, once a second (or once, without follow); the first has no rates."""
    before: dict[str, Traffic] = {}
    while True:
        current = await asyncio.to_thread(_read, before, request.interfaces)
        yield tuple(current.values())
        if not request.follow:
            return
        before = current
        await asyncio.sleep(INTERVAL)


def _read(before: dict[str, Traffic], names: tuple[str, ...]) -> dict[str, Traffic]:
    now = time.time()
    found = {}
    for name, counters in psutil.net_io_counters(pernic=True, nowrap=False).items():
        if names and name not in names:
            continue
        last = before.get(name)
        found[name] = Traffic(
            interface=name,
            time=now,
            rx_bytes=counters.bytes_recv,
            tx_bytes=counters.bytes_sent,
            rx_packets=counters.packets_recv,
            tx_packets=counters.packets_sent,
            errors=counters.errin + counters.errout,
            drops=counters.dropin + counters.dropout,
            rx_bytes_per_s=_rate(last, now, counters.bytes_recv, last.rx_bytes) if last else None,
            tx_bytes_per_s=_rate(last, now, counters.bytes_sent, last.tx_bytes) if last else None,
        )
    return found


def _rate(last: Traffic, now: float, count: int, before: int) -> float | None:
    """None when the clock or the counter went backwards, as after a driver was loaded anew."""
    elapsed = now - last.time
    return (count - before) / elapsed if elapsed > 0 and count >= before else None
