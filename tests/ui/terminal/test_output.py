"""What is printed for people: on a pipe no line is wrapped or filled up, on a terminal both fit its width."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from ui.terminal import tables
from ui.terminal.output import Output

ROOT = Path(__file__).parents[3]
SENTENCE = "nothing is found and this is why " * 40
NAME = "x" * 400


def shown(output: Output) -> None:
    made = tables.table("Service", "Type")
    made.add_row(tables.cell(NAME), tables.cell("_http._tcp"))
    made.add_row(tables.cell("web"), tables.cell("_ipp._tcp"))
    output.say(SENTENCE)
    output.show(made)


def test_on_a_pipe_a_line_stays_a_line_without_blanks_at_its_end(capsys: pytest.CaptureFixture[str]) -> None:
    shown(Output(json=False))
    lines = capsys.readouterr().out.splitlines()
    assert lines == [
        SENTENCE.rstrip(),
        f"{'Service':400}  Type",
        f"{NAME}  _http._tcp",
        f"{'web':400}  _ipp._tcp",
    ]


def test_on_a_terminal_lines_fit_its_width(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys.stdout, "isatty", lambda: True)
    monkeypatch.setenv("COLUMNS", "80")
    monkeypatch.setenv("TERM", "dumb")
    shown(Output(json=False))
    assert max(map(len, capsys.readouterr().out.splitlines())) == 80


@pytest.mark.parametrize("words", ["ports", "ports --json", "bind 5000", "interfaces", "--help"])
def test_a_standard_output_that_is_closed_is_told_in_one_line(words: str) -> None:
    closed = ["sh", "-c", f"exec {sys.executable} main.py {words} >&-"]
    ended = subprocess.run(closed, cwd=ROOT, stderr=subprocess.PIPE, text=True, check=False, timeout=30)
    assert ended.returncode == 3
    assert ended.stderr == "The output could not be written: standard output is closed. Give it a place to go.\n"
