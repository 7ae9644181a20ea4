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
EVERY = "0.0.0.0/0"
_SOURCES = re.compile(r"(?:\bip saddr|(?<!! )-s) (\d+\.\d+\.\d+\.\d+(?:/\d+)?)(?![\d./-])")
_SOURCE_NAT = re.compile(r"\b(?:masquerade|snat(?: ip6?)? to)\b|-j (?:MASQUERADE|SNAT)\b")


def forwarding(bridges: Collection[str]) -> Forwarding:
    """Those of ``bridges`` that forward; the rules are asked for only where there are any, since it takes a process."""
    found = frozenset(name for name in bridges if _forwards(name))
    if not found:
        return Forwarding()
    networks, command = _translated()
    translates = bool(networks) if networks is not None else None
    return Forwarding(interfaces=found, translates=translates, nat_source=command, nat_networks=networks or ())


def translated_networks(rules: str) -> tuple[str, ...]:
    """The networks whose sources are translated by the rules that ``nft list ruleset`` or ``iptables-save`` prints.

    A rule that names no source, or names it in a way that is not read (a set, an exception), counts for all.
    """
    found: dict[str, None] = {}
    for line in rules.splitlines():
        if _SOURCE_NAT.search(line):
            found.update(dict.fromkeys(_SOURCES.findall(line) or (EVERY,)))
    return tuple(found)


def _forwards(name: str) -> bool:
    try:
        return (SYSCTLS / name / "forwarding").read_text().strip() == "1"
    except OSError:  # gone meanwhile, or IPv4 is not built in
        return False


def _translated() -> tuple[tuple[str, ...] | None, str | None]:
    """By the first command that may read the rules; without root's rights none may."""
    denied = True
    for command in RULESETS:
        try:
            rules = output(command)
        except OSError:  # not installed, or no right
            continue
        denied = False
        networks = translated_networks(rules)
        if networks:
            return networks, " ".join(command)
    return (None, None) if denied else ((), None)
