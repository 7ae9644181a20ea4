"""What the hosts of the lab have as /etc/resolv.conf: no DNS server, unless a test gives them one."""

from __future__ import annotations

import shutil
from contextlib import suppress
from pathlib import Path

FOLDER = Path("/etc/netns")
"""What lies in the folder of a namespace here stands in for the files of /etc in ``ip netns exec`` (ip-netns(8))."""


def write(netns: str, *servers: str) -> Path:
    """The servers of what starts in that namespace from now on. Raises PermissionError where none can be given."""
    folder = FOLDER / netns
    folder.mkdir(parents=True, exist_ok=True)
    file = folder / "resolv.conf"
    file.write_text("".join(f"nameserver {server}\n" for server in servers))
    return file


def remove(netns: str) -> None:
    """Does nothing where there is none."""
    with suppress(FileNotFoundError):
        shutil.rmtree(FOLDER / netns)
    with suppress(OSError):  # other namespaces have theirs
        FOLDER.rmdir()
