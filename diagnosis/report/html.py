"""A report as one HTML page that needs nothing else: no script, no link, light and dark."""

from __future__ import annotations

from html import escape

from diagnosis.records import CheckState, Finding, Report
from diagnosis.report.words import address_words, clock, moment, ordered, role_words, run_words, summary
from net.records import Interface
from net.text import visible

LINE_CAP = 4000
_STYLE = """
:root { color-scheme: light dark; --dim: #5f6b7d; --line: #dfe3e8; --error: #c2410c; --warning: #b26a00;
  --info: #0072b2; --ok: #0b7a5b; }
@media (prefers-color-scheme: dark) { :root { --dim: #98a2b3; --line: #323842; --error: #ff7a59; --warning: #e6a23c;
  --info: #56b4e9; --ok: #4cc38a; } }
body { font: 15px/1.5 system-ui, sans-serif; max-width: 60em; margin: 2em auto; padding: 0 1em; }
h1 { font-size: 1.4em; } h2 { font-size: 1.1em; margin: 2em 0 .4em; } h3 { font-size: 1em; margin: 1em 0 .2em; }
article { border-left: 4px solid var(--line); padding: .1em 0 .1em 1em; margin: 1.5em 0; }
article h2 { margin: 0; } .error { border-color: var(--error); } .warning { border-color: var(--warning); }
.info { border-color: var(--info); } .ok { border-color: var(--ok); } .dim { color: var(--dim); }
table { border-collapse: collapse; width: 100%; } li, td { overflow-wrap: anywhere; }
th, td { text-align: left; vertical-align: top; padding: .3em .8em .3em 0; border-bottom: 1px solid var(--line); }
"""


def html(report: Report) -> str:
    """The page; every text in it is escaped."""
    changes = [f"<li><time>{clock(change.time)}</time> {_text(change.text)}</li>" for change in report.changes]
    if report.changes_left_out:
        changes.append(f'<li class="dim">{report.changes_left_out} earlier changes are left out.</li>')
    parts = [
        '<!doctype html><html lang="en"><head><meta charset="utf-8"><title>Lanscout diagnosis</title>',
        "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'unsafe-inline'\">",
        f'<meta name="viewport" content="width=device-width"><style>{_STYLE}</style></head><body>',
        f"<h1>Lanscout diagnosis</h1><p><strong>{_text(summary(report.findings))}</strong></p>",
        f'<p class="dim">{_text(run_words(report))}<br>{moment(report.time)}</p>',
        *(_finding(finding) for finding in ordered(report.findings)),
        "<h2>Interfaces</h2><table><tr><th>name<th>what it is<th>addresses<th>roles</tr>",
        *(_interface(face) for face in report.interfaces),
        "</table>",
        f"<h2>What changed</h2><ul>{''.join(changes)}</ul>" if changes else "",
        f"<h2>Checks</h2><ul>{''.join(_check(state) for state in report.checks)}</ul>",
        f'<p class="dim">{_text(report.redacted)}</p>' if report.redacted is not None else "",
        "</body></html>",
    ]
    return "\n".join(filter(None, parts)) + "\n"


def _text(text: str) -> str:
    return escape(visible(text, LINE_CAP))


def _finding(finding: Finding) -> str:
    remedies = "".join(f"<li>{_text(remedy)}</li>" for remedy in finding.remedy)
    evidence = "".join(f"<li>{_text(each)}</li>" for each in finding.evidence)
    return (
        f'<article class="{finding.severity}"><h2>{finding.severity.capitalize()}: {_text(finding.title)}</h2>'
        f'<p class="dim">About {_text(finding.subject)}; {finding.certainty}.</p><p>{_text(finding.cause)}</p>'
        + (f"<h3>What to do</h3><ol>{remedies}</ol>" if remedies else "")
        + (f"<h3>What was seen</h3><ul>{evidence}</ul>" if evidence else "")
        + "</article>"
    )


def _interface(face: Interface) -> str:
    cells = (face.name, face.label, address_words(face), role_words(face))
    return f"<tr>{''.join(f'<td>{_text(cell)}</td>' for cell in cells)}</tr>"


def _check(state: CheckState) -> str:
    took = "" if state.seconds is None else f", {state.seconds:.1f} s"
    return f"<li>{_text(state.title)} {state.state.replace('_', ' ')}{took}</li>"
