"""Internet Sharing of macOS, from what sysctl and pfctl print."""

from __future__ import annotations

import pytest

from net.platform.macos import forwarding
from net.platform.macos.forwarding import forwards, has_nat
from tests.samples import sample


def test_the_setting_with_and_without_its_name() -> None:
    assert forwards("1\n")
    assert not forwards("0\n")
    assert not forwards("")
    assert forwards(sample("macos/sysctl-net.inet.ip.forwarding--on"))


def test_recorded_rules_translate() -> None:
    assert has_nat(sample("macos/pfctl-internet-sharing--bridge100-nat-rdr-scrub"))
    assert has_nat(sample("macos/pfctl-sn--nat-rule-with-altq-noise"))
    assert not has_nat("  no nat on bridge100 inet from 172.20.10.1 to 172.20.10.0/28\n")


def test_a_bridge_is_shared_where_the_system_forwards(monkeypatch: pytest.MonkeyPatch) -> None:
    answers = {forwarding.FORWARDING: "1\n", forwarding.ANCHOR: "nat on en0 inet from any to any -> (en0)\n"}
    monkeypatch.setattr(forwarding, "output", answers.__getitem__)
    assert forwarding.forwarding(["bridge100"]).translates is True
    assert forwarding.forwarding([]).interfaces == frozenset()

    def without_root(command: tuple[str, ...]) -> str:
        if command == forwarding.ANCHOR:
            raise PermissionError("pfctl: /dev/pf: Permission denied")
        return answers[command]

    monkeypatch.setattr(forwarding, "output", without_root)
    found = forwarding.forwarding(["bridge100"])
    assert (found.interfaces, found.translates) == (frozenset({"bridge100"}), None)
