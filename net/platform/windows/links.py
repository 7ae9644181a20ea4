"""Puts the interfaces of Windows together from psutil, the interface list of ``route print`` and Get-NetAdapter."""

from __future__ import annotations

import ipaddress
from collections.abc import Iterable, Iterator, Mapping, Sequence

import msgspec

from net.platform.protocol import Link
from net.platform.scope import scope_of
from net.platform.windows.adapters import Adapter
from net.platform.windows.ipconfig import Life
from net.platform.windows.mac import canonical_mac
from net.platform.windows.routeprint import Listed, Printed
from net.records import Address

LOOPBACK_INDEX = 1
"""Of the software loopback interface, which neither has a hardware address nor is an adapter."""
IF_TYPE_PPP = 23
"""ipifcons.h"""


class Seen(msgspec.Struct, frozen=True, kw_only=True):
    """What psutil tells of an interface; ``addresses`` are pairs of address and netmask or None."""

    name: str
    mac: str | None
    addresses: tuple[tuple[str, str | None], ...]
    up: bool
    mtu: int | None
    speed_mbps: int | None
    rx_bytes: int | None = None
    tx_bytes: int | None = None


def seen() -> tuple[Seen, ...]:
    """All interfaces as psutil lists them, under their aliases."""
    import psutil

    stats = psutil.net_if_stats()
    counters = psutil.net_io_counters(pernic=True)
    found = []
    for name, entries in psutil.net_if_addrs().items():
        state, counted = stats.get(name), counters.get(name)
        found.append(
            Seen(
                name=name,
                mac=next((entry.address for entry in entries if entry.family == psutil.AF_LINK), None),
                addresses=tuple((entry.address, entry.netmask) for entry in entries if entry.family != psutil.AF_LINK),
                up=state is not None and state.isup,
                mtu=state.mtu if state else None,
                speed_mbps=(state.speed or None) if state else None,
                rx_bytes=counted.bytes_recv if counted else None,
                tx_bytes=counted.bytes_sent if counted else None,
            )
        )
    return tuple(found)


def build(
    interfaces: Iterable[Seen], printed: Printed, adapters: Sequence[Adapter], lives: Mapping[str, Life] | None = None
) -> tuple[Link, ...]:
    """The links in index order. An index that no source tells is 0. ``lives`` are by address without scope.

    UP and RUNNING are the operational state. MULTICAST is set where the routing table has a row for 224.0.0.0/4 or
    ff00::/8 on the interface, as Windows makes one exactly where it does multicast.
    """
    links = []
    multicast = {row.address or row.index for row in printed.rows if row.destination in ("224.0.0.0/4", "ff00::/8")}
    for one in interfaces:
        mac = canonical_mac(one.mac or "")
        adapter = _adapter(one.name, mac, adapters)
        listed = _listed(mac, printed.interfaces)
        texts = [text.partition("%")[0] for text, _ in one.addresses]
        index = _index(one, adapter, listed, texts)
        flags = set(_flags(one, adapter, texts))
        if multicast & {*texts, index}:
            flags.add("MULTICAST")
        links.append(
            Link(
                name=one.name,
                index=index,
                flags=frozenset(flags),
                mtu=one.mtu,
                mac=mac,
                speed_mbps=one.speed_mbps,
                addresses=tuple(_address(text, mask, one.name, lives or {}) for text, mask in one.addresses),
                facts=dict(_facts(adapter, listed)),
                friendly=adapter.description if adapter else listed.description if listed else None,
                rx_bytes=one.rx_bytes,
                tx_bytes=one.tx_bytes,
            )
        )
    return tuple(sorted(links, key=lambda link: link.index))


def by_address(links: Iterable[Link]) -> Mapping[str, str]:
    """The name of the interface that owns each address; addresses without scope."""
    return {address.address.partition("%")[0]: link.name for link in links for address in link.addresses}


def _adapter(name: str, mac: str | None, adapters: Sequence[Adapter]) -> Adapter | None:
    """By alias, else by hardware address: a console cannot print every alias."""
    named = next((adapter for adapter in adapters if adapter.name == name), None)
    return named or next((adapter for adapter in adapters if mac and adapter.mac == mac), None)


def _listed(mac: str | None, interfaces: Iterable[Listed]) -> Listed | None:
    return next((listed for listed in interfaces if mac and listed.mac == mac), None)


def _index(one: Seen, adapter: Adapter | None, listed: Listed | None, texts: list[str]) -> int:
    if adapter is not None:
        return adapter.index
    if listed is not None:
        return listed.index
    scopes = (text.partition("%")[2] for text, _ in one.addresses)
    scope = next((scope for scope in scopes if scope.isdigit()), None)
    if scope is not None:
        return int(scope)
    return LOOPBACK_INDEX if "127.0.0.1" in texts else 0


def _flags(one: Seen, adapter: Adapter | None, texts: list[str]) -> Iterator[str]:
    if one.up:
        yield "UP"
        yield "RUNNING"
    if "127.0.0.1" in texts:
        yield "LOOPBACK"
    if adapter is not None and adapter.iftype == IF_TYPE_PPP:
        yield "POINTOPOINT"


def _facts(adapter: Adapter | None, listed: Listed | None) -> Iterator[tuple[str, tuple[str, ...]]]:
    if adapter is not None and adapter.iftype is not None:
        yield "win.iftype", (str(adapter.iftype),)
    if adapter is not None or listed is not None:
        yield "win.desc", (adapter.description if adapter else listed.description if listed else "",)


def _address(text: str, mask: str | None, name: str, lives: Mapping[str, Life]) -> Address:
    address = ipaddress.ip_address(text.partition("%")[0])
    scope = scope_of(address)
    prefix = None
    if mask is not None:
        prefix = int(ipaddress.ip_address(mask)).bit_count()
    scoped = address.version == 6 and scope == "link"
    life = lives.get(str(address))
    return Address(
        address=f"{address}%{name}" if scoped else str(address),
        prefix=prefix,
        scope=scope,
        temporary=life.temporary if life else None,
        deprecated=life.deprecated if life else None,
        tentative=life.tentative if life else None,
        duplicate=life.duplicate if life else None,
    )
