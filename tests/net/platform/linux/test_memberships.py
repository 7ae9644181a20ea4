"""Tests of net.platform.linux.memberships: recorded tables, small ones written here, and this kernel's own."""

from __future__ import annotations

import socket
import struct
from pathlib import Path

import pytest

from net.platform.linux import memberships as module
from net.platform.linux.memberships import FilterSource, memberships, parse_filters, parse_igmp, parse_igmp6
from tests.samples import sample

IGMP = (
    "Idx\tDevice    : Count Querier\tGroup    Users Timer\tReporter\n"
    "1\tlo        :     1      V3\n"
    "\t\t\t\t010000E0     1 0:00000000\t\t0\n"
    "3\tveth3f1c2a9:     2      V2\n"
    "\t\t\t\t4D00E0E0     2 0:00000000\t\t0\n"
)
MCFILTER = (
    "Idx Device        MCA        SRC    INC    EXC\n"
    "  3   eth0 0xe8010101 0xc000020a      1      0\n"
    "  3   eth0 0xe8010101 0xc000020b      1      0\n"
    "  3   eth0 0xef010203 0xc0000263      0      1\n"
)


def test_a_group_is_read_as_it_lies_in_memory_and_a_long_device_name_keeps_no_colon() -> None:
    assert list(parse_igmp(IGMP)) == [("lo", "224.0.0.1", 1), ("veth3f1c2a9", "224.224.0.77", 2)]


def test_ipv6_groups_are_read() -> None:
    line = "4    eth0            ff0200000000000000000000000000fb     2 00000004 0\n"
    assert list(parse_igmp6(line)) == [("eth0", "ff02::fb", 2)]


def test_sources_are_listed_for_each_interface_and_group() -> None:
    assert parse_filters(MCFILTER) == {
        ("eth0", "232.1.1.1"): (FilterSource("192.0.2.10", 1), FilterSource("192.0.2.11", 1)),
        ("eth0", "239.1.2.3"): (FilterSource("192.0.2.99", 0),),
    }


def test_recorded_tables_of_a_host_with_many_interfaces_are_read_whole() -> None:
    found = list(parse_igmp(sample("linux/proc-net-igmp--several-interfaces-and-groups")))
    assert ("eth0", "224.0.0.251", 2) in found
    assert ("docker0", "224.0.0.106", 1) in found
    assert ("veth3f1c2a9", "224.0.0.1", 1) in found
    assert len(list(parse_igmp(sample("linux/proc-net-igmp--v2-many-groups")))) > 3
    six = list(parse_igmp6(sample("linux/proc-net-igmp6--several-interfaces-and-groups")))
    assert ("eth0", "ff02::fb", 1) in [(interface, group, 1) for interface, group, _ in six]


def test_recorded_filters_are_read() -> None:
    four = parse_filters(sample("linux/proc-net-mcfilter--include-and-exclude"))
    assert four["eth0", "232.1.1.1"][0] == FilterSource("192.0.2.10", 1)
    six = parse_filters(sample("linux/proc-net-mcfilter6--include"))
    assert six["eth0", "ff3e::4321:1234"] == (FilterSource("2001:db8:5::10", 1),)


def test_the_mode_is_include_only_while_every_socket_names_its_sources() -> None:
    """Linux: IP_ADD_SOURCE_MEMBERSHIP is 39, struct ip_mreq_source group, interface, source."""

    def mode_and_sources() -> list[tuple[str | None, tuple[str, ...]]]:
        return [(each.mode, each.sources) for each in memberships() if each.group == "232.7.7.7"]

    group, loopback, source = (socket.inet_aton(text) for text in ("232.7.7.7", "127.0.0.1", "127.0.0.9"))
    with (
        socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as picky,
        socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as any_,
    ):
        picky.setsockopt(socket.IPPROTO_IP, 39, group + loopback + source)
        assert mode_and_sources() == [("include", ("127.0.0.9",))]
        any_.setsockopt(socket.IPPROTO_IP, socket.IP_ADD_MEMBERSHIP, struct.pack("=4s4s", group, loopback))
        assert mode_and_sources() == [("exclude", ())]
    assert mode_and_sources() == []


def test_tables_a_kernel_does_not_have_are_empty(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "PROC", tmp_path)
    assert memberships() == ()
