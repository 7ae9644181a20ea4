"""The verb diagnose: the checks, what they found, and a report to hand on."""

from __future__ import annotations

import click

from diagnosis.records import CheckState, Finding, Report
from diagnosis.report.html import html
from diagnosis.report.markdown import markdown
from diagnosis.report.redacting import redacted
from diagnosis.requests import DiagnoseRequest
from net.records import Key
from probe.methods import Batch
from ui.terminal import tables
from ui.terminal.options import Amount, answering, common_options, interface_option
from ui.terminal.output import ANSWERED, NOTHING_FOUND, Output
from ui.terminal.running import run_watch


@click.command("diagnose")
@common_options
@interface_option
@click.option("--check", "checks", multiple=True, metavar="NAME", help="Only this check; may be given several times.")
@click.option("--passive", is_flag=True, help="Only the checks that send nothing and are quick.")
@click.option(
    "--port", "ports", multiple=True, type=click.IntRange(1, 65535), help="Could a program here listen on it?"
)
@click.option("--seconds", type=Amount(min=0), default=5.0, show_default=True, help="How long checks listen.")
@click.option("--markdown", "form", flag_value="markdown", help="As a report to hand on.")
@click.option("--html", "form", flag_value="html", help="As a report in one HTML page.")
@click.option("--no-redact", is_flag=True, help="Leave MACs, public addresses and names in the report.")
@answering
async def diagnose(
    output: Output,
    place: str,
    interfaces: tuple[str, ...],
    checks: tuple[str, ...],
    ports: tuple[int, ...],
    seconds: float,
    form: str | None,
    *,
    passive: bool,
    no_redact: bool,
) -> int:
    """All checks and what they found."""
    request = DiagnoseRequest(
        checks=checks,
        interfaces=interfaces,
        seconds=seconds,
        passive=passive,
        ports=ports,
        report=form is not None,
    )
    found: dict[Key, Finding] = {}
    reports: list[Report] = []

    def take(batch: Batch) -> None:
        findings = [record for record in batch if isinstance(record, Finding)]
        output.records(findings)
        found.update((finding.key(), finding) for finding in findings)
        reports.extend(record for record in batch if isinstance(record, Report))
        for state in batch:
            if isinstance(state, CheckState) and state.state == "failed":
                output.message(f"{state.title} This could not be checked.")

    await run_watch(place, "diagnosis.run", request, take)
    for report in reports:
        told = report if no_redact else redacted(report)
        output.text(html(told) if form == "html" else markdown(told))
    if form is None:
        for finding in found.values():
            output.show(tables.finding_text(finding))
    return ANSWERED if found else NOTHING_FOUND
