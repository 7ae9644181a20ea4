"""Answers multicast pings and lets others find the responder over Bonjour while it runs."""

from __future__ import annotations

import socket
from collections.abc import AsyncGenerator
from contextlib import aclosing

from discovery.bonjour.publisher.publish import publish
from discovery.records import Published
from discovery.requests import PublishRequest
from net.multicast.ping.responder import Responder, open_responder
from net.multicast.requests import RespondRequest
from net.problems import ProblemError
from net.records import Problem, Record
from net.tasks import start, stop

TYPE = "_multicast-ping._udp"
"""By the service name that RFC 6450 registered."""
REFUSED = "publish_refused"
"""The one problem of publishing that is told: that no interface is there yet, pinging tells by itself."""


async def respond(request: RespondRequest) -> AsyncGenerator[tuple[Record, ...], None]:
    """As ``net.multicast.ping.responder.respond``; with ``announce`` also published on the LAN interfaces there are.

    Responding has the name in ``announced`` once it is published, about a second later. An interface on which that
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
    """Publish, tell the responder the name, and withdraw it when cancelled."""
    service = PublishRequest(
        name=socket.gethostname().partition(".")[0] or "host",
        type=TYPE,
        port=request.port,
        txt=("txtvers=1", "versions=1,2"),
        interfaces=request.interfaces,
    )
    names: tuple[str, ...] = ()
    try:
        async with aclosing(publish(service)) as batches:
            async for batch in batches:
                for record in batch:
                    if isinstance(record, Published) and record.state == "announced":
                        names = (record.name,) if record.interfaces else ()
                problems = [record for record in batch if isinstance(record, Problem) and record.code == REFUSED]
                responder.announced(names, problems)
    except ProblemError as failure:
        responder.announced((), [failure.problem])
