from __future__ import annotations

import pytest
from msgspec.structs import replace

from discovery.records import Ended, HeardRecord
from net.records import Removed
from tests.ui.pages.bonjour.scene import SERVICES, records_of, service, sighting
from ui.pages.bonjour import records as records_module
from ui.pages.bonjour.records import RecordBook, instance_name

AT = 1000.0
PRINTER = SERVICES[2]


def book(*records: HeardRecord) -> RecordBook:
    made = RecordBook()
    assert made.take(records)
    return made


def test_the_records_of_a_service_are_found_by_its_names_whatever_their_case() -> None:
    shouted = replace(PRINTER, host="PRINTER.local.")
    made = book(*records_of(PRINTER, at=AT), *records_of(SERVICES[3], at=AT))
    assert [record.type for record in made.of(shouted)] == ["PTR", "SRV", "TXT", "A", "AAAA", "AAAA"]
    assert {record.name for record in made.of(shouted)} == {
        "_ipp._tcp.local.", "Drucker im Flur._ipp._tcp.local.", "printer.local.",
    }  # fmt: skip
    text = made.txt(PRINTER)
    assert text is not None
    assert text.type == "TXT"


def test_a_dot_in_an_instance_name_is_no_border_between_labels() -> None:
    dotted = service("Room 1.2 \\ left")
    assert instance_name(dotted) == "room 1\\.2 \\\\ left._http._tcp.local"
    assert len(book(*records_of(dotted, at=AT)).of(dotted)) == 5


def test_a_pointer_to_the_host_is_no_record_of_the_service() -> None:
    reverse = HeardRecord(name="40.1.168.192.in-addr.arpa.", type="PTR", data="printer.local.")
    assert reverse not in book(*records_of(PRINTER, at=AT), reverse).of(PRINTER)


@pytest.mark.parametrize("ended", ["goodbye", "expired", "flushed", "interface_gone", "unanswered"])
def test_what_ended_its_srv_record_is_why_a_service_is_gone(ended: Ended) -> None:
    assert book(*records_of(PRINTER, at=AT, ended=ended)).cause(PRINTER) == ended


def test_while_one_sighting_counts_nothing_is_the_cause() -> None:
    on = (sighting("en0", "192.168.1.40", 120, 30, at=AT), sighting("en5", "10.0.0.1", 120, 30, at=AT, ended="expired"))
    made = RecordBook()
    made.take([replace(records_of(PRINTER, at=AT)[1], sightings=on)])
    assert made.cause(PRINTER) is None
    assert RecordBook().cause(PRINTER) is None


def test_without_an_srv_record_the_pointer_tells() -> None:
    assert book(records_of(PRINTER, at=AT, ended="goodbye")[0]).cause(PRINTER) == "goodbye"


def test_a_record_that_is_removed_is_forgotten_with_its_names() -> None:
    made = book(*records_of(PRINTER, at=AT))
    for record in list(made.records.values()):
        made.take([Removed(of="heard_record", name=record.key().name)])
    assert made.of(PRINTER) == []
    assert made._named == {}


def test_where_there_is_no_room_what_ended_goes_first_and_the_rest_is_counted(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(records_module, "MOST_RECORDS", 6)
    made = book(*records_of(SERVICES[5], at=AT, ended="expired"))
    made.take(records_of(PRINTER, at=AT))
    assert len(made.records) == 6
    assert len(made.of(PRINTER)) == 6
    assert made.left_out == 4
    made.take(records_of(SERVICES[3], at=AT))
    assert made.of(SERVICES[3]) == []
    assert made.left_out == 9
    made.take([replace(records_of(PRINTER, at=AT)[1], sightings=())])
    assert made.left_out == 9, "what is known already needs no room"
