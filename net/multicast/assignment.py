"""Tells groups that programs choose for themselves from those that are assigned to a protocol or never leave a link."""

from __future__ import annotations

import ipaddress

CONTROL = ipaddress.ip_network("224.0.0.0/23")
"""The Local Network and Internetwork Control Blocks (RFC 5771 sections 4 and 5)."""
SCOPE_RELATIVE = ipaddress.ip_network("239.255.255.0/24")
"""The highest addresses of the Local Scope, where SSDP and SLP are (RFC 2365 section 9)."""
LOCAL_SCOPE = ipaddress.ip_network("239.255.0.0/16")
"""RFC 2365 section 6.1."""
TRANSIENT = 0x10
"""The flag T of an IPv6 group that is not permanently assigned (RFC 4291 section 2.7)."""
LINK_LOCAL = 2
ADMIN_LOCAL = 4


def free_to_choose(group: str) -> bool:
    """Whether a program picked ``group`` for a purpose of its own: neither assigned nor of the link only."""
    address = ipaddress.ip_address(group.partition("%")[0])
    if address.version == 4:
        return address.is_multicast and address not in CONTROL and address not in SCOPE_RELATIVE
    flags_and_scope = address.packed[1]
    return address.is_multicast and bool(flags_and_scope & TRANSIENT) and flags_and_scope & 0x0F > LINK_LOCAL


def may_be_routed(group: str) -> bool:
    """Whether such a group is meant to go beyond its link: not of the IPv4 Local Scope, of IPv6 from admin-local on."""
    address = ipaddress.ip_address(group.partition("%")[0])
    if address.version == 4:
        return free_to_choose(group) and address not in LOCAL_SCOPE
    return free_to_choose(group) and address.packed[1] & 0x0F >= ADMIN_LOCAL
