"""The resolvers of a Linux: /etc/resolv.conf, and behind a local forwarder what systemd-resolved says."""

from __future__ import annotations

import ipaddress
import logging
from collections.abc import AsyncGenerator
from contextlib import aclosing
from pathlib import Path

from net.platform.commands import output
from net.platform.linux import file_changes, resolvectl, rtnetlink
from net.platform.merging import any_of
from net.platform.names import interface_names
from net.resolvers.address import server_address
from net.resolvers.records import Resolver, ResolverScope

RESOLV_CONF = Path("/etc/resolv.conf")
RESOLVED = Path("/run/systemd/resolve")
"""Where systemd-resolved keeps its own forms of resolv.conf (systemd-resolved.service(8))."""
UPLINKS = RESOLVED / "resolv.conf"
STUBS = ("127.0.0.53", "127.0.0.54")
"""Where systemd-resolved listens."""

logger = logging.getLogger(__name__)


def resolvers() -> tuple[Resolver, ...]:
    """What libc asks, in its order; where that is systemd-resolved, also the servers behind it. Raises OSError.

    systemd-resolved is asked only where resolv.conf leads to it: in another network namespace it would tell of the
    wrong one. Of the interfaces it names, those that are not here are left out for the same reason.
    """
    asked = _read(RESOLV_CONF)
    if not _leads_to_resolved(asked):
        return asked
    try:
        behind = resolvectl.parse(output(resolvectl.COMMAND))
    except (OSError, ValueError) as error:
        logger.info("resolvectl did not tell: %s", error)
        behind = _read(UPLINKS)
    present = {None, *interface_names().values()}
    behind = tuple(each for each in behind if each.interface in present)
    stubs = tuple(each for each in asked if each.scope == "stub")
    return (*stubs, *behind) if stubs or behind else asked


async def changes() -> AsyncGenerator[None, None]:
    """One item at once, then one after each change of the network or of a resolv.conf.

    systemd-resolved writes its forms of resolv.conf anew whenever its servers or domains change.
    """
    files = RESOLV_CONF, UPLINKS, RESOLVED / "stub-resolv.conf"
    async with aclosing(any_of(rtnetlink.changes(), file_changes.changes(files))) as heard:
        async for _ in heard:
            yield


def parse(text: str, source: str) -> tuple[Resolver, ...]:
    """The servers of a resolv.conf(5), those on this host as stubs; of ``search`` and ``domain`` the last counts."""
    servers: list[str] = []
    search: tuple[str, ...] = ()
    for line in text.splitlines():
        words = line.partition("#")[0].partition(";")[0].split()
        if words[:1] == ["nameserver"] and len(words) > 1:
            servers.append(words[1])
        elif words[:1] in (["search"], ["domain"]):
            search = tuple(word for word in words[1:] if word != ".")
    found = []
    for order, server in enumerate(servers):
        address = server_address(server)
        if address is None:
            continue
        scope: ResolverScope = "stub" if ipaddress.ip_address(address.address).is_loopback else "default"
        found.append(
            Resolver(server=address.address, port=address.port, search=search, scope=scope, order=order, source=source)
        )
    return tuple(found)


def _read(path: Path) -> tuple[Resolver, ...]:
    """Empty where there is no such file."""
    try:
        return parse(path.read_text(errors="replace"), str(path))
    except FileNotFoundError:
        return ()


def _leads_to_resolved(asked: tuple[Resolver, ...]) -> bool:
    return any(each.server in STUBS for each in asked) or RESOLV_CONF.resolve().is_relative_to(RESOLVED)
