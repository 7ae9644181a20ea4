"""Tests of diagnosis.checks.sharing with what macOS tells of Internet Sharing."""

from __future__ import annotations

import msgspec
import pytest

from diagnosis.checks import sharing
from diagnosis.context import Context
from net.platform.protocol import Forwarding, Neighbour
from net.records import Address
from tests.net.faces import LAN

BRIDGE = msgspec.structs.replace(
    LAN,
    name="bridge100",
    index=20,
    type="bridge",
    addresses=(Address(address="192.168.2.1", prefix=24),),
    gateways=(),
    default_v4=False,
    default_v6=False,
)
WITH_WAY_OUT = msgspec.structs.replace(LAN, default_v4=True)
GUEST = Neighbour(interface="bridge100", address="192.168.2.2", mac="02:00:00:00:00:02")
ON = frozenset({"bridge100"})


class _Mac:
    def __init__(self, forwarding: Forwarding, *neighbours: Neighbour) -> None:
        self._forwarding = forwarding
        self._neighbours = neighbours

    def neighbours(self) -> tuple[Neighbour, ...]:
        return self._neighbours

    def forwarding(self, bridges: object) -> Forwarding:
        assert list(bridges) == ["bridge100"]  # type: ignore[call-overload]
        return self._forwarding


async def _codes(monkeypatch: pytest.MonkeyPatch, forwarding: Forwarding, *neighbours: Neighbour) -> list[str]:
    monkeypatch.setattr(sharing, "this_platform", lambda: _Mac(forwarding, *neighbours))
    monkeypatch.setattr(sharing, "default_interface", lambda _: "en0")
    faces = (WITH_WAY_OUT, BRIDGE)
    return [finding.code for finding in await sharing.check(Context(faces, faces, 1.0))]


async def test_main_rules_that_lost_the_anchor_are_told(monkeypatch: pytest.MonkeyPatch) -> None:
    flushed = Forwarding(interfaces=ON, translates=False, nat_source="pfctl -s nat", anchored=False)
    assert await _codes(monkeypatch, flushed, GUEST) == ["sharing_anchor_missing"]


async def test_sharing_that_works_and_rules_that_may_not_be_read_are_silent(monkeypatch: pytest.MonkeyPatch) -> None:
    works = Forwarding(interfaces=ON, translates=True, nat_source="pfctl -s nat", anchored=True)
    assert await _codes(monkeypatch, works, GUEST) == []
    assert await _codes(monkeypatch, Forwarding(interfaces=ON), GUEST) == []


async def test_guests_are_those_of_the_bridge_s_own_network_that_answered(monkeypatch: pytest.MonkeyPatch) -> None:
    unanswered = msgspec.structs.replace(GUEST, mac=None)
    elsewhere = msgspec.structs.replace(GUEST, address="10.0.0.2")
    link_local = msgspec.structs.replace(GUEST, address="fe80::2%bridge100")
    assert await _codes(monkeypatch, Forwarding(), unanswered, elsewhere, link_local) == []
