"""The VPN watch: what changes for joins that choose no interface is told at once, with its cause."""

from __future__ import annotations

import json
import time
from collections.abc import Callable

import pytest

from tests.lab import Background, JsonRecord, Lab, peers
from tests.lab.host import LANSCOUT

GROUP = "224.224.0.77"
PORT = 23019
SOON = 0.3
"""Seconds after the kernel's change within which it must be told."""
CYCLES = 5


def _changes(watching: Background) -> list[JsonRecord]:
    return watching.records("egress_change")


def _next(watching: Background, change: Callable[[], None]) -> JsonRecord:
    """Make the change and return what is told of it, in time."""
    seen = len(_changes(watching))
    change()
    begin = time.monotonic()
    watching.wait_until(lambda: len(_changes(watching)) > seen)
    assert time.monotonic() - begin < SOON
    return _changes(watching)[seen]


def test_each_time_the_vpn_goes_up_or_down_it_is_told_with_its_cause_within_300_ms(fresh_lab: Lab) -> None:
    lab = fresh_lab
    with (
        peers.foreign_joiner(lab.alpha, GROUP, PORT, "en0"),
        lab.alpha.lanscout_process("route", GROUP, "--watch") as watching,
    ):
        watching.record("route", interface="en0")
        for _ in range(CYCLES):
            up = _next(watching, lab.vpn_up)
            assert up["cause"] == "utun3 came up and took the default route from en0."
            assert (up["interface_before"], up["interface"], up["source"]) == ("en0", "utun3", "10.8.0.2")
            assert up["tunnel"] is True
            assert up["running"] == [{"group": GROUP, "interface": "en0", "kept": True, "elsewhere": True, "up": True}]
            down = _next(watching, lab.vpn_down)
            assert down["cause"] == "utun3 went down, and the default route is en0's."
            assert (down["interface_before"], down["interface"], down["source"]) == ("utun3", "en0", "192.168.1.23")
            assert down["running"][0]["elsewhere"] is False
        assert watching.interrupt() == 0
    assert len(_changes(watching)) == 2 * CYCLES
    assert abs(_changes(watching)[-1]["time"] - time.time()) < 60


@pytest.mark.parametrize(
    ("change", "code", "interface"),
    [
        ("route add 224.0.0.0/4 dev en5", "egress_route_added", "en5"),
        ("link set en0 down", "egress_no_way_down", None),
        ("route del default dev en0", "egress_no_way", None),
        ("rule add to 224.0.0.0/4 lookup 77", "egress_unknown", "en5"),
    ],
)
def test_other_changes_are_told_with_their_own_cause(
    fresh_lab: Lab, change: str, code: str, interface: str | None
) -> None:
    if change.startswith("rule"):
        fresh_lab.alpha.ip("route add default dev en5 table 77")
    with fresh_lab.alpha.lanscout_process("route", GROUP, "--watch") as watching:
        watching.record("route", interface="en0")
        told = _next(watching, lambda: fresh_lab.alpha.ip(change))
    assert (told["code"], told["interface"]) == (code, interface)
    assert (told["problem"] is None) == (interface is not None)


def test_joins_made_while_the_vpn_was_up_are_said_to_be_stranded_when_it_is_down(fresh_lab: Lab) -> None:
    lab = fresh_lab
    lab.vpn_up()
    with (
        lab.alpha.lanscout_process("listen", f"{GROUP}:{PORT}") as listening,
        lab.alpha.lanscout_process("route", GROUP, "--watch") as watching,
    ):
        assert listening.record("joined")["interface"] == "utun3"
        watching.record("route", interface="utun3")
        told = _next(watching, lab.vpn_down)
    assert told["running"] == [{"group": GROUP, "interface": "utun3", "kept": True, "elsewhere": True, "up": False}]
    assert "it is down and nothing arrives" in told["running_text"]


def test_the_probe_watches_unbound_multicast_as_a_whole_and_compares_snapshots(fresh_lab: Lab) -> None:
    lab = fresh_lab

    def records(probe: Background, kind: str) -> list[JsonRecord]:
        told = [json.loads(line) for line in list(probe.lines)]
        return [record for tell in told for record in tell.get("batch", ()) if record["kind"] == kind]

    with lab.alpha.start([*LANSCOUT, "probe"]) as probe:
        probe.write('{"id": 1, "watch": "multicast.snapshot"}\n')
        probe.wait_until(lambda: len(records(probe, "snapshot")) == 1)
        probe.write('{"id": 2, "watch": "multicast.drift"}\n')
        probe.wait_until(lambda: len(records(probe, "route")) == 2)
        lab.vpn_up()
        probe.wait_until(lambda: len(records(probe, "egress_change")) == 1)
        before = json.dumps(records(probe, "snapshot")[0])
        probe.write(f'{{"id": 3, "watch": "multicast.snapshot", "with": {{"before": {before}}}}}\n')
        probe.wait_until(lambda: len(records(probe, "snapshot")) == 2)
    (change,) = records(probe, "egress_change")
    assert (change["group"], change["interface"]) == ("224.0.0.0/4", "utun3")
    told = {(each["what"], each["change"], each["subject"]) for each in records(probe, "change")}
    assert {
        ("interface", "up", "utun3"),
        ("route", "added", "0.0.0.0/0"),
        ("default_route", "changed", "default route (IPv4)"),
        ("unbound", "changed", "224.0.0.0/4"),
    } <= told


def test_for_people_it_is_three_lines(fresh_lab: Lab) -> None:
    with fresh_lab.alpha.start([*LANSCOUT, "route", GROUP, "--watch"]) as watching:
        watching.wait_for("en0")
        fresh_lab.vpn_up()
        watching.wait_for("utun3 came up and took the default route from en0")
        watching.wait_for("^  new ")
        watching.wait_for("^  running ")
