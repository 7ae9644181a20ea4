"""Tests of probe.outbox: bounded, newest first kept, and nothing left out uncounted."""

from __future__ import annotations

import asyncio

from hypothesis import given
from hypothesis import strategies as st

from net.records import Datagram, Membership, Record, Removed, Skipped
from net.tasks import start
from probe.outbox import EVENTS_KEPT, Outbox


def _membership(group: str, users: int) -> Membership:
    return Membership(interface="en0", group=group, family="ipv4", users=users)


def _datagram(number: int) -> Datagram:
    return Datagram(
        time=float(number),
        interface="en0",
        source="192.168.1.20",
        source_port=1,
        group="224.0.0.77",
        port=2,
        ttl=1,
        size=0,
        payload_hex="",
    )


def test_of_a_row_only_the_newest_state_is_kept_at_its_first_place() -> None:
    outbox = Outbox()
    outbox.add((_membership("224.0.0.1", 1), _membership("224.0.0.2", 1)))
    outbox.add((_membership("224.0.0.1", 2),))
    assert outbox.take() == (_membership("224.0.0.1", 2), _membership("224.0.0.2", 1))
    assert outbox.take() == ()


def test_a_removed_row_replaces_its_state() -> None:
    outbox = Outbox()
    outbox.add((_membership("224.0.0.1", 1),))
    removed = Removed(of="membership", name="en0 224.0.0.1")
    outbox.add((removed,))
    assert outbox.take() == (removed,)


@given(st.lists(st.integers(0, 3 * EVENTS_KEPT), max_size=4))
def test_every_event_is_either_handed_on_or_counted(sizes: list[int]) -> None:
    outbox = Outbox()
    total = 0
    for size in sizes:
        outbox.add(tuple(_datagram(total + number) for number in range(size)))
        total += size
    batch = outbox.take()
    events = [record for record in batch if isinstance(record, Datagram)]
    skipped = sum(record.count for record in batch if isinstance(record, Skipped))
    assert len(events) + skipped == total
    assert len(events) <= EVENTS_KEPT
    assert [event.time for event in events] == [float(number) for number in range(total - len(events), total)]


def test_counts_of_what_was_skipped_before_add_up() -> None:
    outbox = Outbox()
    records: tuple[Record, ...] = (Skipped(of="datagram", count=3), Skipped(of="datagram", count=4))
    outbox.add(records)
    assert outbox.take() == (Skipped(of="datagram", count=7),)


async def test_it_can_be_waited_for_until_all_was_handed_over() -> None:
    outbox = Outbox()
    outbox.add((_datagram(1),))
    waiting = start(outbox.emptied(), "emptied")
    await asyncio.sleep(0)
    assert not waiting.done()
    outbox.take()
    await waiting
    outbox.add(())
    outbox.take()
    await outbox.emptied()
