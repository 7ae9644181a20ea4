"""Whether the lab can be built here: as root, or as the root of a user namespace of our own."""

from __future__ import annotations

import os
import shutil
import tempfile
import threading
from pathlib import Path

from net.platform.system import SYSTEM
from tests.lab import kernel

REQUIRED = "required"
OFF = "off"
PROGRAMS = {
    "ip": "iproute2",
    "avahi-daemon": "avahi-daemon",
    "avahi-browse": "avahi-utils",
    "dbus-daemon": "dbus-daemon",
    "iperf": "iperf",
    "socat": "socat",
    "ss": "iproute2",
}
# linux/capability.h: CAP_NET_ADMIN, CAP_SYS_ADMIN
NEEDED = 1 << 12 | 1 << 21
_refused: list[str] = []


def wanted() -> str:
    """``LANSCOUT_LAB``: required (a lab that cannot be built fails the tests), off, or empty (skip with the reason)."""
    return os.environ.get("LANSCOUT_LAB", "")


def missing() -> str | None:
    """Why no lab can be built here, one sentence, or None."""
    if wanted() == OFF:
        return "LANSCOUT_LAB=off."
    if SYSTEM != "linux":
        return "Network namespaces exist on Linux only."
    absent = [f"{program} ({package})" for program, package in PROGRAMS.items() if shutil.which(program) is None]
    if absent:
        return f"Programs are missing, in parentheses their Debian packages: {', '.join(absent)}."
    if not _may_build():
        refused = _refused[0] if _refused else "no user namespace was entered"
        return f"Building hosts needs CAP_SYS_ADMIN and CAP_NET_ADMIN or a user namespace, and {refused}."
    if not os.access("/dev/net/tun", os.R_OK | os.W_OK):
        return "/dev/net/tun cannot be opened (modprobe tun)."
    return None


def become_root_of_own_namespace() -> None:
    """Without root's rights: move this process into namespaces in which it has them (user_namespaces(7)).

    To be called before a second thread exists. The process then sees an empty network with loopback up, and a /run of
    its own where ``ip netns add`` may write. Where the kernel refuses, ``missing`` says so.
    """
    if SYSTEM != "linux" or wanted() == OFF or _may_build() or threading.active_count() > 1:
        return
    user, group = os.geteuid(), os.getegid()
    try:
        kernel.unshare(kernel.CLONE_NEWUSER | kernel.CLONE_NEWNS | kernel.CLONE_NEWNET)
    except OSError as error:
        _refused.append(f"the kernel refused one ({error.strerror}, {error.errno})")
        return
    Path("/proc/self/setgroups").write_text("deny")
    Path("/proc/self/uid_map").write_text(f"0 {user} 1")
    Path("/proc/self/gid_map").write_text(f"0 {group} 1")
    kernel.mount("none", "/", "none", kernel.MS_PRIVATE_RECURSIVE)
    _put_writable_run()
    _hide_resolvers()
    kernel.set_loopback_up()


def _put_writable_run() -> None:
    """A /run of this process's own, in which /run/user (the socket of Wayland) is still there."""
    with tempfile.TemporaryDirectory() as folder:
        kernel.mount("tmpfs", folder, "tmpfs")
        if Path("/run/user").is_dir():
            Path(folder, "user").mkdir()
            kernel.mount("/run/user", f"{folder}/user", "none", kernel.MS_BIND_RECURSIVE)
        kernel.mount(folder, "/run", "none", kernel.MS_MOVE)


def _hide_resolvers() -> None:
    """Without /etc/netns (tests.lab.resolv_conf): an empty file over the machine's list of DNS servers."""
    listed = Path("/etc/resolv.conf")
    if listed.is_file():  # a symbolic link into the /run of before leads nowhere now, and is no list either
        kernel.mount("/dev/null", str(listed.resolve()), "none", kernel.MS_BIND_RECURSIVE)


def _may_build() -> bool:
    """Whether the effective capabilities suffice (capabilities(7)); root in a container may lack them."""
    status = Path("/proc/self/status").read_text()
    effective = int(next(line for line in status.splitlines() if line.startswith("CapEff:")).split()[1], 16)
    return effective & NEEDED == NEEDED
