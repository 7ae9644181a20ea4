"""What runs a process and would start it again, and the command that stops it there, as its control group tells."""

from __future__ import annotations

import re
import shlex
from typing import NamedTuple

from net.platform.linux.cgroups import container, unit

# Sessions and user managers hold everything a person runs: stopping them is no way to free a port.
_SESSIONS = re.compile(r"session-\w+\.scope|user@\d+\.service|init\.scope")
_USER_MANAGER = re.compile(r"/user@(?P<uid>\d+)\.service/")
_RUNTIMES = (
    (re.compile(r"/libpod-|/libpod_parent/"), "podman", "podman stop {}"),
    (re.compile(r"/docker[-/]"), "docker", "docker stop {}"),
    (re.compile(r"/kubepods|/cri-containerd-|/crio-"), "kubernetes", None),
    (re.compile(r"/lxc\.payload\.|/lxc/"), "lxc", "lxc-stop -n {}"),
    (re.compile(r"/machine\.slice/machine-"), "systemd-machined", "machinectl stop {}"),
)


class Managed(NamedTuple):
    """The fields of net.ports.records.ProcessDetails; all None for what nobody manages."""

    manager: str | None = None
    unit: str | None = None
    stop: str | None = None


def managed(path: str | None) -> Managed:
    """Who manages the processes of the cgroup ``path``: the runtime of a container, or systemd.

    A unit of a user's own manager is stopped there, without root (systemctl(1), --user).
    """
    box = container(path)
    if path is not None and box is not None:
        for sign, runtime, stop in _RUNTIMES:
            if sign.search(path):
                return Managed(runtime, box, stop.format(shlex.quote(box)) if stop else None)
        return Managed()
    name = unit(path)
    if path is None or name is None or _SESSIONS.fullmatch(name):
        return Managed()
    of_user = "--user " if _USER_MANAGER.search(path) else ""
    return Managed("systemd", name, f"systemctl {of_user}stop {shlex.quote(name)}")
