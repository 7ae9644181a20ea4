"""Feeds the Bonjour page and reads what it shows."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import msgspec

from discovery.records import Service
from net.records import Record
from tests.ui.pages.bonjour.scene import SERVICES
from tests.ui.scenes import INTERFACES
from ui.pages.bonjour.page import BonjourPage
from ui.pages.bonjour.rows import HostRow, Line, ServiceRow, TypeRow
from ui.widgets.empty_panel import Why
from ui.widgets.filter_proxy import FilterProxy

Asked = Callable[[], list[dict[str, Any]]]
BY_NAME = {interface.name: interface for interface in INTERFACES}
PRINTER = SERVICES[2]


def told(*records: Record) -> dict[str, Any]:
    return {"batch": [msgspec.to_builtins(record) for record in records]}


def feed(page: BonjourPage, *records: Record) -> None:
    page.feed(records)
    page.model.flush()


def shown(page: BonjourPage) -> list[str]:
    """What the table in front shows: types and hosts by name, services by theirs."""
    model = page.front().model()
    assert isinstance(model, FilterProxy)
    return [_title(line) for line in model.shown_items()]


def _title(line: Line) -> str:
    match line:
        case TypeRow():
            return line.head.type
        case HostRow():
            return line.host or ""
        case _:
            return line.service.name


def names(page: BonjourPage) -> list[str]:
    return [line.service.name for line in page.proxy.shown_items() if isinstance(line, ServiceRow)]


def row(page: BonjourPage, record: Service) -> ServiceRow:
    line = page.model.item(record.key())
    assert isinstance(line, ServiceRow)
    return line


def why(page: BonjourPage) -> Why | None:
    showing = page.stack.currentWidget() is page.empty
    return page.empty.emptiness.why if showing and page.empty.emptiness is not None else None
