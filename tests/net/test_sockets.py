"""Tests of net.sockets: what is set on this kernel, and what would be set elsewhere."""

from __future__ import annotations

import errno
import ipaddress
import socket
import struct
from contextlib import suppress
from pathlib import Path
from typing import cast

import pytest
from hypothesis import given
from hypothesis import strategies as st

from net import sockets
from net.platform.options import LINUX, MACOS, OPTIONS, WINDOWS, SocketOptions

V4 = ipaddress.ip_address("224.224.0.77")
V6 = ipaddress.ip_address("ff02::4d")


class Recorder:
    """Takes the place of a socket of another system, and remembers the options set on it."""

    def __init__(self) -> None:
        self.set: list[tuple[int, int, object]] = []

    def setsockopt(self, level: int, option: int, value: object) -> None:
        self.set.append((level, option, value))


def _recorded() -> tuple[Recorder, socket.socket]:
    recorder = Recorder()
    return recorder, cast("socket.socket", recorder)


def test_the_numbers_of_this_system_are_those_python_knows() -> None:
    known = {
        "ip_multicast_if": "IP_MULTICAST_IF",
        "ip_multicast_ttl": "IP_MULTICAST_TTL",
        "ip_multicast_loop": "IP_MULTICAST_LOOP",
        "ip_add_membership": "IP_ADD_MEMBERSHIP",
        "ip_drop_membership": "IP_DROP_MEMBERSHIP",
        "ip_add_source_membership": "IP_ADD_SOURCE_MEMBERSHIP",
        "ip_pktinfo": "IP_PKTINFO",
        "ipv6_join_group": "IPV6_JOIN_GROUP",
        "ipv6_leave_group": "IPV6_LEAVE_GROUP",
        "ipv6_multicast_if": "IPV6_MULTICAST_IF",
        "ipv6_multicast_hops": "IPV6_MULTICAST_HOPS",
        "ipv6_multicast_loop": "IPV6_MULTICAST_LOOP",
        "ipv6_recvpktinfo": "IPV6_RECVPKTINFO",
        "ipv6_pktinfo_message": "IPV6_PKTINFO",
        "ipv6_recvhoplimit": "IPV6_RECVHOPLIMIT",
        "ipv6_hoplimit_message": "IPV6_HOPLIMIT",
        "so_bindtodevice": "SO_BINDTODEVICE",
        "ipv6_tclass": "IPV6_TCLASS",
    }
    for field, name in known.items():
        number = getattr(socket, name, None)
        if number is not None:
            assert getattr(OPTIONS, field) == number, name


@pytest.mark.parametrize(
    ("options", "expected"),
    [
        (LINUX, (socket.IPPROTO_IP, 35, V4.packed + bytes(4) + struct.pack("=i", 7))),
        (MACOS, (socket.IPPROTO_IP, 12, V4.packed + bytes([0, 0, 0, 7]))),
        (WINDOWS, (socket.IPPROTO_IP, 12, V4.packed + bytes([0, 0, 0, 7]))),
    ],
    ids=["linux", "macos", "windows"],
)
def test_a_join_goes_by_index_on_every_system(options: SocketOptions, expected: tuple[int, int, bytes]) -> None:
    recorder, sock = _recorded()
    sockets.join(sock, V4, 7, options)
    sockets.leave(sock, V4, 7, options)
    assert recorder.set == [expected, (expected[0], options.ip_drop_membership, expected[2])]


@pytest.mark.parametrize(("options", "number"), [(LINUX, 20), (MACOS, 12), (WINDOWS, 12)])
def test_an_ipv6_join_goes_by_index(options: SocketOptions, number: int) -> None:
    recorder, sock = _recorded()
    sockets.join(sock, V6, 7, options)
    assert recorder.set == [(socket.IPPROTO_IPV6, number, V6.packed + struct.pack("=I", 7))]


