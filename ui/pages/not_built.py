"""Stands for a page that does not exist yet, and says so."""

from __future__ import annotations

from ui.pages.base import Page, PageContext
from ui.widgets.empty_panel import Emptiness, EmptyPanel, Why


class NotBuiltPage(Page):
    """An empty panel with one honest sentence."""

    def __init__(self, context: PageContext, title: str) -> None:
        super().__init__(context)
        self.setAccessibleName(title)
        panel = EmptyPanel()
        panel.show_emptiness(Emptiness(Why.CANNOT_WORK, self.tr("This page is not built yet.")))
        self.content.addWidget(panel, 1)
