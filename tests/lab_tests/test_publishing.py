"""Services announced from here, as avahi and other hosts see them: complete, under one name, and withdrawn."""

from __future__ import annotations

import signal
import socket
import sys
from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from discovery.bonjour.compose import compose
from discovery.bonjour.hearing import HeardPacket
from discovery.bonjour.lint.linter import Linter
from discovery.bonjour.names import parse_name
from discovery.bonjour.rdata import SRV, Server
from discovery.bonjour.wire import AUTHORITATIVE, RESPONSE, ResourceRecord, decode
from discovery.records import LintFinding
from tests.lab import Advertised, Avahi, Background, Host, JsonRecord, Lab, peers
from tests.lab.host import LANSCOUT
from tests.lab.topology import SWITCH
from tests.lab_tests.test_bonjour import announce

TYPE = "_http._tcp"
WEB = ("Dr. Web · Büro", TYPE, "8080", "--txt", "path=/admin", "--txt", "TLS", "--subtype", "_printer")
OWN_HOST = f"lanscout-{socket.gethostname().partition('.')[0]}.local"


def publishing(host: Host, *words: str) -> Background:
    """Announced, for the block."""
    process = host.lanscout_process("publish", *words)
    process.record("published", state="announced")
    return process


@contextmanager
def ear(host: Host) -> Iterator[Background]:
    """``lanscout records`` there, ready to hear."""
    with host.lanscout_process("records", "--seconds", "300") as process:
        process.wait_until(lambda: host.listening(5353, "udp", process.pid))
        yield process


def goodbyes(process: Background, source: str) -> set[tuple[str, str]]:
    """Name and type of the records that were heard with TTL 0 from there."""
    return {
        (record["name"], record["type"])
        for packet in process.records("mdns_packet")
        if packet["source"] == source
        for record in packet["answers"]
        if record["ttl"] == 0
    }


def instance(name: str) -> str:
    return name.replace(".", "\\.") + f".{TYPE}.local."


def all_records(name: str) -> set[tuple[str, str]]:
    """Of WEB, under ``name``, as a goodbye has them."""
    return {
        (f"{TYPE}.local.", "PTR"),
        (f"_printer._sub.{TYPE}.local.", "PTR"),
        ("_services._dns-sd._udp.local.", "PTR"),
        (instance(name), "SRV"),
        (instance(name), "TXT"),
        (f"{OWN_HOST}.", "A"),
        (f"{OWN_HOST}.", "AAAA"),
    }


def resolved(avahi: Avahi, *words: str) -> list[list[str]]:
    """The fields of the resolved services that avahi-browse knows."""
    told = avahi.host.run(["avahi-browse", "-rtp", "--no-db-lookup", *words], env=avahi.environment).stdout
    return [line.split(";") for line in told.splitlines() if line.startswith("=")]


def address_of(avahi: Avahi, name: str, family: str = "-4") -> str:
    return avahi.host.run(["avahi-resolve", family, "-n", name], env=avahi.environment).stdout.split()[-1]


def test_avahi_sees_the_service_complete_by_its_type_and_by_its_subtype(lab: Lab) -> None:
    written = "Dr\\.\\032Web\\032\\194\\183\\032B\\195\\188ro"
    with Avahi(lab, lab.beta, bus=True) as avahi, publishing(lab.alpha, *WEB) as process:
        for wanted in (TYPE, f"_printer._sub.{TYPE}"):
            services = resolved(avahi, wanted)
            assert {fields[2] for fields in services} == {"IPv4", "IPv6"}
            for fields in services:
                assert (fields[1], fields[3], fields[6], fields[8]) == ("en0", written, OWN_HOST, "8080")
                assert fields[9] == '"TLS" "path=/admin"'
        assert address_of(avahi, OWN_HOST) == "192.168.1.23"
        assert address_of(avahi, OWN_HOST, "-6") in ("fd66:1::23", "fe80::66:1ff:fe00:23")
        published = process.record("published", state="announced")
    assert (published["interfaces"], published["host"], published["renamed_from"]) == (
        ["en0", "en5"],
        f"{OWN_HOST}.",
        None,
    )


