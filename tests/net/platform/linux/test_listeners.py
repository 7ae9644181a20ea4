"""Linux's listeners against real sockets: every address apart, owners proved where seen and honest where not."""

from __future__ import annotations

import errno
import json
import os
import platform
import pwd
import select
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO

import msgspec
import pytest

from net.platform.linux.listeners import Listing
from net.platform.linux.sock_diag import Socket
from net.platform.rights import BEYOND_PTRACE, HIDEPID, NO_RIGHT, PTRACE, ROOT
from net.ports.records import Listener

ROOT_FOLDER = Path(__file__).resolve().parents[4]
# A user namespace may map no more than its own root.
NOBODY_MAPPED = int(Path("/proc/self/uid_map").read_text().split()[2]) > 65534
needs_root = pytest.mark.skipif(os.geteuid() != 0 or not NOBODY_MAPPED, reason="only root can become another user")


def rows_at(port: int, listing: Listing | None = None) -> list[Listener]:
    return [row for row in (listing or Listing()).read() if row.port == port]


def row_at(port: int, listing: Listing | None = None) -> Listener:
    (row,) = rows_at(port, listing)
    return row


def serve(address: str, port: int = 0, v6only: bool = True) -> socket.socket:
    family = socket.AF_INET6 if ":" in address else socket.AF_INET
    sock = socket.socket(family, socket.SOCK_STREAM)
    if family == socket.AF_INET6:
        sock.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, v6only)
    sock.bind((address, port))
    sock.listen()
    return sock


@contextmanager
def python(script: str, *arguments: str) -> Iterator[tuple[subprocess.Popen[str], IO[str], IO[str]]]:
    """A Python process with the program on its path; it gets its stdin closed at the end and is waited for."""
    process = subprocess.Popen(
        [sys.executable, "-c", script, *arguments],
        cwd=ROOT_FOLDER,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    assert process.stdin is not None
    assert process.stdout is not None
    with process:
        yield process, process.stdin, process.stdout
        process.stdin.close()


HOLD = """
import socket, sys
sockets = [socket.create_server(("127.0.0.1", 0)) for _ in range(int(sys.argv[1]))]
print(*(s.getsockname()[1] for s in sockets), flush=True)
sys.stdin.readline()
sockets.pop().close()
print(flush=True)
sys.stdin.read()
"""


@pytest.mark.parametrize(
    ("address", "v6only", "scope", "stack", "interface"),
    [
        ("127.0.0.1", None, "loopback", "v4", "lo"),
        ("127.8.9.10", None, "loopback", "v4", "lo"),
        ("::1", True, "loopback", "v6", "lo"),
        ("0.0.0.0", None, "all", "v4", None),
        ("::", True, "all", "v6", None),
        ("::", False, "all", "dual", None),
    ],
)
def test_a_listener_is_named_with_this_process_as_proved_owner(
    address: str, v6only: bool | None, scope: str, stack: str, interface: str | None
) -> None:
    with serve(address, v6only=bool(v6only)) as server:
        row = row_at(server.getsockname()[1])

        assert (row.protocol, row.address, row.v6only) == ("tcp", address, v6only)
        assert (row.scope, row.stack, row.interface) == (scope, stack, interface)
        assert (row.owner, row.pid, row.shared_with) == ("proved", os.getpid(), ())
        assert row.user == pwd.getpwuid(os.geteuid()).pw_name
        assert row.command is not None
        assert Path(sys.executable).name in row.command
        assert row.missing_right is None
        assert row.inode == os.fstat(server.fileno()).st_ino


def test_one_port_on_several_addresses_stays_several_rows() -> None:
    with serve("127.0.0.1") as first:
        port = first.getsockname()[1]
        with serve("127.0.0.2", port), serve("::1", port):
            rows = rows_at(port)

    assert {row.address for row in rows} == {"127.0.0.1", "127.0.0.2", "::1"}
    assert len({row.key() for row in rows}) == 3


def test_both_wildcards_with_v6only_stay_apart() -> None:
    with serve("0.0.0.0") as first, serve("::", first.getsockname()[1], v6only=True):
        rows = rows_at(first.getsockname()[1])

    assert {(row.address, row.stack) for row in rows} == {("0.0.0.0", "v4"), ("::", "v6")}


def test_sockets_that_share_port_and_address_stay_apart() -> None:
    with (
        socket.create_server(("127.0.0.1", 0), reuse_port=True) as first,
        socket.create_server(first.getsockname(), reuse_port=True),
    ):
        assert len({row.key() for row in rows_at(first.getsockname()[1])}) == 2


def test_a_bound_udp_socket_is_listed_and_a_connected_one_is_not() -> None:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sock:
        sock.bind(("127.0.0.1", 0))
        port = sock.getsockname()[1]
        row = row_at(port)
        assert (row.protocol, row.pid) == ("udp", os.getpid())
        sock.connect(("127.0.0.1", 9))
        assert rows_at(port) == []


def test_a_socket_bound_to_a_device_names_it() -> None:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sock:
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_BINDTODEVICE, b"lo\0")
        sock.bind(("0.0.0.0", 0))
        row = row_at(sock.getsockname()[1])

    assert (row.address, row.interface, row.scope) == ("0.0.0.0", "lo", "loopback")


