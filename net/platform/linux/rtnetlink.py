"""Interfaces, addresses, routes and their changes from the kernel by rtnetlink (rtnetlink(7))."""

from __future__ import annotations

import asyncio
import errno
import ipaddress
import os
import socket
import struct
from collections.abc import AsyncGenerator, Iterator
from contextlib import closing, suppress
from functools import lru_cache
from pathlib import Path
from typing import Literal, NamedTuple

from net.platform.linux.netlink import Message, attributes, dump, request
from net.platform.names import index_of_name, interface_name, interface_names, name_of_index
from net.platform.protocol import Egress, Link, RouteEntry
from net.records import Address

# linux/rtnetlink.h
RTM_GETLINK, RTM_GETADDR, RTM_GETROUTE = 18, 22, 26
RTMGRP_LINK, RTMGRP_IPV4_IFADDR, RTMGRP_IPV4_ROUTE = 0x1, 0x10, 0x40
RTMGRP_IPV6_IFADDR, RTMGRP_IPV6_ROUTE = 0x100, 0x400
RTMGRP_IPV4_RULE, RTMGRP_IPV6_RULE = 0x80, 0x40000
RT_TABLE_UNSPEC, RT_TABLE_MAIN = 0, 254
RTN_UNICAST = 1
RTA_DST, RTA_OIF, RTA_GATEWAY, RTA_PRIORITY, RTA_PREFSRC, RTA_MULTIPATH, RTA_TABLE, RTA_VIA = 1, 4, 5, 6, 7, 9, 15, 18
RTM_F_LOOKUP_TABLE = 0x1000

# linux/if_link.h, linux/if_addr.h
IFLA_ADDRESS, IFLA_IFNAME, IFLA_MTU, IFLA_MASTER, IFLA_LINKINFO, IFLA_IFALIAS, IFLA_STATS64 = 1, 3, 4, 10, 18, 20, 23
IFLA_INFO_KIND, IFLA_INFO_SLAVE_KIND = 1, 4
IFA_ADDRESS, IFA_LOCAL, IFA_BROADCAST, IFA_CACHEINFO, IFA_FLAGS = 1, 2, 4, 6, 8
IFA_F_TEMPORARY, IFA_F_DADFAILED, IFA_F_DEPRECATED, IFA_F_TENTATIVE, IFA_F_PERMANENT = 0x01, 0x08, 0x20, 0x40, 0x80
FOREVER = 0xFFFFFFFF

# linux/if.h, net_device_flags
FLAGS = {
    0x1: "UP",
    0x2: "BROADCAST",
    0x8: "LOOPBACK",
    0x10: "POINTOPOINT",
    0x40: "RUNNING",
    0x80: "NOARP",
    0x100: "PROMISC",
    0x200: "ALLMULTI",
    0x400: "MASTER",
    0x800: "SLAVE",
    0x1000: "MULTICAST",
    0x10000: "LOWER_UP",
    0x20000: "DORMANT",
}
SCOPES: dict[int, Literal["global", "site", "link", "host"]] = {0: "global", 200: "site", 253: "link", 254: "host"}
SYSFS = Path("/sys/class/net")
SETTLE = 0.05
"""Seconds in which a burst of changes counts as one."""


def links() -> tuple[Link, ...]:
    """All interfaces of this network namespace with their addresses, in index order."""
    found = {}
    addresses: dict[int, list[Address]] = {}
    messages = list(dump(RTM_GETLINK, struct.pack("=BxHiII", socket.AF_UNSPEC, 0, 0, 0, 0)))
    names = {}
    for message in messages:
        _, index, _ = struct.unpack_from("=HiI", message.body, 2)
        names[index] = _text(attributes(message.body, 16).get(IFLA_IFNAME, b""))
    for message in dump(RTM_GETADDR, struct.pack("=BBBBI", socket.AF_UNSPEC, 0, 0, 0, 0)):
        index, address = _address(message, names)
        addresses.setdefault(index, []).append(address)
    for message in messages:
        link = _link(message, addresses, names)
        found[link.index] = link
    return tuple(found[index] for index in sorted(found))


