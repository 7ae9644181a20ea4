"""What stands between sockets and the wire on macOS: extensions, VPN services, kernel filters, pf, the firewall."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator

from net.platform.barriers import Found, Layer, read

EXTENSIONS = ("systemextensionsctl", "list")
VPNS = ("scutil", "--nc", "list")
COUNTERS = ("netstat", "-s")
PF_STATE = ("pfctl", "-s", "info")
PF_RULES = ("pfctl", "-s", "rules")
PF_NAT = ("pfctl", "-s", "nat")
FIREWALL = ("/usr/libexec/ApplicationFirewall/socketfilterfw", "--getglobalstate")
NETWORK = "com.apple.system_extension.network_extension"

_EXTENSION = re.compile(
    r"^(?P<marks>[\s*]*)(?P<team>[A-Z0-9]{10})\s+(?P<bundle>\S+) \((?P<version>[^)]*)\)\s+(?P<name>.*\S)\s+"
    r"\[(?P<state>[^\]]*)\]\s*$"
)
_CATEGORY = re.compile(r"^--- (\S+)")
_VPN = re.compile(r'^\*?\s*\((?P<state>[^)]+)\)\s+\S+\s+.*"(?P<name>[^"]*)"\s+\[(?P<kind>[^\]]+)\]\s*$')
_FILTERS = re.compile(
    r"^\s*(?P<count>\d+) (?P<kind>interface|IP|socket) filters? "
    r"(?P<what>currently attached|attached since boot(?: by OS)?)\s*$"
)
_STATUS = re.compile(r"^\s*Status: (\S+)")
_LAYERS: dict[str, Layer] = {"interface": "interface_filter", "IP": "ip_filter", "socket": "socket_filter"}
_NOISE = ("No ALTQ support", "ALTQ related")


def barriers() -> Iterator[Found]:
    """See net.platform.protocol.Platform; runs several commands, those of pf need root."""
    yield from read("network_extension", "system extensions", EXTENSIONS, extensions)
    yield from read("vpn", "VPN services", VPNS, vpn_services)
    yield from read("application_firewall", "application firewall", FIREWALL, firewall)
    yield from read("socket_filter", "kernel filters", COUNTERS, kernel_filters)
    yield from read("packet_filter", "pf", PF_STATE, pf_state)
    yield from read("packet_filter", "pf: main rules", PF_RULES, _rules_of("packet_filter", "pf: main rules", PF_RULES))
    yield from read("nat", "pf: translation", PF_NAT, _rules_of("nat", "pf: translation", PF_NAT))
    yield Found(
        layer="network_extension",
        name="content filters that are no system extension (MDM, app extensions)",
        command="profiles show -type configuration",
        unknown="not_told",
    )


def extensions(printed: str) -> Iterator[Found]:
    """The network extensions among the system extensions, one Found for none; tabs may have become spaces."""
    category = NETWORK
    none = True
    for line in printed.splitlines():
        heading = _CATEGORY.match(line)
        if heading is not None:
            category = heading[1]
        row = _EXTENSION.match(line)
        if row is None or category != NETWORK:
            continue
        none = False
        yield Found(
            layer="network_extension",
            name=row["name"],
            state=row["state"],
            evidence=f"{row['bundle']} {row['version']}, team {row['team']}",
            command=" ".join(EXTENSIONS),
        )
    if none:
        yield Found(
            layer="network_extension", name="system extensions", state="none", count=0, command=" ".join(EXTENSIONS)
        )


def vpn_services(printed: str) -> Iterator[Found]:
    """The VPN configurations of System Settings with their state."""
    for line in printed.splitlines():
        row = _VPN.match(line)
        if row is not None:
            yield Found(layer="vpn", name=row["name"], state=row["state"], evidence=row["kind"], command=" ".join(VPNS))


def firewall(printed: str) -> Iterator[Found]:
    """``Firewall is enabled. (State = 1)``; 0 is off, 2 blocks all that arrives."""
    text = printed.strip()
    state = "off" if "State = 0" in text or "disabled" in text else "on"
    name = "application firewall"
    yield Found(layer="application_firewall", name=name, state=state, evidence=text, command=" ".join(FIREWALL))


def kernel_filters(printed: str) -> Iterator[Found]:
    """Interface, IP and socket filters by the section net_api of ``netstat -s``: how many, and how many Apple's own.

    Raises ValueError where the section is not there.
    """
    counts: dict[str, dict[str, int]] = {}
    for line in printed.splitlines():
        row = _FILTERS.match(line)
        if row is not None:
            counts.setdefault(row["kind"], {})[row["what"]] = int(row["count"])
    if not counts:
        raise ValueError("no section net_api")
    for kind, found in counts.items():
        attached, ever = found.get("currently attached", 0), found.get("attached since boot", 0)
        by_system = found.get("attached since boot by OS", 0)
        foreign = ever - by_system
        whose = "all of them by macOS itself" if foreign <= 0 else f"{foreign} of them not by macOS itself"
        yield Found(
            layer=_LAYERS[kind],
            name=f"{kind} filters",
            state="attached" if attached else "none",
            count=attached,
            evidence=f"{attached} attached now, {ever} since boot, {whose}" if ever else "none since boot",
            command=" ".join(COUNTERS),
            unknown="not_told" if foreign > 0 else None,
        )


def pf_state(printed: str) -> Iterator[Found]:
    """Raises ValueError where no line tells the status."""
    for line in printed.splitlines():
        row = _STATUS.match(line)
        if row is not None:
            state = row[1].lower()
            yield Found(
                layer="packet_filter", name="pf", state=state, evidence=line.strip(), command=" ".join(PF_STATE)
            )
            return
    raise ValueError("no status")


def rules(printed: str) -> tuple[str, ...]:
    """The rules as pfctl prints them, without headings and remarks."""
    lines = (line.strip() for line in printed.splitlines())
    return tuple(line for line in lines if line and not line.startswith(_NOISE) and not line.endswith("RULES:"))


def _rules_of(layer: Layer, name: str, command: tuple[str, ...]) -> Callable[[str], Iterable[Found]]:
    def parse(printed: str) -> Iterator[Found]:
        listed = rules(printed)
        own = [line for line in listed if "anchor " not in line]
        anchors = len(listed) - len(own)
        yield Found(
            layer=layer,
            name=name,
            state="loaded" if own else "anchors only" if anchors else "empty",
            count=len(own),
            evidence=f"{len(own)} rules, {anchors} anchors (pfctl -s Anchors; pfctl -a NAME -s rules lists one)",
            command=" ".join(command),
        )

    return parse
