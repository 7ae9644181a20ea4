"""What several interfaces and families hear of one service is one row that says where it was heard."""

from __future__ import annotations

import time

from discovery.bonjour.catalogue import Catalogue
from discovery.records import Claimant, Service, ServiceType
from net.records import Record, Removed
from tests.discovery.bonjour.packets import Ear, announcement, labels, pointer, response

HTTP = "_http._tcp"


class House:
    """Several ears on one catalogue."""

    def __init__(self, *ears: Ear) -> None:
        self.catalogue = Catalogue()
        self.ears = ears
        for ear in ears:
            self.catalogue.add(ear, ear.heard)

    def news(self, later: float = 0) -> list[Record]:
        now = time.monotonic() + later
        for ear in self.ears:
            self.catalogue.changed(ear.heard.settle(ear.cache, now))
        return self.catalogue.news(now)

    def services(self, later: float = 0) -> list[Service]:
        return [record for record in self.news(later) if isinstance(record, Service)]


def test_a_service_heard_on_two_interfaces_is_one_row_with_both() -> None:
    en0, en5 = Ear(), Ear(interface="en5")
    house = House(en0, en5)
    en0.hear(announcement(b"NAS", HTTP, packed=(b"\x0a\x00\x00\x01",), subtypes=("_a",)))
    en5.hear(announcement(b"NAS", HTTP, packed=(b"\x0a\x00\x00\x02",), subtypes=("_b",)))

    listed, one = house.news()

    assert listed == ServiceType(type=HTTP, label="Web page (HTTP)", interfaces=("en0", "en5"))
    assert isinstance(one, Service)
    assert one.interfaces == ("en0", "en5")
    assert one.addresses == ("10.0.0.1", "10.0.0.2")
    assert one.subtypes == ("_a", "_b")


def test_a_goodbye_on_one_of_two_interfaces_takes_only_that_interface() -> None:
    en0, en5 = Ear(), Ear(interface="en5")
    house = House(en0, en5)
    en0.hear(announcement(b"NAS", HTTP, packed=(b"\x0a\x00\x00\x01",)))
    en5.hear(announcement(b"NAS", HTTP, packed=(b"\x0a\x00\x00\x02",)))
    house.news()

    en5.hear(response([pointer(labels(HTTP), (b"NAS", *labels(HTTP)), ttl=0)]))
    (one,) = house.services()

    assert (one.change, one.interfaces, one.addresses) == ("updated", ("en0",), ("10.0.0.1",))


def test_an_interface_that_vanishes_takes_what_only_it_has_heard() -> None:
    en0, en5 = Ear(), Ear(interface="en5")
    house = House(en0, en5)
    for ear in (en0, en5):
        ear.hear(announcement(b"both", HTTP))
    en5.hear(announcement(b"only en5", "_ssh._tcp"))
    house.news()

    house.catalogue.drop(en5)
    news = house.news()

    changes = {(one.name, one.change, one.interfaces) for one in news if isinstance(one, Service)}
    assert changes == {("both", "updated", ("en0",)), ("only en5", "removed", ("en5",))}
    assert Removed(of="type", name="_ssh._tcp") in news
    assert ServiceType(type=HTTP, label="Web page (HTTP)", interfaces=("en0",)) in news


def test_a_service_of_two_families_waits_a_moment_for_the_addresses_of_both() -> None:
    v4, v6 = Ear(), Ear(family="ipv6")
    house = House(v4, v6)
    v6.hear(announcement(b"NAS", HTTP, packed=(bytes(15) + b"\x01",)))
    assert house.services() == []

    v4.hear(announcement(b"NAS", HTTP, packed=(b"\x0a\x00\x00\x01",)))
    (one,) = house.services()
    assert (one.change, one.addresses, one.interfaces) == ("added", ("10.0.0.1", "::1"), ("en0",))


def test_a_service_of_one_family_is_told_after_that_moment() -> None:
    v4, v6 = Ear(), Ear(family="ipv6")
    house = House(v4, v6)
    v4.hear(announcement(b"NAS", HTTP))
    assert house.services() == []

    (one,) = house.services(later=0.35)
    assert (one.change, one.port) == ("added", 80)


def test_what_was_heard_last_counts_where_interfaces_differ() -> None:
    en0, en5 = Ear(), Ear(interface="en5")
    house = House(en0, en5)
    en0.hear(announcement(b"NAS", HTTP, port=80))
    house.news()
    en5.hear(announcement(b"NAS", HTTP, port=81, txt=b"\x03a=1"))

    (one,) = house.services()

    assert (one.change, one.port, one.txt) == ("updated", 81, {"a": "1"})
    assert (one.interfaces, one.also) == (("en5",), (Claimant(host="host.local.", port=80, interfaces=("en0",)),))


def test_one_name_of_two_hosts_on_two_links_is_the_first_alone_and_names_the_other() -> None:
    en0, en5 = Ear(), Ear(interface="en5")
    house = House(en0, en5)
    en0.hear(announcement(b"Printer", HTTP, port=631, host="printa", txt=b"\x04rp=a", packed=(b"\x0a\x00\x00\x01",)))
    house.news()
    en5.hear(announcement(b"Printer", HTTP, port=9999, host="printb", packed=(b"\x0a\x00\x05\x01",), subtypes=("_b",)))

    (one,) = house.services()

    assert (one.host, one.port, one.txt) == ("printa.local.", 631, {"rp": "a"})
    assert (one.addresses, one.interfaces, one.subtypes) == (("10.0.0.1",), ("en0",), ())
    assert one.also == (Claimant(host="printb.local.", port=9999, interfaces=("en5",)),)

    house.catalogue.drop(en0)
    (left,) = house.services()
    assert (left.host, left.port, left.addresses) == ("printb.local.", 9999, ("10.0.5.1",))
    assert (left.interfaces, left.also) == (("en5",), ())


def test_a_host_that_claims_a_name_in_one_family_alone_brings_no_address_of_the_other() -> None:
    v4, v6 = Ear(), Ear(family="ipv6")
    house = House(v4, v6)
    v6.hear(announcement(b"NAS", HTTP, host="gamma", packed=(bytes(15) + b"\x01",)))
    house.services(later=0.35)
    v4.hear(announcement(b"NAS", HTTP, port=666, host="mallory", packed=(b"\x0a\x00\x00\x66",)))

    (one,) = house.services()

    assert (one.host, one.port, one.addresses) == ("gamma.local.", 80, ("::1",))
    assert one.also == (Claimant(host="mallory.local.", port=666, interfaces=("en0",)),)


def test_a_type_without_a_row_in_the_table_has_no_label() -> None:
    ear = Ear()
    ear.hear(announcement(b"x", "_nobody-knows._udp"))

    assert House(ear).news()[0] == ServiceType(type="_nobody-knows._udp", label=None, interfaces=("en0",))


def test_another_ttl_is_no_news() -> None:
    en0, en5 = Ear(), Ear(interface="en5")
    house = House(en0, en5)
    for ear in (en0, en5):
        ear.hear(announcement(b"NAS", HTTP, packed=(b"\x0a\x00\x00\x01",)))
    (added,) = house.services()
    en5.heard.instances["nas._http._tcp.local."].ttl = 7
    en5.heard.instances["nas._http._tcp.local."].changed += 1

    house.catalogue.changed(["nas._http._tcp.local."])
    assert house.services() == []
    en5.heard.instances["nas._http._tcp.local."].port = 81
    house.catalogue.changed(["nas._http._tcp.local."])
    (updated,) = house.services()
    assert (added.change, updated.change, updated.ttl, updated.port) == ("added", "updated", 7, 81)
