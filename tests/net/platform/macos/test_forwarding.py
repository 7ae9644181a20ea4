"""Internet Sharing of macOS, from what sysctl and pfctl print."""

from __future__ import annotations

import pytest

from net.platform.macos import forwarding
from net.platform.macos.forwarding import forwards, has_anchor, has_nat
from tests.samples import sample

SHARING = """\
No ALTQ support in kernel
ALTQ related functions disabled
nat-anchor "com.apple/*" all
nat-anchor "com.apple.internet-sharing" all
rdr-anchor "com.apple/*" all
rdr-anchor "com.apple.internet-sharing" all
"""
"""As pfctl -s nat prints it while Internet Sharing is on."""


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
    answers = {
        forwarding.FORWARDING: "1\n",
        forwarding.ANCHOR: "nat on en0 inet from any to any -> (en0)\n",
        forwarding.MAIN: SHARING,
    }
    monkeypatch.setattr(forwarding, "output", answers.__getitem__)
    assert forwarding.forwarding(["bridge100"]).translates is True
    assert forwarding.forwarding([]).interfaces == frozenset()

    def without_root(command: tuple[str, ...]) -> str:
        if command[0] == "pfctl":
            raise PermissionError("pfctl: /dev/pf: Permission denied")
        return answers[command]

    monkeypatch.setattr(forwarding, "output", without_root)
    found = forwarding.forwarding(["bridge100"])
    assert (found.interfaces, found.translates, found.anchored) == (frozenset({"bridge100"}), None, None)


def test_rules_that_the_main_ones_no_longer_lead_to_do_not_count(monkeypatch: pytest.MonkeyPatch) -> None:
    flushed = 'nat-anchor "com.apple/*" all\nrdr-anchor "com.apple/*" all\nrdr pass on bridge100 inet from any -> ::1\n'
    answers = {
        forwarding.FORWARDING: "1\n",
        forwarding.ANCHOR: "nat on en0 inet from any to any -> (en0)\n",
        forwarding.MAIN: flushed,
    }
    monkeypatch.setattr(forwarding, "output", answers.__getitem__)
    found = forwarding.forwarding(["bridge100"])
    assert (found.translates, found.anchored) == (False, False)
    assert has_anchor(SHARING)
    assert not has_anchor(flushed)
