"""The git work tree around a folder and what is checked out in it, read from its files (gitrepository-layout(5))."""

from __future__ import annotations

import os
import stat
from pathlib import Path
from typing import NamedTuple

from net.text import visible

_LIMIT = 4096
"""Bytes read of a file; HEAD and the file that stands for the repository hold one line."""
_SHORT_COMMIT = 12


class WorkTree(NamedTuple):
    """The ``root`` of the work tree, and the branch or, of a detached HEAD, the beginning of the commit."""

    root: str
    branch: str | None


def work_tree(folder: str) -> WorkTree | None:
    """The innermost work tree that holds ``folder``, an absolute path; None where there is none or none may be read."""
    for root in (Path(folder), *Path(folder).parents):
        repository = _repository(root)
        if repository is not None:
            return WorkTree(visible(str(root)), _checked_out(repository))
    return None


def _repository(root: Path) -> Path | None:
    """A folder ``.git``, or the one that a file ``.git`` names: of a worktree or a submodule."""
    place = root / ".git"
    try:
        if stat.S_ISDIR(place.stat().st_mode):
            return place if (place / "HEAD").exists() else None
    except OSError:
        return None
    line = _first_line(place)
    if line is None or not line.startswith("gitdir: "):
        return None
    return root / line.removeprefix("gitdir: ")


def _checked_out(repository: Path) -> str | None:
    line = _first_line(repository / "HEAD")
    if not line:
        return None
    if line.startswith("ref: "):
        return visible(line.removeprefix("ref: ").removeprefix("refs/heads/"))
    return visible(line[:_SHORT_COMMIT])


def _first_line(path: Path) -> str | None:
    # Any user's folder is looked into: a pipe of that name must not stop us.
    flags = os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_CLOEXEC", 0)
    try:
        descriptor = os.open(path, flags)
    except OSError:
        return None
    try:
        if not stat.S_ISREG(os.fstat(descriptor).st_mode):
            return None
        content = os.read(descriptor, _LIMIT)
    except OSError:
        return None
    finally:
        os.close(descriptor)
    return content.decode("utf-8", "surrogateescape").partition("\n")[0].rstrip("\r")