def addresses() -> dict[str, str]:
    """The interface that owns each address of this host; link-local IPv6 addresses without their scope."""
    names = interface_names()
    found = {}
    for message in dump(RTM_GETADDR, struct.pack("=BBBBI", socket.AF_UNSPEC, 0, 0, 0, 0)):
        index, address = _address(message, names)
        if index in names:
            found[address.address.partition("%")[0]] = names[index]
    return found


def routes() -> tuple[RouteEntry, ...]:
    """The unicast routes of the main table, both families. A multipath route is given once for each next hop."""
    names = interface_names()
    found = []
    for message in dump(RTM_GETROUTE, struct.pack("=BBBBBBBBI", 0, 0, 0, 0, 0, 0, 0, 0, 0)):
        for route in _routes(message.body):
            interface = names.get(route.oif)
            if interface is not None:
                found.append(
                    RouteEntry(
                        destination=route.destination,
                        interface=interface,
                        gateway=_scoped(route.gateway, interface) if route.gateway is not None else None,
                        metric=route.metric,
                        per_flow=route.per_flow,
                    )
                )
    return tuple(found)


class _Route(NamedTuple):
    """A RouteEntry by the index of its interface."""

    destination: str
    oif: int
    gateway: str | None
    metric: int | None
    per_flow: bool


# After a change nearly all routes of a host with thousands read as before.
@lru_cache(maxsize=8192)
def _routes(body: bytes) -> tuple[_Route, ...]:
    """The unicast route of the main table in the body of a message, by each next hop; none for another."""
    family, bits, _, _, table, _, _, kind, _ = struct.unpack_from("=BBBBBBBBI", body)
    fields = attributes(body, 12)
    if RTA_TABLE in fields:
        table = _number(fields[RTA_TABLE])
    if table != RT_TABLE_MAIN or kind != RTN_UNICAST:
        return ()
    network = _ip(fields[RTA_DST]) if RTA_DST in fields else ("::" if family == socket.AF_INET6 else "0.0.0.0")
    hops = list(_next_hops(fields[RTA_MULTIPATH])) if RTA_MULTIPATH in fields else [fields]
    return tuple(
        _Route(
            destination=f"{network}/{bits}",
            oif=_number(hop[RTA_OIF]),
            gateway=_gateway(hop),
            metric=_number(fields[RTA_PRIORITY]) if RTA_PRIORITY in fields else None,
            per_flow=len(hops) > 1,
        )
        for hop in hops
        if RTA_OIF in hop
    )


def lookup(address: str, interface: str | None = None) -> Egress:
    """The kernel's route for ``address`` by ``interface`` or, where none is given, by the scope of ``ff02::fb%en0``.

    Raises OSError with ENETUNREACH, EHOSTUNREACH or ENODEV.
    """
    destination = ipaddress.ip_address(address)
    family = socket.AF_INET if destination.version == 4 else socket.AF_INET6
    body = struct.pack("=BBBBBBBBI", family, destination.max_prefixlen, 0, 0, 0, 0, 0, 0, RTM_F_LOOKUP_TABLE)
    body += struct.pack("=HH", 4 + len(destination.packed), RTA_DST) + destination.packed
    scope = interface or getattr(destination, "scope_id", None)
    if scope:
        body += struct.pack("=HHI", 8, RTA_OIF, _interface_index(scope))
    answer = request(RTM_GETROUTE, body).body
    fields = attributes(answer, 12)
    if RTA_OIF not in fields:
        raise OSError(errno.ENETUNREACH, os.strerror(errno.ENETUNREACH))
    leaves_by, gateway = name_of_index(_number(fields[RTA_OIF])), _gateway(fields)
    return Egress(
        interface=leaves_by,
        source=_scoped(_ip(fields[RTA_PREFSRC]), leaves_by) if RTA_PREFSRC in fields else None,
        gateway=_scoped(gateway, leaves_by) if gateway is not None else None,
        assumed=_is_assumed(answer, fields),
    )


def _gateway(fields: dict[int, bytes]) -> str | None:
    """The next hop, None where the destination is on the link; struct rtvia (family, address) is one of the other."""
    if RTA_GATEWAY in fields:
        return _ip(fields[RTA_GATEWAY])
    via = fields.get(RTA_VIA, b"")[2:]
    return _ip(via) if len(via) in (4, 16) else None


