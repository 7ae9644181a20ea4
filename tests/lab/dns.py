"""DNS on the hosts of the lab: dnsmasq, servers with a fault, firewall rules, and what a host's resolv.conf says."""

from __future__ import annotations

import shutil
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.lab import resolv_conf as resolv_conf_of
from tests.lab.host import Host
from tests.lab.peers import IMPORTABLE
from tests.lab.process import Background

PROGRAMS = {"dnsmasq": "dnsmasq-base", "nft": "nftables"}


def missing() -> str | None:
    """Why no resolver can be built here, or None."""
    absent = [f"{program} ({package})" for program, package in PROGRAMS.items() if shutil.which(program) is None]
    return f"Programs are missing: {', '.join(absent)}." if absent else None


def dnsmasq(host: Host, address: str, *options: str) -> Background:
    """dnsmasq on port 53 of one address, asking nobody; ``options`` such as ``--host-record=a.test,1.2.3.4``."""
    fixed = ["--keep-in-foreground", "--no-resolv", "--no-hosts", "--no-daemon", "--conf-file=/dev/null", "--pid-file="]
    listening = [f"--listen-address={address}", "--bind-interfaces", "--edns-packet-max=4096"]
    server = host.start(["dnsmasq", *fixed, *listening, *options])
    server.wait_until(lambda: host.listening(53, "udp", server.pid) and host.listening(53, "tcp", server.pid))
    return server


def faulty(host: Host, fault: str, address: str, known: str, *other: str) -> Background:
    """tests.lab.dns_server there, ready."""
    server = host.start([sys.executable, "-m", "tests.lab.dns_server", fault, address, known, *other], env=IMPORTABLE)
    server.wait_for("serving")
    return server


def filtered(host: Host, *rules: str, hook: str = "input", priority: int = 0) -> None:
    """Rules of nft(8) for what arrives at (``input``, ``prerouting``) or leaves (``output``) the host."""
    chain = f"{{ type filter hook {hook} priority {priority}; }}"
    lines = [
        "add table inet lab",
        f"add chain inet lab {hook} {chain}",
        *(f"add rule inet lab {hook} {rule}" for rule in rules),
    ]
    host.run(["nft", "-f", "-"], input="\n".join(lines) + "\n")


@contextmanager
def resolv_conf(host: Host, *servers: str) -> Iterator[Path]:
    """The host's own /etc/resolv.conf for commands that start there in the block; skips where none can be given."""
    try:
        file = resolv_conf_of.write(host.netns, *servers)
    except PermissionError:
        pytest.skip(f"{resolv_conf_of.FOLDER} cannot be written")
    try:
        yield file
    finally:
        resolv_conf_of.write(host.netns)