def test_each_lan_is_told_only_the_addresses_of_its_own_interface(lab: Lab) -> None:
    lab.vpn_up()
    try:
        with ear(lab.beta) as beta, ear(lab.delta) as delta, publishing(lab.alpha, *WEB):
            told = []
            for process, source in ((beta, "192.168.1.23"), (delta, "10.66.0.1")):
                process.record("mdns_packet", act="answers", source=source)
                told.append(
                    {
                        record["data"]
                        for packet in process.records("mdns_packet")
                        for record in (*packet["answers"], *packet["authorities"], *packet["additionals"])
                        if record["type"] in ("A", "AAAA")
                    }
                )
        assert told[0] == {"192.168.1.23", "fd66:1::23", "fe80::66:1ff:fe00:23"}
        assert told[1] == {"10.66.0.1", "fd66:2::1", "fe80::66:2ff:fe00:1"}
        assert not [packet for packet in lab.vpn_packets() if (5353).to_bytes(2, "big") in packet]
    finally:
        lab.vpn_down()


def test_a_tunnel_is_announced_on_only_with_the_word(fresh_lab: Lab) -> None:
    fresh_lab.vpn_up()
    words = ("x", TYPE, "1", "--interface", "utun3", "--seconds", "2")
    with fresh_lab.alpha.lanscout_process("publish", *words) as process:
        assert process.wait() == 3
    assert process.records("problem")[0]["code"] == "publish_by_design"
    assert not [packet for packet in fresh_lab.vpn_packets() if (5353).to_bytes(2, "big") in packet]

    fresh_lab.alpha.lanscout("publish", *words, "--point-to-point")
    assert [packet for packet in fresh_lab.vpn_packets() if (5353).to_bytes(2, "big") in packet]


def test_a_name_that_avahi_holds_is_left_to_it_and_another_taken(lab: Lab) -> None:
    held = Advertised(name="Dr. Web · Büro", type=TYPE, port=80)
    with Avahi(lab, lab.beta, [held], bus=True) as avahi:
        with publishing(lab.alpha, *WEB, "--interface", "en0") as process:
            published = process.record("published", state="announced")
            ports = {(fields[6], fields[8]) for fields in resolved(avahi, TYPE)}
        assert published["name"] == "Dr. Web · Büro (2)"
        assert published["renamed_from"] == "Dr. Web · Büro"
        assert "beta.local" in published["evidence"]
        assert ports == {("beta.local", "80"), (OWN_HOST, "8080")}


def test_where_no_other_name_may_be_taken_the_conflict_is_told(lab: Lab) -> None:
    held = Advertised(name="Dr. Web · Büro", type=TYPE, port=80)
    with Avahi(lab, lab.beta, [held]), lab.alpha.lanscout_process("publish", *WEB, "--no-rename") as process:
        assert process.wait() == 3
        assert [each["code"] for each in process.records("problem")] == ["publish_conflict"]
        assert process.records("published")[-1]["state"] == "conflict"
        assert "announced" not in {each["state"] for each in process.records("published")}


def test_the_name_of_this_machine_is_refused(lab: Lab) -> None:
    with lab.alpha.lanscout_process("publish", "x", TYPE, "1", "--host", socket.gethostname()) as process:
        assert process.wait() == 2
    assert process.records("problem")[0]["code"] == "publish_own_host"


def test_the_name_that_the_own_responder_answers_for_is_refused_and_stays_as_it_was(lab: Lab) -> None:
    with Avahi(lab, lab.alpha, host_name="studio-2", bus=True) as avahi:
        avahi.wait_until_announced()
        words = ("publish", "x", TYPE, "1", "--interface", "en0", "--host", "Studio-2.local")
        with lab.alpha.lanscout_process(*words) as process:
            assert process.wait() == 2
        problem = process.records("problem")[0]
        assert problem["code"] == "publish_host_answered"
        assert problem["evidence"] is not None, "the answer that was heard, not what the bus tells"
        assert not process.records("published")
        assert address_of(avahi, "studio-2.local")


