"""Tests of net.multicast.listener and sender with real sockets on the loopback interface."""

from __future__ import annotations

import asyncio
from contextlib import aclosing

import pytest

from net import memberships
from net.ending import end_with
from net.multicast.listener import Listening, listen
from net.multicast.places import parse_groups, places
from net.multicast.reception import BURST
from net.multicast.sender import send
from net.platform import this_platform
from net.problems import ProblemError
from net.records import Datagram, Joined, Membership, Problem, Reception, Record, Sent, Skipped, Stream, Summary
from net.requests import InterfaceRequest, ListenRequest, SendRequest
from tests.net.multicast.senders import group_sender

LOOPBACK = "lo"
GROUP = "239.77.1.1"
PORT = 23091


async def _send(group: str = f"{GROUP}:{PORT}", **options: object) -> list[Record]:
    request = SendRequest(group=group, interface=LOOPBACK, interval_ms=0, **options)  # type: ignore[arg-type]
    return [record async for batch in send(request) for record in batch]


async def _received(request: ListenRequest, **options: object) -> list[Record]:
    """All records of a listen during which datagrams are sent once the group is joined."""
    records: list[Record] = []
    async with aclosing(listen(request)) as batches:
        async for batch in batches:
            if not records:
                await _send(request.groups[0], **options)
            records.extend(batch)
    return records


def _only(records: list[Record], kind: type[Record]) -> list[Record]:
    return [record for record in records if isinstance(record, kind)]


async def test_what_is_sent_arrives_with_interface_source_and_ttl() -> None:
    request = ListenRequest(groups=(f"{GROUP}:{PORT}",), interfaces=(LOOPBACK,), count=3)
    records = await _received(request, count=3, ttl=9)
    (joined,) = _only(records, Joined)
    assert isinstance(joined, Joined)
    assert (joined.interface, joined.in_kernel) == (LOOPBACK, True)
    datagrams = _only(records, Datagram)
    assert len(datagrams) == 3
    for datagram in datagrams:
        assert isinstance(datagram, Datagram)
        assert (datagram.interface, datagram.port, datagram.ttl, datagram.size) == (LOOPBACK, PORT, 9, 45)
        assert (datagram.payload_text or "").startswith("lanscout ")
    summary = records[-1]
    assert isinstance(summary, Summary)
    assert (summary.received, summary.dropped_here) == (3, 0)
    (stream,) = summary.streams
    assert (stream.packets, stream.lost, stream.duplicated, stream.reordered) == (3, 0, 0, 0)


async def test_exactly_count_datagrams_are_taken() -> None:
    records = await _received(ListenRequest(groups=(f"{GROUP}:{PORT}",), interfaces=(LOOPBACK,), count=7), count=50)
    assert len(_only(records, Datagram)) == 7
    assert isinstance(records[-1], Summary)
    assert records[-1].received == 7


async def test_what_is_not_handed_on_is_counted() -> None:
    request = ListenRequest(groups=(f"{GROUP}:{PORT}",), interfaces=(LOOPBACK,), count=100, keep=10)
    records = await _received(request, count=100)
    shown = len(_only(records, Datagram))
    skipped = sum(record.count for record in records if isinstance(record, Skipped))
    assert shown + skipped == 100
    assert skipped > 0


async def test_the_group_is_left_when_the_listen_is_closed() -> None:
    async def joined() -> bool:
        return any(each.group == GROUP for each in await memberships.snapshot((LOOPBACK,)))

    async with aclosing(listen(ListenRequest(groups=(f"{GROUP}:{PORT}",), interfaces=(LOOPBACK,)))) as batches:
        await anext(batches)
        assert await joined()
    assert not await joined()


async def test_asked_for_its_end_it_reads_what_waits_and_sums_up() -> None:
    end = asyncio.Event()
    end_with(end)
    records: list[Record] = []
    async with aclosing(listen(ListenRequest(groups=(f"{GROUP}:{PORT}",), interfaces=(LOOPBACK,)))) as batches:
        records += await anext(batches)
        # Nothing has given the event loop a turn to read them when the end is asked for.
        with group_sender(GROUP, PORT) as sender:
            for number in range(2000):
                sender.send(b"%d" % number)
        end.set()
        async for batch in batches:
            records += batch
    summary = records[-1]
    assert isinstance(summary, Summary)
    reception, stream = _only(records, Reception)[-1], _only(records, Stream)[-1]
    assert isinstance(reception, Reception)
    assert isinstance(stream, Stream)
    assert summary.received == reception.received == stream.packets == len(_only(records, Datagram)) == 2000
    assert not [found for found in await memberships.snapshot((LOOPBACK,)) if found.group == GROUP]


