from __future__ import annotations

from collections.abc import Iterator

import pytest
from PySide6.QtCore import QSortFilterProxyModel
from PySide6.QtWidgets import QApplication

from ui.widgets.columns import Cell, Chip, Column
from ui.widgets.filter_proxy import FilterProxy
from ui.widgets.table_model import Index, KeyedTableModel

Row = tuple[str, str, str]
ROWS: list[Row] = [
    ("en0", "192.168.1.23", "wifi"),
    ("en5", "fe80::1%en5", "ethernet"),
    ("utun3", "10.8.0.2", "tunnel"),
    ("Anna's Büro", "10.8.0.3", "tunnel"),
]


class SilentModel(KeyedTableModel[Row]):
    """Says nothing by ``data()``, so that a filter that asked it would find nothing."""

    def data(self, index: Index, role: int = 0) -> object:
        return None


@pytest.fixture
def proxy(qapp: QApplication) -> Iterator[FilterProxy[Row]]:
    model = SilentModel(
        [
            Column("name", "Name", lambda row: Cell(row[0])),
            Column("address", "Address", lambda row: Cell("first", detail=row[1])),
            Column("role", "Role", lambda row: Cell(chips=(Chip("VPN" if row[2] == "tunnel" else "LAN"),))),
        ],
        fields={"type": lambda row: row[2]},
    )
    model.put([(row[0], row) for row in ROWS])
    model.flush()
    proxy = FilterProxy(model)
    model.setParent(proxy)
    yield proxy
    proxy.deleteLater()


def shown(proxy: FilterProxy[Row], text: str) -> list[str]:
    proxy.set_filter(text)
    return [row[0] for row in proxy.shown_items()]


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("", ["en0", "en5", "utun3", "Anna's Büro"]),
        ("  ", ["en0", "en5", "utun3", "Anna's Büro"]),
        ("en", ["en0", "en5"]),
        ("EN LAN", ["en0", "en5"]),
        ("en 192", ["en0"]),
        ("büro", ["Anna's Büro"]),
        ("BÜRO", ["Anna's Büro"]),
        ("vpn", ["utun3", "Anna's Büro"]),
        ("type:tunnel", ["utun3", "Anna's Büro"]),
        ("type:tunnel 10.8.0.2", ["utun3"]),
        ("type:tunnel -anna", ["utun3"]),
        ("address:10.8", ["utun3", "Anna's Büro"]),
        ("fe80::1", ["en5"]),
        ('"anna\'s b"', ["Anna's Büro"]),
        ("name:\"anna's b", ["Anna's Büro"]),
        ("anna's", ["Anna's Büro"]),
        ("nobody", []),
        ("type:", ["en0", "en5", "utun3", "Anna's Büro"]),
    ],
)
def test_words_and_fields(proxy: FilterProxy[Row], text: str, names: list[str]) -> None:
    assert shown(proxy, text) == names


@pytest.mark.parametrize("text", ['"', '""', "-", ":", "\\", "type:\\", "'"])
def test_half_typed_filters_do_no_harm(proxy: FilterProxy[Row], text: str) -> None:
    proxy.set_filter(text)
    proxy.set_filter("")
    assert proxy.rowCount() == len(ROWS)


def test_a_page_may_add_a_condition(proxy: FilterProxy[Row]) -> None:
    proxy.set_condition(lambda row: row[2] == "tunnel")
    assert shown(proxy, "10.8.0.3") == ["Anna's Büro"]
    proxy.set_condition(None)
    assert shown(proxy, "en0") == ["en0"]


def test_sorting_is_left_to_the_model(proxy: FilterProxy[Row]) -> None:
    proxy.sort(0)
    assert isinstance(proxy, QSortFilterProxyModel)
    assert proxy.sortColumn() == -1
    assert [row[0] for row in proxy.shown_items()] == ["Anna's Büro", "en0", "en5", "utun3"]


def test_a_row_that_changes_comes_and_goes(proxy: FilterProxy[Row]) -> None:
    model = proxy.sourceModel()
    assert isinstance(model, KeyedTableModel)
    assert shown(proxy, "type:bridge") == []
    model.put([("en0", ("en0", "192.168.1.23", "bridge"))])
    model.flush()
    assert [row[0] for row in proxy.shown_items()] == ["en0"]


def test_a_number_is_found_as_a_whole(proxy: FilterProxy[Row]) -> None:
    assert shown(proxy, "type:net") == ["en5"]
    proxy.exact_fields = frozenset(("type",))
    assert shown(proxy, "type:ethernet") == ["en5"]
    assert shown(proxy, "type:ether") == []
    assert len(shown(proxy, "type:")) == 4
