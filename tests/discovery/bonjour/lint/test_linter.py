"""What the linter tells and how often, whom it takes for one host, and that it stays bounded."""

from __future__ import annotations

from collections.abc import Iterable

import pytest

from discovery.bonjour.compose import compose
from discovery.bonjour.hearing import HeardPacket
from discovery.bonjour.lint import linter as module
from discovery.bonjour.lint.bounded import Bounded
from discovery.bonjour.lint.linter import Linter
from discovery.bonjour.rdata import ANY, PTR, A
from discovery.bonjour.wire import decode
from discovery.records import Asked, HostScore, LintFinding
from net.records import Problem, Record
from tests.discovery.bonjour.lint.packets import (
    ANSWER,
    BETA,
    GAMMA,
    TYPE,
    address,
    ask,
    heard,
    pointer,
    query,
    response,
    service,
    text,
)

LATER = 1e6


def fed(packets: Iterable[HeardPacket], own: frozenset[str] = frozenset()) -> Linter:
    linter = Linter()
    for packet in packets:
        linter.take(packet, decode(packet.payload), packet.source in own)
    return linter


def findings(records: Iterable[Record], rule: str | None = None) -> list[LintFinding]:
    found = [record for record in records if isinstance(record, LintFinding)]
    return [record for record in found if rule is None or record.rule == rule]


def asked(linter: Linter) -> dict[tuple[str, str], Asked]:
    return {(row.source, row.type): row for row in linter.news(LATER) if isinstance(row, Asked)}


def wrong(at: float, *, source: str = BETA, interface: str = "en0") -> HeardPacket:
    return heard(compose(id=7, flags=ANSWER, answers=[address()]), at, source=source, interface=interface)


def test_a_finding_counts_up_in_one_row_with_the_newest_packet() -> None:
    second = heard(compose(id=8, flags=ANSWER, answers=[address()]), 5)
    (found,) = findings(fed([wrong(0), second]).news(LATER), "response_id")
    assert (found.count, found.first, found.last) == (2, 1000.0, 1005.0)
    assert bytes.fromhex(found.payload_hex) == second.payload
    assert found.payload_hex[2 * found.start : 2 * found.end] == "0008"
    assert found.evidence == "ID 8"


def test_rows_are_told_apart_by_offender_and_interface() -> None:
    linter = fed([wrong(0), wrong(0, source=GAMMA), wrong(0, interface="en5")])
    rows = {(row.offender, row.interface) for row in findings(linter.news(LATER), "response_id")}
    assert rows == {(BETA, "en0"), (GAMMA, "en0"), (BETA, "en5")}


def test_a_row_is_told_at_most_once_a_second_and_not_again_without_a_change() -> None:
    linter = fed([wrong(0)])
    assert findings(linter.news(1000.0), "response_id")
    assert linter.news(1000.1) == ()
    packet = wrong(2)
    linter.take(packet, decode(packet.payload), own=False)
    assert linter.news(1000.5) == ()
    assert findings(linter.news(1001.0), "response_id")[0].count == 2
    assert linter.news(1002.0) == ()


def test_a_clock_that_was_set_back_silences_nothing() -> None:
    linter = fed([wrong(0)])
    linter.news(1000.0)
    packet = wrong(-500)
    linter.take(packet, decode(packet.payload), own=False)
    assert findings(linter.news(500.0), "response_id")


def test_a_host_is_called_by_the_name_it_claims_for_its_own_address() -> None:
    linter = fed([response(address(BETA, "beta.local"), address("192.168.1.9", "proxy.local")), wrong(1, source=GAMMA)])
    scores = {row.source: row for row in linter.news(LATER) if isinstance(row, HostScore)}
    assert (scores[BETA].host, scores[GAMMA].host) == ("beta.local.", None)


def test_a_score_takes_each_broken_rule_once_and_never_falls_below_zero() -> None:
    types = [pointer(f"_x{number}._sctp.local", f"a._x{number}._sctp.local") for number in range(3)]
    (score,) = (row for row in fed([response(*types)]).news(1000.0) if isinstance(row, HostScore))
    assert (score.score, score.errors, score.warnings, score.packets) == (96, 0, 1, 1)
    broken = [heard(payload, number) for number, payload in enumerate((bytes(5), compose(flags=0xFFFF), bytes(13)))]
    awful = [response(pointer(flush=True), address("127.0.0.1"), address("0.0.0.0", flush=False), flags=0xF7FF)]
    far = [heard(packet.payload, port=9) for packet in awful]
    (low,) = (row for row in fed([*broken, *awful, *far]).news(LATER) if isinstance(row, HostScore))
    assert low.score == 0