async def test_a_join_shows_in_the_watch_of_groups() -> None:
    watching = memberships.watch(InterfaceRequest(interfaces=(LOOPBACK,)))
    async with aclosing(watching) as groups:
        first = await anext(groups)
        assert not any(isinstance(record, Membership) and record.group == GROUP for record in first)
        async with aclosing(listen(ListenRequest(groups=(f"{GROUP}:{PORT}",), interfaces=(LOOPBACK,)))) as batches:
            await anext(batches)
            async with asyncio.timeout(10):
                # Batches before it may name the processes that hold other groups of the loopback.
                async for changed in groups:
                    if any(isinstance(record, Membership) and record.group == GROUP for record in changed):
                        break


async def test_a_join_is_believed_only_while_the_kernel_lists_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(type(this_platform()), "memberships", lambda self: ())
    async with aclosing(listen(ListenRequest(groups=(f"{GROUP}:{PORT}",), interfaces=(LOOPBACK,)))) as batches:
        (joined,) = _only(list(await anext(batches)), Joined)
        assert isinstance(joined, Joined)
        assert joined.in_kernel is False
        monkeypatch.undo()
        async with asyncio.timeout(5):
            async for batch in batches:
                again = _only(list(batch), Joined)
                if again:
                    break
    assert again[0].in_kernel is True  # type: ignore[attr-defined]


async def test_joining_twice_is_told_and_joins_once() -> None:
    endpoint = f"{GROUP}:{PORT}"
    async with aclosing(listen(ListenRequest(groups=(endpoint, endpoint), interfaces=(LOOPBACK,)))) as batches:
        records = list(await anext(batches))
    assert len(_only(records, Joined)) == 1
    assert [record.code for record in records if isinstance(record, Problem)] == ["joined_twice"]


async def test_one_bad_interface_name_lists_the_good_ones() -> None:
    with pytest.raises(ProblemError) as failure:
        async for _ in listen(ListenRequest(groups=(f"{GROUP}:{PORT}",), interfaces=("en77",))):
            pass
    assert failure.value.problem.code == "interface_unknown"
    assert LOOPBACK in failure.value.problem.text


async def test_rates_follow_after_a_second() -> None:
    async def rated() -> tuple[Reception, Stream]:
        reception = stream = None
        async with aclosing(listen(ListenRequest(groups=(f"{GROUP}:{PORT}",), interfaces=(LOOPBACK,)))) as batches:
            await anext(batches)
            await _send(count=20)
            async for batch in batches:
                for record in batch:
                    if isinstance(record, Reception) and record.packets_per_s:
                        reception = record
                    if isinstance(record, Stream) and record.packets_per_s:
                        stream = record
                if reception and stream:
                    return reception, stream
        raise AssertionError

    async with asyncio.timeout(5):
        reception, stream = await rated()
    assert reception.received == 20
    assert 15 < reception.packets_per_s <= 21
    assert stream.packets_per_s == reception.packets_per_s


async def test_a_send_tells_interface_source_and_count() -> None:
    records = await _send(count=4, text="hi")
    summary = records[-1]
    assert isinstance(summary, Summary)
    assert (summary.sent, summary.bytes, summary.interface, summary.source) == (4, 8, LOOPBACK, "127.0.0.1")
    assert any(isinstance(record, Sent) and record.sent == 4 for record in records)


@pytest.mark.parametrize(
    ("options", "code"),
    [
        ({"hex": "zz"}, "payload_not_hex"),
        ({"text": "a", "hex": "00"}, "payload_ambiguous"),
        ({"size": 10}, "payload_too_small"),
        ({"text": "x" * 66000}, "payload_too_large"),
        ({"group": "224.0.0.1"}, "group_without_port"),
    ],
)
async def test_what_cannot_be_sent_is_refused_with_its_reason(options: dict[str, object], code: str) -> None:
    with pytest.raises(ProblemError) as failure:
        await _send(**options)  # type: ignore[arg-type]
    assert failure.value.problem.code == code


async def test_a_link_local_ipv6_group_needs_an_interface_to_be_sent_to() -> None:
    with pytest.raises(ProblemError) as failure:
        async for _ in send(SendRequest(group="[ff02::77]:5000")):
            pass
    assert failure.value.problem.code == "scope_missing"


async def test_all_that_waits_when_a_listen_is_left_counts_however_many_reads_it_takes() -> None:
    sent = 5 * BURST
    listening = Listening(ListenRequest(groups=(f"{GROUP}:{PORT}",), interfaces=(LOOPBACK,), keep=0))
    try:
        wanted, _ = await places(parse_groups((f"{GROUP}:{PORT}",)), (LOOPBACK,))
        await listening.open(wanted)
        with group_sender(GROUP, PORT) as sender:
            for _ in range(sent):
                sender.send(b"x")
        summary = (await listening.end())[-1]
    finally:
        await listening.close()
    assert isinstance(summary, Summary)
    assert (summary.received or 0) + (summary.dropped_here or 0) == sent
