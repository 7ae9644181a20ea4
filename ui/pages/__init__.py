"""The pages of the window, in their order: the one place where a page is added."""

from __future__ import annotations

from dataclasses import dataclass
from importlib import import_module
from importlib.util import find_spec
from typing import TYPE_CHECKING

from PySide6.QtCore import QT_TRANSLATE_NOOP, QCoreApplication

if TYPE_CHECKING:
    from ui.pages.base import Page, PageContext


@dataclass(frozen=True)
class PageEntry:
    """A page before it is built: its class is imported when it is first shown."""

    name: str
    title_source: object
    module: str
    class_name: str

    @property
    def title(self) -> str:
        return QCoreApplication.translate("pages", str(self.title_source))

    def build(self, context: PageContext) -> Page:
        """The page, or one that says it does not exist yet."""
        if not self._exists():
            from ui.pages.not_built import NotBuiltPage

            return NotBuiltPage(context, self.title)
        page: Page = getattr(import_module(self.module), self.class_name)(context)
        return page

    def _exists(self) -> bool:
        try:
            return find_spec(self.module) is not None
        except ModuleNotFoundError:
            return False


PAGES = (
    PageEntry("interfaces", QT_TRANSLATE_NOOP("pages", "Interfaces"), "ui.pages.interfaces.page", "InterfacesPage"),
    PageEntry("bonjour", QT_TRANSLATE_NOOP("pages", "Bonjour"), "ui.pages.bonjour.page", "BonjourPage"),
    PageEntry("multicast", QT_TRANSLATE_NOOP("pages", "Multicast"), "ui.pages.multicast.page", "MulticastPage"),
    PageEntry("ports", QT_TRANSLATE_NOOP("pages", "Ports"), "ui.pages.ports.page", "PortsPage"),
    PageEntry("diagnosis", QT_TRANSLATE_NOOP("pages", "Diagnosis"), "ui.pages.diagnosis.page", "DiagnosisPage"),
)
