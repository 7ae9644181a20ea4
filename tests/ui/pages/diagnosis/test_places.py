from __future__ import annotations

import msgspec
import pytest

from diagnosis.run import CHECKS
from tests.ui.pages.diagnosis.scene import TUNNEL
from ui.pages.diagnosis.places import Place, place_of


@pytest.mark.parametrize(
    ("check", "code", "subject", "words", "page", "wanted"),
    [
        ("guests", "guests_take_multicast", "docker0", "Show interface", "interfaces", "docker0"),
        ("interfaces", "interface_down", "en5", "Show interface", "interfaces", "en5"),
        ("addresses", "address_refused", "192.168.1.5 on en0", "Show interface", "interfaces", "192.168.1.5"),
        ("impostors", "address_in_use", "en0", "Show interface", "interfaces", "en0"),
        ("reverse_path", "reverse_path_drops", "en0", "Show interface", "interfaces", "en0"),
        ("joined", "joined_elsewhere", "239.1.1.1", "Show group", "multicast", "239.1.1.1"),
        ("traffic", "heard_elsewhere", "239.1.1.1", "Show group", "multicast", "239.1.1.1"),
        ("hops", "ttl_ends_here", "239.1.1.1", "Show group", "multicast", "239.1.1.1"),
        ("snooping", "membership_forgotten", "239.1.1.1 on en0", "Test endurance", "multicast", "endurance"),
        ("limits", "memberships_full", "player (7)", "Show groups", "multicast", ""),
        ("buffers", "receive_buffer_full", "239.1.1.1 port 5000", "Show port", "ports", "5000"),
        ("mdns_port", "mdns_port_held", "5353", "Show port", "ports", "5353"),
        ("binding", "port_taken", "8080", "May I have it?", "ports", "bind 8080"),
        ("answering", "answers_differ", "5000", "Who answers?", "ports", "answers 5000"),
        ("mdns_rules", "mdns_rules_broken", "192.168.1.9", "Show broken rules", "bonjour", "lint"),
        ("resolving", "resolve_silent", "192.168.1.1", "Ask the DNS servers", "interfaces", "resolvers"),
        ("silence", "bonjour_silent", "en0", "Show Bonjour", "bonjour", "en0"),
    ],
)
def test_each_check_leads_to_the_page_that_shows_what_it_found(
    check: str, code: str, subject: str, words: str, page: str, wanted: str
) -> None:
    finding = msgspec.structs.replace(TUNNEL, check=check, code=code, subject=subject)
    assert place_of(finding) == Place(words, page, wanted)


def test_every_check_has_a_place() -> None:
    codes = {"refusals": "vpn_overrules_bound"}
    for name in CHECKS:
        finding = msgspec.structs.replace(TUNNEL, check=name, code=codes.get(name, "a_finding"))
        assert place_of(finding) is not None, name
