"""Filters a keyed table by words and ``field:value``, reading rows, never ``data()``; sorting is the model's work."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection
from typing import Generic, NamedTuple

from PySide6.QtCore import QObject, QSortFilterProxyModel, Qt, Signal

from ui.widgets.columns import Item
from ui.widgets.table_model import Index, KeyedTableModel, Row

_TERM = re.compile(r'(?:[^\s"]|"[^"]*"?)+')


class Terms(NamedTuple):
    """What was typed into a filter: words to be found, words not to be found, and values of fields."""

    words: tuple[str, ...] = ()
    without: tuple[str, ...] = ()
    fields: tuple[tuple[str, str], ...] = ()

    @classmethod
    def parsed(cls, text: str, field_names: Collection[str]) -> Terms:
        """The terms in ``text``; a colon counts only after one of ``field_names``."""
        words: list[str] = []
        without: list[str] = []
        fields: list[tuple[str, str]] = []
        for term in _terms(text.casefold()):
            field, colon, value = term.partition(":")
            if colon and field in field_names:
                fields.append((field, value))
            elif term.startswith("-") and len(term) > 1:
                without.append(term[1:])
            else:
                words.append(term)
        return cls(tuple(words), tuple(without), tuple(fields))

    def __bool__(self) -> bool:
        return any(self[:])

    def fit(self, model: KeyedTableModel[Item], row: Row[Item], exact_fields: Collection[str] = ()) -> bool:
        """Whether ``row`` of ``model`` is what was asked for."""
        if self.words or self.without:
            haystack = model.haystack(row)
            if not all(word in haystack for word in self.words) or any(word in haystack for word in self.without):
                return False
        return all(
            _fits(model.field_text(row, field) or "", value, field in exact_fields) for field, value in self.fields
        )


class FilterProxy(QSortFilterProxyModel, Generic[Item]):
    """Shows the rows that hold every word of the filter and fit the page's own condition.

    ``word`` must be found somewhere in the row, ``field:value`` in that column or field, ``-word`` nowhere; quotes keep
    blanks together. A colon after what is no field is part of the word, as in ``fe80::1``. Fields in ``exact_fields``
    (numbers) must hold the value as a whole word.

    Signals:
        filter_changed: other rows may be shown now.
    """

    filter_changed = Signal()

    def __init__(self, source: KeyedTableModel[Item], parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._source = source
        self._terms = Terms()
        self._condition: Callable[[Item], bool] | None = None
        self.text = ""
        self.exact_fields: frozenset[str] = frozenset()
        self.setSourceModel(source)

    def set_filter(self, text: str) -> None:
        """Filter by what the person typed."""
        if text == self.text:
            return
        self.beginFilterChange()
        self.text = text
        self._terms = Terms.parsed(text, self._source.field_names)
        self.endFilterChange(QSortFilterProxyModel.Direction.Rows)
        self.filter_changed.emit()

    def set_condition(self, condition: Callable[[Item], bool] | None) -> None:
        """Show only items for which ``condition`` holds, whatever is typed."""
        self.beginFilterChange()
        self._condition = condition
        self.endFilterChange(QSortFilterProxyModel.Direction.Rows)
        self.filter_changed.emit()

    def item(self, index: Index) -> Item:
        """The item of a row shown."""
        return self._source.rows[self.mapToSource(index).row()].item

    def shown_items(self) -> list[Item]:
        """The items shown, in order."""
        return [self.item(self.index(row, 0)) for row in range(self.rowCount())]

    def filterAcceptsRow(self, source_row: int, source_parent: Index) -> bool:  # noqa: ARG002 - a table has no parents
        row = self._source.rows[source_row]
        if self._condition is not None and not self._condition(row.item):
            return False
        return not self._terms or self._terms.fit(self._source, row, self.exact_fields)

    def sort(self, column: int, order: Qt.SortOrder = Qt.SortOrder.AscendingOrder) -> None:
        """Forwarded: a comparison here would call back into Python for each pair."""
        self._source.sort(column, order)


def _terms(text: str) -> list[str]:
    return [term.replace('"', "") for term in _TERM.findall(text) if term != '"']


def _fits(text: str, value: str, exact: bool) -> bool:  # noqa: FBT001 - of a field
    return value in (text.split() if value and exact else text)
