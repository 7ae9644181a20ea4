"""Tests of net.multicast.reception and net.multicast.drops with real sockets on the loopback interface."""

from __future__ import annotations

import ipaddress
import socket
import struct
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from net.multicast import reception as module
from net.multicast.drops import Drops
from net.multicast.endpoint import parse_endpoint
from net.multicast.payloads.lanscout import numbered_payload
from net.multicast.places import SourceFilter
from net.multicast.reception import GroupReception, only_of
from net.platform.batch import Batch
from net.platform.system import SYSTEM
from net.problems import ProblemError
from net.records import Reception, Stream
from net.sockets import block_source, full_buffer
from tests.net.multicast.senders import INDEX, LOOPBACK, await_readable, group_sender, kernel_drops

GROUP, PORT = "239.77.2.1", 23095
SMALL = 4096
FOREIGN = INDEX + 76
linux = pytest.mark.skipif(SYSTEM != "linux", reason="the drop counter is told by Linux")


@contextmanager
def _reception(
    *, keep: int | None = None, buffer_bytes: int = 1 << 20, chosen: SourceFilter | None = None
) -> Iterator[GroupReception]:
    endpoint = parse_endpoint(f"{GROUP}:{PORT}")
    reception = GroupReception(
        endpoint, LOOPBACK, keep=keep, buffer_bytes=buffer_bytes, chosen=chosen or SourceFilter()
    )
    reception.open(INDEX)
    try:
        yield reception
    finally:
        reception.close()


def _drain(reception: GroupReception) -> None:
    assert reception.socket is not None
    await_readable(reception.socket)
    while reception.drain():
        pass


def _stream(reception: GroupReception) -> Stream:
    (stream,) = reception.all_streams()
    return stream


def test_what_came_is_counted_by_sender() -> None:
    with _reception() as reception, group_sender(GROUP, PORT) as one, group_sender(GROUP, PORT) as two:
        for number in range(300):
            (one, two)[number % 3 == 0].send(b"x" * number)
        _drain(reception)
        streams = {stream.source_port: (stream.packets, stream.bytes) for stream in reception.all_streams()}
        assert streams == {
            one.getsockname()[1]: (200, sum(number for number in range(300) if number % 3)),
            two.getsockname()[1]: (100, sum(number for number in range(300) if number % 3 == 0)),
        }
        total = reception.reception()
        assert (total.received, total.bytes, total.dropped_here) == (300, sum(range(300)), 0)
        assert total.last_source == f"127.0.0.1:{one.getsockname()[1]}"
        datagrams = reception.datagrams()
        assert [datagram.size for datagram in datagrams] == list(range(300))
        assert {datagram.source_port for datagram in datagrams} == set(streams)
        assert {datagram.interface for datagram in datagrams} == {LOOPBACK}
        assert reception.datagrams() == ()


@pytest.mark.parametrize("keep", [0, 10, 100])
def test_only_the_newest_are_kept_and_the_others_counted(keep: int) -> None:
    with _reception(keep=keep) as reception, group_sender(GROUP, PORT) as sender:
        for number in range(150):
            sender.send(b"%d" % number)
        _drain(reception)
        assert [int(datagram.payload_text or "") for datagram in reception.datagrams()] == list(range(150 - keep, 150))
        assert reception.skipped() == 150 - keep
        assert reception.skipped() == 0


def test_no_more_than_the_limit_is_taken() -> None:
    with _reception() as reception, group_sender(GROUP, PORT) as sender:
        for _ in range(200):
            sender.send(b"x")
        assert reception.socket is not None
        await_readable(reception.socket)
        assert [reception.drain(limit) for limit in (0, 1, 100)] == [0, 1, 100]
        assert reception.received == 101


def test_what_arrived_elsewhere_is_left_out() -> None:
    batch = Batch([b"a", b"b", b"c"], [b"1", b"2", b"3"], [1, 2, 3], [4, 5, 6], [7, 8, 9], [1, 2, 1], None)
    assert only_of(batch, 1) == Batch([b"a", b"c"], [b"1", b"3"], [1, 3], [4, 6], [7, 9], [1, 1], None)
    assert only_of(batch, 9).payloads == []


