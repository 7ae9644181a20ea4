"""The field for GROUP:PORT, which offers the well-known groups by address, name or use."""

from __future__ import annotations

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, Qt
from PySide6.QtGui import QFontMetrics
from PySide6.QtWidgets import QAbstractItemView, QCompleter, QHeaderView, QLineEdit, QTreeView, QWidget

from ui.pages.multicast.known import SEARCH_ROLE, KnownGroupModel
from ui.pages.multicast.target import EXAMPLE
from ui.text import visible

ROWS_SHOWN = 14
COLUMN_CHARACTERS = (26, 30, 44)


class GroupField(QLineEdit):
    """A line edit with a list of the well-known groups under it."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setPlaceholderText(EXAMPLE)
        self.setAccessibleName(self.tr("Group and port"))
        self.setClearButtonEnabled(True)
        self._known = _Completer(self)
        self.setCompleter(self._known)

    def show_all(self) -> None:
        """Offer every well-known group, whatever is typed."""
        self.setFocus()
        self._known.setCompletionPrefix("")
        self._known.complete()


class _Completer(QCompleter):
    """Looks for what is typed in address, name and use; gives the address."""

    def __init__(self, field: QLineEdit) -> None:
        super().__init__(KnownGroupModel(field), field)
        self.setCaseSensitivity(Qt.CaseSensitivity.CaseInsensitive)
        self.setFilterMode(Qt.MatchFlag.MatchContains)
        self.setCompletionRole(SEARCH_ROLE)
        self.setMaxVisibleItems(ROWS_SHOWN)
        popup = QTreeView()
        self.setPopup(popup)
        popup.setRootIsDecorated(False)
        popup.setUniformRowHeights(True)
        popup.setHeaderHidden(True)
        popup.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        popup.setAccessibleName(self.tr("Well-known groups"))
        popup.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        average = QFontMetrics(field.font()).averageCharWidth()
        popup.setMinimumWidth(sum(COLUMN_CHARACTERS) * average)
        header = popup.header()
        header.setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
        for column, characters in enumerate(COLUMN_CHARACTERS):
            header.resizeSection(column, characters * average)

    def pathFromIndex(self, index: QModelIndex | QPersistentModelIndex) -> str:
        return visible(str(index.sibling(index.row(), 0).data() or ""))
