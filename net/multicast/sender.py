"""Sends datagrams to a group by a chosen interface."""

from __future__ import annotations

import asyncio
import errno
import secrets
import socket
import time
from collections.abc import AsyncGenerator, Callable
from contextlib import closing

from net.interfaces import find
from net.multicast.endpoint import Endpoint, parse_endpoint
from net.multicast.payloads import NUMBERED_BYTES, numbered_payload
from net.problems import ProblemError, make_problem
from net.records import Interface, Problem, Record, Sent, Summary
from net.requests import SendRequest
from net.routes import egress
from net.sockets import sender

TELL = 0.1
"""Seconds between two progress records."""
LARGEST = 65507
"""Bytes of the largest UDP payload over IPv4 (65,535 less the headers of IPv4 and UDP)."""


async def send(request: SendRequest) -> AsyncGenerator[tuple[Record, ...], None]:
    """Send as asked; yields Sent while it goes on and a Summary at the end.

    Without ``interface`` the kernel routes, and the records say where to. A refusal of the first datagram raises
    ProblemError; a later one is a Problem in the summary, one for each errno, and sending goes on.
    """
    endpoint = parse_endpoint(request.group)
    payload = _payloads(request)
    interface = await _interface(request, endpoint)
    try:
        sock = sender(
            endpoint.group.version,
            interface.index if interface else None,
            source=_source(interface) if endpoint.group.version == 4 else None,
            ttl=request.ttl,
            loop=request.loop,
        )
    except OSError as error:
        raise ProblemError(_refused(endpoint, interface, error)) from error
    with closing(sock):
        sending = Sending(request, endpoint, interface, sock, payload)
        async for sent in sending.run():
            yield (sent,)
        yield (sending.summary(),)


class Sending:
    """One run of datagrams through one socket."""

    def __init__(
        self,
        request: SendRequest,
        endpoint: Endpoint,
        interface: Interface | None,
        sock: socket.socket,
        payload: Callable[[int], bytes],
    ) -> None:
        self._request = request
        self._endpoint = endpoint
        self._interface = interface
        self._socket = sock
        self._payload = payload
        self._sent = self._bytes = 0
        self._source: str | None = None
        self._leaves_by: str | None = interface.name if interface is not None else None
        self._problems: dict[int | None, Problem] = {}

    async def run(self) -> AsyncGenerator[Sent, None]:
        """Send datagram after datagram at the interval asked for, catching up after a delay."""
        loop = asyncio.get_running_loop()
        await self._connect()
        begin = told = loop.time()
        for number in range(self._request.count):
            wait = begin + number * self._request.interval_ms / 1000 - loop.time()
            # sleep(0) gives the loop its turn now and then when the interval is too short to wait for.
            if wait > 0 or number % 64 == 63:
                await asyncio.sleep(max(0.0, wait))
            await self._send(number)
            if loop.time() - told >= TELL:
                told = loop.time()
                yield self._progress()
        yield self._progress()

    def summary(self) -> Summary:
        """Totals so far."""
        return Summary(
            sent=self._sent,
            bytes=self._bytes,
            interface=self._leaves_by,
            source=self._source,
            problems=tuple(self._problems.values()),
        )

    async def _connect(self) -> None:
        group, port = str(self._endpoint.group), self._endpoint.port
        index = self._interface.index if self._interface is not None else 0
        destination = (group, port) if self._endpoint.group.version == 4 else (group, port, 0, index)
        try:
            self._socket.connect(destination)
        except OSError as error:
            raise ProblemError(_refused(self._endpoint, self._interface, error)) from error
        self._source = self._socket.getsockname()[0]
        if self._leaves_by is None:
            self._leaves_by = (await egress(group)).interface

    async def _send(self, number: int) -> None:
        payload = self._payload(number)
        try:
            await asyncio.get_running_loop().sock_sendall(self._socket, payload)
        except OSError as error:
            # A connected socket is told of an ICMP error for the datagram before; this one was not sent.
            problem = _refused(self._endpoint, self._interface, error)
            if number == 0 and error.errno != errno.ECONNREFUSED:
                raise ProblemError(problem) from error
            self._problems.setdefault(error.errno, problem)
            return
        self._sent += 1
        self._bytes += len(payload)

    def _progress(self) -> Sent:
        return Sent(
            group=str(self._endpoint.group),
            port=self._endpoint.port,
            interface=self._leaves_by or "",
            source=self._source or "",
            sent=self._sent,
            bytes=self._bytes,
        )


def _payloads(request: SendRequest) -> Callable[[int], bytes]:
    if request.text is not None and request.hex is not None:
        raise ProblemError(make_problem("payload_ambiguous", "--text"))
    if request.text is not None:
        return _constant(request.text.encode("utf-8", "surrogateescape"))
    if request.hex is not None:
        try:
            return _constant(bytes.fromhex(request.hex.removeprefix("0x")))
        except ValueError as error:
            raise ProblemError(make_problem("payload_not_hex", request.hex, evidence=str(error))) from None
    size = request.size if request.size is not None else NUMBERED_BYTES
    if size < NUMBERED_BYTES:
        raise ProblemError(make_problem("payload_too_small", str(size), least=NUMBERED_BYTES))
    run = secrets.randbits(32)
    return lambda number: numbered_payload(run, number, time.time(), size)


def _constant(payload: bytes) -> Callable[[int], bytes]:
    if len(payload) > LARGEST:
        raise ProblemError(make_problem("payload_too_large", str(len(payload)), most=LARGEST))
    return lambda _: payload


async def _interface(request: SendRequest, endpoint: Endpoint) -> Interface | None:
    name = request.interface or endpoint.scope
    if name is None and endpoint.group.version == 6 and str(endpoint.group).startswith(("ff01:", "ff02:")):
        raise ProblemError(make_problem("scope_missing", str(endpoint)))
    return (await find((name,)))[0] if name is not None else None


def _source(interface: Interface | None) -> str | None:
    """The interface's own IPv4 address: left to itself the kernel may take another interface's."""
    addresses = interface.addresses if interface is not None else ()
    return next((address.address for address in addresses if address.family == "ipv4"), None)


def _refused(endpoint: Endpoint, interface: Interface | None, error: OSError) -> Problem:
    return make_problem(
        "send_refused", str(endpoint), error, interface=interface.name if interface else "the default route"
    )
