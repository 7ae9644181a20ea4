"""Is an address of this host used twice: by two of its interfaces, or by another host?"""

from __future__ import annotations

from diagnosis.context import Context
from diagnosis.findings import make_finding
from diagnosis.records import Finding
from net.records import Interface


async def check(context: Context) -> tuple[Finding, ...]:
    """Addresses that failed duplicate address detection (RFC 4862 section 5.4), and those on two interfaces.

    The gateway of containers that each have a veth of their own is on all of these, and not told. On tunnels the same
    address twice is what some systems do by themselves (192.0.0.6 of macOS), and only told.
    """
    refused = (
        make_finding(
            "address_refused",
            f"{address.address.partition('%')[0]} on {face.name}",
            "error",
            "proven",
            (f"The kernel marks {address.address} on {face.name} with dadfailed, so it does not use it.",),
            address=address.address,
            interface=face.name,
        )
        for face in context.interfaces
        for address in face.addresses
        if address.duplicate
    )
    return (*refused, *_twice(context.interfaces))


async def check_others(context: Context) -> tuple[Finding, ...]:
    """Addresses of this host that packets of another one bear, heard beside the sockets (root)."""
    heard = await context.overheard()
    if heard is None:
        return ()
    macs = {face.name: face.mac for face in context.interfaces}
    return tuple(
        make_finding(
            "address_in_use",
            interface,
            "error",
            "proven",
            (
                f"A packet from {address} came in on {interface} with the Ethernet address {mac} (packet socket).",
                f"{interface} has {address} itself, and {macs.get(interface)}.",
            ),
            address=address,
            mac=mac,
        )
        for (interface, address), mac in sorted(heard.impostors.items())
    )


def _twice(interfaces: tuple[Interface, ...]) -> list[Finding]:
    by_name = {face.name: face for face in interfaces}
    places: dict[str, list[Interface]] = {}
    for face in interfaces:
        for each in face.addresses:
            if each.also_on:
                places.setdefault(each.address, []).append(face)
    findings = []
    for address, faces in places.items():
        # The loopback may hold any address.
        faces = [face for face in faces if not face.loopback and not _way_to_one_guest(face)]  # noqa: PLW2901
        if len(faces) < 2:
            continue
        names = ", ".join(face.name for face in faces)
        on_lans = sum(_on_a_lan(by_name[face.name]) for face in faces) > 1
        findings.append(
            make_finding(
                "address_twice" if on_lans else "address_on_tunnels",
                address,
                "warning" if on_lans else "info",
                "proven",
                tuple(f"{face.name} ({face.label}) has {address}." for face in faces),
                names=names,
            )
        )
    return findings


def _way_to_one_guest(face: Interface) -> bool:
    """Whether this is a veth that has addresses of a single host only, as the way of one container is given.

    Each of these has the gateway's address, which no other host shares (Calico, Cilium, routed containers).
    """
    alone = all(
        each.scope == "link" or each.prefix == (32 if each.family == "ipv4" else 128) for each in face.addresses
    )
    return "veth" in face.type_evidence and alone


def _on_a_lan(face: Interface) -> bool:
    return face.up and not face.tunnel and not face.point_to_point and "NOARP" not in face.flags
