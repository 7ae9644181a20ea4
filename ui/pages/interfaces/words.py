"""The language of the Interfaces page."""

from __future__ import annotations

from PySide6.QtCore import QCoreApplication


def tr(source: str) -> str:
    """``source`` in the person's language."""
    return QCoreApplication.translate("interfaces", source)
