"""How far an address reaches, for systems whose tools do not print it."""

from __future__ import annotations

import ipaddress
from typing import Literal


def scope_of(address: ipaddress.IPv4Address | ipaddress.IPv6Address) -> Literal["host", "link", "site", "global"]:
    """The scope as rtnetlink on Linux would give it: by the kind of address (RFC 4007, RFC 3927).

    Private and unique local addresses are global in this sense: routers forward them.
    """
    if address.is_loopback:
        return "host"
    if address.is_link_local:
        return "link"
    if isinstance(address, ipaddress.IPv6Address) and address.is_site_local:
        return "site"
    return "global"
