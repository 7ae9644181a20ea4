"""The words that every form of a report has in common."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Iterable

from diagnosis.records import Finding, Report, Severity
from net.records import Interface

SEVERITIES: tuple[Severity, ...] = ("error", "warning", "info", "ok")
_COUNTED: dict[Severity, tuple[str, str]] = {
    "error": ("error", "errors"),
    "warning": ("warning", "warnings"),
    "info": ("note", "notes"),
}
_SYSTEMS = {"linux": "Linux", "macos": "macOS", "windows": "Windows"}


def ordered(findings: Iterable[Finding]) -> list[Finding]:
    """The gravest first, then the surest."""
    certainties = ("proven", "likely", "possible")
    return sorted(findings, key=lambda each: (SEVERITIES.index(each.severity), certainties.index(each.certainty)))


def summary(findings: Iterable[Finding]) -> str:
    """How many of each severity, and the title of the gravest."""
    rows = ordered(findings)
    counts = Counter(finding.severity for finding in rows)
    told = [f"{counts[each]} {_COUNTED[each][counts[each] != 1]}" for each in _COUNTED if counts[each]]
    if not told:
        return "Nothing was found that keeps local traffic away."
    return f"{', '.join(told)}. {rows[0].title}"


def run_words(report: Report) -> str:
    """Where it was looked from, by whom, and with which version."""
    system = _SYSTEMS.get(report.system, report.system)
    rights = "with" if report.root else "without"
    return f"Looked from {report.host} ({system}) by {report.user}, {rights} root's rights, Lanscout {report.version}."


def moment(seconds: float) -> str:
    """Local time with its offset: ``2026-11-24 10:14:02 +0000``."""
    return time.strftime("%Y-%m-%d %H:%M:%S %z", time.localtime(seconds))


def clock(seconds: float) -> str:
    return time.strftime("%H:%M:%S", time.localtime(seconds))


def address_words(face: Interface) -> str:
    """Its addresses with prefixes; ``down`` where it is."""
    addresses = [
        address.address if address.prefix is None else f"{address.address}/{address.prefix}"
        for address in face.addresses
    ]
    return ", ".join([*([] if face.up else ["down"]), *addresses]) or "none"


def role_words(face: Interface) -> str:
    return ", ".join(role.label for role in face.roles) or "none"
