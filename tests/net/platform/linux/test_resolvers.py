"""The resolvers of a Linux: resolv.conf and what resolvectl prints, in each of its forms."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from net.platform.commands import CommandError, Outcome
from net.platform.linux import resolvectl, resolvers
from net.resolvers.records import Resolver
from tests.samples import sample, samples


def rows(found: tuple[Resolver, ...]) -> list[tuple[str, str | None, str, tuple[str, ...]]]:
    return [(each.server, each.interface, each.scope, each.domains) for each in found]


def test_text_of_a_split_tunnel_gives_each_link_its_domains() -> None:
    found = resolvectl.parse(sample("linux/resolvectl-status--vpn-split-dns-tun0"))
    assert rows(found) == [
        ("192.0.2.53", "eth0", "default", ("home.arpa",)),
        ("2001:db8:5::53", "eth0", "default", ("home.arpa",)),
        ("10.8.0.53", "tun0", "supplemental", ("corp.example", "8.10.in-addr.arpa")),
        ("10.8.0.54", "tun0", "supplemental", ("corp.example", "8.10.in-addr.arpa")),
    ]
    assert found[2].search == ("corp.example",), "~ says that a domain is for routing only"


def test_the_link_that_takes_every_name_comes_first_and_a_wrapped_line_is_no_new_one() -> None:
    found = resolvectl.parse(sample("linux/resolvectl-status--vpn-all-domains-wrapped-protocols"))
    assert [each.server for each in found] == ["10.8.0.53", "10.8.0.54", "192.0.2.53", "2001:db8:5::53"]
    assert {each.scope for each in found} == {"default"}


def test_a_release_that_ignores_the_flag_is_read_as_text() -> None:
    text = sample("linux/resolvectl-json-short-status--252-ignores-flag")
    assert len(resolvectl.parse(text)) == 4


def test_links_without_a_scope_are_told_as_not_used() -> None:
    found = resolvectl.parse(sample("linux/resolvectl-status--openvpn-tun0-scopes-none"))
    assert [(each.server, each.port, each.reachable) for each in found] == [
        ("127.0.0.1", 5353, None),
        ("192.168.1.2", 53, False),
        ("10.0.0.2", 53, False),
        ("10.0.0.3", 53, False),
    ]


def test_json_gives_the_same_rows() -> None:
    found = resolvectl.parse(sample("linux/resolvectl-json-short-status--tun0-trimmed"))
    assert rows(found) == [
        ("1.1.1.1", "wlp1s0", "default", ()),
        ("10.8.48.53", "tun0", "default", ("example.cloud",)),
        ("10.4.48.53", "tun0", "default", ("example.cloud",)),
    ]


def test_a_link_local_server_is_given_its_link_as_scope() -> None:
    links = [{"ifname": "eth0", "defaultRoute": True, "servers": [{"addressString": "fe80::1", "accessible": True}]}]
    (found,) = resolvectl.parse(json.dumps(links))
    assert (found.server, found.reachable) == ("fe80::1%eth0", True)


@pytest.mark.parametrize("name", samples("linux/resolvectl*"))
def test_no_sample_has_a_server_that_is_no_address(name: str) -> None:
    assert resolvectl.parse(sample(name))


@given(st.text(max_size=300))
def test_whatever_is_printed_is_read_or_refused_as_a_value(text: str) -> None:
    try:
        resolvectl.parse(text)
    except ValueError:
        assert text.lstrip().startswith(("[", "{"))


def test_resolv_conf_is_read_as_libc_reads_it() -> None:
    text = "# comment\nnameserver 192.168.1.1 # router\nnameserver fe80::1%en0\nnameserver nonsense\nnameserver\n"
    found = resolvers.parse(text + "domain a.test\nsearch b.test c.test\nnameserver 127.0.0.53\n", "/etc/resolv.conf")
    assert [(each.server, each.scope) for each in found] == [
        ("192.168.1.1", "default"),
        ("fe80::1%en0", "default"),
        ("127.0.0.53", "stub"),
    ]
    assert found[0].search == ("b.test", "c.test"), "of search and domain the last counts"
    assert [each.order for each in found] == [0, 1, 3]


@pytest.fixture
def resolv_conf(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An /etc/resolv.conf of the test's own."""
    file = tmp_path / "resolv.conf"
    monkeypatch.setattr(resolvers, "RESOLV_CONF", file)
    monkeypatch.setattr(resolvers, "UPLINKS", tmp_path / "uplinks")
    return file


def _refuse(*_: object) -> str:
    raise CommandError(["resolvectl"], Outcome(stdout="", stderr="no bus", status=1))


def test_resolvectl_is_not_asked_where_resolv_conf_does_not_lead_to_it(
    resolv_conf: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(resolvers, "output", lambda _: pytest.fail("it would tell of another network namespace"))
    resolv_conf.write_text("nameserver 192.0.2.1\n")
    assert rows(resolvers.resolvers()) == [("192.0.2.1", None, "default", ())]


def test_behind_the_stub_stands_what_resolvectl_says(resolv_conf: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    links = [
        {"ifname": "lo", "defaultRoute": True, "servers": [{"addressString": "192.0.2.7"}]},
        {"ifname": "gone9", "defaultRoute": True, "servers": [{"addressString": "192.0.2.8"}]},
    ]
    monkeypatch.setattr(resolvers, "output", lambda _: json.dumps(links))
    resolv_conf.write_text("nameserver 127.0.0.53\n")
    assert rows(resolvers.resolvers()) == [("127.0.0.53", None, "stub", ()), ("192.0.2.7", "lo", "default", ())]


def test_where_resolvectl_does_not_tell_its_own_file_does(resolv_conf: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(resolvers, "output", _refuse)
    resolv_conf.write_text("nameserver 127.0.0.53\n")
    resolvers.UPLINKS.write_text("nameserver 192.0.2.9\n")
    assert [each.server for each in resolvers.resolvers()] == ["127.0.0.53", "192.0.2.9"]


def test_without_a_file_there_is_no_resolver(resolv_conf: Path) -> None:
    assert resolvers.resolvers() == ()
