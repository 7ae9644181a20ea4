"""Writes docs/images/PAGE-light.png and -dark.png of every page, with scripted records.

``python -m tests.screenshots``; further words name pages or views of them (PAGE-VIEW); without any, all are drawn.
"""

from __future__ import annotations

import os
import sys
import tempfile
from pathlib import Path

os.environ["QT_QPA_PLATFORM"] = "offscreen"

from PySide6.QtCore import QCoreApplication, QEventLoop, QSettings, QSize, QTimer
from PySide6.QtGui import QFont, QFontDatabase
from PySide6.QtWidgets import QApplication

from tests.ui.scenes import command, prepare
from ui.link import Link
from ui.pages import PAGES
from ui.settings import Settings
from ui.theme import Mode, Theme
from ui.window import MainWindow

IMAGES = Path(__file__).parent.parent / "docs" / "images"
VIEWS = (
    "interfaces-way",
    "interfaces-changes",
    "interfaces-resolvers",
    "bonjour-host",
    "bonjour-matrix",
    "bonjour-devices",
    "bonjour-packets",
    "bonjour-lint",
    "bonjour-ask",
    "bonjour-publish",
    "bonjour-system",
    "bonjour-ladder",
    "multicast-test",
    "multicast-ping",
    "multicast-endurance",
    "multicast-changes",
    "ports-conflict",
    "ports-answers",
    "ports-bind",
    "ports-connections",
    "diagnosis-inventory",
    "diagnosis-explain",
    "diagnosis-bundle",
)
"""Pages with another of their views in front."""
SIZE = QSize(1240, 780)
FONTS = ("Inter", "Cantarell", "Noto Sans", "DejaVu Sans")


def main(names: list[str]) -> None:
    """Draw the pages named, or all."""
    application = QApplication([])
    families = QFontDatabase.families()
    font = QFont(next(family for family in FONTS if family in families))
    font.setPointSizeF(9.75)
    application.setFont(font)
    IMAGES.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as folder:
        for mode in (Mode.LIGHT, Mode.DARK):
            draw(application, mode, names or [*(entry.name for entry in PAGES), *VIEWS], Path(folder))


def draw(application: QApplication, mode: Mode, names: list[str], folder: Path) -> None:
    """All ``names`` in one scheme."""
    settings = Settings(QSettings(str(folder / f"{mode.value}.ini"), QSettings.Format.IniFormat))
    theme = Theme(application, mode)
    link = Link("local", command=lambda: command(folder))
    window = MainWindow(link, settings, theme)
    window.resize(SIZE)
    window.show()
    wait(600)
    for name in names:
        window.show_page(name.partition("-")[0])
        wait(900)
        prepare(window, name)
        wait(400)
        QCoreApplication.sendPostedEvents()  # grabbing lays out by itself, and with less room than was asked for
        window.grab().save(str(IMAGES / f"{name}-{mode.value}.png"))
    window.close()
    window.deleteLater()


def wait(milliseconds: int) -> None:
    """Let the window live for so long."""
    loop = QEventLoop()
    QTimer.singleShot(milliseconds, loop.quit)
    loop.exec()


if __name__ == "__main__":
    main(sys.argv[1:])