def test_taps_are_given_all_that_was_told_of_each_batch() -> None:
    tapped: list[Batch] = []
    with _reception(keep=0) as reception, group_sender(GROUP, PORT) as sender:
        reception.taps.append(lambda _, batch: tapped.append(batch))
        for number in range(100):
            sender.send(b"%d" % number)
        _drain(reception)
    assert [payload for batch in tapped for payload in batch.payloads] == [b"%d" % number for number in range(100)]
    assert all(batch.interfaces is None or set(batch.interfaces) == {INDEX} for batch in tapped)


def test_the_join_tells_the_buffer_granted_and_asked() -> None:
    with _reception(buffer_bytes=64 * 1024) as reception:
        joined = reception.joined(in_kernel=True)
        assert (joined.buffer_asked, joined.buffer_limit) == (64 * 1024, None)
        assert joined.buffer_bytes == full_buffer(64 * 1024)


@linux
def test_a_capped_buffer_names_the_setting_that_capped_it(monkeypatch: pytest.MonkeyPatch) -> None:
    class Unprivileged(socket.socket):
        """SO_RCVBUFFORCE as a process without CAP_NET_ADMIN sees it; all else is the kernel's."""

        def setsockopt(self, level: int, option: int, *value: object) -> None:
            if (level, option) == (socket.SOL_SOCKET, 33):
                raise PermissionError(1, "Operation not permitted")
            super().setsockopt(level, option, *value)  # type: ignore[call-overload]

    monkeypatch.setattr(socket, "socket", Unprivileged)
    with _reception(buffer_bytes=1 << 29) as reception:
        joined = reception.joined(in_kernel=True)
    assert joined.buffer_limit == "net.core.rmem_max"
    assert joined.buffer_bytes is not None
    assert joined.buffer_bytes < full_buffer(1 << 29)


@linux
@pytest.mark.parametrize("lost", [0, 7])
def test_what_was_dropped_here_is_told_from_what_the_network_lost(lost: int) -> None:
    with _reception(keep=0, buffer_bytes=SMALL) as reception, group_sender(GROUP, PORT) as sender:
        assert reception.socket is not None
        sent = 0

        def send(count: int) -> None:
            nonlocal sent
            for _ in range(count):
                sender.send(numbered_payload(1, sent, 1.0, 100))
                sent += 1

        for _ in range(5):
            send(200)
            _drain(reception)
            # Numbers that never came as far as this host.
            sent += lost
        send(1)
        _drain(reception)
        missing = kernel_drops(reception.socket)
        assert missing > 500
        assert reception.reception().dropped_here == missing == sent - 5 * lost - reception.received
        stream = _stream(reception)
        assert (stream.lost, stream.dropped_here) == (5 * lost, missing)


@linux
def test_drops_after_the_last_datagram_are_told_without_another_one() -> None:
    with _reception(keep=0, buffer_bytes=SMALL) as reception, group_sender(GROUP, PORT) as sender:
        for number in range(200):
            sender.send(numbered_payload(1, number, 1.0, 100))
        _drain(reception)
        stream, told = reception.changes()
        assert isinstance(stream, Stream)
        assert isinstance(told, Reception)
        assert told.received + (told.dropped_here or 0) == 200
        assert (stream.lost, stream.dropped_here) == (0, told.dropped_here)
        reception.close()
        assert reception.reception().dropped_here == told.dropped_here
        reception.open(INDEX)
        assert reception.reception().dropped_here == told.dropped_here, "what was counted stays"


@linux
def test_drops_of_one_sender_do_not_excuse_the_loss_of_another() -> None:
    with (
        _reception(keep=0, buffer_bytes=SMALL) as reception,
        group_sender(GROUP, PORT) as steady,
        group_sender(GROUP, PORT) as flood,
    ):
        steady.send(numbered_payload(1, 0, 1.0, 100))
        for number in range(200):
            flood.send(numbered_payload(2, number, 1.0, 100))
        _drain(reception)
        steady.send(numbered_payload(1, 1, 1.0, 100))
        flood.send(numbered_payload(2, 200, 1.0, 100))
        _drain(reception)
        reception.tick(1.0)
        steady.send(numbered_payload(1, 5, 1.0, 100))
        _drain(reception)
        lost = {stream.source_port: (stream.lost, stream.dropped_here) for stream in reception.all_streams()}
        dropped = reception.reception().dropped_here
        assert lost == {steady.getsockname()[1]: (3, 0), flood.getsockname()[1]: (0, dropped)}