def test_the_name_that_avahi_tells_over_its_bus_is_refused_where_nobody_answers(lab: Lab) -> None:
    words = ("publish", "x", TYPE, "1", "--interface", "en5", "--host", "studio-2")
    with Avahi(lab, lab.alpha, host_name="studio-2", interfaces=("en0",), bus=True) as avahi:
        avahi.wait_until_announced()
        told = lab.alpha.start([*LANSCOUT, *words, "--json", "--seconds", "1"], env=avahi.environment)
        with told as process:
            assert process.wait() == 2
        assert [each["code"] for each in process.records("problem")] == ["publish_own_host"]


def test_a_host_name_under_which_another_program_here_publishes_is_not_called_the_computers(lab: Lab) -> None:
    with publishing(lab.alpha, "first", TYPE, "1", "--interface", "en0", "--host", "shared"):
        words = ("publish", "second", TYPE, "2", "--interface", "en0", "--host", "shared")
        with lab.alpha.lanscout_process(*words) as process:
            assert process.wait() == 2
    (problem,) = process.records("problem")
    assert problem["code"] == "publish_host_answered"
    assert "or by another program that publishes under that host name" in problem["text"]
    assert problem["evidence"] in problem["text"]


def test_what_port_0_means_is_told(lab: Lab) -> None:
    with publishing(lab.alpha, "x", TYPE, "0", "--interface", "en0") as process:
        assert [each["code"] for each in process.records("problem")] == ["publish_port_zero"]


def test_the_name_of_another_host_is_not_refused(lab: Lab) -> None:
    with Avahi(lab, lab.beta) as avahi:
        avahi.wait_until_announced()
        with publishing(lab.alpha, "x", TYPE, "1", "--host", "beta", "--interface", "en0") as process:
            assert process.record("published", state="announced")["host"] == "beta-2.local."


def test_a_second_publisher_of_the_name_renames_itself_and_the_first_stays(lab: Lab) -> None:
    with publishing(lab.alpha, *WEB) as first, publishing(lab.beta, *WEB) as second:
        published = second.record("published", state="announced")
        assert (published["name"], published["renamed_from"]) == ("Dr. Web · Büro (2)", "Dr. Web · Büro")
        assert published["host"] != f"{OWN_HOST}.", "both hosts of the lab have the same name"
        assert first.interrupt() == 0
    assert {each["name"] for each in first.records("published")} == {"Dr. Web · Büro"}


def test_of_two_that_begin_at_the_same_time_one_gets_the_name(lab: Lab) -> None:
    with (
        lab.alpha.lanscout_process("publish", *WEB, "--interface", "en0") as first,
        lab.beta.lanscout_process("publish", *WEB) as second,
    ):
        names = [process.record("published", timeout=20, state="announced")["name"] for process in (first, second)]
    assert sorted(names) == ["Dr. Web · Büro", "Dr. Web · Büro (2)"]


def test_two_interfaces_on_one_link_do_not_fight_each_other(fresh_lab: Lab) -> None:
    lab = fresh_lab
    Host(SWITCH, lab.prefix + SWITCH).run(["ip", "link", "set", "alpha-en5", "master", "lan1"])
    with ear(lab.beta) as heard, publishing(lab.alpha, *WEB) as process:
        heard.record("mdns_packet", act="answers", source="10.66.0.1")
        lab.beta.lanscout("ask", TYPE, "--seconds", "1")
        assert process.interrupt() == 0
    told = [(each["name"], each["host"], each["state"]) for each in process.records("published")]
    assert told == [(WEB[0], f"{OWN_HOST}.", state) for state in ("probing", "announced", "withdrawn")]


