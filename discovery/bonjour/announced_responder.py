"""Answers multicast pings and lets others find the responder over Bonjour while it runs."""

from __future__ import annotations

import asyncio
import ipaddress
import socket
from collections.abc import AsyncGenerator
from contextlib import AsyncExitStack

from zeroconf import Error as ZeroconfError
from zeroconf import ServiceInfo
from zeroconf.asyncio import AsyncZeroconf

from discovery.bonjour.places import choose
from discovery.bonjour.restricted import Place, open_restricted
from net.interfaces import snapshot
from net.multicast.ping.responder import Responder, open_responder
from net.multicast.requests import RespondRequest
from net.problems import make_problem
from net.records import Interface, Problem, Record
from net.tasks import start, stop

TYPE = "_multicast-ping._udp.local."
"""By the service name that RFC 6450 registered."""


async def respond(request: RespondRequest) -> AsyncGenerator[tuple[Record, ...], None]:
    """As ``net.multicast.ping.responder.respond``; with ``announce`` also published on the LAN interfaces there are.

    Responding has the names in ``announced`` once they are published, about a second later. An interface on which that
    is refused is a Problem, and the responder answers all the same. What was published is withdrawn at the end.
    """
    responder = await open_responder(request)
    announcing = start(_announce(request, responder), "multicast.respond announcement") if request.announce else None
    try:
        async for batch in responder.batches():
            yield batch
    finally:
        if announcing is not None:
            await stop(announcing)
        await responder.close()


async def _announce(request: RespondRequest, responder: Responder) -> None:
    """Publish, tell the responder the names, and withdraw them when cancelled."""
    faces = {face.name: face for face in await snapshot()}
    places, _obstacles = choose(faces, request.interfaces, frozenset())
    names: list[str] = []
    problems: list[Problem] = []
    async with AsyncExitStack() as stack:
        published: set[str] = set()
        for place in places:
            # One family an interface: both would be told the same addresses and probe for the same name.
            if place.interface in published:
                continue
            try:
                zeroconf = await open_restricted(place)
                stack.push_async_callback(zeroconf.async_close)
                name = await _publish(zeroconf, _service(faces[place.interface], request.port))
            except (OSError, ZeroconfError) as error:
                problems.append(_refused(place, error))
                continue
            published.add(place.interface)
            names.append(name)
        responder.announced(tuple(dict.fromkeys(names)), problems)
        await asyncio.Event().wait()


async def _publish(zeroconf: AsyncZeroconf, service: ServiceInfo) -> str:
    """Probe for the name and announce it (RFC 6762 section 8); returns it as it came to be."""
    announcing = await zeroconf.async_register_service(service, allow_name_change=True)
    await announcing
    return service.name.removesuffix(f".{TYPE}")


def _service(interface: Interface, port: int) -> ServiceInfo:
    """Under a host name of our own: the system's own responder may hold the computer's name."""
    host = socket.gethostname().partition(".")[0] or "host"
    addresses = [ipaddress.ip_address(address.address.partition("%")[0]).packed for address in interface.addresses]
    return ServiceInfo(
        TYPE,
        f"{host}.{TYPE}",
        addresses=addresses,
        port=port,
        properties={"txtvers": "1", "versions": "1,2"},
        server=f"lanscout-{host}-{interface.index}.local.",
    )


def _refused(place: Place, error: Exception) -> Problem:
    reason = error if isinstance(error, OSError) else None
    return make_problem("announce_refused", place.interface, reason, evidence=f"{type(error).__name__}: {error}")