@linux
def test_what_was_dropped_of_the_first_sender_before_another_came_stays_its_own() -> None:
    drops = Drops()
    assert drops.matter(5)
    drops.arrived(b"one", 5, 0)
    drops.settle([b"one"])
    alone = drops.told(b"one", _lossy(0), alone=True)
    assert (alone.lost, alone.dropped_here) == (0, 5)
    drops.no_longer_alone(b"one")
    assert drops.matter(9)
    drops.arrived(b"two", 9, 0)
    drops.arrived(b"one", 9, 2)
    one, two = drops.told(b"one", _lossy(3)), drops.told(b"two", _lossy(0))
    assert (one.lost, one.dropped_here, two.dropped_here) == (1, 7, None)


@linux
def test_whose_the_drops_after_the_last_datagram_are_is_unknown_with_two_senders() -> None:
    with (
        _reception(keep=0, buffer_bytes=SMALL) as reception,
        group_sender(GROUP, PORT) as one,
        group_sender(GROUP, PORT) as two,
    ):
        one.send(numbered_payload(1, 0, 1.0, 100))
        for number in range(200):
            two.send(numbered_payload(2, number, 1.0, 100))
        _drain(reception)
        *streams, total = reception.changes()
        assert isinstance(total, Reception)
        assert (total.dropped_here or 0) > 100
        assert [stream.dropped_here for stream in streams] == [None, None]


@linux
def test_of_two_senders_after_each_other_it_is_unknown_whose_the_drops_between_are() -> None:
    drops = Drops()
    assert not drops.matter(0)
    drops.no_longer_alone(b"one")
    assert drops.matter(4952)
    drops.arrived(b"two", 4952, 0)
    assert [drops.told(source, _lossy(0)).dropped_here for source in (b"one", b"two")] == [None, None]


@linux
def test_a_sender_without_numbers_has_the_drops_of_its_group_while_they_are_known_to_be_its_own() -> None:
    drops = Drops()
    unnumbered = msgspec.structs.replace(_lossy(0), lost=None)
    assert drops.told(b"one", unnumbered).dropped_here == 0
    assert not drops.matter(0)
    assert drops.matter(7)
    drops.arrived(b"one", 7, 0)
    assert drops.told(b"one", unnumbered, alone=True).dropped_here == 7
    assert drops.told(b"two", unnumbered).dropped_here is None


def test_every_sender_is_told_anew_when_drops_become_known_that_may_be_its_own(monkeypatch: pytest.MonkeyPatch) -> None:
    with _reception(keep=0) as reception, group_sender(GROUP, PORT) as one, group_sender(GROUP, PORT) as two:
        for sender, number in ((one, 1), (two, 2)):
            sender.send(numbered_payload(number, 0, 1.0, 100))
        _drain(reception)
        reception.tick(1.0)
        reception.changes()
        monkeypatch.setattr("net.multicast.drops.dropped", lambda _: 9)
        assert reception.tick(1.0)
        *streams, _total = reception.changes()
        assert [stream.dropped_here for stream in streams if isinstance(stream, Stream)] == [None, None]


def test_a_refused_join_says_why_and_leaves_nothing_open() -> None:
    endpoint = parse_endpoint(f"{GROUP}:{PORT}")
    reception = GroupReception(endpoint, "nowhere", keep=0, buffer_bytes=SMALL)
    with pytest.raises(ProblemError) as failure:
        reception.open(999_999)
    assert failure.value.problem.code == "join_refused"
    assert reception.socket is None


@linux
@given(st.lists(st.tuples(st.integers(0, 4), st.integers(0, 4), st.booleans()), max_size=60))
def test_for_one_sender_the_split_is_exact(gaps: list[tuple[int, int, bool]]) -> None:
    """Before each arrival some were dropped here and some lost on the network; now and then a second ends."""
    drops = Drops()
    assert not drops.matter(0)
    counter = 0
    for dropped, lost, second_ends in gaps:
        counter += dropped
        if drops.matter(counter):
            drops.arrived(b"sender", counter, dropped + lost)
        if second_ends:
            drops.settle([b"sender"])
    here, network = sum(dropped for dropped, _, _ in gaps), sum(lost for _, lost, _ in gaps)
    told = drops.told(b"sender", _lossy(here + network))
    assert (told.lost, told.dropped_here) == (network, here)


