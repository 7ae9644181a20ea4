"""The findings of the diagnosis, as typed records."""

from __future__ import annotations

from typing import Literal

from net.records import Key, Record
from net.verdict import Certainty

Severity = Literal["ok", "info", "warning", "error"]


class Finding(Record, frozen=True, kw_only=True):
    """What a check concluded.

    ``code`` names a row of resources/tables/findings.toml, from which ``title``, ``cause`` and ``remedy`` were made;
    ``evidence`` holds the values seen and how they were read, one sentence each; ``check`` names the check that found
    it, None where the finding is about the run.
    """

    code: str
    severity: Severity
    certainty: Certainty
    subject: str
    title: str
    evidence: tuple[str, ...]
    cause: str
    remedy: tuple[str, ...]
    check: str | None = None

    def key(self) -> Key:
        return Key("finding", f"{self.code} {self.subject}")


class CheckState(Record, frozen=True, kw_only=True):
    """Where one check of a run stands; ``not_run``: the run leaves it out. ``sends``: whether it sends packets."""

    check: str
    title: str
    state: Literal["not_run", "running", "done", "failed"]
    seconds: float | None = None
    sends: bool = False

    def key(self) -> Key:
        return Key("check_state", self.check)


DiagnosisRecord = Finding | CheckState
