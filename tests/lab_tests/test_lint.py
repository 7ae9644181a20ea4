"""The lint on real traffic: nothing grave is said of avahi and zeroconf, and two hosts that fight are found."""

from __future__ import annotations

import json
import os
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from discovery.bonjour.compose import compose
from resources.loader import lint_rules
from tests.discovery.bonjour.lint.packets import ANSWER, address, service
from tests.lab import Advertised, Avahi, Background, Host, JsonRecord, Lab
from tests.lab.host import LANSCOUT
from tests.lab.peers import IMPORTABLE
from tests.lab.topology import Plan, Port
from tests.lab_tests.test_bonjour import announce

WEB = Advertised(name="Dr. Web v1.2", type="_http._tcp", port=80, subtypes=("_printer",), txt=("path=/admin",))
SHELL = Advertised(name="shell", type="_ssh._tcp", port=22)
EPSILON = Plan("epsilon", (Port("en0", "lan1", "192.168.1.31", "fd66:1::31", "02:66:01:00:00:31"),))
ZETA = Plan("zeta", (Port("en0", "lan1", "192.168.1.32", "fd66:1::32", "02:66:01:00:00:32"),))
TYPES = ("_services._dns-sd._udp", "_http._tcp", "_ssh._tcp", "_ipp._tcp")
SECONDS = float(os.environ.get("LANSCOUT_LINTED_SECONDS", "0"))
"""For which services come, change and go, and are browsed for anew; what is always done takes twenty."""

AVAHI_WARNINGS = {
    "record_repeated",  # each new service announces the addresses of its host anew
}
ZEROCONF_WARNINGS = {
    "probe_type",  # it probes for the service type's PTR, not for ANY of the instance
    "query_authoritative",  # with the AA bit set
    "record_repeated",  # it announces three times, 225 ms apart
    "record_twice",  # and says goodbye to the host's address once for each service, in one message
}
for known in (AVAHI_WARNINGS, ZEROCONF_WARNINGS):
    known.add("shared_answer_early")  # so an announcement looks that comes by chance just after a question
if SECONDS:
    AVAHI_WARNINGS.add("query_steady")  # each avahi-browse that is started asks anew, without waiting longer


class Lint:
    """``bonjour.hear`` of a probe on a host, with all that it told so far."""

    def __init__(self, process: Background) -> None:
        self._process = process
        self._read = 0
        self._records: list[JsonRecord] = []

    def records(self, kind: str) -> list[JsonRecord]:
        lines = list(self._process.lines)
        for line in lines[self._read :]:
            self._records += json.loads(line).get("batch", ())
        self._read = len(lines)
        return [record for record in self._records if record["kind"] == kind]

    def wait_until(self, condition: Callable[[], bool]) -> None:
        self._process.wait_until(condition, 20)

    def answered(self, source: str, name: str, *, goodbye: bool = False) -> bool:
        """Whether a response of the source with an answer of that name was heard, or a goodbye."""
        return any(
            packet["source"] == source
            and any(answer["name"] == name and (answer["ttl"] == 0) == goodbye for answer in packet["answers"])
            for packet in self.records("mdns_packet")
        )

    def codes(self, severity: str, *sources: str) -> set[str]:
        return {
            finding["rule"]
            for finding in self.records("lint")
            if finding["severity"] == severity and (not sources or finding["offender"] in sources)
        }


@contextmanager
def linting(host: Host) -> Iterator[Lint]:
    with host.start([*LANSCOUT, "probe"]) as process:
        ask = {"id": 1, "watch": "bonjour.hear", "with": {"lint": True, "packets": True, "sections": True}}
        process.write(json.dumps(ask) + "\n")
        lint = Lint(process)
        lint.wait_until(lambda: bool(lint.records("browse_state")))
        yield lint


class Zeroconf:
    """The program tests.lab.zeroconf_peer on a host."""

    def __init__(self, host: Host) -> None:
        index = json.loads(host.run(["ip", "-json", "link", "show", "dev", "en0"]).stdout)[0]["ifindex"]
        words = [sys.executable, "-m", "tests.lab.zeroconf_peer", host.v4[0], str(index), f"{host.name}-z"]
        self._process = host.start(words, env=IMPORTABLE)
        self._process.wait_for("ready")

    def tell(self, *words: str) -> None:
        line = "\t".join(words)
        self._process.write(f"{line}\n")
        self._process.wait_until(lambda: line in self._process.lines)

    def end(self) -> None:
        """With goodbyes."""
        self._process.write("end\n")
        self._process.wait()


