"""The probable owner of a socket that may not be looked into: by cgroup, user and command line, or nobody."""

from __future__ import annotations

import os
import socket

import pytest

from net.platform.linux.owners import Owners, probable_owners
from net.platform.linux.processes import Process
from net.platform.linux.sock_diag import Socket

NGINX = "/system.slice/nginx.service"
SESSION = "/user.slice/session-1.scope"


def entry(port: int = 8080, uid: int = 33) -> Socket:
    return Socket("tcp", bytes(4), port, 0, 1, uid, 7, None, b"")


def process(
    pid: int, name: str = "server", command: str = "server", uid: int = 33, cgroup: str | None = None, parent: int = 0
) -> Process:
    return Process(pid, 0.0, name, command, uid, cgroup, None, None, parent)


def chosen(entry: Socket, path: str | None, *candidates: Process) -> int | None:
    found = probable_owners(entry, path, candidates)
    return found[0].pid if len(found) == 1 else None


def test_the_cgroup_of_the_socket_decides_whatever_the_user() -> None:
    others = process(5, uid=33), process(6, "postgres", uid=26, cgroup="/system.slice/postgresql.service")
    assert chosen(entry(uid=0), NGINX, *others, process(9, "nginx", uid=101, cgroup=NGINX)) == 9


def test_several_processes_of_one_program_are_all_given_and_none_is_chosen() -> None:
    workers = process(12, "nginx", cgroup=NGINX), process(11, "nginx", cgroup=NGINX)
    assert probable_owners(entry(), NGINX, workers) == workers


def test_what_started_a_server_only_hands_its_command_line_on() -> None:
    sudo = process(5, "sudo", "sudo timeout 9 web -l :8080", uid=0)
    timeout = process(6, "timeout", "timeout 9 web -l :8080", uid=0, parent=5)
    server = process(7, "web", "web -l :8080", uid=0, parent=6)
    assert chosen(entry(uid=0), None, sudo, timeout, server) == 7
    worker = process(8, "web", "web -l :8080", uid=0, parent=7)
    assert probable_owners(entry(uid=0), None, (sudo, timeout, server, worker)) == (server, worker)


def test_a_shell_that_names_the_port_holds_none() -> None:
    server = process(7, "web", "web -l :8080", uid=0)
    for name in ("bash", "sh", "-zsh", "fish"):
        assert chosen(entry(uid=0), None, process(5, name, f"{name} -c 'curl localhost:8080'", uid=0), server) == 7


def test_in_a_group_of_many_programs_the_one_whose_command_names_the_port() -> None:
    shell = process(10, "bash", cgroup=SESSION)
    assert chosen(entry(), SESSION, shell, process(12, "node", "node server.js", cgroup=SESSION)) is None
    assert chosen(entry(), SESSION, shell, process(12, "node", "node --port=8080", cgroup=SESSION)) == 12


def test_without_a_cgroup_the_only_program_of_the_user() -> None:
    assert chosen(entry(uid=33), None, process(5, uid=33), process(6, uid=34)) == 5
    assert chosen(entry(uid=33), None, process(5, uid=33), process(6, "other", uid=33)) is None


def test_root_has_too_many_processes_for_its_user_id_to_tell() -> None:
    assert chosen(entry(uid=0), None, process(5, "sshd", uid=0)) is None
    assert chosen(entry(uid=0), None, process(5, "web", "web -l :8080", uid=0), process(6, "sshd", uid=0)) == 5


@pytest.mark.parametrize(
    "command",
    [
        "web --port 8080", "web --http-port=8080", "web -p 8080", "web -p8080", "nc -lk -l 8080", "web :8080",
        "web 0.0.0.0:8080", "web --listen [::]:8080", "python -m http.server 8080", "web 127.0.0.1 8080 /srv",
        "env PORT=8080 web", "web --addr=:8080", "npx serve 8080",
    ],
)  # fmt: skip
def test_a_number_that_is_given_as_a_port_points_to_the_owner(command: str) -> None:
    assert chosen(entry(uid=0), None, process(5, "web", command, uid=0), process(6, "sshd", uid=0)) == 5


@pytest.mark.parametrize("command", ["sleep 8080", "tail -n 8080 log", "kill 8080", "web 8080x", "head -c 8080"])
def test_a_mere_number_points_to_nobody(command: str) -> None:
    name = command.split(maxsplit=1)[0]
    assert chosen(entry(uid=0), None, process(5, name, command, uid=0)) is None
    both = process(5, name, command, cgroup=SESSION), process(6, "bash", cgroup=SESSION)
    assert chosen(entry(), SESSION, *both) is None


def test_a_client_holds_no_port_of_its_command_line() -> None:
    assert chosen(entry(uid=0), None, process(5, "curl", "curl http://127.0.0.1:8080/", uid=0)) is None


@pytest.mark.parametrize("command", ["server 18080", "server 80801", "server 10.8080.1", "server v1.8080"])
def test_a_number_within_another_is_not_the_port(command: str) -> None:
    assert chosen(entry(uid=0), None, process(5, "web", command, uid=0)) is None


def test_where_the_group_of_the_socket_is_empty_the_user_decides() -> None:
    assert chosen(entry(uid=33), "/system.slice/web.socket", process(5, uid=33, cgroup=NGINX)) == 5


def test_nobody_fits() -> None:
    assert chosen(entry(), NGINX) is None


def test_proofs_of_processes_that_hold_nothing_any_more_are_forgotten() -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        mine = Socket("tcp", bytes(4), server.getsockname()[1], 0, 1, 0, 7, None, b"")
        mine = mine._replace(inode=os.fstat(server.fileno()).st_ino)
        owners = Owners()
        assert owners.find((mine,), 0.0)[mine.cookie].pid == os.getpid()
        assert list(owners._proofs) == [os.getpid()]
    owners.find((), 1.0)
    assert not owners._proofs
