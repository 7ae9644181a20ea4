"""Ending real processes: TERM before KILL, never another one, and a reason for all that is refused."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from net.platform import this_platform
from net.platform.linux.pidfd import PidfdHold
from net.platform.psutil_hold import PsutilHold
from net.platform.system import SYSTEM
from net.ports.ending import watch
from net.ports.records import Ended, ProcessDetails
from net.requests import EndRequest
from tests.net.ports.processes import DEAF, SLEEPER, running
from tests.net.ports.test_process import NOBODY, ROOT_FOLDER, hidden, needs_root, started

pytestmark = pytest.mark.skipif(SYSTEM != "linux", reason="processes are held by pidfd here")
LAST_PID = Path("/proc/sys/kernel/ns_last_pid")


async def end(pid: int, began: float, *, kill: bool = False, patience: float = 5.0) -> Ended:
    ((ended,),) = [batch async for batch in watch(EndRequest(pid=pid, started=began, kill=kill), patience)]
    assert isinstance(ended, Ended)
    return ended


@pytest.fixture(params=[PidfdHold, PsutilHold])
def held(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """The platform with either way to hold a process: the one of this kernel, and that of the other systems."""
    monkeypatch.setattr(this_platform(), "hold", request.param)


@pytest.mark.usefixtures("held")
async def test_term_ends_a_process_and_kill_is_not_sent() -> None:
    with running() as process:
        ended = await end(process.pid, started(process.pid), kill=True)

    assert ended == Ended(
        pid=process.pid,
        process=ended.process,
        signal="TERM",
        gone=True,
        text=f"{ended.process} (PID {process.pid}) has ended after TERM.",
    )
    assert process.returncode in (-15, 0)  # psutil waits for its own child, and then nobody knows


@pytest.mark.usefixtures("held")
async def test_a_process_that_does_not_heed_term_stays_without_kill_and_ends_with_it() -> None:
    with running(DEAF) as process:
        began = started(process.pid)
        stays = await end(process.pid, began, patience=0.05)
        assert (stays.signal, stays.gone) == ("TERM", False)
        assert "is still there after 0.05 s" in stays.text
        assert process.poll() is None

        killed = await end(process.pid, began, kill=True, patience=0.05)
        assert (killed.signal, killed.gone) == ("KILL", True)


@pytest.mark.usefixtures("held")
async def test_another_process_of_that_number_gets_no_signal() -> None:
    with running() as process:
        began = started(process.pid)
        for other in (began - 0.01, began + 0.01, 0.0):
            ended = await end(process.pid, other, kill=True)
            assert (ended.signal, ended.gone) == ("none", True)
            assert "the number belongs to another one now" in ended.text
        assert process.poll() is None


@pytest.mark.usefixtures("held")
async def test_a_process_that_has_ended_already_is_told() -> None:
    with running() as process:
        began = started(process.pid)
    ended = await end(process.pid, began)
    assert (ended.signal, ended.gone) == ("none", True)
    assert ended.text == f"The process with PID {process.pid} has ended already; nothing was sent."


async def test_a_process_that_ends_between_look_and_signal_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    platform = this_platform()
    with running() as process:
        began = started(process.pid)

        def reads_last(pid: int) -> ProcessDetails:
            found = real(pid)
            process.kill()
            process.wait(10)
            return found

        real = platform.process
        monkeypatch.setattr(platform, "process", reads_last)
        ended = await end(process.pid, began)
    assert ended.gone


@pytest.mark.usefixtures("held")
async def test_the_first_process_is_refused_with_its_reason() -> None:
    ended = await end(1, started(1), kill=True)
    assert (ended.signal, ended.gone) == ("none", False)
    assert "everything else ends with it" in ended.text


async def test_this_program_itself_is_refused() -> None:
    ended = await end(os.getpid(), started(os.getpid()))
    assert ended.signal == "none"
    assert "is Lanscout itself" in ended.text


async def test_a_forwarder_is_refused_by_its_name_and_told_what_to_do_instead() -> None:
    rename = f"import ctypes; ctypes.CDLL(None).prctl(15, b'docker-proxy'); {SLEEPER}"
    with running(rename) as process:
        ended = await end(process.pid, started(process.pid))
        assert process.poll() is None
    assert (ended.process, ended.signal) == ("docker-proxy", "none")
    assert "Stop the container" in ended.text


async def test_what_may_start_it_again_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    platform = this_platform()
    with running() as process:
        began = started(process.pid)
        real = platform.process

        def managed(pid: int) -> ProcessDetails:
            found = real(pid)
            return ProcessDetails(
                pid=pid,
                started=found.started,
                process="nginx",
                manager="systemd",
                unit="nginx.service",
                stop="systemctl stop nginx.service",
            )

        monkeypatch.setattr(platform, "process", managed)
        ended = await end(process.pid, began)
    assert ended.text.endswith("systemd may start it again; systemctl stop nginx.service keeps it stopped.")


SCRIPT = """
import asyncio, sys
from net.platform import this_platform
from net.ports.ending import watch
from net.requests import EndRequest
async def main():
    request = EndRequest(pid=int(sys.argv[1]), started=float(sys.argv[2]), kill=True)
    async for (ended,) in watch(request, 0.1):
        print(ended.signal, ended.gone, ended.text)
