"""The ledger against real responders: where each record was heard, its TTL on the wire, and why it ended."""

from __future__ import annotations

import ipaddress
import json
import os
import re
import shutil
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

import pytest

from discovery.bonjour.compose import compose
from discovery.bonjour.names import META_QUERY, Labels, parse_name
from discovery.bonjour.rdata import PTR, SRV, TYPES, Pointer, Server
from discovery.bonjour.wire import AUTHORITATIVE, RESPONSE, ResourceRecord
from tests.lab import Advertised, Avahi, Background, Host, JsonRecord, Lab, peers
from tests.lab.host import LANSCOUT
from tests.lab.topology import Plan, Port

BETA = "192.168.1.20"
GAMMA = "192.168.1.1"
DELTA = "10.66.0.2"
EPSILON = "172.20.3.2"
WEB = Advertised(name="web", type="_http._tcp", port=80)
SHELL = Advertised(name="shell", type="_ssh._tcp", port=22)
RUNS = int(os.environ.get("LANSCOUT_SIGHTING_RUNS", "1"))
"""Of ten seconds each, every one in a lab of its own."""
NUMBERS = {text: number for number, text in TYPES.items()}


class Told:
    """What a probe tells of one ``bonjour.browse``: the newest state of each row."""

    def __init__(self, probe: Background) -> None:
        self.probe = probe
        self._read = 0
        self._rows: dict[str, dict[str, JsonRecord]] = {"heard_record": {}, "browse_state": {}, "service": {}}

    def _take(self) -> None:
        lines = self.probe.lines[self._read :]
        self._read += len(lines)
        for line in lines:
            for record in json.loads(line).get("batch", ()):
                match record["kind"]:
                    case "heard_record":
                        row = f"{record['name']} {record['type']} {record['data']}"
                        self._rows["heard_record"][row] = record
                    case "browse_state":
                        self._rows["browse_state"][record["interface"]] = record
                    case "service":
                        self._rows["service"][record["name"]] = record

    def records(self) -> list[JsonRecord]:
        self._take()
        return list(self._rows["heard_record"].values())

    def states(self) -> dict[str, JsonRecord]:
        self._take()
        return self._rows["browse_state"]

    def services(self) -> dict[str, JsonRecord]:
        self._take()
        return self._rows["service"]

    def sightings(self, name: str, type_: str, data: str = "") -> list[JsonRecord]:
        return [
            sighting
            for record in self.records()
            if (record["name"], record["type"]) == (name, type_) and data in record["data"]
            for sighting in record["sightings"]
        ]

    def ended(self, name: str, type_: str, data: str = "") -> set[str | None]:
        return {sighting["ended"] for sighting in self.sightings(name, type_, data)}

    def wait_until_ended(self, cause: str, name: str, type_: str, data: str = "", timeout: float = 10) -> None:
        self.probe.wait_until(lambda: self.ended(name, type_, data) == {cause}, timeout)


@contextmanager
def ledger(host: Host, **parameters: object) -> Iterator[Told]:
    """``bonjour.browse`` with its ledger on the host."""
    ask = {"id": 1, "watch": "bonjour.browse", "with": {"ledger": True, **parameters}}
    with host.start([*LANSCOUT, "probe"]) as probe:
        probe.write(json.dumps(ask) + "\n")
        yield Told(probe)


def response(*records: ResourceRecord) -> bytes:
    return compose(flags=RESPONSE | AUTHORITATIVE, answers=records)


def server(name: str, port: int, ttl: int = 120) -> ResourceRecord:
    return ResourceRecord(parse_name(name), SRV, Server(0, 0, port, parse_name("beta.local.")), ttl, flush=True)


def pointer(name: Labels, target: str, ttl: int = 4500) -> ResourceRecord:
    return ResourceRecord(name, PTR, Pointer(parse_name(target)), ttl)


def add_third_lan(lab: Lab) -> Host:
    """LAN 3 with alpha by en7 and one more host, epsilon."""
    lab.add_lan("lan3")
    lab.add_port(lab.alpha, Port("en7", "lan3", "172.20.3.1", "fd66:3::1", "02:66:03:00:00:01"))
    return lab.add_host(Plan("epsilon", (Port("en0", "lan3", EPSILON, "fd66:3::2", "02:66:03:00:00:02"),)))


