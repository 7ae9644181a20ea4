"""Tests of net.multicast.ping.policy."""

from __future__ import annotations

import ipaddress

import pytest

from net.multicast.ping.policy import OWN_GROUPS, Policy
from net.platform.protocol import Link
from net.records import Address

LINKS = (
    Link(
        name="en0",
        index=2,
        flags=frozenset(),
        addresses=(
            Address(address="192.168.1.20", prefix=24),
            Address(address="fd66:1::20", prefix=64),
            Address(address="fe80::1%en0", prefix=64),
        ),
    ),
    Link(
        name="utun3", index=3, flags=frozenset(), addresses=(Address(address="10.8.0.2", prefix=32, peer="10.8.0.1"),)
    ),
)


@pytest.fixture
def policy() -> Policy:
    made = Policy()
    made.learn(LINKS)
    return made


@pytest.mark.parametrize(
    ("address", "interface", "local"),
    [
        ("192.168.1.77", 2, True),
        ("192.168.1.77", 3, False),
        ("192.168.1.77", None, True),
        ("192.168.2.77", 2, False),
        ("8.8.8.8", None, False),
        ("10.8.0.1", 3, True),
        ("10.8.0.3", 3, False),
        ("192.168.1.20", 1, True),
        ("127.0.0.1", 1, True),
        ("fd66:1::99", 2, True),
        ("fd66:2::99", 2, False),
        ("fe80::99%2", 2, True),
        ("192.168.1.77", 9, False),
    ],
)
def test_who_is_on_a_link_of_this_host(policy: Policy, address: str, interface: int | None, local: bool) -> None:
    assert policy.local(ipaddress.ip_address(address), interface) == local


@pytest.mark.parametrize(
    ("group", "near", "far"),
    [
        ("232.43.211.234", True, True),
        ("239.1.2.3", True, False),
        ("239.1.2.234", True, True),
        ("224.0.0.5", False, False),
        ("224.0.0.234", False, False),
        ("192.168.1.1", False, False),
        ("ff3e::4321:1234", True, True),
        ("ff15::77", True, False),
        ("ff02::1", False, False),
        ("ff02::4321:1234", True, True),
        ("ff01::4321:1234", False, False),
    ],
)
def test_which_groups_are_served_to_hosts_near_and_far(policy: Policy, group: str, near: bool, far: bool) -> None:
    address = ipaddress.ip_address(group)
    assert policy.serves(address, local=True) == near
    assert policy.serves(address, local=False) == far


@pytest.mark.parametrize(
    ("prefixes", "version", "granted"),
    [
        (["232.43.211.234/32"], 4, "232.43.211.234"),
        (["239.1.2.3/32"], 4, "239.1.2.3"),
        (["0.0.0.0/0"], 4, "232.43.211.234"),
        (["239.0.0.0/8"], 4, "239.0.0.234"),
        (["224.0.0.0/24"], 4, None),
        (["10.0.0.0/8"], 4, None),
        (["ff15::/16"], 4, None),
        (["ff15::/16"], 6, "ff15::4321:1234"),
        (["::/0"], 6, "ff3e::4321:1234"),
        (["224.0.0.0/24", "239.1.2.3/32"], 4, "239.1.2.3"),
        ([], 4, None),
    ],
)
def test_a_group_is_granted_within_what_was_asked_for(
    policy: Policy, prefixes: list[str], version: int, granted: str | None
) -> None:
    found = policy.grant([ipaddress.ip_network(prefix) for prefix in prefixes], version, local=True)
    assert (str(found) if found is not None else None) == granted


def test_the_one_group_chosen_is_the_only_one() -> None:
    group = ipaddress.ip_address("239.9.9.9")
    policy = Policy(group)
    assert policy.serves(group, local=True)
    assert not policy.serves(OWN_GROUPS[4], local=True)
    assert policy.grant([ipaddress.ip_network("0.0.0.0/0")], 4, local=True) == group
    assert policy.grant([ipaddress.ip_network("232.43.211.234/32")], 4, local=True) is None
    assert policy.grant([ipaddress.ip_network("::/0")], 6, local=True) is None
    assert (policy.offer(4), policy.offer(6)) == ((ipaddress.ip_network("239.9.9.9/32"),), ())
