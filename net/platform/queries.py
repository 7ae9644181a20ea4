"""What the system tells anyone of IGMP and MLD queriers: files of Linux's /proc, absent on the other systems."""

from __future__ import annotations

from pathlib import Path

NET = Path("/proc/thread-self/net")
"""The network namespace of this thread."""
FORCED = Path("/proc/sys/net/ipv4/conf")
MLD_QUERIES = "Icmp6InGroupMembQueries"


def mld_queries(interface: str) -> int | None:
    """MLD queries received on the interface so far (net/ipv6/proc.c), None where the system does not tell."""
    text = _read(NET / "dev_snmp6" / interface)
    return parse_counter(text, MLD_QUERIES) if text is not None else None


def old_igmp_querier(interface: str) -> str | None:
    """``V1`` or ``V2`` where a querier of that version was heard lately on the interface, None where nothing is known.

    The kernel's table says which version is spoken (net/ipv4/igmp.c): V3 is what it begins with and so no proof of a
    querier, and a version forced by sysctl is none either.
    """
    text = _read(NET / "igmp")
    forced = {_read(FORCED / name / "force_igmp_version") for name in ("all", interface)}
    if text is None or forced - {None, "0\n"}:
        return None
    version = parse_igmp_version(text, interface)
    return version if version in ("V1", "V2") else None


def parse_counter(text: str, name: str) -> int | None:
    """The number beside ``name`` in a file of lines ``NAME NUMBER``."""
    for line in text.splitlines():
        fields = line.split()
        if len(fields) == 2 and fields[0] == name and fields[1].isdigit():
            return int(fields[1])
    return None


def parse_igmp_version(text: str, interface: str) -> str | None:
    """The column Querier of /proc/net/igmp for an interface."""
    for line in text.splitlines():
        head, colon, rest = line.partition(":")
        fields = head.split()
        if line[:1].isdigit() and colon and len(fields) == 2 and fields[1] == interface:
            return rest.split()[-1] if rest.split() else None
    return None


def _read(path: Path) -> str | None:
    try:
        return path.read_text()
    except OSError:
        return None
