"""The default routes by netifaces, for a Windows whose ``route print`` cannot be read."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import cast

from net.platform.protocol import RouteEntry


def default_routes(by_address: Mapping[str, str]) -> tuple[RouteEntry, ...]:
    """The default routes of both families, without metrics.

    netifaces names an interface of Windows by its GUID; ``by_address`` gives the alias that owns one of its addresses.
    """
    return tuple(_default_routes(by_address))


def _default_routes(by_address: Mapping[str, str]) -> Iterator[RouteEntry]:
    import netifaces

    # Beside the families stands the key "default", which repeats one of each.
    gateways = cast("Mapping[int, Sequence[tuple[str, str, bool]]]", netifaces.gateways())
    for family, destination in ((netifaces.AF_INET, "0.0.0.0/0"), (netifaces.AF_INET6, "::/0")):
        for gateway, interface, *_ in gateways.get(family, ()):
            own = netifaces.ifaddresses(interface).get(family, ())
            aliases = (by_address.get(address["addr"].partition("%")[0]) for address in own)
            alias = next(filter(None, aliases), interface)
            yield RouteEntry(destination=destination, interface=alias, gateway=gateway)
