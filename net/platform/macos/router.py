"""Tells a router's address from what else macOS prints in the place of a gateway."""

from __future__ import annotations

import ipaddress


def router(text: str) -> str | None:
    """The address of a router, canonical with its scope; None for a link (``link#7``), a hardware address or a name.

    Neither is ``fe80::%utun0`` a router: macOS gives it to the default of an idle tunnel as a link without any.
    """
    try:
        address = ipaddress.ip_address(text)
    except ValueError:
        return None
    return None if str(address).partition("%")[0] == "fe80::" else str(address)
