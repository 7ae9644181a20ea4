"""macOS's details of a process: the job of launchd and the command line, from text; ps and launchctl are stand-ins."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from net.platform.macos import details
from net.platform.macos.details import parse_jobs

DOMAIN = """\
system = {
\ttype = system
\thandle = 0
\tactive count = 1043
\tservices = {
\t       0      - \tcom.apple.lskdd
\t     364      - \tcom.apple.runningboardd
\t    9042   (pe) \tcom.apple.accessibility.mediaaccessibilityd
\t     515    -15 \thomebrew.mxcl.postgresql@14
\t     600      0 \tapplication.com.example.App.1234.5678
\t}

\tunmanaged processes = {
\t\tcom.apple.xpc.launchd.unmanaged.loginwindow.402 = {
\t\t\tactive count = 3
\t\t}
\t}
}
"""
LIST = "PID\tStatus\tLabel\n-\t0\tcom.apple.SafariHistoryServiceAgent\n364\t0\tcom.apple.Finder\n"


def test_running_jobs_of_a_domain() -> None:
    assert parse_jobs(DOMAIN) == {
        364: "com.apple.runningboardd",
        9042: "com.apple.accessibility.mediaaccessibilityd",
        515: "homebrew.mxcl.postgresql@14",
    }


def test_running_jobs_of_a_list() -> None:
    assert parse_jobs(LIST) == {364: "com.apple.Finder"}


@pytest.mark.parametrize("text", ["", "Could not find domain for port", "1 2 3 4\n", "x - y\n"])
def test_other_output_names_no_job(text: str) -> None:
    assert parse_jobs(text) == {}


def put(folder: Path, name: str, script: str) -> None:
    path = folder / name
    path.write_text(f"#!/bin/sh\n{script}\n")
    path.chmod(0o755)


@pytest.mark.parametrize(
    ("domain", "stop"),
    [
        ("system", "sudo launchctl bootout system/org.example.web"),
        ("gui/", f"launchctl bootout gui/{os.getuid()}/org.example.web"),
    ],
)
def test_the_job_of_a_process_with_the_command_that_stops_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, domain: str, stop: str
) -> None:
    put(tmp_path, "launchctl", f'case "$2" in {domain}*) echo "{os.getpid()} - org.example.web";; *) exit 113;; esac')
    monkeypatch.setenv("PATH", f"{tmp_path}:{os.environ['PATH']}")
    found = details.details(os.getpid())

    assert (found.manager, found.unit, found.stop) == ("launchd", "org.example.web", stop)
    assert found.ancestors[0].pid == os.getppid()
    assert found.cwd == str(Path.cwd())


def test_without_launchctl_nothing_is_said_about_a_manager(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    assert details.details(os.getpid()).manager is None


def test_a_process_that_has_ended() -> None:
    with pytest.raises(ProcessLookupError):
        details.details(2**22 + 1)
