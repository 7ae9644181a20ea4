"""Tests of net.multicast.sender with real sockets on the loopback interface."""

from __future__ import annotations

import asyncio
import errno
import socket
from contextlib import aclosing, suppress
from typing import Any

import pytest
from msgspec.structs import replace

from net.interfaces import find
from net.multicast.endpoint import parse_endpoint
from net.multicast.sender import send
from net.multicast.sending_leg import Leg
from net.problems import ProblemError
from net.records import Problem, Record, Sent, Summary
from net.requests import SendRequest
from net.sockets import join, receiver
from tests.net.multicast.senders import INDEX, LOOPBACK, await_readable

GROUP, PORT = "239.77.4.1", 23098


async def _send(**asked: Any) -> list[Record]:
    request = SendRequest(**{"group": f"{GROUP}:{PORT}", "interface": LOOPBACK, "interval_ms": 0, **asked})
    return [record async for batch in send(request) for record in batch]


def _summary(records: list[Record]) -> Summary:
    summary = records[-1]
    assert isinstance(summary, Summary)
    return summary


@pytest.fixture
def hearing() -> Any:
    endpoint = parse_endpoint(f"{GROUP}:{PORT}")
    with receiver(endpoint.group, PORT, INDEX, buffer_bytes=1 << 22) as sock:
        join(sock, endpoint.group, INDEX)
        yield sock


async def test_the_rate_is_kept_and_told() -> None:
    loop = asyncio.get_running_loop()
    begin = loop.time()
    records = await _send(rate_pps=2000, count=1000)
    elapsed = loop.time() - begin
    summary = _summary(records)
    assert 0.499 <= elapsed < 2
    assert summary.sent == 1000
    assert summary.packets_per_s == pytest.approx(999 / elapsed, rel=0.2)
    assert summary.bits_per_s == pytest.approx((summary.packets_per_s or 0) * 45 * 8, rel=0.01)
    told = [record for record in records if isinstance(record, Sent)]
    assert told[-1].sent == 1000
    assert told[-1].packets_per_s == pytest.approx(2000, rel=0.5)


async def test_the_last_datagram_is_not_waited_after() -> None:
    async with asyncio.timeout(5):
        assert _summary(await _send(count=1, interval_ms=60_000)).sent == 1


@pytest.mark.parametrize("count", [0, None])
async def test_without_count_it_is_sent_until_stopped(count: int | None) -> None:
    request = SendRequest(group=f"{GROUP}:{PORT}", interface=LOOPBACK, count=count, rate_pps=5000)
    async with asyncio.timeout(10), aclosing(send(request)) as batches:
        (warning,) = await anext(batches)
        assert isinstance(warning, Problem)
        async for (record,) in batches:
            assert isinstance(record, Sent)
            if record.sent > 1000:
                return


async def test_a_loud_send_needs_to_be_confirmed() -> None:
    with pytest.raises(ProblemError) as failure:
        await _send(rate_pps=20_000, count=20_000)
    assert failure.value.problem.code == "rate_needs_confirmation"
    assert _summary(await _send(rate_pps=20_000, count=20_000, fast=True)).sent == 20_000


async def test_all_of_a_fast_send_arrives_in_order(hearing: socket.socket) -> None:
    await _send(count=2000, size=45)
    await_readable(hearing)
    numbers = [int(hearing.recv(100).split()[2]) for _ in range(2000)]
    assert numbers == list(range(2000))


@pytest.mark.parametrize("dscp", [None, 0, 46])
async def test_the_class_of_service_is_sent(hearing: socket.socket, dscp: int | None) -> None:
    hearing.setsockopt(socket.IPPROTO_IP, 13, 1)  # IP_RECVTOS of Linux
    await _send(text="x", dscp=dscp)
    await_readable(hearing)
    _, ancillary, _, _ = hearing.recvmsg(100, 1000)
    (tos,) = [data[0] for level, kind, data in ancillary if (level, kind) == (socket.IPPROTO_IP, socket.IP_TOS)]
    assert tos >> 2 == (dscp or 0)


async def test_several_interfaces_send_each_datagram_and_are_told_each() -> None:
    records = await _send(interface=None, interfaces=(LOOPBACK, LOOPBACK), count=3)
    assert _summary(records).sent == 3, "the same one twice is one"
    with pytest.raises(ProblemError) as failure:
        await _send(interfaces=("en77",))
    assert failure.value.problem.code == "interface_unknown"


@pytest.mark.parametrize(
    ("group", "ttl", "warned"),
    [
        ("224.0.0.77:5000", 2, True),
        ("224.0.0.77:5000", 1, False),
        ("224.0.1.77:5000", 2, False),
        (f"[ff02::77%{LOOPBACK}]:5000", 2, True),
        (f"[ff05::77%{LOOPBACK}]:5000", 2, False),
    ],
)
async def test_a_ttl_that_no_router_heeds_is_told_and_sent_all_the_same(group: str, ttl: int, warned: bool) -> None:
    request = SendRequest(group=group, interface=LOOPBACK, ttl=ttl, text="x")
    records: list[Record] = []
    # Loopback may have no route for IPv6 multicast; what matters comes before that is told.
    with suppress(ProblemError):
        async for batch in send(request):
            records += batch
    told = [record.code for record in records if isinstance(record, Problem)]
    assert [code for code in told if code != "sent_by_loopback"] == (["link_local_ttl"] if warned else [])
    if records and isinstance(records[-1], Summary):
        assert records[-1].sent == 1
        assert [problem.code for problem in records[-1].problems] == told


async def test_a_refusal_of_all_is_raised() -> None:
    with pytest.raises(ProblemError) as failure:
        await _send(text="x" * 65507, group=f"[ff15::77]:{PORT}", interface=LOOPBACK)
    assert failure.value.problem.code == "send_refused"


async def test_an_interface_that_is_gone_is_told_as_that() -> None:
    (interface,) = await find((LOOPBACK,))
    leg = Leg(parse_endpoint(f"{GROUP}:{PORT}"), replace(interface, index=4711))
    problem = leg._refused(OSError(errno.ENODEV, "No such device"))
    assert (problem.code, problem.errno) == ("send_interface_gone", errno.ENODEV)
    assert "no longer exists" in problem.text
