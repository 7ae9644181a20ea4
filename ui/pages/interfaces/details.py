"""The details of an interface: what it is, what that means for multicast, its roles, and every fact known."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from net.records import Address, Interface, Membership, Traffic
from ui import text
from ui.pages.interfaces.columns import address_line, addresses_in_order, state_line, state_tone
from ui.pages.interfaces.role_chips import role_sentences
from ui.pages.interfaces.words import tr
from ui.pages.table_page import raw_text
from ui.text import fill, plural
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
            *_roles(interface),
            Section(tr("Addresses"), facts=_addresses(interface)),
            Section(tr("Traffic"), facts=_traffic(traffic)),
            Section(tr("Link"), facts=_link(interface)),
            _groups(groups),
        ),
        raw=raw_text(interface, *groups),
    )


def _meaning(interface: Interface) -> str:
    if interface.type_verified:
        return interface.meaning
    return tr("%1 (Unverified: no source confirms what this kind is.)").replace("%1", interface.meaning)


def _multicast(interface: Interface) -> str:
    if interface.multicast:
        return interface.multicast_meaning
    return f"{interface.multicast_meaning} {tr('The MULTICAST flag is not set.')}"


def _roles(interface: Interface) -> Iterator[Section]:
    """A sentence each, under one heading."""
    for number, sentence in enumerate(role_sentences(interface.roles)):
        yield Section("" if number else tr("Just now"), text=sentence)


def _addresses(interface: Interface) -> tuple[Fact, ...]:
    facts = [
        Fact(_family(address), address_line(address), fixed=True, note=address_note(address))
        for address in addresses_in_order(interface)
    ]
    if not facts:
        facts = [Fact(tr("Address"), tr("none"))]
    if interface.gateways:
        facts.append(Fact(tr("Gateway"), "\n".join(interface.gateways), fixed=True))
    return tuple(facts)


def _family(address: Address) -> str:
    name = "IPv6" if address.family == "ipv6" else "IPv4"
    return f"{name} {address.scope}" if address.scope in ("link", "host", "site") else name


def address_note(address: Address) -> str:
    """What is to be known of it: ``temporary · deprecated · valid for 2 h``."""
    parts = []
    if address.also_on:
        parts.append(tr("also on %1").replace("%1", ", ".join(address.also_on)))
    if address.duplicate:
        parts.append(tr("duplicate: another host of the link has it"))
    elif address.tentative:
        parts.append(tr("tentative: not usable before duplicate address detection has passed"))
    if address.temporary:
        parts.append(tr("temporary (privacy)"))
    if address.deprecated:
        parts.append(tr("deprecated: not chosen for new connections"))
    if address.broadcast:
        parts.append(tr("broadcast %1").replace("%1", address.broadcast))
    return " · ".join((*parts, *_lifetime(address)))


def _lifetime(address: Address) -> tuple[str, ...]:
    """Nothing of one that has no end, as most have."""
    if address.permanent or address.valid_seconds is None:
        return ()
    valid = tr("valid for %1").replace("%1", text.age(address.valid_seconds))
    if not address.preferred_seconds or address.deprecated or address.preferred_seconds == address.valid_seconds:
        return (valid,)
    return (valid, tr("preferred for %1").replace("%1", text.age(address.preferred_seconds)))


def _link(interface: Interface) -> tuple[Fact, ...]:
    named = (Fact(tr("System's name"), interface.friendly),) if interface.friendly else ()
    return (
        *named,
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
        Fact(tr("Packets in"), _packets(traffic.rx_packets_per_s, traffic.rx_packets), fixed=True),
        Fact(tr("Packets out"), _packets(traffic.tx_packets_per_s, traffic.tx_packets), fixed=True),
        Fact(tr("Multicast in"), _packets(traffic.rx_multicast_per_s, traffic.rx_multicast), fixed=True),
        Fact(tr("Errors"), _packets(traffic.errors_per_s, traffic.errors), fixed=True),
        Fact(tr("Drops"), _packets(traffic.drops_per_s, traffic.drops), fixed=True),
    )


def _flow(now: float | None, total: int) -> str:
    return f"{text.rate(now)}  {tr('of %1').replace('%1', text.size(total))}"


def _packets(now: float | None, total: int | None) -> str:
    """The unit stands where that of bytes does."""
    if total is None:
        return tr("not told")
    return f"{text.packet_rate(now).rjust(9)}  {tr('of %1').replace('%1', text.count(total))}"


def _groups(groups: Sequence[Membership]) -> Section:
    if not groups:
        return Section(tr("Joined groups"), text=tr("The kernel has joined no group here."))
    facts, before = [], ""
    for group in groups:
        family = "IPv6" if group.family == "ipv6" else "IPv4"
        label = "" if family == before else family
        facts.append(Fact(label, group.group, fixed=True, note=group_note(group)))
        before = family
    return Section(tr("Joined groups"), facts=tuple(facts))


def group_note(group: Membership) -> str:
    """``mDNS (Bonjour) · 2 sockets · only from 10.0.0.5 · perhaps avahi-daemon (812)``."""
    parts = [group.name] if group.name else []
    if group.users is not None and group.users != 1:
        parts.append(plural(group.users, tr("%n socket"), tr("%n sockets")))
    if group.mode == "include":
        parts.append(fill(tr("only from %1"), ", ".join(group.sources) or tr("nobody")))
    elif group.sources:
        parts.append(fill(tr("not from %1"), ", ".join(group.sources)))
    if group.processes:
        parts.append(fill(tr("probably %1"), ", ".join(group.processes)))
    return " · ".join(parts)
