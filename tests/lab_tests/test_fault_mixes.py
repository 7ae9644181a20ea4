"""The diagnosis of labs with known faults: each is found as it should be, and nothing else is called a fault."""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor

import pytest

from tests.lab import Lab, peers
from tests.lab.dns import filtered
from tests.lab.faults import FAULTS, docker_bridge
from tests.lab.host_faults import HOST_FAULTS
from tests.lab.mixing import Fault, Outcome, compared, diagnosed, mixes, responders, scene

SEED = 20240617
COUNT = int(os.environ.get("LANSCOUT_FAULT_MIXES", "6"))
NAMED = ("--interface", "en0", "--interface", "en5")
FINE = Outcome((), ())
ALL = (*FAULTS, *HOST_FAULTS)


AT_ONCE = 3
"""Labs that stand beside each other: a diagnosis mostly waits."""
Mix = tuple[Fault, ...]


def _told(mix: Mix) -> str:
    return " + ".join(fault.name for fault in mix) or "healthy"


def _outcome(mix: Mix) -> Outcome:
    with scene() as built:
        for fault in mix:
            fault.apply(built)
        return compared(mix, diagnosed(built.lab, *NAMED))


def _unexpected(mixed: tuple[Mix, ...]) -> dict[str, Outcome]:
    """The outcomes that are not fine, each from a lab of its own."""
    with ThreadPoolExecutor(AT_ONCE) as pool:
        return {_told(mix): found for mix, found in zip(mixed, pool.map(_outcome, mixed), strict=True) if found != FINE}


def _batches(mixed: Sequence[Mix]) -> list[tuple[Mix, ...]]:
    return [tuple(mixed[place : place + AT_ONCE]) for place in range(0, len(mixed), AT_ONCE)]


def _name(mixed: tuple[Mix, ...]) -> str:
    return ", ".join(map(_told, mixed))


@pytest.mark.parametrize("mixed", _batches([(fault,) for fault in ALL]), ids=_name)
@pytest.mark.usefixtures("_possible")
def test_a_fault_alone_is_found_and_nothing_else(mixed: tuple[Mix, ...]) -> None:
    assert _unexpected(mixed) == {}


@pytest.mark.parametrize("mixed", _batches(mixes(COUNT, SEED, ALL)), ids=_name)
@pytest.mark.usefixtures("_possible")
def test_a_mix_of_faults_is_found_without_a_miss_or_a_false_alarm(mixed: tuple[Mix, ...]) -> None:
    assert _unexpected(mixed) == {}


@pytest.fixture(scope="module")
def _possible(lab: Lab) -> None:
    """Skips, or fails, where no lab can be built."""


@pytest.fixture
def spoken(fresh_lab: Lab) -> Iterator[Lab]:
    """A lab with a responder on each LAN."""
    with responders(fresh_lab):
        yield fresh_lab


def _all_findings(lab: Lab, *words: str) -> list[str]:
    return [each["code"] for each in lab.alpha.lanscout("diagnose", "--seconds", "2", *words)]


def test_one_healthy_lan_has_no_finding(spoken: Lab) -> None:
    spoken.alpha.ip("link delete en5")
    assert _all_findings(spoken) == ["nothing_found"]


def test_two_healthy_lans_have_no_finding(spoken: Lab) -> None:
    assert _all_findings(spoken) == ["nothing_found"]
    assert _all_findings(spoken, *NAMED) == ["nothing_found"]


def test_a_lan_beside_a_vpn_that_takes_its_own_subnet_only_has_no_finding(spoken: Lab) -> None:
    spoken.alpha.ip("link set utun3 up")
    spoken.alpha.ip("route add 10.9.0.0/16 dev utun3")
    assert _all_findings(spoken) == ["nothing_found"]


def test_what_a_busy_host_has_is_no_fault(spoken: Lab) -> None:
    """A Docker bridge with a guest, a strict rp_filter, a firewall that lets Bonjour in, a port that is not used."""
    docker_bridge(spoken)
    alpha = spoken.alpha
    alpha.run(["sysctl", "-qw", "net.ipv4.conf.all.rp_filter=1"])
    accepting = ("ct state established,related accept", "udp dport 5353 accept", "meta l4proto icmpv6 accept", "drop")
    filtered(alpha, *accepting)
    alpha.run(["ip", "link", "add", "eth7", "type", "veth", "peer", "name", "eth8"])
    assert _all_findings(spoken) == ["nothing_found"]


def test_two_programs_at_addresses_of_their_own_are_no_fault(spoken: Lab) -> None:
    peers.web_server(spoken.alpha, "10.66.0.1", 5000, spoken.folder)
    peers.tcp_listener(spoken.alpha, "fd66:2::1", 5000)
    assert "answers_differ_elsewhere" in _all_findings(spoken)
    assert diagnosed(spoken) == []
