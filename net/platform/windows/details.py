"""All that Windows tells about one process: psutil, and the services that tasklist names for it."""

from __future__ import annotations

import csv
import logging

import msgspec

from net.platform import process_details
from net.platform.commands import output
from net.platform.rights import WINDOWS_PROCESS
from net.ports.records import ProcessDetails
from net.text import visible

logger = logging.getLogger(__name__)

SYSTEM_PROCESSES = (0, 4)
"""System Idle Process and System: the kernel."""
_NO_SERVICE = ("N/A", "")


def details(pid: int) -> ProcessDetails:
    """The process ``pid``; raises as net.platform.process_details.details."""
    found = process_details.details(pid, WINDOWS_PROCESS)
    if pid in SYSTEM_PROCESSES:
        return msgspec.structs.replace(found, manager="kernel")
    services = _services(pid)
    if not services:
        return found
    # One service can be stopped; of several only the person knows which is meant.
    stop = f'net stop "{services[0]}"' if len(services) == 1 and '"' not in services[0] else None
    return msgspec.structs.replace(found, manager="windows service", unit=", ".join(services), stop=stop)


def command(pid: int) -> tuple[str, ...]:
    return ("tasklist", "/svc", "/fi", f"PID eq {pid}", "/fo", "csv", "/nh")


def parse(text: str, pid: int) -> tuple[str, ...]:
    """The names of the services a process runs, from ``tasklist /svc /fo csv /nh``; empty for other programs.

    Read by the place of the columns (image name, PID, services), since their heads are translated; so is the word
    for no services, which is why a single name with a slash counts as none.
    """
    for row in csv.reader(text.splitlines()):
        if len(row) == 3 and row[1] == str(pid):
            names = [visible(name.strip()) for name in row[2].split(",")]
            return tuple(name for name in names if name not in _NO_SERVICE and "/" not in name)
    return ()


def _services(pid: int) -> tuple[str, ...]:
    try:
        return parse(output(command(pid)), pid)
    except OSError as error:
        logger.info("the services of %s are not known: %s", pid, error)
        return ()
