"""The ledger keeps true TTLs and sightings apart, and names each end rightly."""

from __future__ import annotations

import pytest

from discovery.bonjour.compose import compose, text_of
from discovery.bonjour.hearing import HeardPacket
from discovery.bonjour.names import parse_name
from discovery.bonjour.rdata import ANY, PTR, SRV, TXT
from discovery.bonjour.wire import RESPONSE, TRUNCATED, ResourceRecord, decode
from discovery.records import HeardRecord
from tests.discovery.bonjour.link import BETA, GAMMA, WEB, Link, T, address, ends, pointer, server


@pytest.mark.parametrize("ttl", [1, 10, 120, 1124, 4500, 2**31])
def test_the_ttl_is_the_one_that_was_sent(ttl: int) -> None:
    link = Link()
    link.response(T, pointer(ttl=ttl))

    sighting = link.sighting(T, "PTR")
    assert (sighting.ttl, sighting.expires, sighting.ip_ttl) == (ttl, T + ttl, 255)
    assert (sighting.interface, sighting.family, sighting.source) == ("en0", "ipv4", BETA)


def test_hearing_it_again_counts_and_renews() -> None:
    link = Link()
    link.response(T, server())
    link.response(T + 60, server())

    sighting = link.sighting(T + 60, "SRV")
    assert (sighting.first, sighting.last, sighting.count, sighting.expires) == (T, T + 60, 2, T + 180)


def test_sightings_are_kept_apart_by_interface_family_source_and_unicast() -> None:
    link = Link()
    link.response(T, pointer())
    link.response(T, pointer(), interface="en5")
    link.response(T, pointer(), family="ipv6", source="fe80::1%en0")
    link.response(T, pointer(), source=GAMMA)
    link.response(T, pointer(), unicast=True)

    assert [(s.interface, s.source, s.unicast, s.ip_ttl) for s in link.record(T, "PTR").sightings] == [
        ("en0", BETA, False, 255),
        ("en5", BETA, False, 255),
        ("en0", "fe80::1%en0", False, 255),
        ("en0", GAMMA, False, 255),
        ("en0", BETA, True, None),
    ]


def test_case_of_a_name_makes_no_other_record_and_case_of_data_does() -> None:
    link = Link()
    link.response(T, pointer(name="_HTTP._tcp.local."))
    link.response(T, pointer(name="_http._tcp.local."))
    link.response(T, pointer(target="WEB._http._tcp.local."))

    news = link.ledger.news(T)
    assert [(record.name, len(record.sightings)) for record in news if isinstance(record, HeardRecord)] == [
        ("_HTTP._tcp.local.", 1),
        ("_http._tcp.local.", 1),
    ]


def test_known_answers_proposals_and_errors_are_no_sightings() -> None:
    link = Link()
    link.query(T, "_http._tcp.local.", PTR, pointer())
    link.query(T, WEB, ANY, proposed=(server(),))
    for flags in (RESPONSE | 3, RESPONSE | 1 << 11):
        payload = compose(flags=flags, answers=(pointer(),))
        link.ledger.take(HeardPacket(T, "en0", "ipv4", BETA, 5353, 255, payload), decode(payload))

    assert link.ledger.news(T) == ()
    assert len(link.ledger) == 0


def test_a_ttl_that_runs_out_is_an_expiry_at_its_time() -> None:
    link = Link()
    link.response(T, server(ttl=10))
    link.record(T, "SRV")

    assert link.ledger.news(T + 9.9) == ()
    sighting = link.sighting(T + 12, "SRV")
    assert (sighting.ended, sighting.ended_at) == ("expired", T + 10)


def test_a_goodbye_ends_it_after_a_second_and_not_elsewhere() -> None:
    link = Link()
    link.response(T, server())
    link.response(T, server(), interface="en5")
    link.response(T + 50, server(ttl=0))
    link.record(T + 50, "SRV")

    record = link.record(T + 51.5, "SRV")
    assert ends(record) == ["goodbye", None]
    assert record.alive
    assert (record.sightings[0].ttl, record.sightings[0].ended_at) == (0, T + 51)


def test_a_record_that_another_host_rescues_outlives_the_goodbye() -> None:
    link = Link()
    link.response(T, pointer())
    link.response(T, pointer(), source=GAMMA)
    link.response(T, pointer(), source=GAMMA, family="ipv6")
    link.response(T + 50, pointer(ttl=0))
    link.response(T + 50.5, pointer(), source=GAMMA)

    record = link.record(T + 60, "PTR")
    assert ends(record) == ["goodbye", None, None]
    assert record.sightings[2].expires == T + 4500


def test_without_a_rescue_a_goodbye_ends_it_for_all_on_that_interface() -> None:
    link = Link()
    link.response(T, pointer())
    link.response(T, pointer(), source=GAMMA)
    link.response(T + 50, pointer(ttl=0))

    assert ends(link.record(T + 60, "PTR")) == ["goodbye", "goodbye"]


def test_a_goodbye_to_what_was_never_heard_is_nothing() -> None:
    link = Link()
    for number in range(1000):
        link.response(T, pointer(f"never {number}._http._tcp.local.", ttl=0))
    link.response(T, server(), interface="en5")
    link.response(T, server(ttl=0))

    assert len(link.ledger) == 1
    assert link.sighting(T + 60, "SRV").ended is None


