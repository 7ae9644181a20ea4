"""What is heard becomes services that appear, change and end, whatever the packets hold."""

from __future__ import annotations

import time
from typing import cast

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from zeroconf._dns import DNSService

from discovery.bonjour import heard
from discovery.bonjour.types import BrowsedType
from discovery.records import Service, ServiceType
from net.records import Record, Removed
from tests.discovery.bonjour.packets import (
    META,
    Ear,
    address,
    announcement,
    labels,
    pointer,
    response,
    service,
    text,
)

HTTP = "_http._tcp"
NAS = (b"NAS", *labels(HTTP))


def services(records: list[Record]) -> list[Service]:
    return [record for record in records if isinstance(record, Service)]


def test_an_announcement_in_one_packet_is_a_complete_service_at_once() -> None:
    ear = Ear()
    packed = (b"\xc0\xa8\x01\x14", b"\xfe\x80" + bytes(13) + b"\x01", b"\xfd\x66" + bytes(13) + b"\x20")

    ear.hear(announcement(b"NAS", HTTP, port=8080, txt=b"\x06path=/", packed=packed, subtypes=("_printer",)))

    told, one = ear.news()
    assert told == ServiceType(type=HTTP, label="Web page (HTTP)", interfaces=("en0",))
    assert isinstance(one, Service)
    assert (one.change, one.name, one.type, one.domain) == ("added", "NAS", HTTP, "local")
    assert (one.host, one.port, one.ttl) == ("host.local.", 8080, 120)
    assert one.addresses == ("192.168.1.20", "fd66::20", "fe80::1%en0")
    assert one.txt == {"path": "/"}
    assert one.subtypes == ("_printer",)
    assert one.interfaces == ("en0",)
    assert ear.news() == []


def test_an_incomplete_instance_is_held_back_for_a_moment_and_then_told_with_what_is_known() -> None:
    ear = Ear()
    ear.hear(response([pointer(labels(HTTP), NAS)]))
    assert services(ear.news()) == []

    (early,) = services(ear.news(later=0.35))
    assert (early.change, early.host, early.port, early.addresses) == ("added", None, None, ())

    ear.hear(response([service(NAS, labels("host"), 80), text(NAS, b"\0")]))
    (known,) = services(ear.news())
    assert (known.change, known.host, known.port) == ("updated", "host.local.", 80)

    ear.hear(response([address(labels("host"), b"\x0a\x42\x00\x02")]))
    (complete,) = services(ear.news())
    assert (complete.change, complete.addresses) == ("updated", ("10.66.0.2",))


def test_records_may_come_before_the_instance_is_known() -> None:
    ear = Ear()
    ear.hear(response([address(labels("host"), b"\x0a\x42\x00\x02"), text(NAS, b"\x03a=1")]))
    ear.hear(response([service(NAS, labels("host"), 80)]))
    ear.hear(response([pointer(labels(HTTP), NAS)]))

    (one,) = services(ear.news())
    assert (one.port, one.addresses, one.txt) == (80, ("10.66.0.2",), {"a": "1"})


def test_a_changed_port_text_or_address_is_an_update() -> None:
    ear = Ear()
    ear.hear(announcement(b"NAS", HTTP))
    ear.news()

    ear.hear(response([service(NAS, labels("host"), 81)]))
    (moved,) = services(ear.news())
    assert (moved.change, moved.port, moved.ttl) == ("updated", 81, 120)

    ear.hear(response([text(NAS, b"\x03a=2")]))
    (described,) = services(ear.news())
    assert (described.change, described.txt) == ("updated", {"a": "2"})

    ear.hear(response([service(NAS, labels("other"), 81), address(labels("other"), b"\x01\x02\x03\x04")]))
    (elsewhere,) = services(ear.news())
    assert (elsewhere.host, elsewhere.addresses) == ("other.local.", ("1.2.3.4",))


def test_a_record_outdated_by_a_cache_flush_does_not_win_over_the_one_that_replaced_it() -> None:
    ear = Ear()
    ear.hear(announcement(b"NAS", HTTP, port=80))
    ear.news()
    ear.hear(response([service(NAS, labels("host"), 81)]))
    name = f"NAS.{HTTP}.local."
    new = [one for one in ear.cache.async_all_by_details(name, 33, 1) if cast("DNSService", one).port == 81]
    later = time.monotonic() * 1000 + 5000
    ear.cache.async_mark_unique_records_older_than_1s_to_expire({(name, 33, 1)}, new, later)

    (one,) = services(ear.news())
    assert (one.port, one.ttl) == (81, 120)


