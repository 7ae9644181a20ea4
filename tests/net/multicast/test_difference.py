"""Tests of net.multicast.difference and snapshot."""

from __future__ import annotations

from contextlib import aclosing

import msgspec
import pytest

from net.multicast.difference import difference
from net.multicast.listener import listen
from net.multicast.records import Change, Snapshot
from net.multicast.requests import SnapshotRequest
from net.multicast.snapshot import snapshot, take
from net.platform.protocol import RouteEntry
from net.problems import ProblemError
from net.records import Address, Stream
from net.requests import ListenRequest
from tests.net.multicast.snapshots import LAN, VPN, WITH_VPN, WITHOUT_VPN, joined

LOOPBACK = "lo"


def _texts(before: Snapshot, after: Snapshot) -> list[str]:
    return [change.text for change in difference(before, after)]


def _with_lan(**fields: object) -> Snapshot:
    return msgspec.structs.replace(WITHOUT_VPN, interfaces=(msgspec.structs.replace(LAN, **fields), VPN))


def test_nothing_changed_is_no_difference() -> None:
    assert difference(WITHOUT_VPN, WITHOUT_VPN) == ()
    assert difference(WITHOUT_VPN, msgspec.structs.replace(WITHOUT_VPN, time=9.0)) == ()


def test_a_vpn_coming_up_is_told_with_its_causes_first() -> None:
    *causes, effect = _texts(WITHOUT_VPN, WITH_VPN)
    assert causes == [
        "utun3 came up.",
        "A route to 0.0.0.0/0 by utun3 was added.",
        "The default route (IPv4) moved from en0 to utun3.",
    ]
    assert effect.startswith(
        "Joins to 224.0.0.0/4 that choose no interface go to utun3 (10.8.0.2) now, and went to en0"
    )
    assert [(each.what, each.change, each.interface, each.version) for each in difference(WITHOUT_VPN, WITH_VPN)] == [
        ("interface", "up", "utun3", None),
        ("route", "added", "utun3", 4),
        ("default_route", "changed", "utun3", 4),
        ("unbound", "changed", "utun3", 4),
    ]


def test_the_way_back_is_told_the_other_way_round() -> None:
    assert [(each.what, each.change, each.before, each.after) for each in difference(WITH_VPN, WITHOUT_VPN)] == [
        ("interface", "down", "up", "down"),
        ("route", "removed", "utun3", None),
        ("default_route", "changed", "utun3", "en0"),
        ("unbound", "changed", "utun3 (10.8.0.2)", "en0 (192.168.1.23)"),
    ]


def test_what_is_lost_stands_before_and_what_is_new_after() -> None:
    gone = difference(WITHOUT_VPN, msgspec.structs.replace(WITHOUT_VPN, interfaces=(LAN,)))
    assert [(each.what, each.before, each.after) for each in gone] == [
        ("interface", "down", None),
        ("address", "10.8.0.2", None),
    ]
    moved = difference(WITHOUT_VPN, _with_lan(addresses=(Address(address="192.168.1.24", prefix=24),)))
    assert [(each.before, each.after) for each in moved] == [("192.168.1.23/24", None), (None, "192.168.1.24/24")]


@pytest.mark.parametrize(
    ("after", "texts"),
    [
        (
            msgspec.structs.replace(WITHOUT_VPN, interfaces=(LAN,)),
            ["utun3 vanished.", "utun3 lost the address 10.8.0.2."],
        ),
        (_with_lan(running=False), ["en0 changed: up is now no link."]),
        (_with_lan(multicast=False), ["en0 changed: with MULTICAST is now without MULTICAST."]),
        (_with_lan(index=9), ["en0 changed: index 2 is now index 9."]),
        (
            _with_lan(addresses=(Address(address="192.168.1.24", prefix=24),)),
            ["en0 lost the address 192.168.1.23/24.", "en0 got the address 192.168.1.24/24."],
        ),
        (_with_lan(default_v4=False), ["There is no default route (IPv4) any more; it was en0's."]),
        (
            msgspec.structs.replace(WITHOUT_VPN, routes=()),
            ["The route to 0.0.0.0/0 by en0 (gateway 192.168.1.1) was removed."],
        ),
        (
            msgspec.structs.replace(WITHOUT_VPN, memberships=(joined("utun3"), joined("en0", "224.0.0.1"))),
            ["224.224.0.77 is not joined on en0 any more.", "224.224.0.77 was joined on utun3."],
        ),
        (
            msgspec.structs.replace(
                WITHOUT_VPN,
                memberships=(
                    msgspec.structs.replace(joined("en0"), mode="include", sources=("192.168.1.20",)),
                    joined("en0", "224.0.0.1"),
                ),
            ),
            ["The sources of 224.224.0.77 on en0 changed: any source is now include 192.168.1.20."],
        ),
    ],
    ids=["vanished", "carrier", "flag", "index", "address", "default", "route", "joins", "sources"],
)
def test_each_kind_of_change_has_its_sentence(after: Snapshot, texts: list[str]) -> None:
    assert _texts(WITHOUT_VPN, after) == texts
    assert len(_texts(after, WITHOUT_VPN)) == len(texts)


