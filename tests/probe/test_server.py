"""Tests of probe.server as a front end meets it: a process with pipes."""

from __future__ import annotations

import fcntl
import json
import os
import select
import subprocess
import sys
import termios
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from net.multicast.capture.survey import Survey
from probe.messages import LINE_LIMIT
from probe.methods import METHODS
from tests.net.multicast.capture.files import ethernet, ipv4, pcap, udp
from tests.net.multicast.senders import group_sender

LISTENED = "239.77.9.2:23099"
CHECKOUT = Path(__file__).resolve().parents[2]
PATIENCE = 10


class Probe:
    """A probe process; ``ask`` writes a line, ``told`` waits for one that fits."""

    def __init__(self) -> None:
        self.process = subprocess.Popen(
            [sys.executable, str(CHECKOUT / "main.py"), "probe"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
        )
        assert self.process.stdin is not None
        assert self.process.stdout is not None
        self.stdin = self.process.stdin
        self.stdout = self.process.stdout

    def write(self, line: bytes) -> None:
        self.stdin.write(line)
        self.stdin.flush()

    def ask(self, **ask: Any) -> None:
        self.write(
            json.dumps({"with" if key == "parameters" else key: value for key, value in ask.items()}).encode() + b"\n"
        )

    def told(self, identity: int, *names: str) -> dict[str, Any]:
        """The next line for ``identity`` that has one of ``names``."""
        while line := self.stdout.readline():
            told: dict[str, Any] = json.loads(line)
            if told["id"] == identity and any(name in told for name in names):
                return told
        raise AssertionError(self.process.communicate()[1].decode())

    def close(self) -> bytes:
        """Close stdin and return what it still said on stderr; it must end by itself."""
        self.stdin.close()
        self.process.wait(PATIENCE)
        self.stdout.close()
        assert self.process.stderr is not None
        with self.process.stderr as errors:
            return errors.read()


def _waiting(descriptor: int) -> int:
    """Bytes in a pipe, ioctl_tty(2)."""
    return int.from_bytes(fcntl.ioctl(descriptor, termios.FIONREAD, bytes(4)), sys.byteorder)


@pytest.fixture
def probe() -> Iterator[Probe]:
    started = Probe()
    try:
        yield started
    finally:
        if started.process.poll() is None:
            started.process.kill()
        started.process.wait()
        for stream in (started.stdin, started.stdout, started.process.stderr):
            if stream is not None:
                stream.close()


def test_it_introduces_itself_first(probe: Probe) -> None:
    hello = probe.told(0, "hello")["hello"]
    assert hello["pid"] == probe.process.pid
    assert hello["root"] == (os.geteuid() == 0)


def test_a_watch_answers_and_ends(probe: Probe) -> None:
    probe.ask(id=5, watch="interfaces.watch", parameters={"follow": False})
    batch = probe.told(5, "batch")["batch"]
    assert "lo" in [record["name"] for record in batch]
    assert probe.told(5, "end")["end"] is True


@pytest.mark.parametrize(
    ("line", "identity", "code"),
    [
        (b"not json\n", 0, "line_invalid"),
        (b"[1, 2]\n", 0, "line_invalid"),
        (b'{"id": "x", "watch": "interfaces.watch"}\n', 0, "line_invalid"),
        (b'{"id": 1, "watch": "interfaces.watch", "extra": 1}\n', 0, "line_invalid"),
        (b"\xff\xfe\n", 0, "line_invalid"),
        (b'{"id": 1, "with": ' + b'{"a":' * 100_000 + b"\n", 0, "line_invalid"),
        (b'{"id": 1}\n', 1, "watch_unknown"),
        (b'{"id": 2, "watch": "nothing.such"}\n', 2, "watch_unknown"),
        (b'{"id": 3, "watch": "ports.watch", "with": {"port": 65536}}\n', 3, "request_invalid"),
        (b'{"id": 4, "watch": "routes.egress", "with": {"address": "300.1.2.3"}}\n', 4, "destination_invalid"),
        (
            b'{"id": 5, "watch": "multicast.listen", "with": {"groups": ["239.1.1.1:5"], "count": 0}}\n',
            5,
            "request_invalid",
        ),
        (b'"' + b"x" * (LINE_LIMIT + 10) + b'"\n', 0, "line_invalid"),
    ],
)
def test_an_invalid_line_is_answered_and_the_probe_lives_on(
    probe: Probe, line: bytes, identity: int, code: str
) -> None:
    probe.write(line)
    assert probe.told(identity, "problem")["problem"]["code"] == code
    probe.ask(id=9, watch="interfaces.watch", parameters={"follow": False})
    assert probe.told(9, "batch")


def test_a_stopped_watch_says_nothing_more_and_the_others_go_on(probe: Probe) -> None:
    probe.ask(id=1, watch="traffic.watch")
    probe.ask(id=2, watch="traffic.watch")
    probe.told(1, "batch")
    probe.ask(id=1, stop=True)
    probe.ask(id=3, watch="interfaces.watch", parameters={"follow": False})
    probe.told(3, "end")
    lines = [json.loads(probe.stdout.readline()) for _ in range(2)]
    assert {line["id"] for line in lines} == {2}


def test_an_id_in_use_is_refused(probe: Probe) -> None:
    probe.ask(id=1, watch="traffic.watch")
    probe.told(1, "batch")
    probe.ask(id=1, watch="interfaces.watch")
    assert probe.told(0, "problem")["problem"]["code"] == "request_invalid"
    assert probe.told(1, "batch"), "the watch that has the id goes on"


def test_what_was_read_before_stdin_closed_is_answered(probe: Probe) -> None:
    probe.write(b'garbage\n{"id": 2, "watch": "nope"}\n')
    probe.stdin.close()
    lines = [json.loads(line) for line in probe.stdout]
    assert [(line["id"], line["problem"]["code"]) for line in lines if "problem" in line] == [
        (0, "line_invalid"),
        (2, "watch_unknown"),
    ]


def test_an_id_may_be_used_again_at_once(probe: Probe) -> None:
    for _ in range(20):
        probe.ask(id=1, watch="traffic.watch")
        probe.ask(id=1, stop=True)
    probe.ask(id=1, watch="interfaces.watch", parameters={"follow": False})
    kinds = {record["kind"] for record in probe.told(1, "batch")["batch"]}
    assert kinds == {"interface"}


def test_it_ends_without_a_word_when_stdin_closes(probe: Probe) -> None:
    probe.ask(id=1, watch="interfaces.watch")
    probe.told(1, "batch")
    assert probe.close() == b""
    assert probe.process.returncode == 0


def test_it_ends_when_stdin_closes_although_nobody_reads_the_full_pipe(probe: Probe) -> None:
    probe.told(0, "hello")
    for identity in range(1, 400):
        probe.ask(id=identity, watch="interfaces.watch", parameters={"follow": False})
    # The pipe holds 64 KiB, which is less than 400 answers: the probe is stuck in a write once it is full.
    while _waiting(probe.stdout.fileno()) < 65536 - 4096:
        select.select([], [], [], 0.01)
    probe.stdin.close()
    probe.process.wait(PATIENCE)
    assert probe.process.returncode == 0


@pytest.mark.parametrize("number", [15, 2])
def test_it_ends_cleanly_on_a_signal(probe: Probe, number: int) -> None:
    probe.ask(id=1, watch="interfaces.watch")
    probe.told(1, "batch")
    probe.process.send_signal(number)
    assert probe.process.wait(PATIENCE) == 0
    assert probe.close() == b""


def test_of_a_file_not_one_row_is_left_out(probe: Probe, tmp_path: Path) -> None:
    path = tmp_path / "many.pcap"
    packets = [(float(number), ethernet(ipv4(udp(b"%d" % number)))) for number in range(2000)]
    path.write_bytes(pcap(*packets))
    probe.ask(id=1, watch="multicast.capture", parameters={"path": str(path)})
    rows: list[float] = []
    while "batch" in (told := probe.told(1, "batch", "end")):
        assert not [record for record in told["batch"] if record["kind"] == "skipped"]
        rows += [record["time"] for record in told["batch"] if record["kind"] == "datagram"]
    assert rows == [time for time, _ in packets]


@pytest.mark.parametrize("method", METHODS.values(), ids=METHODS.keys())
def test_every_method_of_the_table_can_be_loaded(method: Any) -> None:
    watch = method.load()
    assert callable(watch)
    assert method.says


def test_a_listen_asked_to_finish_sums_up_and_ends(probe: Probe) -> None:
    request = {"groups": ["239.77.9.1:23097"], "interfaces": ["lo"]}
    probe.ask(id=1, watch="multicast.listen", parameters=request)
    probe.told(1, "batch")
    probe.ask(id=1, finish=True)
    kinds: list[str] = []
    while "end" not in (told := probe.told(1, "batch", "end")):
        kinds += [record["kind"] for record in told["batch"]]
    assert kinds[-1] == "summary"
    probe.ask(id=1, watch="interfaces.watch")
    assert probe.told(1, "batch")


def test_a_watch_without_last_words_ends_when_it_is_asked_to_finish(probe: Probe) -> None:
    probe.ask(id=1, watch="interfaces.watch", parameters={})
    probe.told(1, "batch")
    probe.ask(id=1, finish=True)
    assert probe.told(1, "end")["end"]
    probe.ask(id=2, finish=True)
    probe.ask(id=3, watch="interfaces.watch", parameters={})
    assert probe.told(3, "batch")


def test_a_watch_asked_to_finish_with_the_very_line_that_begins_it_still_has_its_last_words(probe: Probe) -> None:
    ask = {"id": 1, "watch": "multicast.listen", "with": {"groups": [LISTENED], "interfaces": ["lo"]}}
    probe.write(json.dumps(ask).encode() + b'\n{"id": 1, "finish": true}\n')
    kinds: list[str] = []
    while "end" not in (told := probe.told(1, "batch", "end")):
        kinds += [record["kind"] for record in told["batch"]]
    assert kinds[-1] == "summary"


def test_the_end_of_a_stopped_listen_is_not_that_of_the_watch_which_has_its_id_now(probe: Probe) -> None:
    probe.ask(id=1, watch="multicast.listen", parameters={"groups": [LISTENED], "interfaces": ["lo"]})
    probe.told(1, "batch")
    probe.ask(id=1, stop=True)
    probe.ask(id=1, watch="traffic.watch")
    assert probe.told(1, "batch")["batch"][0]["kind"] == "traffic"
    probe.ask(id=1, finish=True)
    assert probe.told(1, "end")["end"]


@pytest.mark.parametrize("signals", [(), (15, 15)])
def test_a_recording_that_was_stopped_is_whole_although_the_probe_is_to_end_at_once(
    probe: Probe, tmp_path: Path, signals: tuple[int, ...]
) -> None:
    fifo = tmp_path / "slow"
    os.mkfifo(fifo)
    reading = os.open(fifo, os.O_RDONLY | os.O_NONBLOCK)
    os.set_blocking(reading, True)
    parameters = {"groups": [LISTENED], "interfaces": ["lo"], "record_to": str(fifo), "keep": 0}
    probe.ask(id=1, watch="multicast.listen", parameters=parameters)
    probe.told(1, "batch")
    sent = 500
    group, port = LISTENED.split(":")
    # More than the pipe holds, so that the recorder waits in the midst of writing.
    with group_sender(group, int(port)) as sender:
        for _ in range(sent):
            sender.send(bytes(1000))
    heard = 0
    while heard < sent:
        received = [each["received"] for each in probe.told(1, "batch")["batch"] if each["kind"] == "reception"]
        heard = max((heard, *received))
    probe.ask(id=1, stop=True)
    probe.stdin.close()
    # Its watch is stopped by the line, and once stdin is closed as one of all.
    for number in signals:
        select.select([probe.stdout], [], [], 0.3)
        probe.process.send_signal(number)
    select.select([probe.stdout], [], [], 0.3)
    path = tmp_path / "whole.pcapng"
    with os.fdopen(reading, "rb") as file:
        path.write_bytes(file.read())
    assert probe.process.wait(PATIENCE) == 0
    survey = Survey(str(path))
    while survey.step(sent):
        pass
    survey.close()
    assert (survey.datagrams, survey.problem) == (sent, None)


def test_the_probe_still_answers_when_all_its_threads_wait(probe: Probe, tmp_path: Path) -> None:
    fifo = tmp_path / "full"
    os.mkfifo(fifo)
    with os.fdopen(os.open(fifo, os.O_RDWR | os.O_NONBLOCK), "r+b", buffering=0) as full:
        while full.write(bytes(4096)):
            pass
        parameters = {"groups": [LISTENED], "interfaces": ["lo"], "record_to": str(fifo)}
        for identity in range(1, (os.cpu_count() or 1) + 8):
            probe.ask(id=identity, watch="multicast.listen", parameters=parameters)
        for _ in range(20):
            probe.write(b"garbage\n")
            readable, _, _ = select.select([probe.stdout], [], [], PATIENCE)
            assert readable, "it is mute"
            assert probe.told(0, "problem")
        probe.stdin.close()
    assert probe.process.wait(2 * PATIENCE) == 0
