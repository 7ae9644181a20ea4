"""Details of real processes: told once, again when they change, and the end at once."""

from __future__ import annotations

import os
import pwd
import subprocess
import sys
from contextlib import aclosing
from pathlib import Path

import msgspec
import pytest

from net.platform import this_platform
from net.platform.rights import HIDEPID, PTRACE, ROOT
from net.platform.system import SYSTEM
from net.ports.process import completed, read, watch
from net.ports.records import ProcessDetails
from net.problems import ProblemError
from net.records import Removed
from net.requests import ProcessRequest
from tests.net.ports.processes import SLEEPER, running

pytestmark = pytest.mark.skipif(SYSTEM != "linux", reason="processes are read by /proc here")
ROOT_FOLDER = Path(__file__).resolve().parents[3]
NOBODY_MAPPED = int(Path("/proc/self/uid_map").read_text().split()[2]) > 65534
needs_root = pytest.mark.skipif(os.geteuid() != 0 or not NOBODY_MAPPED, reason="only root can become another user")


def started(pid: int) -> float:
    return this_platform().process(pid).started


def details(pid: int) -> ProcessDetails:
    found = read(pid, started(pid))
    assert found is not None
    return found


def test_what_this_user_may_see_of_an_own_process(tmp_path: Path) -> None:
    (tmp_path / ".git").mkdir()
    (tmp_path / ".git" / "HEAD").write_text("ref: refs/heads/topic\n")
    folder = tmp_path / "server"
    folder.mkdir()
    with running(SLEEPER, "--port=5000", cwd=folder) as process:
        found = details(process.pid)

    assert found.executable == os.path.realpath(sys.executable)
    assert found.command is not None
    assert found.command.endswith("--port=5000")
    assert found.cwd == str(folder)
    assert (found.repository, found.branch) == (str(tmp_path), "topic")
    assert found.user == pwd.getpwuid(os.geteuid()).pw_name
    assert found.ancestors[0].pid == os.getpid()
    assert found.ancestors[-1].pid == 1
    assert found.missing_right is None
    assert (found.may_end, found.end_refused) == (True, None)


def test_a_command_line_with_newlines_and_invalid_utf8_is_made_visible_and_long_ones_are_cut() -> None:
    with running(SLEEPER, b"two\nlines", b"\xff\xfe", b"x" * 7000) as process:
        found = details(process.pid)

    assert found.command is not None
    assert "two␊lines ⟨0xFF⟩⟨0xFE⟩ xxx" in found.command
    assert len(found.command) == 4000


def test_a_folder_that_was_deleted_is_told_and_belongs_to_no_work_tree(tmp_path: Path) -> None:
    folder = tmp_path / "gone"
    folder.mkdir()
    with running(cwd=folder) as process:
        folder.rmdir()
        found = details(process.pid)

    assert found.cwd == f"{folder} (deleted)"
    assert found.repository is None


def test_the_folder_of_a_container_is_not_looked_for_here() -> None:
    inside = ProcessDetails(pid=9, started=1.0, process="web", cwd=str(ROOT_FOLDER), container="3f4e5d6c7b8a")
    assert completed(inside).repository is None
    assert completed(msgspec.structs.replace(inside, container=None)).process == "web"


async def test_details_come_once_again_when_they_change_and_the_end_is_told_at_once(tmp_path: Path) -> None:
    code = f"import os; print(flush=True); input(); os.chdir({str(tmp_path)!r}); {SLEEPER}"
    with running(code) as process:
        assert process.stdin is not None
        request = ProcessRequest(pid=process.pid, started=started(process.pid))
        async with aclosing(watch(request, interval=0.01)) as batches:
            (first,) = await anext(batches)
            assert isinstance(first, ProcessDetails)
            assert first.cwd != str(tmp_path)
            process.stdin.write(b"\n")
            process.stdin.flush()
            (second,) = await anext(batches)
            assert isinstance(second, ProcessDetails)
            assert second.cwd == str(tmp_path)
            process.kill()
            assert [batch async for batch in batches] == [(Removed(of="process_details", name=str(process.pid)),)]


async def test_the_end_is_told_by_the_system_not_at_the_next_look() -> None:
    with running() as process:
        request = ProcessRequest(pid=process.pid, started=started(process.pid))
        async with aclosing(watch(request, interval=3600)) as batches:
            await anext(batches)
            process.kill()
            assert [batch async for batch in batches] == [(Removed(of="process_details", name=str(process.pid)),)]


