"""Tests of net.multicast.capture.recorder: a listen on the loopback interface, recorded and opened again."""

from __future__ import annotations

import asyncio
import errno
import os
from contextlib import aclosing
from pathlib import Path

import pytest

from net import memberships
from net.multicast.capture import recorder
from net.multicast.capture.reader import open_capture
from net.multicast.capture.recorder import open_recorder
from net.multicast.listener import listen
from net.multicast.records import Capture, Recording
from net.multicast.requests import CaptureRequest
from net.multicast.sender import send
from net.problems import ProblemError
from net.records import Datagram, Joined, Reception, Record, Stream, Summary
from net.requests import ListenRequest, SendRequest
from net.tasks import start, stop

LOOPBACK = "lo"
GROUP = "239.77.2.1"
ENDPOINT = f"{GROUP}:13092"


async def _record(path: str, count: int = 5, **options: object) -> list[Record]:
    """The records of a listen for ``count`` datagrams, which are sent once the group is joined."""
    records: list[Record] = []
    request = ListenRequest(groups=(ENDPOINT,), interfaces=(LOOPBACK,), count=count, record_to=path, **options)  # type: ignore[arg-type]
    async with aclosing(listen(request)) as batches:
        async for batch in batches:
            if not records:
                async for _ in send(SendRequest(group=ENDPOINT, interface=LOOPBACK, count=count, interval_ms=0, ttl=3)):
                    pass
            records.extend(batch)
    return records


async def _open(path: Path) -> list[Record]:
    return [record async for batch in open_capture(CaptureRequest(path=str(path))) for record in batch]


def _only(records: list[Record], kind: type[Record]) -> list[Record]:
    return [record for record in records if isinstance(record, kind)]


async def test_what_was_recorded_comes_back_as_the_same_rows(tmp_path: Path) -> None:
    path = tmp_path / "heard.pcapng"
    heard = await _record(str(path), 300)
    told = heard[-2]
    assert isinstance(told, Recording)
    assert (told.packets, told.missed, told.problem, told.bytes) == (300, 0, None, path.stat().st_size)
    read = await _open(path)
    live, again = _only(heard, Datagram), _only(read, Datagram)
    assert len(again) == 300
    for one, other in zip(live, again, strict=True):
        assert isinstance(one, Datagram)
        assert isinstance(other, Datagram)
        assert other.time == pytest.approx(one.time, abs=1e-6)
        assert (other.interface, other.source, other.source_port, other.group, other.port) == (
            one.interface, one.source, one.source_port, one.group, one.port,
        )  # fmt: skip
        assert (other.ttl, other.size, other.payload_hex, other.payload_text) == (
            one.ttl, one.size, one.payload_hex, one.payload_text,
        )  # fmt: skip
    summary, summary_read = heard[-1], read[-1]
    assert isinstance(summary, Summary)
    assert isinstance(summary_read, Summary)
    (stream,), (stream_read,) = summary.streams, summary_read.streams
    for name in ("source", "source_port", "group", "port", "interface", "packets", "bytes", "lost", "payload", "ttl"):
        assert getattr(stream_read, name) == getattr(stream, name), name
    capture = _only(read, Capture)[-1]
    assert isinstance(capture, Capture)
    assert [(each.name, each.packets, each.dropped) for each in capture.interfaces] == [(LOOPBACK, 300, 0)]


async def test_a_listen_that_hears_nothing_leaves_a_file_with_its_interface(tmp_path: Path) -> None:
    path = tmp_path / "silence.pcapng"
    request = ListenRequest(groups=(ENDPOINT,), interfaces=(LOOPBACK,), record_to=str(path))
    async with aclosing(listen(request)) as batches:
        await anext(batches)
    capture = (await _open(path))[0]
    assert isinstance(capture, Capture)
    assert ([each.name for each in capture.interfaces], capture.packets, capture.problem) == ([LOOPBACK], 0, None)


@pytest.mark.parametrize("path", ["/no/such/folder/file", "/", "with\0zero"])
async def test_a_file_that_cannot_be_written_is_refused_before_anything_is_joined(path: str) -> None:
    with pytest.raises(ProblemError) as failure:
        await _record(path)
    assert failure.value.problem.code == "record_refused"
    assert not any(each.group == GROUP for each in await memberships.snapshot((LOOPBACK,)))


async def test_a_named_pipe_that_nobody_reads_is_refused_at_once(tmp_path: Path) -> None:
    path = tmp_path / "pipe"
    os.mkfifo(path)
    with pytest.raises(ProblemError) as failure:
        await _record(str(path))
    assert (failure.value.problem.code, failure.value.problem.errno) == ("record_refused", errno.ENXIO)
    assert "named pipe" in failure.value.problem.text


async def test_who_no_longer_waits_for_the_end_of_a_recording_does_not_interrupt_it(tmp_path: Path) -> None:
    path = tmp_path / "pipe"
    os.mkfifo(path)
    reading = os.open(path, os.O_RDONLY | os.O_NONBLOCK)
    opened = await open_recorder(str(path), lambda _: None)
    closing = [start(opened.close(), "test close") for _ in range(2)]
    for each in closing:
        await asyncio.sleep(0)
        await stop(each)
    await opened.close()
    content = os.read(reading, 65536)
    os.close(reading)
    assert len(content) == opened.record().bytes > 0


async def test_a_full_disk_ends_the_recording_and_not_the_listen() -> None:
    heard = await _record("/dev/full", 20)
    told = heard[-2]
    assert isinstance(told, Recording)
    assert told.problem is not None
    assert (told.problem.code, told.packets, told.missed) == ("record_failed", 0, 20)
    summary = heard[-1]
    assert isinstance(summary, Summary)
    assert summary.received == 20


async def test_what_the_disk_is_too_slow_for_is_counted_and_told_in_the_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(recorder, "QUEUE_PACKETS", 100)
    path = tmp_path / "part.pcapng"
    heard = await _record(str(path), 2000)
    told = heard[-2]
    assert isinstance(told, Recording)
    assert told.packets + told.missed == 2000
    assert told.missed > 0
    assert len(_only(heard, Joined)) == 1
    read = await _open(path)
    assert len(_only(read, Datagram)) == told.packets
    (reception,) = _only(read, Reception)
    (stream,) = _only(read, Stream)
    assert isinstance(reception, Reception)
    assert isinstance(stream, Stream)
    # What was missed after the last packet written is in no packet's block.
    assert (stream.lost, stream.dropped_here) == (0, reception.dropped_here)
    assert 0 < (stream.dropped_here or 0) <= told.missed
