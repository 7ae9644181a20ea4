"""The report of a run as the text of a file: with the log of changes, and redacted unless all is to be told."""

from __future__ import annotations

from collections.abc import Sequence

import msgspec

from diagnosis.records import Report
from diagnosis.report.html import html
from diagnosis.report.markdown import markdown
from diagnosis.report.redacting import redacted
from net.multicast.records import NetworkChange
from probe.messages import encode_record

CHANGES_TOLD = 50
"""Changes of the network in a report: the newest."""


def written(report: Report, changes: Sequence[NetworkChange], form: str, *, tells_all: bool) -> str:
    """``report`` with the newest of ``changes`` (oldest first) as md, html or json."""
    left_out = max(0, len(changes) - CHANGES_TOLD)
    whole = msgspec.structs.replace(report, changes=tuple(changes[-CHANGES_TOLD:]), changes_left_out=left_out)
    told = whole if tells_all else redacted(whole)
    if form == "json":
        return encode_record(told).decode() + "\n"
    return html(told) if form == "html" else markdown(told)