def test_two_processes_that_share_a_socket_are_one_row_with_both_pids() -> None:
    with serve("127.0.0.1") as server:
        script = "import sys; print(flush=True); sys.stdin.read()"
        worker = subprocess.Popen(
            [sys.executable, "-c", script],
            pass_fds=[server.fileno()],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
        )
        with worker:
            assert worker.stdout is not None
            worker.stdout.readline()
            listing = Listing()
            row = row_at(server.getsockname()[1], listing)
            assert worker.stdin is not None
            worker.stdin.close()
        left = row_at(server.getsockname()[1], listing)

    assert [row.pid, *row.shared_with] == sorted((os.getpid(), worker.pid))
    assert (left.pid, left.shared_with, left.owner) == (os.getpid(), (), "proved")


POOL = """
import os, socket, sys
server = socket.create_server(("127.0.0.1", 0))
workers = []
for _ in range(int(sys.argv[1])):
    worker = os.fork()
    if not worker:
        sys.stdin.read()
        os._exit(0)
    workers.append(worker)
print(server.getsockname()[1], os.getpid(), *workers, flush=True)
sys.stdin.read()
for worker in workers:
    os.waitpid(worker, 0)
"""


def test_a_forked_pool_lists_all_its_workers() -> None:
    with python(POOL, "12") as (_, _, stdout):
        port, *pids = map(int, stdout.readline().split())
        row = row_at(port)

    assert len(pids) == 13
    assert [row.pid, *row.shared_with] == sorted(pids)


FORWARDER = """
import os, sys
code = "import socket, sys; s = socket.create_server(('127.0.0.1', 0)); print(s.getsockname()[1], flush=True); input()"
options = "-proto tcp -host-ip 0.0.0.0 -host-port 8080 -container-ip 172.18.0.2 -container-port 80".split()
environment = {**os.environ, "PYTHONHOME": sys.base_prefix}  # looked for beside the name otherwise
os.execve(sys.executable, ["/usr/bin/docker-proxy", "-c", code, *options], environment)
"""


def test_a_forwarder_of_docker_is_shown_as_what_it_hands_on_to() -> None:
    # Only its command line is Docker's here: the text in /proc, and no container behind it.
    with python(FORWARDER) as (process, stdin, stdout):
        row = row_at(int(stdout.readline()))
        stdin.write("\n")

    assert (row.pid, row.container) == (process.pid, "172.18.0.2:80")


CHURN = """
import socket, sys
with socket.create_server(("127.0.0.1", 0)) as stays:
    print(stays.getsockname()[1], flush=True)
    for _ in range(100):
        for opened in [socket.create_server(("127.0.0.1", 0)) for _ in range(50)]:
            opened.close()
    print("done", flush=True)
    sys.stdin.read()
"""


def test_thousands_of_sockets_opened_and_closed_meanwhile_leave_the_others_in_place() -> None:
    listing = Listing()
    with python(CHURN) as (process, _, stdout):
        port = int(stdout.readline())
        readings = [listing.read()]
        while not select.select([stdout], [], [], 0)[0]:
            readings.append(listing.read())
        readings.append(listing.read())

    for rows in readings:
        (row,) = [row for row in rows if row.port == port]
        assert (row.owner, row.pid) == ("proved", process.pid)
        assert len({row.key() for row in rows}) == len(rows)
    assert [row.port for row in readings[-1] if row.pid == process.pid] == [port]


def test_a_socket_handed_to_another_process_changes_its_owner() -> None:
    listing = Listing()
    server = serve("127.0.0.1")
    port = server.getsockname()[1]
    before = row_at(port, listing)
    script = "import sys; print(flush=True); sys.stdin.read()"
    heir = subprocess.Popen(
        [sys.executable, "-c", script], pass_fds=[server.fileno()], stdin=subprocess.PIPE, stdout=subprocess.PIPE
    )
    with heir:
        assert heir.stdout is not None
        assert heir.stdin is not None
        heir.stdout.readline()
        server.close()
        after = row_at(port, listing)
        heir.stdin.close()

    assert (before.pid, after.pid, after.owner) == (os.getpid(), heir.pid, "proved")
    assert before.key() == after.key()