def test_an_address_outdated_by_a_cache_flush_is_gone_after_its_second() -> None:
    ear = Ear()
    ear.hear(announcement(b"NAS", HTTP, packed=(b"\x0a\x00\x00\x01",)))
    ear.news()
    later = time.monotonic() + 5
    ear.cache.async_mark_unique_records_older_than_1s_to_expire({("host.local.", 1, 1)}, [], later * 1000)

    ear.heard.touch("host.local.", address=True)
    assert ear.news() == []

    (one,) = services(ear.news(later=6.5))
    assert (one.change, one.addresses) == ("updated", ())


def test_a_goodbye_for_an_address_takes_it_from_the_service() -> None:
    ear = Ear()
    ear.hear(announcement(b"NAS", HTTP, packed=(b"\x0a\x00\x00\x01", b"\x0a\x00\x00\x02")))
    ear.news()

    ear.hear(response([address(labels("host"), b"\x0a\x00\x00\x01", ttl=0)]))

    (one,) = services(ear.news())
    assert (one.change, one.addresses) == ("updated", ("10.0.0.2",))


def test_a_goodbye_removes_the_service_at_once_and_its_type_with_the_last() -> None:
    ear = Ear()
    ear.hear(announcement(b"NAS", HTTP))
    ear.hear(announcement(b"Other", HTTP))
    ear.news()

    ear.hear(response([pointer(labels(HTTP), NAS, ttl=0)]))
    (gone,) = ear.news()
    assert isinstance(gone, Service)
    assert (gone.change, gone.name, gone.port) == ("removed", "NAS", 80)

    ear.hear(response([pointer(labels(HTTP), (b"Other", *labels(HTTP)), ttl=0)]))
    assert Removed(of="type", name=HTTP) in ear.news()


def test_a_type_that_is_listed_stays_without_instances_until_it_is_withdrawn() -> None:
    ear = Ear()
    ear.hear(response([pointer(META, labels(HTTP))]))
    assert ear.news() == [ServiceType(type=HTTP, label="Web page (HTTP)", interfaces=("en0",))]
    ear.hear(announcement(b"NAS", HTTP))
    ear.hear(response([pointer(labels(HTTP), NAS, ttl=0)]))
    assert services(ear.news()) == []

    ear.hear(response([pointer(META, labels(HTTP), ttl=0)]))
    assert ear.news() == [Removed(of="type", name=HTTP)]


def test_a_service_that_is_withdrawn_and_announced_again_keeps_its_facts_until_the_new_ones_come() -> None:
    ear = Ear()
    ear.hear(announcement(b"NAS", HTTP, port=80))
    ear.news()

    ear.hear(response([pointer(labels(HTTP), NAS, 0), service(NAS, labels("host"), 80, 0), text(NAS, b"\0", 0)]))
    ear.hear(response([pointer(labels(HTTP), NAS)]))
    assert services(ear.news()) == []

    ear.hear(response([service(NAS, labels("host"), 81), text(NAS, b"\0")]))
    (one,) = services(ear.news())
    assert (one.change, one.port, one.addresses) == ("updated", 81, ("192.168.1.20",))


def test_names_differ_by_more_than_case() -> None:
    ear = Ear()
    ear.hear(announcement(b"NAS", HTTP))
    ear.hear(announcement(b"nas", "_HTTP._tcp"))

    assert [one.name for one in services(ear.news())] == ["NAS"]


def test_with_types_asked_for_nothing_else_is_told() -> None:
    ear = Ear([BrowsedType("_ipp._tcp")])
    ear.hear(response([pointer(META, labels(HTTP))]))
    ear.hear(announcement(b"NAS", HTTP))
    ear.hear(announcement(b"Printer", "_IPP._tcp", subtypes=("_universal",)))

    assert [(one.name, one.subtypes) for one in services(ear.news())] == [("Printer", ("_universal",))]


def test_with_a_subtype_asked_for_only_its_instances_are_told() -> None:
    ear = Ear([BrowsedType(HTTP, "_printer")])
    ear.hear(announcement(b"NAS", HTTP))
    ear.hear(announcement(b"Printer", HTTP, subtypes=("_Printer",)))

    (one,) = services(ear.news())
    assert (one.name, one.type, one.subtypes) == ("Printer", HTTP, ("_Printer",))

    ear.hear(response([pointer(labels(f"_printer._sub.{HTTP}"), (b"Printer", *labels(HTTP)), ttl=0)]))
    assert [one.change for one in services(ear.news())] == ["removed"]


def test_hostile_names_are_kept_as_they_are_and_told_apart() -> None:
    names = ["\u202etxt.exe", "<b>bold</b>", "a\nb\x1b[2J\x00", "x" * 63, "Dr. Web v1.2", "."]
    ear = Ear()
    for name in names:
        ear.hear(announcement(name.encode(), HTTP))

    assert sorted(one.name for one in services(ear.news())) == sorted(names)


