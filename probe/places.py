"""Where a probe can run, and the command that starts it there."""

from __future__ import annotations

import os
import shlex
import shutil
import sys
from pathlib import Path

PROGRAM = (sys.executable, str(Path(__file__).resolve().parent.parent / "main.py"))
FORMS = "local, sudo, pkexec, netns:NAME, ssh:HOST or docker:NAME"


class PlaceError(ValueError):
    """A place that is not of a known form."""


def probe_command(place: str) -> list[str]:
    """The argument list that starts a probe at ``place``; raises PlaceError for an unknown form.

    ``--`` or a refused leading dash keeps a name from being read as an option of the command it is given to.
    """
    kind, _, name = place.partition(":")
    if name.startswith("-"):
        raise PlaceError(place)
    match kind, bool(name):
        case "local", False:
            return [*PROGRAM, "probe"]
        case "sudo", False:
            return ["sudo", "-n", *PROGRAM, "probe"]
        case "pkexec", False:
            return ["pkexec", *PROGRAM, "probe"]
        case "netns", True:
            return [*_as_root(), "ip", "netns", "exec", name, *PROGRAM, "probe"]
        case "ssh", True:
            return ["ssh", "-T", "-o", "BatchMode=yes", "--", name, "lanscout", "probe"]
        case "docker", True:
            return ["docker", "exec", "-i", name, "lanscout", "probe"]
    raise PlaceError(place)


def check_command(place: str) -> str:
    """What a person types to see why no probe starts at ``place``, a place that ``probe_command`` takes."""
    kind, _, name = place.partition(":")
    match kind:
        case "sudo":
            words = ["sudo", "-v"]
        case "pkexec":
            words = ["pkexec", "true"]
        case "netns":
            words = [*_as_root()[:1], "ip", "netns", "exec", name, "true"]
        case "ssh":
            words = ["ssh", "--", name, "lanscout", "--version"]
        case "docker":
            words = ["docker", "exec", "-i", name, "lanscout", "--version"]
        case _:
            words = [*PROGRAM, "--version"]
    return shlex.join(words)


def root_place() -> str:
    """Where a probe of this computer runs as root: ``pkexec``, which asks in its own window, where there is one."""
    return "pkexec" if shutil.which("pkexec") is not None else "sudo"


def asks_person(place: str) -> bool:
    """Whether starting a probe there asks the person something, so that it is not tried again by itself."""
    return place == "pkexec"


def _as_root() -> list[str]:
    geteuid = getattr(os, "geteuid", None)
    return [] if geteuid is None or geteuid() == 0 else ["sudo", "-n"]
