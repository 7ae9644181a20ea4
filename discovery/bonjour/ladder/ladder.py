"""Finds out, step by step, why nothing is found over Bonjour on the chosen interfaces, all of them at the same time."""

from __future__ import annotations

import asyncio
import ipaddress
import socket
from collections.abc import AsyncGenerator, Sequence

from discovery.bonjour.ladder.climb import Climb
from discovery.bonjour.ladder.rungs import rungs
from discovery.bonjour.ladder.verdict import judge
from discovery.bonjour.places import choose, suitable
from discovery.records import Rung
from discovery.requests import LadderRequest
from net.interfaces import chosen, snapshot
from net.problems import ProblemError, make_problem
from net.records import Interface, Key, Record
from net.tasks import start, stop
from net.text import visible


async def ladder(request: LadderRequest) -> AsyncGenerator[tuple[Record, ...], None]:
    """Rungs as their state changes, and a LadderVerdict an interface when all its steps are taken.

    At most twice ``seconds`` are waited: for answers by multicast, then for those by unicast. Raises ProblemError:
    interface_unknown, ladder_host_unknown, browse_nowhere where no interface is there to be looked at.
    """
    faces = await snapshot()
    looked_at = _looked_at(faces, request.interfaces)
    named = await _address(request.host)
    own = frozenset(address.address.partition("%")[0] for face in faces for address in face.addresses)
    wake = asyncio.Event()
    climbs = [Climb(face, own, named, request.seconds, wake.set) for face in looked_at]
    tasks = {start(climb.run(), f"ladder on {climb.face.name}", log=False): climb for climb in climbs}
    for task in tasks:
        task.add_done_callback(lambda _: wake.set())
    told: dict[Key, Rung] = {}
    try:
        while tasks:
            await wake.wait()
            wake.clear()
            ended = [task for task in tasks if task.done()]
            news: list[Record] = _changed(climbs, told)
            for task in ended:
                task.result()
                news.append(judge(tasks.pop(task).facts))
            if news:
                yield tuple(news)
    finally:
        await stop(*tasks)


def _changed(climbs: Sequence[Climb], told: dict[Key, Rung]) -> list[Record]:
    fresh = [rung for climb in climbs for rung in rungs(climb.facts) if told.get(rung.key()) != rung]
    told.update((rung.key(), rung) for rung in fresh)
    return list(fresh)


def _looked_at(faces: Sequence[Interface], named: Sequence[str]) -> tuple[Interface, ...]:
    """The named interfaces; else those that carry Bonjour; else those of a LAN, which lack something."""
    if named:
        return chosen(faces, tuple(dict.fromkeys(named)))
    found = tuple(face for face in faces if suitable(face))
    found = found or tuple(
        face
        for face in faces
        if not (face.loopback or face.tunnel or face.point_to_point or face.type == "peer_to_peer")
    )
    if not found:
        _, problems = choose({face.name: face for face in faces}, (), frozenset())
        raise ProblemError(problems[0])
    return found


async def _address(host: str | None) -> str | None:
    """The address of the named host, as written or as the system resolves it."""
    text = (host or "").strip()
    if not text:
        return None
    try:
        return str(ipaddress.ip_address(text))
    except ValueError:
        pass
    try:
        found = await asyncio.to_thread(socket.getaddrinfo, text, None, 0, socket.SOCK_DGRAM)
    except (OSError, UnicodeError) as error:
        reason = getattr(error, "strerror", None) or str(error)
        raise ProblemError(make_problem("ladder_host_unknown", visible(text, 100), evidence=reason)) from None
    return str(found[0][4][0])