def test_a_cache_flush_ends_other_data_of_the_name_and_type_on_that_interface() -> None:
    link = Link()
    link.response(T, server(80), address())
    link.response(T, server(80), interface="en5")
    link.response(T + 30, server(81))
    link.ledger.news(T + 30)

    news = {each.data.split()[2]: each for each in link.ledger.news(T + 32) if isinstance(each, HeardRecord)}
    assert ends(news["80"]) == ["flushed", None]
    assert news["80"].sightings[0].ended_at == T + 31
    assert ends(link.record(T + 200, "SRV", "0 0 81 ")) == ["expired"]


def test_a_cache_flush_spares_the_same_message_the_last_second_and_what_is_heard_again() -> None:
    link = Link()
    link.response(T, address("10.0.0.1"), address("10.0.0.2"), address("10.0.0.3"))
    link.response(T + 30, address("10.0.0.1"), address("10.0.0.2"))
    link.response(T + 30.9, address("10.0.0.3"))

    for each in link.ledger.news(T + 40):
        assert isinstance(each, HeardRecord)
        assert ends(each) == [None]


def test_a_unique_record_does_not_flush_its_own_other_sightings() -> None:
    link = Link()
    link.response(T, server(), family="ipv6", source="fe80::1%en0")
    link.response(T, server(), unicast=True)
    link.response(T + 30, server())

    assert ends(link.record(T + 60, "SRV")) == [None, None, None]


def test_a_shared_record_is_not_flushed_by_another() -> None:
    link = Link()
    link.response(T, pointer())
    link.response(T + 30, pointer("other._http._tcp.local."))

    assert ends(link.record(T + 60, "PTR", "web")) == [None]


def test_an_interface_that_goes_ends_what_was_heard_there_alone() -> None:
    link = Link()
    link.response(T, pointer())
    link.response(T, pointer(), interface="en5")
    link.response(T, pointer(), family="ipv6", source="fe80::1%en0")
    link.ledger.interface_gone("en0", "ipv4", T + 5)

    record = link.record(T + 5, "PTR")
    assert ends(record) == ["interface_gone", None, None]
    assert record.sightings[0].ended_at == T + 5


def test_two_questions_without_an_answer_in_ten_seconds_end_it_as_unanswered() -> None:
    link = Link()
    link.response(T, server())
    link.response(T, server(), interface="en5")
    link.query(T + 10, WEB, SRV)
    link.query(T + 11, WEB, SRV)
    link.ledger.news(T + 11)

    record = link.record(T + 20.5, "SRV")
    assert ends(record) == ["unanswered", None]
    assert record.sightings[0].ended_at == T + 20


@pytest.mark.parametrize(
    ("why", "second"),
    [
        ("asked once", {"at": T + 21}),
        ("by unicast", {"at": T + 11, "unicast": True}),
        ("by legacy unicast", {"at": T + 11, "port": 40000}),
        ("more known answers follow", {"at": T + 11, "flags": TRUNCATED}),
        ("a question doubled", {"at": T + 10.1}),
    ],
)
def test_questions_that_need_not_be_answered_by_multicast_end_nothing(why: str, second: dict[str, float]) -> None:
    link = Link()
    link.response(T, server())
    link.query(T + 10, WEB, SRV)
    link.query(name=WEB, type_=SRV, **second)  # type: ignore[arg-type]
    link.ledger.news(T + 11)

    assert link.ledger.news(T + 30) == ()


def test_a_question_that_is_answered_or_says_what_it_knows_ends_nothing() -> None:
    link = Link()
    link.response(T, server(), pointer())
    for at in (T + 10, T + 11):
        link.query(at, WEB, SRV)
        link.query(at, "_http._tcp.local.", PTR, pointer())
    link.response(T + 11.1, server())
    for at in (T + 11.2, T + 11.9):
        link.query(at, WEB, SRV)

    for each in link.ledger.news(T + 30):
        assert isinstance(each, HeardRecord)
        assert ends(each) == [None]


def test_an_ended_record_that_is_heard_again_lives_again() -> None:
    link = Link()
    link.response(T, server(ttl=10))
    assert link.sighting(T + 20, "SRV").ended == "expired"
    link.response(T + 30, server(ttl=10))

    sighting = link.sighting(T + 31, "SRV")
    assert (sighting.ended, sighting.ended_at, sighting.count, sighting.first) == (None, None, 2, T)


def test_a_record_is_told_at_once_and_then_at_most_once_a_second() -> None:
    link = Link()
    told = 0
    for tenth in range(50):
        link.response(T + tenth / 10, pointer())
        told += len(link.ledger.news(T + tenth / 10))
    assert told == 5
    assert link.sighting(T + 10, "PTR").count == 50


def test_text_and_unknown_types_carry_their_data_as_hex_too() -> None:
    link = Link()
    link.response(T, ResourceRecord(parse_name(WEB), TXT, text_of((b"a=\xff",)), 4500))

    record = link.record(T, "TXT")
    assert record.data_hex == "0361" + "3dff"
    assert record.key().name == f"{WEB} TXT 03613dff"
