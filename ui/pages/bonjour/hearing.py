"""How a service stands on an interface: heard there, silent, or not to be heard, and why."""

from __future__ import annotations

import errno
from dataclasses import dataclass
from enum import Enum

from PySide6.QtCore import QCoreApplication

from discovery.records import BrowseState
from ui.pages.bonjour.causes import cause_words
from ui.pages.bonjour.rows import ServiceRow, State
from ui.text import fill, visible

REASON_CAP = 300


def tr(source: str) -> str:
    return QCoreApplication.translate("bonjour", source)


class Heard(Enum):
    """What came of listening there for a service."""

    HEARD = "heard"
    OTHER = "other"
    GONE = "gone"
    SILENT = "silent"
    FAILED = "failed"
    SKIPPED = "skipped"
    UNTOLD = "untold"


@dataclass(frozen=True, slots=True)
class Hearing:
    """That, with the system's errno and the reason in words where it is not just heard or silent."""

    heard: Heard
    errno: int | None = None
    reason: str = ""


def hearing_of(row: ServiceRow, state: BrowseState | None, interface: str) -> Hearing:
    """How the service stands on ``interface``, where browsing stands as ``state`` says (None: nothing was told)."""
    if interface in row.service.interfaces:
        if row.state is State.GONE:
            return Hearing(Heard.GONE, reason=cause_words(row.ended))
        return Hearing(Heard.HEARD)
    others = [each for each in row.service.also if interface in each.interfaces]
    if others:
        return Hearing(Heard.OTHER, reason=", ".join(f"{each.host.removesuffix('.')}:{each.port}" for each in others))
    if state is None:
        return Hearing(Heard.UNTOLD)
    if state.state == "browsing":
        return Hearing(Heard.SILENT)
    heard = Heard.FAILED if state.state == "failed" else Heard.SKIPPED
    return Hearing(heard, state.errno, state.reason or "")


def hearing_words(hearing: Hearing) -> str:
    """``heard``, ``silent``, ``join failed · ENODEV 19``, ``skipped: no LAN is behind a tunnel``."""
    reason = visible(hearing.reason, REASON_CAP)
    if hearing.heard is Heard.FAILED:
        said = failure(hearing.errno)
        return f"{said}: {reason}" if reason else said
    if hearing.heard is Heard.SKIPPED:
        return fill(tr("skipped: %1"), reason) if reason else tr("skipped")
    if hearing.heard is Heard.GONE:
        return fill(tr("gone: %1"), reason)
    if hearing.heard is Heard.OTHER:
        return fill(tr("another host has this name: %1"), reason)
    return {
        Heard.HEARD: tr("heard"),
        Heard.SILENT: tr("silent: listened to, this service was not heard"),
        Heard.UNTOLD: tr("nothing is told of this interface"),
    }[hearing.heard]


def failure(number: int | None) -> str:
    """``join failed · ENODEV 19``."""
    if number is None:
        return tr("join failed")
    name = errno.errorcode.get(number)
    return fill(tr("join failed · %1"), f"{name} {number}" if name else f"errno {number}")
