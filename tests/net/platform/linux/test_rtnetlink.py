"""Tests of net.platform.linux.rtnetlink and netlink against this kernel."""

from __future__ import annotations

import errno
import socket
import struct

import pytest
from hypothesis import given
from hypothesis import strategies as st

from net.platform.linux.netlink import attributes, dump, request
from net.platform.linux.rtnetlink import RTM_GETLINK, changes, links, lookup, routes


def test_every_interface_of_this_host_is_listed_with_its_index() -> None:
    assert [(link.index, link.name) for link in links()] == sorted(socket.if_nameindex())


def test_the_loopback_interface_is_what_it_always_is() -> None:
    loopback = next(link for link in links() if link.name == "lo")
    assert {"UP", "LOOPBACK"} <= loopback.flags
    assert loopback.facts["sysfs.type"] == ("772",)
    assert ("127.0.0.1", 8, "host") in [(each.address, each.prefix, each.scope) for each in loopback.addresses]
    assert loopback.mac is None


def test_the_way_to_this_host_is_the_loopback_interface() -> None:
    found = lookup("127.0.0.5")
    assert (found.interface, found.source, found.gateway) == ("lo", "127.0.0.1", None)


def test_an_interface_that_does_not_exist_is_refused_with_its_errno() -> None:
    with pytest.raises(OSError, match="No such device") as failure:
        lookup("ff02::fb%nothing77")
    assert failure.value.errno == errno.ENODEV


def test_routes_name_interfaces_of_this_host() -> None:
    names = {name for _, name in socket.if_nameindex()}
    assert {route.interface for route in routes()} <= names


def test_the_kernel_s_refusal_is_an_oserror_with_its_errno() -> None:
    with pytest.raises(OSError, match="not supported") as failure:
        request(9999, b"")
    assert failure.value.errno == errno.EOPNOTSUPP
    assert dump(RTM_GETLINK, struct.pack("=BxHiII", socket.AF_UNSPEC, 0, 0, 0, 0))


@given(st.binary(max_size=200), st.integers(0, 20))
def test_cut_or_hostile_attributes_never_raise(data: bytes, start: int) -> None:
    for value in attributes(data, start).values():
        assert len(value) <= len(data)


async def test_the_watch_of_changes_stands_at_its_first_item_and_closes_its_socket() -> None:
    watching = changes()
    await anext(watching)
    await watching.aclose()
