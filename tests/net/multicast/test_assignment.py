"""Tests of net.multicast.assignment."""

from __future__ import annotations

import pytest

from net.multicast.assignment import free_to_choose, may_be_routed


@pytest.mark.parametrize(
    ("group", "free", "routed"),
    [
        ("224.224.0.77", True, True),
        ("239.66.0.7", True, True),
        ("232.1.1.1", True, True),
        ("239.255.1.2", True, False),
        ("239.255.255.250", False, False),
        ("224.0.0.251", False, False),
        ("224.0.1.129", False, False),
        ("ff15::77", True, True),
        ("ff12::77%en0", False, False),
        ("ff13::77", True, False),
        ("ff02::fb", False, False),
        ("ff05::c", False, False),
        ("192.168.1.1", False, False),
    ],
)
def test_a_group_is_a_programs_own_or_assigned_and_goes_beyond_its_link_or_not(
    group: str, free: bool, routed: bool
) -> None:
    assert (free_to_choose(group), may_be_routed(group)) == (free, routed)
