"""Finds out, step by step, why nothing is found over Bonjour on the chosen interfaces, all of them at the same time."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Sequence

from discovery.bonjour.ladder.climb import Climb
from discovery.bonjour.ladder.naming import named_addresses
from discovery.bonjour.ladder.rungs import rungs
from discovery.bonjour.ladder.verdict import judge
from discovery.bonjour.places import choose, suitable
from discovery.records import Rung
from discovery.requests import LadderRequest
from net.interfaces import chosen, snapshot
from net.problems import ProblemError
from net.records import Interface, Key, Record
from net.tasks import start, stop


async def ladder(request: LadderRequest) -> AsyncGenerator[tuple[Record, ...], None]:
    """Rungs as their state changes, and a LadderVerdict an interface when all its steps are taken.

    At most twice ``seconds`` are waited: for answers by multicast, then for those by unicast. Raises ProblemError:
    interface_unknown, those of named_addresses, browse_nowhere where no interface is there to be looked at.
    """
    faces = await snapshot()
    looked_at = _looked_at(faces, request.interfaces)
    named = await named_addresses(request.host, looked_at)
    own = frozenset(address.address.partition("%")[0] for face in faces for address in face.addresses)
    wake = asyncio.Event()
    climbs = [Climb(face, own, named.get(face.name), request.seconds, wake.set) for face in looked_at]
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
