"""The resolver matrix against resolvers with one fault each: the verdict names it, and names none where all is well."""

from __future__ import annotations

import json
import time
from pathlib import Path

import pytest

from tests.lab import Host, JsonRecord, Lab, dns
from tests.lab.host import LANSCOUT

pytestmark = pytest.mark.skipif(dns.missing() is not None, reason=str(dns.missing()))

NAME = "printer.corp.test"
ADDRESS = "192.168.1.66"
SERVER = "192.168.1.20"
"""beta, as alpha sees it."""
KNOWS = f"--host-record={NAME},{ADDRESS}"
LARGE = tuple(f"--txt-record={NAME},{'x' * 250}{number:03}" for number in range(12))
"""About 3,200 bytes of text."""
IMPATIENT = {"RES_OPTIONS": "timeout:1 attempts:1"}
"""For getaddrinfo where the resolvers of the machine the lab stands on cannot be reached."""


def resolve(host: Host, *words: str, exit_codes: tuple[int, ...] = (0, 1)) -> list[JsonRecord]:
    """``lanscout resolve NAME WORDS --json`` there."""
    done = host.run([*LANSCOUT, "resolve", NAME, *words, "--json"], check=False, env=IMPATIENT)
    assert done.returncode in exit_codes, done.stderr
    return [json.loads(line) for line in done.stdout.splitlines()]


def codes(records: list[JsonRecord]) -> list[str]:
    return [record["code"] for record in records if record["kind"] == "verdict"]


def cell(records: list[JsonRecord], transport: str, path: str = "default", server: str = SERVER) -> JsonRecord:
    """The one cell of that transport, path and server."""
    (found,) = (
        record
        for record in records
        if record["kind"] == "resolution"
        and (record["transport"], record["path"], record["server"]) == (transport, path, server)
    )
    return found


def test_a_healthy_resolver_has_no_fault(fresh_lab: Lab) -> None:
    with (
        dns.dnsmasq(fresh_lab.beta, SERVER, KNOWS, *LARGE),
        dns.resolv_conf(fresh_lab.alpha, SERVER),
    ):
        records = resolve(fresh_lab.alpha)
    assert codes(records) == ["resolve_healthy"]
    (resolver,) = (record for record in records if record["kind"] == "resolver")
    assert (resolver["server"], resolver["scope"], resolver["source"]) == (SERVER, "default", "/etc/resolv.conf")
    for transport in ("udp", "udp_large", "tcp"):
        found = cell(records, transport)
        assert found["ok"]
        assert (found["answered"], found["rcode"], found["interface"]) == (5, found["rcode"], "en0")
    assert cell(records, "udp")["addresses"] == [ADDRESS]
    assert cell(records, "udp_large")["size"] > 3000, "the large answer was as large as it should be"
    (system,) = (record for record in records if record["kind"] == "system_resolution")
    assert system["ok"]
    assert system["addresses"] == [ADDRESS]


def test_udp_that_is_filtered_is_told_from_a_dead_server(fresh_lab: Lab) -> None:
    dns.filtered(fresh_lab.beta, "udp dport 53 drop")
    with dns.dnsmasq(fresh_lab.beta, SERVER, KNOWS):
        records = resolve(fresh_lab.alpha, "--server", SERVER)
    assert codes(records) == ["resolve_udp_filtered"]
    assert not cell(records, "udp")["ok"]
    assert cell(records, "udp")["errno"] is None
    assert cell(records, "tcp")["addresses"] == [ADDRESS]


def test_udp_that_is_rejected_is_filtered_too(fresh_lab: Lab) -> None:
    dns.filtered(fresh_lab.beta, "udp dport 53 reject with icmp port-unreachable")
    with dns.dnsmasq(fresh_lab.beta, SERVER, KNOWS):
        records = resolve(fresh_lab.alpha, "--server", SERVER)
    assert codes(records) == ["resolve_udp_filtered"]
    assert cell(records, "udp")["problem"]["code"] == "resolver_refused"