def test_how_many_sockets_joined_is_no_difference() -> None:
    more = msgspec.structs.replace(
        WITHOUT_VPN, memberships=(msgspec.structs.replace(joined("en0"), users=2), joined("en0", "224.0.0.1"))
    )
    assert difference(WITHOUT_VPN, more) == ()


def test_a_stream_that_fell_silent_is_told() -> None:
    stream = Stream(
        source="192.168.1.20",
        source_port=4000,
        group="224.224.0.77",
        port=23019,
        interface="en0",
        packets=10,
        bytes=100,
        packets_per_s=5.0,
        bits_per_s=400.0,
        first=1.0,
        last=2.0,
    )
    silent = msgspec.structs.replace(stream, packets_per_s=0.0)
    before = msgspec.structs.replace(WITHOUT_VPN, streams=(stream,))
    text = "The stream 192.168.1.20:4000 › 224.224.0.77:23019 is not received on en0 any more."
    assert _texts(before, msgspec.structs.replace(WITHOUT_VPN, streams=(silent,))) == [text]
    assert _texts(before, WITHOUT_VPN) == [text]
    assert _texts(before, msgspec.structs.replace(before, streams=(msgspec.structs.replace(stream, packets=99),))) == []


def test_two_routes_that_differ_in_the_metric_alone_are_two() -> None:
    other = RouteEntry(destination="0.0.0.0/0", interface="en0", gateway="192.168.1.1", metric=601)
    after = msgspec.structs.replace(WITHOUT_VPN, routes=(*WITHOUT_VPN.routes, other))
    assert [change.change for change in difference(WITHOUT_VPN, after)] == ["added"]


async def test_a_snapshot_holds_what_the_kernel_says() -> None:
    async with aclosing(listen(ListenRequest(groups=("239.77.3.1:23093",), interfaces=(LOOPBACK,)))) as batches:
        before = await take(("127.0.0.1",))
        await anext(batches)
        after = await take(("127.0.0.1",))
    assert [route.interface for route in after.unbound if route.address == "127.0.0.1"] == [LOOPBACK]
    assert LOOPBACK in {face.name for face in after.interfaces}
    changes = [change for change in difference(before, after) if change.interface == LOOPBACK]
    assert [(change.what, change.change, change.subject) for change in changes] == [
        ("membership", "added", "239.77.3.1")
    ]


async def test_the_watch_answers_once_and_compares_with_the_snapshot_given() -> None:
    ((first, *nothing),) = [batch async for batch in snapshot(SnapshotRequest())]
    assert isinstance(first, Snapshot)
    assert nothing == []
    earlier = msgspec.structs.replace(first, memberships=(*first.memberships, joined(LOOPBACK, "239.77.3.2")))
    sent = msgspec.json.decode(msgspec.json.encode(SnapshotRequest(before=earlier)), type=SnapshotRequest)
    ((_, *changes),) = [batch async for batch in snapshot(sent)]
    assert ("membership", "removed", "239.77.3.2") in [
        (change.what, change.change, change.subject) for change in changes if isinstance(change, Change)
    ]


async def test_a_group_that_is_no_address_is_refused() -> None:
    with pytest.raises(ProblemError) as failure:
        await take(("nowhere",))
    assert failure.value.problem.code == "address_invalid"