asyncio.run(main())
"""


def ended_by(prefix: tuple[str, ...], pid: int, began: float) -> str:
    done = subprocess.run(
        [*prefix, sys.executable, "-c", SCRIPT, str(pid), repr(began)],
        cwd=ROOT_FOLDER,
        capture_output=True,
        text=True,
        check=True,
    )
    return done.stdout.strip()


@needs_root
def test_another_users_process_needs_that_users_rights() -> None:
    with running() as process:
        text = ended_by(NOBODY, process.pid, started(process.pid))
        assert process.poll() is None
    assert text.startswith("none False")
    assert "belongs to root" in text


@needs_root
def test_with_hidepid_a_foreign_process_is_left_alone_and_the_missing_right_said() -> None:
    with running() as process:
        text = ended_by((*hidden(2), *NOBODY), process.pid, started(process.pid))
        assert process.poll() is None
    assert text.startswith("none False Which process has PID")
    assert "hidepid" in text


REUSE = f"""
import asyncio, subprocess, sys, time
from net.platform import this_platform
from net.ports.ending import watch
from net.requests import EndRequest

def child():
    process = subprocess.Popen(
        [sys.executable, "-c", {SLEEPER!r}], stdin=subprocess.PIPE, stdout=subprocess.PIPE
    )
    process.stdout.readline()
    return process

async def main():
    first = child()
    request = EndRequest(pid=first.pid, started=this_platform().process(first.pid).started, kill=True)
    await asyncio.to_thread(time.sleep, 0)  # the thread that reads has its number, too
    first.kill()
    first.wait()
    for _ in range(100):
        with open("{LAST_PID}", "w") as last:
            last.write(str(first.pid - 1))
        second = child()
        if second.pid == first.pid:
            break
        second.kill()
        second.wait()
    async for (ended,) in watch(request):
        print(second.pid == first.pid, second.poll(), ended.signal, ended.gone, ended.text)
    second.kill()
    second.wait()

asyncio.run(main())
"""


@needs_root
@pytest.mark.skipif(not LAST_PID.exists(), reason="this kernel does not let the next process number be chosen")
def test_a_number_that_the_kernel_gave_to_a_later_process_is_refused() -> None:
    done = subprocess.run(
        ["unshare", "--pid", "--fork", "--mount-proc", sys.executable, "-c", REUSE],
        cwd=ROOT_FOLDER,
        capture_output=True,
        text=True,
        check=True,
    )
    assert done.stdout.startswith("True None none True The process with PID")
    assert "the number belongs to another one now" in done.stdout
