"""Labs whose owner died without removing them: remembered in files under /run, removed by the next lab."""

from __future__ import annotations

import os
import subprocess
from contextlib import suppress
from pathlib import Path

import msgspec

from tests.lab import resolv_conf
from tests.lab.host import end_processes_in
from tests.lab.kernel import NETNS_FOLDER

FOLDER = Path("/run/lanscout-lab")


class Owned(msgspec.Struct, frozen=True):
    """The process that built a lab (its start time tells it from a later one with the same pid) and its namespaces."""

    pid: int
    started: str
    namespaces: tuple[str, ...]

    def alive(self) -> bool:
        return _start_time(self.pid) == self.started


def remember(label: str, namespaces: tuple[str, ...]) -> Path:
    """Note that this process owns ``namespaces``; returns the note, to be unlinked when they are gone."""
    FOLDER.mkdir(parents=True, exist_ok=True)
    note = FOLDER / f"{os.getpid()}-{label}.json"
    owned = Owned(pid=os.getpid(), started=_start_time(os.getpid()) or "", namespaces=namespaces)
    note.write_bytes(msgspec.json.encode(owned))
    return note


def remove_dead() -> None:
    """Remove the labs whose owner no longer lives."""
    if not FOLDER.is_dir():
        return
    for note in FOLDER.glob("*.json"):
        try:
            owned = msgspec.json.decode(note.read_bytes(), type=Owned)
        except (FileNotFoundError, msgspec.DecodeError):
            continue
        if not owned.alive():
            remove(owned.namespaces)
            note.unlink(missing_ok=True)


def remove(namespaces: tuple[str, ...]) -> None:
    """Delete the namespaces that exist, with what runs in them."""
    for name in namespaces:
        if (NETNS_FOLDER / name).exists():
            end_processes_in(name)
            with suppress(subprocess.CalledProcessError):
                subprocess.run(["ip", "netns", "del", name], check=True, capture_output=True)
        resolv_conf.remove(name)


def _start_time(pid: int) -> str | None:
    """Field 22 of /proc/PID/stat (proc(5)), None where there is no such process."""
    try:
        text = Path(f"/proc/{pid}/stat").read_text()
    except (FileNotFoundError, ProcessLookupError):
        return None
    # The second field, the command's name, may hold spaces and parentheses.
    return text.rpartition(")")[2].split()[19]
