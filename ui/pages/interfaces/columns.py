"""The columns of the interfaces: what each is, its addresses, its roles, and its traffic."""

from __future__ import annotations

import ipaddress
from dataclasses import dataclass

from net.records import Address, Interface, Traffic
from ui import text
from ui.interfaces import order
from ui.pages.interfaces.role_chips import chips, role_sentences, twins
from ui.pages.interfaces.words import tr
from ui.text import visible
from ui.theme import Tone
from ui.widgets.columns import Cell, Chip, Column, Face


@dataclass(frozen=True, slots=True)
class InterfaceRow:
    """An interface with what was measured on it; ``samples`` are bytes a second, the newest last.

    It holds what is shown, not the counters, so that a row is equal to the one before where nothing moves.
    """

    interface: Interface
    samples: tuple[float, ...] = ()
    chosen: bool = False
    packets: str = ""


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
    """``Wi-Fi · up · 1.2 Gb/s``; what is out of order stands first, where it is not cut off."""
    parts = [visible(kind_words(interface)), state_word(interface)]
    if not (interface.up and interface.running):
        parts.reverse()
    speed = text.speed(interface.speed_mbps) if interface.running else None
    return " · ".join([*parts, speed] if speed else parts)


def kind_words(interface: Interface) -> str:
    """What it is, and what the system calls it where that says more."""
    friendly = interface.friendly
    if not friendly or friendly.casefold() in interface.label.casefold():
        return interface.label
    return f"{friendly} ({interface.label})"


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
    others = twins(row.interface)
    if others:
        second = tr("also on %1").replace("%1", visible(", ".join(others)))
    return Cell(lines[0], detail=second, dim=not row.interface.up, tip="\n".join(lines), spoken=", ".join(lines))


def roles(row: InterfaceRow) -> tuple[Chip, ...]:
    """What it is good for, most telling first."""
    return chips(row.interface, chosen=row.chosen)


def _roles_cell(row: InterfaceRow) -> Cell:
    shown = roles(row)
    tip = "\n".join(
        visible(line, 500) for line in (row.interface.multicast_meaning, *role_sentences(row.interface.roles))
    )
    return Cell(chips=shown, tip=tip, spoken=", ".join(chip.text for chip in shown))


def _traffic_cell(row: InterfaceRow) -> Cell:
    now = row.samples[-1] if row.samples else None
    return Cell(
        text.rate(now),
        row.packets,
        spark=row.samples,
        dim=not now,
        spoken=", ".join(filter(None, (text.rate(now).strip(), row.packets.strip()))),
    )


def packets_line(traffic: Traffic | None) -> str:
    """``120  p/s``, ``1.4 kp/s``: packets; what went wrong in the last second instead, if something did."""
    if traffic is None or traffic.rx_packets_per_s is None or traffic.tx_packets_per_s is None:
        return ""
    for rate, words in ((traffic.drops_per_s, tr("%1 drops/s")), (traffic.errors_per_s, tr("%1 errors/s"))):
        if rate:
            return words.replace("%1", text.packet_rate(max(1.0, rate)).replace("/s", "").strip())
    packets = text.packet_rate(traffic.rx_packets_per_s + traffic.tx_packets_per_s)
    return packets.replace("/s", "p/s")


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
            width=23,
            least=18,
        ),
        Column(
            "address",
            tr("Addresses"),
            _addresses_cell,
            sort=_first_address,
            face=Face.FIXED,
            detail_face=Face.FIXED,
            width=26,
            least=20,
            typical=(Cell("192.168.100.23/24"),),
        ),
        Column(
            "role",
            tr("Role"),
            _roles_cell,
            sort=lambda row: natural(row),  # noqa: PLW0108
            width=38,
            least=22,
            weight=3,
            typical=(Cell(chips=(Chip(tr("unbound IPv4 multicast")),)),),
        ),
        Column(
            "traffic",
            tr("Traffic"),
            _traffic_cell,
            sort=lambda row: -(row.samples[-1] if row.samples else 0.0),
            width=22,
            least=17,
            moves=False,
            tip=tr("Received and sent together over the last minute, in bytes and in packets a second"),
        ),
    )


FIELDS = {
    "role": lambda row: " ".join((*(chip.text for chip in roles(row)), *(role.code for role in row.interface.roles))),
    "type": lambda row: f"{row.interface.type} {row.interface.label}",
    "state": lambda row: state_word(row.interface),
    "mac": lambda row: row.interface.mac or "",
}
