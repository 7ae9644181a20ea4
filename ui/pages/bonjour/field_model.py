"""The fields of a message as a tree of two columns: what each is, and what it says."""

from __future__ import annotations

from PySide6.QtCore import QAbstractItemModel, QModelIndex, QObject, Qt
from PySide6.QtGui import QColor

from discovery.bonjour.dissect import Field
from ui.pages.bonjour.columns import tr
from ui.text import tooltip, visible
from ui.widgets.table_model import NO_INDEX, Index

TIP_FROM = 40
"""Characters of a value from which on it may have no room."""


class _Node:
    """A field in its place; its children are made when the tree opens it."""

    __slots__ = ("children", "field", "parent", "row")

    def __init__(self, field: Field, parent: int, row: int) -> None:
        self.field = field
        self.parent = parent
        self.row = row
        self.children: list[int] | None = None


class FieldModel(QAbstractItemModel):
    """The fields under the message itself; an index knows its node by number.

    Attributes:
        error: the colour of what breaks a rule.
    """

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._nodes: list[_Node] = []
        self.error = QColor()

    def show_field(self, root: Field | None) -> None:
        """Show the children of ``root``, none where it is None."""
        self.beginResetModel()
        self._nodes = [_Node(root, -1, 0)] if root is not None else []
        self.endResetModel()

    def field(self, index: Index) -> Field | None:
        """The field of that row."""
        return self._nodes[index.internalId()].field if index.isValid() else None

    def index_of(self, start: int, end: int) -> QModelIndex:
        """The smallest field that holds the bytes from ``start`` to before ``end``; where several are
        alike, what they stand in."""
        best, number = NO_INDEX, 0
        while self._nodes:
            holding = [
                child
                for child in self._children(number)
                if self._nodes[child].field.start <= start and end <= self._nodes[child].field.end
            ]
            if not holding:
                break
            smallest = min(holding, key=self._size)
            if best.isValid() and len(holding) > 1 and self._size(smallest) == self._size(number):
                break
            number = smallest
            best = self.createIndex(self._nodes[number].row, 0, number)
        return best

    def _size(self, number: int) -> int:
        field = self._nodes[number].field
        return field.end - field.start

    def _children(self, number: int) -> list[int]:
        node = self._nodes[number]
        if node.children is None:
            first = len(self._nodes)
            self._nodes += [_Node(child, number, row) for row, child in enumerate(node.field.children)]
            node.children = list(range(first, len(self._nodes)))
        return node.children

    # What Qt asks

    def index(self, row: int, column: int, parent: Index = NO_INDEX) -> QModelIndex:
        if not self._nodes or not 0 <= column < 2 or row < 0:
            return NO_INDEX
        children = self._children(parent.internalId() if parent.isValid() else 0)
        return self.createIndex(row, column, children[row]) if row < len(children) else NO_INDEX

    def parent(self, index: Index) -> QModelIndex:  # type: ignore[override]
        if not index.isValid():
            return NO_INDEX
        above = self._nodes[index.internalId()].parent
        return self.createIndex(self._nodes[above].row, 0, above) if above > 0 else NO_INDEX

    def rowCount(self, parent: Index = NO_INDEX) -> int:
        if not self._nodes or parent.column() > 0:
            return 0
        return len(self._children(parent.internalId() if parent.isValid() else 0))

    def hasChildren(self, parent: Index = NO_INDEX) -> bool:
        if not self._nodes or parent.column() > 0:
            return False
        return bool(self._nodes[parent.internalId() if parent.isValid() else 0].field.children)

    def columnCount(self, _parent: Index = NO_INDEX) -> int:
        return 2

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        if not index.isValid():
            return None
        field, value = self._nodes[index.internalId()].field, index.column() == 1
        broken = field.flaw is not None
        if role == Qt.ItemDataRole.DisplayRole:
            return visible(field.value) if value else f"✕ {field.label}" if broken else field.label
        if role == Qt.ItemDataRole.ToolTipRole and value and len(field.value) >= TIP_FROM:
            return tooltip(visible(field.value))
        if role == Qt.ItemDataRole.AccessibleTextRole:
            return f"{field.label}: {visible(field.value)}{tr(' (broken)') if broken else ''}"
        return self.error if role == Qt.ItemDataRole.ForegroundRole and broken and not value else None

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        if orientation == Qt.Orientation.Horizontal and role == Qt.ItemDataRole.DisplayRole:
            return tr("Value") if section else tr("Field")
        return None
