"""The suite's own guards notice what they are for: a small suite that misbehaves is run beside this one."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.lab.host import CHECKOUT

MISBEHAVING = """
import asyncio, logging, signal, socket, threading
from net import tasks
from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QWidget

kept = []

def test_thread():
    threading.Thread(target=signal.pause, name="lost", daemon=True).start()

def test_socket():
    kept.append(socket.socket())

async def test_task():
    tasks.start(asyncio.sleep(60), "forgotten")

def test_log():
    logging.getLogger("net").warning("odd")

def test_window(qapp):
    kept.append(QWidget())

def test_timer(qapp):
    kept.append(QTimer())
    kept[-1].start(1000)

def test_log_judged_by_the_test(caplog):
    logging.getLogger("net").warning("odd")
"""
SAID = {
    "test_thread": "left behind: thread lost",
    "test_socket": "left behind: descriptor socket:",
    "test_task": "tasks left running: ['forgotten']",
    "test_log": "judge it: ['net: odd']",
    "test_window": "windows or timers left: ['<PySide6.QtWidgets.QWidget",
    "test_timer": "windows or timers left: ['<PySide6.QtCore.QTimer",
}


def _run(tmp_path: Path, program: str, **environment: str) -> subprocess.CompletedProcess[str]:
    (tmp_path / "test_it.py").write_text(program)
    options = ["-q", "-c", f"{CHECKOUT}/pyproject.toml", "--rootdir", str(tmp_path), "-p", "no:cacheprovider"]
    return subprocess.run(
        [sys.executable, "-m", "pytest", *options, "-p", "tests.conftest", str(tmp_path)],
        cwd=CHECKOUT,
        env={**os.environ, "COLUMNS": "200", **environment},
        check=False,
        capture_output=True,
        text=True,
    )


@pytest.fixture(scope="module")
def misbehaved(tmp_path_factory: pytest.TempPathFactory) -> str:
    """What a run of the misbehaving suite printed."""
    return _run(tmp_path_factory.mktemp("suite"), MISBEHAVING).stdout


@pytest.mark.parametrize("test", SAID)
def test_leaving_something_behind_fails(misbehaved: str, test: str) -> None:
    lines = [line for line in misbehaved.splitlines() if f"::{test} " in line]
    assert len(lines) == 1, misbehaved
    assert SAID[test] in misbehaved


def test_a_test_that_takes_caplog_judges_the_log_itself(misbehaved: str) -> None:
    assert "::test_log_judged_by_the_test" not in misbehaved


def test_a_required_lab_that_cannot_be_built_fails(tmp_path: Path) -> None:
    (tmp_path / "conftest.py").write_text((CHECKOUT / "tests/lab_tests/conftest.py").read_text())
    program = "def test_it(lab):\n    pass\n"
    assert "1 skipped" in _run(tmp_path, program, PATH="/nowhere", LANSCOUT_LAB="").stdout
    required = _run(tmp_path, program, PATH="/nowhere", LANSCOUT_LAB="required").stdout
    assert "LANSCOUT_LAB=required, but" in required
    assert "1 error" in required
