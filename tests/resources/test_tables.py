"""Every table loads, says where its facts come from, and has no row twice."""

from __future__ import annotations

import re
import string
import tomllib
from collections import Counter
from collections.abc import Hashable, Iterable
from pathlib import Path

import pytest

from resources import loader
from resources.loader import SourcedRow

TABLES = {path.stem: tomllib.loads(path.read_text(encoding="utf-8")) for path in sorted(loader.TABLES.glob("*.toml"))}
SOURCED: dict[str, tuple[SourcedRow, ...]] = {
    "interface kinds": loader.interface_kinds(),
    "service types": tuple(loader.service_types().values()),
    "multicast groups": loader.multicast_groups(),
    "port conflicts": loader.port_conflicts(),
}


def twice(keys: Iterable[Hashable]) -> list[Hashable]:
    return [key for key, count in Counter(keys).items() if count > 1]


@pytest.mark.parametrize("name", SOURCED)
def test_every_row_has_a_source(name: str) -> None:
    assert SOURCED[name]
    assert [row for row in SOURCED[name] if not row.source.strip()] == []


@pytest.mark.parametrize("name", TABLES)
def test_every_file_holds_one_table_and_a_head_that_explains_it(name: str) -> None:
    text = (loader.TABLES / f"{name}.toml").read_text(encoding="utf-8")
    assert text.startswith("# ")
    assert len(TABLES[name]) <= 1


def test_no_interface_kind_is_there_twice() -> None:
    assert twice((row.os, row.match, row.evidence) for row in loader.interface_kinds()) == []


def test_texts_of_interface_kinds_keep_within_25_words() -> None:
    assert [
        row for row in loader.interface_kinds() if max(len(row.means.split()), len(row.multicast.split())) > 25
    ] == []


def test_every_system_has_a_last_interface_kind_that_takes_the_rest() -> None:
    for system in ("macos", "linux", "windows", "ios", "android"):
        last = [row for row in loader.interface_kinds() if row.os == system][-1]
        assert (last.match, last.evidence, last.kind) == ("", "", "other")


def test_regular_expressions_of_the_tables_compile() -> None:
    for row in loader.interface_kinds():
        re.compile(row.match)
    for conflict in loader.port_conflicts():
        for process in conflict.process:
            re.compile(process)
        re.compile(conflict.command)
    for error in TABLES["known-errors"]["error"]:
        re.compile(error["pattern"])


def test_no_service_type_is_there_twice_and_each_is_a_type() -> None:
    rows = TABLES["service-types"]["service_type"]
    assert twice(row["type"].lower() for row in rows) == []
    assert [row["type"] for row in rows if not re.fullmatch(r"_[^.]+\._[^.]+(\._(tcp|udp))?", row["type"])] == []


def test_no_multicast_group_is_there_twice() -> None:
    assert twice((row.groups, row.ports, row.name) for row in loader.multicast_groups()) == []


def test_ports_of_the_tables_are_ports() -> None:
    groups = {port for row in loader.multicast_groups() for port in row.ports}
    assert [port for port in groups if not 0 < port < 65536] == []
    for row in loader.port_conflicts():
        numbers = map(int, row.ports.split("-")) if isinstance(row.ports, str) else row.ports
        assert all(0 < number < 65536 for number in numbers), row


def test_no_port_conflict_is_there_twice() -> None:
    assert twice((row.ports, row.protocol, row.os, row.process, row.cause) for row in loader.port_conflicts()) == []


@pytest.mark.parametrize("name", ["python3", "node", "java", "php", "ruby", "perl", "bun", "deno", "dotnet", "pythonw"])
def test_a_port_conflict_of_a_program_that_runs_anybodys_code_names_what_its_command_shows(name: str) -> None:
    for row in loader.port_conflicts():
        if row.when == "held" and any(re.fullmatch(process, name) for process in row.process):
            assert row.command, row
            assert not re.search(row.command, f"{name} "), row


def test_no_known_error_is_there_twice_and_each_pattern_finds_its_example() -> None:
    rows = TABLES["known-errors"]["error"]
    assert twice(row["id"] for row in rows) == []
    assert [row["id"] for row in rows if not row["source"].strip()] == []
    assert [
        row["id"] for row in rows if not any(re.search(row["pattern"], line) for line in row["example"].split("\n"))
    ] == []


def test_no_problem_is_there_twice_and_the_last_row_of_a_code_takes_the_rest() -> None:
    for code, rows in loader.problem_rows().items():
        assert twice((row.errno, row.os) for row in rows) == [], code
        assert (rows[-1].errno, rows[-1].os) == ((), ()), code


def test_no_finding_is_there_twice() -> None:
    assert twice(row["code"] for row in TABLES["findings"].get("finding", [])) == []


