"""A record counts as alive only where it itself is answered for."""

from __future__ import annotations

import pytest
from msgspec.structs import replace

from discovery.bonjour.compose import compose
from discovery.bonjour.hearing import HeardPacket
from discovery.bonjour.names import parse_name
from discovery.bonjour.origin import networks_of
from discovery.bonjour.rdata import NSEC, SRV, Absence, Server
from discovery.bonjour.verify import _Verifying
from discovery.bonjour.wire import RESPONSE, ResourceRecord
from discovery.requests import VerifyRequest
from tests.net.faces import LAN

WEB = parse_name("Web._http._tcp.local")
RECORD = ResourceRecord(WEB, SRV, Server(0, 0, 80, parse_name("beta.local")), 120, flush=True)
DENIAL = ResourceRecord(WEB, NSEC, Absence(WEB, ()), 120, flush=True)


ANSWER = compose(flags=RESPONSE, answers=[RECORD])
ANSWERS = pytest.mark.parametrize(
    ("answer", "flags", "interface", "time", "alive"),
    [
        (RECORD, RESPONSE, "en0", 101.0, True),
        (replace(RECORD, ttl=0), RESPONSE, "en0", 101.0, False),
        (replace(RECORD, rdata=Server(0, 0, 81, parse_name("beta.local"))), RESPONSE, "en0", 101.0, False),
        (DENIAL, RESPONSE, "en0", 101.0, False),
        (RECORD, 0, "en0", 101.0, False),
        (RECORD, RESPONSE, "en5", 101.0, False),
        (RECORD, RESPONSE, "en0", 99.0, False),
    ],
)


async def test_a_unicast_answer_counts_only_from_the_link() -> None:
    request = VerifyRequest(name="Web._http._tcp", type="SRV")
    for source, alive in (("8.8.8.8", False), ("192.168.1.20", True)):
        verifying = _Verifying(request, {"en0": networks_of(LAN)})
        verifying._began["en0"] = 100.0
        verifying.heard(HeardPacket(101.0, "en0", "ipv4", source, 5353, 255, ANSWER, unicast=True))
        assert bool(verifying._fresh) == alive


@ANSWERS
async def test_no_goodbye_other_data_denial_question_other_interface_or_earlier_packet_counts(
    answer: ResourceRecord, flags: int, interface: str, time: float, alive: bool
) -> None:
    verifying = _Verifying(VerifyRequest(name="Web._http._tcp", type="SRV", data="0 0 80 beta.local."), {})
    verifying._began["en0"] = 100.0
    verifying._sent["en0"] = 1
    payload = compose(flags=flags, answers=[answer])
    verifying.heard(HeardPacket(time, interface, "ipv4", "192.168.1.20", 5353, 255, payload))

    assert [(found.interface, found.ms) for found in verifying._fresh] == ([("en0", 1000.0)] if alive else [])
    assert len(verifying.dead()) == (not alive)
