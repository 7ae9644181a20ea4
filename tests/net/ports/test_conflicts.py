"""Each row of the port-conflict table matches what it is about, and nothing else."""

from __future__ import annotations

import re
from typing import Any, Literal

import msgspec
import pytest

from net.platform.rights import ADMINISTRATOR, MACOS_ROOT, NO_RIGHT, PTRACE, ROOT
from net.ports.conflicts import conflict_for, conflicts_without_socket, holder_text, several_programs
from net.ports.records import Listener
from resources.loader import ConflictRow, System, port_conflicts

FOREIGN = "zzz-foreign"
"""A process no row names, except the one that takes any."""
ROWS = [pytest.param(row, id=f"{index}-{row.cause[:40]}") for index, row in enumerate(port_conflicts())]


def listener(
    port: int,
    process: str | None,
    protocol: Literal["tcp", "udp"] = "tcp",
    missing_right: str | None = None,
    command: str | None = None,
    **more: Any,
) -> Listener:
    return Listener(
        protocol=protocol,
        address="0.0.0.0",
        port=port,
        interface=None,
        scope="all",
        stack="v4",
        v6only=None,
        owner="hidden" if process is None else "proved",
        pid=None if process is None else 100,
        process=process,
        command=command,
        missing_right=missing_right,
        **more,
    )


def beside(held: Listener, process: str = FOREIGN) -> tuple[Listener, ...]:
    """``held`` and what ``process`` holds at another address of its port."""
    other = msgspec.structs.replace(held, address="127.0.0.1", pid=200, process=process, command=None, container=None)
    return held, other


def ports_of(row: ConflictRow) -> list[int]:
    if not isinstance(row.ports, str):
        return list(row.ports)
    first, _, last = row.ports.partition("-")
    # One no other row names, so that the range itself is what matches.
    named = {port for other in port_conflicts() if not isinstance(other.ports, str) for port in other.ports}
    return [next(port for port in range(int(first), int(last) + 1) if port not in named)]


def name_for(pattern: str) -> str:
    """A text the pattern matches as a whole: its first alternative, optional parts left out."""
    text = re.sub(r"\([^()]*\)\?", "", pattern)
    text = re.sub(r"\(([^()|]*)\|[^()]*\)", r"\1", text)
    text = text.partition("|")[0]
    text = re.sub(r"\[\\d\.\][*+]?", "3.11", text)
    text = re.sub(r"\[(.)[^]]*\]", r"\1", text)
    text = re.sub(r"(?<!\\)\.\*", "x", text)
    text = re.sub(r"(?<!\\)(.)\?", "", text)
    text = re.sub(r"\\(.)", r"\1", text)
    assert re.fullmatch(pattern, text), (pattern, text)
    return text


def command_for(row: ConflictRow) -> str | None:
    """A command line that holds what the row looks for."""
    if not row.command:
        return None
    text = name_for(re.sub(r"\\b|\^", "", row.command).replace(".*", " x"))
    assert re.search(row.command, text), (row.command, text)
    return text


def protocols(row: ConflictRow) -> tuple[Literal["tcp", "udp"], ...]:
    return ("tcp", "udp") if row.protocol == "both" else (row.protocol,)


@pytest.mark.parametrize("row", ROWS)
def test_every_row_matches_its_listener_and_no_foreign_one(row: ConflictRow) -> None:
    found = []
    for system in row.os:
        for protocol in protocols(row):
            for port in ports_of(row):
                if row.when == "no_socket":
                    found.append(matches_without_socket(row, port, protocol, system))
                else:
                    found += matches(row, port, protocol, system)
    assert any(found)