def test_rows_that_do_not_change_are_the_same_objects() -> None:
    listing = Listing()
    with serve("127.0.0.1") as server:
        first = row_at(server.getsockname()[1], listing)
        with serve("127.0.0.1"):
            assert row_at(server.getsockname()[1], listing) is first


def test_a_closed_listener_and_one_whose_process_ended_are_gone() -> None:
    listing = Listing()
    with python(HOLD, "2") as (process, stdin, stdout):
        kept, closed = map(int, stdout.readline().split())
        assert row_at(kept, listing).pid == row_at(closed, listing).pid == process.pid
        stdin.write("\n")
        stdin.flush()
        stdout.readline()
        assert rows_at(closed, listing) == []
        assert row_at(kept, listing).owner == "proved"
    assert rows_at(kept, listing) == []


def ownerless(port: int) -> Socket:
    return Socket("udp", bytes(4), port, 0, 2**40 + port, 0, 0, None, b"")


def test_a_socket_whose_process_is_just_ending_leaves_no_ownerless_row() -> None:
    readings = iter([(ownerless(1),)] * 2 + [(ownerless(1), ownerless(2)), (ownerless(1),)])
    listing = Listing(lambda: next(readings))

    assert [[row.port for row in listing.read()] for _ in range(3)] == [[1], [1], [1]]


def test_a_socket_that_stays_ownerless_is_shown_at_the_next_reading() -> None:
    readings = iter([(), (ownerless(2),), (ownerless(2),)])
    listing = Listing(lambda: next(readings))

    assert [[row.port for row in listing.read()] for _ in range(3)] == [[], [], [2]]


def test_a_socket_that_is_closed_while_the_first_reading_looks_for_its_owner_is_not_shown() -> None:
    readings = iter([(ownerless(1), ownerless(2)), (ownerless(1),)])
    assert [row.port for row in Listing(lambda: next(readings)).read()] == [1]


def test_a_thousand_sockets_opened_and_closed_while_reading() -> None:
    listing = Listing()
    with python(HOLD, "900") as (process, _, stdout):
        ports = set(map(int, stdout.readline().split()))
        rows = [row for row in listing.read() if row.port in ports]
        assert len(rows) == 900
        assert {row.pid for row in rows} == {process.pid}
        process.kill()
        process.wait()
        assert not [row for row in listing.read() if row.port in ports and row.pid == process.pid]


FOREIGN = """
import json, os, socket, sys
import msgspec, psutil, pwd
from net.platform.linux.listeners import Listing
mine = socket.create_server(("127.0.0.1", 0))
os.setgroups([]); os.setgid(65534); os.setuid(65534)
rows = [row for row in Listing().read() if row.port in (mine.getsockname()[1], *map(int, sys.argv[1:]))]
print(msgspec.json.encode([mine.getsockname()[1], rows]).decode(), flush=True)
"""


def seen_by_nobody(*ports: int, prefix: str = "") -> tuple[Listener, dict[int, Listener]]:
    """The rows an unprivileged process sees: its own, and those of ``ports``."""
    with python(prefix + FOREIGN, *map(str, ports)) as (_, _, stdout):
        own, rows = json.loads(stdout.readline())
    found = msgspec.convert(rows, tuple[Listener, ...])
    by_port = {row.port: row for row in found}
    return by_port.pop(own), by_port


@needs_root
def test_a_foreign_process_is_probable_if_its_command_line_names_the_port_else_hidden() -> None:
    with serve("127.0.0.1") as unnamed, serve("127.0.0.1") as named:
        hidden_port, probable_port = unnamed.getsockname()[1], named.getsockname()[1]
        script = "import sys; print(flush=True); sys.stdin.read()"
        holder = subprocess.Popen(
            [sys.executable, "-c", script, f"--port={probable_port}"],
            pass_fds=[named.fileno()],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
        )
        with holder:
            assert holder.stdin is not None
            assert holder.stdout is not None
            holder.stdout.readline()
            own, rows = seen_by_nobody(hidden_port, probable_port)
            holder.stdin.close()

    assert own.owner == "proved"
    hidden, probable = rows[hidden_port], rows[probable_port]
    assert (hidden.owner, hidden.pid, hidden.process, hidden.missing_right) == ("hidden", None, None, ROOT)
    assert hidden.user == "root"
    assert (probable.owner, probable.pid, probable.missing_right) == ("probable", holder.pid, ROOT)
    assert probable.command is not None
    assert f"--port={probable_port}" in probable.command


