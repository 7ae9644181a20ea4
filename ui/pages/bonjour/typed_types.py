"""The types that are browsed besides all that are listed: typed in the strip, remembered, and dropped again."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QObject, Signal

from net.records import Problem
from ui.pages.base import PageContext
from ui.pages.bonjour.extra_types import MOST_TYPES, ExtraTypes
from ui.pages.bonjour.strip import BonjourStrip

PAGE = "bonjour"
SETTING = "types"


class TypedTypes(QObject):
    """``claims`` tells how many services a type has brought.

    Signals:
        batch, restarted: as of ExtraTypes.
        dropped: a type that is browsed no more.
        message: a sentence for the status bar.
    """

    batch = Signal(str, object)
    restarted = Signal(str)
    dropped = Signal(str)
    message = Signal(str)

    def __init__(
        self, context: PageContext, strip: BonjourStrip, claims: Callable[[str], int], parent: QObject | None = None
    ) -> None:
        super().__init__(parent)
        self._settings = context.settings
        self._strip = strip
        self._claims = claims
        self.extra = ExtraTypes(context.link, self)
        self.extra.batch.connect(self.batch)
        self.extra.restarted.connect(self.restarted)
        self.extra.refused.connect(self._refused)
        strip.type_wanted.connect(self.browse)
        strip.type_dropped.connect(self.forget)

    @property
    def types(self) -> tuple[str, ...]:
        return self.extra.types

    def restore(self) -> None:
        """Those of the last time."""
        for text in self._settings.page_text(PAGE, SETTING).split("\n"):
            if text:
                self.extra.add(text)
        self.show_types()

    def browse(self, text: str) -> None:
        """Browse that type too; what is wrong with it is said at the field."""
        if not self.extra.add(text) and text not in self.extra.types:
            said = self.tr("No more than %1 types are browsed besides; stop one first.")
            self.message.emit(said.replace("%1", str(MOST_TYPES)))
        self._changed()

    def forget(self, text: str) -> None:
        """Browse it no more."""
        self.extra.drop(text)
        self.dropped.emit(text)
        self._changed()

    def show_types(self) -> None:
        """A button each, with what it has brought."""
        self._strip.set_types([(name, self._claims(name)) for name in self.extra.types])

    def _refused(self, text: str, problem: Problem) -> None:
        self._strip.field.show_problem(text, problem)
        self._changed()

    def _changed(self) -> None:
        self.show_types()
        self._settings.set_page_text(PAGE, SETTING, "\n".join(self.extra.types))
