"""Which records of another host are the same, in conflict, or first in a tie."""

from __future__ import annotations

import pytest
from msgspec.structs import replace

from discovery.bonjour.names import parse_name
from discovery.bonjour.publisher.comparing import compare, conflict, identity, withdrawn
from discovery.bonjour.rdata import AAAA, HostAddress, Server
from discovery.bonjour.wire import ResourceRecord
from tests.discovery.bonjour.publisher.scene import (
    HOST,
    INSTANCE,
    address_record,
    answer,
    pointer_record,
    record,
    records,
    server_record,
)

MYPRINTER = parse_name("MyPrinter.local")
NONE: frozenset[bytes] = frozenset()


def test_the_example_of_the_rfc_the_greater_address_wins() -> None:
    """RFC 6762 section 8.2: 169.254.200.50 is lexicographically later than 169.254.99.200."""
    ours = [address_record(MYPRINTER, "169.254.200.50")]
    theirs = [address_record(MYPRINTER, "169.254.99.200")]

    assert compare(ours, theirs) > 0
    assert compare(theirs, ours) < 0


def test_the_type_decides_before_the_data_and_more_records_before_fewer() -> None:
    low, high = address_record(MYPRINTER, "1.1.1.1"), address_record(MYPRINTER, "250.1.1.1")
    newer = record(MYPRINTER, AAAA, HostAddress(bytes(16)))

    assert compare([newer], [high]) > 0
    assert compare([low, high], [low]) > 0
    assert compare([low], [low, high]) < 0
    assert compare([high, low], [low, high]) == 0


def test_names_in_the_data_are_compared_uncompressed() -> None:
    ours = server_record(host="alpha.local")
    theirs = server_record(host="alpha.locam")

    assert compare([ours], [theirs]) < 0


def test_the_cache_flush_bit_does_not_count_in_a_tie() -> None:
    ours = address_record(MYPRINTER, "1.1.1.1")

    assert compare([replace(ours, flush=False)], [ours]) == 0


def test_case_of_names_and_ttl_make_no_other_record() -> None:
    ours = server_record(host="Beta.local")

    assert identity(ours) == identity(replace(server_record(host="beta.LOCAL"), ttl=10))
    shouted = pointer_record(parse_name("_HTTP._tcp.local"), parse_name("dr\\. WEB._http._tcp.local"))
    assert identity(pointer_record()) == identity(shouted)
    assert identity(ours) != identity(server_record(port=2))


@pytest.mark.parametrize("theirs", [server_record(port=1), address_record(HOST, "192.168.1.20")])
def test_other_data_under_our_name_and_type_is_a_conflict(theirs: ResourceRecord) -> None:
    for message in (answer(theirs), answer(pointer_record(), additionals=[theirs])):
        found = conflict(records(), message, NONE)
        assert found is not None
        assert identity(found) == identity(theirs)


def test_no_conflict_are_our_own_data_goodbyes_shared_records_and_other_names() -> None:
    ours = records()
    harmless = [
        *ours.unique,
        replace(server_record(), ttl=0),
        pointer_record(target=parse_name("Other._http._tcp.local")),
        address_record(parse_name("beta.local"), "192.168.1.20"),
    ]

    assert conflict(ours, answer(*harmless), NONE) is None


def test_an_address_of_this_very_host_is_no_conflict() -> None:
    theirs = address_record(HOST, "10.66.0.1")

    assert conflict(records(), answer(theirs), frozenset((bytes((10, 66, 0, 1)),))) is None
    assert conflict(records(), answer(theirs), NONE) is not None


def test_a_goodbye_to_what_we_have_too_is_noticed() -> None:
    assert withdrawn(records(), answer(pointer_record(ttl=0)))
    assert not withdrawn(records(), answer(pointer_record(), replace(server_record(), ttl=0)))


def test_a_server_is_ours_only_with_our_host_and_port() -> None:
    ours = records().unique[0]

    assert ours.rdata == Server(0, 0, 8080, HOST)
    assert ours.name == INSTANCE
