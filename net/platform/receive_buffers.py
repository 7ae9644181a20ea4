"""What the system tells of full receive buffers: files of Linux's /proc, absent on the other systems."""

from __future__ import annotations

from pathlib import Path

from net.platform.reverse_path import parse_netstat

NET = Path("/proc/thread-self/net")
"""The network namespace of this thread."""
RMEM_MAX = Path("/proc/sys/net/core/rmem_max")


def lost_to_full_buffers() -> int | None:
    """UDP datagrams of both families lost so far because the receiving socket's buffer was full (RcvbufErrors)."""
    four = _read(NET / "snmp")
    six = _read(NET / "snmp6")
    if four is None:
        return None
    return (parse_rcvbuf_errors(four) or 0) + (parse_udp6_errors(six or "") or 0)


def parse_rcvbuf_errors(text: str) -> int | None:
    """Of /proc/net/snmp, whose lines begin with the protocol."""
    udp = "\n".join(line for line in text.splitlines() if line.startswith("Udp:"))
    return parse_netstat(udp, "RcvbufErrors")


def parse_udp6_errors(text: str) -> int | None:
    """Of /proc/net/snmp6, lines of NAME NUMBER."""
    for line in text.splitlines():
        fields = line.split()
        if len(fields) == 2 and fields[0] == "Udp6RcvbufErrors":
            return int(fields[1])
    return None


def largest_buffer() -> int | None:
    """What a program without privileges may ask for (net.core.rmem_max), in bytes; None where it cannot be read.

    It is not shown in network namespaces of their own before Linux 6.12.
    """
    try:
        return int(RMEM_MAX.read_text())
    except (OSError, ValueError):
        return None


def _read(path: Path) -> str | None:
    try:
        return path.read_text()
    except OSError:
        return None
