"""A bound address says where a socket can be reached from."""

from __future__ import annotations

import socket

import pytest

from net.platform.endpoint import Endpoint, endpoint, interface_addresses

INTERFACES = {"127.0.0.1": "lo", "::1": "lo", "192.0.2.4": "en0", "fe80::1": "en0", "2001:db8::4": "en0"}


def packed(address: str) -> bytes:
    return socket.inet_pton(socket.AF_INET6 if ":" in address else socket.AF_INET, address)


@pytest.mark.parametrize(
    ("address", "v6only", "device", "expected"),
    [
        ("0.0.0.0", None, None, Endpoint("0.0.0.0", None, "all", "v4")),
        ("::", True, None, Endpoint("::", None, "all", "v6")),
        ("::", False, None, Endpoint("::", None, "all", "dual")),
        ("::", None, None, Endpoint("::", None, "all", "dual")),
        ("0.0.0.0", None, "en0", Endpoint("0.0.0.0", "en0", "lan", "v4")),
        ("::", False, "lo", Endpoint("::", "lo", "loopback", "dual")),
        ("127.0.0.1", None, None, Endpoint("127.0.0.1", "lo", "loopback", "v4")),
        ("127.0.0.53", None, None, Endpoint("127.0.0.53", "lo", "loopback", "v4")),
        ("127.0.0.53", None, "lo", Endpoint("127.0.0.53", "lo", "loopback", "v4")),
        ("::1", False, None, Endpoint("::1", "lo", "loopback", "v6")),
        ("::ffff:127.0.0.1", False, None, Endpoint("127.0.0.1", "lo", "loopback", "v4")),
        ("::ffff:0.0.0.0", False, None, Endpoint("0.0.0.0", None, "all", "v4")),
        ("192.0.2.4", None, None, Endpoint("192.0.2.4", "en0", "lan", "v4")),
        ("192.0.2.9", None, None, Endpoint("192.0.2.9", None, "lan", "v4")),
        ("2001:db8::4", False, None, Endpoint("2001:db8::4", "en0", "lan", "v6")),
        ("fe80::1", False, "en0", Endpoint("fe80::1%en0", "en0", "lan", "v6")),
        ("fe80::1", False, None, Endpoint("fe80::1", "en0", "lan", "v6")),
        ("224.0.0.251", None, None, Endpoint("224.0.0.251", None, "lan", "v4")),
        ("ff02::fb", False, "en0", Endpoint("ff02::fb%en0", "en0", "lan", "v6")),
    ],
)
def test_interface_scope_and_stack_follow_from_the_address(
    address: str, v6only: bool | None, device: str | None, expected: Endpoint
) -> None:
    assert endpoint(packed(address), v6only=v6only, device=device, interfaces=INTERFACES) == expected


def test_without_any_interface_a_loopback_address_is_still_loopback() -> None:
    assert endpoint(packed("::1"), v6only=False, device=None, interfaces={}) == Endpoint("::1", None, "loopback", "v6")


def test_this_hosts_addresses_lead_to_their_interface() -> None:
    names = {name for _, name in socket.if_nameindex()}
    found = interface_addresses()

    assert found["127.0.0.1"] in names
    assert all("%" not in address for address in found)
