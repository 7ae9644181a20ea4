"""Announces a service until closed, as interfaces come and go."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator
from contextlib import aclosing

from discovery.bonjour.names import name_text
from discovery.bonjour.publisher.publication import parse_publication
from discovery.bonjour.publisher.publisher import Publisher
from discovery.requests import PublishRequest
from net.ending import ending
from net.interfaces import chosen, snapshot
from net.platform import this_platform
from net.problems import ProblemError, make_problem
from net.records import Record
from net.tasks import start, stop


async def publish(request: PublishRequest) -> AsyncGenerator[tuple[Record, ...], None]:
    """Published whenever its state changes, and Problems as they come; on close the service is withdrawn.

    ``probing`` for about a second, then ``announced``; a name that another host holds is replaced, which
    ``renamed_from`` and ``evidence`` tell. Without ``rename`` the state is ``conflict`` and the watch ends with the
    Problem publish_conflict, or publish_conflict_here where this computer holds the name. Asked to end (net.ending),
    the last word is ``withdrawn``. Where there is no interface to announce on it waits for one. Raises ProblemError
    also as ``parse_publication`` does, and interface_unknown.
    """
    publication = parse_publication(request)
    faces = await snapshot()
    chosen(faces, request.interfaces)
    publisher = Publisher(request, publication)
    end = ending()
    following = start(_follow(publisher), "bonjour.publish interfaces")
    awaiting = start(_wake_at(end, publisher), "bonjour.publish end")
    try:
        publisher.reconcile({face.name: face for face in faces})
        while not end.is_set():
            news = publisher.news()
            if news:
                yield news
            if publisher.conflicted:
                code = "publish_conflict_here" if publisher.held_here else "publish_conflict"
                raise ProblemError(make_problem(code, name_text(publication.instance_name)))
            await publisher.until_due()
            publisher.turn(asyncio.get_running_loop().time())
        withdrawn = publisher.withdraw()
        if withdrawn:
            yield withdrawn
    finally:
        publisher.close()
        await stop(following, awaiting)


async def _wake_at(end: asyncio.Event, publisher: Publisher) -> None:
    await end.wait()
    publisher.wake.set()


async def _follow(publisher: Publisher) -> None:
    """Until the system tells no more of its interfaces, which ends the publication."""
    try:
        async with aclosing(this_platform().changes()) as changes:
            async for _ in changes:
                publisher.reconcile({face.name: face for face in await snapshot()})
    except (OSError, ProblemError) as error:
        publisher.fail(error)
