"""Does this host itself refuse what a program sends to a LAN: by a rule, a VPN's policy, or Local Network privacy?"""

from __future__ import annotations

import asyncio
import errno
import os
from collections.abc import Mapping

from diagnosis.context import Context, described
from diagnosis.findings import make_finding
from diagnosis.records import Finding
from diagnosis.responsible import Responsible, responsible
from net.platform import this_platform
from net.platform.system import SYSTEM, is_root
from net.records import Interface
from net.sending import Refused, bonjour_refusal, bound_way, loopback_works, refusals

THIS_HOST = "this host"
AGAIN = (0.0, 0.4, 0.8)
"""Seconds before each attempt: after a wake-up macOS refuses for a moment what it lets through then."""

Found = Mapping[str, tuple[Refused, ...]]


async def check(context: Context) -> tuple[Finding, ...]:
    """A finding where sending by the index of a LAN is refused each time it is tried, and who may be behind it.

    Where a tunnel holds the default route, its policy is the likely cause. Else macOS refuses every LAN with
    EHOSTUNREACH while Local Network access is off for the responsible app; elsewhere a rule or route of this host does.
    Rules that let some ports through, mDNS among them, are only told.
    """
    lans = {face.name: face for face in context.lans if face.ipv4 is not None or face.addresses}
    found: dict[str, tuple[Refused, ...]] = {}
    for pause in AGAIN:
        await asyncio.sleep(pause)
        looked = await asyncio.gather(*(asyncio.to_thread(refusals, lans[name]) for name in found or lans))
        found = {name: refused for name, refused in zip(found or lans, looked, strict=True) if refused}
        if not found:
            return ()
    some = [name for name, refused in found.items() if await asyncio.to_thread(_only_some_ports, lans[name], refused)]
    allowing = tuple(_some_ports(lans[name], found.pop(name)) for name in some)
    return (*allowing, *await _refusing(context, lans, found)) if found else allowing


async def _refusing(
    context: Context, lans: Mapping[str, Interface], found: dict[str, tuple[Refused, ...]]
) -> tuple[Finding, ...]:
    """What refuses each LAN of ``found``."""
    refused_faces = tuple(lans[name] for name in found)
    tunnel = next((face for face in context.interfaces if face.tunnel and (face.default_v4 or face.default_v6)), None)
    if tunnel is not None:
        return tuple([await _overruled(face, found[face.name], tunnel) for face in refused_faces])
    everywhere = len(found) == len(context.all_lans)
    unreachable = all(each.errno == errno.EHOSTUNREACH for refused in found.values() for each in refused)
    if SYSTEM == "macos" and everywhere and unreachable:
        return (await asyncio.to_thread(_denied, found, refused_faces),)
    return (await asyncio.to_thread(_refused, found, refused_faces),)


def _only_some_ports(face: Interface, refused: tuple[Refused, ...]) -> bool:
    """A connect() that is refused has no way at all, so no list of ports is behind that."""
    return all(each.sent for each in refused) and bonjour_refusal(face) is None


def _some_ports(face: Interface, refused: tuple[Refused, ...]) -> Finding:
    let = f"A datagram to mDNS by {face.name} (TTL 0) is let through."
    return make_finding("lan_some_ports", face.name, "info", "likely", (*map(_sentence, refused), let))


async def _overruled(face: Interface, refused: tuple[Refused, ...], tunnel: Interface) -> Finding:
    way = await asyncio.to_thread(bound_way, face)
    elsewhere = [f"A socket bound to {face.name} is routed by {way} (route lookup)."] if way == tunnel.name else []
    return make_finding(
        "vpn_overrules_bound",
        face.name,
        "error",
        "proven" if elsewhere else "likely",
        (
            *map(_sentence, refused),
            *elsewhere,
            f"{face.name} is up with a link, and {tunnel.name} ({tunnel.label}) holds the default route.",
        ),
        tunnel=tunnel.name,
    )


def _refused(found: Found, faces: tuple[Interface, ...]) -> Finding:
    subject = faces[0].name if len(faces) == 1 else THIS_HOST
    return make_finding(
        "lan_refused",
        subject,
        "error",
        "proven",
        (*_evidence(found), _loopback()),
        lans=described(faces),
    )


def _denied(found: Found, faces: tuple[Interface, ...]) -> Finding:
    """Every LAN with EHOSTUNREACH on macOS: privacy, unless whoever runs this is exempt from it."""
    who = responsible(this_platform().process(os.getpid()).ancestors, root=is_root())
    evidence = (*_evidence(found), _loopback(), f"The parents of this program: {who.chain}.")
    if who.exempt is not None:
        exempt = f"Local Network privacy is not the reason: exempt by {who.exempt} (TN3179)."
        return make_finding("lan_refused", THIS_HOST, "error", "proven", (*evidence, exempt), lans=described(faces))
    return make_finding(
        "local_network_denied",
        THIS_HOST,
        "error",
        "likely",
        evidence,
        lans=described(faces),
        app=_app(who),
    )


def _app(who: Responsible) -> str:
    return who.process if who.process is not None else "Lanscout itself, which launchd started"


def _evidence(found: Found) -> tuple[str, ...]:
    return tuple(_sentence(each) for refused in found.values() for each in refused)


def _sentence(refused: Refused) -> str:
    text = str(refused)
    return text[0].upper() + text[1:]


def _loopback() -> str:
    return f"A datagram to 127.0.0.1 {'is let through' if loopback_works() else 'is refused, too'}."
