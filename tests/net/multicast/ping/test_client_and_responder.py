"""Tests of net.multicast.ping.client and responder with real sockets on the loopback interface."""

from __future__ import annotations

import asyncio
import errno
import socket
from collections.abc import AsyncIterator, Callable
from contextlib import aclosing, asynccontextmanager

import pytest

from net import memberships
from net.multicast.ping.client import ping
from net.multicast.ping.messages import answer_v1, decode
from net.multicast.ping.responder import respond
from net.multicast.ping.target import find_target
from net.multicast.records import Pinging, PingQuestion, Reply, Responding
from net.multicast.requests import PingRequest, RespondRequest
from net.problems import ProblemError
from net.records import Joined, Problem, Record, Summary
from net.replying import receive, replier, reply
from net.tasks import start, stop

PORT = 14321
FAST = {"count": 3, "interval_ms": 10, "wait_ms": 2000, "port": PORT}


class Told:
    """What a responder has yielded so far."""

    def __init__(self) -> None:
        self.records: list[Record] = []
        self._changed = asyncio.Event()

    def add(self, batch: tuple[Record, ...]) -> None:
        self.records.extend(batch)
        self._changed.set()

    async def questions(self, count: int) -> list[PingQuestion]:
        """The questions, once there are so many."""
        async with asyncio.timeout(5):
            while len(found := [each for each in self.records if isinstance(each, PingQuestion)]) < count:
                self._changed.clear()
                await self._changed.wait()
        return found


@asynccontextmanager
async def _responder(**options: object) -> AsyncIterator[Told]:
    """A responder that runs for the block."""
    told = Told()
    batches = respond(RespondRequest(port=PORT, **options))  # type: ignore[arg-type]

    async def run() -> None:
        async for batch in batches:
            told.add(batch)

    async with aclosing(batches):
        told.add(await anext(batches))
        task = start(run(), "responder of the test")
        try:
            yield told
        finally:
            await stop(task)


@asynccontextmanager
async def _server(answer: Callable[[bytes], list[bytes]], *, version: int = 4) -> AsyncIterator[None]:
    """A responder of the test's own: what ``answer`` makes of a payload is sent back by unicast."""
    loop = asyncio.get_running_loop()
    with replier(version, PORT, ttl=64) as sock:

        def readable() -> None:
            asked = receive(sock)
            for payload in answer(asked.payload):
                reply(sock, payload, asked.address, asked.port, source=asked.at, interface=asked.interface)

        loop.add_reader(sock, readable)
        try:
            yield
        finally:
            loop.remove_reader(sock)


async def _ping(host: str = "127.0.0.1", **options: object) -> list[Record]:
    request = PingRequest(host=host, **{**FAST, **options})  # type: ignore[arg-type]
    async with asyncio.timeout(20):
        return [record async for batch in ping(request) for record in batch]


def _only(records: list[Record], kind: type[Record]) -> list[Record]:
    return [record for record in records if isinstance(record, kind)]


def _summary(records: list[Record]) -> Summary:
    assert isinstance(records[-1], Summary)
    assert records[-1].ping is not None
    return records[-1]


@pytest.mark.parametrize("dialect", ["auto", "v1", "v2"])
@pytest.mark.parametrize(
    ("host", "group", "source_specific"),
    [
        ("127.0.0.1", None, True),
        ("127.0.0.1", "239.77.1.234", False),
    ],
)
async def test_every_probe_is_answered_both_ways(
    dialect: str, host: str, group: str | None, source_specific: bool
) -> None:
    async with _responder(interval_ms=0):
        records = await _ping(host, dialect=dialect, group=group)
    replies = _only(records, Reply)
    assert [reply.sequence for reply in replies if isinstance(reply, Reply)] == [1, 2, 3]
    for each in replies:
        assert isinstance(each, Reply)
        assert (each.unicast, each.multicast, each.unicast_hops, each.multicast_hops) == (True, True, 0, 0)
        assert each.rtt_ms is not None
        assert 0 < each.rtt_ms < 1000
    (joined,) = _only(records, Joined)
    assert isinstance(joined, Joined)
    assert (joined.interface, joined.in_kernel) == ("lo", True)
    assert joined.source_filter == ((host,) if source_specific else ())
    summary = _summary(records)
    counts = summary.ping
    assert counts is not None
    assert (summary.sent, summary.received, summary.problems) == (3, 6, ())
    assert (counts.dialect, counts.server) == ("v1" if dialect == "v1" else "v2", "lanscout 0.1.0")
    assert (counts.unicast.loss_percent, counts.multicast.loss_percent, counts.loss_since_first_percent) == (0, 0, 0)
    assert (counts.first_multicast, counts.unicast.duplicated, counts.foreign, counts.malformed) == (1, 0, 0, 0)
    assert counts.tree_setup_ms is not None
    assert counts.source_specific == source_specific


