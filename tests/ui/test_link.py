from __future__ import annotations

import itertools
import json
import os
import signal
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from pytestqt.qtbot import QtBot

from net.records import Problem, Record, Removed
from net.requests import InterfaceRequest
from probe.messages import encode_tell
from ui import link as link_module
from ui.link import Link, Phase, Watch

MakeLink = Callable[[dict[str, Any]], Link]


def removed(name: str) -> dict[str, str]:
    return {"kind": "removed", "of": "interface", "name": name}


def names(records: tuple[Record, ...]) -> list[str]:
    return [record.name for record in records if isinstance(record, Removed)]


class Heard:
    """Collects what a watch says."""

    def __init__(self, watch: Watch) -> None:
        self.names: list[str] = []
        self.problems: list[Problem] = []
        self.ends = 0
        self.restarts = 0
        watch.batch.connect(lambda records: self.names.extend(names(records)))
        watch.problem.connect(self.problems.append)
        watch.ended.connect(self._end)
        watch.restarted.connect(self._restart)

    def _end(self) -> None:
        self.ends += 1

    def _restart(self) -> None:
        self.restarts += 1


def ask(link: Link, method: str = "interfaces.watch", *, again: bool = True) -> tuple[Watch, Heard]:
    watch = link.watch(method, InterfaceRequest(), again=again)
    return watch, Heard(watch)


def test_a_watch_asked_before_the_start_is_answered(qtbot: QtBot, make_link: MakeLink) -> None:
    link = make_link({"answers": {"interfaces.watch": [{"batch": [removed("en0"), removed("en1")]}]}})
    _, heard = ask(link)
    link.start()
    qtbot.waitUntil(lambda: heard.names == ["en0", "en1"])
    assert link.state.phase is Phase.CONNECTED
    assert link.hello is not None
    assert link.hello.host == "alpha"
    assert heard.restarts == 0


def test_answers_go_to_the_watch_they_belong_to(qtbot: QtBot, make_link: MakeLink) -> None:
    link = make_link({"answers": {"a": [{"batch": [removed("a")]}], "b": [{"batch": [removed("b")]}]}})
    link.start()
    (_, a), (_, b) = ask(link, "a"), ask(link, "b")
    qtbot.waitUntil(lambda: a.names == ["a"] and b.names == ["b"])


def test_a_killed_probe_is_restarted_and_its_watches_are_asked_again(qtbot: QtBot, make_link: MakeLink) -> None:
    link = make_link({"answers": {"interfaces.watch": [{"batch": [removed("en0")]}]}})
    states: list[Phase] = []
    link.state_changed.connect(lambda state: states.append(state.phase))
    link.start()
    watch, heard = ask(link)
    qtbot.waitUntil(lambda: heard.names == ["en0"])
    assert link.hello is not None
    first = link.hello.pid
    os.kill(first, signal.SIGKILL)
    qtbot.waitUntil(lambda: heard.names == ["en0", "en0"])
    assert watch.open
    assert heard.restarts == 1
    assert link.hello is not None
    assert link.hello.pid != first
    assert states == [Phase.STARTING, Phase.CONNECTED, Phase.RESTARTING, Phase.CONNECTED]


def test_what_must_not_happen_twice_ends_with_a_problem(qtbot: QtBot, make_link: MakeLink) -> None:
    link = make_link({"answers": {"send": [{"batch": [removed("x")]}, {"exit": 3}]}})
    link.start()
    watch, heard = ask(link, "send", again=False)
    qtbot.waitUntil(lambda: heard.ends == 1)
    assert [problem.code for problem in heard.problems] == ["probe_lost"]
    assert heard.names == ["x"]
    assert not watch.open