def mdnsd_or_zeroconf(host: Host, address: str, folder: Path, name: str) -> Background:
    """Not every distribution has mdnsd."""
    if shutil.which("mdnsd") is not None:
        return peers.mdnsd(host, folder, name, 8080)
    return peers.zeroconf_publisher(host, address, {"name": name, "type": "_http._tcp", "port": 8080})


@pytest.mark.parametrize("run", range(RUNS))
def test_on_three_lans_every_sighting_names_its_interface_although_others_have_joined_everywhere(
    fresh_lab: Lab, tmp_path: Path, run: int
) -> None:
    lab = fresh_lab
    epsilon = add_third_lan(lab)
    lans = {"en0": (lab.beta, lab.gamma), "en5": (lab.delta,), "en7": (epsilon,)}
    where = {
        address: device
        for device, hosts in lans.items()
        for host in hosts
        for address in (*host.v4, *host.v6, host.source("en0", "ff02::fb"))
    }
    published = ("web", "mdnsd on 1", "zeroconf on 2", "shell", "zeroconf on 3", "mdnsd on 3")
    with ExitStack() as stack:
        for group in ("224.0.0.251", "ff02::fb"):
            stack.enter_context(peers.foreign_joiner(lab.alpha, group, 5353, *lans))
        stack.enter_context(Avahi(lab, lab.beta, [WEB]))
        stack.enter_context(mdnsd_or_zeroconf(lab.gamma, GAMMA, tmp_path, "mdnsd on 1"))
        service: dict[str, object] = {"name": "zeroconf on 2", "type": "_http._tcp", "port": 1}
        stack.enter_context(peers.zeroconf_publisher(lab.delta, DELTA, service))
        stack.enter_context(Avahi(lab, lab.delta, [SHELL]))
        stack.enter_context(peers.zeroconf_publisher(epsilon, EPSILON, {**service, "name": "zeroconf on 3"}))
        stack.enter_context(mdnsd_or_zeroconf(epsilon, EPSILON, tmp_path, "mdnsd on 3"))
        told = stack.enter_context(ledger(lab.alpha))
        told.probe.wait_until(lambda: {f"{name}." for name in published} <= instances(told.records()))
        told.probe.wait_until(lambda: all(told.states().get(name, {}).get("packets") for name in lans))
        states = told.states()
        sightings = [sighting for record in told.records() for sighting in record["sightings"]]
    assert {sighting["interface"] for sighting in sightings} == set(lans)
    for sighting in sightings:
        address, _, scope = sighting["source"].partition("%")
        assert where[address] == sighting["interface"]
        assert scope == (sighting["interface"] if ipaddress.ip_address(address).is_link_local else "")
        assert sighting["family"] == ("ipv6" if ":" in address else "ipv4")
        assert sighting["ip_ttl"] == (None if sighting["unicast"] else 255)
    assert len(sightings) > 30
    assert any(sighting["unicast"] for sighting in sightings)
    assert {name: (state["state"], state["reason"]) for name, state in states.items()} == {
        **dict.fromkeys(lans, ("browsing", None)),
        "lo": ("skipped", "this computer only"),
        "utun3": ("skipped", "a tunnel"),
        "ipsec0": ("skipped", "a tunnel"),
    }


def instances(records: list[JsonRecord]) -> set[str]:
    return {record["name"].partition("_")[0] for record in records if record["type"] == "SRV"}


def test_ttls_are_those_on_the_wire_also_short_ones(lab: Lab, tmp_path: Path) -> None:
    watching = ["tshark", "-n", "-l", "-V", "-i", "en0", "-f", "udp port 5353", "-Y", "ip && dns.flags.response == 1"]
    short: dict[str, object] = {"name": "short", "type": "_http._tcp", "port": 1, "host_ttl": 75, "other_ttl": 200}
    with (
        Avahi(lab, lab.beta, [WEB]),
        lab.alpha.start(watching) as tshark,
    ):
        tshark.wait_for("Capturing")
        with (
            ledger(lab.alpha, interfaces=["en0"]) as told,
            mdnsd_or_zeroconf(lab.beta, BETA, tmp_path, "mdnsd"),
            peers.zeroconf_publisher(lab.gamma, GAMMA, short),
        ):
            told.probe.wait_until(lambda: {"web.", "short.", "mdnsd."} <= instances(told.records()))
            told.probe.wait_until(lambda: set(heard_ttls(told.records())) <= set(wire_ttls(tshark.lines)))
            heard, wire = heard_ttls(told.records()), wire_ttls(tshark.lines)
    for key, ttls in heard.items():
        assert ttls <= wire[key], key
    assert heard[GAMMA, "_http._tcp.local", PTR] == {200}
    assert heard[GAMMA, "short._http._tcp.local", SRV] == {75}
    assert {4500, 120, 200, 75} <= set().union(*heard.values())


