"""The columns of the interfaces: what each is, its addresses, its roles, and its traffic."""

from __future__ import annotations

import ipaddress
from dataclasses import dataclass

from PySide6.QtCore import QCoreApplication

from net.records import Address, Interface
from ui import text
from ui.interfaces import order
from ui.text import visible
from ui.theme import Tone
from ui.widgets.columns import Cell, Chip, Column, Face

translate = QCoreApplication.translate


@dataclass(frozen=True, slots=True)
class InterfaceRow:
    """An interface with what was measured on it. ``twin``: another interface with the same first address."""

    interface: Interface
    samples: tuple[float, ...] = ()
    chosen: bool = False
    twin: str = ""


def tr(source: str) -> str:
    return translate("interfaces", source)


def state_word(interface: Interface) -> str:
    """Up, up without a link, or down."""
    if not interface.up:
        return tr("down")
    return tr("up") if interface.running else tr("up, no link")


def state_tone(interface: Interface) -> Tone:
    if not interface.up:
        return Tone.NEUTRAL
    return Tone.OK if interface.running else Tone.WARNING


def state_line(interface: Interface) -> str:
    """``Wi-Fi · up · 1.2 Gb/s``."""
    parts = [visible(interface.label), state_word(interface)]
    speed = text.speed(interface.speed_mbps) if interface.running else None
    return " · ".join([*parts, speed] if speed else parts)


def address_line(address: Address) -> str:
    """``192.168.1.23/24``, ``10.8.0.2 → 10.8.0.1``, ``fe80::1%en0``."""
    if address.peer is not None and address.peer != address.address:
        return f"{address.address} → {address.peer}"
    if address.scope == "link" or address.prefix is None:
        return address.address
    return f"{address.address}/{address.prefix}"


def addresses_in_order(interface: Interface) -> list[Address]:
    """IPv4 first, then global IPv6, link-local last."""
    return sorted(interface.addresses, key=lambda found: (found.family == "ipv6", found.scope == "link"))


def _name_cell(row: InterfaceRow) -> Cell:
    interface = row.interface
    return Cell(
        visible(interface.name),
        detail=state_line(interface),
        dot=state_tone(interface),
        dim=not interface.up,
        tip=visible(interface.meaning),
    )


def _addresses_cell(row: InterfaceRow) -> Cell:
    lines = [visible(address_line(address)) for address in addresses_in_order(row.interface)]
    if not lines:
        return Cell(text.UNKNOWN, dim=True, spoken=tr("no address"))
    second = lines[1] if len(lines) > 1 else ""
    if len(lines) > 2:
        second += "  " + tr("+%1 more").replace("%1", str(len(lines) - 2))
    if row.twin:
        second = tr("same address as %1").replace("%1", visible(row.twin))
    return Cell(lines[0], detail=second, dim=not row.interface.up, tip="\n".join(lines), spoken=", ".join(lines))


def roles(row: InterfaceRow) -> tuple[Chip, ...]:
    """What it is good for, most telling first."""
    interface = row.interface
    chips = [Chip(tr("chosen"), Tone.INFO)] if row.chosen else []
    if not interface.up:
        return (*chips, Chip(tr("down")))
    if not interface.running:
        return (*chips, Chip(tr("no link")))
    return (*chips, *_nature(interface), *_routing(interface))


def _nature(interface: Interface) -> list[Chip]:
    if interface.loopback or interface.type == "loopback":
        return [Chip(tr("this computer only"))]
    if interface.type == "peer_to_peer":
        return [Chip(tr("peer to peer only"))]
    if interface.tunnel:
        return [Chip(tr("VPN"))]
    if not interface.addresses:
        return [Chip(tr("no address"))]
    if not interface.multicast:
        return [Chip(tr("no multicast"), Tone.WARNING)]
    chips = [Chip(tr("multicast"), Tone.OK)] if interface.usable else []
    if interface.type in ("ethernet", "wifi"):
        chips.append(Chip(tr("LAN"), Tone.INFO))
    return chips


def _routing(interface: Interface) -> list[Chip]:
    chips = []
    if interface.default_v4 and interface.default_v6:
        chips.append(Chip(tr("default route"), Tone.INFO))
    elif interface.default_v4 or interface.default_v6:
        chips.append(Chip(tr("default route IPv4") if interface.default_v4 else tr("default route IPv6"), Tone.INFO))
    takes = interface.takes_multicast_v4 or interface.takes_multicast_v6
    as_expected = interface.usable and (interface.default_v4 or interface.default_v6)
    if takes and not as_expected:
        chips.append(Chip(_takes(interface), Tone.INFO if interface.usable else Tone.WARNING))
    elif interface.tunnel and interface.multicast and not takes:
        chips.append(Chip(tr("no LAN multicast"), Tone.WARNING))
    return chips


def _takes(interface: Interface) -> str:
    """With the family where it takes only that one."""
    if interface.takes_multicast_v4 and interface.takes_multicast_v6:
        return tr("takes unbound multicast")
    return tr("takes unbound IPv4 multicast") if interface.takes_multicast_v4 else tr("takes unbound IPv6 multicast")


def _roles_cell(row: InterfaceRow) -> Cell:
    chips = roles(row)
    return Cell(
        chips=chips, tip=visible(row.interface.multicast_meaning), spoken=", ".join(chip.text for chip in chips)
    )


def _traffic_cell(row: InterfaceRow) -> Cell:
    now = row.samples[-1] if row.samples else None
    return Cell(text.rate(now), spark=row.samples, dim=not now, spoken=text.rate(now).strip())


def _first_address(row: InterfaceRow) -> tuple[int, int]:
    for address in addresses_in_order(row.interface):
        try:
            parsed = ipaddress.ip_address(address.address.partition("%")[0])
        except ValueError:
            continue
        return (parsed.version, int(parsed))
    return (9, 0)


def natural(row: InterfaceRow) -> tuple[int, int]:
    return order(row.interface)


def columns() -> tuple[Column[InterfaceRow], ...]:
    """In the person's language, so made when the page is."""
    return (
        Column(
            "name",
            tr("Interface"),
            _name_cell,
            sort=lambda row: row.interface.name,
            face=Face.STRONG,
            width=26,
            least=18,
        ),
        Column(
            "address",
            tr("Addresses"),
            _addresses_cell,
            sort=_first_address,
            face=Face.FIXED,
            detail_face=Face.FIXED,
            width=31,
            least=22,
            typical=(Cell("192.168.100.23/24"),),
        ),
        Column(
            "role",
            tr("Role"),
            _roles_cell,
            sort=lambda row: natural(row),  # noqa: PLW0108
            width=24,
            least=17,
            typical=(Cell(chips=(Chip(tr("takes unbound IPv4 multicast")),)),),
        ),
        Column(
            "traffic",
            tr("Traffic"),
            _traffic_cell,
            sort=lambda row: -(row.samples[-1] if row.samples else 0.0),
            width=27,
            least=17,
            moves=False,
            tip=tr("Received and sent together, over the last minute"),
        ),
    )


FIELDS = {
    "type": lambda row: f"{row.interface.type} {row.interface.label}",
    "state": lambda row: state_word(row.interface),
    "mac": lambda row: row.interface.mac or "",
}
