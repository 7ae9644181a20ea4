"""What the ports of a host are is what the kernel says, and how sure the owner is follows the rights of who looks."""

from __future__ import annotations

import json
import re
import sys
from pathlib import Path

from tests.lab import Host, JsonRecord, Lab
from tests.lab.host import LANSCOUT
from tests.lab.peers import airplay, tcp_listener, web_server

AS_NOBODY = ["setpriv", "--reuid=65534", "--regid=65534", "--clear-groups"]
HIDEPID = ["unshare", "--mount", "sh", "-c", 'mount -t proc -o hidepid=2 proc /proc && exec "$@"', "sh"]
KINDS = """
import socket, sys
from itertools import product

held = []
def hold(kind, address, *, port=0, only=None, device=None, pool=False):
    family = socket.AF_INET6 if ":" in address else socket.AF_INET
    held.append(sock := socket.socket(family, kind))
    if only is not None:
        sock.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, only)
    if device is not None:
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_BINDTODEVICE, device)
    if pool:
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEPORT, 1)
    sock.bind((address, port))
    if kind == socket.SOCK_STREAM:
        sock.listen()
    return sock.getsockname()[1]

for kind in (socket.SOCK_STREAM, socket.SOCK_DGRAM):
    for address in ("127.0.0.1", "0.0.0.0", "::1", "::ffff:127.0.0.1"):
        hold(kind, address)
    for only in (0, 1):
        hold(kind, "::", only=only)
    hold(kind, "0.0.0.0", device=b"en0")
    port = hold(kind, "127.0.0.1", pool=True)
    hold(kind, "127.0.0.1", port=port, pool=True)
hold(socket.SOCK_DGRAM, "224.0.0.99", port=5999)
print("ready", flush=True)
sys.stdin.read()
"""


def listed(host: Host, *words: str, by: list[str] | None = None) -> list[JsonRecord]:
    result = host.run([*(by or []), *LANSCOUT, "ports", *words, "--json"])
    return [json.loads(line) for line in result.stdout.splitlines()]


def told_by_ss(host: Host) -> list[tuple[str, int, int]]:
    """Protocol, port and PID of each socket."""
    found = []
    for line in host.run(["ss", "-Htulpn"]).stdout.splitlines():
        protocol, _, _, _, local = line.split()[:5]
        pid = re.search(r"pid=(\d+)", line)
        assert pid is not None, line
        found.append((protocol, int(local.rpartition(":")[2]), int(pid[1])))
    return sorted(found)


def test_sockets_of_every_kind_are_those_that_ss_lists(lab: Lab) -> None:
    with lab.gamma.start([sys.executable, "-c", KINDS]) as holder:
        holder.wait_for("ready")
        rows = listed(lab.gamma)
        expected = told_by_ss(lab.gamma)
    assert len(expected) == 19
    assert sorted((row["protocol"], row["port"], row["pid"]) for row in rows) == expected
    stacks = [row["stack"] for row in rows if row["address"] == "::"]
    assert sorted(stacks) == ["dual", "dual", "v6", "v6"]
    assert [row["interface"] for row in rows if row["interface"] not in (None, "lo")] == ["en0", "en0"]


def test_the_grade_of_an_owner_follows_the_rights_of_who_looks(lab: Lab, tmp_path: Path) -> None:
    with web_server(lab.beta, "127.0.0.1", 5317, tmp_path) as server:
        (proved,) = listed(lab.beta, "5317")
        (probable,) = listed(lab.beta, "5317", by=AS_NOBODY)
        (hidden,) = listed(lab.beta, "5317", by=[*HIDEPID, *AS_NOBODY])
        (root,) = listed(lab.beta, "5317", by=HIDEPID)
        told = lab.beta.run([*HIDEPID, *AS_NOBODY, *LANSCOUT, "ports", "5317"]).stdout
    assert (proved["owner"], proved["pid"], proved["missing_right"]) == ("proved", server.pid, None)
    assert (probable["owner"], probable["pid"]) == ("probable", server.pid)
    assert probable["missing_right"].startswith("root, to read which files")
    assert (hidden["owner"], hidden["pid"], hidden["user"]) == ("hidden", None, "root")
    assert "hidepid" in hidden["missing_right"]
    assert (root["owner"], root["pid"]) == ("proved", server.pid)
    assert "Missing right: root, because /proc is mounted with hidepid" in told
    assert "Port 5317 belongs to another user" in told


UNNAMED = """
import socket, sys
server = socket.create_server(("127.0.0.1", 5300 + 18))
print("ready", flush=True)
sys.stdin.read()
"""
IDLE = "import sys; print('ready', flush=True); sys.stdin.read()"


def test_a_process_of_another_network_namespace_is_never_the_owner(lab: Lab) -> None:
    idle = [sys.executable, "-c", IDLE, "--port=5318"]
    with lab.beta.start([sys.executable, "-c", UNNAMED]) as server, lab.gamma.start(idle) as elsewhere:
        server.wait_for("ready")
        elsewhere.wait_for("ready")
        (row,) = listed(lab.beta, "5318", by=AS_NOBODY)
        assert (row["owner"], row["pid"]) == ("hidden", None)
        with lab.beta.start(idle) as here:
            here.wait_for("ready")
            (row,) = listed(lab.beta, "5318", by=AS_NOBODY)
            assert (row["owner"], row["pid"]) == ("probable", here.pid)


def test_a_port_of_two_programs_is_named_with_both_and_the_cause(lab: Lab, tmp_path: Path) -> None:
    with airplay(lab.alpha, 5000, "0.0.0.0") as receiver, web_server(lab.alpha, "::1", 5000, tmp_path) as server:
        told = lab.alpha.run([*LANSCOUT, "ports", "5000"]).stdout
    assert str(receiver.pid) in told
    assert str(server.pid) in told
    assert "Two programs hold port 5000 at different addresses" in told
    assert "lanscout answers 5000" in told


def test_one_server_of_a_port_has_no_cause(lab: Lab) -> None:
    with tcp_listener(lab.alpha, "0.0.0.0", 5000):
        (row,) = listed(lab.alpha, "5000")
    assert (row["known"], row["free_it"]) == (None, [])
