"""The findings of the diagnosis, as typed records."""

from __future__ import annotations

from typing import Literal

from net.multicast.records import NetworkChange
from net.records import Interface, Key, Record
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


class Barrier(Record, frozen=True, kw_only=True):
    """Something that can stand between a program's sockets and the wire on this host.

    ``layer`` is where it stands (net.platform.barriers.Layer), ``title`` and ``means`` say that in words from
    resources/tables/barriers.toml. ``state`` is the system's own word, ``count`` how many rules, filters or programs it
    has, ``evidence`` what was read, and ``command`` lists it. Not ``known``: ``why_unknown`` is the sentence on the
    right or program that is missing, or that no system tells; what is known of it stands there all the same.
    """

    layer: str
    title: str
    name: str
    state: str | None = None
    count: int | None = None
    evidence: str | None = None
    command: str
    means: str
    known: bool = True
    why_unknown: str | None = None

    def key(self) -> Key:
        return Key("barrier", f"{self.layer} {self.name}")


class Explanation(Record, frozen=True, kw_only=True):
    """What an error in a pasted text means: a row of resources/tables/known-errors.toml and where it was seen.

    ``matched`` is the first line that led to it, ``lines`` the numbers (from 1) of the first LINES_KEPT such lines and
    ``count`` how many there are. ``how``: the form of the line (``text``), one of the row's names (``name``), or only
    its number (``number``), which other domains and systems use too. ``checks`` are verbs that look for the causes.
    ``systems``: where the text occurs; ``verified``: its form and meaning were read in ``source`` or measured.
    """

    id: str
    title: str
    domain: str
    systems: tuple[str, ...]
    matched: str
    lines: tuple[int, ...]
    count: int
    how: Literal["text", "name", "number"]
    meaning: str
    causes: tuple[str, ...]
    remedies: tuple[str, ...]
    checks: tuple[str, ...]
    source: str
    verified: bool

    def key(self) -> Key:
        return Key("explanation", self.id)


class Explained(Record, frozen=True, kw_only=True):
    """The end of an explanation: of ``lines`` with text, how many were ``known`` and the first that were not.

    ``left_out``: lines beyond what is read of a text, ``cut``: lines whose end was not read.
    """

    lines: int
    known: int
    unknown: tuple[str, ...]
    left_out: int = 0
    cut: int = 0

    def key(self) -> Key:
        return Key("explained", "")


class Report(Record, frozen=True, kw_only=True):
    """A run of the checks with what a stranger needs to understand it.

    ``time`` is when the run began. ``changes`` are the last ones of the log of changes, oldest first, and
    ``changes_left_out`` counts those before; whoever keeps the log adds them. ``redacted`` is the sentence on what
    was taken out, None where nothing was.
    """

    time: float
    version: str
    system: str
    host: str
    user: str
    root: bool
    interfaces: tuple[Interface, ...] = ()
    checks: tuple[CheckState, ...] = ()
    findings: tuple[Finding, ...] = ()
    changes: tuple[NetworkChange, ...] = ()
    changes_left_out: int = 0
    redacted: str | None = None


DiagnosisRecord = Finding | Barrier | CheckState | Report | Explanation | Explained