def test_the_normal_traffic_of_avahi_and_zeroconf_breaks_nothing_grave_and_each_warning_is_true(fresh_lab: Lab) -> None:
    lab = fresh_lab
    epsilon, zeta = lab.add_host(EPSILON), lab.add_host(ZETA)
    until = time.monotonic() + SECONDS
    with linting(lab.alpha) as lint:
        with (
            Avahi(lab, lab.beta, [WEB, SHELL]) as beta,
            Avahi(lab, lab.delta, [WEB]),
            Avahi(lab, lab.alpha, [SHELL], bus=True) as alpha,
            Avahi(lab, lab.gamma, [SHELL], host_name="beta"),
        ):
            one, two = Zeroconf(epsilon), Zeroconf(zeta)
            one.tell("publish", "zero", "_http._tcp", "8080")
            two.tell("publish", "zero", "_http._tcp", "8081")
            two.tell("publish", "two", "_ipp._tcp", "631")
            for type_ in TYPES:
                one.tell("browse", type_)
                two.tell("browse", type_)
            lab.alpha.run(["avahi-browse", "-artp"], env=alpha.environment)
            beta.put(Advertised(name="new", type="_ftp._tcp", port=21))
            beta.put(Advertised(name="new", type="_ftp._tcp", port=2121, txt=("a=b",)))
            beta.withdraw("new")
            while time.monotonic() < until:
                beta.put(Advertised(name="again", type="_ftp._tcp", port=21))
                one.tell("publish", "again", "_ipp._tcp", "632")
                lab.alpha.run(["avahi-browse", "-artp"], env=alpha.environment)
                beta.withdraw("again")
                one.tell("withdraw", "again")
                two.tell("update", "two")
            two.tell("update", "two")
            one.tell("withdraw", "zero")
            two.end()
            one.end()
        for host, name in ((lab.beta, "beta.local."), (lab.gamma, "beta-2.local."), (lab.delta, "delta.local.")):
            lint.wait_until(lambda host=host, name=name: lint.answered(host.v4[0], name, goodbye=True))  # type: ignore[misc]
        scored = {record["source"]: record for record in lint.records("host_score")}
        assert lint.codes("error") == set()
        avahi = [address for host in (lab.alpha, lab.beta, lab.gamma, lab.delta) for address in (*host.v4, *host.v6)]
        zeroconf = [address for host in (epsilon, zeta) for address in (*host.v4, *host.v6)]
        assert set(avahi + zeroconf) <= set(scored)
        assert lint.codes("warning", *avahi) <= AVAHI_WARNINGS
        assert lint.codes("warning", *zeroconf) <= ZEROCONF_WARNINGS
        assert {"probe_type", "query_authoritative"} <= lint.codes("warning")
        assert "probe_by_multicast" in lint.codes("info", *avahi)
        assert [scored[lab.beta.v4[0]]["host"], scored[epsilon.v4[0]]["host"]] == ["beta.local.", "epsilon-z.local."]
        assert lint.records("problem") == []


def test_two_hosts_that_take_a_name_from_each_other_are_found_and_one_on_two_interfaces_is_not(lab: Lab) -> None:
    def claim(host: Host) -> bytes:
        own = (address(host.v4[0], f"{host.name}.local"), address(host.v4[0], "mine.local"))
        return compose(flags=ANSWER, answers=(*own, service(host=f"{host.name}.local")))

    with linting(lab.alpha) as lint:
        for number in range(4):
            for host in (lab.beta, lab.gamma):
                announce(host, claim(host))
                lint.wait_until(
                    lambda host=host, count=number + 1: (  # type: ignore[misc]
                        sum(packet["source"] == host.v4[0] for packet in lint.records("mdns_packet")) >= count
                    )
                )
        announce(lab.delta, claim(lab.delta))
        lint.wait_until(lambda: {"name_fought_over", "name_conflict"} <= lint.codes("error") | lint.codes("warning"))
        fought = [finding for finding in lint.records("lint") if finding["rule"] == "name_fought_over"]
        contested = {finding["subject"] for finding in lint.records("lint") if finding["rule"] == "name_conflict"}
        assert {finding["subject"] for finding in fought} == {"web._http._tcp.local. SRV"}
        assert contested == {"mine.local. A", "web._http._tcp.local. SRV"}
        assert {finding["interface"] for finding in fought} == {"en0"}
        assert {finding["offender"] for finding in fought} <= {lab.beta.v4[0], lab.gamma.v4[0]}
        assert lint_rules()["name_fought_over"].severity == "error"