def test_it_goes_beside_this_computers_own_responder(lab: Lab) -> None:
    held = Advertised(name="Dr. Web · Büro", type=TYPE, port=80)
    with Avahi(lab, lab.alpha, [held], bus=True) as avahi, publishing(lab.alpha, *WEB, "--interface", "en0") as process:
        assert process.record("published", state="announced")["name"] == "Dr. Web · Büro (2)"
        assert {(fields[6], fields[8]) for fields in resolved(avahi, TYPE)} >= {
            ("alpha.local", "80"),
            (OWN_HOST, "8080"),
        }
        answered: set[str] = set()
        for _ in range(4):  # a responder is silent about what it has just announced
            if len(answered) < 2:
                answers = lab.beta.lanscout("ask", TYPE, "--seconds", "1")
                answered |= {each["records"][0]["data"] for each in answers if each["kind"] == "mdns_answer"}
    assert answered == {instance("Dr. Web · Büro"), instance("Dr. Web · Büro (2)")}


def test_forged_data_under_our_name_makes_us_probe_and_announce_again(lab: Lab) -> None:
    record = ResourceRecord(
        parse_name(instance("Dr. Web · Büro")), SRV, Server(0, 0, 1, parse_name("beta.local")), 120, flush=True
    )
    with publishing(lab.alpha, *WEB) as process, ear(lab.gamma) as heard:
        announce(lab.beta, compose(flags=RESPONSE | AUTHORITATIVE, answers=[record]))
        again = process.record("published", state="probing", interfaces=["en0", "en5"], renamed_from=None)
        assert again
        process.wait_until(lambda: [each["state"] for each in process.records("published")][-1] == "announced")
        heard.record("mdns_packet", act="probes", source="192.168.1.23")
        last = process.records("published")[-1]
    assert last["name"] == "Dr. Web · Büro"
    assert "192.168.1.20 on en0 has" in last["evidence"]


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_stopping_says_goodbye_to_every_record(lab: Lab, number: signal.Signals) -> None:
    with ear(lab.beta) as heard, publishing(lab.alpha, *WEB) as process:
        process.send(number)
        assert process.wait() == 0
        assert process.records("published")[-1]["state"] == "withdrawn"
        heard.wait_until(lambda: goodbyes(heard, "192.168.1.23") == all_records(WEB[0]))


def test_a_killed_front_end_lets_its_probe_say_goodbye(lab: Lab) -> None:
    words = [*LANSCOUT, "publish", *WEB, "--json", "--on", f"netns:{lab.alpha.netns}"]
    with ear(lab.beta) as heard, Background(words) as front_end:
        front_end.record("published", state="announced")
        front_end.send(signal.SIGKILL)
        heard.wait_until(lambda: goodbyes(heard, "192.168.1.23") == all_records(WEB[0]))


def test_a_killed_window_lets_its_probe_say_goodbye(lab: Lab) -> None:
    window = f"""
from PySide6.QtCore import QCoreApplication
from discovery.records import Published
from discovery.requests import PublishRequest
from ui.link import Link

app = QCoreApplication([])
link = Link("local")
link.start()
request = PublishRequest(name={WEB[0]!r}, type={TYPE!r}, port=8080, subtypes=("_printer",))
watch = link.watch("bonjour.publish", request)
watch.batch.connect(lambda batch: print(*[each.state for each in batch if isinstance(each, Published)], flush=True))
app.exec()
"""
    with ear(lab.beta) as heard, lab.alpha.start([sys.executable, "-c", window], env=peers.IMPORTABLE) as process:
        process.wait_for("announced")
        process.send(signal.SIGKILL)
        heard.wait_until(lambda: goodbyes(heard, "192.168.1.23") == all_records(WEB[0]))


