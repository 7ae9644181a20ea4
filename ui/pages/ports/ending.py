"""Ends a process after the person has seen which: asked politely first, by force only after a second question."""

from __future__ import annotations

import time

from PySide6.QtCore import QObject, Qt, Signal
from PySide6.QtWidgets import QMessageBox, QWidget

from net.ports.records import Ended, ProcessDetails
from net.records import Problem, Record
from net.requests import EndRequest
from ui.link import Link, Watch
from ui.text import fill, visible

COMMAND_SHOWN = 300


class Ender(QObject):
    """Nothing is ended but by the button of its question, which names PID, program and start.

    Signals:
        ended: Ended and the ProcessDetails it is about.
        failed: the Problem for which nothing was done.
    """

    ended = Signal(object, object)
    failed = Signal(object)

    def __init__(self, link: Link, window: QWidget) -> None:
        super().__init__(window)
        self._link = link
        self._window = window
        self._watches: dict[Watch, ProcessDetails] = {}
        self.question: QMessageBox | None = None

    def ask(self, process: ProcessDetails, warning: str = "") -> None:
        """Ask whether to end it; ``warning``: why that may not help."""
        said = self.tr("It is asked to end (TERM). What it has not saved may be lost.")
        box = self._box(self.tr("End this process?"), process, f"{warning}\n\n{said}" if warning else said)
        self._offer(box, self.tr("End process"), process, kill=False)

    def ask_to_kill(self, process: ProcessDetails) -> None:
        """Ask whether to end it by force."""
        said = self.tr("It did not end when asked. By force (KILL) it cannot save or tidy up anything.")
        self._offer(self._box(self.tr("End it by force?"), process, said), self.tr("Kill"), process, kill=True)

    def close(self) -> None:
        """Close the question and hear no more."""
        if self.question is not None:
            self.question.close()
        for watch in self._watches:
            watch.stop()
        self._watches.clear()

    def _box(self, title: str, process: ProcessDetails, said: str) -> QMessageBox:
        box = QMessageBox(self._window)
        box.setIcon(QMessageBox.Icon.Warning)
        box.setWindowTitle(title)
        box.setTextFormat(Qt.TextFormat.PlainText)
        began = time.strftime("%Y-%m-%d %H:%M:%S", time.localtime(process.started))
        name = visible(process.process, 100) if process.process else self.tr("an unnamed process")
        lines = [fill(self.tr("%1, PID %2, running since %3"), name, process.pid, began)]
        if process.command:
            lines.append(visible(process.command, COMMAND_SHOWN))
        box.setText("\n".join(lines))
        box.setInformativeText(said)
        box.setTextInteractionFlags(
            Qt.TextInteractionFlag.TextSelectableByMouse | Qt.TextInteractionFlag.TextSelectableByKeyboard
        )
        return box

    def _offer(self, box: QMessageBox, words: str, process: ProcessDetails, *, kill: bool) -> None:
        if self.question is not None:
            self.question.close()
        button = box.addButton(words, QMessageBox.ButtonRole.DestructiveRole)
        box.addButton(QMessageBox.StandardButton.Cancel)
        box.setDefaultButton(QMessageBox.StandardButton.Cancel)
        box.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        button.clicked.connect(lambda: self._end(process, kill=kill))
        box.finished.connect(self._answered)
        self.question = box
        box.open()

    def _answered(self) -> None:
        self.question = None

    def _end(self, process: ProcessDetails, *, kill: bool) -> None:
        request = EndRequest(pid=process.pid, started=process.started, kill=kill)
        watch = self._link.watch("ports.end", request, again=False)
        self._watches[watch] = process
        watch.batch.connect(self._told)
        watch.problem.connect(self.failed)
        watch.ended.connect(self._over)

    def _told(self, records: tuple[Record, ...]) -> None:
        watch = self.sender()
        process = self._watches.get(watch) if isinstance(watch, Watch) else None
        for record in records:
            if isinstance(record, Ended) and process is not None:
                self.ended.emit(record, process)
            elif isinstance(record, Problem):
                self.failed.emit(record)

    def _over(self) -> None:
        watch = self.sender()
        if isinstance(watch, Watch):
            self._watches.pop(watch, None)