def _is_assumed(answer: bytes, fields: dict[int, bytes]) -> bool:
    """Whether no routing table gave the answer: IPv4 takes any host for one of the link that a socket is bound to."""
    table = _number(fields[RTA_TABLE]) if RTA_TABLE in fields else answer[4]
    return table == RT_TABLE_UNSPEC and answer[7] == RTN_UNICAST


async def changes() -> AsyncGenerator[None, None]:
    """One item at once, then one after each burst of link, address, route or routing rule messages.

    A burst is over when the kernel is silent for 50 ms, or after 200 ms, so that a storm is seen while it lasts.
    """
    groups = RTMGRP_LINK | RTMGRP_IPV4_IFADDR | RTMGRP_IPV6_IFADDR | RTMGRP_IPV4_ROUTE | RTMGRP_IPV6_ROUTE
    # A VPN such as wg-quick leads traffic to a table of its own by a rule.
    groups |= RTMGRP_IPV4_RULE | RTMGRP_IPV6_RULE
    loop = asyncio.get_running_loop()
    with closing(socket.socket(socket.AF_NETLINK, socket.SOCK_RAW | socket.SOCK_CLOEXEC, socket.NETLINK_ROUTE)) as sock:
        sock.setblocking(False)
        sock.bind((0, groups))
        yield
        while True:
            await _heard(loop, sock)
            end = loop.time() + 4 * SETTLE
            while (left := end - loop.time()) > 0:
                try:
                    async with asyncio.timeout(min(SETTLE, left)):
                        await _heard(loop, sock)
                except TimeoutError:
                    break
            yield


async def _heard(loop: asyncio.AbstractEventLoop, sock: socket.socket) -> None:
    """Wait for a message; an overrun (ENOBUFS) means that messages were lost, so something changed too."""
    try:
        await loop.sock_recv(sock, 65536)
    except OSError as error:
        if error.errno != errno.ENOBUFS:
            raise


def _link(message: Message, addresses: dict[int, list[Address]], names: dict[int, str]) -> Link:
    hardware, index, bits = struct.unpack_from("=HiI", message.body, 2)
    fields = attributes(message.body, 16)
    name = _text(fields[IFLA_IFNAME])
    facts = {"sysfs.type": (str(hardware),), **_sysfs_facts(name)}
    info = attributes(fields.get(IFLA_LINKINFO, b""), 0)
    if IFLA_INFO_KIND in info:
        facts["rtnl.kind"] = (_text(info[IFLA_INFO_KIND]),)
    if IFLA_INFO_SLAVE_KIND in info:
        facts["rtnl.port"] = (_text(info[IFLA_INFO_SLAVE_KIND]),)
    # An interface of a routing domain (VRF) has a master too and still speaks IP itself.
    if IFLA_MASTER in fields and _text(info.get(IFLA_INFO_SLAVE_KIND, b"")) != "vrf":
        master = _number(fields[IFLA_MASTER])
        facts["rtnl.master"] = (names.get(master, str(master)),)
    mac = fields.get(IFLA_ADDRESS, b"")
    # struct rtnl_link_stats64: rx_packets, tx_packets, rx_bytes, tx_bytes, ...
    received, sent = struct.unpack_from("=QQ", fields[IFLA_STATS64], 16) if IFLA_STATS64 in fields else (None, None)
    return Link(
        name=name,
        index=index,
        flags=frozenset(flag for bit, flag in FLAGS.items() if bits & bit),
        mtu=_number(fields[IFLA_MTU]) if IFLA_MTU in fields else None,
        mac=mac.hex(":") if len(mac) == 6 and any(mac) else None,
        speed_mbps=_speed(name),
        addresses=tuple(addresses.get(index, ())),
        facts=facts,
        friendly=_text(fields[IFLA_IFALIAS]) if IFLA_IFALIAS in fields else None,
        rx_bytes=received,
        tx_bytes=sent,
    )


