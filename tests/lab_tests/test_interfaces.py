"""What the kernel changes appears in ``interfaces --watch`` at once, and what is shown is what ``ip`` says."""

from __future__ import annotations

import asyncio
import json
import os
import time
from contextlib import aclosing

import pytest

from net.platform.linux.rtnetlink import FLAGS, FOREVER, changes
from tests.lab import Background, Host, JsonRecord, Lab
from tests.lab.crowded import crowd
from tests.lab.host import LANSCOUT

SOON = 0.3
"""Seconds after the kernel's change within which it must be shown."""

MANY = int(os.environ.get("LANSCOUT_MANY_INTERFACES", "60"))


def _watch(host: Host) -> Background:
    watching = host.lanscout_process("interfaces", "--watch")
    for name in ("en0", "en5", "ipsec0", "utun3"):
        watching.record("interface", name=name)
    return watching


def _newest(watching: Background, name: str) -> JsonRecord:
    return [record for record in watching.records("interface") if record["name"] == name][-1]


def _addresses(record: JsonRecord) -> list[str]:
    return [address["address"] for address in record["addresses"]]


@pytest.mark.parametrize(
    ("change", "undo", "name", "shown"),
    [
        ("link set en5 down", "link set en5 up", "en5", lambda record: not record["up"]),
        ("address add 192.168.1.99/24 dev en0", None, "en0", lambda record: "192.168.1.99" in _addresses(record)),
        ("address del 10.66.0.1/24 dev en5", None, "en5", lambda record: "10.66.0.1" not in _addresses(record)),
        ("address add fd66:1::99/64 dev en0 nodad", None, "en0", lambda record: "fd66:1::99" in _addresses(record)),
        ("route del default dev en0", None, "en0", lambda record: not record["default_v4"]),
        ("route add 224.0.0.0/4 dev en5", None, "en5", lambda record: record["takes_multicast_v4"]),
        ("link set en0 mtu 1400", None, "en0", lambda record: record["mtu"] == 1400),
        ("link set en0 multicast off", None, "en0", lambda record: not record["multicast"]),
    ],
    ids=["down", "address", "address gone", "IPv6 address", "default route", "multicast route", "mtu", "flag"],
)
def test_a_change_is_shown_within_300_ms(
    fresh_lab: Lab, change: str, undo: str | None, name: str, shown: object
) -> None:
    assert callable(shown)
    with _watch(fresh_lab.alpha) as watching:
        assert not shown(_newest(watching, name))
        fresh_lab.alpha.ip(change)
        begin = time.monotonic()
        watching.wait_until(lambda: shown(_newest(watching, name)))
        assert time.monotonic() - begin < SOON
        if undo:
            fresh_lab.alpha.ip(undo)
            watching.wait_until(lambda: not shown(_newest(watching, name)))


def test_an_interface_that_comes_and_goes_is_shown(fresh_lab: Lab) -> None:
    with _watch(fresh_lab.alpha) as watching:
        fresh_lab.alpha.ip("link add bridge100 type bridge")
        bridge = watching.record("interface", name="bridge100")
        assert (bridge["type"], bridge["up"]) == ("bridge", False)
        fresh_lab.alpha.ip("link del bridge100")
        assert watching.record("removed", name="bridge100")["of"] == "interface"


def test_a_storm_of_changes_ends_with_the_truth(fresh_lab: Lab) -> None:
    with _watch(fresh_lab.alpha) as watching:
        for number in range(60):
            fresh_lab.alpha.ip(f"address add 10.66.1.{number + 1}/24 dev en5")
        watching.wait_until(lambda: len(_addresses(_newest(watching, "en5"))) == 63)
        assert len(watching.records("interface")) < 70, "bursts are one change"


def test_every_address_flag_and_mtu_is_what_ip_says(lab: Lab) -> None:
    told = {record["name"]: record for record in lab.alpha.lanscout("interfaces")}
    listed = json.loads(lab.alpha.run(["ip", "-j", "-d", "address"]).stdout)
    assert set(told) == {link["ifname"] for link in listed}
    for link in listed:
        record = told[link["ifname"]]
        assert record["index"] == link["ifindex"]
        assert record["mtu"] == link["mtu"]
        flags = set(link["flags"])
        assert record["up"] == ("UP" in flags)
        assert record["multicast"] == ("MULTICAST" in flags)
        assert record["point_to_point"] == ("POINTOPOINT" in flags)
        expected = {(each["local"], each["prefixlen"], each["scope"]) for each in link["addr_info"]}
        assert {(each["address"].partition("%")[0], each["prefix"], each["scope"]) for each in record["addresses"]} == (
            expected
        )


def test_interfaces_are_typed_by_what_the_kernel_knows_and_never_by_name_alone(fresh_lab: Lab) -> None:
    fresh_lab.alpha.ip("link add awdl0 type bridge")
    told = {record["name"]: record for record in fresh_lab.alpha.lanscout("interfaces")}
    types = {name: told[name]["type"] for name in ("lo", "en0", "utun3", "ipsec0", "awdl0")}
    assert types == {"lo": "loopback", "en0": "virtual", "utun3": "tunnel", "ipsec0": "tunnel", "awdl0": "bridge"}
    assert all(record["meaning"] for record in told.values())


def test_usable_interfaces_come_first(lab: Lab) -> None:
    names = [record["name"] for record in lab.alpha.lanscout("interfaces")]
    assert names[:2] == ["en0", "en5"]


def test_gateways_are_those_of_the_routes(lab: Lab) -> None:
    told = {record["name"]: record for record in lab.alpha.lanscout("interfaces")}
    assert "192.168.1.1" in told["en0"]["gateways"]
    assert told["en0"]["default_v4"]
    assert told["en5"]["gateways"] == []


