"""Tests a group on all interfaces: tagged packets sent by each, and unbound, and heard on each."""

from __future__ import annotations

import asyncio
import errno
import secrets
import socket
from collections import Counter
from collections.abc import AsyncGenerator, Mapping, Sequence
from typing import NamedTuple

import psutil

from net.interfaces import find, snapshot
from net.multicast.candidates import Candidate, candidate
from net.multicast.endpoint import Endpoint, parse_endpoint
from net.multicast.places import SourceFilter, check_filter
from net.multicast.records import MulticastPath
from net.multicast.requests import MatrixRequest
from net.multicast.scope import agreed_interfaces
from net.multicast.send_warnings import group_warnings
from net.multicast.tags import UNBOUND, Tag, read_tag, tagged_payload
from net.multicast.verdict import Unbound, conclude
from net.platform.names import interface_name
from net.problems import ProblemError, make_problem
from net.records import Interface, Problem, Record
from net.routes import egress
from net.sockets import ANCILLARY_BYTES, join, parse_arrival, receiver, sender
from net.verdict import OtherTraffic

BUFFER_BYTES = 1024 * 1024
"""Receive buffer of each interface: others may be sending to the group meanwhile."""
BURST = 256
"""Datagrams read from one socket before the event loop gets its turn."""


async def test(request: MatrixRequest) -> AsyncGenerator[tuple[Record, ...], None]:
    """A MulticastPath for each pair of sending (each interface, and unbound) and receiving interface, then a Verdict.

    What is doubtful about the group and its TTL is a Problem before all else.
    Nothing is sent by an interface that is down, without MULTICAST or without an address of the group's family; it is
    among the paths all the same, with that as its problem. Raises ProblemError for a group or an interface that is
    none, and where the port cannot be bound at all. The group is left when the test is closed.
    """
    endpoint = parse_endpoint(request.group)
    check_filter(endpoint, SourceFilter())
    everything = await snapshot()
    names = agreed_interfaces(endpoint, request.interfaces)
    chosen = await find(names) if names else everything
    warnings = group_warnings(endpoint, request.ttl)
    if warnings:
        yield warnings
    run = MatrixRun(endpoint, [candidate(face, endpoint.group.version) for face in chosen], request.ttl)
    try:
        run.open()
        route = await egress(str(endpoint.group))
        await run.send(request.count, request.interval_ms / 1000)
        await asyncio.sleep(request.wait_ms / 1000)
        run.stop_hearing()
        paths = run.paths()
        yield paths
        unbound = Unbound(run.sent[UNBOUND], run.unbound_heard(), run.rises, route, run.refusals.get(UNBOUND))
        interfaces = {face.name: face for face in everything}
        yield (conclude(endpoint, run.candidates, paths, unbound, run.others(), interfaces),)
    finally:
        run.close()


class Heard(NamedTuple):
    """Packets of one sender heard on one interface, and the TTL of the last."""

    packets: int
    ttl: int | None


