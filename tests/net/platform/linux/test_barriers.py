"""Tests of net.platform.linux.barriers: what nft, ip and bpftool print, and what is missing."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from net.platform import barriers as reading
from net.platform.barriers import Found
from net.platform.commands import CommandError, Outcome
from net.platform.linux import barriers

NFT = """{"nftables": [
{"metainfo": {"version": "1.0.6", "json_schema_version": 1}},
{"table": {"family": "inet", "name": "t", "handle": 1}},
{"chain": {"family": "inet", "table": "t", "name": "in", "handle": 1, "type": "filter", "hook": "input", "prio": 0,
 "policy": "accept"}},
{"chain": {"family": "inet", "table": "t", "name": "called", "handle": 3}},
{"rule": {"family": "inet", "table": "t", "chain": "in", "handle": 2, "expr": [{"drop": null}]}},
{"rule": {"family": "inet", "table": "t", "chain": "called", "handle": 4, "expr": [{"drop": null}]}},
{"table": {"family": "ip", "name": "n", "handle": 2}},
{"chain": {"family": "ip", "table": "n", "name": "p", "handle": 1, "type": "nat", "hook": "postrouting", "prio": 100,
 "policy": "accept"}},
{"table": {"family": "ip6", "name": "strict", "handle": 3}},
{"chain": {"family": "ip6", "table": "strict", "name": "out", "handle": 1, "type": "filter", "hook": "output",
 "prio": 0, "policy": "drop"}}]}"""
"""As nft 1.0.6 prints it."""
DENIED = Outcome(stdout="", stderr="Operation not permitted (you must be root)", status=1)


def test_each_table_of_nftables_is_listed_with_hooks_rules_and_its_command() -> None:
    filtering, translating, strict = barriers.nft_tables(NFT)
    assert (filtering.layer, filtering.name, filtering.state, filtering.count) == (
        "packet_filter",
        "nftables: table inet t",
        "active",
        2,
    )
    assert filtering.evidence == "chain in (hook input, policy accept, 1 rules)"
    assert filtering.command == "nft list table inet t"
    assert (translating.layer, translating.state, translating.count) == ("nat", "empty", 0)
    assert strict.state == "active", "a policy that drops needs no rule"


def test_no_table_at_all_is_known_to_be_none() -> None:
    (found,) = barriers.nft_tables('{"nftables": [{"metainfo": {}}]}')
    assert (found.state, found.count, found.unknown) == ("none", 0, None)


def test_queues_that_delay_or_drop_are_told_from_a_system_s_own() -> None:
    printed = json.dumps(
        [
            {"kind": "noqueue", "dev": "lo", "options": {}},
            {"kind": "fq_codel", "dev": "eth0", "options": {"limit": 10240}},
            {"kind": "netem", "dev": "en0", "options": {"limit": 1000, "loss-random": {"loss": 0.1}}},
            {"kind": "clsact", "dev": "en0"},
        ]
    )
    delaying, filtering = barriers.qdiscs(printed)
    assert delaying.name == "netem on en0"
    assert "loss-random" in delaying.evidence
    assert filtering.name == "clsact on en0"


def test_an_xdp_program_is_found_without_bpftool() -> None:
    links = [{"ifname": "lo"}, {"ifname": "en0", "xdp": {"mode": 2, "prog": {"id": 42, "tag": "aa", "jited": 1}}}]
    (found,) = barriers.xdp(json.dumps(links))
    assert (found.layer, found.name, found.evidence) == ("ebpf", "XDP on en0", "program id 42")


def test_programs_of_interfaces_as_bpftool_prints_them() -> None:
    net = [
        {
            "xdp": [{"devname": "en0", "ifindex": 2, "mode": "generic", "id": 42}],
            "tc": [{"devname": "en0", "ifindex": 2, "kind": "clsact/egress", "name": "f", "id": 7}],
            "flow_dissector": [],
            "netfilter": [{"error": "Operation not permitted"}],
        }
    ]
    (found,) = barriers.bpf_of_interfaces(json.dumps(net))
    assert (found.name, found.evidence) == ("tc on en0", "clsact/egress, program id 7")


def test_programs_of_cgroups_that_see_sockets_are_told_from_those_of_devices() -> None:
    tree = [
        {
            "cgroup": "/sys/fs/cgroup/system.slice/one.service",
            "programs": [
                {"id": 1, "attach_type": "cgroup_device", "attach_flags": "multi", "name": "sd_devices"},
                {"id": 2, "attach_type": "cgroup_inet_egress", "attach_flags": "multi", "name": "sd_fw_egress"},
                {"id": 3, "attach_type": "cgroup_inet4_connect", "attach_flags": "", "name": ""},
            ],
        },
        {"cgroup": "/sys/fs/cgroup/two", "programs": [{"id": 4, "attach_type": "cgroup_device"}]},
    ]
    (found,) = barriers.bpf_of_cgroups(json.dumps(tree))
    assert found.count == 2
    assert found.evidence == "cgroup_inet_egress (id 2), cgroup_inet4_connect (id 3)"


@pytest.mark.parametrize(
    ("error", "unknown", "detail"),
    [
        (FileNotFoundError(2, "No such file"), "no_program", "nft"),
        (CommandError(("nft",), DENIED), "no_right", "root"),
        (TimeoutError(110, "nft: no end after 5 s"), "failed", "nft: no end after 5 s"),
    ],
)
def test_what_cannot_be_read_says_why(
    monkeypatch: pytest.MonkeyPatch, error: OSError, unknown: str, detail: str
) -> None:
    def refused(_: object) -> str:
        raise error

    monkeypatch.setattr(reading, "output", refused)
    (found,) = reading.read("packet_filter", "nftables", barriers.NFT, barriers.nft_tables)
    assert (found.unknown, found.detail, found.command) == (unknown, detail, "nft -j list ruleset")


@pytest.mark.parametrize("printed", ["", "[]", '{"nftables": 7}', '{"nftables": [{"table": {}}]}', "null"])
def test_what_was_not_understood_says_so(monkeypatch: pytest.MonkeyPatch, printed: str) -> None:
    monkeypatch.setattr(reading, "output", lambda _: printed)
    (found,) = reading.read("packet_filter", "nftables", barriers.NFT, barriers.nft_tables)
    assert found.unknown == "failed"


def test_the_older_iptables_is_known_by_the_kernel_s_list(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    listed = tmp_path / "ip_tables_names"
    listed.write_text("nat\nfilter\n")
    monkeypatch.setattr(barriers, "LEGACY", {"iptables-legacy": listed, "ip6tables-legacy": tmp_path / "absent"})
    found = tuple(barriers._legacy())
    assert [(each.layer, each.command) for each in found] == [
        ("nat", "iptables-legacy -t nat -S"),
        ("packet_filter", "iptables-legacy -t filter -S"),
    ]


def test_this_host_is_listed_without_an_error() -> None:
    assert all(isinstance(each, Found) for each in barriers.barriers())
