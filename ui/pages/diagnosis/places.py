"""Where the window shows what a finding is about: a page and what to select there."""

from __future__ import annotations

from typing import NamedTuple

from diagnosis.records import Finding
from ui.pages.diagnosis.columns import tr

INVENTORY = "inventory"
LAYERS = {
    "firewall": "packet_filter",
    "sharing": "nat",
    "lan_refused": "packet_filter",
    "lan_some_ports": "packet_filter",
    "local_network_denied": "privacy",
    "vpn_overrules_bound": "vpn",
}
"""The layer of the inventory that a check, or a finding, is about."""
INTERFACES = ("tunnel", "guests", "interfaces", "addresses", "impostors", "reverse_path")
GROUPS = ("joined", "traffic", "hops")
PORTS = ("ports", "mdns_port")


class Place(NamedTuple):
    """``words``: of the button; ``subject``: see Page.select; ``layer``: of the inventory, on this page itself."""

    words: str
    page: str
    subject: str
    layer: str = ""


def place_of(finding: Finding) -> Place | None:
    """None where no page shows more: a check that failed, or what is about the whole host."""
    check = finding.check or ""
    layer = LAYERS.get(finding.code) or LAYERS.get(check)
    if finding.code in ("check_failed", "not_checked", "no_lan"):
        return None
    if layer is not None:
        return Place(tr("What stands between"), "diagnosis", INVENTORY, layer)
    # Such as "192.168.1.5 on en0" and "239.1.1.1 on en0".
    subject = finding.subject.partition(" ")[0]
    if check in INTERFACES:
        return Place(tr("Show interface"), "interfaces", subject)
    if check in GROUPS:
        return Place(tr("Show group"), "multicast", subject)
    if check in PORTS:
        return Place(tr("Show port"), "ports", subject)
    return {
        "buffers": Place(tr("Show port"), "ports", finding.subject.rpartition(" ")[2]),
        "binding": Place(tr("May I have it?"), "ports", f"bind {subject}"),
        "answering": Place(tr("Who answers?"), "ports", f"answers {subject}"),
        "limits": Place(tr("Show groups"), "multicast", ""),
        "unbound": Place(tr("Show interfaces"), "interfaces", ""),
        "snooping": Place(tr("Test endurance"), "multicast", "endurance"),
        "mdns_rules": Place(tr("Show broken rules"), "bonjour", "lint"),
        "resolving": Place(tr("Ask the DNS servers"), "interfaces", "resolvers"),
        "silence": Place(tr("Show Bonjour"), "bonjour", subject),
    }.get(check)