def test_a_name_that_is_no_utf8_is_a_service_all_the_same() -> None:
    ear = Ear()
    ear.hear(announcement(b"bad \xff\xfe", HTTP, port=81))

    (one,) = services(ear.news())
    assert (one.name, one.port) == ("bad \ufffd\ufffd", 81)


def test_a_pointer_to_something_that_is_no_instance_of_its_type_is_no_service() -> None:
    ear = Ear()
    for target in (labels("evil"), (b"x", *labels("_ssh._tcp")), labels(HTTP), (b"x", b"example", b"com", b"")):
        ear.hear(response([pointer(labels(HTTP), target)]))
    ear.hear(response([pointer(META, labels("_a--b._tcp")), pointer(META, (b"x", b"y", b""))]))

    assert ear.news(later=1) == []


def test_a_text_record_as_large_as_a_packet_allows_is_kept() -> None:
    data = b"".join(b"\xffk%03d=" % number + b"x" * 250 for number in range(34))
    ear = Ear()
    ear.hear(announcement(b"NAS", HTTP, txt=data))

    (one,) = services(ear.news())
    assert len(one.txt) == 34


def test_a_host_cannot_make_this_program_keep_more_than_its_limits(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(heard, "MOST_INSTANCES", 5)
    monkeypatch.setattr(heard, "MOST_TYPES", 3)
    monkeypatch.setattr(heard, "MOST_PER_INSTANCE", 4)
    ear = Ear()
    for number in range(20):
        ear.hear(
            announcement(
                b"%d" % number, HTTP, subtypes=("_a",), packed=tuple(bytes(3) + bytes([n]) for n in range(1, 9))
            )
        )
    for number in range(20):
        ear.hear(announcement(b"0", HTTP, subtypes=(f"_s{number}",)))
        ear.hear(response([pointer(META, labels(f"_t{number}x._tcp"))]))

    found = services(ear.news())
    assert len(found) == 5
    assert max(len(one.subtypes) for one in found) == 4
    assert max(len(one.addresses) for one in found) == 4
    assert len(ear.heard.types) == 3
    assert ear.catalogue.limits == ("services", "types")


def test_text_records_together_have_a_limit(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(heard, "MOST_BYTES", 1000)
    ear = Ear()
    for number in range(20):
        ear.hear(announcement(b"%d" % number, HTTP, txt=b"\x64a=" + b"x" * 98))

    found = services(ear.news())
    assert len(found) == 20
    assert sum(bool(one.txt) for one in found) == 4
    assert ear.catalogue.limits == ("bytes",)


def test_too_many_types_are_not_called_too_many_services(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(heard, "MOST_TYPES", 3)
    ear = Ear()
    for number in range(5):
        ear.hear(announcement(b"a", f"_t{number}x._tcp"))

    assert len(services(ear.news())) == 3
    assert [heard.limit_text(limit) for limit in ear.catalogue.limits] == ["3 types"]


def test_what_ends_leaves_nothing_behind() -> None:
    ear = Ear()
    for number in range(10):
        ear.hear(announcement(b"%d" % number, HTTP, txt=b"\x03a=1", subtypes=("_a",)))
        ear.news()
    for number in range(10):
        ear.hear(response([pointer(labels(HTTP), (b"%d" % number, *labels(HTTP)), ttl=0)]))
        ear.news()

    state = ear.heard
    assert not state.instances
    assert not state.types
    assert not state._hosts
    assert not state._users_of_host
    assert not state._subtypes
    assert state._bytes == 0


@settings(suppress_health_check=[HealthCheck.too_slow], deadline=None)
@given(st.lists(st.binary(max_size=300), max_size=5))
def test_any_bytes_leave_it_working(packets: list[bytes]) -> None:
    ear = Ear()
    for packet in packets:
        ear.hear(packet)
        ear.news()
    ear.hear(announcement(b"NAS", HTTP))
    assert [one.name for one in services(ear.news())] == ["NAS"]


@settings(suppress_health_check=[HealthCheck.too_slow], deadline=None)
@given(st.data())
def test_a_damaged_announcement_leaves_it_working(data: st.DataObject) -> None:
    packet = bytearray(announcement(b"Damaged", HTTP, txt=b"\x06path=/", subtypes=("_printer",)))
    for _ in range(data.draw(st.integers(1, 8))):
        packet[data.draw(st.integers(0, len(packet) - 1))] = data.draw(st.integers(0, 255))
    ear = Ear()
    ear.hear(bytes(packet[: data.draw(st.integers(0, len(packet)))]))
    ear.news(later=1)
    ear.hear(announcement(b"NAS", HTTP))
    assert "NAS" in [one.name for one in services(ear.news())]
