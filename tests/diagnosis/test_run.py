"""Tests of diagnosis.run: checks run side by side, and one that fails is a finding itself."""

from __future__ import annotations

import asyncio
from string import Formatter

import msgspec
import pytest

from diagnosis import run as module
from diagnosis.context import Context
from diagnosis.findings import make_finding, unjudged
from diagnosis.records import CheckState, Finding
from diagnosis.requests import DiagnoseRequest
from diagnosis.run import CHECKS, Check, run
from net.problems import ProblemError
from net.records import Record
from resources.loader import FindingRow, finding_rows


async def _healthy(context: Context) -> tuple[Finding, ...]:
    return ()


async def _telling(context: Context) -> tuple[Finding, ...]:
    return (make_finding("bonjour_silent", "en0", "warning", "possible", ("seen",), verdict="v", remedy="r"),)


async def _raising(context: Context) -> tuple[Finding, ...]:
    raise ZeroDivisionError("by design")


async def _hanging(context: Context) -> tuple[Finding, ...]:
    await asyncio.get_running_loop().create_future()
    raise AssertionError


def _only(monkeypatch: pytest.MonkeyPatch, **functions: object) -> None:
    checks = {name: Check(name, f"{name}?", passive=True, function=function) for name, function in functions.items()}  # type: ignore[arg-type]
    monkeypatch.setattr(module, "CHECKS", checks)
    monkeypatch.setattr(module, "PATIENCE", 0.1)


async def _records(**options: object) -> list[Record]:
    request = DiagnoseRequest(seconds=0.1, **options)  # type: ignore[arg-type]
    return [record async for batch in run(request) for record in batch]


def _codes(records: list[Record]) -> set[str]:
    return {record.code for record in records if isinstance(record, Finding)}


async def test_a_healthy_host_is_told_to_be_so_with_the_checks_that_were_run(monkeypatch: pytest.MonkeyPatch) -> None:
    _only(monkeypatch, one=_healthy, two=_healthy)
    records = await _records()
    assert _codes(records) == {"nothing_found"}
    assert records[-1].severity == "ok"  # type: ignore[attr-defined]
    assert "one, two" in records[-1].evidence[0]  # type: ignore[attr-defined]


async def _unseeing(context: Context) -> tuple[Finding, ...]:
    return (unjudged("rules", "nft: no right."),)


async def test_what_could_not_be_judged_is_told_once_and_is_not_called_fine(monkeypatch: pytest.MonkeyPatch) -> None:
    _only(monkeypatch, one=_healthy, two=_unseeing, three=_unseeing)
    told = [record for record in await _records() if isinstance(record, Finding)]
    assert [(each.code, each.certainty) for each in told] == [
        ("not_checked", "proven"),
        ("nothing_found_in_part", "likely"),
    ]
    assert (told[0].severity, told[0].evidence) == ("info", ("nft: no right.",))
    assert "two? (two) three? (three)" in told[0].cause
    assert told[1].evidence == ("Checks that could judge: one.",)


async def test_a_run_that_could_judge_nothing_calls_nothing_fine(monkeypatch: pytest.MonkeyPatch) -> None:
    _only(monkeypatch, one=_unseeing)
    assert _codes(await _records()) == {"not_checked"}


@pytest.mark.usefixtures("caplog")
async def test_a_check_that_raises_or_hangs_is_a_finding_and_the_others_go_on(monkeypatch: pytest.MonkeyPatch) -> None:
    _only(monkeypatch, raising=_raising, hanging=_hanging, telling=_telling)
    records = await _records()
    findings = [record for record in records if isinstance(record, Finding) and record.code == "check_failed"]
    failed = {record.subject: record.evidence for record in findings}
    assert failed == {"raising": ("ZeroDivisionError: by design",), "hanging": ("no answer within 0.2 s",)}
    assert "bonjour_silent" in _codes(records)
    states = {record.check: record.state for record in records if isinstance(record, CheckState)}
    assert states == {"raising": "failed", "hanging": "failed", "telling": "done"}


