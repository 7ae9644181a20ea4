"""The resolvers of a Windows: what PowerShell hands over as JSON, and ipconfig where it does not."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from net.platform import windows
from net.platform.commands import CommandError, Outcome
from net.platform.windows import Windows, dns_servers
from net.resolvers.records import Resolver
from tests.samples import sample, samples

TOLD = {
    "adapters": [
        {"InterfaceAlias": "Ethernet", "ServerAddresses": ["192.168.1.1", "192.168.1.2"]},
        {"InterfaceAlias": "Ethernet", "ServerAddresses": ["fec0:0:0:ffff::1", "fec0:0:0:ffff::2"]},
        {"InterfaceAlias": "VPN", "ServerAddresses": "10.8.0.53"},
        {"InterfaceAlias": "Loopback", "ServerAddresses": []},
    ],
    "suffixes": [
        {"InterfaceAlias": "Ethernet", "ConnectionSpecificSuffix": "home.arpa"},
        {"InterfaceAlias": "VPN", "ConnectionSpecificSuffix": ""},
    ],
    "rules": [{"Namespace": ".corp.example", "NameServers": ["10.8.0.54"]}, {"Namespace": ".", "NameServers": None}],
}


def test_rules_come_before_adapters_and_placeholders_are_left_out() -> None:
    assert dns_servers.parse(json.dumps(TOLD)) == (
        Resolver(
            server="10.8.0.54",
            domains=("corp.example",),
            scope="supplemental",
            order=0,
            source="Get-DnsClientNrptPolicy -Effective",
        ),
        *(
            Resolver(
                server=server,
                interface="Ethernet",
                search=("home.arpa",),
                scope="default",
                order=1,
                source="Get-DnsClientServerAddress",
            )
            for server in ("192.168.1.1", "192.168.1.2")
        ),
        Resolver(server="10.8.0.53", interface="VPN", scope="default", order=1, source="Get-DnsClientServerAddress"),
    )


@pytest.mark.parametrize(
    ("name", "server", "interface", "suffix"),
    [
        ("windows/ipconfig-all--win10-tailscale", "10.50.13.1", "Ethernet 2", "internal.companyname.com"),
        ("windows/ipconfig-all--win11-nordvpn-vmware", "192.168.1.1", "Wi-Fi", "localdomain"),
    ],
)
def test_ipconfig_gives_the_servers_of_each_adapter(name: str, server: str, interface: str, suffix: str) -> None:
    (found,) = dns_servers.parse_ipconfig(sample(name))
    assert (found.server, found.interface, found.search) == (server, interface, (suffix,))


@pytest.mark.parametrize("name", samples("windows/ipconfig*"))
def test_no_sample_has_a_placeholder(name: str) -> None:
    assert not any(each.server.startswith("fec0") for each in dns_servers.parse_ipconfig(sample(name)))


def test_servers_below_each_other_and_german_labels_are_read() -> None:
    text = (
        "\nEthernet-Adapter Ethernet:\n\n   Verbindungsspezifisches DNS-Suffix: fritz.box\n"
        "   IPv4-Adresse  . . . . . . . . . . : 192.168.178.20(Bevorzugt)\n"
        "   DNS-Server  . . . . . . . . . . . : 192.168.178.1\n"
        "                                       fd00::1\n"
        "   NetBIOS über TCP/IP . . . . . . . : Aktiviert\n"
    )
    assert [each.server for each in dns_servers.parse_ipconfig(text)] == ["192.168.178.1", "fd00::1"]


def test_ipconfig_has_to_do_where_powershell_refuses(monkeypatch: pytest.MonkeyPatch) -> None:
    asked = []

    def answer(command: tuple[str, ...], *_: float) -> str:
        asked.append(command)
        if command == dns_servers.COMMAND:
            raise CommandError(command, Outcome(stdout="", stderr="blocked by policy", status=1))
        return "\nEthernet adapter Ethernet:\n\n   DNS Servers . . : 192.0.2.1\n"

    monkeypatch.setattr(windows, "output", answer)
    assert [each.server for each in Windows().resolvers()] == ["192.0.2.1"]
    assert asked == [dns_servers.COMMAND, dns_servers.IPCONFIG]


@given(st.text(max_size=300))
def test_whatever_ipconfig_prints_is_read(text: str) -> None:
    dns_servers.parse_ipconfig(text)


@given(st.text(max_size=100))
def test_what_is_no_answer_of_the_script_is_a_value_error(text: str) -> None:
    with pytest.raises(ValueError, match=r"."):
        dns_servers.parse(f"[{text}")
