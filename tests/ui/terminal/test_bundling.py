"""The verb bundle: findings with their sources, as text and as JSON lines, and its exit codes."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

from tests.diagnosis.bundle.build import ios_app

CHECKOUT = Path(__file__).resolve().parents[3]


def run(*words: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "main.py", "bundle", *words], cwd=CHECKOUT, capture_output=True, text=True, timeout=60,
        check=False,
    )  # fmt: skip


def test_findings_name_evidence_cause_remedy_and_source(tmp_path: Path) -> None:
    result = run(str(ios_app().write(tmp_path)), "--browses", "_ssh._tcp")
    assert result.returncode == 0
    for words in ("ERROR: _ssh._tcp is browsed, but not declared.", "NSBonjourServices is", "NoAuth", "remedy",
                  "Source: TN3179"):  # fmt: skip
        assert words in result.stdout


def test_json_lines_are_findings(tmp_path: Path) -> None:
    result = run(str(ios_app().write(tmp_path)), "--json", "--browses", "_ipp._tcp", "--multicast")
    lines = [json.loads(line) for line in result.stdout.splitlines()]
    assert [(line["kind"], line["code"], line["severity"]) for line in lines] == [("finding", "bundle_fits", "ok")]


def test_a_path_that_leads_nowhere_ends_with_3_and_wrong_use_with_2(tmp_path: Path) -> None:
    missing = run(str(tmp_path / "no.app"))
    assert (missing.returncode, missing.stdout) == (3, "")
    assert "No such file or directory" in missing.stderr
    assert run(str(tmp_path)).returncode == 2
    assert run("").returncode == 2
    result = run(str(ios_app().write(tmp_path)), "--browses", "http")
    assert result.returncode == 2
    assert "http is no Bonjour service type." in result.stderr
