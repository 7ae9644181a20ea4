"""Hears every mDNS packet on the chosen interfaces, hands it on, judges and records it, and sends nothing."""

from __future__ import annotations

import asyncio
import time
from collections import deque
from collections.abc import AsyncGenerator
from contextlib import aclosing
from typing import Final

from discovery.bonjour.hearing import TURN, HeardPacket
from discovery.bonjour.hearings import Hearings
from discovery.bonjour.lint.linter import Linter
from discovery.bonjour.packets import mdns_packet
from discovery.bonjour.wire import Message, decode
from discovery.requests import HearRequest
from net import interfaces, tasks
from net.multicast.capture.recorder import Recorder, open_recorder
from net.problems import ProblemError, make_problem
from net.records import Interface, Record, Removed, Skipped
from net.requests import InterfaceRequest

Batch = tuple[Record, ...]

GATHER: Final = 0.05
"""Seconds in which packets are gathered into one batch."""
MOST_KEPT: Final = 250
"""Packets of one batch that are handed on, the newest: 5,000 a second; the rest is counted in Skipped."""
_EVERY = 1.0


async def hear(request: HearRequest) -> AsyncGenerator[Batch, None]:
    """MdnsPacket of each packet, BrowseState of each interface, Problem and Removed, until closed.

    With ``lint`` also LintFinding, HostScore and Asked, with ``pcapng`` a Recording. It and BrowseStates come at the
    start and then at most once a second. Packets beyond 5,000 a second are recorded and judged, but not
    handed on. Raises ProblemError ``interface_unknown`` where none of the named interfaces exists, ``record_refused``.
    """
    recorder = await open_recorder(request.pcapng, _untold) if request.pcapng is not None else None
    hearing = _Hearing(request, recorder)
    following = tasks.start(hearing.follow_interfaces(), "interfaces of bonjour hearing")
    try:
        while True:
            batch = await hearing.turn()
            if batch:
                yield batch
    finally:
        await tasks.stop(following)
        hearing.close()
        if recorder is not None:
            await recorder.close()


class _Hearing:
    """One call of ``hear``; packets come in between its turns."""

    def __init__(self, request: HearRequest, recorder: Recorder | None) -> None:
        self._request = request
        self._recorder = recorder
        self._recording: Record | None = None
        self._linter = Linter() if request.lint else None
        self._hearings = Hearings(request.interfaces, self._heard, recorder)
        self._packets: deque[tuple[HeardPacket, Message | None, bool]] = deque(maxlen=MOST_KEPT)
        self._arrived = 0
        self._known: dict[str, Interface] | None = None
        self._failure: Exception | None = None
        self._wake = asyncio.Event()
        self._due = 0.0

    async def follow_interfaces(self) -> None:
        """Open and close as the interfaces change; a failure is raised by the next turn."""
        try:
            async with aclosing(interfaces.watch(InterfaceRequest())) as changes:
                async for batch in changes:
                    self._take_interfaces(batch)
        except (OSError, ProblemError) as error:
            self._failure = error
            self._wake.set()

    async def turn(self) -> Batch:
        """Wait for a packet, a change or the time of something due, and tell what there is to tell."""
        await self._wait()
        if self._failure is not None:
            raise self._failure
        now = time.monotonic()
        if self._known is not None and self._hearings.retry_due(now):
            self._hearings.reconcile(self._known)
        records = [*self._hearings.problems(), *await self._gather()]
        if self._known is not None and now >= self._due:
            self._due = now + _EVERY
            records += self._hearings.states()
            records += self._recorded()
        if self._linter is not None:
            records += self._linter.news(time.time())
        return tuple(records)

    def close(self) -> None:
        self._hearings.close()

    async def _wait(self) -> None:
        try:
            async with asyncio.timeout(_EVERY):
                await self._wake.wait()
        except TimeoutError:
            return
        await asyncio.sleep(GATHER)
        self._wake.clear()

    def _take_interfaces(self, batch: tuple[Interface | Removed, ...]) -> None:
        known = dict(self._known or {})
        for record in batch:
            if isinstance(record, Removed):
                known.pop(record.name, None)
            else:
                known[record.name] = record
        named = self._request.interfaces
        if self._known is None and named and not any(name in known for name in named):
            raise ProblemError(make_problem("interface_unknown", named[0], names=", ".join(known)))
        self._known = known
        self._hearings.reconcile(known)
        self._due = 0.0
        self._wake.set()

    def _heard(self, packet: HeardPacket, own: bool) -> None:  # noqa: FBT001
        message = None
        if self._linter is not None:
            message = decode(packet.payload)
            self._linter.take(packet, message, own)
        if self._request.packets:
            self._packets.append((packet, message, own))
            self._arrived += 1
        self._wake.set()

    def _recorded(self) -> list[Record]:
        recording = self._recorder.record() if self._recorder is not None else None
        if recording is None or recording == self._recording:
            return []
        self._recording = recording
        return [recording]

    async def _gather(self) -> list[Record]:
        packets, skipped = tuple(self._packets), self._arrived - len(self._packets)
        self._packets.clear()
        self._arrived = 0
        records: list[Record] = [Skipped(of="mdns_packet", count=skipped)] if skipped else []
        until = time.monotonic() + TURN
        for packet, message, own in packets:
            read = message if message is not None else decode(packet.payload)
            records.append(mdns_packet(packet, read, own=own, sections=self._request.sections))
            if time.monotonic() >= until:
                await asyncio.sleep(0)
                until = time.monotonic() + TURN
        return records


def _untold(_: Record) -> None:
    """The recorder is asked once a second: what it tells by itself need not be its last word."""
