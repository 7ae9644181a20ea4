"""nettop of macOS: listeners under the process that was printed before them."""

from __future__ import annotations

import pytest

from net.platform.macos.nettop import parse
from net.platform.macos.sockets import Entry
from tests.samples import sample

PRINTED = """\
time,,interface,state,
10:00:00.1,launchd.1,,,
10:00:00.1,tcp6 *.22<->*.*,lo0,Listen,
10:00:00.1,tcp6 *.22<->*.*,en0,Listen,
10:00:00.1,tcp4 127.0.0.1:631<->*:*,lo0,Listen,
10:00:00.1,tcp4 127.0.0.1:631<->127.0.0.1:50000,lo0,Established,
10:00:00.1,tcp4 127.0.0.1:632<->*:*,lo0,Closed,
10:00:00.1,tcp4 *:*<->*:*,lo0,Listen,
10:00:00.1,Microsoft Edge .772,,,
10:00:00.1,udp6 fe80::1%lo0.5353<->*.*,lo0,,
10:00:00.1,udp4 *:5353<->*:*,en0,,
10:00:00.1,udp4 192.0.2.4:61000<->192.0.2.1:53,en0,,
10:00:00.1,kernel_task.0,,,
10:00:00.1,udp4 *:68<->*:*,en0,,
"""


def test_listening_and_bound_sockets_once_each_with_their_process() -> None:
    assert parse(PRINTED) == (
        Entry("tcp", "6*", "*", 22, 1, "launchd"),
        Entry("tcp", "4", "127.0.0.1", 631, 1, "launchd"),
        Entry("udp", "6", "fe80::1%lo0", 5353, 772, "Microsoft Edge"),
        Entry("udp", "4", "*", 5353, 772, "Microsoft Edge"),
        Entry("udp", "4", "*", 68, None, "kernel_task"),
    )


def test_without_the_column_of_time_and_of_state() -> None:
    text = ",bytes_in,bytes_out,\nsshd.77,1,2,\ntcp4 *:22<->*:*,1,2,\n"
    assert parse(text) == (Entry("tcp", "4", "*", 22, 77, "sshd"),)


@pytest.mark.parametrize(
    "text", ["", "time,,\n", "tcp4\n", 'a,"b\n', "x,tcp4 a<->b,\n", "x,tcp4 *:99999999999x<->*:*\n"]
)
def test_output_of_another_shape_gives_nothing(text: str) -> None:
    assert parse(text) == ()


def test_recorded() -> None:
    # The rows were picked by the source, so that the process before a socket need not be its own.
    found = parse(sample("macos/nettop-L1-x--tcp-udp-rows-vpn-utun5"))

    assert [(entry.protocol, entry.versions, entry.address, entry.port) for entry in found] == [
        ("udp", "6*", "*", 5353),
        ("udp", "4", "*", 5353),
        ("udp", "4", "192.168.3.37", 62457),
        ("udp", "6*", "*", 5353),
    ]
    assert found[-1].process == "Microsoft Edge"
