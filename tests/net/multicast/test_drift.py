"""Tests of net.multicast.drift and causes: what is said of a change, and why."""

from __future__ import annotations

from contextlib import aclosing

import msgspec
import pytest

from net.multicast.causes import cause
from net.multicast.difference import difference
from net.multicast.drift import Watched, drifted, watch
from net.multicast.records import Change, EgressChange, Snapshot
from net.multicast.requests import DriftRequest
from net.platform.protocol import RouteEntry
from net.problems import ProblemError, make_problem
from net.records import Route
from net.routes import MULTICAST_PROBES
from tests.net.multicast.snapshots import (
    BY_LAN,
    BY_LAN_V6,
    BY_VPN,
    GROUP,
    LAN,
    VPN,
    VPN_WITHOUT_ROUTE,
    WITH_VPN,
    WITHOUT_VPN,
    joined,
)

GENERAL = (Watched(MULTICAST_PROBES[4], "224.0.0.0/4"), Watched(MULTICAST_PROBES[6], "ff02::/16"))
NO_WAY = Route(address=MULTICAST_PROBES[4], problem=make_problem("no_route", GROUP, OSError(101, "")))


def _change(before: Snapshot, now: Snapshot, earlier: tuple[Change, ...] = ()) -> EgressChange:
    route, change = drifted(GENERAL, before, now, difference(before, now), earlier)
    assert isinstance(route, Route)
    assert isinstance(change, EgressChange)
    return change


def _moved(to: Snapshot, route: Route) -> Snapshot:
    return msgspec.structs.replace(to, unbound=(route, BY_LAN_V6))


def test_a_vpn_that_takes_the_default_route_is_named_with_what_it_means() -> None:
    change = _change(WITHOUT_VPN, WITH_VPN)
    assert (change.interface_before, change.source_before) == ("en0", "192.168.1.23")
    assert (change.interface, change.source, change.tunnel) == ("utun3", "10.8.0.2", True)
    assert change.cause == "utun3 came up and took the default route from en0."
    assert "into the tunnel utun3 (10.8.0.2)" in change.text
    assert [(each.group, each.interface, each.kept, each.elsewhere, each.up) for each in change.running] == [
        (GROUP, "en0", True, True, True)
    ], "the all-hosts group is no program's"
    assert change.running_text.startswith("The joins that programs hold on en0 stay there: 224.224.0.77 on en0.")


def test_a_vpn_that_came_up_a_moment_before_is_still_the_cause() -> None:
    earlier = difference(WITHOUT_VPN, VPN_WITHOUT_ROUTE)
    assert drifted(GENERAL, WITHOUT_VPN, VPN_WITHOUT_ROUTE, earlier, ()) == ()
    change = _change(VPN_WITHOUT_ROUTE, WITH_VPN, earlier)
    assert change.cause == "utun3 came up and took the default route from en0."
    assert _change(VPN_WITHOUT_ROUTE, WITH_VPN).cause == "utun3 took the default route from en0."


def test_joins_left_in_a_tunnel_that_went_down_are_said_to_need_a_new_join() -> None:
    before = msgspec.structs.replace(WITH_VPN, memberships=(joined("utun3"),))
    now = msgspec.structs.replace(WITHOUT_VPN, memberships=(joined("utun3"),))
    change = _change(before, now)
    assert change.cause == "utun3 went down, and the default route is en0's."
    assert "it is down and nothing arrives: 224.224.0.77 on utun3" in change.running_text


def test_joins_that_vanished_with_their_interface_are_said_to_be_gone() -> None:
    before = msgspec.structs.replace(WITH_VPN, memberships=(joined("utun3"), joined("en0")))
    now = msgspec.structs.replace(WITHOUT_VPN, interfaces=(LAN,), memberships=(joined("en0"),))
    change = _change(before, now)
    assert change.code == "egress_vanished_gave_default"
    assert [(each.interface, each.kept) for each in change.running] == [("en0", True), ("utun3", False)]
    assert change.running_text.startswith("The joins that programs held are gone with their interface")


def test_no_way_out_at_all_has_its_problem() -> None:
    down = msgspec.structs.replace(LAN, up=False, running=False, default_v4=False)
    now = msgspec.structs.replace(WITHOUT_VPN, interfaces=(down, VPN), routes=(), unbound=(NO_WAY, BY_LAN_V6))
    change = _change(WITHOUT_VPN, now)
    assert (change.interface, change.code) == (None, "egress_no_way_down")
    assert change.problem is not None
    assert change.problem.errno == 101
    back = _change(now, WITHOUT_VPN)
    assert back.cause == "en0 came up with a default route; there was none."
    assert "they were refused before" in back.text


