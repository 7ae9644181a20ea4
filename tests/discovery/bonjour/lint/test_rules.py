"""Each rule of the table finds the packets that break it, and only those."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Iterable

import pytest

from discovery.bonjour.hearing import HeardPacket
from discovery.bonjour.lint.case import Case
from discovery.bonjour.lint.linter import Linter
from discovery.bonjour.lint.rules import RULES, Rules, broken, judge_packet
from discovery.bonjour.rdata import PTR, Pointer
from discovery.bonjour.wire import ResourceRecord, decode
from discovery.records import LintFinding
from resources.loader import lint_rules
from tests.discovery.bonjour.lint.golden import FORMAT, GOLDEN, LEGACY_QUERY, PLAIN
from tests.discovery.bonjour.lint.packets import BETA, WEB, response, text

LATER = 1e6


def findings(packets: Iterable[HeardPacket], rules: Rules = RULES) -> list[LintFinding]:
    linter = Linter(rules)
    for packet in packets:
        linter.take(packet, decode(packet.payload), own=False)
    return [record for record in linter.news(LATER) if isinstance(record, LintFinding)]


def codes(packets: Iterable[HeardPacket], rules: Rules = RULES) -> set[str]:
    return {finding.rule for finding in findings(packets, rules)}


def test_each_row_of_the_table_has_a_golden_pair_and_each_rule_a_row() -> None:
    assert set(GOLDEN) == set(lint_rules())
    assert RULES.codes() | set(FORMAT) == set(lint_rules())


@pytest.mark.parametrize("code", lint_rules())
def test_the_rule_finds_what_breaks_it_and_says_where(code: str) -> None:
    found = [finding for finding in findings(GOLDEN[code].breaks) if finding.rule == code]
    assert found
    row = lint_rules()[code]
    for finding in found:
        assert (finding.severity, finding.section, finding.title) == (row.severity, row.section, row.title)
        assert finding.evidence
        assert finding.subject
        size = len(finding.payload_hex) // 2
        assert 0 <= finding.start < finding.end <= size


@pytest.mark.parametrize("code", lint_rules())
def test_the_rule_lets_what_keeps_it_pass(code: str) -> None:
    assert code not in codes(GOLDEN[code].keeps)


@pytest.mark.parametrize("code", sorted(RULES.codes()))
def test_without_its_function_nothing_is_found(code: str) -> None:
    assert code not in codes(GOLDEN[code].breaks, RULES.without(code))


@pytest.mark.parametrize("code", lint_rules())
def test_no_error_is_found_beside_those_that_the_golden_packets_break(code: str) -> None:
    errors = {finding.rule for finding in findings(GOLDEN[code].keeps) if finding.severity == "error"}
    assert errors == set()


def test_a_packet_by_itself_names_what_it_breaks() -> None:
    assert broken(PLAIN, decode(PLAIN.payload)) == ()
    wrong = GOLDEN["response_id"].breaks[0]
    assert broken(wrong, decode(wrong.payload)) == ("response_id",)
    assert broken(LEGACY_QUERY, decode(LEGACY_QUERY.payload)) == ()
    assert wrong.source == BETA


def test_a_rule_that_a_message_breaks_hundreds_of_times_is_judged_fifty_times() -> None:
    many = [text(b"a=1", owner=(b"i%d" % number, *WEB[1:]), flush=False) for number in range(200)]
    strings = [text(*(b"=%d" % number for number in range(200)))]
    for packet, code in ((response(*many), "flush_missing"), (response(*strings), "txt_key_missing")):
        case = Case(packet, decode(packet.payload), own=False)
        found = Counter(code for code, _ in judge_packet(case, RULES))
        assert found[code] == 50
        assert code in broken(packet, decode(packet.payload))


def test_a_record_that_was_not_judged_to_the_end_does_not_count_as_sound() -> None:
    crowd = [text(b"=1", owner=(b"j%d" % number, *WEB[1:])) for number in range(60)]
    for packet in (response(*crowd), response(crowd[-1])):
        case = Case(packet, decode(packet.payload), own=False)
        assert "txt_key_missing" in {code for code, _ in judge_packet(case, RULES)}


def test_the_time_of_a_packet_made_to_cost_much_is_bounded() -> None:
    name = (b"\1" * 63,) * 3 + (b"\1" * 50, b"local")
    records = [ResourceRecord(name, PTR, Pointer(name[number % 3 :]), number + 1, flush=True) for number in range(550)]
    packet = response(*records)
    begun = time.process_time()
    findings([packet])
    broken(packet, decode(packet.payload))
    assert time.process_time() - begun < 0.1