def _address(message: Message, names: dict[int, str]) -> tuple[int, Address]:
    family, prefix, flags, scope, index = struct.unpack_from("=BBBBI", message.body)
    fields = attributes(message.body, 8)
    far = fields.get(IFA_ADDRESS, b"")
    own = fields.get(IFA_LOCAL, far)
    if IFA_FLAGS in fields:
        flags = _number(fields[IFA_FLAGS])
    # struct ifa_cacheinfo: ifa_prefered, ifa_valid, ...
    preferred, valid = struct.unpack_from("=II", fields[IFA_CACHEINFO]) if IFA_CACHEINFO in fields else (None, None)
    return index, Address(
        address=_scoped(_ip(own), names.get(index, str(index))),
        prefix=prefix,
        scope=SCOPES.get(scope),
        peer=_ip(far) if far and far != own else None,
        broadcast=_ip(fields[IFA_BROADCAST]) if IFA_BROADCAST in fields else None,
        # The same bit says "secondary" of an IPv4 address.
        temporary=family == socket.AF_INET6 and bool(flags & IFA_F_TEMPORARY),
        deprecated=bool(flags & IFA_F_DEPRECATED),
        tentative=bool(flags & IFA_F_TENTATIVE),
        duplicate=bool(flags & IFA_F_DADFAILED),
        permanent=bool(flags & IFA_F_PERMANENT) or valid == FOREVER,
        valid_seconds=None if valid == FOREVER else valid,
        preferred_seconds=None if preferred == FOREVER else preferred,
    )


def _sysfs_facts(name: str) -> dict[str, tuple[str, ...]]:
    """What /sys/class/net/NAME adds; empty where /sys shows another network namespace."""
    folder = SYSFS / name
    facts: dict[str, tuple[str, ...]] = {}
    try:
        entries = tuple(entry.name for entry in folder.iterdir())
    except OSError:
        return facts
    facts["sysfs.has"] = entries
    facts.update(_uevent_facts(folder))
    if "device" in entries:
        with suppress(OSError):
            facts["sysfs.driver"] = ((folder / "device" / "driver").readlink().name,)
    return facts


def _uevent_facts(folder: Path) -> Iterator[tuple[str, tuple[str, ...]]]:
    try:
        lines = (folder / "uevent").read_text().splitlines()
    except OSError:
        return
    for line in lines:
        if line.startswith("DEVTYPE="):
            yield "sysfs.devtype", (line.removeprefix("DEVTYPE="),)


def _speed(name: str) -> int | None:
    """Mb/s by ethtool's number in sysfs; None where the driver does not tell (a read fails or gives -1)."""
    try:
        speed = int((SYSFS / name / "speed").read_text())
    except (OSError, ValueError):
        return None
    return speed if speed > 0 else None


def _next_hops(hops: bytes) -> Iterator[dict[int, bytes]]:
    """Interface and gateway of each struct rtnexthop: length, flags, hops, index, attributes."""
    while len(hops) >= 8:
        length, _, _, index = struct.unpack_from("=HBBi", hops)
        yield {RTA_OIF: struct.pack("=i", index), **attributes(hops[:length], 8)}
        # Each is padded to four bytes (RTNH_ALIGN).
        hops = hops[max(8, length + 3 & ~3) :]


def _interface_index(scope: str) -> int:
    try:
        index = int(scope) if scope.isascii() and scope.isdigit() else index_of_name(scope)
        socket.if_indextoname(index)
    except (OSError, OverflowError):  # Python gives the first no errno
        raise OSError(errno.ENODEV, os.strerror(errno.ENODEV)) from None
    return index


def _scoped(address: str, interface: str) -> str:
    return f"{address}%{interface}" if address.startswith(("fe80:", "ff02:")) else address


def _ip(packed: bytes) -> str:
    # Many routes are many addresses, and inet_ntop is several times as fast; of IPv6 it has a form of its own.
    return socket.inet_ntop(socket.AF_INET, packed) if len(packed) == 4 else str(ipaddress.ip_address(packed))


def _number(packed: bytes) -> int:
    return int.from_bytes(packed[:4], "little" if struct.pack("=H", 1)[0] else "big")


def _text(packed: bytes) -> str:
    return interface_name(packed.rstrip(b"\0"))
