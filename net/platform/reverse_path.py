"""Whether the kernel drops what arrives by another way than the answer would take (rp_filter): Linux only.

Documentation/networking/ip-sysctl.rst: the greater of ``all`` and the interface's own value counts; 1 is strict, 2
loose. The files are absent on the other systems, and so is the filter.
"""

from __future__ import annotations

from pathlib import Path

NET = Path("/proc/thread-self/net")
"""The network namespace of this thread."""
SYSCTLS = Path("/proc/sys/net/ipv4/conf")
STRICT = 1
COUNTER = "IPReversePathFilter"


def reverse_path_filter(interface: str) -> int | None:
    """The value in effect on the interface, None where there is none."""
    values = [value for name in ("all", interface) if (value := _number(SYSCTLS / name / "rp_filter")) is not None]
    return max(values) if len(values) == 2 else None


def reverse_path_drops() -> int | None:
    """Packets dropped by the filter so far, on all interfaces together; None where the system does not tell."""
    try:
        return parse_netstat((NET / "netstat").read_text(), COUNTER)
    except OSError:
        return None


def parse_netstat(text: str, name: str) -> int | None:
    """The number under ``name`` in /proc/net/netstat or /proc/net/snmp: pairs of lines, names above numbers."""
    lines = text.splitlines()
    for names, numbers in zip(lines[::2], lines[1::2], strict=False):
        named = dict(zip(names.split(), numbers.split(), strict=False))
        if name in named:
            return int(named[name])
    return None


def _number(path: Path) -> int | None:
    try:
        return int(path.read_text())
    except (OSError, ValueError):
        return None
