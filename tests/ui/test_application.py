from __future__ import annotations

import os
import signal
import sys
from pathlib import Path

import psutil
import pytest
from PySide6.QtCore import QProcess
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from ui.application import Reporter, SignalWatcher, place_of

MAIN = Path(__file__).parent.parent.parent / "main.py"


@pytest.mark.parametrize(
    ("words", "place"),
    [([], "local"), (["--on", "netns:alpha"], "netns:alpha"), (["--on=ssh:beta"], "ssh:beta"), (["--on=sudo"], "sudo")],
)
def test_the_place_is_read_off_the_words(words: list[str], place: str) -> None:
    assert place_of(words) == place


def test_what_nobody_caught_becomes_a_report(qapp: QApplication, caplog: pytest.LogCaptureFixture) -> None:
    reporter = Reporter(qapp)
    told: list[tuple[str, str]] = []
    reporter.failed.connect(lambda what, report: told.append((what, report)))
    try:
        int("x")
    except ValueError as error:
        reporter.take(type(error), error, error.__traceback__)
    assert told[0][0] == "ValueError: invalid literal for int() with base 10: 'x'"
    assert "Traceback" in told[0][1]
    assert "test_application.py" in told[0][1]
    assert caplog.records
    reporter.deleteLater()


def test_a_signal_arrives_in_the_loop(qapp: QApplication, qtbot: QtBot) -> None:
    before = signal.getsignal(signal.SIGTERM), signal.getsignal(signal.SIGINT)
    watcher = SignalWatcher(qapp)
    try:
        with qtbot.waitSignal(watcher.arrived):
            os.kill(os.getpid(), signal.SIGTERM)
    finally:
        watcher.close()
        watcher.deleteLater()
        signal.signal(signal.SIGTERM, before[0])
        signal.signal(signal.SIGINT, before[1])


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_signal_closes_the_whole_program_and_its_probe(qtbot: QtBot, number: signal.Signals) -> None:
    process = QProcess()
    process.start(sys.executable, [str(MAIN)])
    assert process.waitForStarted()
    program = psutil.Process(process.processId())
    qtbot.waitUntil(lambda: len(program.children()) == 1, timeout=10_000)
    probe = program.children()[0]
    qtbot.waitUntil(lambda: len(program.net_connections("all")) > 0, timeout=10_000)
    os.kill(program.pid, number)
    qtbot.waitUntil(lambda: process.state() == QProcess.ProcessState.NotRunning, timeout=10_000)
    assert process.exitCode() == 0
    assert not probe.is_running()
