"""The log of changes, the roles, the way out and the difference of snapshots are right each time something moves."""

from __future__ import annotations

import json
import os
import time
from collections.abc import Callable

import pytest

from tests.lab import Background, Host, JsonRecord, Lab
from tests.lab.host import LANSCOUT

SOON = 0.3
"""Seconds after the kernel's change within which it must be told."""
CYCLES = int(os.environ.get("LANSCOUT_VPN_CYCLES", "4"))
STORM = 10_000
"""Changes of routes, made as fast as the kernel takes them."""


def _log(host: Host, *options: str) -> Background:
    log = host.lanscout_process("changes", *options)
    log.wait_for("Changes are listed")
    return log


def _entries(log: Background) -> list[JsonRecord]:
    return log.records("network_change")


def _next(log: Background, change: Callable[[], None]) -> JsonRecord:
    """Make the change and return the entry it gives, in time."""
    seen = len(_entries(log))
    change()
    begin = time.monotonic()
    log.wait_until(lambda: len(_entries(log)) > seen)
    assert time.monotonic() - begin < SOON
    return _entries(log)[seen]


class _Probe:
    """A probe that is asked for snapshots, interfaces and ways out."""

    def __init__(self, process: Background) -> None:
        self.process = process
        self.asked = 0
        self._read = 0
        self._records: dict[int, list[JsonRecord]] = {}

    def records(self, identity: int) -> list[JsonRecord]:
        lines = list(self.process.lines)
        for tell in map(json.loads, lines[self._read :]):
            self._records.setdefault(tell["id"], []).extend(tell.get("batch", ()))
        self._read = len(lines)
        return self._records.get(identity, [])

    def ask(self, watch: str, **parameters: object) -> int:
        self.asked += 1
        self.process.write(json.dumps({"id": self.asked, "watch": watch, "with": parameters}) + "\n")
        self.process.wait_until(lambda identity=self.asked: bool(self.records(identity)))  # type: ignore[misc]
        return self.asked


def test_each_time_the_vpn_goes_up_or_down_log_roles_way_out_and_difference_are_right(fresh_lab: Lab) -> None:
    lab = fresh_lab
    with _log(lab.alpha) as log, lab.alpha.start([*LANSCOUT, "probe"]) as process:
        probe = _Probe(process)
        faces, way = probe.ask("interfaces.watch"), probe.ask("routes.egress", address="203.0.113.1", follow=True)

        def role_codes(name: str) -> set[str]:
            newest = [record for record in probe.records(faces) if record["name"] == name][-1]
            return {role["code"] for role in newest["roles"]}

        def settled(*, up: bool) -> bool:
            holder, other = ("utun3", "en0") if up else ("en0", "utun3")
            return (
                {"default_v4", "multicast_v4"} <= role_codes(holder)
                and not {"default_v4", "multicast_v4"} & role_codes(other)
                and ("standby_v4" in role_codes("en0")) == up
                and probe.records(way)[-1]["interface"] == holder
            )

        process.wait_until(lambda: settled(up=False))
        for cycle in range(2 * CYCLES):
            up = cycle % 2 == 0
            old, new = ("en0", "utun3") if up else ("utun3", "en0")
            before = probe.records(probe.ask("multicast.snapshot"))[0]
            entry = _next(log, lab.vpn_up if up else lab.vpn_down)
            begin = time.monotonic()
            process.wait_until(lambda up=up: settled(up=up))  # type: ignore[misc]
            assert time.monotonic() - begin < SOON
            first = "utun3 up, took the default route from en0" if up else "utun3 down, the default route is en0's"
            assert entry["text"].startswith(f"{first}; unbound multicast moved from {old} to {new}")
            assert (entry["what"], entry["before"], entry["after"], entry["tunnel"]) == ("default_route", old, new, up)
            compared = probe.records(probe.ask("multicast.snapshot", before=before))
            told = {(each["what"], each["before"], each["after"]) for each in compared if each["kind"] == "change"}
            assert ("default_route", old, new) in told
            assert ("interface", "down" if up else "up", "up" if up else "down") in told
        assert len(_entries(log)) == 2 * CYCLES
        assert [entry["number"] for entry in _entries(log)] == list(range(1, 2 * CYCLES + 1))


