"""Drives the Multicast page as a person would, and reads what it shows."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from tests.ui.pages.multicast.scene import TRAIN, joined
from tests.ui.scenes import batch
from ui.pages.multicast.joins import JoinKey
from ui.pages.multicast.page import MulticastPage

MakePage = Callable[..., MulticastPage]
TRAIN_KEY = JoinKey(*TRAIN, "en0")


def lines(page: MulticastPage) -> list[str]:
    """The rows: group, interface and state."""
    page.model.flush()
    return [f"{row.key.endpoint} {row.key.interface}: {row.standing.line}" for row in page.model.items()]


def join(page: MulticastPage, qtbot: QtBot, *texts: str) -> None:
    """Type each and press Enter, until all are answered."""
    for text in texts:
        page.strip.field.setText(text)
        qtbot.keyClick(page.strip.field, Qt.Key.Key_Return)  # type: ignore[no-untyped-call]
    qtbot.waitUntil(lambda: not any("joining" in line for line in lines(page)))


def texts(page: MulticastPage) -> list[str | None]:
    page.packets.flush()
    return [found.payload_text for found in page.packets.proxy.shown_items()]


def said_of(page: MulticastPage) -> str:
    """The details as text."""
    return page.form.details.as_text() if page.form.details is not None else ""


def deaf(group: str, port: int, **more: Any) -> list[Any]:
    return [batch(joined(group, port, **more))]
