"""Tests of the roles of an interface in the terminal."""

from __future__ import annotations

import msgspec
import pytest

from tests.ui.scenes import INTERFACES
from ui.terminal.tables import roles_of, state_of


@pytest.mark.parametrize(
    ("v4", "v6", "role"),
    [
        (True, True, "unbound multicast leaves here"),
        (True, False, "unbound IPv4 multicast leaves here"),
        (False, True, "unbound IPv6 multicast leaves here"),
    ],
)
def test_the_family_of_unbound_multicast_is_named(*, v4: bool, v6: bool, role: str) -> None:
    face = msgspec.structs.replace(INTERFACES[0], takes_multicast_v4=v4, takes_multicast_v6=v6)
    assert role in roles_of(face)


def test_the_states_are_called_as_in_the_window() -> None:
    face = INTERFACES[0]
    states = [(True, True), (True, False), (False, False)]
    told = [state_of(msgspec.structs.replace(face, up=up, running=running)) for up, running in states]
    assert told == ["up", "no link", "down"]
