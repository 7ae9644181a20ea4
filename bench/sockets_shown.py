"""How the window keeps up while 5,000 listeners on the Ports page change every second."""

from __future__ import annotations

import os
import sys
from tempfile import TemporaryDirectory

import msgspec

from bench.result import Result

LISTENERS = 5_000
REFRESHES = 10
BATCH = 500
BUDGET_MS = 33


def run() -> list[Result]:
    """Offscreen: the first list, then every row changed once a second; a row is selected and a port watched."""
    os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    from PySide6.QtCore import QEventLoop, QSettings, QTimer
    from PySide6.QtWidgets import QApplication, QHBoxLayout, QWidget

    from bench.window import Heart
    from tests.ui.pages.ports.scene import listener
    from ui.interfaces import InterfaceBook
    from ui.link import Link
    from ui.pages.base import PageContext
    from ui.pages.ports.page import PortsPage
    from ui.settings import Settings

    application = QApplication.instance() or QApplication(sys.argv[:1])
    rows = [listener(1000 + n, f"server{n % 400}", 5000 + n % 400, inode=n + 1, command=f"/usr/bin/server --port {n}")
            for n in range(LISTENERS)]  # fmt: skip
    heart, loop = Heart(), QEventLoop()
    with TemporaryDirectory() as folder:
        link = Link("local")
        settings = Settings(QSettings(f"{folder}/settings.ini", QSettings.Format.IniFormat))
        page = PortsPage(PageContext(link, settings, InterfaceBook(link)))
        window = QWidget()
        layout = QHBoxLayout(window)
        layout.addWidget(page, 3)
        layout.addWidget(page.form, 1)
        window.resize(1240, 780)
        window.show()
        page.shown()
        page.toggle_watched(1000)
        turns = 0

        def refresh() -> None:
            nonlocal turns
            turns += 1
            if turns > REFRESHES:
                loop.quit()
                return
            page.view.selectRow(3)
            told = tuple(msgspec.structs.replace(row, user=f"user{turns}") for row in rows)
            for start in range(0, LISTENERS, BATCH):
                QTimer.singleShot(0, lambda start=start: page.feed(told[start : start + BATCH]))

        often = QTimer(interval=1000)
        often.timeout.connect(refresh)
        page.feed(tuple(rows))
        often.start()
        heart.start()
        loop.exec()
        heart.stop()
        often.stop()
        page.hidden()
        page.close_page()
        window.close()
        application.processEvents()
    late = sorted(heart.late)
    p99 = late[int(len(late) * 0.99)]
    what = f"{LISTENERS:,} listeners, each changing once a second: the event loop is late"
    return [Result(what, f"p99 {p99:.1f} ms, max {late[-1]:.1f} ms", f"p99 <= {BUDGET_MS} ms", p99 <= BUDGET_MS)]
