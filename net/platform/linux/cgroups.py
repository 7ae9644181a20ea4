"""What a control group says about a process: its systemd unit and its container (cgroups(7))."""

from __future__ import annotations

import os
import re
from functools import lru_cache
from pathlib import Path
from typing import NamedTuple

from net.text import visible

_UNIT = re.compile(r".+\.(service|scope|socket)")
# Scopes of Docker, Podman, containerd and CRI-O end in -ID.scope; their folders with cgroupfs in /ID.
_CONTAINER_ID = re.compile(r"(?:^|[/-])(?P<id>[0-9a-f]{64})(?:\.scope)?(?:/|$)")
# The folders of LXC and LXD, and the scopes that systemd-machined registers.
_CONTAINER_NAME = re.compile(r"/(?:lxc\.payload\.|lxc/|machine\.slice/machine-)(?P<name>[^/]+?)(?:\.scope)?(?:/|$)")
_SHORT_ID = 12


class Membership(NamedTuple):
    """Where a process belongs: its cgroup's path and what that names, each None where there is nothing to tell."""

    path: str | None
    unit: str | None
    container: str | None


@lru_cache(maxsize=1024)
def membership(content: bytes) -> Membership:
    """What a /proc/PID/cgroup says. Its path is that of version 2, else systemd's, else the longest that is not /."""
    paths: dict[str, str] = {}
    for line in content.decode(errors="surrogateescape").splitlines():
        number, _, rest = line.partition(":")
        controllers, _, path = rest.partition(":")
        if path.startswith("/") and path != "/":
            paths["" if number == "0" else controllers] = path
    longest = max(paths.values(), key=len, default=None)
    best = paths.get("") or paths.get("name=systemd") or longest
    return Membership(best, unit(best), container(best))


def unit(path: str | None) -> str | None:
    """The innermost systemd unit in a cgroup path, None where it has none or only that of a container."""
    if path is None or container(path) is not None:
        return None
    for part in reversed(path.split("/")):
        if _UNIT.fullmatch(part):
            return visible(part)
    return None


def container(path: str | None) -> str | None:
    """The container in a cgroup path: the first 12 digits of its id, as ``docker ps`` shows it, or its name."""
    if path is None:
        return None
    found = _CONTAINER_ID.search(path)
    if found:
        return found["id"][:_SHORT_ID]
    named = _CONTAINER_NAME.search(path)
    return visible(named["name"]) if named else None


class CgroupFolders:
    """Finds the path of a version 2 cgroup by its id, which is the inode number of its folder.

    ``root`` is where the hierarchy is mounted (cgroup2 in /proc/self/mounts if not given).
    """

    def __init__(self, root: Path | None = None) -> None:
        self._root = root if root is not None else _mount_point()
        self._paths: dict[int, str] = {}

    def refresh(self) -> None:
        """Read the tree again."""
        self._paths = {}
        if self._root is None:
            return
        for folder, _, _ in os.walk(self._root):
            try:
                inode = Path(folder).stat().st_ino
            except FileNotFoundError:
                continue
            relative = Path(folder).relative_to(self._root).as_posix()
            self._paths[inode] = "/" if relative == "." else f"/{relative}"

    def path(self, identity: int | None) -> str | None:
        """The path as of the last ``refresh``; None for an unknown id and for the root, which tells nothing."""
        path = self._paths.get(identity) if identity is not None else None
        return None if path == "/" else path


def _mount_point() -> Path | None:
    try:
        lines = Path("/proc/self/mounts").read_text(errors="surrogateescape").splitlines()
    except OSError:
        return None
    for line in lines:
        _, folder, kind, *_ = line.split(" ")
        if kind == "cgroup2":
            return Path(folder)
    return None
