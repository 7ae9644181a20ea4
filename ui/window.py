"""The main window: the pages, what they share, and how it is arranged."""

from __future__ import annotations

from time import monotonic

from PySide6.QtCore import QSize, Qt, QTimer, Signal
from PySide6.QtGui import QCloseEvent, QGuiApplication, QResizeEvent, QShortcut, QShowEvent
from PySide6.QtWidgets import QHBoxLayout, QMainWindow, QVBoxLayout, QWidget

from net.records import Interface
from ui.details_splitter import DetailsSplitter
from ui.export import Exporter
from ui.interfaces import InterfaceBook, find, stable_key
from ui.link import Link, Phase
from ui.link_notices import LinkNotices
from ui.pages import PAGES
from ui.pages.base import Badge, Page, PageContext
from ui.settings import Settings
from ui.shortcuts import PAGE_KEYS, Key
from ui.status import StatusStrip
from ui.text import count, stopwatch, visible
from ui.theme import Mode, Theme, Tone
from ui.toolbar import ToolStrip
from ui.widgets.actions import Action
from ui.widgets.banner import BannerArea, Notice
from ui.widgets.key_list import KeyList
from ui.widgets.nav_list import NavList

DEFAULT_SIZE = QSize(1180, 760)
MINIMUM_SIZE = QSize(900, 560)

GONE_NOTICE = "interface gone"
PLACES_KEPT = 8


