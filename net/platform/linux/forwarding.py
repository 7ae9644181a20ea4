"""Which interfaces forward (sysctl ip-sysctl), and whether a rule gives the packets of guests this host's address."""

from __future__ import annotations

import re
from collections.abc import Collection
from pathlib import Path

from net.platform.commands import output
from net.platform.protocol import Forwarding

SYSCTLS = Path("/proc/sys/net/ipv4/conf")
"""Of the network namespace of whoever reads."""
RULESETS = (("nft", "-n", "list", "ruleset"), ("iptables-save", "-t", "nat"))
_SOURCE_NAT = re.compile(r"\b(?:masquerade|snat(?: ip6?)? to)\b|-j (?:MASQUERADE|SNAT)\b")


def forwarding(bridges: Collection[str]) -> Forwarding:
    """Those of ``bridges`` that forward; the rules are asked for only where there are any, since it takes a process."""
    found = frozenset(name for name in bridges if _forwards(name))
    if not found:
        return Forwarding()
    translates, command = _translates()
    return Forwarding(interfaces=found, translates=translates, nat_source=command)


def has_source_nat(rules: str) -> bool:
    """Whether the text of ``nft list ruleset`` or ``iptables-save`` holds a rule that translates sources."""
    return any(_SOURCE_NAT.search(line) for line in rules.splitlines())


def _forwards(name: str) -> bool:
    try:
        return (SYSCTLS / name / "forwarding").read_text().strip() == "1"
    except OSError:  # gone meanwhile, or IPv4 is not built in
        return False


def _translates() -> tuple[bool | None, str | None]:
    """By the first command that may read the rules; without root's rights none may."""
    denied = True
    for command in RULESETS:
        try:
            rules = output(command)
        except OSError:  # not installed, or no right
            continue
        denied = False
        if has_source_nat(rules):
            return True, " ".join(command)
    return (None, None) if denied else (False, None)