def test_delays_grow_and_the_last_words_are_told(
    qtbot: QtBot, make_link: MakeLink, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(link_module, "RESTART_SECONDS", (0.01, 0.02, 0.03))
    link = make_link({"hello": False, "stderr": ["first", "no such host <b>beta</b>\x1b[0m"], "exit": 255})
    delays: list[int] = []

    def note(state: link_module.LinkState) -> None:
        if state.phase is Phase.RESTARTING:
            delays.append(link._restart_timer.interval())

    link.state_changed.connect(note)
    link.start()
    qtbot.waitUntil(lambda: link.state.phase is Phase.FAILED, timeout=10_000)
    assert link.state.last_words == "no such host <b>beta</b>␛[0m"
    assert len(link.stderr_lines) == 2 * link_module.STILLBORN_LIMIT
    assert link._failures == link_module.STILLBORN_LIMIT - 1


def test_a_place_that_asks_the_person_is_not_tried_again_by_itself(qtbot: QtBot, make_link: MakeLink) -> None:
    link = make_link({"hello": False, "stderr": ["Request dismissed"], "exit": 126})
    link.place = "pkexec"
    link.start()
    qtbot.waitUntil(lambda: link.state.phase is Phase.FAILED)
    assert link.state.last_words == "Request dismissed"
    assert len(link.stderr_lines) == 1


def test_a_program_that_is_not_there_is_a_failure_with_its_reason(qtbot: QtBot) -> None:
    link = Link("local", command=lambda: ["/nonexistent/lanscout", "probe"])
    link.start()
    qtbot.waitUntil(lambda: link.state.phase is Phase.FAILED)
    assert link.state.text
    assert link.state.last_words
    link.close()


def test_an_unknown_place_is_a_failure(qtbot: QtBot) -> None:
    link = Link("moon:base")
    link.start()
    assert link.state.phase is Phase.FAILED
    assert "moon:base" in link.state.text
    link.close()


@pytest.mark.usefixtures("caplog")  # the log says what was not understood
@pytest.mark.parametrize(
    "garbage",
    ["not json", "[]", '{"id": "x"}', '{"id": 1, "batch": [{"kind": "unheard_of"}]}', "\x00\udcff", "{" * 5000],
)
def test_garbage_is_reported_and_the_next_line_still_counts(qtbot: QtBot, make_link: MakeLink, garbage: str) -> None:
    link = make_link({"answers": {"interfaces.watch": [{"raw": garbage.encode("utf-8", "replace").decode()},
                                                       {"batch": [removed("en0")]}]}})  # fmt: skip
    reports: list[str] = []
    link.garbled.connect(reports.append)
    link.start()
    _, heard = ask(link)
    qtbot.waitUntil(lambda: heard.names == ["en0"])
    assert len(reports) == link.garbled_count == 1


@pytest.mark.usefixtures("caplog")  # the log says what was not understood
def test_a_huge_line_is_skipped_whole(qtbot: QtBot, make_link: MakeLink, monkeypatch: pytest.MonkeyPatch) -> None:
    link = make_link({"answers": {"interfaces.watch": [{"size": 3_000_000}, {"batch": [removed("en0")]}]}})
    link._splitter._cap = 100_000
    link.start()
    _, heard = ask(link)
    qtbot.waitUntil(lambda: heard.names == ["en0"])
    assert link.garbled_count == 1


def test_late_lines_of_a_stopped_watch_are_dropped(qtbot: QtBot, make_link: MakeLink, tmp_path: Path) -> None:
    log = tmp_path / "log"
    late = {"after_stop": {"batch": [removed("late")]}}
    link = make_link({"log": str(log), "answers": {"a": [{"batch": [removed("a")]}, late],
                                                   "b": [{"batch": [removed("b")]}]}})  # fmt: skip
    link.start()
    watch, heard = ask(link, "a")
    qtbot.waitUntil(lambda: heard.names == ["a"])
    watch.stop()
    watch.stop()
    _, other = ask(link, "b")
    qtbot.waitUntil(lambda: other.names == ["b"])
    assert heard.names == ["a"]
    assert heard.ends == 0
    asked = [json.loads(line) for line in log.read_text().splitlines()]
    assert [line for line in asked if line.get("stop")] == [{"id": 1, "stop": True}]


def test_a_problem_ends_the_watch_and_it_is_not_asked_again(qtbot: QtBot, make_link: MakeLink) -> None:
    problem = {"kind": "problem", "code": "x", "subject": "en9", "text": "No.", "remedy": "None."}
    link = make_link({"answers": {"interfaces.watch": [{"problem": problem}]}})
    link.start()
    watch, heard = ask(link)
    qtbot.waitUntil(lambda: heard.ends == 1)
    assert [found.subject for found in heard.problems] == ["en9"]
    assert not watch.open
    assert not link._watches


def test_a_flood_leaves_the_event_loop_its_turn(
    qtbot: QtBot, make_link: MakeLink, monkeypatch: pytest.MonkeyPatch
) -> None:
    now = itertools.count(0, link_module.TURN_SECONDS / 8)
    link = make_link({"answers": {"interfaces.watch": [{"batch": [removed("en0")]}]}})
    link.start()
    _, heard = ask(link)
    qtbot.waitUntil(lambda: heard.names == ["en0"])
    monkeypatch.setattr(link_module, "monotonic", lambda: next(now))
    link._splitter.feed(encode_tell(1, batch=(Removed(of="interface", name="more"),)) * 100)
    link._drain()
    assert len(heard.names) == 9
    assert link._turn.isActive()
    qtbot.waitUntil(lambda: len(heard.names) == 101)
    assert not link._turn.isActive()


def test_closing_leaves_no_process(qtbot: QtBot, make_link: MakeLink) -> None:
    link = make_link({})
    link.start()
    qtbot.waitUntil(lambda: link.hello is not None)
    assert link.hello is not None
    pid = link.hello.pid
    link.close()
    link.close()
    with pytest.raises(ProcessLookupError):
        os.kill(pid, 0)
    assert link.state.phase is Phase.CLOSED


@pytest.mark.usefixtures("caplog")  # the log says what was not understood
def test_closing_ends_a_probe_that_does_not_listen(qtbot: QtBot, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(link_module, "CLOSE_MS", (50, 50, 2000))
    stubborn = "import signal,os;signal.signal(15,signal.SIG_IGN);print(os.getpid(),flush=True);signal.pause()"
    link = Link("local", command=lambda: [sys.executable, "-c", stubborn])
    said: list[str] = []
    link.garbled.connect(said.append)
    link.start()
    qtbot.waitUntil(lambda: bool(said))
    assert link._process is not None
    pid = link._process.processId()
    link.close()
    with pytest.raises(ProcessLookupError):
        os.kill(pid, 0)


def test_a_watch_asked_to_finish_says_its_last_words_and_ends(qtbot: QtBot, make_link: MakeLink) -> None:
    steps = [{"batch": [removed("en0")]}, {"after_finish": {"batch": [removed("last")]}}]
    link = make_link({"answers": {"interfaces.watch": steps}})
    link.start()
    watch, heard = ask(link)
    qtbot.waitUntil(lambda: heard.names == ["en0"])
    watch.finish()
    watch.finish()
    qtbot.waitUntil(lambda: heard.ends == 1)
    assert heard.names == ["en0", "last"]
    assert not watch.open
    watch.finish()


def test_a_watch_that_was_never_asked_finishes_at_once(qtbot: QtBot, make_link: MakeLink) -> None:
    link = make_link({})
    watch, heard = ask(link)
    watch.finish()
    assert (heard.ends, watch.open) == (1, False)
