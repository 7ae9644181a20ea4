"""A report without what should not be told."""

from __future__ import annotations

from typing import cast

import msgspec

from diagnosis.records import Report
from net.redaction import Redactor

WORDS_OF_OURS = frozenset(
    ("kind", "check", "code", "severity", "certainty", "state", "type", "family", "what", "scope")
)
"""Fields whose text is one of this program's own words."""


def redacted(report: Report) -> Report:
    """``report`` without MACs, public addresses, names of users, hosts and services, homes and secrets.

    The same name is the same stand-in throughout, so that what belongs together can still be seen.
    """
    redactor = Redactor((report.user,), (report.host,), _texts(msgspec.to_builtins(report)))
    clean = cast("dict[str, object]", _clean(msgspec.to_builtins(report), redactor))
    clean |= {"user": redactor.user(report.user), "host": redactor.host(report.host)}
    return msgspec.structs.replace(msgspec.convert(clean, Report), redacted=redactor.said())


def _texts(value: object) -> list[str]:
    if isinstance(value, str):
        return [value]
    if isinstance(value, dict):
        return [text for each in value.values() for text in _texts(each)]
    return [text for each in value for text in _texts(each)] if isinstance(value, list | tuple) else []


def _clean(value: object, redactor: Redactor) -> object:
    if isinstance(value, str):
        return redactor.text(value)
    if isinstance(value, dict):
        return {name: each if name in WORDS_OF_OURS else _clean(each, redactor) for name, each in value.items()}
    return [_clean(each, redactor) for each in value] if isinstance(value, list | tuple) else value
