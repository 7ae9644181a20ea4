"""netstat of macOS: listening sockets and their owners, whatever columns the release prints."""

from __future__ import annotations

import pytest

from net.platform.macos.sockets import Entry, Pair, parse, parse_connections
from tests.samples import sample

OLD = """\
Active Internet connections (including servers)
Proto Recv-Q Send-Q  Local Address          Foreign Address        (state)     rhiwat shiwat    pid   epid  state    options
tcp46      0      0  *.3000                 *.*                    LISTEN      131072 131072  33784      0 0x0100 0x00000106
tcp6       0      0  *.5000                 *.*                    LISTEN      131072 131072    441      0 0x0100 0x00000006
tcp4       0      0  *.5000                 *.*                    LISTEN      131072 131072    441      0 0x0100 0x00000006
tcp4       0      0  127.0.0.1.631          127.0.0.1.50000        CLOSE_WAIT  131072 131072      1      0 0x0100 0x00000006
udp46      0      0  *.5353                 *.*                                786896   9216    187      0 0x0100 0x00000204
udp4       0      0  *.*                    *.*                                786896   9216    187      0 0x0100 0x00000004
udp4       0      0  192.0.2.4.61000        192.0.2.1.53                       786896   9216    187      0 0x0100 0x00000004
"""  # noqa: E501
NEW = """\
Active Internet connections (including servers)
Proto Recv-Q Send-Q  Local Address          Foreign Address        (state)          rxbytes      txbytes  rhiwat  shiwat          process:pid    state  options           gencnt    flags   flags1 usecnt rtncnt fltrs
tcp6       0      0  fe80::1%lo0.49152      *.*                    LISTEN                 0            0  131072  131072  Codex (Service):21223  00100 00000106 0000000000202999 00000001 00000800      1      0 000000
tcp4       0      0  192.0.2.4.8080         *.*                    LISTEN                 0            0  131072  131072              a:9 b:99  00100 00000106 0000000000202999 00000001 00000800      1      0 000000
udp4       0      0  *.68                   *.*                                           0            0  786896    9216                    :0  00100 00000000 0000000000226107 00000000 04000800      1      0 000002
"""  # noqa: E501


def test_the_numeric_columns_of_older_releases() -> None:
    assert parse(OLD) == (
        Entry("tcp", "46", "*", 3000, 33784, None, ("reuseaddr",)),
        Entry("tcp", "6", "*", 5000, 441, None, ("reuseaddr",)),
        Entry("tcp", "4", "*", 5000, 441, None, ("reuseaddr",)),
        Entry("udp", "46", "*", 5353, 187, None, ("reuseaddr", "reuseport")),
    )


def test_names_with_spaces_colons_or_nothing() -> None:
    assert parse(NEW) == (
        Entry("tcp", "6", "fe80::1%lo0", 49152, 21223, "Codex (Service)", ("reuseaddr",)),
        Entry("tcp", "4", "192.0.2.4", 8080, 99, "a:9 b", ("reuseaddr",)),
        Entry("udp", "4", "*", 68, None, None, ()),
    )


@pytest.mark.parametrize("text", ["", "Proto \n", "tcp4 0 0 *.1 *.* LISTEN 0 0 1 0\n", OLD.replace("pid", "who")])
def test_output_without_an_owner_column_gives_nothing_it_does_not_say(text: str) -> None:
    assert parse(text) == ()


def test_recorded_tcp() -> None:
    assert parse(sample("macos/netstat-anv-tcp--macos27-process-pid")) == (
        Entry("tcp", "4", "127.0.0.1", 53317, 3601, "Fastmail", ("reuseaddr",)),
    )


def test_recorded_udp() -> None:
    found = parse(sample("macos/netstat-anv-udp--macos27-no-state-column"))

    assert [(entry.address, entry.port, entry.process, entry.pid) for entry in found] == [
        ("*", 41641, "IPNExtension", 71795),
        ("*", 2021, "BambuStudio", 4170),
        ("2001:db8:2c72:91", 5060, "CommCenter", 838),
    ]


def test_without_the_column_of_options_nothing_is_said_about_reuse() -> None:
    assert {entry.reuse for entry in parse(OLD.replace("options", ""))} == {None}


def test_connections_with_their_state() -> None:
    assert parse_connections(OLD) == (
        Pair(Entry("tcp", "4", "127.0.0.1", 631, 1, None, ("reuseaddr",)), "127.0.0.1", 50000, "close_wait"),
        Pair(Entry("udp", "4", "192.0.2.4", 61000, 187, None, ("reuseaddr",)), "192.0.2.1", 53, "established"),
    )


def test_recorded_connections() -> None:
    found = parse_connections(sample("macos/netstat-anv-tcp--macos27-process-pid"))

    assert [(pair.entry.process, pair.entry.pid, pair.remote_address, pair.remote_port) for pair in found] == [
        ("BambuStudio", 4170, "192.168.1.241", 8883),
        ("Codex (Service)", 21223, "2606:4700:4403::", 443),
        ("2.1.207", 21664, "35.190.46.17", 443),
        ("Fastmail", 3601, "127.0.0.1", 53317),
    ]
    assert {pair.state for pair in found} == {"established"}