def test_a_host_without_any_route_says_so(fresh_lab: Lab) -> None:
    fresh_lab.delta.ip("route flush table main")
    records = fresh_lab.delta.lanscout("route", "224.224.0.77")
    assert records[0]["interface"] is None
    assert records[0]["problem"]["errno"] == 101
    assert "Choose an interface" in records[0]["problem"]["remedy"]


def test_a_default_route_with_two_next_hops_is_told(fresh_lab: Lab) -> None:
    alpha = fresh_lab.alpha
    alpha.ip("route del default dev en0")
    alpha.ip("route add default nexthop via 192.168.1.1 dev en0 nexthop via 10.66.0.2 dev en5")
    told = {record["name"]: record for record in alpha.lanscout("interfaces")}
    assert told["en0"]["default_v4"] or told["en5"]["default_v4"]
    assert "192.168.1.1" in told["en0"]["gateways"]


def test_a_vpn_that_takes_the_traffic_by_a_rule_holds_the_default_route(fresh_lab: Lab) -> None:
    alpha = fresh_lab.alpha
    alpha.ip("link set utun3 up")
    with _watch(alpha) as watching:
        alpha.ip("route add default dev utun3 table 51820")
        alpha.ip("rule add pref 100 table 51820")
        watching.wait_until(lambda: _newest(watching, "utun3")["default_v4"])
        assert _newest(watching, "utun3")["takes_multicast_v4"]
        watching.wait_until(lambda: not _newest(watching, "en0")["default_v4"])


@pytest.mark.parametrize("scope", ["99999999999", "²", "4711"])
def test_a_scope_that_is_no_interface_is_told_without_a_traceback(lab: Lab, scope: str) -> None:
    with lab.alpha.lanscout_process("route", f"ff02::1%{scope}") as asking:
        assert asking.record("problem")["code"] == "interface_unknown"
        assert asking.wait() == 2


async def test_an_overrun_of_the_kernel_s_messages_is_a_change_and_not_the_end(fresh_lab: Lab) -> None:
    alpha = fresh_lab.alpha
    with alpha.inside():
        watching = changes()
        await anext(watching)
    # Nobody reads meanwhile: a few hundred messages fill the socket's buffer (ENOBUFS).
    adding = "\n".join(f"address add 10.{number >> 8}.{number & 255}.1/32 dev en5" for number in range(3000))
    alpha.run(["ip", "-batch", "-"], input=adding)
    async with aclosing(watching), asyncio.timeout(5):
        await anext(watching)
        alpha.ip("link set en5 mtu 1400")
        await anext(watching)


def test_of_a_host_with_many_interfaces_ip_and_lanscout_say_the_same(fresh_lab: Lab) -> None:
    alpha = fresh_lab.alpha
    crowd(alpha, interfaces=MANY, routes=10 * MANY)
    told = {record["name"]: record for record in alpha.lanscout("interfaces")}
    listed = json.loads(alpha.run(["ip", "-j", "-d", "address"]).stdout)
    assert len(listed) >= MANY - 1
    assert set(told) == {link["ifname"] for link in listed}
    for link in listed:
        _compare_link(told[link["ifname"]], link)
    with alpha.start([*LANSCOUT, "probe"]) as probe:
        probe.write('{"id": 1, "watch": "multicast.snapshot"}\n')
        probe.wait_for('"kind":"snapshot"')
        (snapshot,) = next(json.loads(line)["batch"] for line in list(probe.lines) if '"kind":"snapshot"' in line)
    routes = {(route["destination"], route["interface"], route["gateway"]) for route in snapshot["routes"]}
    assert routes == _routes_by_ip(alpha, 4) | _routes_by_ip(alpha, 6)


def _compare_link(record: JsonRecord, link: JsonRecord) -> None:
    names = set(FLAGS.values())
    assert (record["index"], record["mtu"]) == (link["ifindex"], link["mtu"])
    # ip says NO-CARRIER for what is up and not running.
    running = {"RUNNING"} if {"UP", "LOWER_UP"} <= set(link["flags"]) else set()
    assert set(record["flags"]) - {"RUNNING", "DORMANT"} == set(link["flags"]) & names - {"RUNNING"}
    assert ({"RUNNING"} & set(record["flags"])) == running, link
    assert record["mac"] == (link["address"] if link["link_type"] == "ether" else None)
    expected = {
        (
            each["local"],
            each["prefixlen"],
            each["scope"],
            each.get("address"),
            each.get("broadcast"),
            each.get("deprecated", False),
            each["valid_life_time"] == FOREVER,
        )
        for each in link["addr_info"]
    }
    assert expected == {
        (
            each["address"].partition("%")[0],
            each["prefix"],
            each["scope"],
            each["peer"],
            each["broadcast"],
            each["deprecated"],
            each["permanent"],
        )
        for each in record["addresses"]
    }


def _routes_by_ip(host: Host, version: int) -> set[tuple[str, str, str | None]]:
    """(destination in CIDR notation, interface, gateway with scope) of ``ip -j route``."""
    everywhere, bits = ("0.0.0.0/0", 32) if version == 4 else ("::/0", 128)
    found = set()
    for route in json.loads(host.run(["ip", "-j", f"-{version}", "route", "show", "table", "main"]).stdout):
        destination = everywhere if route["dst"] == "default" else str(route["dst"])
        gateway = route.get("gateway")
        if gateway is not None and gateway.startswith("fe80:"):
            gateway = f"{gateway}%{route['dev']}"
        if route.get("type", "unicast") == "unicast":
            found.add((destination if "/" in destination else f"{destination}/{bits}", route["dev"], gateway))
    return found