@pytest.mark.parametrize(
    ("options", "number", "length", "begin"),
    [(LINUX, 46, 264, 8), (MACOS, 82, 260, 4), (WINDOWS, 45, 264, 8)],
    ids=["linux", "macos", "windows"],
)
@pytest.mark.parametrize(("group", "source"), [(V4, "192.0.2.1"), (V6, "2001:db8::1")])
def test_a_source_specific_join_goes_by_index_on_every_system(
    options: SocketOptions, number: int, length: int, begin: int, group: sockets.IPAddress, source: str
) -> None:
    recorder, sock = _recorded()
    address = ipaddress.ip_address(source)
    sockets.join_source(sock, group, 7, address, options)
    ((level, option, value),) = recorder.set
    assert isinstance(value, bytes)
    assert (level, option, len(value)) == (0 if group.version == 4 else 41, number, length)
    assert value[:4] == struct.pack("=I", 7)
    place = 4 if group.version == 4 else 8
    assert value[begin + place :].startswith(group.packed)
    assert value[begin + 128 + place :].startswith(address.packed)


@pytest.mark.skipif(OPTIONS is not LINUX, reason="reads the kernel's table of Linux")
@pytest.mark.parametrize(("group", "source"), [("232.77.1.1", "127.0.0.1"), ("ff3e::77", "::1")])
def test_the_kernel_takes_a_source_specific_join(group: str, source: str) -> None:
    address = ipaddress.ip_address(group)
    with sockets.receiver(address, 23099, socket.if_nametoindex("lo"), buffer_bytes=4096) as sock:
        sockets.join_source(sock, address, socket.if_nametoindex("lo"), ipaddress.ip_address(source))
        table = Path("/proc/net/mcfilter6" if address.version == 6 else "/proc/net/mcfilter").read_text()
        assert address.packed.hex() in table.replace("0x", "")


@pytest.mark.parametrize(
    ("options", "number", "value"),
    [
        (LINUX, 32, bytes(8) + struct.pack("=i", 7)),
        (MACOS, 9, bytes([0, 0, 0, 7])),
        (WINDOWS, 9, bytes([0, 0, 0, 7])),
    ],
)
def test_what_is_sent_leaves_by_index(options: SocketOptions, number: int, value: bytes) -> None:
    recorder, sock = _recorded()
    sockets.send_by(sock, 4, 7, options)
    assert recorder.set == [(socket.IPPROTO_IP, number, value)]


@pytest.mark.parametrize(("options", "expected"), [(LINUX, [(0, 49, 0)]), (MACOS, []), (WINDOWS, [])])
def test_foreign_groups_are_refused_where_the_system_needs_to_be_told(
    options: SocketOptions, expected: list[tuple[int, int, int]]
) -> None:
    recorder, sock = _recorded()
    sockets.only_own_groups(sock, 4, options)
    assert recorder.set == expected


@pytest.mark.parametrize(
    ("options", "ancillary", "expected"),
    [
        (
            LINUX,
            [
                (1, 35, struct.pack("=qq", 1_700_000_000, 250_000_000)),
                (1, 40, struct.pack("=I", 5)),
                (0, 8, struct.pack("=I4s4s", 3, bytes(4), V4.packed)),
                (0, 2, struct.pack("=i", 255)),
            ],
            (3, 255, 1_700_000_000.25, 5),
        ),
        (
            MACOS,
            [
                (socket.SOL_SOCKET, 2, struct.pack("=qi4x", 1_700_000_000, 250_000)),
                (0, 26, struct.pack("=I4s4s", 3, bytes(4), V4.packed)),
                (0, 24, bytes([64])),
            ],
            (3, 64, 1_700_000_000.25, None),
        ),
        (
            LINUX,
            [(41, 50, V6.packed + struct.pack("=I", 4)), (41, 52, struct.pack("=i", 1))],
            (4, 1, None, None),
        ),
        (LINUX, [], (None, None, None, None)),
    ],
)
def test_where_and_when_a_datagram_arrived_is_read(
    options: SocketOptions, ancillary: list[tuple[int, int, bytes]], expected: tuple[object, ...]
) -> None:
    assert tuple(sockets.parse_arrival(ancillary, options)) == expected


@given(
    st.lists(st.tuples(st.sampled_from([0, 1, 41]), st.sampled_from([2, 8, 35, 40, 50, 52]), st.binary(max_size=24)))
)
def test_cut_ancillary_data_never_raises(ancillary: list[tuple[int, int, bytes]]) -> None:
    sockets.parse_arrival(ancillary, LINUX)


def test_the_buffer_granted_is_told_and_not_the_one_asked_for() -> None:
    with sockets.receiver(V4, 23081, 1, buffer_bytes=64 * 1024) as sock:
        assert sockets.granted_buffer(sock) == sock.getsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF)
        assert sockets.granted_buffer(sock) >= 64 * 1024


