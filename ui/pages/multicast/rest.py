"""Where the packets are that the window no longer shows: in a file, or nowhere."""

from __future__ import annotations

import time
from dataclasses import dataclass
from pathlib import PurePosixPath

from ui.pages.multicast.joins import JoinKey
from ui.pages.multicast.states import tr
from ui.text import count, fill, visible

NAME_SHOWN = 40


def file_name(path: str) -> str:
    """The last part of a path of any system, fit to be shown."""
    return visible(PurePosixPath(path.replace("\\", "/")).name, NAME_SHOWN)


@dataclass
class Kept:
    """A file that holds packets of ``groups``: those of ``whole`` from their first one on, the others ``since`` then.

    Times are seconds since the epoch; ``until`` is None while the file is written, ``missed`` what is not in it.
    """

    path: str
    groups: frozenset[JoinKey]
    whole: frozenset[JoinKey]
    since: float
    until: float | None = None
    missed: int = 0


class Rest:
    """The files recorded and opened since the page was; of several that hold the same groups the newest counts."""

    def __init__(self) -> None:
        self._files: list[Kept] = []

    def add(self, kept: Kept) -> None:
        """A file is being written or was opened; ``kept`` may be changed later."""
        self._files.append(kept)

    def words(self, keys: frozenset[JoinKey]) -> str:
        """Where the packets of these groups are, as the end of a sentence."""
        files = [kept for kept in reversed(self._files) if kept.groups & keys]
        if not files:
            return tr("the rest was not recorded")
        kept = files[0]
        name = file_name(kept.path)
        if not keys <= kept.groups:
            return fill(tr("a part of the rest is in %1"), name)
        missed = fill(tr(" without %1 that were missed"), count(kept.missed)) if kept.missed else ""
        if kept.until is not None:
            return fill(tr("the rest from %1 to %2 is in %3"), _clock(kept.since), _clock(kept.until), name) + missed
        if keys <= kept.whole:
            return fill(tr("the rest is in %1"), name) + missed
        return fill(tr("the rest since %1 is in %2"), _clock(kept.since), name) + missed


def _clock(moment: float) -> str:
    return time.strftime("%H:%M:%S", time.localtime(moment))