def test_sentences_of_problems_and_findings_have_named_braces_only() -> None:
    sentences = [text for rows in loader.problem_rows().values() for row in rows for text in (row.text, row.remedy)]
    for row in TABLES["findings"].get("finding", []):
        sentences += [row["title"], row["cause"], *row["remedy"]]
    for sentence in sentences:
        fields = [field for _, field, _, _ in string.Formatter().parse(sentence) if field is not None]
        assert all(field.isidentifier() for field in fields), sentence


def test_no_bundle_rule_is_there_twice_and_each_has_a_source_and_named_braces() -> None:
    rows = TABLES["bundle-rules"]["rule"]
    assert twice(row["code"] for row in rows) == []
    for row in rows:
        assert row["source"].strip()
        for sentence in (row["title"], row["cause"], *row["remedy"]):
            fields = [field for _, field, _, _ in string.Formatter().parse(sentence) if field is not None]
            assert all(field.isidentifier() for field in fields), sentence
            assert sentence.endswith("."), sentence
    assert set(loader.bundle_rules()) == {row["code"] for row in rows}


def test_no_change_is_there_twice_and_each_has_a_sentence_with_named_braces() -> None:
    rows = TABLES["changes"]["change"]
    assert twice(row["code"] for row in rows) == []
    for row in rows:
        fields = [field for _, field, _, _ in string.Formatter().parse(row["text"]) if field is not None]
        assert all(field.isidentifier() for field in fields), row
        assert row["text"].endswith(".") != row["code"].startswith("log_"), "phrases of the log are joined to one line"
    assert set(loader.change_rows()) == {row["code"] for row in rows}


def test_no_role_is_there_twice_and_each_has_a_badge_and_a_sentence_with_named_braces() -> None:
    rows = TABLES["roles"]["role"]
    assert twice(row["code"] for row in rows) == []
    for row in rows:
        fields = [field for _, field, _, _ in string.Formatter().parse(row["text"]) if field is not None]
        assert all(field.isidentifier() for field in fields), row
        assert row["text"].endswith(".")
        assert len(row["label"].split()) <= 3
    assert set(loader.role_rows()) == {row["code"] for row in rows}


def test_no_lint_rule_is_there_twice_and_each_says_what_was_broken_why_and_what_to_do() -> None:
    rows = TABLES["lint-rules"]["rule"]
    assert twice(row["code"] for row in rows) == []
    for row in rows:
        assert all(row[column].endswith(".") for column in ("title", "meaning", "remedy")), row
        assert re.fullmatch(r"RFC \d{4} §\d+(\.\d+)*(-\d+(\.\d+)*)?", row["section"]), row
        assert 0 <= row["cost"] <= 100, row
    assert set(loader.lint_rules()) == {row["code"] for row in rows}


def test_no_sentence_of_the_ladder_is_there_twice_and_its_braces_are_named() -> None:
    rows = TABLES["ladder"]["sentence"]
    assert twice(row["code"] for row in rows) == []
    for row in rows:
        sentences = (row["text"], row.get("remedy", ""))
        fields = [field for text in sentences for _, field, _, _ in string.Formatter().parse(text) if field is not None]
        assert all(field.isidentifier() for field in fields), row
    assert set(loader.ladder_rows()) == {row["code"] for row in rows}


def test_no_sentence_of_the_systems_view_is_there_twice_and_its_braces_are_named() -> None:
    rows = TABLES["system-view"]["sentence"]
    assert twice(row["code"] for row in rows) == []
    for row in rows:
        fields = [field for _, field, _, _ in string.Formatter().parse(row["text"]) if field is not None]
        assert all(field.isidentifier() for field in fields), row
        if row["code"].startswith("only_"):
            assert {"interface"} <= set(fields) <= {"interface", "reason"}, row
    assert set(loader.system_view_rows()) == {row["code"] for row in rows}


def test_no_sentence_of_devices_is_there_twice_and_each_is_used() -> None:
    rows = TABLES["devices"]["sentence"]
    assert twice(row["code"] for row in rows) == []
    code = "".join(
        path.read_text(encoding="utf-8") for path in (Path(__file__).parents[2] / "discovery" / "devices").glob("*.py")
    )
    for row in rows:
        fields = [field for _, field, _, _ in string.Formatter().parse(row["text"]) if field is not None]
        assert "value" in fields, row
        assert row["code"].startswith("by_") or f'"{row["code"]}"' in code, row
    assert set(loader.device_sentences()) == {row["code"] for row in rows}


def test_each_code_of_dns_sd_h_has_its_name_its_meaning_and_what_to_do() -> None:
    rows = loader.dns_sd_errors()
    assert set(rows) == set(range(-65572, -65536)) - {-65546}
    assert [row for row in rows.values() if not row.names[0].startswith("kDNSServiceErr_") or not row.remedies] == []