@pytest.mark.parametrize(
    ("change", "text"),
    [
        ("link set en5 down", "en5 down"),
        ("link set en5 name lan5", "en5 is called lan5 now"),
        ("link set en5 mtu 1400", "en5: MTU 1500 is now MTU 1400"),
        ("link add br7 type bridge", "br7 appeared"),
        ("address add 10.7.7.7/32 dev en5", "en5 got 10.7.7.7/32"),
        ("route add 172.16.0.0/16 dev en5", "new route by en5: 172.16.0.0/16"),
        (
            "route change default via 192.168.1.20 dev en0 metric 600",
            "default route by en0: gateway 192.168.1.1 is now",
        ),
        ("route del default dev en0", "no default route any more; it was en0's; unbound multicast is refused"),
    ],
)
def test_other_changes_have_their_own_words(fresh_lab: Lab, change: str, text: str) -> None:
    alpha = fresh_lab.alpha
    if "name" in change:
        alpha.ip("link set en5 down")
    with _log(alpha) as log:
        assert _next(log, lambda: alpha.ip(change))["text"].startswith(text)


def test_an_interface_renamed_with_routes_and_unbound_multicast_has_only_another_name(fresh_lab: Lab) -> None:
    alpha = fresh_lab.alpha
    with _log(alpha) as log:
        entry = _next(log, lambda: alpha.ip("link set en0 name office0"))
    assert (entry["text"], entry["what"]) == ("en0 is called office0 now", "interface")
    assert [each["text"] for each in entry["changes"]] == ["en0 is called office0 now."]


def test_a_restricted_log_has_only_what_concerns_the_interface(fresh_lab: Lab) -> None:
    alpha = fresh_lab.alpha
    with _log(alpha, "--interface", "en0") as log:
        alpha.ip("link set en5 down")
        entry = _next(log, fresh_lab.vpn_up)
    assert (entry["number"], entry["before"]) == (1, "en0")


