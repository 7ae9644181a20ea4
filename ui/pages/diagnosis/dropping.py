"""An app dropped anywhere on the Diagnosis page is checked in the view Bundle."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QMimeData, QObject
from PySide6.QtGui import QDragEnterEvent, QDropEvent
from PySide6.QtWidgets import QWidget

from ui.pages.views import Views, call

VIEW = "bundle"


def dropped_path(data: QMimeData) -> str:
    """The first file that is dropped; "" where there is none."""
    return next((url.toLocalFile() for url in data.urls() if url.isLocalFile()), "")


class Dropping(QObject):
    """Watches ``page``, whose child it is, and shows one of its ``views``."""

    def __init__(self, page: QWidget, views: Views) -> None:
        super().__init__(page)
        self._views = views
        page.setAcceptDrops(True)
        page.installEventFilter(self)

    def eventFilter(self, _page: QObject, event: QEvent) -> bool:
        if isinstance(event, QDropEvent) and event.type() in (QEvent.Type.DragEnter, QEvent.Type.Drop):
            path = dropped_path(event.mimeData())
            if path:
                event.acceptProposedAction()
                if not isinstance(event, QDragEnterEvent):
                    self._views.show_view(VIEW)
                    call(self._views.tool, "examine", path)
                return True
        return False
