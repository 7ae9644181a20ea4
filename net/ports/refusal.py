"""Which processes are not ended from here, with the reason."""

from __future__ import annotations

import os
import re

from net.platform.system import SYSTEM
from net.ports.naming import UNNAMED
from net.ports.records import ProcessDetails
from resources.loader import System, outcome_rows, protected_processes


def refusal(process: ProcessDetails, system: System = SYSTEM) -> str | None:
    """Why ``process`` is not ended and what to do instead; None where it may be.

    Lanscout's own processes are those this one is and was started by; the rest is in protected-processes.toml.
    """
    facts: dict[str, object] = {"process": process.process or UNNAMED, "pid": process.pid}
    if process.pid in (os.getpid(), os.getppid()):
        return outcome_rows()["refused_own"].format(**facts)
    for row in protected_processes():
        if system in row.os and (process.pid in row.pids or _named(row.process, process.process or "")):
            return outcome_rows()["refused"].format(why=row.why, instead=row.instead, **facts)
    if process.manager == "kernel":
        return outcome_rows()["refused_kernel"].format(**facts)
    return None


def _named(patterns: tuple[str, ...], name: str) -> bool:
    return any(re.fullmatch(pattern, name) for pattern in patterns)
