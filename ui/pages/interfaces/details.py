"""The details of an interface: what it is, what that means for multicast, and every fact known."""

from __future__ import annotations

from collections.abc import Sequence

from net.records import Address, Interface, Membership, Traffic
from ui import text
from ui.pages.interfaces.columns import address_line, addresses_in_order, state_line, state_tone, tr
from ui.pages.table_page import raw_text
from ui.widgets.details_form import Details, Fact, Section


def describe(interface: Interface, traffic: Traffic | None, groups: Sequence[Membership]) -> Details:
    """All about ``interface``; ``groups`` are those joined on it."""
    return Details(
        title=interface.name,
        state=state_line(interface),
        tone=state_tone(interface),
        sections=(
            Section("", text=_meaning(interface)),
            Section(tr("For multicast"), text=_multicast(interface)),
            Section(tr("Addresses"), facts=_addresses(interface)),
            Section(tr("Link"), facts=_link(interface)),
            Section(tr("Traffic"), facts=_traffic(traffic)),
            _groups(groups),
        ),
        raw=raw_text(interface, *groups),
    )


def _meaning(interface: Interface) -> str:
    if interface.type_verified:
        return interface.meaning
    return tr("%1 (Unverified: no source confirms what this kind is.)").replace("%1", interface.meaning)


def _multicast(interface: Interface) -> str:
    sentences = [interface.multicast_meaning]
    if interface.takes_multicast_v4 and interface.takes_multicast_v6:
        sentences.append(tr("A join or send that names no interface goes here now."))
    elif interface.takes_multicast_v4:
        sentences.append(tr("An IPv4 join or send that names no interface goes here now."))
    elif interface.takes_multicast_v6:
        sentences.append(tr("An IPv6 join or send that names no interface goes here now."))
    if not interface.multicast:
        sentences.append(tr("The MULTICAST flag is not set."))
    return " ".join(sentences)


def _addresses(interface: Interface) -> tuple[Fact, ...]:
    facts = [Fact(_family(address), _with_broadcast(address), fixed=True) for address in addresses_in_order(interface)]
    if not facts:
        facts = [Fact(tr("Address"), tr("none"))]
    if interface.gateways:
        facts.append(Fact(tr("Gateway"), "\n".join(interface.gateways), fixed=True))
    return tuple(facts)


def _family(address: Address) -> str:
    name = "IPv6" if address.family == "ipv6" else "IPv4"
    return f"{name} {address.scope}" if address.scope in ("link", "host", "site") else name


def _with_broadcast(address: Address) -> str:
    line = address_line(address)
    return f"{line}\n{tr('broadcast %1').replace('%1', address.broadcast)}" if address.broadcast else line


def _link(interface: Interface) -> tuple[Fact, ...]:
    return (
        Fact(tr("MAC"), interface.mac or tr("none"), fixed=True),
        Fact(tr("MTU"), str(interface.mtu) if interface.mtu is not None else tr("unknown"), fixed=True),
        Fact(tr("Speed"), text.speed(interface.speed_mbps) or tr("not told"), fixed=True),
        Fact(tr("Index"), str(interface.index), fixed=True),
        Fact(tr("Flags"), " ".join(interface.flags) or tr("none")),
        Fact(tr("Known by"), interface.type_evidence),
    )


def _traffic(traffic: Traffic | None) -> tuple[Fact, ...]:
    if traffic is None:
        return (Fact(tr("Rates"), tr("not read yet")),)
    return (
        Fact(tr("Received"), _flow(traffic.rx_bytes_per_s, traffic.rx_bytes), fixed=True),
        Fact(tr("Sent"), _flow(traffic.tx_bytes_per_s, traffic.tx_bytes), fixed=True),
        Fact(tr("Errors"), text.count(traffic.errors), fixed=True),
        Fact(tr("Drops"), text.count(traffic.drops), fixed=True),
    )


def _flow(now: float | None, total: int) -> str:
    return f"{text.rate(now)}  {tr('of %1').replace('%1', text.size(total))}"


def _groups(groups: Sequence[Membership]) -> Section:
    if not groups:
        return Section(tr("Joined groups"), text=tr("The kernel has joined no group here."))
    facts = []
    for family, label in (("ipv4", "IPv4"), ("ipv6", "IPv6")):
        lines = [_group(group) for group in groups if group.family == family]
        if lines:
            facts.append(Fact(label, "\n".join(lines), fixed=True))
    return Section(tr("Joined groups"), facts=tuple(facts))


def _group(group: Membership) -> str:
    return f"{group.group}  {group.name}" if group.name else group.group
