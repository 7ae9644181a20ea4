"""Every mDNS packet on two LANs is heard as tshark has it: interface, source, TTLs, and nothing is sent."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import pytest

from tests.discovery.bonjour.packets import announcement
from tests.lab import Advertised, Avahi, Background, Host, JsonRecord, Lab, peers
from tests.lab.host import LANSCOUT
from tests.lab_tests.test_bonjour import MDNS, announce

GROUP_V6 = "ff02::fb"
FIELDS = (
    "frame.time_epoch", "frame.interface_name", "ip.src", "ipv6.src", "ip.dst", "ipv6.dst", "udp.srcport",
    "udp.dstport", "udp.length", "ip.ttl", "ipv6.hlim", "udp.payload", "dns.resp.ttl", "frame.protocols",
)  # fmt: skip
Heard = tuple[list[JsonRecord], list[dict[str, str]], list[dict[str, str]]]
BETA = Advertised(name="Beta.Web v1", type="_http._tcp", port=81, subtypes=("_printer",), txt=("path=/",))
ZEROCONF: dict[str, object] = {"name": "by zeroconf", "type": "_http._tcp", "port": 80}
DELTA = Advertised(name="delta", type="_ssh._tcp", port=22)


@contextmanager
def sniffing(host: Host, path: Path, *devices: str) -> Iterator[Background]:
    """tshark on the wire of the devices, as soon as it captures; the file is complete after the block."""
    words = [word for device in devices for word in ("-i", device)]
    with host.start(["tshark", "-n", "-l", "-P", *words, "-f", "udp port 5353", "-w", str(path)]) as tshark:
        tshark.wait_for("Capturing")
        yield tshark
        tshark.interrupt()


@contextmanager
def hearing(host: Host, *words: str) -> Iterator[Background]:
    """``lanscout records`` until the block ends; it must then end well and have said nothing on stderr."""
    with host.lanscout_process("records", "--seconds", "60", *words) as process:
        yield process
        assert process.interrupt() in (0, 1)
        assert process.errors == []


def rows_of(lab: Lab, path: Path) -> list[dict[str, str]]:
    """What tshark dissects of the file."""
    words = (word for field in FIELDS for word in ("-e", field))
    told = lab.alpha.run(
        [
            "tshark",
            "-n",
            "-r",
            str(path),
            "-Y",
            "mdns",
            "-T",
            "fields",
            "-E",
            "separator=;",
            "-E",
            "aggregator=,",
            *words,
        ]
    )
    return [dict(zip(FIELDS, line.split(";"), strict=True)) for line in told.stdout.splitlines()]


def identity(row: dict[str, str]) -> tuple[str, str, str]:
    """Interface, source and payload."""
    return row["frame.interface_name"], row["ip.src"] or row["ipv6.src"], row["udp.payload"].replace(":", "")


def heard_identity(record: JsonRecord) -> tuple[str, str, str]:
    return record["interface"], record["source"].partition("%")[0], record["payload_hex"]


def record_ttls(record: JsonRecord) -> list[int]:
    sections = ("answers", "authorities", "additionals")
    return [each["ttl"] for section in sections for each in record[section] if each["type"] != "OPT"]


def knock(host: Host, name: str, heard: Callable[[], bool]) -> None:
    """Announce a service of that name until it is heard."""
    for _ in range(100):
        announce(host, announcement(name.encode(), "_knock._tcp", host=name))
        if heard():
            return
    pytest.fail(f"{name} was not heard")


def announced(process: Background, name: str, interface: str) -> Callable[[], bool]:
    """Whether the process has heard the instance's SRV there."""

    def heard() -> bool:
        return any(
            answer["type"] == "SRV" and answer["name"].startswith(name)
            for record in process.records("mdns_packet")
            if record["interface"] == interface
            for answer in (*record["answers"], *record["additionals"])
        )

    return heard


def waited(process: Background, condition: Callable[[], bool], timeout: float) -> bool:
    """Whether it became true in time."""
    with suppress(TimeoutError):
        process.wait_until(condition, timeout)
        return True
    return False


@pytest.fixture(scope="module")
def heard(lab: Lab) -> Heard:
    """What was heard on both LANs beside foreign joins, what tshark had on the wire, and what was recorded."""
    wire, recorded = lab.folder / "mdns-wire.pcapng", lab.folder / "mdns-heard.pcapng"
    with (
        peers.foreign_joiner(lab.alpha, *MDNS, "en0", "en5"),
        peers.foreign_joiner(lab.alpha, GROUP_V6, MDNS[1], "en0", "en5"),
        sniffing(lab.alpha, wire, "en0", "en5"),
        hearing(lab.alpha, "--pcapng", str(recorded)) as process,
    ):
        for host, name, interface in ((lab.beta, "knock-1", "en0"), (lab.delta, "knock-2", "en5")):
            knock(host, name, lambda: waited(process, announced(process, name, interface), 0.2))  # noqa: B023
        with (
            Avahi(lab, lab.beta, [BETA]),
            Avahi(lab, lab.delta, [DELTA]),
            peers.zeroconf_publisher(lab.gamma, lab.gamma.v4[0], ZEROCONF),
        ):
            process.wait_until(announced(process, "Beta\\.Web v1", "en0"))
            process.wait_until(announced(process, "delta", "en5"))
            process.wait_until(announced(process, "by zeroconf", "en0"))
            assert lab.delta.lanscout("services", "_http._tcp", "--seconds", "0.3", check=False) == []
            process.record("mdns_packet", act="asks", interface="en5")
        process.record("mdns_packet", act="goodbye", interface="en0")
        process.record("mdns_packet", act="goodbye", interface="en5")
    return process.records("mdns_packet"), rows_of(lab, wire), rows_of(lab, recorded)