def heard_ttls(records: list[JsonRecord]) -> dict[tuple[str, str, int], set[int]]:
    found: dict[tuple[str, str, int], set[int]] = {}
    for record in records:
        for sighting in record["sightings"]:
            if sighting["family"] == "ipv4" and record["type"] in NUMBERS:
                key = (sighting["source"], record["name"].removesuffix("."), NUMBERS[record["type"]])
                found.setdefault(key, set()).add(sighting["ttl"])
    return found


def wire_ttls(lines: list[str]) -> dict[tuple[str, str, int], set[int]]:
    """By source, name and type, from the details that tshark prints."""
    found: dict[tuple[str, str, int], set[int]] = {}
    source, record = "", None
    for line in list(lines):
        if packet := re.match(r"Internet Protocol Version 4, Src: (\S+),", line):
            source = packet[1]
        elif summary := re.match(r" +(.+): type (\w+), class IN", line):
            record = (source, summary[1], NUMBERS.get(summary[2], 0))
        elif (ttl := re.match(r" +Time to live: (\d+)", line)) and record is not None:
            found.setdefault(record, set()).add(int(ttl[1]))
    return found


def test_a_goodbye_a_cache_flush_and_an_expiry_are_named_so(lab: Lab) -> None:
    with Avahi(lab, lab.beta, [WEB, SHELL]) as avahi, ledger(lab.alpha) as told:
        told.probe.wait_until(lambda: {"web.", "shell."} <= instances(told.records()))
        began = time.time()
        avahi.withdraw(SHELL.name)
        told.wait_until_ended("goodbye", "shell._ssh._tcp.local.", "SRV")
        told.wait_until_ended("goodbye", "_ssh._tcp.local.", "PTR")
        goodbye = told.sightings("shell._ssh._tcp.local.", "SRV")[0]
        assert 0.9 < goodbye["ended_at"] - began < 5

        brief = pointer(parse_name("_http._tcp.local."), "brief._http._tcp.local.", ttl=2)
        peers.mdns_messages(lab.gamma, GAMMA, response(server("old._http._tcp.local.", 1), brief))
        told.probe.wait_until(lambda: "old." in instances(told.records()))
        first = told.sightings("old._http._tcp.local.", "SRV")[0]["first"]
        peers.mdns_messages(lab.gamma, GAMMA, *[response(server("old._http._tcp.local.", 2))] * 2, seconds_between=1.2)
        told.wait_until_ended("flushed", "old._http._tcp.local.", "SRV", "0 0 1 ")
        assert told.ended("old._http._tcp.local.", "SRV", "0 0 2 ") == {None}
        told.wait_until_ended("expired", "_http._tcp.local.", "PTR", "brief.")
        (sighting,) = told.sightings("_http._tcp.local.", "PTR", "brief.")
        assert sighting["ended_at"] == pytest.approx(first + 2, abs=0.01)
        assert told.ended("web._http._tcp.local.", "SRV") == {None}


def test_an_interface_that_goes_ends_its_own_sightings_only_and_comes_back(fresh_lab: Lab) -> None:
    lab = fresh_lab
    with Avahi(lab, lab.beta, [WEB]), Avahi(lab, lab.delta, [SHELL]), ledger(lab.alpha) as told:
        told.probe.wait_until(lambda: {"web.", "shell."} <= instances(told.records()))
        began = min(sighting["first"] for sighting in told.sightings("web._http._tcp.local.", "SRV"))
        lab.alpha.ip("link set en5 down")
        told.wait_until_ended("interface_gone", "shell._ssh._tcp.local.", "SRV")
        told.probe.wait_until(lambda: told.states()["en5"]["state"] == "skipped")
        assert told.states()["en5"]["reason"] == "down"
        lab.alpha.ip("link set en5 up")
        told.probe.wait_until(lambda: None in told.ended("shell._ssh._tcp.local.", "SRV"))
        told.probe.wait_until(lambda: told.states()["en5"]["state"] == "browsing")

        assert told.ended("web._http._tcp.local.", "SRV") == {None}
        assert min(sighting["first"] for sighting in told.sightings("web._http._tcp.local.", "SRV")) == began
        assert told.services()["web"]["change"] != "removed"