class MatrixRun:
    """One run of a test: a receiving socket for each interface, a sending one for each and one unbound.

    ``sent`` and ``refusals`` are by the sender's index, UNBOUND for the socket that chose no interface.
    """

    def __init__(self, endpoint: Endpoint, candidates: Sequence[Candidate], ttl: int) -> None:
        self.candidates = tuple(candidates)
        self.sent: Counter[int] = Counter()
        self.refusals: dict[int, Problem] = {}
        self.rises: dict[str, int] = {}
        self._endpoint = endpoint
        self._ttl = ttl
        self._run = secrets.randbits(64)
        self._loop = asyncio.get_running_loop()
        self._receivers: dict[int, socket.socket] = {}
        self._senders: dict[int, socket.socket] = {}
        self._not_joined: dict[int, Problem] = {}
        self._heard: dict[tuple[int, int], Heard] = {}
        self._others: dict[int, OtherTraffic] = {}

    def open(self) -> None:
        """Join on every interface and open the senders. Raises ProblemError if no interface could be listened on."""
        for each in self.candidates:
            self._listen_on(each.interface)
            if each.problem is None:
                source = each.interface.ipv4 if self._endpoint.group.version == 4 else None
                self._send_by(each.interface.index, source)
        self._send_by(UNBOUND, None)
        if not self._receivers and self._not_joined:
            raise ProblemError(next(iter(self._not_joined.values())))

    async def send(self, count: int, interval: float) -> None:
        """``count`` packets by each interface, then as many unbound with the counters read before and after."""
        bound = [index for index in self._senders if index != UNBOUND]
        await self._rounds(bound, count, interval)
        before = await asyncio.to_thread(_packets_sent)
        await self._rounds([UNBOUND] if UNBOUND in self._senders else [], count, interval)
        after = await asyncio.to_thread(_packets_sent)
        self.rises = {name: sent - before[name] for name, sent in after.items() if sent > before.get(name, sent)}

    def stop_hearing(self) -> None:
        """Read no more; what is still in the sockets is taken first."""
        for index, sock in self._receivers.items():
            self._loop.remove_reader(sock)
            self._drain(index, sock)

    def close(self) -> None:
        """Leave the group everywhere; may be called twice."""
        for sock in self._receivers.values():
            self._loop.remove_reader(sock)
        for sock in (*self._receivers.values(), *self._senders.values()):
            sock.close()
        self._receivers.clear()
        self._senders.clear()

    def paths(self) -> tuple[MulticastPath, ...]:
        """The whole matrix, sender by sender, the unbound one last."""
        senders: list[Candidate | None] = [*self.candidates, None]
        return tuple(self._path(by, at) for by in senders for at in self.candidates)

    def unbound_heard(self) -> dict[str, int]:
        """The interfaces on which unbound packets were heard, in the order of their first arrival."""
        names = {each.interface.index: each.interface.name for each in self.candidates}
        return {names[at]: heard.packets for (by, at), heard in self._heard.items() if by == UNBOUND}

    def others(self) -> tuple[OtherTraffic, ...]:
        """What others sent to the group meanwhile."""
        return tuple(self._others.values())

    def _listen_on(self, interface: Interface) -> None:
        endpoint, index = self._endpoint, interface.index
        try:
            sock = receiver(endpoint.group, endpoint.port, index, buffer_bytes=BUFFER_BYTES)
        except OSError as error:
            self._not_joined[index] = make_problem("bind_refused", str(endpoint), error)
            return
        try:
            join(sock, endpoint.group, index)
        except OSError as error:
            sock.close()
            self._not_joined[index] = make_problem("join_refused", str(endpoint), error, interface=interface.name)
            return
        self._receivers[index] = sock
        self._loop.add_reader(sock, self._drain, index, sock)

    def _send_by(self, index: int, source: str | None) -> None:
        version = self._endpoint.group.version
        try:
            self._senders[index] = sender(version, index or None, source=source, ttl=self._ttl, loop=True)
        except OSError as error:
            self._refused(index, error)

    async def _rounds(self, senders: Sequence[int], count: int, interval: float) -> None:
        for number in range(1, count + 1):
            if number > 1:
                await asyncio.sleep(interval)
            for index in senders:
                self._send_one(Tag(self._run, index, number))

    def _send_one(self, tag: Tag) -> None:
        group, port = str(self._endpoint.group), self._endpoint.port
        payload = tagged_payload(tag, self._name(tag.interface) or "unbound")
        try:
            self._senders[tag.interface].sendto(
                payload, (group, port) if self._endpoint.group.version == 4 else (group, port, 0, tag.interface)
            )
        except OSError as error:
            self._refused(tag.interface, error)
        else:
            self.sent[tag.interface] += 1

    def _refused(self, index: int, error: OSError) -> None:
        name = self._name(index)
        code = "send_refused" if name or error.errno != errno.ENETUNREACH else "send_without_route"
        facts = {"interface": name or "the default route"}
        self.refusals.setdefault(index, make_problem(code, str(self._endpoint), error, **facts))

    def _name(self, index: int) -> str | None:
        return next((each.interface.name for each in self.candidates if each.interface.index == index), None)

    def _drain(self, index: int, sock: socket.socket) -> None:
        for _ in range(BURST):
            try:
                payload, ancillary, _flags, source = sock.recvmsg(2048, ANCILLARY_BYTES)
            except OSError:
                # Nothing waits (EAGAIN), or the interface is just going down: its silence is the result.
                return
            arrival = parse_arrival(ancillary)
            if arrival.interface in (None, index):
                self._take(index, payload, source[0], arrival.ttl)

    def _take(self, index: int, payload: bytes, source: str, ttl: int | None) -> None:
        tag = read_tag(payload)
        if tag is None or tag.run != self._run:
            seen = self._others.get(index)
            packets = seen.packets + 1 if seen is not None else 1
            self._others[index] = OtherTraffic(interface=self._name(index) or "", packets=packets, source=source)
            return
        heard = self._heard.get((tag.interface, index))
        self._heard[tag.interface, index] = Heard(heard.packets + 1 if heard is not None else 1, ttl)

    def _path(self, by: Candidate | None, at: Candidate) -> MulticastPath:
        sending = by.interface.index if by is not None else UNBOUND
        receiving = at.interface.index
        heard = self._heard.get((sending, receiving), Heard(0, None))
        sent = self.sent[sending]
        problem = (by.problem if by is not None else None) or self.refusals.get(sending)
        if problem is None and not heard.packets:
            problem = self._not_joined.get(receiving) or at.problem
            if problem is None and sending == receiving:
                problem = make_problem("test_not_heard", at.interface.name)
        return MulticastPath(
            group=str(self._endpoint.group),
            port=self._endpoint.port,
            send_interface=by.interface.name if by is not None else None,
            receive_interface=at.interface.name,
            received=heard.packets > 0,
            ttl=heard.ttl,
            problem=problem,
            unbound=by is None,
            sent=sent,
            heard=heard.packets,
        )


def _packets_sent() -> Mapping[str, int]:
    counters = psutil.net_io_counters(pernic=True, nowrap=False)
    return {interface_name(name): each.packets_sent for name, each in counters.items()}
