"""Which operating system this is: the only place that reads sys.platform."""

from __future__ import annotations

import os
import socket
import sys
from contextlib import suppress
from typing import Final, Literal

SystemName = Literal["linux", "macos", "windows"]


def _name() -> SystemName:
    if sys.platform == "darwin":
        return "macos"
    if sys.platform in ("win32", "cygwin"):
        return "windows"
    return "linux"


SYSTEM: Final[SystemName] = _name()


def missing_display() -> str | None:
    """Why no window can be opened here, or None where one can."""
    if SYSTEM != "linux":
        return None
    environment = os.environ
    if environment.get("QT_QPA_PLATFORM") or environment.get("WAYLAND_DISPLAY"):
        return None
    display = environment.get("DISPLAY")
    if not display:
        return "neither DISPLAY nor WAYLAND_DISPLAY is set"
    host, _, number = display.partition(":")
    if host in ("", "unix") and not _x11_answers(number.partition(".")[0]):
        return f"the display {display} does not answer"
    return None


def _x11_answers(number: str) -> bool:
    """Whether an X server of this host accepts, at its socket in the file system or in the abstract namespace."""
    path = f"/tmp/.X11-unix/X{number}"  # noqa: S108 - where X(7) has it
    for address in (path, f"\0{path}"):
        with socket.socket(socket.AF_UNIX) as attempt, suppress(OSError):
            attempt.connect(address)
            return True
    return False


def is_root() -> bool:
    """Whether this process has the administrator's rights, as far as the user id tells."""
    geteuid = getattr(os, "geteuid", None)
    return bool(geteuid is not None and geteuid() == 0)
