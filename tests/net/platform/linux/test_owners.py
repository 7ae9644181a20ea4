"""The probable owner of a socket that may not be looked into: by cgroup, user and command line, or nobody."""

from __future__ import annotations

import pytest

from net.platform.linux.owners import probable_owner
from net.platform.linux.processes import Process
from net.platform.linux.sock_diag import Socket

NGINX = "/system.slice/nginx.service"
SESSION = "/user.slice/session-1.scope"


def entry(port: int = 8080, uid: int = 33) -> Socket:
    return Socket("tcp", bytes(4), port, 0, 1, uid, 7, None, b"")


def process(
    pid: int, name: str = "server", command: str = "server", uid: int = 33, cgroup: str | None = None
) -> Process:
    return Process(pid, 0.0, name, command, uid, cgroup, None, None)


def chosen(entry: Socket, path: str | None, *candidates: Process) -> int | None:
    found = probable_owner(entry, path, candidates)
    return found.pid if found is not None else None


def test_the_cgroup_of_the_socket_decides_whatever_the_user() -> None:
    others = process(5, uid=33), process(6, "postgres", uid=26, cgroup="/system.slice/postgresql.service")
    assert chosen(entry(uid=0), NGINX, *others, process(9, "nginx", uid=101, cgroup=NGINX)) == 9


def test_workers_of_one_program_give_the_lowest_pid() -> None:
    assert chosen(entry(), NGINX, process(12, "nginx", cgroup=NGINX), process(11, "nginx", cgroup=NGINX)) == 11


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


@pytest.mark.parametrize("command", ["server 18080", "server 80801", "server 10.8080.1", "server v1.8080"])
def test_a_number_within_another_is_not_the_port(command: str) -> None:
    assert chosen(entry(uid=0), None, process(5, "web", command, uid=0)) is None


def test_where_the_group_of_the_socket_is_empty_the_user_decides() -> None:
    assert chosen(entry(uid=33), "/system.slice/web.socket", process(5, uid=33, cgroup=NGINX)) == 5


def test_nobody_fits() -> None:
    assert chosen(entry(), NGINX) is None