@pytest.mark.parametrize(
    ("before", "now", "code"),
    [
        (
            WITHOUT_VPN,
            _moved(
                msgspec.structs.replace(
                    VPN_WITHOUT_ROUTE,
                    routes=(*WITHOUT_VPN.routes, RouteEntry(destination="224.0.0.0/4", interface="utun3")),
                ),
                BY_VPN,
            ),
            "egress_route_added",
        ),
        (
            _moved(
                msgspec.structs.replace(
                    VPN_WITHOUT_ROUTE,
                    routes=(*WITHOUT_VPN.routes, RouteEntry(destination="224.0.0.0/4", interface="utun3")),
                ),
                BY_VPN,
            ),
            VPN_WITHOUT_ROUTE,
            "egress_route_removed",
        ),
        (WITHOUT_VPN, _moved(VPN_WITHOUT_ROUTE, BY_VPN), "egress_came_up"),
        (_moved(VPN_WITHOUT_ROUTE, BY_VPN), WITHOUT_VPN, "egress_went_down"),
        (WITHOUT_VPN, _moved(WITHOUT_VPN, BY_VPN), "egress_unknown"),
        (
            WITHOUT_VPN,
            _moved(WITHOUT_VPN, msgspec.structs.replace(BY_LAN, source="192.168.1.24")),
            "egress_source",
        ),
        (WITHOUT_VPN, _moved(WITHOUT_VPN, NO_WAY), "egress_no_way"),
        (_moved(WITHOUT_VPN, NO_WAY), WITHOUT_VPN, "egress_found_a_way"),
        (
            WITH_VPN,
            msgspec.structs.replace(WITHOUT_VPN, interfaces=(LAN, msgspec.structs.replace(VPN, up=True, running=True))),
            "egress_lost_default",
        ),
    ],
)
def test_the_cause_is_the_change_that_explains_it(before: Snapshot, now: Snapshot, code: str) -> None:
    change = _change(before, now)
    assert change.code == code
    assert "None" not in change.cause


def test_a_change_of_a_moment_ago_does_not_outweigh_the_one_of_now() -> None:
    """The VPN went down, then a route of its own was taken away: not the default route is the cause."""
    earlier = difference(WITH_VPN, WITHOUT_VPN)
    multicast = RouteEntry(destination="224.0.0.0/4", interface="en5")
    by_en5 = msgspec.structs.replace(BY_LAN, interface="en5", source="10.66.0.1")
    before = msgspec.structs.replace(WITHOUT_VPN, routes=(*WITHOUT_VPN.routes, multicast), unbound=(by_en5, BY_LAN_V6))
    changes = difference(before, WITHOUT_VPN)
    assert cause(by_en5, BY_LAN, changes, earlier).text == "The route to 224.0.0.0/4 by en5 was removed."


def test_each_group_watched_has_its_own_change() -> None:
    watched = (*GENERAL, Watched(GROUP, GROUP))
    records = drifted(watched, WITHOUT_VPN, WITH_VPN, difference(WITHOUT_VPN, WITH_VPN), ())
    assert [record.group for record in records if isinstance(record, EgressChange)] == ["224.0.0.0/4", GROUP]
    assert len([record for record in records if isinstance(record, Route)]) == 1


async def test_the_watch_begins_with_the_way_out_of_each_group() -> None:
    async with aclosing(watch(DriftRequest(groups=("239.1.2.3:5000", "239.1.2.3", "ff02::77%lo")))) as batches:
        routes = await anext(batches)
    assert [route.address for route in routes if isinstance(route, Route)] == [
        *MULTICAST_PROBES.values(),
        "239.1.2.3",
        "ff02::77%lo",
    ]


@pytest.mark.parametrize(
    ("group", "code"),
    [
        ("nowhere", "group_without_port"),
        ("192.168.1.1", "group_not_multicast"),
        ("192.168.1.1:80", "group_not_multicast"),
    ],
)
async def test_what_is_no_group_is_refused(group: str, code: str) -> None:
    with pytest.raises(ProblemError) as failure:
        await anext(watch(DriftRequest(groups=(group,))))
    assert failure.value.problem.code == code
