"""A publisher leaves no record behind that it told a link, and believes nobody from beyond it; without a network."""

from __future__ import annotations

from typing import NamedTuple

import pytest
from msgspec.structs import replace

from discovery.bonjour.compose import compose
from discovery.bonjour.hearing import HeardPacket
from discovery.bonjour.publisher import publisher as publishing
from discovery.bonjour.publisher.comparing import Identity, identity
from discovery.bonjour.publisher.publication import parse_publication
from discovery.bonjour.publisher.publisher import Publisher
from discovery.bonjour.publisher.site import Site
from discovery.bonjour.rdata import ANY, PTR, Opaque
from discovery.bonjour.restricted import Place
from discovery.bonjour.wire import AUTHORITATIVE, RESPONSE, Message, Question, decode
from discovery.requests import PublishRequest
from net.records import Address
from tests.discovery.bonjour.publisher.scene import INSTANCE, TYPE, latest, pointer_record, server_record
from tests.net.faces import LAN

REQUEST = PublishRequest(name="Dr. Web", type="_http._tcp", port=8080)
ANNOUNCED = 3.0
"""Seconds after which it is."""
RIVAL = compose(flags=RESPONSE | AUTHORITATIVE, answers=[server_record()])


class Sent(NamedTuple):
    message: Message
    destination: tuple[str, int] | None


class Wire:
    """In place of sockets: what is sent."""

    def __init__(self) -> None:
        self.sent: list[Sent] = []

    def open(self) -> None:
        """Nothing to open."""

    def close(self) -> None:
        """Nothing to close."""

    def send(self, payload: bytes) -> None:
        self.sent.append(Sent(decode(payload), None))

    def reply(self, payload: bytes, address: str, port: int) -> None:
        self.sent.append(Sent(decode(payload), (address, port)))

    def known(self) -> set[Identity]:
        """The records that whoever heard all of it still holds true, but for the NSEC records."""
        held: dict[Identity, int] = {}
        for message, _ in self.sent:
            held |= {identity(record): record.ttl for record in message.answers}
        return {record for record, ttl in held.items() if ttl}


class Scene:
    """A publisher at interfaces en0 and en5, whose sites do not open sockets."""

    def __init__(self, request: PublishRequest = REQUEST, names: tuple[str, ...] = ("en0", "en5")) -> None:
        self.publisher = Publisher(request, parse_publication(request))
        self.wires = {name: Wire() for name in names}
        self.sites = {name: self._site(index, name) for index, name in enumerate(names, 2)}

    def _site(self, index: int, name: str) -> Site:
        place = Place(interface=name, index=index, family="ipv4", address="192.168.1.23")
        site = Site(place, LAN, self.publisher._heard, self.publisher._sent, latest)
        site._exchange = self.wires[name]  # type: ignore[assignment]
        site.claim_for(self.publisher._publication, 0.0)
        self.publisher._sites[place] = site
        return site

    def announce(self, name: str = "en0") -> Site:
        site = self.sites[name]
        while site.claim.due is not None and site.claim.due <= ANNOUNCED:
            site.turn(site.claim.due)
        assert site.claim.announced
        assert self.wires[name].known()
        return site

    def hear(self, payload: bytes, name: str = "en0", *, source: str = "192.168.1.20", unicast: bool = False) -> None:
        self.publisher._heard(
            self.sites[name], HeardPacket(0.0, name, "ipv4", source, 5353, 255, payload, unicast=unicast)
        )


async def test_a_name_that_is_given_up_on_one_link_is_withdrawn_on_the_others() -> None:
    scene = Scene()
    before = {identity(record) for record in scene.announce().records.unique[:2]}
    scene.hear(RIVAL, "en5")

    assert scene.publisher._publication.name == "Dr. Web (2)"
    assert not before & scene.wires["en0"].known()
    assert not [sent for sent in scene.wires["en5"].sent if sent.message.answers], "that link was told nothing"
    scene.publisher.close()
    assert scene.wires["en0"].known() == set()


async def test_a_conflict_without_another_name_withdraws_what_other_links_were_told() -> None:
    scene = Scene(replace(REQUEST, rename=False))
    scene.announce()
    scene.hear(RIVAL, "en5")

    assert scene.publisher.conflicted
    scene.publisher.close()
    assert scene.wires["en0"].known() == set()


