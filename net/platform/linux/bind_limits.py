"""Which ports Linux keeps back: ip_unprivileged_port_start, the ephemeral range, and what nftables translates."""

from __future__ import annotations

import logging
import re
from pathlib import Path
from typing import Literal

from net.platform.bind_limits import BindLimits, NatRule, PortRange
from net.platform.commands import output
from net.platform.linux.capabilities import CAP_NET_BIND_SERVICE, effective

logger = logging.getLogger(__name__)

SYSCTLS = Path("/proc/sys/net/ipv4")
"""Of the network namespace of whoever reads."""
PRIVILEGED_BELOW = 1024
"""Where the kernel has no such setting (before 4.11)."""
NFT = ("nft", "-n", "list", "ruleset")
IPTABLES = (("iptables-save", "-t", "nat"), ("ip6tables-save", "-t", "nat"))
_NFT_PORT = re.compile(r"\b(tcp|udp) dport (?:\{ ([^}]*) \}|(\S+))")
_NFT_TARGET = re.compile(r"\b(?:dnat (?:ip6? )?to|redirect to) (\S+(?: \. \S+)?)|\b(redirect)\b")
_IPTABLES_PORT = re.compile(r"-p (tcp|udp)\b.* --dports? (\S+)")
_IPTABLES_TARGET = re.compile(r"-j (?:DNAT|REDIRECT)(?:.* --to-(?:destination|ports) (\S+))?")


def bind_limits(protocol: Literal["tcp", "udp"]) -> BindLimits:
    """As the kernel and the rules have it now; ``nat`` is None without root's right to read the rules."""
    return BindLimits(
        privileged_below=_number("ip_unprivileged_port_start", PRIVILEGED_BELOW),
        privileged=effective(CAP_NET_BIND_SERVICE),
        ephemeral=parse_range(_read("ip_local_port_range")),
        nat=_nat(protocol),
    )


def parse_range(text: str) -> PortRange | None:
    """``32768 60999`` as the sysctl prints it."""
    words = text.split()
    return (int(words[0]), int(words[1])) if len(words) == 2 else None


def parse_nft(text: str) -> tuple[NatRule, ...]:
    """The rules of ``nft list ruleset`` that translate the destination of single ports, ranges or sets (nft(8))."""
    found = []
    for line in text.splitlines():
        target = _NFT_TARGET.search(line)
        wanted = _NFT_PORT.search(line)
        if target is None or wanted is None:
            continue
        where = target[1] or target[2]
        for part in (wanted[2] or wanted[3]).split(","):
            ports = _ports(part.strip(), "-")
            if ports is not None:
                found.append(NatRule("tcp" if wanted[1] == "tcp" else "udp", ports, where))
    return tuple(found)


def parse_iptables(text: str) -> tuple[NatRule, ...]:
    """The rules of ``iptables-save -t nat`` that translate the destination (iptables-extensions(8))."""
    found = []
    for line in text.splitlines():
        target = _IPTABLES_TARGET.search(line)
        wanted = _IPTABLES_PORT.search(line)
        if target is None or wanted is None:
            continue
        for part in wanted[2].split(","):
            ports = _ports(part, ":")
            if ports is not None:
                found.append(NatRule("tcp" if wanted[1] == "tcp" else "udp", ports, target[1] or "this host"))
    return tuple(found)


def _ports(text: str, dash: str) -> PortRange | None:
    first, _, last = text.partition(dash)
    if not first.isdigit() or not (last or first).isdigit():
        return None
    return int(first), int(last or first)


def _nat(protocol: Literal["tcp", "udp"]) -> tuple[NatRule, ...] | None:
    """By nft, which lists what iptables-nft made, too; by the older iptables where that is missing."""
    try:
        rules = parse_nft(output(NFT))
    except FileNotFoundError:
        rules = ()
        for command in IPTABLES:
            try:
                rules += parse_iptables(output(command))
            except FileNotFoundError:
                continue
            except OSError as error:
                logger.info("the rules of address translation are not known: %s", error)
                return None
    except OSError as error:
        logger.info("the rules of address translation are not known: %s", error)
        return None
    return tuple(rule for rule in rules if rule.protocol == protocol)


def _number(name: str, otherwise: int) -> int:
    text = _read(name).strip()
    return int(text) if text.isdigit() else otherwise


def _read(name: str) -> str:
    try:
        return (SYSCTLS / name).read_text()
    except OSError:
        return ""
