"""What the filter gives as an example works where it is given, and leaves some rows and not all."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from pytestqt.qtbot import QtBot

from tests.ui import scenes
from ui.pages import PAGES
from ui.widgets.filter_proxy import Terms
from ui.window import MainWindow

Proxy = Any


def page_proxy(page: Any) -> Proxy:
    return page.proxy


def tool(attribute: str) -> Callable[[Any], Proxy]:
    """The filter of a table of the tool in front."""

    def find(page: Any) -> Proxy:
        found = page.views.tool
        for name in attribute.split("."):
            found = getattr(found, name)
        return found

    return find


VIEWS: dict[str, tuple[Callable[[Any], Proxy], ...]] = {
    "interfaces": (page_proxy,),
    "interfaces-way": (tool("table.proxy"),),
    "interfaces-changes": (tool("log.proxy"), tool("changes.proxy")),
    "interfaces-resolvers": (tool("matrix.proxy"), tool("servers.proxy")),
    "bonjour": (page_proxy,),
    "bonjour-matrix": (lambda page: page.service_views.matrix.proxy,),
    "bonjour-devices": (tool("table.proxy"),),
    "bonjour-packets": (tool("log.proxy"),),
    "bonjour-lint": (tool("findings.proxy"), tool("questions.proxy"), tool("scores.proxy")),
    "bonjour-ask": (tool("answers.proxy"),),
    "bonjour-publish": (tool("table.proxy"),),
    "bonjour-system": (tool("table.proxy"),),
    "bonjour-ladder": (tool("table.proxy"),),
    "multicast": (lambda page: page.packets.proxy, lambda page: page.streams.proxy),
    "multicast-ping": (tool("proxy"),),
    "multicast-changes": (tool("changes.proxy"),),
    "ports": (page_proxy,),
    "ports-answers": (tool("table.proxy"),),
    "ports-bind": (tool("table.proxy"),),
    "ports-connections": (tool("table.proxy"),),
    "diagnosis": (page_proxy,),
    "diagnosis-explain": (tool("table.proxy"),),
    "diagnosis-inventory": (tool("table.proxy"),),
    "diagnosis-bundle": (tool("table.proxy"),),
}
TIMEOUT_MS = 15_000
WITHOUT = ("multicast-test", "multicast-endurance")
"""Views with nothing to filter."""
ONE_ROW = ("bonjour-publish",)
"""Their scene has a single row, which fits."""
NONE_FITS = {("bonjour-lint", 1)}
"""Tables of a scene in which no row fits, though the words are understood."""


def scene(make_window: Callable[..., MainWindow], qtbot: QtBot, name: str) -> MainWindow:
    window = make_window(scenes.answers())
    page = name.partition("-")[0]
    qtbot.waitUntil(lambda: bool(window.book.known))
    window.show_page(page)
    scenes.prepare(window, name)
    return window


@pytest.mark.parametrize("name", VIEWS)
def test_the_example_in_the_filter_fits_some_rows_of_its_view_and_not_all(
    make_window: Callable[..., MainWindow], qtbot: QtBot, name: str
) -> None:
    window = scene(make_window, qtbot, name)
    page: Any = window.current
    example = page.filter_example()
    assert window.tools.filter.placeholderText() == f"Filter…  {example}"
    proxies = [find(page) for find in VIEWS[name]]
    qtbot.waitUntil(lambda: all(proxy.rowCount() > 0 for proxy in proxies), timeout=TIMEOUT_MS)
    for proxy in proxies:
        words = Terms.parsed(example, proxy.sourceModel().field_names).words
        assert not [word for word in words if ":" in word], "a field that this table does not have"
    whole = [proxy.rowCount() for proxy in proxies]
    window.tools.filter.setText(example)

    def filtered() -> bool:
        return all(
            proxy.rowCount() == 0 if (name, number) in NONE_FITS
            else 0 < proxy.rowCount() < all_rows or (name in ONE_ROW and proxy.rowCount() == 1)
            for number, (proxy, all_rows) in enumerate(zip(proxies, whole, strict=True))
        )  # fmt: skip

    qtbot.waitUntil(filtered, timeout=TIMEOUT_MS)


@pytest.mark.parametrize("name", WITHOUT)
def test_a_view_with_nothing_to_filter_says_so(make_window: Callable[..., MainWindow], qtbot: QtBot, name: str) -> None:
    window = scene(make_window, qtbot, name)
    assert window.tools.filter.placeholderText() == "No filter here"


def test_every_page_has_an_example(make_window: Callable[..., MainWindow]) -> None:
    window = make_window()
    for entry in PAGES:
        window.show_page(entry.name)
        assert window.current is not None
        assert window.current.filter_example()
