"""The listener an address leads to is the most specific one of its family."""

from __future__ import annotations

from typing import Literal

import pytest

from net.ports.reaching import overlapping, reached
from net.ports.records import Listener

Stack = Literal["v4", "v6", "dual"]


def listener(address: str, stack: Stack, pid: int, interface: str | None = None) -> Listener:
    return Listener(
        protocol="tcp",
        address=address,
        port=5000,
        interface=interface,
        scope="all",
        stack=stack,
        v6only=None,
        owner="proved",
        pid=pid,
        process="node",
    )


ALL_V4 = listener("0.0.0.0", "v4", 1)
DUAL = listener("::", "dual", 2)
ALL_V6 = listener("::", "v6", 3)
HOME = listener("127.0.0.1", "v4", 4, "lo0")
HOME_V6 = listener("::1", "v6", 5, "lo0")
LINK = listener("fe80::1%en0", "v6", 6, "en0")
DEVICE = listener("0.0.0.0", "v4", 7, "en0")


@pytest.mark.parametrize(
    ("address", "interface", "listeners", "pids"),
    [
        ("127.0.0.1", "lo0", (ALL_V4, HOME), [4, 1]),
        ("192.168.1.2", "en0", (ALL_V4, HOME), [1]),
        ("127.0.0.1", "lo0", (DUAL,), [2]),
        ("127.0.0.1", "lo0", (DUAL, ALL_V4), [1, 2]),
        ("::1", "lo0", (DUAL, ALL_V4, HOME_V6), [5, 2]),
        ("::1", "lo0", (ALL_V4, HOME), []),
        ("127.0.0.1", "lo0", (ALL_V6,), []),
        ("fe80::1%en0", "en0", (LINK, ALL_V6), [6, 3]),
        ("fe80::1%en1", "en1", (LINK, ALL_V6), [3]),
        ("192.168.1.2", "en0", (ALL_V4, DEVICE), [7, 1]),
        ("10.0.0.2", "en5", (ALL_V4, DEVICE), [1]),
    ],
)
def test_the_most_specific_comes_first(
    address: str, interface: str, listeners: tuple[Listener, ...], pids: list[int]
) -> None:
    assert [each.pid for each in reached(listeners, address, interface)] == pids


@pytest.mark.parametrize(
    ("address", "stack", "pids"),
    [
        ("0.0.0.0", "v4", [1, 2, 4]),
        ("::", "v6", [2, 3, 5]),
        ("::", "dual", [1, 2, 3, 4, 5]),
        ("127.0.0.1", "v4", [1, 2, 4]),
        ("127.0.0.2", "v4", [1, 2]),
        ("::1", "v6", [2, 3, 5]),
        ("fe80::9%en0", "v6", [2, 3]),
    ],
)
def test_a_bind_meets_what_has_an_address_in_common(address: str, stack: str, pids: list[int]) -> None:
    assert [each.pid for each in overlapping((ALL_V4, DUAL, ALL_V6, HOME, HOME_V6), address, stack)] == pids
