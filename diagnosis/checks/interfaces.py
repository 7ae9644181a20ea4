"""Can each interface that should carry a LAN carry multicast at all?"""

from __future__ import annotations

from diagnosis.context import Context
from diagnosis.findings import make_finding
from diagnosis.records import Finding, Severity
from net.records import Interface


async def check(context: Context) -> tuple[Finding, ...]:
    """What stands in the way on each interface that was named, and on wired and wireless ones that are in use.

    A port that is down or unused is no fault: unless it was named, an interface is judged only if something was
    configured on it. Where no interface at all has a LAN, that is told.
    """
    spare = any(face.usable and _configured(face) for face in context.interfaces)
    judged = (_judge(face, named=context.named, spare=spare) for face in context.chosen)
    found = tuple(finding for finding in judged if finding is not None)
    if not found and not context.named and not any(face.usable for face in context.interfaces):
        seen = tuple(f"{face.name}: {_state(face)}." for face in context.interfaces if not face.loopback)
        return (make_finding("no_lan", "this host", "error", "proven", seen or ("Only the loopback is there.",)),)
    return found


def _judge(face: Interface, *, named: bool, spare: bool) -> Finding | None:
    """``spare``: the host has a LAN anyway."""
    if face.loopback or face.tunnel or face.member_of is not None or not (named or _expected(face)):
        return None
    code = _obstacle(face)
    if code is None or (not named and not _wanted(face, code, spare=spare)):
        return None
    severity: Severity = "error" if named else "warning"
    evidence = (f"{face.name} ({face.label}): {_state(face)}.",)
    return make_finding(code, face.name, severity, "proven", evidence, flags=" ".join(face.flags))


def _expected(face: Interface) -> bool:
    """Whether it is a LAN by what it is or by the routes it has; ports of guests and dummies are not."""
    real = face.type in ("ethernet", "wifi") and "NOARP" not in face.flags
    return real or bool(face.gateways) or face.default_v4 or face.default_v6


def _obstacle(face: Interface) -> str | None:
    """The first thing that makes multicast impossible, by its finding."""
    obstacles = (
        (not face.up, "interface_down"),
        (not face.running, "interface_no_carrier"),
        (face.point_to_point, "interface_point_to_point"),
        (not face.multicast, "interface_without_multicast"),
        (not _configured(face), "interface_no_address"),
    )
    return next((code for holds, code in obstacles if holds), None)


def _wanted(face: Interface, code: str, *, spare: bool) -> bool:
    """Whether somebody uses it: it has an address that does not come by itself, or is all there is.

    Beside a LAN that works, a link without an address is a spare port, or one of a Mac's internal links.
    """
    return not spare if code == "interface_no_address" else _configured(face) or bool(face.gateways)


def _configured(face: Interface) -> bool:
    return any(each.family == "ipv4" or each.scope != "link" for each in face.addresses)


def _state(face: Interface) -> str:
    addresses = ", ".join(each.address for each in face.addresses) or "no address"
    link = "with" if face.running else "without"
    return f"{'up' if face.up else 'down'}, {link} a link, flags {' '.join(face.flags) or 'none'}, {addresses}"