def test_a_record_of_a_host_that_lost_its_power_ends_when_it_is_verified(lab: Lab) -> None:
    name = "shell._ssh._tcp.local."
    verify = {"id": 2, "watch": "bonjour.verify", "with": {"name": name, "type": "SRV", "interfaces": ["en0"]}}
    with Avahi(lab, lab.beta, [SHELL]) as dying, Avahi(lab, lab.delta, [WEB]), ledger(lab.alpha) as told:
        told.probe.wait_until(lambda: "web." in instances(told.records()))
        told.probe.wait_until(lambda: {s["family"] for s in told.sightings(name, "SRV")} == {"ipv4", "ipv6"})
        dying.die()
        last = max(sighting["last"] for sighting in told.sightings(name, "SRV"))
        # What was just heard need not be sent again (RFC 6762 section 6), so asking proves nothing yet.
        told.probe.wait_until(lambda: time.time() > last + 1.5)
        told.probe.write(json.dumps(verify) + "\n")
        told.wait_until_ended("unanswered", name, "SRV", timeout=20)

        assert all(last + 10 < sighting["ended_at"] < last + 13 for sighting in told.sightings(name, "SRV"))
        assert told.ended("web._http._tcp.local.", "SRV") == {None}


def test_ten_thousand_types_goodbyes_to_nothing_and_a_fight_for_a_name_stop_nothing(lab: Lab) -> None:
    types = [
        response(*[pointer(META_QUERY, f"_t{at + number}._tcp.local.") for number in range(100)])
        for at in range(0, 10_000, 100)
    ]
    goodbyes = [
        response(*[server(f"never{at + n}._http._tcp.local.", 1, ttl=0) for n in range(100)]) for at in (0, 100)
    ]
    fight = [response(server("fight._http._tcp.local.", 80 + number % 2)) for number in range(100)]
    with ledger(lab.alpha, interfaces=["en0"]) as told:
        told.probe.wait_until(lambda: "en0" in told.states())
        for part in (types[:50], types[50:], goodbyes, fight):
            peers.mdns_messages(lab.gamma, GAMMA, *part, seconds_between=0.01)
        with Avahi(lab, lab.beta, [WEB]):
            told.probe.wait_until(lambda: told.services().get("web", {}).get("port") == 80)
        told.probe.wait_for('"code":"browse_limit"')
        told.probe.wait_until(lambda: "fight." in instances(told.records()))
        assert told.probe.errors == []
    assert not any(record["name"].startswith("never") for record in told.records())
    assert len(told.records()) >= 1_000  # MOST_PER_SET: 10,000 pointers of one name are one set
    assert len(told.probe.lines) < 200


def test_quiet_sends_nothing_and_knows_what_is_announced(lab: Lab) -> None:
    faces = ("en0", "en5")
    macs = " or ".join(f"ether src {mac}" for mac in ("02:66:01:00:00:23", "02:66:02:00:00:01"))
    watching = ["tshark", "-n", "-l", "-f", f"udp and ({macs})", *(w for face in faces for w in ("-i", face))]
    with lab.alpha.start(watching) as tshark:
        tshark.wait_for("Capturing")
        with (
            ledger(lab.alpha, quiet=True) as told,
            lab.alpha.lanscout_process("services", "--quiet", "--seconds", "60") as verb,
        ):
            told.probe.wait_until(lambda: {"en0", "en5"} <= told.states().keys())
            with Avahi(lab, lab.beta, [WEB]):
                told.probe.wait_until(lambda: told.services().get("web", {}).get("port") == 80)
                assert verb.record("service", name="web", port=80)["interfaces"] == ["en0"]
                assert told.services()["web"]["addresses"]
            told.wait_until_ended("goodbye", "web._http._tcp.local.", "SRV")
            told.probe.wait_until(lambda: told.services()["web"]["change"] == "removed")
            verb.interrupt()
        assert tshark.lines == []
        # Were it not quiet, it would be seen.
        with ledger(lab.alpha) as told:
            tshark.wait_for("MDNS")