class MainWindow(QMainWindow):
    """Looks from one place at a time through ``link``; another place means another link and fresh pages.

    Signals:
        attached: it looks from another place now.
        page_shown: another page is in front.
    """

    attached = Signal()
    page_shown = Signal()

    def __init__(self, link: Link, settings: Settings, theme: Theme | None = None) -> None:
        super().__init__()
        self.settings = settings
        self.theme = theme
        self.pages: dict[str, Page] = {}
        self.current: Page | None = None
        self._paused_at = 0.0
        self._closed = False
        self._build()
        self._add_keys()
        self._second = QTimer(self, interval=1000)
        self._second.timeout.connect(self._update_pause_chip)
        self._attach(link)
        self._restore()

    # Building

    def _build(self) -> None:
        self.setWindowTitle("Lanscout")
        self.setMinimumSize(MINIMUM_SIZE)
        self.nav = NavList([(entry.name, entry.title) for entry in PAGES])
        self.tools = ToolStrip()
        self.banners = BannerArea()
        self.splitter = DetailsSplitter(self.settings)
        self.stack, self.details = self.splitter.pages, self.splitter.details
        self.status = StatusStrip()
        column = QVBoxLayout()
        column.setSpacing(0)
        for widget in (self.tools, self.banners):
            column.addWidget(widget)
        column.addWidget(self.splitter, 1)
        upper = QHBoxLayout()
        upper.setSpacing(0)
        upper.addWidget(self.nav)
        upper.addLayout(column, 1)
        centre = QWidget()
        whole = QVBoxLayout(centre)
        whole.setContentsMargins(0, 0, 0, 0)
        whole.setSpacing(0)
        whole.addLayout(upper, 1)
        whole.addWidget(self.status)
        self.setCentralWidget(centre)
        self._connect()

    def _connect(self) -> None:
        self.nav.page_chosen.connect(self.show_page)
        self.tools.places.place_chosen.connect(self.look_from)
        self.tools.interfaces.choice_changed.connect(self.choose_interface)
        self.tools.filter.textChanged.connect(self._filter_changed)
        self.tools.paused_changed.connect(self.set_paused)
        self.tools.rescan.clicked.connect(self.rescan)
        self.tools.export.clicked.connect(self.export)
        self.tools.theme_chosen.connect(self._theme_chosen)
        self.tools.menu.details.toggled.connect(self._details_toggled)
        self.tools.menu.export.triggered.connect(self.export)
        self.tools.menu.help.triggered.connect(self.show_keys)
        self.banners.changed.connect(self._count_problems)
        self.status.problems_wanted.connect(self._show_problems)

    def _add_keys(self) -> None:
        for name, key in PAGE_KEYS.items():
            self._key(key, lambda name=name: self.show_page(name))
        self._key(Key.FILTER, self.tools.go_to_filter)
        self._key(Key.INTERFACE, self.tools.go_to_interface)
        self._key(Key.PAUSE, self.tools.pause.toggle)
        self._key(Key.RESCAN, self.rescan)
        self._key(Key.EXPORT, self.export)
        self._key(Key.ESCAPE, self._escape)
        self._key(Key.QUIT, self.close)
        for action in (self.tools.menu.details, self.tools.menu.help):
            self.addAction(action)

    def _key(self, key: Key, run: object) -> None:
        for sequence in key.sequences:
            QShortcut(sequence, self).activated.connect(run)

    def _restore(self) -> None:
        self.resize(DEFAULT_SIZE)
        if not self.settings.geometry.isEmpty():
            self.restoreGeometry(self.settings.geometry)
        self.tools.menu.details.setChecked(self.settings.details_shown)
        self.tools.menu.set_mode(self.theme.mode if self.theme is not None else Mode.AUTO)
        self._arrange()
        names = [entry.name for entry in PAGES]
        self.show_page(self.settings.page if self.settings.page in names else names[0])

    # The place

    def look_from(self, place: str, subject: str = "") -> None:
        """Leave this place for another: its pages and its probe end here. ``subject`` is selected there."""
        shown = self.current.name if self.current is not None else PAGES[0].name
        self._detach()
        self._attach(Link(place))
        self.go_to(shown, subject)

    def _attach(self, link: Link) -> None:
        self.link = link
        self.book = InterfaceBook(link, self)
        self.interface_key = self.settings.interface(link.place)
        self.context = PageContext(link, self.settings, self.book)
        self.chosen: Interface | None = None
        self.tools.interfaces.choose(self.interface_key or "")
        self.tools.places.set_place(link.place, self.settings.places)
        self.notices = LinkNotices(link, self.banners)
        link.state_changed.connect(self._show_state)
        link.hello_received.connect(self._greeted)
        self.book.changed.connect(self._interfaces_changed)
        self.book.ask()
        if link.state.phase is Phase.CLOSED:
            link.start()
        self._show_state()
        self.attached.emit()

    def _detach(self) -> None:
        for page in self.pages.values():
            page.hidden()
            page.close_page()
            self.stack.removeWidget(page)
            if page.details is not None:
                self.details.removeWidget(page.details)
                page.details.deleteLater()
            page.deleteLater()
        self.pages.clear()
        self.current = None
        self.notices.close()
        self.link.state_changed.disconnect(self._show_state)
        self.link.close()
        self.link.deleteLater()
        self.book.deleteLater()
        self.banners.clear_notice(GONE_NOTICE)

    def _greeted(self) -> None:
        hello = self.link.hello
        if hello is None:
            return
        name = hello.host if self.link.place == "local" else self.link.place
        self.setWindowTitle(self.tr("Lanscout: %1").replace("%1", visible(name, 60)))
        if self.link.place != "local":
            places = dict.fromkeys((self.link.place, *self.settings.places))
            self.settings.places = tuple(places)[:PLACES_KEPT]

    # The pages

    def show_page(self, name: str) -> None:
        """Bring that page to the front, building it at its first time."""
        page = self.page(name)
        if page is self.current:
            return
        if self.current is not None:
            self.current.hidden()
        self.current = page
        self.settings.page = name
        self.nav.set_page(name)
        self.stack.setCurrentWidget(page)
        if page.details is not None:
            self.details.setCurrentWidget(page.details)
        self._arrange()
        page.set_filter(self.tools.filter.text())
        page.shown()
        self.page_shown.emit()

    def page(self, name: str) -> Page:
        """The page of that name, built if need be."""
        if name not in self.pages:
            entry = next(entry for entry in PAGES if entry.name == name)
            page = entry.build(self.context)
            page.name = name
            self.pages[name] = page
            self.stack.addWidget(page)
            if page.details is not None:
                self.details.addWidget(page.details)
            page.set_interface(self.chosen)
            page.set_paused(self.tools.pause.isChecked())
            self._connect_page(page)
        return self.pages[name]

    def _connect_page(self, page: Page) -> None:
        page.badge_changed.connect(self._badge_changed)
        page.status_changed.connect(self._status_changed)
        page.newer_changed.connect(self._update_pause_chip)
        page.go_to.connect(self.go_to)
        page.message.connect(self.status.show_message)
        page.clear_filter.connect(self.tools.filter.clear)
        page.choose_interface.connect(self.choose_interface)
        page.details_changed.connect(self._arrange)
        page.look_from.connect(self.look_from, Qt.ConnectionType.QueuedConnection)  # it takes this page away
        page.banners.changed.connect(self._count_problems)
        self.nav.set_badge(page.name, page.badge.text, page.badge.tone)

    def _badge_changed(self, badge: Badge) -> None:
        page = self.sender()
        if isinstance(page, Page):
            self.nav.set_badge(page.name, badge.text, badge.tone)
            self._count_problems()

    def _status_changed(self, facts: tuple[str, ...]) -> None:
        if self.sender() is self.current:
            self.status.set_facts(facts)

    def go_to(self, name: str, subject: str) -> None:
        """Show that page and select there what ``subject`` names; "" selects nothing."""
        self.show_page(name)
        if subject and self.current is not None:
            self.current.select(subject)

    def _show_problems(self) -> None:
        self.go_to("diagnosis", "")

    def _count_problems(self) -> None:
        found = sum(page.problems_found for page in self.pages.values())
        areas = [self.banners, *(page.banners for page in self.pages.values())]
        notices = [notice for area in areas for notice in area.notices()]
        self.status.set_problems(found, sum(notice.tone in (Tone.WARNING, Tone.ERROR) for notice in notices))

    # The interface

    def choose_interface(self, key: str) -> None:
        """Use that interface on all pages; "" for all usable."""
        self.interface_key = key
        self.settings.set_interface(self.link.place, key)
        self.tools.interfaces.choose(key)
        self._interfaces_changed()

    def _interfaces_changed(self) -> None:
        if self.interface_key is None and self.book.known:
            first = self.book.default()
            self.interface_key = stable_key(first) if first is not None else ""
            self.tools.interfaces.choose(self.interface_key)
        self.tools.interfaces.show_book(self.book)
        found = find(self.interface_key, self.book.ordered()) if self.interface_key else None
        if found is not None or not self.interface_key:
            self.banners.clear_notice(GONE_NOTICE)
            self._use(found)
        elif self.book.known:
            self._say_gone(self.interface_key.partition(" ")[0])
        self._show_state()

    def _use(self, interface: Interface | None) -> None:
        self.chosen = interface
        for page in self.pages.values():
            page.set_interface(interface)

    def _say_gone(self, name: str) -> None:
        """It stays chosen: what is shown is not switched behind the person's back."""
        title = self.tr("%1 is gone.").replace("%1", visible(name, 60))
        text = self.tr("It stays chosen and is used again when it comes back.")
        use_all = Action(self.tr("Use all usable"), lambda: self.choose_interface(""))
        self.banners.show_notice(Notice(GONE_NOTICE, title, text, Tone.WARNING, (use_all,)))

    # Pause, filter, rescan, export

    def set_paused(self, paused: bool) -> None:  # noqa: FBT001 - Qt's signal
        """Freeze all pages, or let them go on."""
        self._paused_at = monotonic()
        for page in self.pages.values():
            page.set_paused(paused)
        self.tools.chip.setVisible(paused)
        if paused:
            self._second.start()
        else:
            self._second.stop()
        self._update_pause_chip()
        self._show_state()

    def _update_pause_chip(self) -> None:
        if not self.tools.pause.isChecked():
            return
        newer = sum(page.newer for page in self.pages.values())
        text = self.tr("Paused %1 · %2 newer").replace("%1", stopwatch(monotonic() - self._paused_at))
        self.tools.chip.set_text(text.replace("%2", count(newer)))

    def _filter_changed(self, text: str) -> None:
        if self.current is not None:
            self.current.set_filter(text)

    def rescan(self) -> None:
        """Ask everything of the shown page again."""
        if self.current is not None:
            self.current.rescan()

    def export(self) -> None:
        """Save what the page shows as a file."""
        if self.current is not None:
            Exporter(self, self.current, self.status.show_message).ask()

    def _escape(self) -> None:
        if self.tools.filter.text():
            self.tools.filter.clear()
        elif self.current is not None:
            self.current.focus_content()

    def show_keys(self) -> None:
        """The list of keys."""
        KeyList(self).show()

    # Looks

    def show_failure(self, what: str, report: str) -> None:
        """Something nobody expected: said, with its report one click away."""
        copy = Action(self.tr("Copy report"), lambda: QGuiApplication.clipboard().setText(report))
        title = self.tr("Something failed that should not have. What is shown may be incomplete.")
        self.banners.show_notice(Notice("failure", title, what, Tone.ERROR, (copy,)))

    def _show_state(self) -> None:
        phase = self.link.state.phase
        place = self.tools.places.currentText()
        if phase is Phase.CONNECTED and self.tools.pause.isChecked():
            self.status.set_state(self.tr("paused"), Tone.WARNING)
        elif phase is Phase.CONNECTED:
            self.status.set_state(self.tr("watching %1").replace("%1", place.lower()), Tone.OK)
        elif phase in (Phase.STARTING, Phase.RESTARTING):
            self.status.set_state(self.tr("connecting to %1").replace("%1", place.lower()), Tone.NEUTRAL)
        else:
            self.status.set_state(self.tr("not connected"), Tone.ERROR)
        name = self.interface_key.partition(" ")[0] if self.interface_key else self.tr("all interfaces")
        self.status.set_interface(name)

    def _theme_chosen(self, mode: Mode) -> None:
        self.settings.theme = mode
        if self.theme is not None:
            self.theme.set_mode(mode)

    def _details_toggled(self, shown: bool) -> None:  # noqa: FBT001 - Qt's signal
        self.settings.details_shown = shown
        self._arrange()

    def _arrange(self) -> None:
        page = self.current
        has_details = page is not None and page.details is not None and page.details_shown
        self.tools.show_filter_example(page.filter_example() if page is not None else "")
        self.splitter.arrange(self.width(), details=has_details and self.tools.menu.details.isChecked())

    def showEvent(self, event: QShowEvent) -> None:
        """The keyboard begins in the page, not in the list of pages."""
        super().showEvent(event)
        if self.current is not None:
            self.current.focus_content()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._arrange()

    def closeEvent(self, event: QCloseEvent) -> None:
        super().closeEvent(event)
        if self._closed:
            return
        self._closed = True
        self.settings.geometry = self.saveGeometry()
        self.splitter.remember()
        self._second.stop()
        self._detach()
        self.settings.flush()
