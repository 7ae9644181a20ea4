"""What stands between sockets and the wire on Linux: netfilter, traffic control, eBPF, security modules, taps."""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from net.platform.barriers import Found, read

NFT = ("nft", "-j", "list", "ruleset")
QDISCS = ("tc", "-j", "qdisc", "show")
LINKS = ("ip", "-j", "link", "show")
BPF_NET = ("bpftool", "-j", "net", "show")
BPF_CGROUPS = ("bpftool", "-j", "cgroup", "tree")
LEGACY = {"iptables-legacy": Path("/proc/net/ip_tables_names"), "ip6tables-legacy": Path("/proc/net/ip6_tables_names")}
"""The tables that the older iptables has in the kernel, beside nftables (net/netfilter/x_tables.c)."""
TAPS = Path("/proc/net/packet")
MODULES = Path("/sys/kernel/security/lsm")
PLAIN = ("noqueue", "pfifo_fast", "pfifo", "bfifo", "fq", "fq_codel", "cake", "sfq", "mq", "mqprio")
"""Queues that only order what they send, some of them a system's default; all others are somebody's doing."""
REFUSING = ("selinux", "apparmor", "smack", "tomoyo", "landlock", "bpf")
"""Modules with hooks for sockets (include/linux/lsm_hook_defs.h); the rest do not look at them."""
SOCKET_HOOKS = re.compile(r"inet|sock|connect|bind|sendmsg|recvmsg|getpeername|getsockname", re.IGNORECASE)
"""Attach types of cgroups that see sockets and packets (bpftool-cgroup(8)); the others are devices and sysctls."""


def barriers() -> Iterator[Found]:
    """See net.platform.protocol.Platform; runs several commands."""
    yield from read("packet_filter", "nftables", NFT, nft_tables)
    yield from _legacy()
    yield from read("traffic_control", "queueing disciplines", QDISCS, qdiscs)
    yield from read("ebpf", "XDP", LINKS, xdp)
    yield from read("ebpf", "programs of interfaces", BPF_NET, bpf_of_interfaces)
    yield from read("ebpf", "programs of cgroups", BPF_CGROUPS, bpf_of_cgroups)
    yield Found(layer="ebpf", name="programs attached to single sockets", command="bpftool prog", unknown="not_told")
    yield from _modules()
    yield from _taps()


def nft_tables(printed: str) -> Iterator[Found]:
    """A Found for each table, also the empty ones; one for none at all. Raises ValueError."""
    content = json.loads(printed)["nftables"]
    tables = [each["table"] for each in content if "table" in each]
    for table in tables:
        place = (table["family"], table["name"])
        chains = [each["chain"] for each in content if "chain" in each and _place(each["chain"]) == place]
        rules = Counter(each["rule"]["chain"] for each in content if "rule" in each and _place(each["rule"]) == place)
        hooked = [chain for chain in chains if "hook" in chain]
        told = (
            f"chain {chain['name']} (hook {chain['hook']}, policy {chain.get('policy', 'accept')}, "
            f"{rules[chain['name']]} rules)"
            for chain in hooked
        )
        acting = any(chain.get("policy") == "drop" for chain in hooked) or (hooked and sum(rules.values()))
        yield Found(
            layer="nat" if hooked and all(chain.get("type") == "nat" for chain in hooked) else "packet_filter",
            name=f"nftables: table {' '.join(place)}",
            state="active" if acting else "empty" if not rules else "not hooked",
            count=sum(rules.values()),
            evidence="; ".join(told) or "no chain is hooked into the way of packets",
            command=f"nft list table {' '.join(place)}",
        )
    if not tables:
        yield Found(layer="packet_filter", name="nftables", state="none", count=0, command=" ".join(NFT))


def qdiscs(printed: str) -> Iterator[Found]:
    """Those that drop, delay or hand to filters. Raises ValueError."""
    for each in json.loads(printed):
        kind, device = str(each["kind"]), str(each["dev"])
        if kind not in PLAIN:
            yield Found(
                layer="traffic_control",
                name=f"{kind} on {device}",
                state="active",
                evidence=", ".join(f"{name} {_short(value)}" for name, value in each.get("options", {}).items()),
                command=f"tc qdisc show dev {device}; tc filter show dev {device} ingress",
            )


def xdp(printed: str) -> Iterator[Found]:
    """The interfaces with a program before the stack, as iproute2 prints it (print_xdp). Raises ValueError."""
    for each in json.loads(printed):
        if each.get("xdp"):
            name = str(each["ifname"])
            yield Found(
                layer="ebpf",
                name=f"XDP on {name}",
                state="attached",
                count=1,
                evidence=f"program id {each['xdp'].get('prog', {}).get('id', 'not told')}",
                command=f"ip -d link show {name}",
            )


def bpf_of_interfaces(printed: str) -> Iterator[Found]:
    """tc and netfilter programs as bpftool-net(8) prints them; XDP is known from elsewhere. Raises ValueError."""
    for part in json.loads(printed):
        for kind in ("tc", "flow_dissector", "netfilter"):
            for each in part.get(kind, ()):
                if "error" not in each:
                    where = each.get("devname") or each.get("hook") or "this network namespace"
                    yield Found(
                        layer="ebpf",
                        name=f"{kind} on {where}",
                        state="attached",
                        count=1,
                        evidence=f"{each.get('kind', kind)}, program id {each.get('id', each.get('prog_id'))}",
                        command="bpftool net show",
                    )


def bpf_of_cgroups(printed: str) -> Iterator[Found]:
    """The programs that see sockets or packets of a cgroup, one Found a cgroup. Raises ValueError."""
    for each in json.loads(printed):
        programs = [program for program in each["programs"] if SOCKET_HOOKS.search(str(program.get("attach_type")))]
        if programs:
            yield Found(
                layer="ebpf",
                name=f"cgroup {each['cgroup']}",
                state="attached",
                count=len(programs),
                evidence=", ".join(f"{each['attach_type']} (id {each.get('id')})" for each in programs),
                command="bpftool cgroup tree",
            )


def _legacy() -> Iterator[Found]:
    for program, listed in LEGACY.items():
        command = f"{program}-save"
        try:
            tables = listed.read_text().split()
        except FileNotFoundError:  # the kernel part is not loaded
            continue
        except OSError:
            yield Found(layer="packet_filter", name=program, command=command, unknown="no_right", detail="root")
            continue
        for table in tables:
            yield Found(
                layer="nat" if table == "nat" else "packet_filter",
                name=f"{program}: table {table}",
                state="loaded",
                evidence=f"{listed} names it",
                command=f"{program} -t {table} -S",
            )


def _modules() -> Iterator[Found]:
    try:
        named = MODULES.read_text().strip().split(",")
    except OSError:
        return
    for name in named:
        if name in REFUSING:
            yield Found(
                layer="security_module",
                name=name,
                state="loaded",
                evidence=f"{MODULES} names it",
                command={"apparmor": "aa-status", "selinux": "sestatus"}.get(name, f"cat {MODULES}"),
            )


def _taps() -> Iterator[Found]:
    try:
        count = len(TAPS.read_text().splitlines()) - 1
    except OSError:
        return
    if count > 0:
        yield Found(
            layer="packet_tap",
            name="packet sockets",
            state="open",
            count=count,
            evidence=f"{TAPS} lists {count}",
            command="ss -0p",
        )


def _place(each: dict[str, Any]) -> tuple[str, str]:
    """Family and table of a chain or rule."""
    return each["family"], each["table"]


def _short(value: object) -> str:
    return json.dumps(value)[:60]
