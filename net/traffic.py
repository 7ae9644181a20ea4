"""Counters of the interfaces and the rates between two readings."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncGenerator
from typing import NamedTuple

import msgspec
import psutil

from net.platform import this_platform
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
    multicast = this_platform().multicast_received()
    for raw, counters in psutil.net_io_counters(pernic=True, nowrap=False).items():
        name = interface_name(raw)
        if names and name not in names:
            continue
        counted = Traffic(
            interface=name,
            time=now,
            rx_bytes=counters.bytes_recv,
            tx_bytes=counters.bytes_sent,
            rx_packets=counters.packets_recv,
            tx_packets=counters.packets_sent,
            errors=counters.errin + counters.errout,
            drops=counters.dropin + counters.dropout,
            rx_multicast=multicast.get(name),
        )
        last = before.by_name.get(name)
        found[name] = counted if last is None else _with_rates(counted, last, elapsed)
    return Reading(taken, found)


def _with_rates(now: Traffic, before: Traffic, elapsed: float) -> Traffic:
    return msgspec.structs.replace(
        now,
        rx_bytes_per_s=_rate(elapsed, now.rx_bytes, before.rx_bytes),
        tx_bytes_per_s=_rate(elapsed, now.tx_bytes, before.tx_bytes),
        rx_packets_per_s=_rate(elapsed, now.rx_packets, before.rx_packets),
        tx_packets_per_s=_rate(elapsed, now.tx_packets, before.tx_packets),
        rx_multicast_per_s=_rate(elapsed, now.rx_multicast, before.rx_multicast),
        errors_per_s=_rate(elapsed, now.errors, before.errors),
        drops_per_s=_rate(elapsed, now.drops, before.drops),
    )


def _rate(elapsed: float, count: int | None, before: int | None) -> float | None:
    """None when the counter went backwards, as after a driver was loaded anew, or is not told."""
    if count is None or before is None or elapsed <= 0 or count < before:
        return None
    return (count - before) / elapsed
