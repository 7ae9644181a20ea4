"""macOS's listeners: what lsof proves stays proved, what only netstat shows is probable, each socket is one row."""

from __future__ import annotations

import errno
import os
import socket
import sys
from pathlib import Path

import pytest

from net.platform.macos import lsof, sockets
from net.platform.macos.files import File
from net.platform.macos.sockets import Entry
from net.platform.rights import MACOS_ROOT, NO_RIGHT
from net.ports.records import Listener

INTERFACES = {"127.0.0.1": "lo0", "::1": "lo0", "192.0.2.4": "en0", "fe80::1": "lo0"}
NOBODY = 2**22 + 1
"""A pid beyond the largest there can be (pid_max), so that no facts of a real process mix in."""


def one(files: list[File], entries: list[Entry]) -> Listener:
    (row,) = lsof.combine(files, entries, INTERFACES)
    return row


def tcp(name: str, family: str = "IPv4", pid: int = NOBODY, device: str | None = "0x1") -> File:
    return File(pid, "server", "ann", family, "tcp", name, device)


@pytest.mark.parametrize(
    ("file", "address", "interface", "scope", "stack"),
    [
        (tcp("*:5000"), "0.0.0.0", None, "all", "v4"),
        (tcp("*:5000", "IPv6"), "::", None, "all", "dual"),
        (tcp("127.0.0.1:5000"), "127.0.0.1", "lo0", "loopback", "v4"),
        (tcp("127.0.0.1:5000", "IPv6"), "127.0.0.1", "lo0", "loopback", "v4"),
        (tcp("[::1]:5000", "IPv6"), "::1", "lo0", "loopback", "v6"),
        (tcp("192.0.2.4:5000"), "192.0.2.4", "en0", "lan", "v4"),
        (tcp("[fe80::1%lo0]:5000", "IPv6"), "fe80::1%lo0", "lo0", "lan", "v6"),
    ],
)
def test_a_file_of_lsof_is_a_proved_listener(
    file: File, address: str, interface: str | None, scope: str, stack: str
) -> None:
    row = one([file], [])

    assert (row.address, row.interface, row.scope, row.stack) == (address, interface, scope, stack)
    assert (row.port, row.owner, row.pid, row.process, row.user) == (5000, "proved", NOBODY, "server", "ann")
    assert row.missing_right is None


@pytest.mark.parametrize(("versions", "stack", "v6only"), [("46", "dual", False), ("6", "v6", True)])
def test_netstat_tells_whether_an_ipv6_socket_takes_ipv4_too(versions: str, stack: str, *, v6only: bool) -> None:
    entries = [Entry("tcp", versions, "*", 5000, NOBODY, "server"), Entry("tcp", "4", "*", 5000, NOBODY, "server")]
    rows = lsof.combine([tcp("*:5000", "IPv6"), tcp("*:5000", device="0x2")], entries, INTERFACES)

    assert [(row.address, row.stack, row.v6only) for row in rows] == [("::", stack, v6only), ("0.0.0.0", "v4", None)]


def test_a_socket_that_only_netstat_shows_is_probable_and_names_the_missing_right() -> None:
    row = one([], [Entry("udp", "46", "*", 5353, NOBODY, "mDNSResponder")])

    assert (row.owner, row.pid, row.process, row.missing_right) == ("probable", NOBODY, "mDNSResponder", MACOS_ROOT)
    assert (row.protocol, row.address, row.stack, row.v6only) == ("udp", "::", "dual", False)


def test_a_socket_without_any_process_is_hidden() -> None:
    row = one([], [Entry("udp", "4", "*", 68, None, None)])

    assert (row.owner, row.pid, row.process, row.missing_right) == ("hidden", None, None, MACOS_ROOT)


def test_what_lsof_does_not_show_to_root_no_right_would_show() -> None:
    entries = [Entry("udp", "4", "*", 68, None, None), Entry("udp", "4", "*", 69, NOBODY, "vpnkit")]
    rights = {row.pid: row.missing_right for row in lsof.combine([], entries, INTERFACES, root=True)}

    assert rights == {None: NO_RIGHT, NOBODY: None}


def test_workers_that_share_a_socket_are_one_row_with_the_lowest_pid() -> None:
    row = one([tcp("*:80", pid=NOBODY + 2), tcp("*:80", pid=NOBODY), tcp("*:80", pid=NOBODY + 1)], [])

    assert (row.pid, row.shared_with) == (NOBODY, (NOBODY + 1, NOBODY + 2))


@pytest.mark.parametrize("device", [None, "", "0x0"])
def test_without_a_device_processes_are_not_taken_for_sharers(device: str | None) -> None:
    rows = lsof.combine([tcp("*:80", pid=NOBODY + pid, device=device) for pid in (0, 1)], [], INTERFACES)

    assert [row.shared_with for row in rows] == [(), ()]


def test_a_worker_named_by_netstat_is_no_second_socket() -> None:
    row = one([tcp("*:80", pid=NOBODY)], [Entry("tcp", "4", "*", 80, NOBODY + 7, "worker")])

    assert row.pid == NOBODY


def test_one_socket_of_lsof_stands_for_one_entry_only() -> None:
    entries = [Entry("udp", "4", "*", 5353, NOBODY + number, "daemon") for number in (1, 2)]
    rows = lsof.combine([File(NOBODY, "mine", "ann", "IPv4", "udp", "*:5353", "0x1")], entries, INTERFACES)

    assert [row.pid for row in rows] == [NOBODY, NOBODY + 2]


