"""Tests of net.platform.linux.recvmmsg that need no socket."""

from __future__ import annotations

import socket
import struct

import pytest
from hypothesis import given
from hypothesis import strategies as st

from net.platform.system import SYSTEM

if SYSTEM != "linux":
    pytest.skip("recvmmsg is a call of Linux", allow_module_level=True)

from net.platform.linux.recvmmsg import MmsgReader, learn

SLOT = 160


def _cmsg(level: int, kind: int, data: bytes) -> bytes:
    return (struct.pack("@Nii", 16 + len(data), level, kind) + data).ljust((16 + len(data) + 7) & ~7, b"\0")


TIME = _cmsg(1, 35, struct.pack("=qq", 1_700_000_000, 250_000_000))
DROPS = _cmsg(1, 40, struct.pack("=I", 5))
PKTINFO = _cmsg(0, 8, struct.pack("=I4s4s", 3, bytes(4), bytes(4)))
TTL = _cmsg(0, 2, struct.pack("=i", 255))
PKTINFO6 = _cmsg(41, 50, bytes(16) + struct.pack("=I", 4))
HOPS = _cmsg(41, 52, struct.pack("=i", 1))
FOREIGN = _cmsg(0, 99, b"whatever")


@pytest.mark.parametrize(
    ("family", "pieces", "expected"),
    [
        (socket.AF_INET, [TIME, PKTINFO, TTL], (1_700_000_000, 3, 255, None)),
        (socket.AF_INET, [TIME, DROPS, PKTINFO, TTL], (1_700_000_000, 3, 255, 5)),
        (socket.AF_INET, [TTL, FOREIGN, PKTINFO], (None, 3, 255, None)),
        (socket.AF_INET6, [TIME, DROPS, PKTINFO6, HOPS], (1_700_000_000, 4, 1, 5)),
        (socket.AF_INET, [], (None, None, None, None)),
        (socket.AF_INET, [TIME, PKTINFO[:20]], (1_700_000_000, None, None, None)),
    ],
)
def test_where_the_pieces_lie_is_learnt(
    family: int, pieces: list[bytes], expected: tuple[int | None, int | None, int | None, int | None]
) -> None:
    ancillary = b"".join(pieces)
    layout = learn(family, ancillary)
    unpack = struct.Struct("=" + layout.form)
    assert unpack.size == SLOT
    values = unpack.unpack((bytes(32) + ancillary).ljust(SLOT, b"\0"))
    assert len(values) == layout.width
    places = (layout.seconds, layout.interface, layout.ttl, layout.drops)
    assert tuple(None if place is None else values[place] for place in places) == expected


@given(st.binary(max_size=128), st.sampled_from([socket.AF_INET, socket.AF_INET6]))
def test_whatever_lies_there_gives_a_layout_that_fits_the_slot(ancillary: bytes, family: int) -> None:
    assert struct.Struct("=" + learn(family, ancillary).form).size == SLOT


@given(st.lists(st.sampled_from([TIME, DROPS, PKTINFO, TTL, FOREIGN, PKTINFO6, HOPS]), max_size=5), st.integers(0, 40))
def test_cut_pieces_are_passed_over(pieces: list[bytes], cut: int) -> None:
    ancillary = b"".join(pieces)[:128]
    layout = learn(socket.AF_INET, ancillary[: max(0, len(ancillary) - cut)])
    assert struct.Struct("=" + layout.form).size == SLOT


def test_addresses_are_made_readable() -> None:
    reader = MmsgReader()
    v4 = struct.pack("=H2s4s8x", socket.AF_INET, (5353).to_bytes(2, "big"), socket.inet_aton("192.0.2.7"))
    assert reader.source(v4[:8]) == ("192.0.2.7", 5353)
    packed = socket.inet_pton(socket.AF_INET6, "fe80::7")
    index = socket.if_nametoindex("lo")
    for scope, text in ((index, "fe80::7%lo"), (0, "fe80::7"), (987654, "fe80::7%987654")):
        v6 = struct.pack("=H2s4x16sI", socket.AF_INET6, (9).to_bytes(2, "big"), packed, scope)
        assert reader.source(v6) == (text, 9)
