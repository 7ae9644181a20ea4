"""Each row of the port-conflict table matches what it is about, and nothing else."""

from __future__ import annotations

import re
from typing import Literal

import pytest

from net.platform.rights import ADMINISTRATOR, MACOS_ROOT, NO_RIGHT, PTRACE, ROOT
from net.ports.conflicts import conflict_for, conflicts_without_socket, holder_text
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
    )


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
    twice = row.when == "twice"
    found = []
    names: list[str | None] = [name_for(pattern) for pattern in row.process]
    for name in names or [None]:
        held = listener(port, name, protocol, right_for(row) if name is None else None, command_for(row))
        best = conflict_for(held, system, twice=twice)
        assert best is not None
        assert best is row or explains_better(best, row, name)
        found.append(best is row)
        if twice:
            assert conflict_for(held, system) is not row
        if row.command and name is not None and not re.search(row.command, f"{name} "):
            bare = listener(port, name, protocol, command=f"{name} -x /srv/zzz {port}")
            assert conflict_for(bare, system, twice=twice) is not row
    if row.process != (".*",):
        assert conflict_for(listener(port, FOREIGN, protocol), system, twice=twice) is not row
    assert conflict_for(listener(65000, FOREIGN, protocol), system) is None
    return found


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
        assert conflict_for(listener(port, process, protocol, ROOT), system, twice=True) is not row
    return row in conflicts_without_socket(port, protocol, system)


@pytest.mark.parametrize("process", ["python3", "Python", "python3.11", "flask"])
def test_a_python_server_on_5000_is_never_called_airplay(process: str) -> None:
    for twice in (False, True):
        row = conflict_for(listener(5000, process, command="/usr/bin/python3 /usr/bin/flask run"), "macos", twice=twice)
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
    row = conflict_for(listener(9876, "python3"), "linux", twice=True)
    assert row is not None
    assert row.when == "twice"


def test_the_port_is_put_into_the_commands() -> None:
    row = conflict_for(listener(8443, "docker-proxy"), "linux")

    assert row is not None
    assert "publish=8443" in holder_text(row, 8443)
    twice = conflict_for(listener(8443, "node"), "linux", twice=True)
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
