"""The tables people read in the terminal; every text from the network or another program is made visible first."""

from __future__ import annotations

import time
from collections.abc import Iterable, Sequence

from rich.table import Table
from rich.text import Text

from diagnosis.records import Finding
from discovery.records import Service
from net.ports.naming import UNNAMED
from net.ports.records import Listener
from net.records import Address, Datagram, Interface, Joined, Membership, Route, Stream, Summary
from net.text import endpoint_text, visible, visible_name
from resources.loader import service_types

SEVERITY_STYLES = {"error": "bold red", "warning": "bold yellow", "info": "cyan", "ok": "green"}
PORTS_NAMED = 8


def table(*titles: str, right: tuple[int, ...] = ()) -> Table:
    """An empty table without box, its columns named; those in ``right`` are aligned right."""
    made = Table(box=None, header_style="bold", pad_edge=False, padding=(0, 2, 0, 0))
    for position, title in enumerate(titles):
        made.add_column(Text(title), justify="right" if position in right else "left", overflow="fold")
    return made


def cell(value: object, style: str = "") -> Text:
    """A value as plain text; unknown is a dash."""
    return Text("–" if value is None or value == "" else visible(str(value)), style=style)


def interfaces_table(interfaces: Iterable[Interface]) -> Table:
    """Name, what it is, addresses and roles of each."""
    made = table("Interface", "What it is", "State", "Addresses", "Role")
    for face in interfaces:
        addresses = "\n".join(map(address_line, face.addresses))
        made.add_row(
            cell(face.name, "bold"),
            cell(face.label),
            cell(state_of(face)),
            Text(addresses or "–"),
            cell(", ".join(roles_of(face))),
        )
    return made


def address_line(address: Address) -> str:
    """``192.168.1.23/24``, ``10.8.0.2 → 10.8.0.1``, ``192.0.0.6/32 (also on ipsec1)``."""
    prefix = "" if address.prefix is None else f"/{address.prefix}"
    peer = f" → {address.peer}" if address.peer else ""
    others = f" (also on {visible(', '.join(address.also_on))})" if address.also_on else ""
    taken = " (another host has it)" if address.duplicate else ""
    return f"{address.address}{prefix}{peer}{others}{taken}"


def state_of(face: Interface) -> str:
    """Up, no link or down, as the window's badges."""
    if not face.up:
        return "down"
    return "up" if face.running else "no link"


def roles_of(face: Interface) -> list[str]:
    """What the interface is for, in the words the window uses."""
    roles = []
    if face.loopback:
        roles.append("this computer only")
    if face.default_v4 or face.default_v6:
        family = "" if face.default_v4 and face.default_v6 else " (IPv4)" if face.default_v4 else " (IPv6)"
        roles.append(f"default route{family}")
    if face.takes_multicast_v4 or face.takes_multicast_v6:
        both = face.takes_multicast_v4 and face.takes_multicast_v6
        family = "" if both else "IPv4 " if face.takes_multicast_v4 else "IPv6 "
        roles.append(f"unbound {family}multicast leaves here")
    if face.tunnel:
        roles.append("VPN")
    if face.usable:
        roles.append("multicast")
    # The rest is said above in fewer words.
    said = ("default_v4", "default_v6", "multicast_v4", "multicast_v6")
    return roles + list(dict.fromkeys(role.label for role in face.roles if role.code not in said))


def routes_table(routes: Iterable[Route]) -> Table:
    """The ways out for one address, the one that chooses no interface first."""
    made = table("To", "Bound to", "Interface", "Source", "Gateway")
    for route in routes:
        bound = cell(route.bound or "nothing")
        way = (cell(route.interface, "bold"), cell(route.source), cell(route.gateway))
        to = route.address if route.name is None else f"{route.name}, {route.address}"
        made.add_row(cell(to if route.port is None else f"{to} port {route.port}"), bound, *way)
    return made


def memberships_table(memberships: Iterable[Membership]) -> Table:
    """The groups joined on each interface."""
    made = table("Interface", "Group", "Name", "Sources", "Users", "Probably held by", right=(4,))
    for each in memberships:
        sources = f"{each.mode or ''} {', '.join(each.sources)}" if each.sources else "any"
        held_by = cell(", ".join(each.processes))
        group = (cell(each.interface, "bold"), cell(each.group), cell(each.name))
        made.add_row(*group, cell(sources), cell(each.users), held_by)
    return made


def services_table(services: Iterable[Service]) -> Table:
    """The services, by type."""
    made = table("Type", "Name", "Host", "Port", "Addresses", "Heard on", right=(3,))
    before = None
    for service in sorted(services, key=lambda each: (each.type, each.name.casefold())):
        row = service_types().get(service.type.lower())
        label = visible(service.type) + (f"\n{row.label}" if row is not None else "")
        made.add_row(
            Text(label if service.type != before else ""),
            cell(visible_name(service.name), "bold"),
            _hosts(service),
            cell(service.port),
            Text("\n".join(visible(address) for address in service.addresses) or "–"),
            cell(", ".join(service.interfaces)),
        )
        before = service.type
    return made


def _hosts(service: Service) -> Text:
    """The host, and beneath it the others that have the same name."""
    hosts = cell(service.host)
    for each in service.also:
        where = ", ".join(each.interfaces)
        hosts.append(f"\nalso {visible(each.host)}:{each.port} on {visible(where)}", style="bold yellow")
    return hosts


