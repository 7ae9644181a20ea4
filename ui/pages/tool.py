"""A tool of a page: a view beside the page's own, with watches and a run of its own."""

from __future__ import annotations

from dataclasses import dataclass
from importlib import import_module

import msgspec
from PySide6.QtCore import QCoreApplication, Signal
from PySide6.QtWidgets import QWidget

from net.records import Interface, Problem, Record
from ui.link import Watch
from ui.pages.base import PageContext


@dataclass(frozen=True)
class ToolEntry:
    """A tool of ``page`` before it is built: its class is imported when it is first shown.

    What ``factory`` gives is a Tool, or any QWidget with ``shown()`` and ``hidden()`` (it is in front, or not),
    ``close_tool()`` (everything stops), ``set_interface(interface)`` (the window's choice, None for all usable), and
    the signals ``go_to(page, subject)`` and ``message(text)`` of a page.
    """

    page: str
    name: str
    title_source: object
    module: str
    class_name: str

    @property
    def title(self) -> str:
        return QCoreApplication.translate(self.page, str(self.title_source))

    def factory(self, context: PageContext) -> Tool:
        """The tool's widget."""
        tool: Tool = getattr(import_module(self.module), self.class_name)(context)
        return tool


class Tool(QWidget):
    """Subclass it and override the hooks. What runs goes on while another view or page is in front.

    Attributes:
        example: something its filter understands; "" where it filters nothing.
        interface: the interface chosen in the window, None for all usable ones.
        paused: what is shown rests, but for what the person asks for meanwhile; counting goes on.

    Signals:
        go_to: name of another page and what to select there.
        message: a sentence for the status bar that goes away by itself.
    """

    example = ""
    go_to = Signal(str, str)
    message = Signal(str)

    def __init__(self, context: PageContext) -> None:
        super().__init__()
        self.context = context
        self.interface: Interface | None = None
        self.paused = False
        self._newer = 0
        self._watches: set[Watch] = set()

    # Hooks

    def shown(self) -> None:
        """Hook: the tool is in front now."""

    def hidden(self) -> None:
        """Hook: it is not any more."""

    def take(self, records: tuple[Record, ...]) -> None:
        """Hook: a batch of a watch."""

    def failed(self, problem: Problem) -> None:
        """Hook: a watch ended with that problem; ``watch_over`` follows."""

    def watch_over(self, watch: Watch) -> None:
        """Hook: a watch ended by itself."""

    def interface_changed(self) -> None:
        """Hook: another interface was chosen."""

    def resumed(self) -> None:
        """Hook: show all that came while paused."""

    # What the page calls

    @property
    def newer(self) -> int:
        """How many records wait while paused."""
        return self._newer

    def set_paused(self, paused: bool) -> None:  # noqa: FBT001 - as a page's
        """Freeze what is shown, or show what came meanwhile."""
        before, self.paused = self.paused, paused
        if before and not paused:
            self._newer = 0
            self.resumed()

    def close_tool(self) -> None:
        """Everything stops."""
        for watch in list(self._watches):
            self.close_watch(watch)

    def set_interface(self, interface: Interface | None) -> None:
        """The window's chosen interface; None for all usable."""
        self.interface = interface
        self.interface_changed()

    # What the tool uses

    def rests(self, number: int) -> bool:
        """Whether so many new records are to be counted only, and shown by ``resumed``."""
        if self.paused:
            self._newer += number
        return self.paused

    def open_watch(self, method: str, request: msgspec.Struct, *, again: bool = False) -> Watch:
        """Ask ``method``; its batches come to ``take``. ``again``: see ui.link.Link.watch."""
        watch = self.context.link.watch(method, request, again=again)
        self._watches.add(watch)
        watch.batch.connect(self.take)
        watch.problem.connect(self.failed)
        watch.ended.connect(self._ended)
        return watch

    def close_watch(self, watch: Watch | None) -> None:
        """Stop one watch."""
        if watch is not None and watch in self._watches:
            self._watches.discard(watch)
            watch.stop()

    def place(self) -> Interface | None:
        """The chosen interface, else the first that can be expected to carry multicast."""
        return self.interface if self.interface is not None else self.context.interfaces.default()

    def _ended(self) -> None:
        watch = self.sender()
        if isinstance(watch, Watch):
            self._watches.discard(watch)
            self.watch_over(watch)