@pytest.mark.parametrize("source", ["192.0.2.7", "2001:db8::7"])
@pytest.mark.parametrize(
    ("options", "number"), [(LINUX, 43), (MACOS, 84), (WINDOWS, 43)], ids=["linux", "macos", "windows"]
)
def test_a_source_is_kept_out_as_it_would_be_let_in(options: SocketOptions, number: int, source: str) -> None:
    recorder, sock = _recorded()
    address = ipaddress.ip_address(source)
    group = V4 if address.version == 4 else V6
    sockets.join_source(sock, group, 7, address, options)
    sockets.block_source(sock, group, 7, address, options)
    (_, _, joined), (level, option, blocked) = recorder.set
    assert (level, option) == (0 if address.version == 4 else 41, number)
    assert blocked == joined


@pytest.mark.skipif(OPTIONS is not LINUX, reason="reads the kernel's table of Linux")
def test_the_kernel_keeps_a_source_out() -> None:
    index, group = socket.if_nametoindex("lo"), ipaddress.ip_address("239.77.1.9")
    with sockets.receiver(group, 23083, index, buffer_bytes=4096) as sock:
        sockets.join(sock, group, index)
        sockets.block_source(sock, group, index, ipaddress.ip_address("127.0.0.9"))
        rows = [row.split() for row in Path("/proc/net/mcfilter").read_text().splitlines()]
        # Idx, device, group, source, sockets that include it, sockets that exclude it
        assert ["lo", f"0x{group.packed.hex()}", "0x7f000009", "0", "1"] in [row[1:] for row in rows]


class Unwilling(Recorder):
    """Has 8 MiB of buffer at most and refuses to be asked for more, as macOS does."""

    def __init__(self) -> None:
        super().__init__()
        self.granted = 0

    def setsockopt(self, level: int, option: int, value: object) -> None:
        super().setsockopt(level, option, value)
        if not isinstance(value, int) or value > 1 << 23:
            raise OSError(errno.ENOBUFS, "No buffer space available")
        self.granted = value

    def getsockopt(self, level: int, option: int) -> int:
        return self.granted


def test_where_too_large_a_buffer_is_refused_a_smaller_one_is_asked_for() -> None:
    recorder = Unwilling()
    sockets._request_buffer(cast("socket.socket", recorder), 1 << 25, MACOS)
    assert [value for _, _, value in recorder.set] == [1 << 25, 1 << 24, 1 << 23]
    assert recorder.granted < sockets.full_buffer(1 << 25, MACOS)


@pytest.mark.skipif(OPTIONS is not LINUX, reason="Linux counts its own overhead in")
def test_all_of_a_buffer_that_was_granted_is_told_as_such() -> None:
    with sockets.receiver(V4, 23084, 1, buffer_bytes=64 * 1024) as sock:
        assert sockets.granted_buffer(sock) == sockets.full_buffer(64 * 1024)


@pytest.mark.skipif(OPTIONS is not LINUX, reason="SO_MEMINFO is of Linux")
def test_drops_are_told_at_once_and_elsewhere_not_at_all() -> None:
    with (
        socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as receiving,
        socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sending,
    ):
        receiving.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        receiving.bind(("127.0.0.1", 0))
        assert sockets.dropped(receiving) == 0
        for _ in range(100):
            sending.sendto(b"x", receiving.getsockname())
        dropped = sockets.dropped(receiving)
        receiving.setblocking(False)
        received = 0
        with suppress(BlockingIOError):
            while receiving.recv(10):
                received += 1
        assert dropped == 100 - received > 0
        assert sockets.dropped(receiving, MACOS) is None


@pytest.mark.parametrize("version", [4, 6])
def test_the_class_of_service_is_the_upper_six_bits(version: int) -> None:
    with sockets.sender(version, None, ttl=1, loop=True, dscp=46) as sock:
        option = (socket.IPPROTO_IP, socket.IP_TOS) if version == 4 else (socket.IPPROTO_IPV6, OPTIONS.ipv6_tclass)
        assert sock.getsockopt(*option) == 46 << 2


def test_a_failed_bind_leaves_no_socket() -> None:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as holder:
        holder.bind(("0.0.0.0", 0))
        with pytest.raises(OSError, match="in use"):
            sockets.receiver(V4, holder.getsockname()[1], 1, buffer_bytes=4096)