def matches(row: ConflictRow, port: int, protocol: Literal["tcp", "udp"], system: System) -> list[bool]:
    """For each process of the row, whether the row itself explains it; else one that does so better must be found."""
    several = row.when in ("twice", "with_container")
    found = []
    names: list[str | None] = [name_for(pattern) for pattern in row.process]
    for name in names or [None]:
        right = right_for(row) if name is None else None
        held = listener(port, name, protocol, right, command_for(row), service=name_for(row.unit) if row.unit else None)
        together = beside(held, partner(row, name, system)) if several else ()
        best = conflict_for(held, system, together)
        if name == "docker-proxy" and system != "linux":
            assert best is not row, "it runs on Linux only"
            continue
        assert best is not None
        assert best is row or explains_better(best, row, name)
        found.append(best is row)
        if several:
            assert conflict_for(held, system) is not row
        if row.when == "with_container":
            assert conflict_for(held, system, beside(held)) is not row
        if row.unit:
            assert conflict_for(msgspec.structs.replace(held, service="session-2.scope"), system) is not row
        if row.command and name is not None and not re.search(row.command, f"{name} "):
            bare = listener(port, name, protocol, command=f"{name} -x /srv/zzz {port}")
            assert conflict_for(bare, system, together) is not row
    if row.process != (".*",):
        foreign = listener(port, FOREIGN, protocol)
        assert conflict_for(foreign, system, beside(foreign)) is not row
    assert conflict_for(listener(65000, FOREIGN, protocol), system) is None
    return found


def partner(row: ConflictRow, name: str | None, system: System) -> str:
    """Who must hold the port beside ``name``: a server of the row beside a forwarder, a forwarder beside a server."""
    if row.when != "with_container":
        return FOREIGN
    forwarder = "docker-proxy" if system == "linux" else "com.docker.backend"
    if name is None or re.match(r"docker|com\.docke|OrbStack", name) is None:
        return forwarder
    return name_for(row.process[0])


def right_for(row: ConflictRow) -> str:
    return NO_RIGHT if row.when == "orphaned" else MACOS_ROOT


def explains_better(found: ConflictRow, row: ConflictRow, name: str | None) -> bool:
    """Whether ``found`` names the same process for fewer ports, or comes first in the table for as many."""
    named = name is None or any(re.fullmatch(pattern, name) for pattern in found.process)
    rows = port_conflicts()
    return named and (not isinstance(found.ports, str) or rows.index(found) < rows.index(row))


def matches_without_socket(row: ConflictRow, port: int, protocol: Literal["tcp", "udp"], system: System) -> bool:
    assert row.process == ()
    for process in (None, FOREIGN):
        held = listener(port, process, protocol, ROOT)
        assert conflict_for(held, system, beside(held)) is not row
    return row in conflicts_without_socket(port, protocol, system)


@pytest.mark.parametrize("process", ["python3", "Python", "python3.11", "flask"])
def test_a_python_server_on_5000_is_never_called_airplay(process: str) -> None:
    held = listener(5000, process, command="/usr/bin/python3 /usr/bin/flask run")
    for together in ((), beside(held)):
        row = conflict_for(held, "macos", together)
        assert row is not None
        assert "AirPlay" not in row.cause


@pytest.mark.parametrize("name", ["python3", "python3.11", "node", "java", "php", "ruby", "perl", "bun", "svchost"])
@pytest.mark.parametrize("port", sorted({port for row in port_conflicts() if row.command for port in ports_of(row)}))
def test_a_program_that_runs_anybodys_code_is_known_by_its_command_line_only(name: str, port: int) -> None:
    for system in ("macos", "linux"):
        assert conflict_for(listener(port, name, command=f"/usr/bin/{name} server {port}"), system) is None
        assert conflict_for(listener(port, name), system) is None


