"""Tests of net.platform.membership_limits and net.platform.receive_buffers: files of Linux, written here."""

from __future__ import annotations

from pathlib import Path

import pytest

from net.platform import membership_limits as limits_module
from net.platform import receive_buffers as buffers_module
from net.platform.membership_limits import MembershipLimits, membership_limits
from net.platform.receive_buffers import largest_buffer, lost_to_full_buffers

SNMP = "Ip: Forwarding\nIp: 2\nUdp: InDatagrams NoPorts RcvbufErrors\nUdp: 9 1 6\nUdpLite: RcvbufErrors\nUdpLite: 4\n"
SNMP6 = "Ip6InReceives   7\nUdp6RcvbufErrors      \t3\nUdpLite6RcvbufErrors 5\n"


def _write(folder: Path, name: str, text: str) -> None:
    path = folder / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)


def test_limits_are_read_and_one_that_is_missing_is_not_known(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(limits_module, "SYSCTLS", tmp_path)
    assert membership_limits() is None
    _write(tmp_path, "ipv4/igmp_max_memberships", "20\n")
    _write(tmp_path, "ipv4/igmp_max_msf", "10\n")
    assert membership_limits() == MembershipLimits(20, 10, None)


def test_datagrams_lost_to_full_buffers_are_those_of_udp_of_both_families(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(buffers_module, "NET", tmp_path)
    monkeypatch.setattr(buffers_module, "RMEM_MAX", tmp_path / "rmem_max")
    assert lost_to_full_buffers() is None
    assert largest_buffer() is None
    _write(tmp_path, "snmp", SNMP)
    _write(tmp_path, "snmp6", SNMP6)
    assert lost_to_full_buffers() == 9