def test_fragments_that_are_lost_take_large_answers_only(fresh_lab: Lab) -> None:
    # Before the kernel puts fragments together (nf_defrag has priority -400).
    dns.filtered(fresh_lab.alpha, "ip frag-off & 0x3fff != 0 drop", hook="prerouting", priority=-450)
    with dns.dnsmasq(fresh_lab.beta, SERVER, KNOWS, *LARGE):
        records = resolve(fresh_lab.alpha, "--server", SERVER)
    assert codes(records) == ["resolve_large_lost"]
    large = cell(records, "udp_large")
    assert (large["answered"], large["fits"]) == (0, 1232)
    assert cell(records, "udp")["ok"]


def test_tcp_that_is_blocked_is_found_although_udp_works(fresh_lab: Lab) -> None:
    dns.filtered(fresh_lab.beta, "tcp dport 53 drop")
    with dns.dnsmasq(fresh_lab.beta, SERVER, KNOWS):
        records = resolve(fresh_lab.alpha, "--server", SERVER)
    assert codes(records) == ["resolve_tcp_blocked"]
    assert cell(records, "udp")["ok"]


def test_a_cut_answer_without_tcp_proves_that_tcp_is_missing(fresh_lab: Lab) -> None:
    with dns.faulty(fresh_lab.beta, "cut", SERVER, ADDRESS):
        records = resolve(fresh_lab.alpha, "--server", SERVER)
    (verdict,) = (record for record in records if record["kind"] == "verdict")
    assert (verdict["code"], verdict["certainty"]) == ("resolve_tcp_blocked", "proven")
    assert cell(records, "udp")["truncated"]
    assert cell(records, "tcp")["errno"] is not None


def test_an_answer_from_another_address_is_named(fresh_lab: Lab) -> None:
    fresh_lab.beta.ip("address add 192.168.1.99/24 dev en0")
    with dns.faulty(fresh_lab.beta, "other_source", SERVER, ADDRESS, "192.168.1.99"):
        records = resolve(fresh_lab.alpha, "--server", SERVER)
    assert codes(records) == ["resolve_other_source"]
    assert cell(records, "udp")["unexpected_source"] == "192.168.1.99"
    assert cell(records, "tcp")["ok"]


def test_where_no_server_listens_the_refusal_is_told_from_silence(lab: Lab) -> None:
    records = resolve(lab.alpha, "--server", SERVER)
    assert codes(records) == ["resolve_refused"]
    assert cell(records, "udp")["errno"] == cell(records, "tcp")["errno"] == 111


def test_a_server_that_only_its_interface_reaches(fresh_lab: Lab) -> None:
    fresh_lab.delta.ip("address add 10.99.0.53/32 dev en0")
    with dns.dnsmasq(fresh_lab.delta, "10.99.0.53", KNOWS):
        records = resolve(fresh_lab.alpha, "--server", "10.99.0.53", "--interface", "en5")
    (verdict,) = (record for record in records if record["kind"] == "verdict")
    assert (verdict["code"], verdict["certainty"]) == ("resolve_wrong_interface", "proven")
    assert "by en0" in verdict["text"]
    assert "bound to en5" in verdict["text"]
    assert cell(records, "udp", "default", "10.99.0.53")["answered"] == 0
    assert cell(records, "udp", "bound", "10.99.0.53")["ok"]


def test_a_server_the_system_does_not_ask_for_the_name(fresh_lab: Lab) -> None:
    with (
        dns.dnsmasq(fresh_lab.beta, SERVER, "--address=/test/"),
        dns.dnsmasq(fresh_lab.gamma, "192.168.1.1", KNOWS, *LARGE),
        dns.resolv_conf(fresh_lab.alpha, SERVER, "192.168.1.1"),
    ):
        records = resolve(fresh_lab.alpha)
    (verdict,) = (record for record in records if record["kind"] == "verdict")
    assert verdict["code"] == "resolve_system_order"
    assert verdict["text"].startswith("192.168.1.1 knows")
    (system,) = (record for record in records if record["kind"] == "system_resolution")
    assert system["error"] == "EAI_NONAME"


def test_a_server_that_takes_connections_and_ends_them_is_no_host_that_is_down(fresh_lab: Lab) -> None:
    dns.filtered(fresh_lab.beta, "udp dport 53 drop")
    with dns.faulty(fresh_lab.beta, "closes", SERVER, ADDRESS):
        assert codes(resolve(fresh_lab.alpha, "--server", SERVER)) == ["resolve_closes"]


