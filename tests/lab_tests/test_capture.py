"""Captures: tshark agrees with what is recorded here, and what tshark and tcpdump's library record is read here."""

from __future__ import annotations

import csv
from pathlib import Path

import pytest

from tests.lab import JsonRecord, Lab, peers

GROUP, GROUP_V6, PORT = "239.66.0.7", "ff02::4d", 5004
FIELDS = (
    "frame.time_epoch", "frame.interface_name", "ip.src", "ipv6.src", "ip.dst", "ipv6.dst", "udp.srcport",
    "udp.dstport", "udp.length", "ip.ttl", "ipv6.hlim", "udp.checksum.status", "ip.checksum.status", "udp.payload",
)  # fmt: skip


def _tshark(lab: Lab, path: Path, *words: str) -> list[dict[str, str]]:
    """A row of FIELDS for each packet of the file."""
    options = ("-o", "udp.check_checksum:TRUE", "-o", "ip.check_checksum:TRUE", "-T", "fields", "-E", "separator=;")
    told = lab.alpha.run(
        ["tshark", "-n", "-r", str(path), *options, *words, *(word for field in FIELDS for word in ("-e", field))]
    )
    return [dict(zip(FIELDS, line.split(";"), strict=True)) for line in told.stdout.splitlines()]


def _kinds(records: list[JsonRecord], kind: str) -> list[JsonRecord]:
    return [record for record in records if record["kind"] == kind]


@pytest.fixture(scope="module")
def recorded(lab: Lab) -> tuple[Path, list[JsonRecord]]:
    """A listen on both LANs, recorded, and its records."""
    path = lab.folder / "heard.pcapng"
    words = (f"{GROUP}:{PORT}", f"[{GROUP_V6}]:{PORT}", "--interface", "en0", "--interface", "en5")
    with lab.alpha.lanscout_process("listen", *words, "--pcapng", str(path)) as listening:
        listening.record("joined", interface="en5", group=GROUP_V6)
        with peers.iperf_sender(lab.beta, GROUP, PORT, packets_per_s=1000, size=1316, seconds=0.3) as sender:
            sender.wait(15)
        for host, text in ((lab.beta, "odd"), (lab.delta, "even"), (lab.delta, "")):
            peers.send_text(host, GROUP_V6, PORT, text)
            peers.send_text(host, GROUP, PORT, text)
        listening.record("datagram", group=GROUP, interface="en5", payload_text="even")
        listening.interrupt()
        records = listening.records()
    return path, records


def test_tshark_reads_the_same_packets(lab: Lab, recorded: tuple[Path, list[JsonRecord]]) -> None:
    path, records = recorded
    rows, datagrams = _tshark(lab, path), _kinds(records, "datagram")
    assert len(rows) == len(datagrams) > 250
    # Within a batch the terminal prints the groups one after the other.
    datagrams.sort(key=lambda datagram: float(datagram["time"]))
    rows.sort(key=lambda row: float(row["frame.time_epoch"]))
    for row, datagram in zip(rows, datagrams, strict=True):
        version = "ipv6" if ":" in datagram["group"] else "ip"
        assert float(row["frame.time_epoch"]) == pytest.approx(datagram["time"], abs=1e-6)
        assert row["frame.interface_name"] == datagram["interface"]
        assert row[f"{version}.src"] == datagram["source"].partition("%")[0]
        assert row[f"{version}.dst"] == datagram["group"]
        assert (int(row["udp.srcport"]), int(row["udp.dstport"])) == (datagram["source_port"], PORT)
        assert int(row["udp.length"]) == datagram["size"] + 8
        assert int(row["ip.ttl"] or row["ipv6.hlim"]) == datagram["ttl"]
        assert row["udp.payload"].replace(":", "")[:2048] == datagram["payload_hex"]
        assert row["udp.checksum.status"] == "1"
        assert row["ip.checksum.status"] == ("1" if version == "ip" else "")
    assert {row["frame.interface_name"] for row in rows} == {"en0", "en5"}


