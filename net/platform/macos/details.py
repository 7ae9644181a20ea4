"""All that macOS tells about one process: psutil, the command line by ps, and the job of launchd it belongs to."""

from __future__ import annotations

import logging
import os
import re
import shlex

import msgspec

from net.platform import process_details
from net.platform.commands import output
from net.platform.rights import MACOS_PROCESS
from net.ports.records import ProcessDetails
from net.text import visible

logger = logging.getLogger(__name__)

_JOB = re.compile(r"\s*(?P<pid>\d+)\s+(?:-|-?\d+|\(\w+\))\s+(?P<label>\S+)\s*")
# launchd gives the applications a person opens such labels; none of them starts again by itself.
_APPLICATION = re.compile(r"application\..*")


def details(pid: int) -> ProcessDetails:
    """The process ``pid``; raises as net.platform.process_details.details."""
    found = process_details.details(pid, MACOS_PROCESS)
    command = found.command or _command(pid)
    domain, label = _job(pid)
    if domain is None or label is None:
        return msgspec.structs.replace(found, command=command)
    return msgspec.structs.replace(found, command=command, manager="launchd", unit=label, stop=_stop(domain, label))


def command_of(pid: int) -> tuple[str, ...]:
    """ps(1) is setuid root and so shows the command lines of other users' processes, too."""
    return ("ps", "-ww", "-o", "command=", "-p", str(pid))


def domains() -> tuple[str, str]:
    """The domains of launchd whose jobs everybody may read: the system's and that of this user's session."""
    return ("system", f"gui/{os.getuid()}")


def print_domain(domain: str) -> tuple[str, ...]:
    return ("launchctl", "print", domain)


def parse_jobs(text: str) -> dict[int, str]:
    """The labels of running jobs by process, from ``launchctl list`` or the services of ``launchctl print DOMAIN``.

    Both print process, status and label; launchctl(1) calls neither format stable, so any other line is passed over.
    """
    found: dict[int, str] = {}
    for line in text.splitlines():
        job = _JOB.fullmatch(line)
        if job is not None and int(job["pid"]) and not _APPLICATION.fullmatch(job["label"]):
            found.setdefault(int(job["pid"]), visible(job["label"]))
    return found


def _command(pid: int) -> str | None:
    try:
        return visible(output(command_of(pid)).strip(), process_details.COMMAND_LIMIT) or None
    except OSError as error:
        logger.info("the command line of %s is not known: %s", pid, error)
        return None


def _job(pid: int) -> tuple[str | None, str | None]:
    for domain in domains():
        try:
            label = parse_jobs(output(print_domain(domain))).get(pid)
        except OSError as error:  # there is no gui domain over ssh
            logger.info("launchd's domain %s is not read: %s", domain, error)
            continue
        if label is not None:
            return domain, label
    return None, None


def _stop(domain: str, label: str) -> str:
    """launchctl(1): until the next login or start of the system."""
    sudo = "sudo " if domain == "system" else ""
    return f"{sudo}launchctl bootout {shlex.quote(f'{domain}/{label}')}"