def listeners_table(listeners: Sequence[Listener], *, all_pids: bool = False) -> Table:
    """The listening sockets and their owners; of a pool the first PID and how many more, or ``all_pids``."""
    titles = ["Port", "Protocol", "Address", "Stack", "Reachable from", "Process", "PID", "User"]
    registered = any(each.iana for each in listeners)
    made = table(*titles, *(["Registered for"] if registered else []), right=(0,) if all_pids else (0, 6))
    scopes = {"loopback": "this computer", "lan": "the LAN", "all": "everywhere"}
    for each in sorted(listeners, key=lambda row: (row.port, row.protocol, row.address)):
        container = f"container {each.container}" if each.container else None
        unnamed = UNNAMED if each.pid is not None else None
        owner = ", ".join(filter(None, (each.process or unnamed or each.service, container)))
        probable = "(probable)" if each.pid is not None else "(probable, several could be it)"
        grade = {"proved": "", "probable": probable, "hidden": "hidden"}[each.owner]
        made.add_row(
            cell(each.port, "bold"),
            cell(each.protocol),
            cell(each.address),
            cell(each.stack),
            cell(scopes[each.scope]),
            cell(f"{owner} {grade}".strip()),
            cell(_pids(each, every=all_pids)),
            cell(each.user),
            *([cell(f"{each.iana}?" if each.iana else "")] if registered else []),
        )
    return made


def _pids(listener: Listener, *, every: bool) -> str | None:
    """``100 +3`` for a pool of four, or ``100, 101, 102, 103``."""
    if listener.pid is None or not listener.shared_with:
        return None if listener.pid is None else str(listener.pid)
    if every:
        return ", ".join(str(pid) for pid in (listener.pid, *listener.shared_with))
    return f"{listener.pid} +{len(listener.shared_with)}"


def missing_rights(listeners: Iterable[Listener]) -> tuple[str, ...]:
    """A line for each right that would show who holds the ports without a PID."""
    ports: dict[str, dict[str, None]] = {}
    for each in sorted(listeners, key=lambda row: (row.port, row.protocol)):
        if each.pid is None and each.missing_right is not None:
            ports.setdefault(each.missing_right, {})[f"{each.protocol} {each.port}"] = None
    return tuple(_missing_right(right, tuple(held)) for right, held in ports.items())


def _missing_right(right: str, ports: Sequence[str]) -> str:
    shown = ", ".join(ports[:PORTS_NAMED])
    more = f" and {len(ports) - PORTS_NAMED} more" if len(ports) > PORTS_NAMED else ""
    return f"Without PID: {shown}{more}. Missing right: {right}."


def datagram_line(datagram: Datagram) -> Text:
    """One line for one datagram."""
    clock = time.strftime("%H:%M:%S", time.localtime(datagram.time)) + f".{int(datagram.time % 1 * 1000):03}"
    content = datagram.payload_text if datagram.payload_text is not None else f"0x{datagram.payload_hex}"
    return Text(
        f"{clock}  {datagram.interface}  {endpoint_text(datagram.source, datagram.source_port)}"
        f" → {endpoint_text(datagram.group, datagram.port)}"
        f"  TTL {'–' if datagram.ttl is None else datagram.ttl}  {datagram.size} B  {visible(content, 100)}"
    )


def joined_line(joined: Joined) -> Text:
    """How a join stands."""
    if joined.observing:
        state = "observing what others joined" if joined.in_kernel else "observing, but nobody here has joined it"
    else:
        state = "joined" if joined.in_kernel else "not in the kernel's table"
    name = f" ({joined.name})" if joined.name else ""
    filtered = f", only from {', '.join(joined.source_filter)}" if joined.source_filter else ""
    filtered += f", not from {', '.join(joined.excluded)}" if joined.excluded else ""
    buffer = f", receive buffer {joined.buffer_bytes // 1024} KiB" if joined.buffer_bytes else ""
    buffer += f" (capped by {joined.buffer_limit})" if joined.buffer_limit else ""
    return Text(f"{endpoint_text(joined.group, joined.port)}{name} on {joined.interface}: {state}{filtered}{buffer}")


def totals_text(summary: Summary) -> str:
    """What was received in all, and what this host dropped as far as that is known."""
    dropped = "drops unknown" if summary.dropped_here is None else f"{summary.dropped_here} dropped here"
    return f"{summary.received or 0} received, {summary.bytes} bytes, {dropped}"


def summary_table(summary: Summary) -> Table:
    """The streams of a listen."""
    made = table(
        "From", "On", "Packets", "Packets/s", "kbit/s", "Lost", "Dropped here", "Twice", "Reordered", "Jitter ms",
        right=(2, 3, 4, 5, 6, 7, 8, 9),
    )  # fmt: skip
    for stream in summary.streams:
        made.add_row(*_stream_cells(stream))
    return made


def finding_text(finding: Finding) -> Text:
    """A finding with its evidence, cause and remedy."""
    text = Text()
    text.append(f"{finding.severity.upper()}: ", SEVERITY_STYLES[finding.severity])
    text.append(visible(finding.title), "bold")
    text.append(f"  ({finding.certainty})\n")
    for evidence in finding.evidence:
        text.append(f"  seen    {visible(evidence)}\n")
    if finding.cause:
        text.append(f"  cause   {visible(finding.cause)}\n")
    for remedy in finding.remedy:
        text.append(f"  remedy  {visible(remedy)}\n")
    return text


def _stream_cells(stream: Stream) -> tuple[Text, ...]:
    return (
        cell(endpoint_text(stream.source, stream.source_port)),
        cell(stream.interface),
        cell(stream.packets),
        cell(f"{stream.packets_per_s:.1f}"),
        cell(f"{stream.bits_per_s / 1000:.1f}"),
        cell(stream.lost),
        cell(stream.dropped_here),
        cell(stream.duplicated),
        cell(stream.reordered),
        cell(None if stream.jitter_ms is None else f"{stream.jitter_ms:.3f}"),
    )
