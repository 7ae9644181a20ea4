"""A bind is tried for real, and the port that is proposed is nobody's."""

from __future__ import annotations

import errno
import socket
from contextlib import closing

import pytest

from net.platform.bind_limits import BindLimits, NatRule
from net.ports.binding import Way, attempt, nearest_free, watch, ways
from net.ports.records import Binding
from net.problems import ProblemError
from net.requests import BindRequest


async def bindings(request: BindRequest) -> tuple[Binding, ...]:
    return tuple([binding async for batch in watch(request) for binding in batch])


async def test_a_port_that_a_program_listens_on_is_refused_and_another_proposed() -> None:
    with closing(socket.create_server(("127.0.0.1", 0))) as server:
        port = server.getsockname()[1]
        (refused,) = await bindings(BindRequest(port=port, address="127.0.0.1"))
    assert (refused.possible, refused.with_reuse, refused.errno) == (False, False, errno.EADDRINUSE)
    assert refused.free is not None
    with closing(socket.create_server(("127.0.0.1", refused.free))):
        pass


async def test_a_port_shared_by_reuseport_is_told_as_shared() -> None:
    with closing(socket.socket()) as server:
        server.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        server.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEPORT, 1)
        server.bind(("127.0.0.1", 0))
        server.listen()
        (refused,) = await bindings(BindRequest(port=server.getsockname()[1], address="127.0.0.1"))
    assert (refused.possible, refused.with_reuse) == (False, True)
    assert refused.reason is not None
    assert "shares its port" in refused.reason


async def test_the_sockets_that_were_tried_are_closed_at_once() -> None:
    (first,) = await bindings(BindRequest(port=5999, address="127.0.0.1"))
    (second,) = await bindings(BindRequest(port=5999, address="127.0.0.1", protocol="udp"))
    assert (first.possible, second.possible) == (True, True)
    with closing(socket.create_server(("127.0.0.1", 5999))):
        pass


@pytest.mark.parametrize(
    ("address", "expected"),
    [
        (None, (("0.0.0.0", "v4"), ("::", "v6"), ("::", "dual"))),
        ("::", (("::", "v6"), ("::", "dual"))),
        ("0.0.0.0", (("0.0.0.0", "v4"),)),
        ("0:0:0:0:0:0:0:1", (("::1", "v6"),)),
        ("::ffff:127.0.0.1", (("127.0.0.1", "v4"),)),
        ("fe80::1%en0", (("fe80::1%en0", "v6"),)),
    ],
)
def test_an_address_is_tried_in_the_ways_it_can_be_bound(address: str | None, expected: tuple[Way, ...]) -> None:
    assert ways(address) == expected


@pytest.mark.parametrize("address", ["localhost", "127.0.0.1.1", "", "1.2.3.4/8"])
def test_what_is_no_address_is_refused(address: str) -> None:
    with pytest.raises(ProblemError) as refused:
        ways(address)
    assert refused.value.problem.code == "bind_address_invalid"


def test_an_interface_that_is_not_here_is_a_refusal() -> None:
    error = attempt(Way("fe80::1%en77", "v6"), 5000, "tcp")
    assert error is not None
    assert error.errno == errno.ENODEV


@pytest.mark.parametrize(
    ("port", "limits", "taken", "expected"),
    [
        (5000, BindLimits(), {5000}, 5001),
        (5000, BindLimits(), {5000, 5001}, 4999),
        (5000, BindLimits(excluded=((4900, 5100),)), {5000}, 5101),
        (5000, BindLimits(restricted=(5001, 4999)), {5000}, 5002),
        (5000, BindLimits(nat=(NatRule("tcp", (5001, 5001), "x"),)), {5000}, 4999),
        (32767, BindLimits(ephemeral=(32768, 60999)), {32767}, 32766),
        (40000, BindLimits(ephemeral=(32768, 60999)), {40000}, 32767),
        (60000, BindLimits(ephemeral=(32768, 60999)), {60000}, 61000),
        (80, BindLimits(privileged_below=1024, privileged=False, ephemeral=(1024, 65535)), set(), 1024),
        (80, BindLimits(privileged_below=1024, ephemeral=(1024, 65535)), {80}, 81),
        (5000, BindLimits(privileged_below=1024, ephemeral=(1024, 65535)), {5000}, 5001),
        (1024, BindLimits(privileged_below=1024), {1024, 1025}, 1026),
        (53, BindLimits(privileged_below=1024, privileged=False), set(), 1024),
        (53, BindLimits(privileged_below=1024), {53}, 54),
        (65535, BindLimits(), {65535}, 65534),
        (1, BindLimits(), {1}, 2),
    ],
)
def test_the_port_proposed_is_the_nearest_that_nothing_and_nobody_keeps(
    port: int, limits: BindLimits, taken: set[int], expected: int
) -> None:
    assert nearest_free(port, limits, taken, lambda _: True) == expected


def test_a_port_that_cannot_be_bound_is_not_proposed() -> None:
    assert nearest_free(5000, BindLimits(), set(), lambda port: port == 4000) == 4000
    assert nearest_free(5000, BindLimits(), set(), lambda _: False) is None
