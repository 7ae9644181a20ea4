"""Which capabilities this process has (capabilities(7)), and which right it lacks to look into others."""

from __future__ import annotations

from pathlib import Path

from net.platform.rights import BEYOND_PTRACE, PTRACE, ROOT
from net.platform.system import is_root

CAP_NET_BIND_SERVICE, CAP_SYS_PTRACE = 10, 19  # linux/capability.h


def effective(capability: int) -> bool:
    """Whether the calling thread has it now."""
    status = Path("/proc/thread-self/status").read_text()
    held = next((line.split()[1] for line in status.splitlines() if line.startswith("CapEff:")), "0")
    return bool(int(held, 16) >> capability & 1)


def right_to_look() -> str:
    """What is missing where a process may not be looked into, as net.platform.rights says it."""
    if not is_root():
        return ROOT
    return BEYOND_PTRACE if effective(CAP_SYS_PTRACE) else PTRACE
