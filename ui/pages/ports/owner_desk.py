"""The details of the row that is current, and what can be done with its owner from there."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from PySide6.QtCore import QObject, QUrl, Signal
from PySide6.QtGui import QDesktopServices, QGuiApplication
from PySide6.QtWidgets import QWidget

from net.ports.records import Ended, Listener, ProcessDetails
from net.records import Problem
from probe.places import root_place
from ui.pages.base import PageContext
from ui.pages.ports.columns import ListenerRow, tr
from ui.pages.ports.details import describe
from ui.pages.ports.ending import Ender
from ui.pages.ports.freeing import Hands, free_action
from ui.pages.ports.history import Turn
from ui.pages.ports.processes import Processes
from ui.text import fill, visible
from ui.theme import Tone
from ui.widgets.actions import Action
from ui.widgets.banner import Notice
from ui.widgets.details_form import Details

LOCAL = "local"


class OwnerDesk(QObject):
    """``current`` gives the row that is current: buttons outlive the row they were made for.

    Signals:
        learned: there is more to show.
        notice: a Notice for the page.
        failed: a Problem for the page.
        root_wanted: the place from which root would look, and the port.
    """

    learned = Signal()
    notice = Signal(object)
    failed = Signal(object)
    root_wanted = Signal(str, str)

    def __init__(self, context: PageContext, page: QWidget, current: Callable[[], ListenerRow | None]) -> None:
        super().__init__(page)
        self._link = context.link
        self._current = current
        self.processes = Processes(context.link, self)
        self.processes.learned.connect(self.learned)
        self.ender = Ender(context.link, page)
        self.ender.ended.connect(self._ended)
        self.ender.failed.connect(self._not_ended)
        self._hands = Hands(open=self._open, copy=self._copy, end=self._end)

    def describe(
        self,
        row: ListenerRow,
        neighbours: tuple[Sequence[Listener], Sequence[Listener]],
        turns: Sequence[Turn],
        now: float,
        others: Sequence[Action],
    ) -> Details:
        """``neighbours``: the other sockets of its port and of its process; ``others``: the page's own actions."""
        known = self.processes.of(row.listener)
        free, root = self.free_action(row), self._root_action(row)
        actions = (*((free,) if free is not None else ()), *((root,) if root is not None else ()), *others)
        return describe(row, *neighbours, now, actions, process=known, turns=turns)

    def free_action(self, row: ListenerRow) -> Action | None:
        """The menu of what frees its port."""
        hello = self._link.hello
        known = self.processes.of(row.listener)
        system = hello.system if hello is not None else ""
        return free_action(row.listener, known, system, local=self._link.place == LOCAL, hands=self._hands)

    def close(self) -> None:
        """Ask nothing more and hear no more."""
        self.processes.close()
        self.ender.close()

    def _root_action(self, row: ListenerRow) -> Action | None:
        """Where root would see more, and this probe runs on this computer without root's rights."""
        hello = self._link.hello
        if row.listener.owner == "proved" or hello is None or hello.root or self._link.place != LOCAL:
            return None
        if hello.system not in ("linux", "macos"):
            return None
        tip = tr("Shows this page through a second probe that runs as root; you may be asked for a password.")
        return Action(tr("Look as root"), self._look_as_root, tip=tip)

    def _look_as_root(self) -> None:
        row = self._current()
        if row is not None:
            self.root_wanted.emit(root_place(), str(row.listener.port))

    def _open(self, url: str) -> None:
        if not QDesktopServices.openUrl(QUrl(url)):
            text = fill(tr("Nothing here opens %1. Go there by hand."), url)
            self.notice.emit(Notice("setting", tr("The setting could not be opened."), text, Tone.WARNING))

    def _copy(self, command: str) -> None:
        QGuiApplication.clipboard().setText(command)
        title = fill(tr("Copied: %1"), visible(command, 200))
        self.notice.emit(Notice("command", title, tr("Read it, then run it in a terminal."), Tone.INFO))

    def _end(self) -> None:
        row = self._current()
        known = self.processes.of(row.listener) if row is not None else None
        if row is None or not isinstance(known, ProcessDetails) or not known.may_end:
            return
        useless = fill(tr("This may not free the port: %1"), visible(row.listener.known or "", 400))
        self.ender.ask(known, useless if row.listener.end_useless else "")

    def _ended(self, ended: Ended, process: ProcessDetails) -> None:
        self.processes.forget(ended.pid)
        key = f"ended {ended.pid}"
        if ended.gone:
            self.notice.emit(Notice(key, visible(ended.text), "", Tone.OK))
        elif ended.signal == "TERM":
            kill = Action(tr("End by force…"), lambda: self.ender.ask_to_kill(process))
            self.notice.emit(Notice(key, visible(ended.text), "", Tone.WARNING, (kill,)))
        else:
            self.notice.emit(Notice(key, visible(ended.text), "", Tone.WARNING))

    def _not_ended(self, problem: Problem) -> None:
        self.failed.emit(problem)
