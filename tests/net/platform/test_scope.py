"""The scope of an address, as rtnetlink would give it."""

from __future__ import annotations

import ipaddress

import pytest

from net.platform.scope import scope_of


@pytest.mark.parametrize(
    ("address", "scope"),
    [
        ("127.0.0.1", "host"),
        ("::1", "host"),
        ("169.254.3.4", "link"),
        ("fe80::1%en0", "link"),
        ("fec0::1", "site"),
        ("10.0.0.1", "global"),
        ("fd00::1", "global"),
        ("2001:db8::1", "global"),
    ],
)
def test_scope(address: str, scope: str) -> None:
    assert scope_of(ipaddress.ip_address(address)) == scope