BETA_SPEAKS = query(ask(), source=BETA, at=9)
"""A rival is one only while it is heard from."""


def test_two_addresses_of_one_host_are_no_conflict() -> None:
    both = (address(BETA, "beta.local"), address(GAMMA, "beta.local"))
    one, other = (response(*both, service(port=port), source=source) for port, source in ((80, BETA), (81, GAMMA)))
    assert not findings(fed([one, other, BETA_SPEAKS]).news(LATER), "name_conflict")


def test_two_interfaces_of_this_host_are_no_conflict() -> None:
    packets = [*(response(address(source, "alpha.local"), source=source) for source in (BETA, GAMMA)), BETA_SPEAKS]
    assert findings(fed(packets).news(LATER), "name_conflict")
    assert not findings(fed(packets, frozenset((BETA, GAMMA))).news(LATER), "name_conflict")


def test_one_host_with_two_ways_to_the_link_is_no_conflict() -> None:
    def says(source: str, at: float) -> HeardPacket:
        return response(address(source, "alpha.local"), service(host="alpha.local"), source=source, at=at)

    first = [response(address(source, f"{number}.local"), source=source) for number, source in enumerate((BETA, GAMMA))]
    assert not findings(fed([*first, says(BETA, 1), says(GAMMA, 2), says(BETA, 3)]).news(LATER), "name_fought_over")


def test_a_host_name_with_another_address_on_each_of_two_ways_to_the_link_is_not_fought_over() -> None:
    packets = [
        response(address(source, "alpha.local"), source=source, at=at) for at, source in enumerate((BETA, GAMMA) * 4)
    ]
    assert not findings(fed(packets).news(LATER), "name_fought_over")


def test_a_host_that_moved_to_another_address_is_no_conflict() -> None:
    packets = [response(address(source, "alpha.local"), source=source) for source in (BETA, GAMMA)]
    assert not findings(fed(packets).news(LATER), "name_conflict")


def test_the_same_name_on_two_links_is_no_conflict() -> None:
    one = response(address(BETA, "alpha.local"), source=BETA)
    other = heard(response(address(GAMMA, "alpha.local")).payload, source=GAMMA, interface="en5")
    assert not findings(fed([one, other, BETA_SPEAKS]).news(LATER), "name_conflict")


def test_a_name_that_was_given_up_is_no_conflict() -> None:
    claims = [response(address(source, f"{source[-1]}.local"), source=source) for source in (BETA, GAMMA)]
    goodbye = response(service(host="0.local", ttl=0), at=2)
    packets = [*claims, response(service(host="0.local"), at=1), goodbye]
    packets.append(response(service(host="1.local"), at=3, source=GAMMA))
    packets.append(BETA_SPEAKS)
    assert not findings(fed(packets).news(LATER), "name_conflict")


def test_who_asks_for_what_is_counted_by_kind_with_its_mean_interval() -> None:
    packets = [query(ask(unicast=True), at=0), query(ask(), at=1), query(ask(), at=4), query(ask(), at=4, source=BETA)]
    row = asked(fed(packets))[GAMMA, "PTR"]
    assert (row.name, row.multicast, row.unicast, row.interval) == ("_http._tcp.local.", 2, 1, 2.0)
    assert not row.answered
    assert asked(fed(packets))[BETA, "PTR"].interval is None


@pytest.mark.parametrize(
    ("answer", "expected"),
    [
        (response(pointer(), at=1), True),
        (response(pointer("_HTTP._tcp.local"), at=1), True),
        (response(pointer(ttl=0), at=1), False),
        (response(pointer("_ipp._tcp.local", "a._ipp._tcp.local"), at=1), False),
        (response(text(owner=TYPE), at=1), False),
        (heard(response(pointer()).payload, interface="en5"), False),
        (query(ask(), known=[pointer()], at=1), True),
    ],
)
def test_a_question_is_answered_by_a_record_of_its_name_and_type_heard_there(
    answer: HeardPacket, expected: bool
) -> None:
    assert asked(fed([query(ask()), answer]))[GAMMA, "PTR"].answered is expected


