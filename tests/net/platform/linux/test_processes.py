"""What /proc says of a process is read once, and again when it is another."""

from __future__ import annotations

import ctypes
import os
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from net.platform.linux.processes import FACTS_SECONDS, Process, Processes, user_name

PR_SET_NAME = 15  # linux/prctl.h
WAIT = "import sys; print(flush=True); sys.stdin.read()"


@contextmanager
def child(*arguments: bytes, code: str = "pass") -> Iterator[int]:
    """A process that has run ``code`` and stays until the block ends; ``arguments`` only stand in its command line."""
    script = f"{code}\n{WAIT}"
    process = subprocess.Popen(
        [sys.executable, "-c", script, *arguments], stdin=subprocess.PIPE, stdout=subprocess.PIPE
    )
    assert process.stdin is not None
    assert process.stdout is not None
    try:
        process.stdout.readline()
        yield process.pid
    finally:
        process.stdout.close()
        process.stdin.close()
        process.wait(10)


def facts(pid: int, processes: Processes | None = None, now: float = 0) -> Process:
    found = (processes or Processes()).get(pid, now)
    assert found is not None
    return found


def test_this_process_is_described() -> None:
    process = facts(os.getpid())

    assert process.uid == os.geteuid()
    assert process.command is not None
    assert Path(sys.executable).name in process.command
    assert 0 <= time.time() - process.started < 3600


def test_a_command_line_with_newlines_invalid_utf8_and_great_length_is_made_visible() -> None:
    with child(b"two\nlines", b"\xff\xfe", "\u202e".encode(), b"x" * 100_000) as pid:
        command = facts(pid).command

    assert command is not None
    assert "two␊lines" in command
    assert "⟨0xFF⟩⟨0xFE⟩ ⟨U+202E⟩" in command
    assert len(command) == 500


def rename(name: str) -> str:
    return f"import ctypes; ctypes.CDLL(None).prctl({PR_SET_NAME}, {name.encode()!r})"


@pytest.mark.parametrize("name", ["a b) S 1 (c", "line\nend", "("])
def test_a_name_with_parentheses_spaces_or_newlines_is_read_whole(name: str) -> None:
    with child(code=rename(name)) as pid:
        process = facts(pid)

    assert process.name == name.replace("\n", "␊")
    assert process.started > 0


def test_a_name_the_kernel_cut_is_completed_from_the_program() -> None:
    arguments = ["/opt/fifteen-letters-and-more", "-c", f"{rename('fifteen-letters')}\n{WAIT}"]
    with child(code=f"import os; os.execv({sys.executable!r}, {arguments!r})") as pid:
        assert facts(pid).name == "fifteen-letters-and-more"


def test_a_kernel_thread_has_no_command() -> None:
    pids = [int(folder.name) for folder in Path("/proc").iterdir() if folder.name.isdigit()]
    threads = [process for pid in pids if (process := Processes().get(pid, 0)) and process.command is None]
    if not threads:
        pytest.skip("no kernel thread is seen from here")
    assert all(process.name for process in threads)


def test_an_ended_process_is_none() -> None:
    with child() as pid:
        pass
    assert Processes().get(pid, 0) is None


def test_what_did_not_change_is_the_same_object_even_when_read_again() -> None:
    processes = Processes()
    first = facts(os.getpid(), processes, now=0)

    assert facts(os.getpid(), processes, now=1) is first
    assert facts(os.getpid(), processes, now=FACTS_SECONDS + 1) is first


def test_another_name_is_seen_at_once() -> None:
    libc = ctypes.CDLL(None)
    before = Path("/proc/self/comm").read_bytes().strip()
    processes = Processes()
    facts(os.getpid(), processes)
    libc.prctl(PR_SET_NAME, b"renamed")
    try:
        assert facts(os.getpid(), processes).name == "renamed"
    finally:
        libc.prctl(PR_SET_NAME, before)


def test_a_user_without_an_account_is_its_number() -> None:
    assert user_name(0) == "root"
    assert user_name(3_999_999_999) == "3999999999"
