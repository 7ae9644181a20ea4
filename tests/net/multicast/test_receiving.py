"""Tests of net.multicast.receiving and net.platform.linux.recvmmsg: all readers tell the same of real datagrams."""

from __future__ import annotations

import socket
import time

import pytest

from net.multicast.receiving import MessageReader, PlainReader, batch_reader
from net.platform.batch import BATCH, BatchReader, SourceKey
from net.platform.system import SYSTEM
from tests.net.multicast.senders import INDEX, LOOPBACK, await_readable, kernel_drops, read_batch, unicast_pair

READERS: list[BatchReader] = [batch_reader(), MessageReader(), PlainReader()]
TELLING: list[BatchReader] = READERS[:2]
NAMES = [type(reader).__name__ for reader in READERS]
linux = pytest.mark.skipif(SYSTEM != "linux", reason="the drop counter is told by Linux")


@pytest.mark.skipif(SYSTEM != "linux", reason="recvmmsg is a call of Linux")
def test_linux_reads_with_one_call_for_many() -> None:
    assert NAMES[0] == "MmsgReader"


@pytest.mark.parametrize("version", [4, 6])
@pytest.mark.parametrize("reader", READERS, ids=NAMES)
def test_payloads_of_all_sizes_and_their_sender_are_told(reader: BatchReader, version: int) -> None:
    sizes = (0, 1, 100, 1472, 9000, 65507)
    with unicast_pair(version) as (receiving, sending):
        receiving.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 1 << 20)
        for size in sizes:
            payload = bytes([size % 251]) * size
            sending.send(payload)
            batch = read_batch(reader, receiving)
            assert list(batch.payloads) == [payload]
            assert reader.source(batch.sources[0]) == sending.getsockname()[:2]
        assert reader.read(receiving, 64) is None


@pytest.mark.parametrize("version", [4, 6])
@pytest.mark.parametrize("reader", TELLING, ids=NAMES[:2])
def test_interface_ttl_and_the_kernels_time_are_told(reader: BatchReader, version: int) -> None:
    with unicast_pair(version) as (receiving, sending):
        option = (socket.IPPROTO_IP, socket.IP_TTL) if version == 4 else (socket.IPPROTO_IPV6, socket.IPV6_UNICAST_HOPS)
        before = time.time()
        for ttl in (1, 64, 255):
            sending.setsockopt(*option, ttl)
            sending.send(b"x")
        await_readable(receiving)
        batch = read_batch(reader, receiving)
        assert batch.interfaces is not None
        assert set(batch.interfaces) == {INDEX}
        assert list(batch.ttls or ()) == [1, 64, 255]
        assert batch.seconds is not None
        assert batch.nanoseconds is not None
        times = [seconds + part / 1e9 for seconds, part in zip(batch.seconds, batch.nanoseconds, strict=True)]
        assert before - 0.01 <= times[0] <= times[1] <= times[2] <= time.time() + 0.01


@pytest.mark.parametrize("reader", READERS, ids=NAMES)
def test_more_than_a_batch_comes_in_order_and_no_more_than_the_limit(reader: BatchReader) -> None:
    with unicast_pair(4) as (receiving, sending):
        for number in range(BATCH + 30):
            sending.send(b"%d" % number)
        got: list[bytes] = []
        for limit, expected in ((1000, BATCH), (7, 7), (1000, 23)):
            batch = read_batch(reader, receiving, limit)
            assert len(batch.payloads) == len(batch.sources) == expected
            got += batch.payloads
        assert got == [b"%d" % number for number in range(BATCH + 30)]
        assert reader.read(receiving, 1) is None


@pytest.mark.parametrize("reader", READERS, ids=NAMES)
def test_senders_are_told_apart_and_alike_ones_have_the_same_key(reader: BatchReader) -> None:
    with unicast_pair(4) as (receiving, first), socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as second:
        second.connect(receiving.getsockname())
        for sock in (first, second, first):
            sock.send(b"x")
        keys: list[SourceKey] = []
        while len(keys) < 3:
            keys += read_batch(reader, receiving).sources
        assert keys[0] == keys[2] != keys[1]
        assert [reader.source(key) for key in keys[:2]] == [first.getsockname(), second.getsockname()]


@pytest.mark.parametrize("reader", READERS, ids=NAMES)
def test_a_refusal_keeps_its_errno(reader: BatchReader) -> None:
    with (
        socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sock,
        socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as nobody,
    ):
        nobody.bind(("127.0.0.1", 0))
        sock.setblocking(False)
        sock.connect(nobody.getsockname())
        nobody.close()
        sock.send(b"x")
        await_readable(sock)
        with pytest.raises(ConnectionRefusedError):
            reader.read(sock, 64)


@linux
@pytest.mark.parametrize("version", [4, 6])
@pytest.mark.parametrize("reader", TELLING, ids=NAMES[:2])
def test_each_datagram_carries_the_drops_before_it(reader: BatchReader, version: int) -> None:
    with unicast_pair(version, buffer_bytes=4096) as (receiving, sending):
        sending.send(b"0")
        await_readable(receiving)
        for number in range(1, 50):
            sending.send(b"%d" % number)
        kept = [int(payload) for payload in read_batch(reader, receiving).payloads]
        assert kept == list(range(len(kept)))
        missing = 50 - len(kept)
        assert 0 < missing == kernel_drops(receiving)
        sending.send(b"last")
        batch = read_batch(reader, receiving)
        assert (list(batch.payloads), list(batch.drops or ())) == ([b"last"], [missing])


@linux
def test_a_batch_that_spans_the_first_drop_tells_none_before_it() -> None:
    reader = batch_reader()
    with unicast_pair(4, buffer_bytes=4096) as (receiving, sending):
        for _ in range(50):
            sending.send(b"first")
        missing = kernel_drops(receiving)
        # Read one, so that there is room for one more, which carries the drops; then both lengths in one batch.
        head = read_batch(reader, receiving, 1)
        assert head.drops is None
        receiving.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 1 << 20)
        sending.send(b"after")
        batch = read_batch(reader, receiving)
        assert batch.payloads[-1] == b"after"
        assert list(batch.drops or ()) == [0] * (len(batch.payloads) - 1) + [missing]
        for column in batch:
            assert column is not None
            assert len(column) == len(batch.payloads)
        assert set(batch.interfaces or ()) == {INDEX}


def test_a_link_local_sender_is_told_with_its_interface() -> None:
    reader = MessageReader()
    assert reader.source(("fe80::1", 7, 0, INDEX)) == (f"fe80::1%{LOOPBACK}", 7)
    assert reader.source(("fe80::1", 7, 0, 0)) == ("fe80::1", 7)
    assert reader.source(("192.0.2.1", 7)) == ("192.0.2.1", 7)