def test_every_packet_names_the_interface_and_source_that_tshark_saw_and_none_is_missing(heard: Heard) -> None:
    records, wire, _ = heard
    assert {record["family"] for record in records} == {"ipv4", "ipv6"}
    begin, end = min(record["time"] for record in records), max(record["time"] for record in records)
    between = [row for row in wire if begin <= float(row["frame.time_epoch"]) <= end]
    assert len(records) > 20
    assert sorted(map(heard_identity, records)) == sorted(map(identity, between))


def test_ip_and_record_ttls_are_those_on_the_wire(heard: Heard) -> None:
    records, wire, _ = heard
    rows = {identity(row): row for row in wire}
    ttls: set[int] = set()
    for record in records:
        row = rows[heard_identity(record)]
        assert record["ttl"] == int(row["ip.ttl"] or row["ipv6.hlim"]) == 255
        assert record["source_port"] == int(row["udp.srcport"]) == 5353
        assert record["size"] == int(row["udp.length"]) - 8
        assert record_ttls(record) == [int(ttl) for ttl in row["dns.resp.ttl"].split(",") if ttl]
        ttls.update(record_ttls(record))
    assert {0, 120, 4500} <= ttls


def test_normal_traffic_breaks_no_format(heard: Heard) -> None:
    records, _, _ = heard
    assert {record["act"] for record in records} == {"asks", "probes", "answers", "goodbye"}
    flaws = {"question_cut", "record_cut", "name_cut", "name_long", "name_loop", "label_type", "rdata_size", "txt_cut"}
    assert not flaws & {problem for record in records for problem in record["problems"]}


def test_tshark_reads_the_recording_as_the_same_mdns(heard: Heard) -> None:
    records, _, recorded = heard
    assert sorted(map(identity, recorded)) == sorted(map(heard_identity, records))
    by_identity = {heard_identity(record): record for record in records}
    for row in recorded:
        record = by_identity[identity(row)]
        assert "mdns" in row["frame.protocols"]
        assert "malformed" not in row["frame.protocols"]
        assert (row["ip.dst"] or row["ipv6.dst"], row["udp.dstport"]) in ((MDNS[0], "5353"), (GROUP_V6, "5353"))
        assert int(row["udp.srcport"]) == record["source_port"]
        assert int(row["ip.ttl"] or row["ipv6.hlim"]) == record["ttl"]
        assert int(row["udp.length"]) - 8 == record["size"]


def test_nothing_is_sent(lab: Lab, heard: Heard) -> None:
    records, wire, _ = heard
    assert not [record for record in records if record["own"]]
    own = {*lab.alpha.v4, *lab.alpha.v6}
    assert not own & {row["ip.src"] or row["ipv6.src"] for row in wire}


def test_an_interface_that_comes_back_is_heard_again(fresh_lab: Lab) -> None:
    alpha, delta = fresh_lab.alpha, fresh_lab.delta
    with hearing(alpha) as process:
        knock(delta, "before", lambda: waited(process, announced(process, "before", "en5"), 0.2))
        alpha.ip("link set en5 down")
        alpha.ip("link set en5 up")
        knock(delta, "after", lambda: waited(process, announced(process, "after", "en5"), 0.2))
        knock(fresh_lab.beta, "beside", lambda: waited(process, announced(process, "beside", "en0"), 0.2))


def test_a_named_interface_hears_only_its_lan(lab: Lab) -> None:
    with hearing(lab.alpha, "--interface", "en5") as process:
        knock(lab.delta, "mine", lambda: waited(process, announced(process, "mine", "en5"), 0.2))
        announce(lab.beta, announcement(b"other", "_knock._tcp"))
        knock(lab.delta, "mine-2", lambda: waited(process, announced(process, "mine-2", "en5"), 0.2))
    assert {record["interface"] for record in process.records("mdns_packet")} == {"en5"}


def test_broken_packets_are_heard_and_named(lab: Lab) -> None:
    whole = announcement(b"cut", "_http._tcp")
    with hearing(lab.alpha, "--interface", "en0") as process:
        knock(lab.beta, "first", lambda: waited(process, announced(process, "first", "en0"), 0.2))
        for packet in (b"", b"\0" * 5, whole[:-9], whole[:12] + b"\xc0\x0c" + whole[12:], whole + b"xyz"):
            announce(lab.beta, packet)
        knock(lab.beta, "last", lambda: waited(process, announced(process, "last", "en0"), 0.2))
    problems = [problem for record in process.records("mdns_packet") for problem in record["problems"]]
    assert {"header_cut", "record_cut", "name_loop", "trailing_bytes"} <= set(problems)


def test_for_people_each_packet_is_a_line_and_silence_a_sentence(lab: Lab) -> None:
    with Avahi(lab, lab.beta, [BETA]), peers.foreign_joiner(lab.alpha, *MDNS, "en0"):
        told = lab.alpha.run([*LANSCOUT, "records", "--seconds", "0.5", "--interface", "en5"], check=False)
    assert told.returncode == 1
    assert "No mDNS packet was heard in 0.5 s on en5; lanscout ladder looks for the reason" in told.stdout