IN_CGROUP = """
import socket, sys
open(sys.argv[1] + "/cgroup.procs", "w").write("0")
server = socket.create_server(("127.0.0.1", 0))
print(server.getsockname()[1], flush=True)
sys.stdin.read()
"""


@pytest.fixture
def service_folder() -> Iterator[Path]:
    """A version 2 cgroup named as a systemd unit."""
    mounts = [line.split() for line in Path("/proc/self/mounts").read_text().splitlines()]
    root = next((Path(folder) for _, folder, kind, *_ in mounts if kind == "cgroup2"), None)
    if root is None:
        pytest.skip("no cgroup2 is mounted")
    folder = root / f"lanscout-test-{os.getpid()}.service"
    try:
        folder.mkdir()
    except OSError as error:
        pytest.skip(f"no cgroup can be made here: {error}")
    yield folder
    folder.rmdir()


@needs_root
def test_a_foreign_process_is_probable_if_it_is_alone_in_the_sockets_cgroup(service_folder: Path) -> None:
    with python(IN_CGROUP, str(service_folder)) as (process, _, stdout):
        port = int(stdout.readline())
        _, rows = seen_by_nobody(port)
        proved = row_at(port)

    row = rows[port]
    assert (row.owner, row.pid, row.missing_right) == ("probable", process.pid, ROOT)
    assert row.service == proved.service == service_folder.name


HIDE = f"""
import ctypes
libc = ctypes.CDLL(None, use_errno=True)
assert libc.unshare(0x20000) == 0, ctypes.get_errno()
assert libc.mount(b"none", b"/", None, 0x44000, None) == 0, ctypes.get_errno()
if libc.mount(b"proc", b"/proc", b"proc", 0, b"hidepid=2") != 0: raise SystemExit({errno.EPERM})
"""


@needs_root
def test_with_hidepid_the_owner_is_hidden_and_the_reason_said() -> None:
    with serve("127.0.0.1") as server:
        port = server.getsockname()[1]
        own, rows = seen_by_nobody(port, prefix=HIDE)

    assert own.owner == "proved"
    row = rows[port]
    assert (row.owner, row.user, row.missing_right) == ("hidden", "root", HIDEPID)


def test_a_socket_no_process_here_holds_is_hidden_and_no_right_helps() -> None:
    (row,) = Listing(lambda: (ownerless(51820),)).read()

    assert (row.owner, row.pid, row.inode) == ("hidden", None, None)
    assert row.missing_right in (NO_RIGHT, BEYOND_PTRACE, PTRACE, ROOT)


MAIN_THREAD_ENDED = """
import ctypes, os, pathlib, platform, socket, sys, threading
server = socket.create_server(("127.0.0.1", 0))
def stay():
    while ") Z " not in pathlib.Path("/proc/self/stat").read_text():
        os.sched_yield()
    print(server.getsockname()[1], flush=True)
    sys.stdin.read()
    os._exit(0)
threading.Thread(target=stay).start()
ctypes.CDLL(None).syscall(60 if platform.machine() == "x86_64" else 93, 0)  # exit(2) of this thread alone
"""


@pytest.mark.skipif(platform.machine() not in ("x86_64", "aarch64"), reason="the number of exit(2) is known for two")
def test_a_process_whose_main_thread_has_ended_is_seen_by_its_other_threads() -> None:
    with python(MAIN_THREAD_ENDED) as (process, _, stdout):
        port = int(stdout.readline())
        row = row_at(port)
    assert (row.owner, row.pid, row.missing_right) == ("proved", process.pid, None)


@pytest.mark.usefixtures("caplog")
def test_where_sock_diag_is_refused_psutil_lists_instead() -> None:
    def refuse() -> tuple[Socket, ...]:
        raise PermissionError(errno.EACCES, os.strerror(errno.EACCES))

    listing = Listing(refuse)
    with serve("127.0.0.1") as server, serve("::", v6only=False) as dual:
        row, other = row_at(server.getsockname()[1], listing), row_at(dual.getsockname()[1], listing)

    assert (row.owner, row.pid, row.address, row.interface) == ("proved", os.getpid(), "127.0.0.1", "lo")
    assert (other.address, other.stack, other.v6only) == ("::", "dual", None)


def test_a_refusal_is_logged_once(caplog: pytest.LogCaptureFixture) -> None:
    def refuse() -> tuple[Socket, ...]:
        raise PermissionError(errno.EPERM, os.strerror(errno.EPERM))

    listing = Listing(refuse)
    listing.read()
    listing.read()

    assert [record.levelname for record in caplog.records] == ["WARNING"]