@pytest.mark.parametrize(("source", "here"), [("192.168.1.23", True), ("fe80::1%en0", False), ("192.168.1.20", False)])
async def test_a_name_that_this_computer_holds_itself_is_told_apart(source: str, here: bool) -> None:
    scene = Scene()
    scene.publisher._own_addresses = frozenset({bytes((192, 168, 1, 23))})
    scene.hear(RIVAL, source=source)
    assert scene.publisher.held_here is here
    assert scene.publisher._state().held_here is here


async def test_who_is_contested_and_stopped_while_probing_again_withdraws_all_that_was_told() -> None:
    scene = Scene(names=("en0",))
    site = scene.announce()
    scene.hear(RIVAL)

    assert not site.claim.announced
    assert [record.state for record in scene.publisher.withdraw()] == ["withdrawn"]
    assert scene.wires["en0"].known() == set()


@pytest.mark.parametrize("opens", [True, False])
async def test_after_a_change_of_address_the_old_one_is_withdrawn_and_on_a_stop_all(
    monkeypatch: pytest.MonkeyPatch, opens: bool
) -> None:
    scene = Scene(names=("en0",))
    publisher, wire = scene.publisher, scene.wires["en0"]
    old = scene.announce()
    place = replace(old.place, address="192.168.1.99")
    monkeypatch.setattr(publishing, "places_to_publish", lambda known, request: ((place,), ()))
    monkeypatch.setattr(Site, "open", lambda site: _opened(site, wire) if opens else _refuse())
    changed = {"en0": replace(LAN, addresses=(Address(address="192.168.1.99", prefix=24),))}
    publisher.reconcile(changed)
    if not opens:  # an address that cannot be bound yet is tried again
        monkeypatch.setattr(Site, "open", lambda site: _opened(site, wire))
        publisher.reconcile(changed)

    (address,) = old.records.unique[2:]
    assert identity(address) not in wire.known()
    assert identity(old.records.unique[0]) in wire.known(), "what is still so stays"
    publisher.close()
    assert wire.known() == set()


def _opened(site: Site, wire: Wire) -> None:
    site._exchange = wire  # type: ignore[assignment]


def _refuse() -> None:
    raise OSError(99, "Cannot assign requested address")


async def test_what_could_not_be_withdrawn_is_withdrawn_the_next_time(monkeypatch: pytest.MonkeyPatch) -> None:
    scene = Scene(names=("en0",))
    site = scene.announce()
    with monkeypatch.context() as patch:
        patch.setattr(Wire, "send", lambda wire, payload: _refuse())
        site.say_goodbye()
    assert site.told
    site.say_goodbye()
    assert not site.told
    assert scene.wires["en0"].known() == set()


@pytest.mark.parametrize(("source", "name"), [("8.8.8.8", "Dr. Web"), ("192.168.1.20", "Dr. Web (2)")])
async def test_a_unicast_answer_from_beyond_the_link_takes_no_name(source: str, name: str) -> None:
    scene = Scene(names=("en0",))
    scene.hear(RIVAL, source=source, unicast=True)

    assert scene.publisher._publication.name == name


@pytest.mark.parametrize(("source", "deferred"), [("8.8.8.8", False), ("192.168.1.20", True)])
async def test_a_unicast_probe_from_beyond_the_link_keeps_no_name_from_us(source: str, deferred: bool) -> None:
    scene = Scene(names=("en0",))
    before = scene.sites["en0"].claim.due
    theirs = [server_record(65535), replace(server_record(), type=65535, rdata=Opaque(b"\xff"))]
    scene.hear(compose(questions=[Question(INSTANCE, ANY)], authorities=theirs), source=source, unicast=True)

    assert (scene.sites["en0"].claim.due != before) == deferred


@pytest.mark.parametrize(
    ("source", "unicast", "silenced"),
    [("8.8.8.8", True, False), ("192.168.1.20", True, False), ("192.168.1.20", False, True)],
)
async def test_only_an_answer_that_the_group_heard_makes_ours_needless(
    source: str, unicast: bool, silenced: bool
) -> None:
    scene = Scene(names=("en0",))
    site = scene.announce()
    scene.hear(compose(questions=[Question(TYPE, PTR)]))
    assert site.responder.due is not None
    scene.hear(compose(flags=RESPONSE | AUTHORITATIVE, answers=[pointer_record()]), source=source, unicast=unicast)

    assert (site.responder.due is None) == silenced


async def test_a_probe_asks_for_an_answer_by_multicast_which_every_socket_of_the_port_hears() -> None:
    scene = Scene(names=("en0",))
    scene.announce()
    probes = [sent.message for sent in scene.wires["en0"].sent if sent.message.authorities]

    assert len(probes) == 3
    assert not any(question.unicast for probe in probes for question in probe.questions)