def test_a_storm_of_route_changes_is_a_few_entries_and_nothing_is_missed_at_its_end(fresh_lab: Lab) -> None:
    alpha = fresh_lab.alpha
    blocks = [f"172.16.{number // 250}.{number % 250}/32" for number in range(STORM // 2)]
    stay = blocks[:1000]
    lines = [f"route add {block} dev en5" for block in stay]
    lines += [f"route {what} {block} dev en5" for block in blocks[1000:] for what in ("add", "del")]
    with _log(alpha) as log:
        begin = time.monotonic()
        alpha.run(["ip", "-batch", "-"], input="\n".join([*lines, "link add last0 type bridge"]))
        took = time.monotonic() - begin
        log.wait_until(lambda: any("last0 appeared" in entry["text"] for entry in _entries(log)))
        assert len(_entries(log)) < 10 * took + 3, "bursts are coalesced"
        stormed = len(_entries(log))
        alpha.run(["ip", "-batch", "-"], input="\n".join(f"route del {block} dev en5" for block in stay))

        def gone() -> int:
            return sum(len(entry["changes"]) + entry["more"] for entry in _entries(log)[stormed:])

        log.wait_until(lambda: gone() >= len(stay))
        assert gone() == len(stay), "the log knew of those that stayed, and of no others"
        assert {each["change"] for entry in _entries(log)[stormed:] for each in entry["changes"]} == {"removed"}


def test_the_same_address_on_two_ipsec_interfaces_is_pointed_out(fresh_lab: Lab) -> None:
    alpha = fresh_lab.alpha
    alpha.ip("tuntap add ipsec1 mode tun")
    alpha.ip("link set ipsec1 up")
    alpha.ip("address add 192.0.0.6/32 dev ipsec1")
    told = {record["name"]: record for record in alpha.lanscout("interfaces")}
    for name, other in (("ipsec0", "ipsec1"), ("ipsec1", "ipsec0")):
        (role,) = [role for role in told[name]["roles"] if role["code"] == "duplicate_address"]
        assert f"192.0.0.6 is on {other} too" in role["text"]
        (shared,) = [each for each in told[name]["addresses"] if each["address"] == "192.0.0.6"]
        assert shared["also_on"] == [other]
    assert not [role for role in told["en0"]["roles"] if role["code"] == "duplicate_address"]


def test_of_two_default_routes_the_better_is_taken_and_the_other_waits(fresh_lab: Lab) -> None:
    alpha = fresh_lab.alpha
    alpha.ip("route add default via 10.66.0.2 dev en5 metric 700")
    told = {record["name"]: {role["code"]: role for role in record["roles"]} for record in alpha.lanscout("interfaces")}
    assert (told["en0"]["default_v4"]["gateway"], told["en0"]["default_v4"]["metric"]) == ("192.168.1.1", 600)
    assert (told["en5"]["standby_v4"]["gateway"], told["en5"]["standby_v4"]["metric"]) == ("10.66.0.2", 700)


def test_of_a_multipath_default_route_every_next_hop_is_taken(fresh_lab: Lab) -> None:
    alpha = fresh_lab.alpha
    alpha.ip("route del default")
    alpha.ip("route add default metric 600 nexthop via 192.168.1.1 dev en0 nexthop via 10.66.0.2 dev en5")
    told = {record["name"]: record for record in alpha.lanscout("interfaces")}
    for name, gateway, other in (("en0", "192.168.1.1", "en5"), ("en5", "10.66.0.2", "en0")):
        (role,) = [role for role in told[name]["roles"] if role["code"] == "default_v4"]
        assert (role["gateway"], role["metric"], told[name]["default_v4"]) == (gateway, 600, True)
        assert f"or by {other}: " in role["text"]
        assert gateway in told[name]["gateways"]


def test_a_host_without_ipv6_has_no_role_of_it(fresh_lab: Lab) -> None:
    alpha = fresh_lab.alpha
    alpha.run(["sysctl", "-qw", "net.ipv6.conf.all.disable_ipv6=1"])
    told = alpha.lanscout("interfaces")
    assert not [role for record in told for role in record["roles"] if role["code"].endswith("v6")]
    assert not [each for record in told for each in record["addresses"] if ":" in each["address"]]
    assert alpha.lanscout("route", "ff02::fb")[0]["interface"] is None


def test_a_bridge_that_forwards_for_its_guests_is_shared(fresh_lab: Lab) -> None:
    alpha = fresh_lab.alpha
    alpha.ip("link add bridge100 type bridge")
    alpha.run(["sysctl", "-qw", "net.ipv4.conf.bridge100.forwarding=1"])
    (empty,) = alpha.lanscout("interfaces", "--interface", "bridge100")
    assert "sharing" not in {role["code"] for role in empty["roles"]}, "nobody is behind it"
    alpha.ip("link add guest0 type veth peer name guest1")
    alpha.ip("link set guest0 master bridge100")
    for name in ("guest0", "guest1", "bridge100"):
        alpha.ip(f"link set {name} up")
    alpha.ip("address add 192.168.64.1/24 dev bridge100")

    def role() -> JsonRecord:
        (told,) = alpha.lanscout("interfaces", "--interface", "bridge100")
        found: JsonRecord = next(role for role in told["roles"] if role["code"] == "sharing")
        return found

    assert "without NAT" in role()["text"]
    alpha.run(["nft", "add table ip share; add chain ip share out { type nat hook postrouting priority srcnat; }"])
    alpha.run(["nft", "add rule ip share out oifname en0 masquerade"])
    assert role()["label"] == "sharing (NAT)"


def test_an_address_that_is_taken_or_old_says_so(fresh_lab: Lab) -> None:
    alpha = fresh_lab.alpha
    alpha.ip("address add fd66:1::77/64 dev en0 nodad preferred_lft 0 valid_lft 600")
    (told,) = alpha.lanscout("interfaces", "--interface", "en0")
    old = next(each for each in told["addresses"] if each["address"] == "fd66:1::77")
    assert (old["deprecated"], old["temporary"], old["permanent"], old["preferred_seconds"]) == (True, False, False, 0)
    assert 590 <= old["valid_seconds"] <= 600
    for setting in ("accept_dad", "dad_transmits"):
        alpha.run(["sysctl", "-qw", f"net.ipv6.conf.en0.{setting}=1"])
    alpha.ip("address add fd66:1::20/64 dev en0")  # beta has it
    with alpha.lanscout_process("interfaces", "--watch", "--interface", "en0") as watching:

        def duplicate() -> bool:
            newest = watching.records("interface")[-1:]
            return any(each["duplicate"] for record in newest for each in record["addresses"])

        watching.wait_until(duplicate)
        roles = watching.records("interface")[-1]["roles"]
    assert "Another host of the link has the same address" in next(
        role["text"] for role in roles if role["code"] == "duplicate_address"
    )


def test_interfaces_that_vanish_between_two_reads_do_no_harm(fresh_lab: Lab) -> None:
    alpha = fresh_lab.alpha
    lines = [
        line
        for number in range(400)
        for line in (f"link add gone{number % 7} type bridge", f"link del gone{number % 7}")
    ]
    with alpha.lanscout_process("interfaces", "--watch") as watching, _log(alpha) as log:
        watching.record("interface", name="en0")
        alpha.run(["ip", "-batch", "-"], input="\n".join(lines))
        alpha.ip("link add stays0 type bridge")
        watching.record("interface", name="stays0")
        log.wait_until(lambda: any("stays0 appeared" in entry["text"] for entry in _entries(log)))
        assert watching.interrupt() == 0
        assert log.interrupt() == 0