def test_the_system_daemon_beside_an_own_socket_on_the_same_port_is_not_lost() -> None:
    mine = File(NOBODY, "Chrome", "ann", "IPv4", "udp", "*:5353", "0x1")
    entries = [
        Entry("udp", "4", "*", 5353, NOBODY + 9, "mDNSResponder"),
        Entry("udp", "4", "*", 5353, NOBODY, "Chrome"),
    ]

    rows = lsof.combine([mine], entries, INTERFACES)

    assert [(row.process, row.owner) for row in rows] == [("Chrome", "proved"), ("mDNSResponder", "probable")]


def test_unbound_and_connected_sockets_are_no_listeners() -> None:
    files = [File(1, "x", "u", "IPv4", "udp", name, None) for name in ("*:*", "192.0.2.4:9->192.0.2.5:9")]
    assert lsof.combine(files, [], INTERFACES) == ()


def test_a_tcp_socket_that_is_bound_but_does_not_listen_is_no_listener() -> None:
    assert lsof.combine([tcp("*:5000")._replace(state="CLOSED")], [], INTERFACES) == ()


def test_reuse_is_told_where_netstat_shows_one_socket_of_that_process_there() -> None:
    def entry(*reuse: str) -> Entry:
        return Entry("tcp", "4", "*", 5000, NOBODY, "server", reuse)

    assert one([tcp("*:5000")], [entry("reuseaddr")]).reuse == ("reuseaddr",)
    rows = lsof.combine([tcp("*:5000"), tcp("*:5000", device="0x2")], [entry("reuseaddr"), entry()], INTERFACES)
    assert {row.reuse for row in rows} == {None}
    assert one([], [entry("reuseaddr", "reuseport")]).reuse == ("reuseaddr", "reuseport")


def test_of_an_ipv6_socket_that_nettop_shows_it_is_not_told_whether_it_takes_ipv4() -> None:
    row = one([], [Entry("tcp", "6*", "*", 5000, NOBODY, "server")])
    assert (row.address, row.v6only, row.stack) == ("::", None, "dual")


def test_an_address_cut_off_by_netstat_is_left_out() -> None:
    assert lsof.combine([], [Entry("udp", "6", "2001:db8:2c72:91", 5060, 838, "CommCenter")], INTERFACES) == ()


def test_the_facts_of_a_living_process_complete_the_row() -> None:
    row = one([tcp("*:80", pid=os.getpid())], [])

    assert row.command is not None
    assert Path(sys.executable).name in row.command
    assert row.started is not None


@pytest.fixture
def tools(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A PATH of its own for the commands a test puts there."""
    monkeypatch.setenv("PATH", str(tmp_path))
    return tmp_path


def put(folder: Path, name: str, script: str) -> None:
    path = folder / name
    path.write_text(f"#!/bin/sh\n{script}\n")
    path.chmod(0o755)


def test_this_systems_lsof_is_understood_when_it_is_run(monkeypatch: pytest.MonkeyPatch) -> None:
    if not any(Path(folder, "lsof").exists() for folder in os.environ["PATH"].split(os.pathsep)):
        pytest.skip("lsof is not installed")
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
        monkeypatch.setattr(sockets, "COMMANDS", ())
        (row,) = [row for row in lsof.listeners() if row.port == port]

    assert (row.pid, row.owner, row.address, row.interface) == (os.getpid(), "proved", "127.0.0.1", "lo")


def test_lsof_that_finds_nothing_and_complains_is_no_failure(tools: Path) -> None:
    put(tools, "lsof", 'echo "lsof: WARNING: can\'t stat() volume" >&2; exit 1')
    put(tools, "netstat", "exit 0")

    assert lsof.listeners() == ()


def test_netstat_alone_lists_where_lsof_is_missing(tools: Path) -> None:
    heading = "Proto Recv-Q Send-Q  Local Address Foreign Address (state) rhiwat shiwat pid epid"
    row = "tcp4 0 0 *.22 *.* LISTEN 131072 131072 1 0"
    put(tools, "netstat", f'[ "$3" = tcp ] && echo "{heading}" && echo "{row}"')

    assert [(row.port, row.owner, row.pid) for row in lsof.listeners()] == [(22, "probable", 1)]


def test_where_neither_can_be_run_the_reason_is_raised(tools: Path) -> None:
    with pytest.raises(FileNotFoundError) as raised:
        lsof.listeners()

    assert raised.value.errno == errno.ENOENT


NETTOP = """\
time,,interface,state,
10:00:00.1,launchd.1,,,
10:00:00.1,tcp4 *:22<->*:*,lo0,Listen,
"""


def test_where_netstat_shows_only_own_sockets_nettop_is_asked(tools: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(lsof, "is_root", lambda: False)
    put(tools, "netstat", "exit 0")
    put(tools, "nettop", f"echo '{NETTOP}'")

    assert [(row.port, row.process, row.pid, row.owner) for row in lsof.listeners()] == [(22, "launchd", 1, "probable")]


def test_where_netstat_shows_the_sockets_of_others_nettop_is_not_asked(
    tools: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(lsof, "is_root", lambda: False)
    heading = "Proto Recv-Q Send-Q  Local Address Foreign Address (state) rhiwat shiwat pid epid"
    put(tools, "netstat", f'[ "$3" = tcp ] && echo "{heading}" && echo "tcp4 0 0 *.22 *.* LISTEN 131072 131072 1 0"')
    put(tools, "nettop", f"echo '{NETTOP.replace(':22', ':23')}'")

    assert [row.port for row in lsof.listeners()] == [22]