def test_what_this_host_does_not_let_out_is_no_refusal_of_the_server(fresh_lab: Lab) -> None:
    dns.filtered(fresh_lab.alpha, "udp dport 53 drop", "tcp dport 53 reject with tcp reset", hook="output")
    with dns.dnsmasq(fresh_lab.beta, SERVER, KNOWS):
        records = resolve(fresh_lab.alpha, "--server", SERVER)
    assert codes(records) == ["resolve_forbidden"]
    assert cell(records, "udp")["errno"] == 1


def test_a_dead_server_behind_a_wrong_route_is_both(fresh_lab: Lab) -> None:
    fresh_lab.alpha.ip(f"route add {SERVER}/32 dev en5")
    records = resolve(fresh_lab.alpha, "--server", SERVER, "--interface", "en0")
    assert codes(records) == ["resolve_wrong_interface_refused"]
    assert cell(records, "udp")["errno"] != 111
    assert cell(records, "udp", "bound")["errno"] == 111


@pytest.mark.parametrize("own", [(SERVER,), ()])
def test_a_system_whose_own_servers_are_dead_or_missing_is_not_healthy(fresh_lab: Lab, own: tuple[str, ...]) -> None:
    with (
        dns.dnsmasq(fresh_lab.gamma, "192.168.1.1", KNOWS, *LARGE),
        dns.resolv_conf(fresh_lab.alpha, *own),
    ):
        records = resolve(fresh_lab.alpha, "--server", "192.168.1.1", exit_codes=(0,))
    assert codes(records) == ["resolve_system_order"]
    (system,) = (record for record in records if record["kind"] == "system_resolution")
    assert system["error"] == "EAI_AGAIN"


def test_a_server_that_answers_every_second_question(fresh_lab: Lab) -> None:
    with dns.faulty(fresh_lab.beta, "every_second", SERVER, ADDRESS):
        records = resolve(fresh_lab.alpha, "--server", SERVER)
    assert codes(records) == ["resolve_unsteady"]
    assert 0 < cell(records, "udp")["answered"] < 5


def test_servers_that_do_not_agree(fresh_lab: Lab) -> None:
    with (
        dns.dnsmasq(fresh_lab.beta, SERVER, KNOWS, *LARGE),
        dns.dnsmasq(fresh_lab.gamma, "192.168.1.1", f"--host-record={NAME},10.1.1.1", *LARGE),
        dns.resolv_conf(fresh_lab.alpha, SERVER, "192.168.1.1"),
    ):
        records = resolve(fresh_lab.alpha)
    assert codes(records) == ["resolve_servers_differ"]


def test_a_server_that_is_silent_on_both_transports(fresh_lab: Lab) -> None:
    dns.filtered(fresh_lab.beta, "udp dport 53 drop", "tcp dport 53 drop")
    assert codes(resolve(fresh_lab.alpha, "--server", SERVER)) == ["resolve_silent"]


@pytest.mark.parametrize(
    ("fault", "code"),
    [
        ("garbage", "resolve_malformed"),
        ("wrong_id", "resolve_malformed"),
        ("wrong_question", "resolve_malformed"),
        ("refuses", "resolve_server_fails"),
        ("no_edns", "resolve_edns_lost"),
        ("closes", "resolve_tcp_blocked"),
        ("none", "resolve_healthy"),
    ],
)
def test_a_server_with_a_fault_of_its_own(fresh_lab: Lab, fault: str, code: str) -> None:
    with dns.faulty(fresh_lab.beta, fault, SERVER, ADDRESS), dns.resolv_conf(fresh_lab.alpha, SERVER):
        assert codes(resolve(fresh_lab.alpha, "--server", SERVER)) == [code]


