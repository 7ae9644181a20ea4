"""What a listen tells at its end is exact, however it is ended: drops, recordings and summaries under traffic."""

from __future__ import annotations

import json
import signal
from collections.abc import Callable
from contextlib import AbstractContextManager
from pathlib import Path

import pytest

from net.multicast.capture.survey import Survey
from tests.lab import Background, Host, JsonRecord, Lab
from tests.lab.host import LANSCOUT

GROUP, PORT = "239.66.9.1", 23031
ENDPOINT = f"{GROUP}:{PORT}"
ROUNDS = 10
SENT = 1000


def _drops(host: Host) -> int:
    """What the sockets on the port have dropped, as /proc/net/udp lists them."""
    with host.inside():
        rows = [line.split() for line in Path("/proc/thread-self/net/udp").read_text().splitlines()[1:]]
    return sum(int(row[-1]) for row in rows if row[1].endswith(f":{PORT:04X}"))


def _sender(host: Host, count: int, rate: int) -> AbstractContextManager[Background]:
    words = [*LANSCOUT, "send", ENDPOINT, "--interface", "en0", "--json"]
    return host.start([*words, "--count", str(count), "--rate-pps", str(rate)])


def _overflow(listening: Background, host: Host, then: Callable[[], object]) -> None:
    """Let the receiver stand until its buffer has overflown, and ``then`` was done."""
    before = _drops(host)
    listening.send(signal.SIGSTOP)
    listening.wait_until(lambda: _drops(host) > before + 30)
    then()
    listening.send(signal.SIGCONT)


def _newest_stream(probe: Background) -> JsonRecord:
    found = [
        record for line in list(probe.lines) for record in json.loads(line).get("batch", ())
        if record["kind"] == "stream"
    ]  # fmt: skip
    newest: JsonRecord = found[-1]
    return newest


def _in_file(path: Path) -> tuple[int, int | None]:
    """Datagrams in a capture and what it says was dropped, by our own reader."""
    survey = Survey(str(path))
    while survey.step(10_000):
        pass
    capture = survey.capture()
    survey.close()
    assert capture.problem is None
    return capture.datagrams, capture.interfaces[0].dropped


def _in_tshark(host: Host, path: Path) -> int:
    return len(host.run(["tshark", "-n", "-r", str(path), "-T", "fields", "-e", "frame.number"]).stdout.split())


def test_in_ten_overflows_dropped_here_is_the_missing_number_and_lost_is_none(lab: Lab) -> None:
    """In every second round the sender ends while the buffer is full, so that nothing comes after the last drops."""
    words = ["listen", ENDPOINT, "--interface", "en0", "--buffer", "8192", "--quiet"]
    for number in range(ROUNDS):
        with lab.alpha.lanscout_process(*words) as listening:
            listening.record("joined")
            with _sender(lab.beta, SENT, 4000) as sending:
                _overflow(listening, lab.alpha, lambda: None)
                if number % 2:
                    _overflow(listening, lab.alpha, lambda ends=sending: ends.record("summary", timeout=30))  # type: ignore[misc]
                sending.record("summary", timeout=30)
            missing = _drops(lab.alpha)
            listening.interrupt()
        (summary,) = listening.records("summary")
        (stream,) = summary["streams"]
        assert missing > 30
        assert summary["received"] + missing == SENT
        assert (summary["dropped_here"], stream["dropped_here"], stream["lost"]) == (missing, missing, 0), number


def test_the_records_of_a_stream_in_a_window_tell_the_same_drops(lab: Lab) -> None:
    """Without an end being asked for: the drops after the last packet are in the stream as soon as in the totals."""
    request = {"groups": [ENDPOINT], "interfaces": ["en0"], "keep": 0, "buffer_bytes": 8192}
    with lab.alpha.start([*LANSCOUT, "probe"]) as probe:
        probe.write(json.dumps({"id": 1, "watch": "multicast.listen", "with": request}) + "\n")
        probe.wait_for('"joined"')
        with _sender(lab.beta, SENT, 4000) as sending:
            _overflow(probe, lab.alpha, lambda: sending.record("summary", timeout=30))
        missing = _drops(lab.alpha)
        probe.wait_for(f'"kind":"reception".*"dropped_here":{missing}[,}}]')
        stream = _newest_stream(probe)
        assert (stream["packets"], stream["dropped_here"], stream["lost"]) == (SENT - missing, missing, 0)


@pytest.mark.parametrize("rate", [2_000, 9_000])
def test_a_stop_while_packets_come_leaves_file_recording_and_summary_alike(lab: Lab, rate: int) -> None:
    for number in range(3):
        path = lab.folder / f"stopped-{rate}-{number}.pcapng"
        words = ["listen", ENDPOINT, "--interface", "en0", "--quiet", "--pcapng", str(path)]
        with lab.alpha.lanscout_process(*words) as listening:
            listening.record("joined")
            with _sender(lab.beta, 0, rate):
                listening.wait_until(lambda file=path: file.stat().st_size > 50_000 * (number + 1))  # type: ignore[misc] # noqa: B023
                listening.interrupt()
        (recording,), (summary,) = listening.records("recording"), listening.records("summary")
        (stream,) = summary["streams"]
        assert (recording["packets"], recording["missed"]) == (summary["received"], 0)
        assert _in_file(path) == (summary["received"], summary["dropped_here"])
        assert _in_tshark(lab.alpha, path) == stream["packets"] == summary["received"] > 100
        assert recording["bytes"] == path.stat().st_size


def test_a_stop_in_the_middle_of_an_overflow_leaves_no_number_unexplained(lab: Lab) -> None:
    """What the stop finds in the buffer is read, and what was dropped after it is told."""
    path = lab.folder / "overflown.pcapng"
    words = ["listen", ENDPOINT, "--interface", "en0", "--buffer", "8192", "--quiet", "--pcapng", str(path)]
    with lab.alpha.lanscout_process(*words) as listening:
        listening.record("joined")
        with _sender(lab.beta, SENT, 4000) as sending:

            def interrupted() -> None:
                listening.send(signal.SIGINT)
                sending.record("summary", timeout=30)

            _overflow(listening, lab.alpha, interrupted)
        listening.wait()
    (recording,), (summary,) = listening.records("recording"), listening.records("summary")
    (stream,) = summary["streams"]
    assert summary["received"] + summary["dropped_here"] == SENT
    assert (stream["dropped_here"], stream["lost"]) == (summary["dropped_here"], 0)
    assert _in_file(path) == (recording["packets"], summary["dropped_here"])
    assert recording["packets"] + recording["missed"] == summary["received"]


def test_a_probe_that_is_asked_to_finish_says_how_much_it_recorded(lab: Lab) -> None:
    path = lab.folder / "finished.pcapng"
    request = {"groups": [ENDPOINT], "interfaces": ["en0"], "keep": 0, "record_to": str(path)}
    with lab.alpha.start([*LANSCOUT, "probe"]) as probe:
        probe.write(json.dumps({"id": 1, "watch": "multicast.listen", "with": request}) + "\n")
        probe.wait_for('"joined"')
        with _sender(lab.beta, 0, 2000):
            probe.wait_until(lambda: path.stat().st_size > 50_000)
            probe.write('{"id": 1, "finish": true}\n')
            probe.wait_for('"id":1,.*"end":true|"end":true')
    records = [record for line in probe.lines for record in json.loads(line).get("batch", ())]
    recordings = [record for record in records if record["kind"] == "recording"]
    (summary,) = [record for record in records if record["kind"] == "summary"]
    assert recordings[-1]["packets"] == summary["received"] == _in_file(path)[0] > 100
