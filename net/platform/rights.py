"""The phrases for net.records.Listener.missing_right: which right would show the owner of a socket."""

from __future__ import annotations

from typing import Final

ROOT: Final = "root, to read which files other users' processes have open"
PTRACE: Final = "the capability CAP_SYS_PTRACE, to read which files other users' processes have open"
HIDEPID: Final = "root, because /proc is mounted with hidepid and hides other users' processes"
MACOS_ROOT: Final = "root: macOS shows a user only the sockets of their own processes"
ADMINISTRATOR: Final = "administrator: Windows names no process for this socket"
BY_ROOT: Final = (ROOT, HIDEPID, MACOS_ROOT)
"""Those that another look as root gives."""
NO_RIGHT: Final = (
    "none: no process seen from here holds it, but the kernel, a message on its way to another process, "
    "or a process outside this container"
)
"""No right would show more."""
BEYOND_PTRACE: Final = (
    "none: CAP_SYS_PTRACE is there, and yet some processes may not be looked into, since they have more capabilities, "
    "belong to a user namespace above, or are guarded by a security policy; or a message on its way holds the socket"
)
"""For root that has the capability."""
MACOS_PROCESS: Final = "root: macOS shows a user only the folder and the files of their own processes"
WINDOWS_PROCESS: Final = "administrator, to look into other users' processes"
