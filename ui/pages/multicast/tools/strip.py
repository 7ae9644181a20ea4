"""The strip above a tool of the Multicast page."""

from __future__ import annotations

from PySide6.QtGui import QFontMetrics

from ui.pages import tool_strip
from ui.pages.multicast.group_field import GroupField

GROUP_CHARACTERS = 34


class Strip(tool_strip.Strip):
    """One with a field for a group."""

    def add_group(self, label: str) -> GroupField:
        """A field for GROUP:PORT."""
        field = GroupField()
        field.setFixedWidth(QFontMetrics(self.font()).averageCharWidth() * GROUP_CHARACTERS)
        field.returnPressed.connect(self.submitted)
        self.add(label, field)
        return field