def test_a_proxy_gives_another_host_a_name_and_an_address(lab: Lab) -> None:
    words = ("Old printer", "_ipp._tcp", "631", "--host", "old-printer", "--address", "192.168.1.99")
    with (
        Avahi(lab, lab.beta, bus=True) as avahi,
        publishing(lab.alpha, *words, "--address", "fd66:1::99", "--interface", "en0"),
    ):
        assert address_of(avahi, "old-printer.local") == "192.168.1.99"
        assert address_of(avahi, "old-printer.local", "-6") == "fd66:1::99"
        assert {(fields[6], fields[8]) for fields in resolved(avahi, "_ipp._tcp")} == {("old-printer.local", "631")}


def test_bytes_of_txt_go_out_as_they_are(lab: Lab) -> None:
    with ear(lab.beta) as heard, publishing(lab.alpha, "raw", TYPE, "1", "--txt-hex", "0361ff3d", "--interface", "en0"):
        packet = heard.record("mdns_packet", act="answers", source="192.168.1.23")
    texts = [record for record in decode(bytes.fromhex(packet["payload_hex"])).answers if record.type == 16]
    assert [getattr(record.rdata, "data", None) for record in texts] == [b"\x03a\xff="]


def test_a_new_address_is_announced_and_a_link_that_comes_back_too(fresh_lab: Lab) -> None:
    lab = fresh_lab
    with Avahi(lab, lab.beta, bus=True) as avahi, publishing(lab.alpha, *WEB, "--interface", "en0") as process:
        lab.alpha.ip("address flush dev en0 scope global")
        lab.alpha.ip("address add 192.168.1.77/24 dev en0")
        process.wait_until(lambda: address_or_none(avahi) == "192.168.1.77", 20)
        lab.alpha.ip("link set en0 down")
        process.record("published", interfaces=[])
        count = len(process.records("published"))
        lab.alpha.ip("link set en0 up")
        process.wait_until(lambda: "announced" in [each["state"] for each in process.records("published")[count:]], 20)


def address_or_none(avahi: Avahi) -> str | None:
    told = avahi.host.run(["avahi-resolve", "-4", "-n", OWN_HOST], env=avahi.environment, check=False).stdout.split()
    return told[-1] if told else None


@pytest.mark.parametrize("neighbour", ["avahi", "lanscout"])
def test_our_own_traffic_breaks_no_rule(lab: Lab, neighbour: str) -> None:
    """A minute in short: a conflict, questions of all kinds, and the goodbye, heard and judged by a third host."""
    with ear(lab.gamma) as heard:
        held = [Advertised(name=WEB[0], type=TYPE, port=80)] if neighbour == "avahi" else []
        with (
            Avahi(lab, lab.beta, held, bus=True) as avahi,
            publishing(lab.alpha, *WEB, "--interface", "en0") as process,
        ):
            resolved(avahi, "-a")
            for words in (
                (TYPE,),
                (TYPE, "--qu"),
                (TYPE, "--legacy"),
                (f"{OWN_HOST}.", "A"),
                (f"{OWN_HOST}.", "HINFO"),
            ):
                lab.beta.lanscout("ask", *words, "--seconds", "1")
            assert process.interrupt() == 0
            heard.wait_until(lambda: bool(goodbyes(heard, "192.168.1.23")))
        packets = heard.records("mdns_packet")
    findings = [finding for finding in lint(packets) if finding.offender in OURS]
    assert [finding for finding in findings if finding.severity == "error"] == []
    assert [(finding.rule, finding.evidence) for finding in findings if finding.severity == "warning"] == []


OURS = ("192.168.1.23", "fe80::66:1ff:fe00:23%en0")


def lint(packets: list[JsonRecord]) -> list[LintFinding]:
    """What the linter finds in packets as ``records`` printed them, however long it waits."""
    linter = Linter()
    for each in packets:
        payload = bytes.fromhex(each["payload_hex"])
        heard = HeardPacket(
            each["time"], each["interface"], each["family"], each["source"], each["source_port"], each["ttl"], payload
        )
        linter.take(heard, decode(payload), own=False)
    news = linter.news(packets[-1]["time"] + 60)
    return [record for record in news if isinstance(record, LintFinding)]
