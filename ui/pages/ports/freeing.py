"""How a port can be freed, gentlest first: a setting to open, a command to run, and only then ending the process."""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import partial
from typing import NamedTuple

from net.ports.records import Listener, ProcessDetails
from net.records import Problem
from ui.pages.ports.columns import tr
from ui.pages.ports.process_details import Known
from ui.pages.ports.processes import process_of
from ui.text import fill, visible
from ui.widgets.actions import Action

COMMAND_SHOWN = 60
_COMMANDS = {
    "macos": r"brew services stop [\w.@-]+|(?:sudo )?apachectl stop|redis-cli shutdown",
    "linux": r"systemctl (?:stop|disable --now) [\w.@-]+(?: [\w@-]+\.(?:socket|service|path))*|redis-cli shutdown",
    "windows": r"Stop-Service \w+|net stop \w+|wsl --shutdown",
}
"""Commands in the steps of port-conflicts.toml; in a name with ``@N`` the version is for the person to fill in."""
PANES = {
    "macos": {
        "General › AirDrop & Handoff": "x-apple.systempreferences:com.apple.AirDrop-Handoff-Settings.extension",
        "General › Sharing": "x-apple.systempreferences:com.apple.Sharing-Settings.extension",
    },
    # Microsoft Learn, "Launch the Windows Settings app".
    "windows": {
        "Windows Update › Delivery Optimization": "ms-settings:delivery-optimization",
        "System › Remote Desktop": "ms-settings:remotedesktop",
    },
}
"""The settings named in those steps, and what opens them; on macOS by the bundle identifiers of macOS 13 and later."""


class Hands(NamedTuple):
    """What the menu does: open that URL, copy that command, end the owner of the row that is current then.

    A button is kept while its words stay, whatever row they are about, so ending takes no process.
    """

    open: Callable[[str], object]
    copy: Callable[[str], object]
    end: Callable[[], object]


def settings_of(listener: Listener, system: str) -> dict[str, str]:
    """The settings that free the port there, with the URL that opens each."""
    panes = PANES.get(system, {})
    return {name: url for step in listener.free_it for name, url in panes.items() if name in step}


def commands_of(listener: Listener, known: Known, system: str) -> tuple[str, ...]:
    """The commands that stop what holds the port: its own unit or container first, then what the table knows."""
    own = [known.stop] if isinstance(known, ProcessDetails) and known.stop else []
    pattern = _COMMANDS.get(system, r"(?!)")
    found = [] if own else [command for step in listener.free_it for command in re.findall(pattern, step)]
    return tuple(dict.fromkeys([*own, *found]))


def free_action(listener: Listener, known: Known, system: str, *, local: bool, hands: Hands) -> Action | None:
    """A menu of them; ``local``: the settings of this computer can be opened. None where no owner is known."""
    choices = []
    if local:
        for name, url in settings_of(listener, system).items():
            choices.append(Action(fill(tr("Open %1"), name), partial(hands.open, url)))
    for command in commands_of(listener, known, system):
        text = fill(tr("Copy “%1”"), visible(command, COMMAND_SHOWN))
        choices.append(Action(text, partial(hands.copy, command), tip=command))
    if listener.pid is not None:
        choices.append(_end(listener, known, hands))
    return Action(tr("Free the port"), _nothing, choices=tuple(choices)) if choices else None


def _end(listener: Listener, known: Known, hands: Hands) -> Action:
    """Refused with the reason, in the menu itself: a tooltip of a disabled entry is seldom seen."""
    if listener.owner != "proved":
        reason = tr("its owner is only probable")
    elif process_of(listener) is None:
        reason = tr("when it began is not known")
    elif known is None:
        reason = tr("nothing is known of it yet")
    elif isinstance(known, Problem):
        reason = known.text
    elif not known.may_end:
        reason = known.end_refused or tr("refused")
    else:
        return Action(tr("End process…"), hands.end)
    text = fill(tr("End process: %1"), visible(reason, 120))
    return Action(text, _nothing, tip=reason, enabled=False)


def _nothing() -> None:
    """What only opens a menu, or is refused."""
