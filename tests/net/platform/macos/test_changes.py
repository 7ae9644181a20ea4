"""Routing messages become changes: noise is passed over, bursts count once. A socket pair stands in for AF_ROUTE."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import Iterator
from contextlib import aclosing

import pytest

from net.platform.macos.changes import (
    HEADER,
    RTF_LLINFO,
    RTF_WASCLONED,
    RTM_ADD,
    RTM_CHANGE,
    RTM_DELADDR,
    RTM_DELETE,
    RTM_IFINFO,
    RTM_NEWADDR,
    is_change,
    watch,
)

RTM_GET, RTM_MISS, RTM_RESOLVE, RTM_NEWMADDR = 0x4, 0x7, 0xB, 0xF
RTF_UP, RTF_GATEWAY, RTF_STATIC = 0x1, 0x2, 0x800


def message(kind: int, flags: int = RTF_UP) -> bytes:
    return HEADER.pack(92, 5, kind, 7, flags) + bytes(80)


@pytest.fixture
def ends() -> Iterator[tuple[socket.socket, socket.socket]]:
    kernel, ours = socket.socketpair(socket.AF_UNIX, socket.SOCK_DGRAM)
    with kernel, ours:
        yield kernel, ours


def test_the_header_is_as_long_as_that_of_xnu_up_to_its_flags() -> None:
    assert HEADER.size == 12


@pytest.mark.parametrize("kind", [RTM_ADD, RTM_DELETE, RTM_CHANGE, RTM_NEWADDR, RTM_DELADDR, RTM_IFINFO])
def test_links_addresses_and_routes_are_changes(kind: int) -> None:
    assert is_change(message(kind, RTF_UP | RTF_GATEWAY | RTF_STATIC))


@pytest.mark.parametrize("kind", [RTM_GET, RTM_MISS, RTM_RESOLVE, RTM_NEWMADDR])
def test_lookups_and_memberships_are_none(kind: int) -> None:
    assert not is_change(message(kind))


@pytest.mark.parametrize("flag", [RTF_LLINFO, RTF_WASCLONED])
def test_host_routes_of_neighbours_are_none(flag: int) -> None:
    assert not is_change(message(RTM_ADD, RTF_UP | flag))
    assert not is_change(message(RTM_DELETE, RTF_UP | flag))


@pytest.mark.parametrize("torn", [b"", b"\x5c", message(RTM_ADD)[:11]])
def test_a_torn_message_is_none(torn: bytes) -> None:
    assert not is_change(torn)


async def test_the_first_item_comes_without_any_message(ends: tuple[socket.socket, socket.socket]) -> None:
    async with aclosing(watch(ends[1])) as changes, asyncio.timeout(5):
        await anext(changes)


async def test_a_burst_is_one_change_and_the_next_one_another(ends: tuple[socket.socket, socket.socket]) -> None:
    kernel, ours = ends
    async with aclosing(watch(ours)) as changes, asyncio.timeout(5):
        await anext(changes)
        for kind in (RTM_DELADDR, RTM_DELETE, RTM_GET, RTM_NEWADDR, RTM_ADD):
            kernel.send(message(kind))
        await anext(changes)
        following = asyncio.wait_for(anext(changes), 0.2)
        with pytest.raises(TimeoutError):
            await following
    async with aclosing(watch(ours)) as changes, asyncio.timeout(5):
        await anext(changes)
        kernel.send(message(RTM_IFINFO))
        await anext(changes)
        kernel.send(message(RTM_IFINFO))
        await anext(changes)


async def test_noise_wakes_nobody(ends: tuple[socket.socket, socket.socket]) -> None:
    kernel, ours = ends
    async with aclosing(watch(ours)) as changes, asyncio.timeout(5):
        await anext(changes)
        for kind in (RTM_GET, RTM_MISS, RTM_NEWMADDR):
            kernel.send(message(kind))
        with pytest.raises(TimeoutError):
            await asyncio.wait_for(anext(changes), 0.2)
