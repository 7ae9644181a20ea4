"""Tests of ui.pages.multicast.held_packets: what is kept of a packet, and that it comes back as it was told."""

from __future__ import annotations

import tracemalloc

import msgspec
import pytest

from net.records import Datagram
from net.text import visible
from tests.ui.pages.multicast.scene import train
from ui.pages.multicast.held_packets import Holder


def _told(payload: bytes) -> Datagram:
    try:
        text = visible(payload.decode())
    except UnicodeDecodeError:
        text = None
    return msgspec.structs.replace(train(1), payload_hex=payload.hex(), payload_text=text, size=len(payload))


@pytest.mark.parametrize(
    "payload",
    [b"", b"hello", "h\u00e9".encode(), b"two\nlines", b"\xff\x00", b"x" * 1024, "\u202eevil".encode(), b"\0" * 1024],
)
def test_a_packet_comes_back_as_it_was_told(payload: bytes) -> None:
    assert Holder().hold(_told(payload)).item() == _told(payload)


def test_a_packet_takes_little_more_than_its_payload() -> None:
    # Of 1,024 bytes with line ends, which are shown as pictures: that text takes twice as much again.
    told = [_told(b"%06d " % number + b"a line\n" * 145) for number in range(200)]
    holder = Holder()
    tracemalloc.start()
    try:
        held = [holder.hold(each) for each in told]
        taken, _ = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert taken / len(held) < 1024 + 250
