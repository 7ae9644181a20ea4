"""Whether a rule translates sources, from what nft and iptables-save print."""

from __future__ import annotations

from pathlib import Path

import pytest

from net.platform.linux import forwarding
from net.platform.linux.forwarding import EVERY, translated_networks


@pytest.mark.parametrize(
    ("rules", "network"),
    [
        ('oifname "en0" masquerade', EVERY),
        ("ip saddr 192.168.64.0/24 snat to 192.168.1.23", "192.168.64.0/24"),
        ("ip saddr 10.0.0.0/8 snat ip to 192.168.1.23", "10.0.0.0/8"),
        ("ip saddr 10.42.0.5 ip daddr != 10.42.0.0/24 masquerade", "10.42.0.5"),
        ("ip saddr != 10.42.0.0/24 masquerade", EVERY),
        ("ip saddr { 10.1.0.0/16, 10.2.0.0/16 } masquerade", EVERY),
        ("ip saddr 10.1.0.1-10.1.0.9 masquerade", EVERY),
        ("-A POSTROUTING -s 172.17.0.0/16 ! -o docker0 -j MASQUERADE", "172.17.0.0/16"),
        ("-A POSTROUTING ! -s 172.17.0.0/16 -j MASQUERADE", EVERY),
        ("-A POSTROUTING -o en0 -j SNAT --to-source 192.168.1.23", EVERY),
    ],
)
def test_rules_that_give_another_source_and_to_whom(rules: str, network: str) -> None:
    assert translated_networks(f"table ip nat {{\n\t{rules}\n}}\n") == (network,)


@pytest.mark.parametrize(
    "rules", ["", "tcp dport 80 dnat to 192.168.1.5:80", "-A PREROUTING -p tcp -j DNAT --to-destination 192.168.1.5"]
)
def test_rules_that_do_not(rules: str) -> None:
    assert translated_networks(rules) == ()


def test_rules_are_not_read_where_nothing_forwards(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "br0").mkdir()
    (tmp_path / "br0" / "forwarding").write_text("0\n")
    monkeypatch.setattr(forwarding, "SYSCTLS", tmp_path)
    monkeypatch.setattr(forwarding, "output", lambda command: pytest.fail(f"asked {command}"))
    assert not forwarding.forwarding(["br0", "gone0"]).interfaces


def test_without_the_right_to_read_rules_nat_is_unknown(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "br0").mkdir()
    (tmp_path / "br0" / "forwarding").write_text("1\n")
    monkeypatch.setattr(forwarding, "SYSCTLS", tmp_path)

    def refused(command: tuple[str, ...]) -> str:
        raise PermissionError(f"no right to run {command[0]}")

    monkeypatch.setattr(forwarding, "output", refused)
    found = forwarding.forwarding(["br0"])
    assert (found.interfaces, found.translates) == (frozenset({"br0"}), None)
    monkeypatch.setattr(forwarding, "output", lambda command: "masquerade" if command[0] == "nft" else "")
    assert forwarding.forwarding(["br0"]).translates is True
