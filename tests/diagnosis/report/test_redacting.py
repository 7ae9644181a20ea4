"""Nothing that should not be told is left in a report, in whatever form it is written."""

from __future__ import annotations

from collections.abc import Callable

import msgspec
import pytest

from diagnosis.records import Report
from diagnosis.report.html import html
from diagnosis.report.markdown import markdown
from diagnosis.report.redacting import redacted
from probe.messages import encode_record
from tests.diagnosis.report.example import REPORT, SECRETS


def json(report: Report) -> str:
    return encode_record(report).decode().replace("\\\\", "\\")


def written(form: Callable[[Report], str], report: Report) -> str:
    """The text with what the form itself escapes undone."""
    return form(report).replace("\\\\ ", "\\ ") if form is markdown else form(report)


@pytest.mark.parametrize("form", [markdown, html, json])
@pytest.mark.parametrize("secret", SECRETS)
def test_each_secret_is_gone(form: Callable[[Report], str], secret: str) -> None:
    assert secret.casefold() not in written(form, redacted(REPORT)).casefold()


@pytest.mark.parametrize("secret", SECRETS)
def test_each_secret_was_there(secret: str) -> None:
    assert secret in json(REPORT)


def test_what_explains_the_trouble_stays_and_the_same_is_the_same() -> None:
    clean = redacted(REPORT)
    assert clean.interfaces[0].mac == "mac-1"
    assert [address.address for address in clean.interfaces[0].addresses] == [
        "192.168.1.23",
        "fe80::(mac-1)%en0",
        "public-address-1",
    ]
    evidence = clean.findings[1].evidence
    assert evidence[0].endswith("leads to utun3, source public-address-2.")
    assert evidence[1] == "node --token=[secret] ~/app.js of user-1 on host-2 has joined it."
    assert clean.changes[0].text == "utun3 up, took the default route from en0 (gateway public-address-2)"
    assert clean.findings[1].code == "tunnel_takes_multicast"
    assert clean.checks == REPORT.checks


def test_a_short_name_of_the_host_is_gone_where_it_stands_for_the_host() -> None:
    assert redacted(msgspec.structs.replace(REPORT, host="vm")).host == "host-1"


def test_it_is_said_what_was_taken_out() -> None:
    said = redacted(REPORT).redacted
    assert said is not None
    assert said.startswith("Redacted, by place: ")
    for kind in ("user name", "host name", "service name", "MACs", "public addresses", "1 secret"):
        assert kind in said
    assert REPORT.redacted is None
    assert said in markdown(redacted(REPORT))


def test_a_user_whose_name_is_a_word_of_ours_changes_no_word_of_ours() -> None:
    clean = redacted(msgspec.structs.replace(REPORT, user="warning", host="done"))
    assert (clean.findings[1].severity, clean.checks[0].state) == ("warning", "done")
