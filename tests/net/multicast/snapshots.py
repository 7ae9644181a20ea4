"""Snapshots for the tests beside this file: a host with en0 on the LAN, and a VPN that can take its default route."""

from __future__ import annotations

import msgspec

from net.multicast.records import Snapshot
from net.platform.protocol import RouteEntry
from net.records import Address, Membership, Route
from net.routes import MULTICAST_PROBES
from tests.net import faces

LAN = msgspec.structs.replace(faces.LAN, default_v4=True)
VPN = msgspec.structs.replace(
    LAN,
    name="utun3",
    index=4,
    type="tunnel",
    label="VPN tunnel",
    up=False,
    running=False,
    point_to_point=True,
    addresses=(Address(address="10.8.0.2"),),
    default_v4=False,
)
DEFAULT_BY_LAN = RouteEntry(destination="0.0.0.0/0", interface="en0", gateway="192.168.1.1", metric=600)
DEFAULT_BY_VPN = RouteEntry(destination="0.0.0.0/0", interface="utun3", metric=50)
BY_LAN = Route(address=MULTICAST_PROBES[4], interface="en0", source="192.168.1.23")
BY_VPN = Route(address=MULTICAST_PROBES[4], interface="utun3", source="10.8.0.2")
BY_LAN_V6 = Route(address=MULTICAST_PROBES[6], interface="en0", source=None)
GROUP = "224.224.0.77"


def joined(interface: str, group: str = GROUP) -> Membership:
    """A join of any source."""
    return Membership(interface=interface, group=group, family="ipv4", mode="exclude", users=1)


WITHOUT_VPN = Snapshot(
    time=1.0,
    interfaces=(LAN, VPN),
    routes=(DEFAULT_BY_LAN,),
    memberships=(joined("en0"), joined("en0", "224.0.0.1")),
    unbound=(BY_LAN, BY_LAN_V6),
)
VPN_WITHOUT_ROUTE = msgspec.structs.replace(
    WITHOUT_VPN, interfaces=(LAN, msgspec.structs.replace(VPN, up=True, running=True))
)
WITH_VPN = msgspec.structs.replace(
    WITHOUT_VPN,
    time=2.0,
    interfaces=(
        msgspec.structs.replace(LAN, default_v4=False),
        msgspec.structs.replace(VPN, up=True, running=True, default_v4=True),
    ),
    routes=(DEFAULT_BY_LAN, DEFAULT_BY_VPN),
    unbound=(BY_VPN, BY_LAN_V6),
)
