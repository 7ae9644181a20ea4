"""The verb that explains errors: from its words or from stdin, each error once, and what is not known."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

CHECKOUT = Path(__file__).resolve().parents[3]


def run(*words: str, given: str = "") -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "main.py", "explain", *words],
        cwd=CHECKOUT,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
        input=given,
    )


def test_a_code_is_explained_with_its_causes_remedies_and_verbs() -> None:
    result = run("PolicyDenied(-65570)")
    assert result.returncode == 0
    for words in ("kDNSServiceErr_PolicyDenied", "Causes", "1. ", "What to do", "Run now: lanscout", "Source: "):
        assert words in result.stdout


def test_a_negative_number_is_text_and_no_option() -> None:
    result = run("-65555", "--json")
    assert [json.loads(line).get("id") for line in result.stdout.splitlines()] == ["dns-sd-65555-noauth", None]


def test_lines_on_stdin_are_explained_once_each_with_what_is_not_known() -> None:
    result = run("-", given="hello\nerrno 48\nerrno 48\n")
    assert result.stdout.count("EADDRINUSE") == 1
    assert "Lines 2, 3, by the form of the line" in result.stdout
    assert "1 of 3 lines hold no error that is known here:\n  hello" in result.stdout


def test_nothing_known_is_said_and_ends_with_1() -> None:
    result = run("all", "is", "well")
    assert result.returncode == 1
    assert "1 of 1 lines hold no error that is known here:" in result.stdout


def test_an_empty_text_is_wrong_use() -> None:
    result = run("")
    assert result.returncode == 2
    assert "Paste a line of a log" in result.stderr