async def test_a_reply_that_cannot_be_sent_is_told_where_it_is_asked_for() -> None:
    """Linux has no route for IPv6 multicast on the loopback interface; the lab has IPv6 that works."""
    async with _responder(interval_ms=0) as told:
        records = await _ping("::1", dialect="v1", wait_ms=100)
        refused = [each for each in await told.questions(3) if each.refused == "send"]
    counts = _summary(records).ping
    assert counts is not None
    assert (counts.unicast.received, counts.multicast.lost) == (3, 3)
    assert len(refused) == 3
    assert refused[0].problem is not None
    assert (refused[0].problem.code, refused[0].problem.errno) == ("ping_reply_refused", errno.ENETUNREACH)


async def test_the_responder_says_who_asked_and_keeps_count() -> None:
    async with _responder(interval_ms=0) as told:
        await _ping(dialect="v2")
        questions = await told.questions(4)
    first, *_, last = [each for each in told.records if isinstance(each, Responding)]
    assert first == told.records[0]
    assert (first.families, first.port, first.answered) == (("ipv4", "ipv6"), PORT, 0)
    assert [(each.message, each.sequence) for each in questions] == [
        ("init", None),
        ("query", 1),
        ("query", 2),
        ("query", 3),
    ]
    assert (last.answered, last.refused, last.requesters) == (4, 0, 1)


async def test_too_many_queries_are_left_unanswered_and_that_is_loss_of_both_ways() -> None:
    async with _responder() as told:
        records = await _ping(dialect="v1", count=8, wait_ms=200)
        questions = await told.questions(8)
    counts = _summary(records).ping
    assert counts is not None
    assert (counts.unicast.received, counts.multicast.received, counts.unicast.lost) == (5, 5, 3)
    assert [each.refused for each in questions] == [None] * 5 + ["rate"] * 3


async def test_a_group_that_is_not_served_is_refused_with_the_one_that_is() -> None:
    async with _responder(group="239.9.9.9"):
        records = await _ping(group="239.1.2.3", dialect="v2")
        (problem,) = _summary(records).problems
        assert problem.code == "ping_group_refused"
        assert "239.9.9.9" in problem.text
        adopted = await _ping(dialect="v2", interval_ms=1000, count=1)
    counts = _summary(adopted).ping
    assert counts is not None
    assert (counts.group, counts.multicast.received, counts.source_specific) == ("239.9.9.9", 1, False)


async def test_duplicates_are_counted_and_told_once() -> None:
    def twice(payload: bytes) -> list[bytes]:
        return [answer_v1(decode(payload), b"", 9000).encode()] * 3

    async with _server(twice):
        records = await _ping(dialect="v1", wait_ms=100)
    counts = _summary(records).ping
    assert counts is not None
    assert (counts.unicast.received, counts.unicast.duplicated) == (3, 6)
    assert len(_only(records, Reply)) == 3


async def test_unicast_without_multicast_is_loss_of_multicast_alone_and_says_what_that_means() -> None:
    async with _server(lambda payload: [answer_v1(decode(payload), b"", 9000).encode()]):
        records = await _ping(dialect="v1", wait_ms=100)
    summary = _summary(records)
    assert summary.ping is not None
    assert (summary.ping.unicast.loss_percent, summary.ping.multicast.loss_percent) == (0, 100)
    assert summary.ping.loss_since_first_percent is None
    assert [problem.code for problem in summary.problems] == ["ping_no_multicast"]
    for each in _only(records, Reply):
        assert isinstance(each, Reply)
        assert (each.unicast, each.multicast, each.multicast_rtt_ms) == (True, False, None)


async def test_truncated_and_strange_messages_are_counted_and_told_once() -> None:
    def noise(payload: bytes) -> list[bytes]:
        return [payload[:-1], b"", b"hello", payload, answer_v1(decode(payload), b"", 9000).encode()[:30]]

    async with _server(noise):
        records = await _ping(dialect="v1", wait_ms=100, count=1)
    counts = _summary(records).ping
    assert counts is not None
    assert (counts.malformed, counts.foreign, counts.unicast.received) == (4, 1, 0)
    (problem,) = [each for each in records if isinstance(each, Problem)]
    assert (problem.code, problem.subject) == ("ping_malformed", "127.0.0.1")


async def test_nothing_there_is_told_at_once_and_the_ping_goes_on() -> None:
    records = await _ping(dialect="v1", wait_ms=50)
    (problem,) = _only(records, Problem)
    assert isinstance(problem, Problem)
    assert (problem.code, str(PORT) in problem.text) == ("ping_refused", True)
    summary = _summary(records)
    assert (summary.received, [each.code for each in summary.problems]) == (0, ["ping_refused"])
    assert summary.sent == 3


