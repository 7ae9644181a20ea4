"""Which processes are not ended from here: every row of the table, and nothing beside."""

from __future__ import annotations

import pytest

from net.ports.records import ProcessDetails
from net.ports.refusal import refusal
from resources.loader import ProtectedRow, System, protected_processes


def process(name: str, pid: int = 4711, manager: str | None = None) -> ProcessDetails:
    return ProcessDetails(pid=pid, started=1.0, process=name, manager=manager)


@pytest.mark.parametrize("row", protected_processes(), ids=lambda row: (row.process or row.pids)[0])
def test_every_row_has_something_to_match_and_says_what_to_do_instead(row: ProtectedRow) -> None:
    assert bool(row.pids) != bool(row.process)
    for system in row.os:
        for pid in row.pids:
            text = refusal(process("anything", pid), system)
            assert text is not None
            assert text.endswith(f"{row.why} {row.instead}")
        for pattern in row.process:
            name = pattern.replace("\\.", ".").replace("?", "").replace("(", "").replace(")", "").split("|")[0]
            text = refusal(process(name.removesuffix(".*")), system)
            assert text is not None
            assert row.instead in text


@pytest.mark.parametrize(
    ("name", "system"),
    [
        ("mDNSResponder", "macos"),
        ("mDNSResponderHelper", "macos"),
        ("ControlCenter", "macos"),
        ("ControlCe", "macos"),
        ("com.docker.backend", "macos"),
        ("OrbStack Helper", "macos"),
        ("docker-proxy", "linux"),
        ("rootlessport", "linux"),
        ("systemd", "linux"),
        ("com.docker.backend.exe", "windows"),
        ("wslrelay.exe", "windows"),
        ("svchost.exe", "windows"),
        ("lsass.exe", "windows"),
    ],
)
def test_these_are_refused_on_their_system(name: str, system: System) -> None:
    text = refusal(process(name), system)
    assert text is not None
    assert text.startswith(f"{name} (PID 4711) is not ended.")


@pytest.mark.parametrize(
    ("name", "system"),
    [
        ("ControlCenter", "linux"),
        ("my-docker-proxy", "linux"),
        ("systemd-resolved", "linux"),
        ("python", "linux"),
        ("python", "macos"),
        ("node.exe", "windows"),
        ("System", "windows"),
    ],
)
def test_others_may_be_ended(name: str, system: System) -> None:
    assert refusal(process(name), system) is None


@pytest.mark.parametrize(("pid", "system"), [(1, "linux"), (1, "macos"), (4, "windows"), (0, "windows")])
def test_the_first_processes_are_refused_by_number(pid: int, system: System) -> None:
    assert refusal(process("x", pid), system) is not None


def test_what_is_part_of_the_kernel_is_refused() -> None:
    assert refusal(process("kworker/0:1", manager="kernel"), "linux") is not None
