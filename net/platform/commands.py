"""Runs a system's own commands and hands back what they printed."""

from __future__ import annotations

import errno
import os
import subprocess
from collections.abc import Sequence

import msgspec

from net.platform.system import SYSTEM

TIMEOUT = 5.0
"""Seconds a command may take before it counts as hanging."""


class Outcome(msgspec.Struct, frozen=True, kw_only=True):
    """What a command printed on each stream, and its exit status."""

    stdout: str
    stderr: str
    status: int


class CommandError(OSError):
    """A command that ended with a status other than 0; ``errno`` is EIO, ``strerror`` names it and holds its words."""

    def __init__(self, argv: Sequence[str], outcome: Outcome) -> None:
        words = outcome.stderr.strip() or f"status {outcome.status}"
        super().__init__(errno.EIO, f"{' '.join(argv)}: {words}")
        self.outcome = outcome


def run(argv: Sequence[str], timeout: float = TIMEOUT) -> Outcome:
    """Run ``argv`` (an argument list, no shell) in the C locale and wait for its end, whatever its exit status.

    Raises FileNotFoundError or PermissionError if it cannot be started, TimeoutError after ``timeout`` seconds; both
    name the command.
    """
    try:
        done = subprocess.run(
            list(argv),
            stdin=subprocess.DEVNULL,
            capture_output=True,
            timeout=timeout,
            check=False,
            env={**os.environ, "LC_ALL": "C"},
            encoding=_encoding(),
            errors="replace",
            creationflags=_creation_flags(),
        )
    except subprocess.TimeoutExpired:
        raise TimeoutError(errno.ETIMEDOUT, f"{' '.join(argv)}: no end after {timeout:g} s") from None
    return Outcome(stdout=done.stdout, stderr=done.stderr, status=done.returncode)


def output(argv: Sequence[str], timeout: float = TIMEOUT) -> str:
    """What ``argv`` printed on stdout; raises as ``run``, and CommandError if its exit status is not 0."""
    outcome = run(argv, timeout)
    if outcome.status:
        raise CommandError(argv, outcome)
    return outcome.stdout


def _encoding() -> str:
    # Console programs of Windows write the OEM code page into a pipe; Python has that codec on Windows only.
    return "oem" if SYSTEM == "windows" else "utf-8"


def _creation_flags() -> int:
    # Without it each command would flash a console window over the application's.
    return int(getattr(subprocess, "CREATE_NO_WINDOW", 0))
