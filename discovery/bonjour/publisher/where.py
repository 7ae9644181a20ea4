"""Decides where a service may be announced: not beyond the local network, unless a person said so."""

from __future__ import annotations

from collections.abc import Mapping

from discovery.bonjour.places import choose
from discovery.bonjour.restricted import Place
from discovery.bonjour.speaking import speaking_from
from discovery.requests import PublishRequest
from net.problems import make_problem
from net.records import Interface, Problem

_SAID_ALREADY = "browse_by_design"
"""A note of ``choose`` for whoever browses such an interface; here it was allowed or refused before."""


def places_to_publish(
    known: Mapping[str, Interface], request: PublishRequest
) -> tuple[tuple[Place, ...], tuple[Problem, ...]]:
    """The places to announce at now, and a Problem for each interface (or for all) that is out of the question.

    Without names: the interfaces of the LAN that are usable, with ``point_to_point`` also tunnels and peer-to-peer
    links, but no bridge of virtual machines or containers. Tunnels and peer-to-peer links that are named need
    ``point_to_point`` as well: another responder that hears its host's name from there renames the host.
    """
    wanted = request.interfaces or tuple(name for name, face in known.items() if _of_itself(face, request))
    refused = [name for name in wanted if name in known and beyond(known[name]) and not request.point_to_point]
    problems = [make_problem("publish_by_design", name) for name in refused]
    allowed = [name for name in wanted if name not in refused]
    if not allowed:
        nowhere = make_problem("publish_nowhere", "all", interfaces=", ".join(known) or "none")
        return (), tuple(problems) or (nowhere,)
    places, obstacles = choose(known, allowed, frozenset())
    problems += [problem for problem in obstacles if problem.code != _SAID_ALREADY]
    return tuple(speaking_from(place, known[place.interface]) for place in places), tuple(problems)


def beyond(face: Interface) -> bool:
    """Whether it is no local network: a tunnel, a point-to-point or a peer-to-peer link (AWDL)."""
    return face.tunnel or face.point_to_point or face.type == "peer_to_peer"


def _of_itself(face: Interface, request: PublishRequest) -> bool:
    if beyond(face):
        return request.point_to_point and face.up and face.multicast and bool(face.addresses)
    # A bridge with the default route is how a host of virtual machines stands on its LAN.
    return face.usable and (face.type != "bridge" or face.default_v4 or face.default_v6)