async def test_silence_is_named() -> None:
    async with _server(lambda _: []):
        for dialect, sent, code in (("auto", 1, "ping_silent"), ("v1", 1, "ping_silent"), ("v2", 0, "ping_no_session")):
            summary = _summary(await _ping(dialect=dialect, wait_ms=50, count=1))
            assert (summary.sent, [each.code for each in summary.problems]) == (sent, [code])
            assert code == "ping_silent" or "speaks v1 only" in summary.problems[0].text


async def test_the_group_is_left_and_the_port_given_back_at_the_end() -> None:
    async with _responder(interval_ms=0):
        async with aclosing(ping(PingRequest(host="127.0.0.1", port=PORT, interval_ms=10))) as batches:
            async for batch in batches:
                if any(isinstance(record, Pinging) and record.counts.multicast.received > 2 for record in batch):
                    break
            assert any(each.group == "232.43.211.234" for each in await memberships.snapshot(("lo",)))
        assert not any(each.group == "232.43.211.234" for each in await memberships.snapshot(("lo",)))
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sock:
        sock.bind(("", PORT))


async def test_a_port_that_is_taken_is_told_with_what_to_do() -> None:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as taken:
        taken.bind(("", PORT))
        async with aclosing(respond(RespondRequest(port=PORT))) as batches:
            first = await anext(batches)
        assert isinstance(first[0], Responding)
        assert first[0].families == ("ipv6",)
        problem = first[1]
        assert isinstance(problem, Problem)
        assert (problem.code, problem.errno is not None) == ("ping_port_refused", True)
        with pytest.raises(ProblemError) as failure:
            await anext(respond(RespondRequest(port=PORT, group="239.1.1.1")))
        assert failure.value.problem.code == "ping_port_refused"


@pytest.mark.parametrize(
    ("options", "code"),
    [
        ({"host": "224.0.0.1"}, "ping_host_multicast"),
        ({"host": "255.255.255.255"}, "ping_host_multicast"),
        ({"host": "::"}, "ping_host_multicast"),
        ({"host": "no-such-host.invalid"}, "ping_host_unknown"),
        ({"host": "a" * 300}, "ping_host_unknown"),
        ({"host": ""}, "ping_host_unknown"),
        ({"host": "127.0.0.1", "group": "192.168.1.1"}, "group_not_multicast"),
        ({"host": "127.0.0.1", "group": "hello"}, "address_invalid"),
        ({"host": "127.0.0.1", "group": "224.0.0.5"}, "ping_group_reserved"),
        ({"host": "127.0.0.1", "group": "ff15::77"}, "ping_family"),
        ({"host": "127.0.0.1", "interface": "en77"}, "interface_unknown"),
        ({"host": "fe80::1%en77"}, "interface_unknown"),
        ({"host": "fe80::1"}, "ping_scope_missing"),
        ({"host": "fe80::1%en77", "interface": "lo"}, "interface_unknown"),
    ],
)
async def test_what_cannot_be_pinged_is_refused_with_its_reason(options: dict[str, object], code: str) -> None:
    with pytest.raises(ProblemError) as failure:
        await _ping(**options)  # type: ignore[arg-type]
    assert failure.value.problem.code == code
    assert failure.value.problem.remedy


@pytest.mark.parametrize(
    "options",
    [
        {"host": "fe80::1", "interface": "lo"},
        {"host": "fe80::1%lo"},
        {"host": "fe80::1%1"},
        {"host": "fe80::1%lo", "interface": "lo"},
        {"host": "fe80::1", "group": "ff15::234%lo"},
    ],
)
async def test_a_link_local_host_is_pinged_on_the_interface_that_was_said(options: dict[str, str]) -> None:
    target = await find_target(PingRequest(**options))  # type: ignore[arg-type]
    assert (str(target.address), target.interface.name) == ("fe80::1", "lo")


async def test_a_name_is_looked_up() -> None:
    async with _responder(interval_ms=0):
        records = await _ping("localhost", group="239.77.1.234")
    counts = _summary(records).ping
    assert counts is not None
    assert (counts.host, counts.address, counts.multicast.received) == ("localhost", "127.0.0.1", 3)


@pytest.mark.parametrize(
    ("group", "code", "advice"),
    [
        ("192.168.1.1", "group_not_multicast", ""),
        ("nonsense", "address_invalid", ""),
        ("224.0.0.5", "ping_group_reserved", "such as 239.255.0.234"),
        ("ff02::1", "ping_group_reserved", "such as ff15::4321:1234"),
    ],
)
async def test_a_responder_for_a_group_it_must_not_send_to_is_refused(group: str, code: str, advice: str) -> None:
    with pytest.raises(ProblemError) as failure:
        await anext(respond(RespondRequest(group=group)))
    assert failure.value.problem.code == code
    assert advice in failure.value.problem.remedy
