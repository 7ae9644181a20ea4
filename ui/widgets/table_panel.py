"""A table, or why it is empty."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable, Mapping, Sequence
from typing import Generic

from PySide6.QtWidgets import QWidget

from ui.widgets.columns import Column, Item
from ui.widgets.current_stack import CurrentStack
from ui.widgets.empty_panel import Emptiness, EmptyPanel
from ui.widgets.filter_proxy import FilterProxy
from ui.widgets.table_model import KeyedTableModel
from ui.widgets.table_view import TableView


class TablePanel(CurrentStack, Generic[Item]):
    """``natural`` and ``fields``: see KeyedTableModel; by default the rows stand in the order of the first column."""

    def __init__(
        self,
        columns: Sequence[Column[Item]],
        name: str,
        *,
        natural: Callable[[Item], object] | None = None,
        fields: Mapping[str, Callable[[Item], str]] | None = None,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self.model: KeyedTableModel[Item] = KeyedTableModel(
            columns, natural=natural or columns[0].sort, fields=fields, parent=self
        )
        self.proxy = FilterProxy(self.model, self)
        self.view = TableView(self.model, self.proxy, name=name)
        self.empty = EmptyPanel()
        self.addWidget(self.view)
        self.addWidget(self.empty)

    def put(self, rows: Iterable[tuple[Hashable, Item]]) -> None:
        """Add those, by their keys."""
        self.model.put(rows)
        self.model.flush()

    def put_all(self, rows: Iterable[tuple[Hashable, Item]]) -> None:
        """Those and no others."""
        self.model.clear()
        self.put(rows)

    def tell(self, emptiness: Emptiness) -> None:
        """The table, or that where it is empty."""
        if self.proxy.rowCount():
            self.setCurrentWidget(self.view)
        else:
            self.empty.show_emptiness(emptiness)
            self.setCurrentWidget(self.empty)
