"""An endurance run against a switch that really snoops and whose querier is gone: the kernel's own bridge."""

from __future__ import annotations

import json
import subprocess
import sys

import pytest

from tests.lab import Background, JsonRecord, Lab, peers
from tests.lab.host import LANSCOUT
from tests.lab.topology import SWITCH

GROUP = "224.224.0.77"
PORT = 23019
ENDPOINT = f"{GROUP}:{PORT}"
MEMBERSHIP = 3.0
"""Seconds after which the bridge forgets a member; hosts repeat their report within a second of the join."""
SHORT = {"membership_seconds": MEMBERSHIP, "tolerance_seconds": 1.5, "silence_seconds": 0.5, "revive_seconds": 2}


def _query(lab: Lab, kind: str) -> None:
    lab.gamma.run([sys.executable, "-m", "tests.lab.querier", kind, "en0"], env=peers.IMPORTABLE)


def _snoop_without_querier(lab: Lab) -> None:
    """The bridge heard one query, so it believes in a querier and forwards to members only; there is none."""
    words = f"link set lan1 type bridge mcast_snooping 1 mcast_membership_interval {int(MEMBERSHIP * 100)}"
    subprocess.run(["ip", "-n", lab.prefix + SWITCH, *words.split()], check=True, capture_output=True)
    _query(lab, "igmp")


def _endure(lab: Lab, group: str = ENDPOINT, interface: str = "en0", **times: float) -> Background:
    ask = {"group": group, "interface": interface, **SHORT, **times}
    probe = lab.alpha.start([*LANSCOUT, "probe"])
    probe.write(json.dumps({"id": 1, "watch": "multicast.endurance", "with": ask}) + "\n")
    probe.wait_for('"joined"')
    return probe


def _records(probe: Background, kind: str) -> list[JsonRecord]:
    told = [json.loads(line) for line in list(probe.lines)]
    return [record for tell in told for record in tell.get("batch", ()) if record["kind"] == kind]


def _verdict(probe: Background) -> JsonRecord:
    probe.wait_for('"end":true', timeout=30)
    return _records(probe, "endurance_verdict")[-1]


def test_snooping_without_querier_is_found_and_a_new_join_revives_the_stream(fresh_lab: Lab) -> None:
    _snoop_without_querier(fresh_lab)
    with (
        peers.talker(fresh_lab.beta, GROUP, PORT, "hello", seconds_between=0.02),
        _endure(fresh_lab, seconds=5) as probe,
    ):
        verdict = _verdict(probe)
    assert (verdict["code"], verdict["certainty"], verdict["final"]) == ("endure_querier_missing", "proven", True)
    assert abs(verdict["stopped_after"] - MEMBERSHIP) <= 1.5
    assert verdict["revived"] is True
    assert verdict["queries"]["count"] == 0
    assert verdict["silences"][0]["ended_by"] == "rejoin"
    assert "querier" in verdict["remedy"][0]


def test_with_a_querier_the_same_switch_goes_on_forwarding(fresh_lab: Lab) -> None:
    _snoop_without_querier(fresh_lab)
    with (
        peers.talker(fresh_lab.beta, GROUP, PORT, "hello", seconds_between=0.02),
        _endure(fresh_lab, seconds=6) as probe,
    ):
        for second in (1.5, 3.5, 5):
            probe.wait_until(
                lambda after=second: any(each["elapsed"] > after for each in _records(probe, "endurance"))  # type: ignore[misc]
            )
            _query(fresh_lab, "igmp")
        verdict = _verdict(probe)
    assert (verdict["code"], verdict["certainty"]) == ("endure_lasted", "proven")
    assert verdict["queries"] == {"count": 3, "seen": True, "how": verdict["queries"]["how"]}
    assert verdict["silences"] == []


def test_a_stream_that_is_cut_and_comes_back_with_the_new_join_is_judged_the_same(fresh_lab: Lab) -> None:
    """Cut by nft after a while; the rule goes away when the group is joined anew."""
    rule = f"type filter hook input priority 0; ip daddr {GROUP} drop;"
    with (
        peers.talker(fresh_lab.beta, GROUP, PORT, "hello", seconds_between=0.02),
        _endure(fresh_lab, seconds=4) as probe,
    ):
        probe.wait_until(lambda: any(each["elapsed"] > MEMBERSHIP - 0.5 for each in _records(probe, "endurance")))
        fresh_lab.alpha.run(["nft", "-f", "-"], input=f"table ip cut {{ chain only {{ {rule} }}; }}")
        probe.wait_until(lambda: any(each["state"] == "reviving" for each in _records(probe, "endurance")))
        fresh_lab.alpha.run(["nft", "delete", "table", "ip", "cut"])
        verdict = _verdict(probe)
    assert verdict["code"] == "endure_querier_missing"
    assert verdict["revived"] is True


