"""The facts about the process behind a socket: from where it runs, who started it, and what would start it again."""

from __future__ import annotations

from net.ports.records import Ancestor, Listener, ProcessDetails
from net.records import Problem
from ui.pages.ports.columns import tr
from ui.text import fill, visible
from ui.widgets.details_form import Fact, Section

COMMAND_CAP = 100_000
NAME_CAP = 60

Known = ProcessDetails | Problem | None


def process_sections(listener: Listener, known: Known) -> tuple[Section, ...]:
    """What ``ports.process`` told of the owner; of a process that could not be looked at, why."""
    if listener.pid is None:
        return ()
    if isinstance(known, Problem):
        return (Section(tr("Why it runs"), text=f"{known.text} {known.remedy}"),)
    if known is None:
        return ()
    return tuple(section for section in (_origin(known), _home(known)) if section.facts)


def _origin(process: ProcessDetails) -> Section:
    facts = []
    if process.executable and not (process.command or "").startswith(process.executable):
        facts.append(Fact(tr("Program"), process.executable, fixed=True, cap=COMMAND_CAP))
    if process.cwd:
        facts.append(Fact(tr("Directory"), process.cwd, fixed=True, cap=COMMAND_CAP))
    if process.repository:
        branch = fill(tr("on branch %1"), visible(process.branch, 200)) if process.branch else tr("no branch")
        facts.append(Fact(tr("Git"), process.repository, fixed=True, note=branch))
    if process.ancestors:
        facts.append(Fact(tr("Started by"), "\n".join(map(_ancestor, process.ancestors)), fixed=True))
    return Section(tr("Where it comes from"), facts=tuple(facts))


def _home(process: ProcessDetails) -> Section:
    facts = []
    if process.forwards_for:
        note = tr("This process only passes on; the container behind it holds the port.")
        facts.append(Fact(tr("Forwards for"), process.forwards_for, note=note))
    if process.container:
        project = fill(tr("compose project %1"), visible(process.project, 200)) if process.project else ""
        facts.append(Fact(tr("Container"), process.container, note=project))
    if process.manager:
        unit = fill(tr("%1: %2"), manager_words(process), visible(process.unit, 200)) if process.unit else ""
        facts.append(Fact(tr("Kept by"), unit or manager_words(process), note=tr("It would start it again.")))
    if process.stop:
        facts.append(Fact(tr("To stop it"), process.stop, fixed=True, cap=COMMAND_CAP))
    if not process.may_end:
        facts.append(Fact(tr("Not to be ended"), process.end_refused or tr("refused")))
    return Section(tr("What keeps it running"), facts=tuple(facts))


def manager_words(process: ProcessDetails) -> str:
    """What would start it again: ``systemd``, ``launchd``, ``Windows service``, ``Docker``."""
    names = {"windows service": tr("Windows service"), "docker": "Docker"}
    return names.get(process.manager or "", visible(process.manager or "", NAME_CAP))


def _ancestor(ancestor: Ancestor) -> str:
    """From the parent upwards, one a line."""
    return fill("%1 (%2)", visible(ancestor.process, NAME_CAP) if ancestor.process else tr("unnamed"), ancestor.pid)
