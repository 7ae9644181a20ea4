"""How many groups and sources a socket may have: sysctls of Linux, absent on the other systems.

Documentation/networking/ip-sysctl.rst: igmp_max_memberships counts the IPv4 groups of a socket (ENOBUFS beyond),
igmp_max_msf and mld_max_msf the sources of one of its groups. macOS has fixed limits (4,095 and 128).
"""

from __future__ import annotations

from pathlib import Path
from typing import NamedTuple

SYSCTLS = Path("/proc/sys/net")


class MembershipLimits(NamedTuple):
    """Groups of a socket (IPv4), sources of a group; a limit of sources is None where it cannot be read."""

    groups: int
    sources_v4: int | None
    sources_v6: int | None


def membership_limits() -> MembershipLimits | None:
    """None where the system has no such limits that can be read."""
    groups = _number("ipv4/igmp_max_memberships")
    if groups is None:
        return None
    return MembershipLimits(groups, _number("ipv4/igmp_max_msf"), _number("ipv6/mld_max_msf"))


def _number(name: str) -> int | None:
    try:
        return int((SYSCTLS / name).read_text())
    except (OSError, ValueError):
        return None