def _lossy(lost: int) -> Stream:
    return Stream(
        source="192.0.2.1", source_port=1, group=GROUP, port=PORT, interface=LOOPBACK, packets=1, bytes=1,
        packets_per_s=0, bits_per_s=0, first=0, last=0, lost=lost,
    )  # fmt: skip


@linux
def test_drops_explain_a_gap_only_until_its_sender_was_heard_after_them() -> None:
    drops = Drops()
    assert not drops.matter(0)
    assert drops.matter(5)
    for source, gap in ((b"one", 0), (b"one", 3), (b"two", 5)):
        drops.arrived(source, 5, gap)
    assert drops.told(b"one", _lossy(3)).dropped_here == 0
    assert drops.told(b"two", _lossy(5)).dropped_here == 5


@linux
def test_an_observer_is_bound_to_the_interface_and_joins_nothing() -> None:
    with _reception(chosen=SourceFilter(observe=True)) as reception:
        assert reception.socket is not None
        device = reception.socket.getsockopt(socket.SOL_SOCKET, socket.SO_BINDTODEVICE, 16)
        assert device.rstrip(b"\0") == LOOPBACK.encode()
        assert reception.joined(in_kernel=False).observing
        group = "".join(f"{int(part):02X}" for part in reversed(GROUP.split(".")))
        assert group not in Path("/proc/net/igmp").read_text()


@pytest.mark.skipif(SYSTEM != "linux", reason="127.0.0.2 is an own address only on Linux")
def test_what_came_between_the_join_and_keeping_its_source_out_is_not_counted(monkeypatch: pytest.MonkeyPatch) -> None:
    with group_sender(GROUP, PORT) as sender:

        def block_late(*arguments: Any) -> None:
            sender.send(b"too early")
            await_readable(arguments[0])
            block_source(*arguments)

        monkeypatch.setattr("net.multicast.reception.block_source", block_late)
        excluded = (ipaddress.ip_address("127.0.0.1"),)
        with _reception(chosen=SourceFilter(excluded=excluded)) as reception:
            sender.send(b"kept out")
            with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as other:
                other.bind(("127.0.0.2", 0))
                other.setsockopt(socket.IPPROTO_IP, socket.IP_MULTICAST_IF, socket.inet_aton("127.0.0.1"))
                other.sendto(b"let in", (GROUP, PORT))
            _drain(reception)
            assert [datagram.payload_text for datagram in reception.datagrams()] == ["let in"]


def _batch(*interfaces: int) -> Batch:
    """A datagram for each interface by which it arrived, all from one sender (sockaddr_in without its padding)."""
    source = struct.pack("=H", socket.AF_INET) + struct.pack("!H", 40000) + socket.inet_aton("192.168.1.20")
    number = len(interfaces)
    return Batch(
        sources=[source] * number,
        payloads=[bytes([place]) for place in range(number)],
        seconds=list(range(number)),
        nanoseconds=[0] * number,
        ttls=[1] * number,
        interfaces=list(interfaces),
        drops=None,
    )


def test_what_arrived_by_another_interface_is_not_counted() -> None:
    with _reception() as reception:
        reception._take(_batch(INDEX, FOREIGN, INDEX))
        assert (reception.received, [each.payload_hex for each in reception.datagrams()]) == (2, ["00", "02"])


def test_a_batch_from_elsewhere_leaves_no_trace() -> None:
    with _reception() as reception:
        reception._take(_batch(FOREIGN, FOREIGN))
        assert (reception.received, reception.datagrams(), reception.all_streams()) == (0, (), ())


def test_further_senders_are_counted_in_the_totals_only(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "MAX_STREAMS", 2)
    with _reception() as reception:
        for _ in range(3):
            with group_sender(GROUP, PORT) as sender:
                sender.send(b"x")
                _drain(reception)
        assert (reception.received, len(reception.all_streams())) == (3, 2)
