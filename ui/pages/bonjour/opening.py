"""Opens the URL of a service: a web page at once, anything else after the person has seen the whole URL."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QObject, Qt, QUrl
from PySide6.QtGui import QDesktopServices
from PySide6.QtWidgets import QMessageBox, QWidget

from discovery.records import Service
from resources.services import WEB_SCHEMES, open_url
from ui.text import visible


def url_of(service: Service) -> str | None:
    """The URL that opens it, None where its type has none or its facts do not allow one."""
    return open_url(service.type, service.host, service.port, service.txt)


class Opener(QObject):
    """Hands URLs to the system. ``failed`` is called with the URL that no program took."""

    def __init__(self, window: QWidget, failed: Callable[[str], object]) -> None:
        super().__init__(window)
        self._window = window
        self._failed = failed
        self.question: QMessageBox | None = None

    def open(self, url: str) -> None:
        """A web page at once; for another scheme ask first."""
        if url.partition(":")[0] in WEB_SCHEMES:
            self._hand_over(url)
        else:
            self._ask(url)

    def _ask(self, url: str) -> None:
        box = QMessageBox(self._window)
        box.setIcon(QMessageBox.Icon.Question)
        box.setWindowTitle(self.tr("Open this address?"))
        box.setTextFormat(Qt.TextFormat.PlainText)
        said = self.tr("Another program will open this address, which was announced on the network:")
        box.setText(f"{said}\n\n{visible(url, 4000)}")
        box.setTextInteractionFlags(
            Qt.TextInteractionFlag.TextSelectableByMouse | Qt.TextInteractionFlag.TextSelectableByKeyboard
        )
        opening = box.addButton(self.tr("Open"), QMessageBox.ButtonRole.AcceptRole)
        box.addButton(QMessageBox.StandardButton.Cancel)
        box.setDefaultButton(QMessageBox.StandardButton.Cancel)
        box.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        opening.clicked.connect(lambda: self._hand_over(url))
        box.finished.connect(self._answered)
        self.question = box
        box.open()

    def _answered(self) -> None:
        self.question = None

    def _hand_over(self, url: str) -> None:
        parsed = QUrl(url, QUrl.ParsingMode.StrictMode)
        if not parsed.isValid() or not QDesktopServices.openUrl(parsed):
            self._failed(url)
