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
from ui.pages.bonjour.rows import ServiceRow, TypeRow
from ui.widgets.empty_panel import Why

Asked = Callable[[], list[dict[str, Any]]]
BY_NAME = {interface.name: interface for interface in INTERFACES}
PRINTER = SERVICES[2]


def told(*records: Record) -> dict[str, Any]:
    return {"batch": [msgspec.to_builtins(record) for record in records]}


def feed(page: BonjourPage, *records: Record) -> None:
    page.feed(records)
    page.model.flush()


def shown(page: BonjourPage) -> list[str]:
    """What the table shows: types by name, services by theirs with their glyphs."""
    return [line.head.type if isinstance(line, TypeRow) else line.service.name for line in page.proxy.shown_items()]


def names(page: BonjourPage) -> list[str]:
    return [line.service.name for line in page.proxy.shown_items() if isinstance(line, ServiceRow)]


def row(page: BonjourPage, record: Service) -> ServiceRow:
    line = page.model.item(record.key())
    assert isinstance(line, ServiceRow)
    return line


def why(page: BonjourPage) -> Why | None:
    showing = page.stack.currentWidget() is page.empty
    return page.empty.emptiness.why if showing and page.empty.emptiness is not None else None
