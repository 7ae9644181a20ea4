"""Which ports Linux keeps back is read from its settings and from its rules of address translation."""

from __future__ import annotations

from pathlib import Path

from net.platform.bind_limits import BindLimits, NatRule
from net.platform.linux.bind_limits import bind_limits, parse_iptables, parse_nft, parse_range

NFT = """\
table ip nat {
\tchain DOCKER {
\t\tiifname != "docker0" tcp dport 8080 counter packets 0 bytes 0 dnat to 172.17.0.2:80
\t\tudp dport { 53, 6000-6002 } dnat ip to 10.0.0.5
\t\ttcp dport 80 redirect to :3128
\t\ttcp dport 443 accept
\t\tip daddr 10.0.0.1 dnat to 10.0.0.5
\t\ttcp dport @services dnat to 10.0.0.9
\t}
}
"""
IPTABLES = """\
*nat
-A DOCKER ! -i docker0 -p tcp -m tcp --dport 8080 -j DNAT --to-destination 172.17.0.2:80
-A PREROUTING -p udp -m udp --dport 6000:6002 -j DNAT --to-destination 10.0.0.5
-A PREROUTING -p tcp -m multiport --dports 80,81 -j REDIRECT --to-ports 3128
-A POSTROUTING -s 172.17.0.0/16 -j MASQUERADE
"""


def test_the_settings_are_those_of_the_kernel() -> None:
    limits = bind_limits("tcp")
    told = Path("/proc/sys/net/ipv4/ip_local_port_range").read_text().split()
    assert limits.ephemeral == (int(told[0]), int(told[1]))
    assert limits.privileged_below == int(Path("/proc/sys/net/ipv4/ip_unprivileged_port_start").read_text())


def test_a_range_that_is_none_is_not_known() -> None:
    assert parse_range("32768\t60999\n") == (32768, 60999)
    assert parse_range("") is None


def test_rules_of_nft_that_take_ports_away_are_read() -> None:
    assert parse_nft(NFT) == (
        NatRule("tcp", (8080, 8080), "172.17.0.2:80"),
        NatRule("udp", (53, 53), "10.0.0.5"),
        NatRule("udp", (6000, 6002), "10.0.0.5"),
        NatRule("tcp", (80, 80), ":3128"),
    )


def test_rules_of_iptables_that_take_ports_away_are_read() -> None:
    assert parse_iptables(IPTABLES) == (
        NatRule("tcp", (8080, 8080), "172.17.0.2:80"),
        NatRule("udp", (6000, 6002), "10.0.0.5"),
        NatRule("tcp", (80, 80), "3128"),
        NatRule("tcp", (81, 81), "3128"),
    )


def test_the_limits_say_which_rule_and_range_a_port_falls_under() -> None:
    limits = BindLimits(ephemeral=(32768, 60999), excluded=((50000, 50059),), nat=parse_nft(NFT))
    assert limits.translated(6001) == NatRule("udp", (6000, 6002), "10.0.0.5")
    assert limits.translated(6003) is None
    assert (limits.reserved(50059), limits.reserved(50060)) == ((50000, 50059), None)
    assert (limits.in_ephemeral(32768), limits.in_ephemeral(61000)) == (True, False)
    assert BindLimits(nat=None).translated(80) is None
