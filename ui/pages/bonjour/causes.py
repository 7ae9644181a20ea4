"""Why a record or a service is no longer there, in words."""

from __future__ import annotations

from PySide6.QtCore import QCoreApplication

from discovery.records import Ended


def cause_words(ended: Ended | None) -> str:
    """``withdrawn (goodbye)``, ``expired`` and so on; None says that it is not known which."""
    tr = QCoreApplication.translate
    if ended is None:
        return tr("bonjour", "withdrawn or expired")
    return {
        "goodbye": tr("bonjour", "withdrawn (goodbye)"),
        "expired": tr("bonjour", "expired"),
        "flushed": tr("bonjour", "replaced"),
        "interface_gone": tr("bonjour", "interface gone"),
        "unanswered": tr("bonjour", "nobody answered"),
    }[ended]