def test_servers_behind_the_stub_of_systemd_are_asked_by_their_interfaces(fresh_lab: Lab, tmp_path: Path) -> None:
    """resolvectl itself is a recorded answer here; stub and server are real."""
    links = [
        {"ifname": "en5", "defaultRoute": False, "servers": [{"addressString": "10.66.0.2"}],
         "searchDomains": [{"name": "corp.test", "routeOnly": True}]},
        {"ifname": "wlan9", "servers": [{"addressString": "10.77.0.1"}]},
    ]  # fmt: skip
    command = tmp_path / "resolvectl"
    command.write_text(f"#!/bin/sh\necho '{json.dumps(links)}'\n")
    command.chmod(0o755)
    with (
        dns.dnsmasq(fresh_lab.delta, "10.66.0.2", KNOWS, *LARGE),
        dns.dnsmasq(fresh_lab.alpha, "127.0.0.53", "--server=/corp.test/10.66.0.2", *LARGE),
        dns.resolv_conf(fresh_lab.alpha, "127.0.0.53"),
    ):
        words = ["env", f"PATH={tmp_path}:/usr/sbin:/usr/bin:/sbin:/bin", *LANSCOUT, "resolve", NAME, "--json"]
        records = [json.loads(line) for line in fresh_lab.alpha.run(words).stdout.splitlines()]
    resolvers = {record["server"]: record for record in records if record["kind"] == "resolver"}
    assert list(resolvers) == ["127.0.0.53", "10.66.0.2"], "an interface that is not here is another namespace's"
    assert (resolvers["127.0.0.53"]["scope"], resolvers["10.66.0.2"]["scope"]) == ("stub", "supplemental")
    assert cell(records, "udp", "bound", "10.66.0.2")["interface"] == "en5"
    assert codes(records) == ["resolve_healthy"]


def test_six_silent_servers_take_no_longer_than_one(fresh_lab: Lab) -> None:
    addresses = [f"192.168.1.{number}" for number in range(101, 107)]
    for address in addresses:
        fresh_lab.beta.ip(f"address add {address}/24 dev en0")
    dns.filtered(fresh_lab.beta, "udp dport 53 drop", "tcp dport 53 drop")
    words = [word for address in addresses for word in ("--server", address)]
    with (
        dns.resolv_conf(fresh_lab.alpha, addresses[0]),
        fresh_lab.alpha.lanscout_process("resolve", NAME, *words, "--interface", "en0") as asking,
    ):
        asking.record("resolver")
        begin = time.monotonic()
        asking.record("verdict", timeout=20)
        assert time.monotonic() - begin < 6
        asking.wait()
        assert len(asking.records("resolution")) == 6 * 2 * 3
        assert {record["code"] for record in asking.records("verdict")} == {"resolve_silent"}


def test_without_any_resolver_the_reason_is_told(fresh_lab: Lab) -> None:
    with dns.resolv_conf(fresh_lab.alpha):
        done = fresh_lab.alpha.run([*LANSCOUT, "resolve", NAME], check=False)
    assert done.returncode == 3
    assert "no DNS server" in done.stderr


def test_a_change_of_resolv_conf_is_seen_without_asking_again(fresh_lab: Lab) -> None:
    with (
        dns.resolv_conf(fresh_lab.alpha, SERVER) as file,
        fresh_lab.alpha.start([*LANSCOUT, "probe"]) as watching,
    ):
        watching.write('{"id": 1, "watch": "resolvers.watch", "with": {}}\n')
        watching.wait_for(f'"kind":"resolver","server":"{SERVER}"')
        file.write_text("nameserver 192.168.1.1\n")
        begin = time.monotonic()
        changed = watching.wait_for('"kind":"resolver","server":"192.168.1.1".*')
        assert time.monotonic() - begin < 0.3
        assert f'"kind":"removed","of":"resolver","name":"{SERVER} ' in changed[0]
        file.write_text("")
        watching.wait_for('"code":"resolvers_missing"')


@pytest.mark.parametrize(
    ("words", "reason"),
    [
        (["a..b"], "cannot be asked"),
        (["x" * 64], "cannot be asked"),
        ([""], "cannot be asked"),
        (["a.test", "--server", "beta"], "not the address"),
        (["a.test", "--server", "224.0.0.251"], "not the address"),
        (["a.test", "--server", "fe80::1"], "does not say on which interface"),
        (["a.test", "--server", "fe80::1", "--interface", "en0", "--interface", "en5"], "does not say"),
        (["a.test", "--interface", "en77"], "no interface en77"),
    ],
)
def test_a_question_that_is_none_is_wrong_use(lab: Lab, words: list[str], reason: str) -> None:
    done = lab.alpha.run([*LANSCOUT, "resolve", *words], check=False)
    assert (done.returncode, done.stdout) == (2, "")
    assert reason in done.stderr
