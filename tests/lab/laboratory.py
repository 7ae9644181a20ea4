"""Builds the hosts of the lab from network namespaces, and always removes them."""

from __future__ import annotations

import itertools
import os
import select
import socket
import subprocess
import tempfile
import time
from contextlib import ExitStack, suppress
from pathlib import Path
from types import TracebackType
from typing import Self

from tests.lab import leftovers, resolv_conf, topology
from tests.lab.host import CommandFailedError, Host
from tests.lab.kernel import NETNS_FOLDER, open_tun

# linux/rtnetlink.h, linux/if_addr.h
RTMGRP_IPV6_IFADDR = 0x100
IFA_F_TENTATIVE = 0x40

_numbers = itertools.count(1)

# Addresses are usable at once (no duplicate address detection), nothing is sent that no test asked for, and packets
# may arrive by another way than the answer would take, as they do where a VPN holds the default route.
SYSCTLS = {
    "ipv6/conf/{each}/accept_dad": "0",
    "ipv6/conf/{each}/dad_transmits": "0",
    "ipv6/conf/{each}/router_solicitations": "0",
    "ipv4/conf/{each}/rp_filter": "0",
}


class LabError(RuntimeError):
    """The lab could not be built; the message names the command and what it said."""


class Lab:
    """The hosts alpha, beta, gamma and delta on two LANs (docs/lab.md has the map); a context manager.

    ``prefix`` stands before the names of the namespaces; None makes one that no other lab has. The lab is removed at
    the end of the block whatever happened in it; what a killed process left is removed by the next lab.
    """

    def __init__(self, prefix: str | None = None) -> None:
        self.prefix = f"ls{os.getpid()}-{next(_numbers)}-" if prefix is None else prefix
        self.hosts: dict[str, Host] = {}
        self.folder = Path()
        """For files of this lab's processes; gone with the lab."""
        self._stack = ExitStack()
        self._tunnels: dict[str, int] = {}

    @property
    def alpha(self) -> Host:
        """On LAN 1 by en0, on LAN 2 by en5, with utun3 and ipsec0: the host that is looked from."""
        return self.hosts["alpha"]

    @property
    def beta(self) -> Host:
        """On LAN 1, 192.168.1.20."""
        return self.hosts["beta"]

    @property
    def gamma(self) -> Host:
        """On LAN 1, 192.168.1.1, the gateway."""
        return self.hosts["gamma"]

    @property
    def delta(self) -> Host:
        """On LAN 2, 10.66.0.2."""
        return self.hosts["delta"]

    def __enter__(self) -> Self:
        with self._stack:
            self._build()
            self._stack = self._stack.pop_all()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """End every process of the lab and remove its namespaces; does nothing the second time."""
        self._stack.close()

    def vpn_up(self) -> None:
        """utun3 comes up and takes the default routes of alpha."""
        self._batch(self.alpha.netns, topology.vpn_commands())

    def vpn_down(self) -> None:
        """utun3 goes down; the default routes are en0's again."""
        self.alpha.ip(f"link set {topology.VPN_DEVICE} down")

    def vpn_packets(self, timeout: float = 0) -> list[bytes]:
        """The IP packets alpha sent into the VPN since the last call; waits up to ``timeout`` s for the first."""
        return _read_packets(self._tunnels[topology.VPN_DEVICE], timeout)

    def add_host(self, plan: topology.Plan) -> Host:
        """Build one more host; its devices are ready when this returns."""
        host = Host(plan.name, self.prefix + plan.name)
        self._make_namespaces((host.netns,))
        self._plug_in(plan, host)
        self._wait_until_ready(host)
        return host

    def add_lan(self, name: str) -> None:
        """One more LAN, for ``add_host`` and ``add_port``."""
        self._batch(self.prefix + topology.SWITCH, topology.lan_commands((name,)))

    def add_port(self, host: Host, port: topology.Port) -> None:
        """Give a host one more device; it is ready when this returns."""
        plan = topology.Plan(host.name, (port,))
        self._batch(self.prefix + topology.SWITCH, topology.cable_commands(plan, host.netns))
        self._batch(host.netns, topology.port_commands(plan))
        host.v4, host.v6 = (*host.v4, port.v4), (*host.v6, port.v6)
        self._wait_until_ready(host)

    def _build(self) -> None:
        leftovers.remove_dead()
        self.folder = Path(self._stack.enter_context(tempfile.TemporaryDirectory(prefix="lanscout-lab-")))
        self.folder.chmod(0o755)
        switch = self.prefix + topology.SWITCH
        hosts = [(plan, Host(plan.name, self.prefix + plan.name)) for plan in topology.STANDARD]
        self._make_namespaces((switch, *(host.netns for _, host in hosts)))
        self._batch(switch, topology.lan_commands())
        for plan, host in hosts:
            self._plug_in(plan, host)
        self._add_tunnels()
        for host in self.hosts.values():
            self._wait_until_ready(host)

    def _make_namespaces(self, names: tuple[str, ...]) -> None:
        for name in names:
            if (NETNS_FOLDER / name).exists():
                raise LabError(f"the network namespace {name} exists already; close the other lab or demo first")
        note = leftovers.remember(f"{self.prefix}{names[-1]}".replace("/", "_"), names)
        self._stack.callback(note.unlink, missing_ok=True)
        self._stack.callback(leftovers.remove, names)
        self._batch(None, [f"netns add {name}" for name in names])

    def _plug_in(self, plan: topology.Plan, host: Host) -> None:
        self._stack.callback(host.close)
        self.hosts[plan.name] = host
        host.v4 = tuple(port.v4 for port in plan.ports)
        host.v6 = tuple(port.v6 for port in plan.ports)
        with suppress(PermissionError):  # then those of the machine are out of reach from here, and are told to be
            resolv_conf.write(host.netns)
        _set_sysctls(host)
        self._batch(self.prefix + topology.SWITCH, topology.cable_commands(plan, host.netns))
        self._batch(host.netns, topology.host_commands(plan))

    def _add_tunnels(self) -> None:
        for device in (topology.VPN_DEVICE, topology.IPSEC_DEVICE):
            with self.alpha.inside():
                descriptor = open_tun(device)
            self._tunnels[device] = descriptor
            self._stack.callback(os.close, descriptor)
        self._batch(self.alpha.netns, topology.tunnel_commands())

    def _wait_until_ready(self, host: Host, timeout: float = 5) -> None:
        """Until the kernel has run the links' carrier events: before them a link has no link-local address."""
        deadline = time.monotonic() + timeout
        with host.inside(), socket.socket(socket.AF_NETLINK, socket.SOCK_RAW, socket.NETLINK_ROUTE) as changes:
            changes.bind((0, RTMGRP_IPV6_IFADDR))
            while _link_locals() < len(host.v6):
                if not select.select([changes], [], [], max(0, deadline - time.monotonic()))[0]:
                    raise LabError(f"{host.netns} has no link-local address after {timeout} s")
                changes.recv(65536)

    def _batch(self, netns: str | None, lines: list[str]) -> None:
        where = ["-n", netns] if netns else []
        result = subprocess.run(
            ["ip", *where, "-batch", "-"], input="\n".join(lines), check=False, capture_output=True, text=True
        )
        if result.returncode != 0:
            raise CommandFailedError(f"ip in {netns or 'this namespace'}: {result.stderr.strip()}\n{lines}")


def _link_locals() -> int:
    """Link-local addresses of Ethernet devices ready for use here, from /proc/net/if_inet6."""
    rows = [line.split() for line in Path("/proc/thread-self/net/if_inet6").read_text().splitlines()]
    return sum(row[3] == "20" and row[5].startswith("en") and not int(row[4], 16) & IFA_F_TENTATIVE for row in rows)


def _set_sysctls(host: Host) -> None:
    with host.inside():
        for name, value in SYSCTLS.items():
            for each in ("all", "default"):
                Path("/proc/sys/net", name.format(each=each)).write_text(value)


def _read_packets(descriptor: int, timeout: float) -> list[bytes]:
    packets: list[bytes] = []
    while select.select([descriptor], [], [], 0 if packets else timeout)[0]:
        packets.append(os.read(descriptor, 65536))
    return packets
