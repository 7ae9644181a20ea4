"""Tests of probe.client: the same answers from elsewhere, and clear words when there is no elsewhere."""

from __future__ import annotations

import asyncio
from contextlib import aclosing

import pytest

from net.problems import ProblemError
from net.records import Interface
from net.requests import InterfaceRequest
from probe import client
from probe.places import PROGRAM, PlaceError, probe_command


async def _ask(place: str) -> list[str]:
    async with aclosing(client.ask(place, "interfaces.watch", InterfaceRequest(follow=False))) as batches:
        return [record.name async for batch in batches for record in batch if isinstance(record, Interface)]


async def test_a_probe_elsewhere_answers_as_this_process_does(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(client, "probe_command", lambda place: [*PROGRAM, "probe"])
    assert await _ask("ssh:elsewhere") == await _ask("local")


async def test_closing_early_ends_the_probe(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(client, "probe_command", lambda place: [*PROGRAM, "probe"])
    started = []
    create = asyncio.create_subprocess_exec

    async def remember(*command: str, **options: object) -> asyncio.subprocess.Process:
        started.append(await create(*command, **options))  # type: ignore[arg-type]
        return started[0]

    monkeypatch.setattr(asyncio, "create_subprocess_exec", remember)
    async with aclosing(client.ask("ssh:elsewhere", "traffic.watch", InterfaceRequest())) as batches:
        await anext(batches)
    assert started[0].returncode == 0


@pytest.mark.parametrize(
    ("command", "code", "words"),
    [
        (["/nonexistent/ssh"], "probe_unreachable", "/nonexistent/ssh is not installed"),
        (["sh", "-c", "echo Permission denied >&2; exit 255"], "probe_unreachable", "Permission denied"),
        (["sh", "-c", "exit 7"], "probe_unreachable", "exit code 7"),
        (["echo", "Welcome to the jump host"], "probe_unreachable", "Welcome"),
        (
            ["echo", '{"id":0,"hello":{"version":"1","system":"linux","host":"a","user":"b","root":false,"pid":1}}'],
            "probe_died",
            "exit code 0",
        ),
    ],
)
async def test_a_probe_that_cannot_be_reached_is_told_with_what_it_said(
    monkeypatch: pytest.MonkeyPatch, command: list[str], code: str, words: str
) -> None:
    monkeypatch.setattr(client, "probe_command", lambda place: command)
    with pytest.raises(ProblemError) as failure:
        await _ask("ssh:elsewhere")
    assert failure.value.problem.code == code
    assert words in failure.value.problem.text


async def test_an_unknown_place_lists_the_forms() -> None:
    with pytest.raises(ProblemError) as failure:
        await _ask("mars")
    assert failure.value.problem.code == "place_unknown"
    assert "netns:NAME" in failure.value.problem.remedy


@pytest.mark.parametrize(
    "place", ["ssh:-oProxyCommand=reboot", "netns:-x", "docker:--rm", "ssh:", "local:x", "", "sudo:x"]
)
def test_a_name_is_never_read_as_an_option(place: str) -> None:
    with pytest.raises(PlaceError):
        probe_command(place)
