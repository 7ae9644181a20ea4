"""What scutil --dns prints, read in both of its parts."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from net.platform.macos import scutil
from tests.samples import sample, samples


def test_a_server_for_a_domain_is_supplemental_and_the_scoped_part_comes_last() -> None:
    found = scutil.parse(sample("macos/scutil-dns--corp-vpn-supplemental-and-scoped-utun10"))
    assert [(each.server, each.interface, each.scope) for each in found] == [
        ("192.168.1.87", "en4", "default"),
        ("192.168.1.1", "en4", "default"),
        ("8.8.8.8", "en4", "default"),
        ("1.1.1.1", "en4", "default"),
        ("10.100.0.2", None, "supplemental"),
        ("192.168.1.87", "en4", "scoped"),
        ("192.168.1.1", "en4", "scoped"),
        ("8.8.8.8", "en4", "scoped"),
        ("1.1.1.1", "en4", "scoped"),
        ("10.100.0.2", "utun10", "scoped"),
    ]
    supplemental = found[4]
    assert (supplemental.domains, supplemental.order, supplemental.reachable) == (("foo.tld",), 102600, True)
    assert found[0].search == ("foo.tld", "hq")


def test_supplemental_without_a_domain_takes_every_name() -> None:
    found = scutil.parse(sample("macos/scutil-dns--full-tunnel-utun3-default-resolver"))
    assert [(each.server, each.interface, each.scope, each.order) for each in found] == [
        ("10.2.0.1", "utun3", "default", 101800),
        ("10.2.0.1", "utun3", "default", 200000),
        ("192.168.1.1", "en0", "scoped", 0),
        ("10.2.0.1", "utun3", "scoped", 0),
    ]


def test_the_dot_at_the_end_of_a_domain_is_no_part_of_it() -> None:
    found = scutil.parse(sample("macos/scutil-dns--tailscale-split-dns-utun12"))
    assert [each.domains for each in found if each.scope == "supplemental"] == [("dove-climb.ts.net",)]


@pytest.mark.parametrize("name", samples("macos/scutil-dns*"))
def test_every_sample_has_servers_and_none_of_mdns(name: str) -> None:
    found = scutil.parse(sample(name))
    assert {"default", "scoped"} <= {each.scope for each in found}
    assert all("local" not in each.domains for each in found)


def test_a_port_and_a_scope_are_read() -> None:
    text = (
        "DNS configuration\n\nresolver #1\n  nameserver[0] : fe80::1\n  port     : 5353\n  if_index : 4 (en0)\n"
        "  reach    : 0x00000000 (Not Reachable)\n"
    )
    (found,) = scutil.parse(text)
    assert (found.server, found.port, found.reachable) == ("fe80::1%en0", 5353, False)


@given(st.text(alphabet="resolv #1:[]()\nnamx 0.", max_size=300))
def test_whatever_is_printed_is_read(text: str) -> None:
    scutil.parse("DNS configuration\n" + text)
