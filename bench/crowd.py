"""The Bonjour page under 1,000 services of 50 hosts with 8,000 records that come within a second.

python -m bench.crowd [type|host|flat|matrix]   prints how late the window's event loop was, in ms, as JSON
"""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Iterator
from random import Random
from tempfile import TemporaryDirectory
from time import time

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

from PySide6.QtCore import QEventLoop, QSettings, QTimer
from PySide6.QtWidgets import QApplication

from bench.window import Heart
from discovery.records import BrowseState, HeardRecord, Service, Sighting
from net.records import Record
from ui.interfaces import InterfaceBook
from ui.link import Link
from ui.pages.base import PageContext
from ui.pages.bonjour.page import BonjourPage
from ui.settings import Settings

SERVICES, HOSTS, TYPES, RECORDS = 1000, 50, 40, 8000
BATCH_MS, BATCHES = 40, 25
"""A probe writes at most 25 lines a second."""


def main(view: str) -> dict[str, float]:
    """The delays while all of it comes and for a second after."""
    application = QApplication([])
    with TemporaryDirectory() as folder:
        link = Link("local", command=lambda: [sys.executable, "-c", "input()"])
        settings = Settings(QSettings(f"{folder}/settings.ini", QSettings.Format.IniFormat))
        page = BonjourPage(PageContext(link, settings, InterfaceBook(link)))
        page.resize(900, 700)
        page.show()
        page.service_views.switch.choose(view)
        late = _feed(page)
        rows = page.front().model().rowCount()
        page.close_page()
        page.close()
        application.processEvents()
    return {"rows": rows, "p50": late[len(late) // 2], "p99": late[int(len(late) * 0.99)], "max": late[-1]}


def _feed(page: BonjourPage) -> list[float]:
    told: list[Record] = [BrowseState(interface=name, since=0.0) for name in ("en0", "en5")]
    crowd = [*_services(), *_records(time())]
    Random(1).shuffle(crowd)
    size = len(crowd) // BATCHES + 1
    batches = iter([told, *(crowd[at : at + size] for at in range(0, len(crowd), size))])
    timer, heart, loop = QTimer(interval=BATCH_MS), Heart(), QEventLoop()

    def step() -> None:
        batch = next(batches, None)
        if batch is None:
            timer.stop()
            QTimer.singleShot(1000, loop.quit)
        else:
            page.feed(tuple(batch))

    timer.timeout.connect(step)
    heart.start()
    timer.start()
    loop.exec()
    heart.stop()
    return sorted(heart.late)


def _services() -> Iterator[Service]:
    for number in range(SERVICES):
        host = number % HOSTS
        yield Service(
            change="added", name=f"Service {number:04}", type=f"_t{number % TYPES:02}._tcp", domain="local",
            host=f"host{host:02}.local.", port=1000 + number, addresses=(f"10.0.{host}.1", f"fd00::{host:x}"),
            txt={"path": f"/{number}"}, interfaces=("en0", "en5") if number % 3 == 0 else ("en0",), ttl=120,
        )  # fmt: skip


def _records(now: float) -> Iterator[Record]:
    for number in range(RECORDS):
        name = f"Service {number % SERVICES:04}._t{number % SERVICES % TYPES:02}._tcp.local."
        seen = Sighting(
            interface="en0", family="ipv4", source=f"10.0.{number % HOSTS}.1", ip_ttl=255, ttl=120, first=now,
            last=now, expires=now + 120,
        )  # fmt: skip
        yield HeardRecord(name=name, type="SRV", data=f"0 0 {number} host.local.", flush=True, sightings=(seen,))


if __name__ == "__main__":
    print(json.dumps(main(sys.argv[1] if len(sys.argv) > 1 else "type")))
