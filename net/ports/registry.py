"""The registered name of a port number, which is a guess about what runs there."""

from __future__ import annotations

import os
import socket
from functools import cache
from pathlib import Path

FILES = (
    Path("/etc/services"),
    Path(os.environ.get("SYSTEMROOT", r"C:\Windows"), "System32", "drivers", "etc", "services"),
)
"""Where systems keep it; the first that can be read counts."""


def registered_name(port: int, protocol: str) -> str | None:
    """The name in this host's services file (services(5)), None where it has none.

    The file is read once: getservbyport reads all of it for each port that is not in it, 30 µs each on Debian 12.
    """
    names = _services()
    if names is None:
        return _ask_system(port, protocol)
    return names.get((port, protocol))


def parse_services(text: str) -> dict[tuple[int, str], str]:
    """(port, protocol) to name; the first line of a port counts, as getservbyport has it."""
    names: dict[tuple[int, str], str] = {}
    for line in text.splitlines():
        fields = line.partition("#")[0].split()
        if len(fields) < 2:
            continue
        number, _, protocol = fields[1].partition("/")
        if number.isascii() and number.isdigit():
            names.setdefault((int(number), protocol), fields[0])
    return names


@cache
def _services() -> dict[tuple[int, str], str] | None:
    for path in FILES:
        try:
            return parse_services(path.read_text(encoding="utf-8", errors="replace"))
        except OSError:
            continue
    return None


@cache
def _ask_system(port: int, protocol: str) -> str | None:
    try:
        return socket.getservbyport(port, protocol)
    except OSError:
        return None
