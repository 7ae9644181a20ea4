"""Makes a Finding from its code and facts; the sentences stand in resources/tables/findings.toml."""

from __future__ import annotations

from diagnosis.records import Finding, Severity
from net.verdict import Certainty, Verdict
from resources.loader import finding_rows


def make_finding(
    code: str,
    subject: str,
    severity: Severity,
    certainty: Certainty,
    evidence: tuple[str, ...],
    **facts: object,
) -> Finding:
    """The Finding ``code`` about ``subject``; ``facts`` fill the braces of its row's sentences.

    Raises KeyError for a code without a row.
    """
    row = finding_rows()[code]
    values = {"subject": subject, **facts}
    return Finding(
        code=code,
        severity=severity,
        certainty=certainty,
        subject=subject,
        title=row.title.format(**values),
        evidence=evidence,
        cause=row.cause.format(**values),
        remedy=tuple(line.format(**values) for line in row.remedy),
    )


def unjudged(subject: str, evidence: str) -> Finding:
    """What a check returns where it could not look: ``subject`` cannot be seen, ``evidence`` is the sentence why.

    The run puts those of all checks together and names the questions that stay open.
    """
    return make_finding("not_checked", subject, "info", "proven", (evidence,), what="")


def finding_of(verdict: Verdict, severity: Severity) -> Finding:
    """What a test concluded, as a finding."""
    return Finding(
        code=verdict.code,
        severity=severity,
        certainty=verdict.certainty,
        subject=verdict.subject,
        title=verdict.text,
        evidence=verdict.evidence,
        cause=verdict.cause,
        remedy=verdict.remedy,
    )
