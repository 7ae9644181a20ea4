"""What Lanscout counts of a stream with loss on its path, against iperf's own receiver and known patterns."""

from __future__ import annotations

import json
import re
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import NamedTuple

import pytest

from tests.lab import Background, Host, Lab, peers
from tests.lab.host import LANSCOUT
from tests.lab.payloads import PATTERN_COUNTS, pattern
from tests.lab.process import JsonRecord

GROUP = "239.66.0.7"
PORT = 5001
HOP_PORT = 6001
ATTEMPTS = 5
"""Where iperf is not granted the buffer it may drop on a busy machine, which it reports as loss of the network."""
ENDPOINT = f"{GROUP}:{PORT}"

LOSSY = f"""
table netdev lossy {{
    chain arriving {{
        type filter hook ingress device "en0" priority 0;
        udp dport {PORT} numgen random mod 100 < 1 counter drop
    }}
}}
"""


class Listening:
    """A probe that listens on en0 and hands on the streams, not the datagrams."""

    def __init__(self, probe: Background) -> None:
        self._probe = probe
        request = {"groups": [ENDPOINT], "interfaces": ["en0"], "keep": 1, "strips": True}
        probe.write(json.dumps({"id": 1, "watch": "multicast.listen", "with": request}) + "\n")
        probe.wait_for('"joined"')

    def newest(self, kind: str) -> list[JsonRecord]:
        """The newest state of each row of that kind."""
        rows: dict[object, JsonRecord] = {}
        for line in list(self._probe.lines):
            for record in json.loads(line).get("batch", ()):
                if record["kind"] == kind:
                    rows[record.get("source_port")] = record
        return list(rows.values())

    def ended_streams(self, count: int) -> list[JsonRecord]:
        """The streams, once ``count`` of them have been silent for a second; nothing was dropped here."""

        def ended() -> bool:
            return bool(sum(stream["packets_per_s"] == 0 for stream in self.newest("stream")) == count)

        self._probe.wait_until(ended, timeout=30)
        assert [reception["dropped_here"] for reception in self.newest("reception")] == [0]
        return self.newest("stream")


@contextmanager
def _listening(host: Host) -> Iterator[Listening]:
    with host.start([*LANSCOUT, "probe"]) as probe:
        yield Listening(probe)


class _Counted(NamedTuple):
    report: str
    stream: JsonRecord
    dropped: int


def _count_iperf(lab: Lab) -> _Counted:
    """4 s of iperf through the hop to alpha: iperf's report, Lanscout's stream, datagrams dropped on the path."""
    alpha, beta = lab.alpha, lab.beta
    alpha.run(["nft", "-f", "-"], input=LOSSY)
    hop = [sys.executable, "-m", "tests.lab.hop", str(HOP_PORT), GROUP, str(PORT), "en0", "2"]
    # Without the last datagram, which iperf would send many times: nobody answers it.
    sender = f"iperf -c 127.0.0.1 -u -p {HOP_PORT} -l 100 -t 4 -b 10000pps --no-udp-fin"
    with (
        peers.iperf_receiver(alpha, GROUP, PORT, buffer="4M") as theirs,
        _listening(alpha) as ours,
        beta.start(hop, env=peers.IMPORTABLE) as passing_on,
    ):
        passing_on.wait_for("ready")
        beta.run(sender.split())
        (stream,) = ours.ended_streams(1)
        theirs.interrupt()
    (dropped,) = re.findall(r"counter packets (\d+)", alpha.run(["nft", "list", "ruleset"]).stdout)
    alpha.run(["nft", "flush", "ruleset"])
    return _Counted(theirs.output, stream, int(dropped))


def test_iperf_and_lanscout_count_the_same_loss_and_jitter(fresh_lab: Lab) -> None:
    for _ in range(ATTEMPTS):
        report, stream, dropped = _count_iperf(fresh_lab)
        lost, total = peers.iperf_counts(report)
        assert (stream["payload"], stream["lost"]) == ("iperf 2", dropped)
        assert (stream["duplicated"], stream["reordered"], stream["restarts"], stream["foreign"]) == (0, 0, 0, 0)
        if lost == dropped:
            break
    assert (stream["lost"], stream["packets"] + stream["lost"]) == (lost, total), report
    assert lost > 200
    assert stream["strip"].count("x") > 0
    jitter = float(re.findall(r"([\d.]+) ms", report)[-1])
    assert stream["jitter_ms"] == pytest.approx(jitter, rel=0.1), report


def test_duplicates_reordering_and_restarts_of_four_senders_are_counted_exactly(fresh_lab: Lab) -> None:
    names = ("lanscout numbers", "mcjoin", "mgen", "RTP")
    with _listening(fresh_lab.alpha) as ours:
        for name in names:
            argv = [sys.executable, "-m", "tests.lab.payloads", name, GROUP, str(PORT), "en0"]
            fresh_lab.beta.run(argv, env=peers.IMPORTABLE)
        streams = {stream["payload"]: stream for stream in ours.ended_streams(len(names))}
    for name in names:
        assert {field: streams[name][field] for field in PATTERN_COUNTS} == PATTERN_COUNTS, name
        assert streams[name]["packets"] == len(pattern())
        assert streams[name]["strip"].count("x") == PATTERN_COUNTS["lost"]
