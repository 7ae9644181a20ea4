"""The chips of an interface: what it is by nature, and the roles it holds just now."""

from __future__ import annotations

from collections.abc import Sequence

from net.records import Interface, Role
from ui.pages.interfaces.words import tr
from ui.text import visible
from ui.theme import Tone
from ui.widgets.columns import Chip

MERGED = (("default_v4", "default_v6"), ("multicast_v4", "multicast_v6"))
"""Roles of both families that are one chip where an interface holds both."""


def chips(interface: Interface, *, chosen: bool) -> tuple[Chip, ...]:
    """What it is good for, most telling first."""
    found = [Chip(tr("chosen"), Tone.INFO)] if chosen else []
    if not interface.up:
        return (*found, Chip(tr("down")))
    if not interface.running:
        return (*found, Chip(tr("no link")), *_in_order(_roles(interface)))
    return (*found, *_in_order([*_roles(interface), *_nature(interface)]))


def _nature(interface: Interface) -> list[Chip]:
    if interface.loopback or interface.type == "loopback":
        return [Chip(tr("this computer only"))]
    if interface.type == "peer_to_peer":
        return [Chip(tr("peer to peer only"))]
    if interface.tunnel:
        said = "VPN" in interface.label  # under its name already
        return [*([] if said else [Chip(tr("VPN"))]), *_heard_nothing(interface)]
    if not interface.addresses:
        return [Chip(tr("no address"))]
    if not interface.multicast:
        return [Chip(tr("no multicast"), Tone.WARNING)]
    found = [Chip(tr("multicast"), Tone.OK)] if interface.usable else []
    if interface.type in ("ethernet", "wifi"):
        found.append(Chip(tr("LAN"), Tone.INFO))
    return found


def _heard_nothing(interface: Interface) -> list[Chip]:
    """A tunnel that does not even take unbound multicast."""
    takes = interface.takes_multicast_v4 or interface.takes_multicast_v6
    return [Chip(tr("no LAN multicast"), Tone.WARNING)] if interface.multicast and not takes else []


def _roles(interface: Interface) -> list[Chip]:
    codes = {role.code for role in interface.roles}
    both = {"default_v4": tr("default route"), "multicast_v4": tr("unbound multicast")}
    expected = interface.usable and (interface.default_v4 or interface.default_v6)
    found = []
    for role in interface.roles:
        if role.code == "awdl" or (expected and role.code in MERGED[1]):
            continue  # said by its nature; goes without saying
        pair = next((pair for pair in MERGED if role.code in pair), ())
        if pair and codes.issuperset(pair):
            if role.code == pair[0]:
                found.append(Chip(both[role.code], _tone(role, interface)))
        else:
            found.append(Chip(visible(role.label, 60), _tone(role, interface)))
    return found


def _in_order(found: Sequence[Chip]) -> list[Chip]:
    """What is a trap first: of many chips the last ones may only be counted."""
    return sorted(found, key=lambda chip: chip.tone is not Tone.WARNING)


def _tone(role: Role, interface: Interface) -> Tone:
    if role.code == "duplicate_address" or (role.code in MERGED[0] and not interface.running):
        return Tone.WARNING
    if role.code in MERGED[1]:
        return Tone.INFO if interface.usable else Tone.WARNING
    return Tone.NEUTRAL if role.code.startswith("standby") else Tone.INFO


def twins(interface: Interface) -> tuple[str, ...]:
    """Other interfaces of this host with an address of this one."""
    return tuple(dict.fromkeys(name for address in interface.addresses for name in address.also_on))


def role_sentences(roles: Sequence[Role]) -> tuple[str, ...]:
    """What the roles say, each with where it is known from if its words do not say it."""
    return tuple(
        tr("%1 (by %2)").replace("%1", role.text).replace("%2", role.evidence) if role.evidence else role.text
        for role in roles
    )
