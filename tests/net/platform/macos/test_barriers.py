"""Tests of net.platform.macos.barriers on recorded outputs of Macs."""

from __future__ import annotations

import pytest

from net.platform import barriers as reading
from net.platform.macos import barriers
from tests.samples import sample

NC_LIST = """\
Available network connection services in the current set (*=enabled):
* (Connected)      11111111-2222-3333-4444-555555555555 VPN (com.wireguard.macos) "office"  [VPN:com.wireguard.macos]
* (Disconnected)   66666666-7777-8888-9999-000000000000 PPP --> L2TP       "home (old)"   [PPP:L2TP]
"""
"""In the form of scutil(8); the services are made up."""


def test_extensions_with_their_state_also_old_builds_that_wait() -> None:
    old, new = barriers.extensions(sample("macos/systemextensionsctl-list--old-build-waiting-to-uninstall"))
    assert (old.name, old.state) == ("Castle Wall", "terminated waiting to uninstall on reboot")
    assert (new.name, new.state) == ("Castle Wall", "activated enabled")
    assert "0.1.0/1421" in new.evidence


def test_one_vpn_extension() -> None:
    (found,) = barriers.extensions(sample("macos/systemextensionsctl-list--one-vpn-network-extension"))
    assert (found.layer, found.name, found.state) == (
        "network_extension",
        "SystemExtension-Setapp-Version",
        "activated enabled",
    )


def test_names_with_spaces_and_parentheses_where_tabs_became_spaces() -> None:
    first, second = barriers.extensions(sample("macos/systemextensionsctl-list--waiting-for-user-spaces"))
    assert first.name == "Proton VPN WireGuard"
    assert (second.name, second.state) == ("Proton VPN Split Tunneling (experimental)", "activated waiting for user")


def test_no_extension_is_known_to_be_none_and_others_than_network_ones_are_left_out() -> None:
    (none,) = barriers.extensions("0 extension(s)\n")
    assert (none.state, none.count, none.unknown) == ("none", 0, None)
    security = (
        "1 extension(s)\n--- com.apple.system_extension.endpoint_security\n"
        "*\t*\tABCDE12345\tcom.x.y (1.0/1)\tGuard\t[activated enabled]\n"
    )
    (found,) = barriers.extensions(security)
    assert found.state == "none"


def test_four_socket_filters_and_no_extension_are_macos_s_own() -> None:
    """The question of the report: netstat says 4 socket filters, and systemextensionsctl lists nothing."""
    found = {each.layer: each for each in barriers.kernel_filters(sample("macos/netstat-s-net_api--socket-filters"))}
    assert (found["socket_filter"].count, found["socket_filter"].unknown) == (4, None)
    assert found["socket_filter"].evidence == "4 attached now, 4 since boot, all of them by macOS itself"
    assert found["interface_filter"].count == 2
    assert found["ip_filter"].state == "none"


def test_a_filter_that_is_not_macos_s_own_is_known_to_be_there_and_not_whose_it_is() -> None:
    printed = sample("macos/netstat-s-net_api--socket-filters").replace(
        "4 socket filters attached since boot\n", "5 socket filters attached since boot\n"
    )
    found = {each.layer: each for each in barriers.kernel_filters(printed)}
    assert found["socket_filter"].unknown == "not_told"
    assert "1 of them not by macOS itself" in found["socket_filter"].evidence


def test_rules_of_pf_without_remarks_and_headings() -> None:
    assert barriers.rules(sample("macos/pfctl-sn--nat-rule-with-altq-noise")) == (
        "nat on en0 inet from 10.200.0.0/16 to any -> (en0) round-robin",
    )
    assert len(barriers.rules(sample("macos/pfctl-internet-sharing--bridge100-nat-rdr-scrub"))) == 9


def test_pf_that_has_anchors_only_is_told_so(monkeypatch: pytest.MonkeyPatch) -> None:
    printed = {
        barriers.PF_STATE: "No ALTQ support in kernel\nStatus: Enabled for 1 days 00:00:00      Debug: Urgent\n",
        barriers.PF_RULES: 'scrub-anchor "com.apple/*" all fragment reassemble\nanchor "com.apple/*" all\n',
        barriers.PF_NAT: "nat on en0 inet from 10.200.0.0/16 to any -> (en0) round-robin\n",
        barriers.FIREWALL: "Firewall is enabled. (State = 1)\n",
        barriers.VPNS: NC_LIST,
        barriers.EXTENSIONS: "0 extension(s)\n",
        barriers.COUNTERS: sample("macos/netstat-s-net_api--socket-filters"),
    }
    monkeypatch.setattr(reading, "output", printed.__getitem__)
    found = {each.name: each for each in barriers.barriers()}
    assert found["pf"].state == "enabled"
    assert (found["pf: main rules"].state, found["pf: main rules"].count) == ("anchors only", 0)
    assert (found["pf: translation"].layer, found["pf: translation"].count) == ("nat", 1)
    assert found["application firewall"].state == "on"
    assert (found["office"].layer, found["office"].state) == ("vpn", "Connected")
    assert found["home (old)"].evidence == "PPP:L2TP"