def test_it_is_read_back_into_the_same_rows(lab: Lab, recorded: tuple[Path, list[JsonRecord]]) -> None:
    path, heard = recorded
    read = lab.alpha.lanscout("read", str(path))
    live, again = (
        sorted(_kinds(records, "datagram"), key=lambda each: float(each["time"])) for records in (heard, read)
    )
    assert len(live) == len(again)
    for one, other in zip(live, again, strict=True):
        assert other == {**one, "time": pytest.approx(one["time"], abs=1e-6)}
    (summary,), (summary_read,) = _kinds(heard, "summary"), _kinds(read, "summary")
    alike = ("source", "source_port", "group", "port", "interface", "packets", "bytes", "lost", "payload", "ttl_min")
    streams, streams_read = (
        sorted(tuple(stream[name] for name in alike) for stream in each["streams"]) for each in (summary, summary_read)
    )
    assert streams == streams_read
    (capture,) = _kinds(read, "capture")
    assert [(each["name"], each["dropped"]) for each in capture["interfaces"]] == [("en0", 0), ("en5", 0)]
    assert (capture["skipped"], capture["problem"]) == ({}, None)


@pytest.mark.parametrize("form", ["pcapng", "pcap"])
def test_what_tshark_recorded_is_read_with_the_counts_it_tells(lab: Lab, form: str) -> None:
    path = lab.folder / f"wire.{form}"
    with lab.alpha.start(["tshark", "-n", "-i", "en0", "-F", form, "-w", str(path), "-P", "-l"]) as tshark:
        tshark.wait_for("Capturing")
        with peers.foreign_joiner(lab.alpha, GROUP, PORT, "en0"):
            # tshark says that it captures before it does.
            while not any("192.168.1.20" in line for line in list(tshark.lines)):
                peers.send_text(lab.beta, GROUP, PORT, "knock")
            with peers.iperf_sender(lab.beta, GROUP, PORT, packets_per_s=500, size=200, seconds=0.3) as sender:
                sender.wait(15)
            peers.send_text(lab.beta, GROUP, PORT, "the end")
            tshark.wait_for(r"192\.168\.1\.20.*239\.66\.0\.7.*Len=7$|Len=7\b")
        tshark.interrupt()
    rows = _tshark(lab, path, "-Y", f"ip.dst == {GROUP} && udp")
    everything = _tshark(lab, path)
    streams_to = lab.folder / f"streams-{form}.csv"
    records = lab.alpha.lanscout("read", str(path), "--streams", str(streams_to))
    (capture,) = _kinds(records, "capture")
    datagrams = [datagram for datagram in _kinds(records, "datagram") if datagram["group"] == GROUP]
    assert (len(datagrams), capture["packets"]) == (len(rows), len(everything))
    assert capture["datagrams"] + sum(capture["skipped"].values()) == len(everything)
    for row, datagram in zip(rows, datagrams, strict=True):
        assert float(row["frame.time_epoch"]) == pytest.approx(datagram["time"], abs=1e-6)
        assert (row["ip.src"], int(row["udp.srcport"])) == (datagram["source"], datagram["source_port"])
        assert (int(row["udp.length"]) - 8, int(row["ip.ttl"])) == (datagram["size"], datagram["ttl"])
    interface = "en0" if form == "pcapng" else "#0"
    assert {datagram["interface"] for datagram in datagrams} == {interface}
    with streams_to.open(newline="") as file:
        exported = {(row["source_port"], row["packets"], row["payload"]) for row in csv.DictReader(file)}
    (summary,) = _kinds(records, "summary")
    assert exported == {
        (str(each["source_port"]), str(each["packets"]), each["payload"] or "") for each in summary["streams"]
    }


def test_a_file_that_is_none_ends_with_exit_code_3_and_what_to_do(lab: Lab) -> None:
    with lab.alpha.lanscout_process("read", "/etc/hostname") as process:
        assert process.wait() == 3
    assert process.records("problem")[0]["code"] == "capture_invalid"
    with lab.alpha.lanscout_process("listen", f"{GROUP}:{PORT}", "--pcapng", "/no/such/folder/x") as process:
        assert process.wait() == 3
    assert process.records("problem")[0]["code"] == "record_refused"
