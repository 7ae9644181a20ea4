"""A host that returns with its SRV record claims it against the one that replaced it; one that moved does not."""

from __future__ import annotations

from discovery.bonjour.claims import CLAIM_LASTS, MOST_RIVALS, RETURNS_WITHIN, Claims
from discovery.records import Claimant, Service
from tests.discovery.bonjour.packets import Ear, announcement, labels, pointer, response

A, B = ("gamma.local.", 80), ("mallory.local.", 666)
HTTP = "_http._tcp"


def fought() -> Claims:
    claims = Claims()
    assert claims.take("x", A, B, 0)
    assert claims.take("x", B, A, 1)
    return claims


def test_a_service_that_moves_to_another_host_has_no_rival() -> None:
    claims = Claims()
    assert claims.take("x", A, B, 0)
    assert claims.take("x", B, A, RETURNS_WITHIN + 1)
    assert claims.rivals("x") == ()


def test_who_was_there_before_stands_again_and_the_other_is_a_rival_until_he_is_silent() -> None:
    claims = fought()
    assert claims.rivals("x") == (B,)
    assert not claims.take("x", A, B, 2)
    assert claims.settle(2 + CLAIM_LASTS) == set()
    assert claims.settle(3 + CLAIM_LASTS) == {"x"}
    assert claims.rivals("x") == ()


def test_a_rival_stands_once_the_other_is_silent() -> None:
    claims = fought()
    assert not claims.take("x", A, B, CLAIM_LASTS)
    assert claims.take("x", A, B, 2 + CLAIM_LASTS)
    assert claims.rivals("x") == ()


def test_rivals_are_few_however_many_names_a_sender_makes_up() -> None:
    claims = fought()
    for number in range(100):
        assert not claims.take("x", A, (f"h{number}.local.", 1), 2)
    assert len(claims.rivals("x")) == MOST_RIVALS


def test_two_hosts_in_turn_are_one_row_that_stays_and_names_both() -> None:
    ear = Ear()
    packets = {
        "gamma": announcement(b"Fought", HTTP, host="gamma", txt=b"\x05who=g", packed=(b"\x0a\x00\x00\x01",)),
        "mallory": announcement(b"Fought", HTTP, port=666, host="mallory", txt=b"\x05who=m"),
    }
    told: list[Service] = []
    for host in ("gamma", "mallory") * 6:
        ear.hear(packets[host])
        told += [record for record in ear.news() if isinstance(record, Service)]

    last = told[-1]
    assert (last.host, last.port, last.addresses, last.txt) == ("gamma.local.", 80, ("10.0.0.1",), {"who": "g"})
    assert last.also == (Claimant(host="mallory.local.", port=666, interfaces=("en0",)),)
    assert [one.host for one in told] == ["gamma.local.", "mallory.local.", "gamma.local."]

    ear.hear(response([pointer(labels(HTTP), (b"Fought", *labels(HTTP)), ttl=0)]))
    ear.news()
    ear.hear(packets["gamma"])
    (back,) = [record for record in ear.news() if isinstance(record, Service)]
    assert back.also == ()
