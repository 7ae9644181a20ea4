"""Tests of the roles of an interface in the terminal."""

from __future__ import annotations

import msgspec
import pytest

from tests.ui.scenes import INTERFACES
from ui.terminal.tables import roles_of


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
