"""How a join stands, in words: what the probe, the kernel's own table and the interface say together."""

from __future__ import annotations

from dataclasses import dataclass

from PySide6.QtCore import QCoreApplication

from net.records import Interface, Problem
from ui.pages.multicast.joins import VANISHED, Join, JoinKey, Phase
from ui.problems import told
from ui.text import visible
from ui.theme import Tone
from ui.widgets.columns import Chip

OBSTACLES = ("joined_but_down", "joined_without_multicast", "joined_without_address")


@dataclass(frozen=True, slots=True)
class Standing:
    """The state of a row: ``chips`` say it, ``tone`` colours its dot, ``problem`` is the reason where it is bad."""

    chips: tuple[Chip, ...]
    tone: Tone
    problem: Problem | None = None

    @property
    def line(self) -> str:
        """All of it in one line."""
        return " · ".join(chip.text for chip in self.chips)


def tr(source: str) -> str:
    return QCoreApplication.translate("multicast", source)


def standing(join: Join, interface: Interface | None, *, known: bool) -> Standing:
    """``interface``: the join's as it is now, None where there is none; ``known``: the interfaces have been told."""
    if join.phase is Phase.JOINED:
        return _joined(join, interface, known=known)
    words, tone = {
        Phase.ASKED: (tr("joining…"), Tone.INFO),
        Phase.LOST: (tr("the probe ended"), Tone.WARNING),
        Phase.LEFT: (tr("left"), Tone.NEUTRAL),
        Phase.RECORDED: (tr("from a file"), Tone.NEUTRAL),
        Phase.REFUSED: (_refused(join.problem), Tone.ERROR),
    }[join.phase]
    return Standing((Chip(words, tone),), tone, join.problem)


def _joined(join: Join, interface: Interface | None, *, known: bool) -> Standing:
    name = visible(join.key.interface)
    listed = join.joined.in_kernel if join.joined is not None else None
    vanished = join.problem is not None and join.problem.code == VANISHED
    if not listed and (vanished or (known and interface is None)):
        gone = told(VANISHED, join.key.interface, group=join.key.endpoint)
        return Standing((Chip(tr("%1 is gone").replace("%1", name), Tone.WARNING),), Tone.WARNING, gone)
    observing = join.joined is not None and join.joined.observing
    if listed is False and not observing:
        return Standing((Chip(tr("not in kernel's table"), Tone.ERROR),), Tone.ERROR, join.problem)
    if join.joined is not None and join.joined.observing:
        return _observing(join, listed=bool(listed))
    kernel = Chip(tr("in kernel's table") if listed else tr("kernel's table not read"))
    trouble = _trouble(join, interface)
    chips = (*_sources(join), kernel)
    if trouble is None:
        return Standing((Chip(tr("joined"), Tone.OK), *chips), Tone.OK)
    return Standing((Chip(_but(trouble, name), Tone.WARNING), *chips), Tone.WARNING, trouble)


def _observing(join: Join, *, listed: bool) -> Standing:
    """Nothing is joined by this program, so all depends on what others have joined."""
    if listed:
        return Standing((Chip(tr("observing"), Tone.INFO), Chip(tr("joined by another program"))), Tone.INFO)
    chips = (Chip(tr("observing"), Tone.INFO), Chip(tr("nobody here joined it"), Tone.WARNING))
    return Standing(chips, Tone.WARNING, join.problem)


def _sources(join: Join) -> tuple[Chip, ...]:
    """The kernel's filter in its own words."""
    if join.joined is None:
        return ()
    for word, sources in ((tr("INCLUDE %1"), join.joined.source_filter), (tr("EXCLUDE %1"), join.joined.excluded)):
        if sources:
            named = visible(sources[0]) if len(sources) == 1 else tr("%1 sources").replace("%1", str(len(sources)))
            return (Chip(word.replace("%1", named), Tone.INFO),)
    return ()


def _trouble(join: Join, interface: Interface | None) -> Problem | None:
    """The interface as it is now knows better than what the probe told at the join."""
    told_once = join.problem if join.problem is not None and join.problem.code != VANISHED else None
    if interface is None:
        return told_once
    now = obstacle(join.key, interface)
    if now is None and told_once is not None and told_once.code not in OBSTACLES:
        return told_once
    return now


def obstacle(key: JoinKey, interface: Interface) -> Problem | None:
    """What makes a join that the kernel accepted useless now: the rules of the probe, which tells them once."""
    version = "IPv6" if ":" in key.group else "IPv4"
    family = version.lower()
    if not interface.up:
        return told("joined_but_down", key.endpoint, interface=interface.name)
    if not interface.multicast and not interface.loopback:
        return told("joined_without_multicast", key.endpoint, interface=interface.name)
    if not any(address.family == family for address in interface.addresses):
        return told("joined_without_address", key.endpoint, interface=interface.name, version=version)
    return None


def _but(problem: Problem, name: str) -> str:
    words = {
        "joined_but_down": tr("joined, but %1 is down"),
        "joined_without_multicast": tr("joined, but %1 has no multicast"),
        "joined_without_address": tr("joined, but %1 has no address"),
    }
    return words.get(problem.code, tr("joined, but in trouble")).replace("%1", name)


def _refused(problem: Problem | None) -> str:
    if problem is None or problem.errno is None:
        return tr("refused")
    return tr("refused · errno %1").replace("%1", str(problem.errno))
