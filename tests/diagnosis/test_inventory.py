"""Tests of diagnosis.inventory: each thing has its words, and what is not known says why."""

from __future__ import annotations

from collections.abc import Iterator
from typing import get_args

import msgspec
import pytest

from diagnosis import inventory as module
from diagnosis.inventory import inventory
from diagnosis.records import Barrier
from net.platform.barriers import Found, Layer, Unknown
from net.ports.records import Ancestor, ProcessDetails
from net.records import Interface
from net.requests import Nothing
from resources.loader import barrier_rows
from tests.net.faces import LAN

TUNNEL = msgspec.structs.replace(LAN, name="utun3", type="tunnel", label="VPN tunnel", default_v4=True)


class _Platform:
    def __init__(self, *found: Found) -> None:
        self._found = found

    def process(self, pid: int) -> ProcessDetails:
        ancestors = (
            Ancestor(pid=30, process="zsh"),
            Ancestor(pid=20, process="Code"),
            Ancestor(pid=1, process="launchd"),
        )
        return ProcessDetails(pid=pid, started=0, process="python3", ancestors=ancestors)

    def barriers(self) -> Iterator[Found]:
        return iter(self._found)


async def _listed(monkeypatch: pytest.MonkeyPatch, *found: Found, faces: tuple[Interface, ...] = ()) -> list[Barrier]:
    async def snapshot() -> tuple[Interface, ...]:
        return faces

    monkeypatch.setattr(module, "this_platform", lambda: _Platform(*found))
    monkeypatch.setattr(module, "snapshot", snapshot)
    return [record async for batch in inventory(Nothing()) for record in batch if isinstance(record, Barrier)]


def test_every_layer_and_every_reason_has_its_words() -> None:
    assert barrier_rows().keys() == {*get_args(Layer), *(f"unknown_{each}" for each in get_args(Unknown))}


async def test_what_is_not_known_says_which_right_would_tell(monkeypatch: pytest.MonkeyPatch) -> None:
    denied = Found(layer="packet_filter", name="pf", command="pfctl -s info", unknown="no_right", detail="root")
    (barrier,) = await _listed(monkeypatch, denied)
    assert not barrier.known
    assert barrier.why_unknown == "Reading it needs the rights of root: lanscout --on sudo inventory."


async def test_a_tunnel_that_is_up_is_listed_with_what_it_takes(monkeypatch: pytest.MonkeyPatch) -> None:
    down = msgspec.structs.replace(TUNNEL, name="utun4", up=False)
    (barrier,) = await _listed(monkeypatch, faces=(LAN, TUNNEL, down))
    assert (barrier.layer, barrier.name, barrier.known) == ("vpn", "utun3", True)
    assert barrier.evidence == "VPN tunnel; holds the default route of IPv4"


@pytest.mark.parametrize(("root", "state", "known"), [(True, "not needed", True), (False, None, False)])
async def test_on_macos_the_program_that_needs_permission_is_named(
    monkeypatch: pytest.MonkeyPatch, *, root: bool, state: str | None, known: bool
) -> None:
    monkeypatch.setattr(module, "SYSTEM", "macos")
    monkeypatch.setattr(module, "is_root", lambda: root)
    (barrier,) = await _listed(monkeypatch)
    assert (barrier.layer, barrier.name) == ("privacy", "Local Network access of Code")
    assert (barrier.state, barrier.known) == (state, known)


async def test_names_from_elsewhere_are_made_visible_and_capped(monkeypatch: pytest.MonkeyPatch) -> None:
    hostile = Found(layer="ebpf", name="a\x1b[31m\nb", command="c", evidence="x" * 5000)
    (barrier,) = await _listed(monkeypatch, hostile)
    assert "\x1b" not in barrier.name
    assert "\n" not in barrier.name
    assert len(barrier.evidence or "") < 500
