"""The records of a service: complete, with the TTLs and cache-flush bits of RFC 6762, in messages that fit."""

from __future__ import annotations

import pytest
from msgspec.structs import replace

from discovery.bonjour.names import META_QUERY
from discovery.bonjour.publisher.comparing import identity
from discovery.bonjour.publisher.packing import FITTING, responses
from discovery.bonjour.publisher.record_set import RecordSet, goodbye
from discovery.bonjour.rdata import AAAA, PTR, SRV, TXT, A, Text
from discovery.bonjour.wire import decode
from tests.discovery.bonjour.publisher.scene import ADDRESSES, HOST, INSTANCE, SUBTYPE, TYPE, WEB, records


def test_shared_records_have_no_cache_flush_bit_and_unique_ones_have_it() -> None:
    made = records()

    assert [(record.name, record.type, record.ttl, record.flush) for record in made.shared] == [
        (TYPE, PTR, 4500, False),
        (SUBTYPE, PTR, 4500, False),
        (META_QUERY, PTR, 4500, False),
    ]
    assert [(record.name, record.type, record.ttl, record.flush) for record in made.unique] == [
        (INSTANCE, SRV, 120, True),
        (INSTANCE, TXT, 4500, True),
        (HOST, A, 120, True),
        (HOST, AAAA, 120, True),
    ]


def test_a_probe_proposes_all_that_is_unique_without_cache_flush_bit() -> None:
    made = records()
    proposed = [record for name in made.claimed for record in made.proposed(name)]

    assert [record.type for record in proposed] == [SRV, TXT, A, AAAA]
    assert not any(record.flush for record in proposed)


def test_a_goodbye_withdraws_every_record_and_no_other() -> None:
    made = records()

    told = (*made.shared, *made.unique)
    gone = goodbye(told)

    assert [identity(record) for record in gone] == [identity(record) for record in told]
    assert {record.ttl for record in gone} == {0}
    assert not any(record.flush for record in gone), "a rival's record of the same name stays"


@pytest.mark.parametrize("count", [1, 60, 200])
def test_many_subtypes_go_in_as_many_messages_as_fit_and_none_is_lost(count: int) -> None:
    subtypes = tuple(f"_subtype-number-{number}".encode() for number in range(count))
    made = RecordSet(replace(WEB, subtypes=subtypes), ADDRESSES)
    answers = (*made.shared, *made.unique)
    messages = responses(answers, made.denials)

    assert all(len(message) <= FITTING for message in messages)
    assert [record.name for message in messages for record in decode(message).answers] == [
        record.name for record in answers
    ]


def test_a_record_too_large_for_one_frame_goes_alone() -> None:
    made = RecordSet(replace(WEB, txt=Text((), bytes(3000))), ADDRESSES)
    messages = responses((*made.shared, *made.unique), made.denials)

    assert [len(decode(message).answers) for message in messages if len(message) > FITTING] == [1]
    assert sum(len(decode(message).answers) for message in messages) == 7