@pytest.mark.parametrize(
    ("port", "process", "command", "cause"),
    [
        (5000, "python3", "python3 -m http.server 5000", None),
        (5000, "python3", "python3 -m http.server 5000 --directory /srv/flask", None),
        (5000, "python3", "/usr/bin/python3 /home/u/.venv/bin/flask --app hello run", "Flask"),
        (5000, "flask", None, "Flask"),
        (8000, "python3", "python3 -m http.server 8000", "development server"),
        (8000, "python3", "python3 mine.py", None),
        (8000, "python3", "python3 manage.py runserver", "development server"),
        (8080, "java", "java -jar /usr/share/java/jenkins.war --httpPort=8080", "Jenkins"),
        (8080, "java", "java -jar shop.jar", None),
        (3000, "next-server (v14.1.0)", None, None),
        (3000, "node", "node /srv/shop/node_modules/.bin/next dev", "development server"),
        (3000, "node", "node server.js", None),
        (8888, "python3.11", "/usr/bin/python3.11 /usr/bin/jupyter-lab", "notebook"),
        (9229, "node", "node --inspect server.js", "debugger"),
        (9229, "node", "node /home/u/code/server.js", None),
        (10000, "perl", "/usr/bin/perl /usr/share/webmin/miniserv.pl /etc/webmin/miniserv.conf", "Webmin"),
    ],
)
def test_the_cause_is_claimed_only_where_the_command_line_shows_it(
    port: int, process: str, command: str | None, cause: str | None
) -> None:
    row = conflict_for(listener(port, process, command=command), "linux")

    assert row is None if cause is None else row is not None and cause in row.cause


@pytest.mark.parametrize("process", ["ControlCe", "ControlCenter", "Control Center"])
def test_airplay_is_known_by_its_process_and_freed_by_a_setting(process: str) -> None:
    row = conflict_for(listener(5000, process), "macos")

    assert row is not None
    text = holder_text(row)
    assert text.startswith("AirPlay Receiver of macOS 12 and later")
    assert "AirDrop & Handoff" in text
    assert text.endswith("Ending the process does not help.")


@pytest.mark.parametrize(
    ("process", "system"), [("ControlCenter", "linux"), ("ControlCenterHelper", "macos"), ("controlcenter", "macos")]
)
def test_the_name_must_fit_as_a_whole_and_on_its_system(process: str, system: System) -> None:
    assert conflict_for(listener(5000, process), system) is None


def test_a_number_alone_says_nothing() -> None:
    assert conflict_for(listener(5000, FOREIGN), "macos") is None
    assert conflict_for(listener(5000, None, missing_right=MACOS_ROOT), "macos") is not None
    assert "root or another user" in holder_text(
        conflict_for(listener(5000, None, missing_right=MACOS_ROOT), "macos") or port_conflicts()[0]
    )


def test_an_owner_no_right_would_show_is_not_called_another_users() -> None:
    assert conflict_for(listener(40000, None, missing_right=NO_RIGHT), "linux") is None
    wireguard = conflict_for(listener(51820, None, "udp", NO_RIGHT), "linux")
    assert wireguard is not None
    assert "WireGuard" in wireguard.cause


def test_another_users_socket_is_not_said_to_be_the_kernels() -> None:
    row = conflict_for(listener(51820, None, "udp", ROOT), "linux")
    assert row is not None
    assert "another user" in row.cause
    orphan = conflict_for(listener(40000, None, "udp", NO_RIGHT), "macos")
    assert orphan is not None
    assert "left a UDP socket" in orphan.cause
    foreign = conflict_for(listener(40000, None, "udp", MACOS_ROOT), "macos")
    assert foreign is not None
    assert "left a UDP socket" not in foreign.cause


@pytest.mark.parametrize("right", [None, PTRACE, NO_RIGHT, ADMINISTRATOR])
@pytest.mark.parametrize("protocol", ["tcp", "udp"])
def test_root_is_not_told_to_look_as_root(right: str | None, protocol: Literal["tcp", "udp"]) -> None:
    assert conflict_for(listener(40000, None, protocol, right), "linux") is None


def test_a_single_server_is_not_said_to_be_there_twice() -> None:
    assert conflict_for(listener(9876, "python3"), "linux") is None
    row = conflict_for(listener(9876, "python3"), "linux", beside(listener(9876, "python3")))
    assert row is not None
    assert row.when == "twice"


SERVERS = [(5432, "postgres"), (6379, "redis-server"), (3306, "mysqld"), (27017, "mongod"), (5672, "beam.smp")]


@pytest.mark.parametrize(("port", "process"), SERVERS)
@pytest.mark.parametrize("system", ["linux", "macos"])
def test_a_server_alone_on_its_own_port_has_no_conflict(port: int, process: str, system: System) -> None:
    """Who develops with a database runs exactly this."""
    assert conflict_for(listener(port, process), system) is None


