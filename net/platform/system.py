"""Which operating system this is: the only place that reads sys.platform."""

from __future__ import annotations

import os
import socket
import sys
from pathlib import Path
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
    path = Path(f"/tmp/.X11-unix/X{number.split('.')[0]}")  # noqa: S108 - the X11 socket's fixed place
    if host not in ("", "unix") or not path.exists():
        return None
    with socket.socket(socket.AF_UNIX) as attempt:
        try:
            attempt.connect(str(path))
        except OSError as error:
            return f"the display {display} does not answer ({error.strerror})"
    return None


def is_root() -> bool:
    """Whether this process has the administrator's rights, as far as the user id tells."""
    geteuid = getattr(os, "geteuid", None)
    return bool(geteuid is not None and geteuid() == 0)
