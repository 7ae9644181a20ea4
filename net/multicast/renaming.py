"""A snapshot under the names that its interfaces have by now, since what was only renamed has not moved."""

from __future__ import annotations

from collections.abc import Mapping

from msgspec.structs import replace

from net.multicast.records import Snapshot


def renames(before: Snapshot, after: Snapshot) -> dict[str, str]:
    """The new names by the old: index and hardware address stay (``ip link set NAME name OTHER``)."""
    old = {face.index: face for face in before.interfaces}
    return {
        was.name: face.name
        for face in after.interfaces
        if (was := old.get(face.index)) is not None and was.name != face.name and was.mac == face.mac
    }


def under_new_names(snapshot: Snapshot, names: Mapping[str, str]) -> Snapshot:
    """``snapshot`` with all that is compared of it as it stands after the renames, scopes (``fe80::1%en0``) too."""

    def called(text: str) -> str:
        address, percent, scope = text.rpartition("%")
        return f"{address}{percent}{names.get(scope, scope)}"

    def known(text: str | None) -> str | None:
        return None if text is None else called(text)

    return replace(
        snapshot,
        interfaces=tuple(
            replace(
                face,
                name=called(face.name),
                addresses=tuple(replace(each, address=called(each.address)) for each in face.addresses),
            )
            for face in snapshot.interfaces
        ),
        routes=tuple(
            replace(route, interface=called(route.interface), gateway=known(route.gateway)) for route in snapshot.routes
        ),
        unbound=tuple(
            replace(route, interface=known(route.interface), source=known(route.source)) for route in snapshot.unbound
        ),
        memberships=tuple(replace(each, interface=called(each.interface)) for each in snapshot.memberships),
        streams=tuple(replace(each, interface=called(each.interface)) for each in snapshot.streams),
    )
