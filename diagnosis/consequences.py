"""Puts together what belongs together: a cause that was found takes in the silence that it explains."""

from __future__ import annotations

from collections.abc import Iterable

import msgspec

from diagnosis.records import Finding

SILENCE = ("bonjour_blocked", "bonjour_silent", "bonjour_one_way", "bonjour_isolated")
CONSEQUENCES: dict[str, tuple[str, ...]] = {
    "firewall_drops_bonjour": SILENCE,
    "reverse_path_drops": SILENCE,
    "address_in_use": SILENCE,
}
"""The findings that a finding about the same subject explains."""
CONSEQUENCE_CODES = frozenset(code for codes in CONSEQUENCES.values() for code in codes)
_WEIGHT = {"ok": 0, "info": 1, "warning": 2, "error": 3}


def explained(finding: Finding, others: Iterable[Finding]) -> Finding:
    """``finding``, or the one of ``others`` that explains it, with the evidence of both.

    A rule that was read and a silence that was heard prove each other; the graver severity of the two counts.
    """
    for cause in others:
        if cause.subject == finding.subject and finding.code in CONSEQUENCES.get(cause.code, ()):
            severity = max(cause.severity, finding.severity, key=_WEIGHT.__getitem__)
            return msgspec.structs.replace(
                cause, severity=severity, certainty="proven", evidence=cause.evidence + finding.evidence
            )
    return finding