async def problem_of(request: ProcessRequest) -> str:
    with pytest.raises(ProblemError) as raised:
        [batch async for batch in watch(request)]
    return raised.value.problem.code


async def test_a_process_that_has_ended_or_another_with_its_number_is_a_problem() -> None:
    with running() as process:
        began = started(process.pid)
        assert await problem_of(ProcessRequest(pid=process.pid, started=began - 1)) == "process_ended"
    assert await problem_of(ProcessRequest(pid=process.pid, started=began)) == "process_ended"


async def test_a_process_that_ends_while_its_details_are_read_is_a_problem(monkeypatch: pytest.MonkeyPatch) -> None:
    platform = this_platform()
    with running() as process:
        request = ProcessRequest(pid=process.pid, started=started(process.pid))

        def ends_first(pid: int) -> ProcessDetails:
            process.kill()
            process.wait(10)
            return real(pid)

        real = platform.process
        monkeypatch.setattr(platform, "process", ends_first)
        assert await problem_of(request) == "process_ended"


def test_numbers_that_no_process_has() -> None:
    for pid in (0x7FFF_FFFF, 4_194_305):
        with pytest.raises(ProcessLookupError):
            this_platform().process(pid)
    for pid in (0, -1):
        with pytest.raises(msgspec.ValidationError):
            msgspec.json.decode(f'{{"pid": {pid}, "started": 1.0}}'.encode(), type=ProcessRequest)


def test_kernel_threads_and_the_first_process_are_not_to_be_ended() -> None:
    first = details(1)
    assert (first.may_end, first.ancestors) == (False, ())
    assert first.end_refused is not None
    assert "everything else ends with it" in first.end_refused
    kernel = completed(msgspec.structs.replace(first, pid=77, process="kworker/0:1", command=None, manager="kernel"))
    assert kernel.end_refused == "kworker/0:1 (PID 77) is part of the kernel and no signal ends it."


def test_this_program_itself_is_not_to_be_ended() -> None:
    for pid in (os.getpid(), os.getppid()):
        refused = details(pid).end_refused
        assert refused is not None
        assert "is Lanscout itself" in refused


LOOK = """
import msgspec, sys
from net.platform import this_platform
pid = int(sys.argv[1])
try:
    print(msgspec.json.encode(this_platform().process(pid)).decode())
except OSError as error:
    print(type(error).__name__, error.strerror)
"""


def looking(pid: int, *prefix: str) -> str:
    """What ``prefix`` python sees of the process."""
    done = subprocess.run(
        [*prefix, sys.executable, "-c", LOOK, str(pid)], cwd=ROOT_FOLDER, capture_output=True, text=True, check=True
    )
    return done.stdout.strip()


NOBODY = ("setpriv", "--reuid=65534", "--regid=65534", "--clear-groups")
HIDDEN = ("unshare", "--mount", "sh", "-c", 'mount -t proc -o hidepid={} proc /proc && exec "$@"', "sh")


def hidden(level: int) -> tuple[str, ...]:
    return tuple(word.format(level) for word in HIDDEN)


@needs_root
def test_another_user_sees_the_command_but_neither_folder_nor_program_and_which_right_would_show_them() -> None:
    with running(SLEEPER, "--port=5000") as process:
        found = msgspec.json.decode(looking(process.pid, *NOBODY), type=ProcessDetails)

    assert found.command is not None
    assert found.command.endswith("--port=5000")
    assert (found.cwd, found.executable, found.missing_right) == (None, None, ROOT)


@needs_root
def test_root_without_ptrace_is_told_of_that_capability() -> None:
    prefix = ("setpriv", "--bounding-set=-sys_ptrace", "--inh-caps=-sys_ptrace")
    with running(SLEEPER, prefix=NOBODY) as process:
        assert msgspec.json.decode(looking(process.pid, *prefix), type=ProcessDetails).missing_right == PTRACE


@needs_root
@pytest.mark.parametrize("level", [1, 2])
def test_with_hidepid_a_foreign_process_is_hidden_not_ended(level: int) -> None:
    with running() as process:
        assert looking(process.pid, *hidden(level), *NOBODY) == f"PermissionError {HIDEPID}"
    assert looking(process.pid, *hidden(level), *NOBODY).startswith("ProcessLookupError")