@pytest.mark.parametrize(("port", "process"), SERVERS)
def test_a_server_and_a_container_that_hold_one_port_both_have_the_conflict(port: int, process: str) -> None:
    server = listener(port, process)
    forwarder = msgspec.structs.replace(listener(port, "docker-proxy", container="db"), address="::", pid=9)
    other = msgspec.structs.replace(forwarder, address="127.0.0.1", process="node", container=None)
    for each in (server, forwarder):
        row = conflict_for(each, "linux", (server, forwarder))
        assert row is not None
        assert "and a container both hold the port" in row.cause
    alone = conflict_for(forwarder, "linux", (forwarder, other))
    assert alone is not None
    assert alone.forwards, "whoever else holds the port is no such server"
    assert conflict_for(server, "linux", (server, other)) is None


def test_a_container_is_called_a_registry_where_its_name_says_so() -> None:
    plain = conflict_for(listener(5000, "docker-proxy", container="web"), "linux")
    registry = conflict_for(listener(5000, "docker-proxy", container="registry-1"), "linux")
    assert plain is not None
    assert registry is not None
    assert ("registry" in plain.cause, "registry" in registry.cause) == (False, True)


def test_a_web_server_is_called_the_distributions_where_its_unit_runs_it() -> None:
    assert conflict_for(listener(80, "nginx"), "linux") is None
    assert conflict_for(listener(80, "nginx", service="session-3.scope"), "linux") is None
    row = conflict_for(listener(80, "nginx", service="nginx.service"), "linux")
    assert row is not None
    assert "by its unit" in row.cause


def test_who_runs_ssh_is_told_nothing_of_containers() -> None:
    row = conflict_for(listener(22, "sshd"), "linux")
    assert row is not None
    assert "container" not in holder_text(row)


def test_the_forwarders_of_one_container_are_one_program() -> None:
    four = listener(8080, "docker-proxy", command="docker-proxy -host-ip 0.0.0.0", container="web")
    six = msgspec.structs.replace(four, address="::", pid=101, command="docker-proxy -host-ip ::")
    assert not several_programs((four, six))
    assert several_programs((four, msgspec.structs.replace(six, container="api")))


def test_a_server_that_forks_for_each_stack_is_one_program() -> None:
    four = listener(8080, "python3", command="python3 serve.py")
    six = msgspec.structs.replace(four, address="::", pid=101, parent=100)
    assert not several_programs((four, six))
    assert several_programs((four, msgspec.structs.replace(six, parent=1))), "the same command, started twice"
    assert several_programs((four, msgspec.structs.replace(six, command="python3 other.py")))
    assert several_programs((msgspec.structs.replace(four, parent=101, command="x"), six)), "a circle of reused PIDs"


def test_programs_that_share_one_address_hold_none_of_their_own() -> None:
    first = listener(80, "nginx")
    second = msgspec.structs.replace(first, pid=2)
    assert not several_programs((first, second))
    assert several_programs((first, msgspec.structs.replace(second, address="127.0.0.1")))


def test_the_port_is_put_into_the_commands() -> None:
    row = conflict_for(listener(8443, "docker-proxy"), "linux")

    assert row is not None
    assert "publish=8443" in holder_text(row, 8443)
    twice = conflict_for(listener(8443, "node"), "linux", beside(listener(8443, "node")))
    hidden = conflict_for(listener(8443, None, missing_right=ROOT), "linux")
    assert twice is not None
    assert hidden is not None
    assert holder_text(twice, 8443).startswith("Two programs hold port 8443 at different addresses")
    assert holder_text(hidden, 8443).startswith("Port 8443 belongs to another user")
    assert "lanscout --on sudo ports 8443" in holder_text(hidden, 8443)
    assert "publish=N" in holder_text(row)


@pytest.mark.parametrize("row", ROWS)
def test_every_row_reads_as_sentences(row: ConflictRow) -> None:
    text = holder_text(row, 8080)
    assert text[0].isupper() or not text[0].isalpha()
    assert ". To free the port: " in text
    assert text.endswith(".")
    assert ".." not in text.replace("...", "")