async def test_each_check_is_told_to_run_before_any_is_done(monkeypatch: pytest.MonkeyPatch) -> None:
    _only(monkeypatch, one=_healthy, two=_telling)
    records = await _records()
    assert [record.state for record in records[:2] if isinstance(record, CheckState)] == ["running", "running"]


async def test_only_the_checks_named_are_run(monkeypatch: pytest.MonkeyPatch) -> None:
    _only(monkeypatch, one=_telling, two=_raising)
    assert _codes(await _records(checks=("one",))) == {"bonjour_silent"}


async def test_an_unknown_check_lists_those_there_are() -> None:
    with pytest.raises(ProblemError) as failure:
        await _records(checks=("weather",))
    assert failure.value.problem.code == "check_unknown"
    assert "tunnel" in failure.value.problem.text


async def test_what_is_passive_sends_nothing() -> None:
    records = await _records(passive=True)
    states = {record.check: record.state for record in records if isinstance(record, CheckState)}
    assert states == {name: "done" if check.passive else "not_run" for name, check in CHECKS.items()}


def _facts(row: FindingRow) -> dict[str, str]:
    """A value for each brace in the sentences of a row."""
    texts = (row.title, row.cause, *row.remedy)
    names = {name for text in texts for _, name, _, _ in Formatter().parse(text) if name is not None}
    return dict.fromkeys(names - {"subject"}, "x")


@pytest.mark.parametrize("code", sorted(finding_rows()))
def test_every_finding_of_the_table_can_be_filled(code: str) -> None:
    finding = make_finding(code, "en0", "info", "likely", (), **_facts(finding_rows()[code]))
    assert finding.title
    assert finding.cause
    assert not any("{" in text for text in (finding.title, finding.cause, *finding.remedy))


async def test_a_run_says_which_checks_it_leaves_out_and_each_finding_its_check() -> None:
    records = [record async for batch in run(DiagnoseRequest(passive=True)) for record in batch]
    states = {each.check: (each.state, each.sends) for each in records if isinstance(each, CheckState)}
    assert (states["tunnel"], states["silence"]) == (("done", False), ("not_run", True))
    about_all = ("not_checked", "nothing_found", "nothing_found_in_part")
    found = [each for each in records if isinstance(each, Finding) and each.code not in about_all]
    assert all(each.check is not None and CHECKS[each.check].passive for each in found)


def _finding(code: str, check: str, **facts: object) -> Finding:
    found = make_finding(code, "en0", "warning", "likely", (code,), **facts)
    return msgspec.structs.replace(found, check=check)


def _silence() -> Finding:
    return _finding("bonjour_blocked", "silence", verdict="v", remedy="r")


def _dropping() -> Finding:
    return _finding("firewall_drops_bonjour", "firewall", way="in", rule="r", accept="a")


def test_of_two_causes_the_first_check_s_takes_in_the_silence() -> None:
    told = [_finding("reverse_path_drops", "reverse_path", source="s", way="w")]
    records = module._merged([(_silence(),), (_dropping(),)], told)
    codes = [[each.code for each in batch if isinstance(each, Finding)] for batch in records]
    assert codes == [["firewall_drops_bonjour"], ["firewall_drops_bonjour"]]
    assert records[1][0].evidence == ("firewall_drops_bonjour", "bonjour_blocked")  # type: ignore[attr-defined]


def test_a_cause_that_has_a_cause_itself_is_told_as_that_with_all_the_evidence() -> None:
    refused = _finding("lan_refused", "refusals", lans="en0")
    records = module._merged([(_silence(),), (_dropping(),)], [refused])
    found = [each for batch in records for each in batch if isinstance(each, Finding)]
    assert {each.code for each in found} == {"lan_refused"}
    evidence = ("lan_refused", "firewall_drops_bonjour", "bonjour_blocked")
    assert max((each.evidence for each in found), key=len) == evidence
