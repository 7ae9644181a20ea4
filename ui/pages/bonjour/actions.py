"""What can be done with a service: open it, copy a part of it, ask whether it is still there."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from PySide6.QtCore import QCoreApplication, QObject, Signal
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QMenu

from discovery.bonjour.names import label_text
from net.records import Key
from ui.pages.base import Page
from ui.pages.bonjour.copying import what_to_copy
from ui.pages.bonjour.opening import Opener, url_of
from ui.pages.bonjour.rows import Line, ServiceRow
from ui.text import visible
from ui.theme import Tone
from ui.widgets.actions import Action, add_choices
from ui.widgets.banner import Notice
from ui.widgets.details_form import DetailsForm
from ui.widgets.grouped_view import GroupedView

NOTICE = "cannot open"
URL_CAP = 4000


class ServiceActions(QObject):
    """Buttons and menu entries for services. They act on what ``current`` gives, whatever it is by then.

    Signals:
        verify_wanted: name and type of a record that is to be asked for again.
    """

    verify_wanted = Signal(str, str)

    def __init__(self, page: Page, current: Callable[[], Line | None], form: DetailsForm) -> None:
        super().__init__(page)
        self._page = page
        self._current = current
        self._form = form
        self.opener = Opener(page, self._cannot_open)

    def buttons(self, row: ServiceRow) -> list[Action]:
        """For the details: Open where there is something to open, and Copy with its choices."""
        copies = [Action(said, partial(self.copy, key)) for key, said, _ in what_to_copy(row)]
        tip = self.tr("Ask again for its SRV record: is it still answered for?")
        buttons = [
            Action(self.tr("Copy"), _nothing, choices=tuple(copies)),
            Action(self.tr("Verify"), self.verify_current, tip=tip),
        ]
        url = url_of(row.service)
        if url is not None:
            buttons.insert(0, Action(self.tr("Open"), self.open_current, tip=url))
        return buttons

    def fill_menu(self, menu: QMenu, row: ServiceRow) -> None:
        """For the context menu of a row."""
        url = url_of(row.service)
        if url is not None:
            text = self.tr("Open %1").replace("%1", visible(url, 80)).replace("&", "&&")
            menu.addAction(text).triggered.connect(self.open_current)
        menu.addAction(self.tr("Verify")).triggered.connect(self.verify_current)
        copies = menu.addMenu(self.tr("Copy"))
        add_choices(copies, [Action(said, partial(self.copy, key)) for key, said, _ in what_to_copy(row)])

    def open(self, row: ServiceRow) -> None:
        """Open its URL, or say that it has none."""
        url = url_of(row.service)
        if url is not None:
            self.opener.open(url)
        else:
            self._page.message.emit(self.tr("There is nothing to open here; copy its address and port."))

    def open_current(self) -> None:
        """The service of the current row."""
        row = self._current()
        if isinstance(row, ServiceRow):
            self.open(row)

    def verify_current(self) -> None:
        """Whether the current service is still answered for."""
        row = self._current()
        if isinstance(row, ServiceRow):
            service = row.service
            self.verify_wanted.emit(f"{label_text(service.name.encode())}.{service.type}.{service.domain}", "SRV")

    def copy(self, wanted: str) -> None:
        """``name``, ``host``, ``endpoint``, ``url``, ``txt`` or ``all`` of the current service, to the clipboard."""
        row = self._current()
        if not isinstance(row, ServiceRow):
            return
        if wanted == "all":
            self._form.copy()
            return
        for key, _, text in what_to_copy(row):
            if key == wanted:
                QGuiApplication.clipboard().setText(text)

    def _cannot_open(self, url: str) -> None:
        title = self.tr("This computer has no program that opens %1 addresses.")
        text = self.tr("Copy the address and give it to a program that does: %1")
        copy = Action(self.tr("Copy the address"), lambda: QGuiApplication.clipboard().setText(visible(url, URL_CAP)))
        self._page.banners.show_notice(
            Notice(
                NOTICE,
                title.replace("%1", url.partition(":")[0]),
                text.replace("%1", url),
                Tone.WARNING,
                (copy,),
            )
        )


def fill_head_menu(menu: QMenu, table: GroupedView[Line], key: Key) -> None:
    """For the context menu of the head of that key."""
    words = [QCoreApplication.translate("bonjour", text) for text in ("Open or close", "Open all", "Close all")]
    runs = (lambda: table.toggle(key), table.open_all, table.close_all)
    add_choices(menu, [Action(text, run) for text, run in zip(words, runs, strict=True)])


def _nothing() -> None:
    """A button with choices does nothing by itself."""
