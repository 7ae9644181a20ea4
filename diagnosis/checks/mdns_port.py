"""Does a program hold the port of mDNS without sharing it, so that no other responder or browser can start?"""

from __future__ import annotations

import asyncio
import errno
from collections.abc import Iterable

from diagnosis.context import Context
from diagnosis.findings import make_finding
from diagnosis.records import Finding
from net.host import this_host
from net.ports.bind_reasons import holders_text
from net.ports.listeners import snapshot
from net.ports.reaching import overlapping
from net.ports.records import Listener
from net.requests import PortsRequest
from net.sockets import try_bind

PORT = 5353
WILDCARDS = {"0.0.0.0": "v4", "::": "v6"}


async def check(context: Context) -> tuple[Finding, ...]:  # noqa: ARG001 - every check has the same form
    """A socket that shares the port is bound and closed: refused, somebody has it for itself (RFC 6762 section 15.1).

    Whose it is of several that hold the port is known only where there is one: those that share it lie beside. A
    program of another user may share it with that user's programs, which cannot be tried from here: likely, a warning.
    """
    refused = [address for address in WILDCARDS if await asyncio.to_thread(_refused, address)]
    if not refused:
        return ()
    listening = await snapshot(PortsRequest(port=PORT, protocol="udp", follow=False))
    holders = {each.key(): each for address in refused for each in overlapping(listening, address, WILDCARDS[address])}
    names = holders_text(holders.values()) or "a program that is hidden"
    where = " and ".join(refused)
    other = _other_user(holders.values())
    return (
        make_finding(
            "mdns_port_held" if other is None else "mdns_port_of_user",
            str(PORT),
            "error" if other is None else "warning",
            "proven" if other is None else "likely",
            (
                f"A socket that shares UDP port {PORT} was refused at {where}: EADDRINUSE ({errno.EADDRINUSE}).",
                f"UDP port {PORT} is held by {names}.",
            ),
            holders=names,
            user=other,
        ),
    )


def _other_user(holders: Iterable[Listener]) -> str | None:
    """A user that is not the one of this program, with whose programs a holder may share the port by SO_REUSEPORT.

    Linux shares by that option only among sockets of one user (socket(7)).
    """
    own = this_host().user
    users = (each.user for each in holders if each.reuse is None or "reuseport" in each.reuse)
    return next((user for user in users if user is not None and user != own), None)


def _refused(address: str) -> bool:
    try:
        try_bind(address, PORT, stream=False, reuse=True)
    except OSError as error:
        return error.errno == errno.EADDRINUSE
    return False
