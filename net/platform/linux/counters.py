"""The multicast packets each interface received, from /proc/net/dev (net/core/net-procfs.c)."""

from __future__ import annotations

from pathlib import Path

from net.platform.names import interface_name

DEVICES = Path("/proc/thread-self/net/dev")
"""The network namespace of this thread."""
MULTICAST = 7
"""Its place behind the colon: bytes, packets, errs, drop, fifo, frame, compressed, multicast."""


def multicast_received() -> dict[str, int]:
    """By the visible name of the interface."""
    try:
        return parse(DEVICES.read_bytes().decode("utf-8", "surrogateescape"))
    except FileNotFoundError:
        return {}


def parse(text: str) -> dict[str, int]:
    """The rows below the two lines of headings; a name holds no colon (net/core/dev.c dev_valid_name)."""
    found = {}
    for line in text.split("\n")[2:]:
        name, _, numbers = line.partition(":")
        fields = numbers.split()
        if len(fields) > MULTICAST and fields[MULTICAST].isdigit():
            found[interface_name(name.strip(" "))] = int(fields[MULTICAST])
    return found