def test_any_record_answers_a_question_for_any_and_probes_are_no_questions() -> None:
    rows = asked(fed([query(ask("beta.local", ANY)), response(address())]))
    assert rows[GAMMA, "ANY"].answered
    assert asked(fed([query(ask("beta.local", ANY), proposed=[address(flush=False)])])) == {}


def test_what_finds_no_room_is_counted_and_said(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "MOST_FINDINGS", 5)
    monkeypatch.setattr(module, "MOST_QUESTIONS", 3)
    monkeypatch.setattr(module, "MOST_REMEMBERED", 100)
    packets = [wrong(number, source=f"10.0.{number // 250}.{number % 250}") for number in range(20)]
    packets += [query(ask(f"_x{number}._tcp.local", PTR)) for number in range(20)]
    records = fed(packets).news(LATER)
    (problem,) = (record for record in records if isinstance(record, Problem))
    assert problem.code == "lint_full"
    assert "17 questions not listed" in problem.text
    assert len(findings(records)) == 5
    assert len([record for record in records if isinstance(record, HostScore)]) == 5
    assert len([record for record in records if isinstance(record, Asked)]) == 3


def test_of_what_found_no_room_only_what_there_is_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "MOST_QUESTIONS", 3)
    linter = fed([query(ask(f"_x{number}._tcp.local", PTR)) for number in range(4)])
    (problem,) = (record for record in linter.news(LATER) if isinstance(record, Problem))
    assert problem.text == "There was more to judge than there is room for: 1 question not listed."
    for number in range(4, 1237):
        packet = query(ask(f"_x{number}._tcp.local", PTR))
        linter.take(packet, decode(packet.payload), own=False)
    (problem,) = (record for record in linter.news(LATER + 2) if isinstance(record, Problem))
    assert problem.text.endswith(": 1,234 questions not listed.")


def test_ten_thousand_bad_types_of_one_host_are_fifty_rows_and_a_problem() -> None:
    packets = [
        response(pointer("_services._dns-sd._udp.local", f"_much-too-long-{number}._tcp.local"), at=2.0 * number)
        for number in range(10_000)
    ]
    linter = fed(packets)
    records = linter.news(LATER)
    assert len({row.evidence for row in findings(records, "service_name_invalid")}) == 1
    (score,) = (record for record in records if isinstance(record, HostScore))
    assert score.errors == 1


def test_ten_thousand_bad_instances_of_one_host_are_fifty_rows_and_a_problem() -> None:
    packets = [response(text(owner=(b"\n%d" % number, *TYPE)), at=2.0 * number) for number in range(10_000)]
    records = fed(packets).news(LATER)
    assert len(findings(records, "instance_control")) == 50
    (problem,) = (record for record in records if isinstance(record, Problem))
    assert "9,950 breaches" in problem.text


def test_hostile_text_is_capped_and_visible() -> None:
    name = (b"<b>\xe2\x80\xae" + b"x" * 50, *[b"y" * 60] * 3)
    packets = [query(ask(name, A)), response(text(b"=" + b"z" * 250, owner=name))]
    for record in fed(packets).news(LATER):
        for value in (getattr(record, "subject", ""), getattr(record, "evidence", ""), getattr(record, "name", "")):
            assert len(value) <= 310
            assert "\u202e" not in value


def test_a_bounded_mapping_forgets_what_was_written_longest_ago() -> None:
    kept: Bounded[str, int] = Bounded(2)
    for key, value in (("a", 1), ("b", 2), ("a", 3), ("c", 4)):
        kept.put(key, value)
    assert list(kept.items()) == [("a", 3), ("c", 4)]
    assert kept.forgotten == 1


def test_a_thousand_services_of_fifty_hosts_find_room() -> None:
    linter = Linter()
    for place in range(2000):
        number, round_ = place % 1000, place // 1000
        host, source = f"host{number % 50}.local", f"10.0.0.{number % 50 + 1}"
        name = f"s{number}._http._tcp.local"
        told = (pointer(target=name), service(name, host), text(owner=name), address(source, host))
        packet = response(*told, source=source, at=round_ * 30 + number / 100)
        linter.take(packet, decode(packet.payload), own=False)
    records = linter.news(LATER)
    assert [record for record in records if isinstance(record, Problem)] == []
    assert {row.rule for row in findings(records)} <= {"record_repeated", "announced_unprobed"}