def test_a_sender_that_stops_is_no_fault_of_the_switch(fresh_lab: Lab) -> None:
    with _endure(fresh_lab, seconds=4, membership_seconds=60) as probe:
        with peers.talker(fresh_lab.beta, GROUP, PORT, "hello", seconds_between=0.02):
            probe.wait_until(lambda: any(each["elapsed"] > 2 for each in _records(probe, "endurance")))
        verdict = _verdict(probe)
    assert (verdict["code"], verdict["revived"]) == ("endure_stream_stopped", False)


def test_an_interface_that_is_deleted_is_told_as_that(fresh_lab: Lab) -> None:
    fresh_lab.alpha.run(["ip", "link", "add", "d0", "type", "veth", "peer", "name", "d1"])
    fresh_lab.alpha.run(["ip", "address", "add", "10.99.0.1/24", "dev", "d0"])
    fresh_lab.alpha.run(["ip", "link", "set", "d0", "up", "multicast", "on"])
    with _endure(fresh_lab, interface="d0", seconds=4) as probe:
        probe.wait_until(lambda: bool(_records(probe, "endurance")))
        fresh_lab.alpha.run(["ip", "link", "del", "d0"])
        verdict = _verdict(probe)
    assert (verdict["code"], verdict["certainty"]) == ("endure_interface_gone", "proven")
    assert "vanished" in verdict["text"]
    assert [each["code"] for each in _records(probe, "problem")] == ["interface_vanished"]


def test_mld_queries_are_counted_without_any_right(fresh_lab: Lab) -> None:
    with _endure(fresh_lab, f"[ff15::4d]:{PORT}", seconds=2) as probe:
        _query(fresh_lab, "mld")
        verdict = _verdict(probe)
    assert verdict["queries"]["count"] == 1
    assert (verdict["code"], verdict["received"]) == ("endure_nothing", 0)


def test_without_rights_igmp_queries_are_said_to_be_unknown(fresh_lab: Lab) -> None:
    program = (
        "import asyncio, sys\n"
        "from net.multicast.endurance import run\n"
        "from net.multicast.requests import EnduranceRequest\n"
        "async def main():\n"
        f"    request = EnduranceRequest(group='{ENDPOINT}', interface='en0', seconds=0.2)\n"
        "    verdict = [record async for batch in run(request) for record in batch][-1]\n"
        "    print(verdict.queries)\n"
        "asyncio.run(main())"
    )
    as_nobody = ["setpriv", "--reuid=65534", "--regid=65534", "--clear-groups", "--no-new-privs", "--bounding-set=-all"]
    process = fresh_lab.alpha.start([*as_nobody, sys.executable, "-c", program], env=peers.IMPORTABLE)
    code = process.wait(20)
    if "Permission denied" in process.output or "ModuleNotFound" in process.output:
        pytest.skip("this checkout cannot be read by an ordinary user")
    assert code == 0, process.output
    assert "count=None, seen=None" in process.output
    assert "cannot be known without rights" in process.output


def test_the_verb_prints_the_verdict_also_when_it_is_ended_early(fresh_lab: Lab) -> None:
    with (
        peers.talker(fresh_lab.beta, GROUP, PORT, "hello", seconds_between=0.02),
        fresh_lab.alpha.lanscout_process("endure", ENDPOINT, "--interface", "en0") as enduring,
    ):
        enduring.record("joined", in_kernel=True)
        enduring.record("endurance", state="receiving")
        assert enduring.interrupt() == 0
    (verdict,) = enduring.records("endurance_verdict")
    assert (verdict["code"], verdict["final"]) == ("endure_too_short", False)
    assert enduring.errors == []
    result = fresh_lab.alpha.run([*LANSCOUT, "endure", ENDPOINT, "--interface", "en0", "--seconds", "1"], check=False)
    assert result.returncode == 1
    assert "Nothing of 224.224.0.77:23019 arrived on en0 in 1" in result.stdout
