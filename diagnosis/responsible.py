"""Which program macOS holds responsible for this one, and whether Local Network privacy exempts it (Apple's TN3179)."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Literal, NamedTuple

from net.ports.records import Ancestor

Exempt = Literal["root", "Terminal", "SSH"]

TERMINAL = "Terminal"
"""Apple's own; a terminal inside an IDE or from elsewhere is an app like any other."""
_SSH = re.compile(r"sshd(-session)?")
_BETWEEN = re.compile(
    r"-?(ba|da|z|k|a|fi|tc|c|nu)?sh|login|sudo|su|env|make|tmux|screen|script|python[0-9.]*|uv|node|lanscout",
    re.IGNORECASE,
)
"""Programs that act for whoever started them; their own parent is asked."""
LAUNCHD = 1


class Responsible(NamedTuple):
    """``process`` is who is asked for permission, None where launchd started this program itself (as a daemon or agent,
    or opened from the Finder). ``chain`` are all parents, nearest first."""

    process: str | None
    pid: int | None
    exempt: Exempt | None
    chain: str


def responsible(ancestors: Sequence[Ancestor], *, root: bool) -> Responsible:
    """Judge the parents, nearest first.

    Exempt are root, and what was started from Terminal or over SSH, with all its children. Else it is the app that
    stands highest below launchd: an IDE whose helper runs a shell, another terminal.
    """
    chain = " › ".join(f"{each.process or 'unnamed'} ({each.pid})" for each in ancestors) or "none seen"
    exempting = next(
        (each for each in ancestors if each.process == TERMINAL or _SSH.fullmatch(each.process or "")), None
    )
    apps = [each for each in ancestors if each.pid != LAUNCHD and not _BETWEEN.fullmatch(each.process or "")]
    found = exempting or (apps[-1] if apps else None)
    exempt: Exempt | None = None
    if root:
        exempt = "root"
    elif exempting is not None:
        exempt = "Terminal" if exempting.process == TERMINAL else "SSH"
    return Responsible(
        process=found.process if found is not None else None,
        pid=found.pid if found is not None else None,
        exempt=exempt,
        chain=chain,
    )
