"""What every page is to the window: the contract, and the watches, pausing and banners that all pages share."""

from __future__ import annotations

from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass
from time import monotonic

import msgspec
from PySide6.QtCore import QTimer, Signal
from PySide6.QtWidgets import QVBoxLayout, QWidget

from net.records import Interface, Key, Problem, Record
from ui.interfaces import InterfaceBook
from ui.link import Link, Watch
from ui.settings import Settings
from ui.theme import Tone
from ui.widgets.actions import Action
from ui.widgets.banner import BannerArea, problem_key

HELD_EVENTS = 10_000
"""Records without a key that a paused page keeps; older ones are counted as dropped."""


@dataclass(frozen=True)
class Badge:
    """What stands beside a page's name: a count, or a sign that something is wrong."""

    text: str = ""
    tone: Tone = Tone.NEUTRAL


@dataclass(frozen=True)
class PageContext:
    """What a page gets from the window. It lives as long as the window looks from one place."""

    link: Link
    settings: Settings
    interfaces: InterfaceBook


class Page(QWidget):
    """A page: subclass it, set ``name``, and override what is marked as a hook.

    Attributes:
        context: link, settings and interfaces.
        interface: the interface chosen in the window, None for all usable ones.
        banners: what is wrong here, above the page.
        content: the layout under the banners, for the page's widgets.
        details: the widget the window shows beside the page, or None.
        details_shown: False while the page has nothing to show there, so that its room is the page's.
        asked_seconds: how long the open watches have been asked.
        problems_found: how many of the things shown are themselves problems; set before the badge, which tells of it.

    Signals:
        badge_changed: Badge for the list of pages.
        status_changed: tuple of texts, the facts of this page for the status bar.
        newer_changed: how many records wait while paused.
        go_to: name of another page and what to select there (the ``subject`` or code; may be empty).
        message: a sentence for the status bar that goes away by itself.
        clear_filter: the filter is to be emptied.
        choose_interface: the stable key of the interface the person chose here.
        details_changed: ``details_shown`` is another now, another view is in front, or the details were filled or
            emptied.
        look_from: a place (see probe.places) from which this page is wanted, and what to select there (may be empty).
    """

    name = ""
    example = ""
    """Something the filter of the page's own view understands."""
    report_forms: tuple[str, ...] = ("md",)
    """Suffixes of the forms a report can be had in: md, html, json."""
    badge_changed = Signal(object)
    status_changed = Signal(object)
    newer_changed = Signal(int)
    go_to = Signal(str, str)
    message = Signal(str)
    clear_filter = Signal()
    choose_interface = Signal(str)
    details_changed = Signal()
    look_from = Signal(str, str)

    def __init__(self, context: PageContext) -> None:
        super().__init__()
        self.context = context
        self.interface: Interface | None = None
        self.details: QWidget | None = None
        self.details_shown = True
        self.badge = Badge()
        self.problems_found = 0
        self.paused = False
        self.visible_now = False
        self.failed_with: Problem | None = None
        self.held_dropped = 0
        self._watches: dict[Watch, bool] = {}
        self._asked_at = monotonic()
        self._held: dict[Key, Record] = {}
        self._held_events: deque[Record] = deque(maxlen=HELD_EVENTS)
        self._newer = 0
        self._second = QTimer(self, interval=1000)
        self._second.timeout.connect(self.second)
        outer = QVBoxLayout(self)
        outer.setContentsMargins(0, 0, 0, 0)
        outer.setSpacing(0)
        self.banners = BannerArea()
        outer.addWidget(self.banners)
        self.content = QVBoxLayout()
        self.content.setContentsMargins(0, 0, 0, 0)
        self.content.setSpacing(0)
        outer.addLayout(self.content, 1)

    # Hooks

    def ask(self) -> None:
        """Hook: open this page's watches. Called each time the page is shown, and by ``rescan``."""

    def take(self, records: tuple[Record, ...]) -> None:
        """Hook: show a batch. Not called while paused."""

    def second(self) -> None:
        """Hook: once a second while the page is shown: ages, clocks."""

    def interface_changed(self) -> None:
        """Hook: another interface was chosen. By default asks again if the page is shown."""
        if self.visible_now:
            self.rescan()

    def set_filter(self, text: str) -> None:
        """Hook: show only what fits what was typed."""

    def filter_example(self) -> str:
        """Hook: what may be typed into the filter of the view in front; "" where it filters nothing."""
        return self.example

    def select(self, subject: str) -> None:
        """Hook: make what ``subject`` names the current row; reached through ``go_to``."""

    def export_rows(self) -> Sequence[tuple[str, ...]]:
        """Hook: the titles and the rows shown, for a tab separated file."""
        return []

    def export_records(self) -> Sequence[Record]:
        """Hook: the records shown, for a file of JSON lines."""
        return []

    def export_report(self) -> str:
        """Hook: what is shown as a Markdown report to hand on; "" where the page has none."""
        return ""

    def export_report_as(self, form: str) -> str:  # noqa: ARG002 - a hook
        """Hook: the report in one of ``report_forms``."""
        return self.export_report()

    def focus_content(self) -> None:
        """Hook: give the keyboard to the table."""
        self.setFocus()

    def watch_ended(self, watch: Watch) -> None:
        """Hook: ``watch`` ended by itself; after a problem, ``failed_with`` holds it and a banner shows it."""

    # What the window calls

    def shown(self) -> None:
        """The page is in front now: its watches run."""
        if not self.visible_now:
            self.visible_now = True
            self._second.start()
            self._ask_now()

    def hidden(self) -> None:
        """The page rests: its watches stop, but for those opened with ``keep``."""
        self.visible_now = False
        self._second.stop()
        self._stop_watches(keep=True)

    def close_page(self) -> None:
        """The window looks elsewhere or closes: everything stops."""
        self.visible_now = False
        self._second.stop()
        self._stop_watches(keep=False)

    def rescan(self) -> None:
        """Ask everything again; what is shown stays until the new answers replace it."""
        self._stop_watches(keep=True)
        self._ask_now()

    def set_interface(self, interface: Interface | None) -> None:
        """The window's chosen interface; None for all usable."""
        before, self.interface = self.interface, interface
        if (before.name if before else None) != (interface.name if interface else None):
            self.interface_changed()

    def set_paused(self, paused: bool) -> None:  # noqa: FBT001 - a slot
        """Freeze what is shown while collecting goes on; on resuming, what was held is shown."""
        self.paused = paused
        if not paused:
            records = (*self._held.values(), *self._held_events)
            self._held.clear()
            self._held_events.clear()
            self._newer = 0
            if records:
                self.take(records)
        self.newer_changed.emit(self._newer)

    # What the page uses

    def open_watch(
        self, method: str, request: msgspec.Struct, *, keep: bool = False, again: bool = True, banner: bool = True
    ) -> Watch:
        """Ask ``method``; its batches come to ``take``, its problem becomes a banner.

        ``keep``: goes on while the page is hidden. ``again``: see ui.link.Link.watch. ``banner``: False where the page
        tells of the problem itself.
        """
        watch = self.context.link.watch(method, request, again=again)
        self._watches[watch] = keep
        watch.batch.connect(self.feed)
        if banner:
            watch.problem.connect(self._failed)
        watch.ended.connect(self._watch_over)
        watch.restarted.connect(self.restarted)
        return watch

    def keep_watch(self, watch: Watch, *, keep: bool) -> None:
        """Have an open watch go on while the page is hidden, or not."""
        if watch in self._watches:
            self._watches[watch] = keep

    def close_watch(self, watch: Watch) -> None:
        """Stop one watch."""
        if self._watches.pop(watch, None) is not None:
            watch.stop()

    def feed(self, records: tuple[Record, ...]) -> None:
        """A batch has come: to ``take``, or held while paused (one record a key, events up to a limit)."""
        if not self.paused:
            self.take(records)
            return
        for record in records:
            key = record.key()
            if key is not None:
                self._held[key] = record
            else:
                self.held_dropped += len(self._held_events) == HELD_EVENTS
                self._held_events.append(record)
        self._newer += len(records)
        self.newer_changed.emit(self._newer)

    def forget_held(self) -> None:
        """What is held while paused answers a question that is asked no more."""
        self._held.clear()
        self._held_events.clear()
        self._newer = 0
        self.newer_changed.emit(0)

    def restarted(self) -> None:
        """Hook: a new probe answers from the start."""

    def set_badge(self, text: str, tone: Tone = Tone.NEUTRAL) -> None:
        """Tell the list of pages."""
        badge = Badge(text, tone)
        if badge != self.badge:
            self.badge = badge
            self.badge_changed.emit(badge)

    @property
    def newer(self) -> int:
        """How many records wait while paused."""
        return self._newer

    @property
    def asked_seconds(self) -> float:
        return monotonic() - self._asked_at

    def chosen_names(self) -> tuple[str, ...]:
        """For the ``interfaces`` of a request: the chosen one, or () for all."""
        return (self.interface.name,) if self.interface is not None else ()

    def _ask_now(self) -> None:
        if self.failed_with is not None:
            self.banners.clear_notice(problem_key(self.failed_with))
        self.failed_with = None
        self._asked_at = monotonic()
        self.ask()

    def _stop_watches(self, *, keep: bool) -> None:
        for watch, kept in list(self._watches.items()):
            if not (keep and kept):
                self.close_watch(watch)

    def _failed(self, problem: Problem) -> None:
        self.failed_with = problem
        self.banners.show_problem(problem, Action(self.tr("Try again"), self.rescan))

    def _watch_over(self) -> None:
        watch = self.sender()
        if isinstance(watch, Watch):
            self._watches.pop(watch, None)
            self.watch_ended(watch)
