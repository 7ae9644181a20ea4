"""getaddrinfo in a process of its own: its answer, its refusal, and that it is given up in time."""

from __future__ import annotations

import asyncio

import pytest

from net.resolvers import system_answer
from net.resolvers.system_answer import ask_system
from net.tasks import start, stop

HANGING = "import sys; sys.stdin.close(); import select; select.select([], [], [], 60)"


async def test_a_name_of_the_hosts_file_has_its_addresses() -> None:
    answer = await ask_system("localhost")
    assert answer.ok
    assert "127.0.0.1" in answer.addresses
    assert len(set(answer.addresses)) == len(answer.addresses)


async def test_a_refusal_keeps_the_code_of_getaddrinfo() -> None:
    # Longer than any name may be, so that nobody is asked.
    answer = await ask_system("x" * 300)
    assert not answer.ok
    assert answer.error is not None
    assert answer.problem is not None
    assert answer.problem.code == "resolve_system_failed"


async def test_silence_is_given_up(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(system_answer, "SCRIPT", HANGING)
    answer = await ask_system("printer.example", 0.1)
    assert (answer.ok, answer.error) == (False, "timeout")


async def test_a_process_that_dies_is_an_answer_too(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(system_answer, "SCRIPT", "raise SystemExit(3)")
    assert (await ask_system("printer.example")).error == "ended"


async def test_a_question_that_is_stopped_leaves_no_process(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(system_answer, "SCRIPT", HANGING)
    started = asyncio.Event()
    real = asyncio.create_subprocess_exec
    processes = []

    async def remembering(*words: str, **options: object) -> asyncio.subprocess.Process:
        process = await real(*words, **options)  # type: ignore[arg-type]
        processes.append(process)
        started.set()
        return process

    monkeypatch.setattr(asyncio, "create_subprocess_exec", remembering)
    asking = start(ask_system("printer.example"), "ask", log=False)
    await started.wait()
    await stop(asking)
    assert processes[0].returncode is not None
