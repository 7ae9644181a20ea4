"""How long a picture of the Bonjour packet log takes while 100,000 packets are scrolled through."""

from __future__ import annotations

import os
import sys
import time
from statistics import quantiles

from bench.result import Result

ROWS = 100_000
PICTURES = 1_000
BUDGET_MS = 1000 / 60
SIZE = (1240, 780)
WHEEL_PIXELS = 60


def run() -> list[Result]:
    """Offscreen: by the wheel's steps, and with every picture at another place of the log.

    Judged is the work, since the clock tells of other programs, too.
    """
    os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    from PySide6.QtWidgets import QApplication

    from tests.ui.pages.bonjour.tools.scene import PACKETS
    from ui.pages.bonjour.tools.packet_rows import HeldMdnsPacket, Holder, packet_columns, words
    from ui.widgets.packet_log import PacketLog

    application = QApplication.instance() or QApplication(sys.argv[:1])
    hold = Holder().hold
    before = _resident()
    log: PacketLog[HeldMdnsPacket] = PacketLog(packet_columns(), "packets", hold=lambda held: held, words=words)
    log.resize(*SIZE)
    log.show()
    while log.model.held < ROWS:
        log.add([hold(packet) for packet in PACKETS * 100])
        log.flush()
    memory = _resident() - before
    bar = log.view.verticalScrollBar()
    results = []
    for way, pixels in (("by the wheel", WHEEL_PIXELS), ("jumping", bar.maximum() // PICTURES)):
        bar.setValue(0)
        worked, waited = [], []
        for picture in range(1, PICTURES + 1):
            begin, began = time.thread_time(), time.perf_counter()
            bar.setValue(picture * pixels)
            log.view.viewport().repaint()
            application.processEvents()
            worked.append((time.thread_time() - begin) * 1000)
            waited.append((time.perf_counter() - began) * 1000)
        p99 = quantiles(worked, n=100)[98]
        measured = f"p99 {p99:.1f} ms of work, {quantiles(waited, n=100)[98]:.1f} ms by the clock"
        what = f"{ROWS:,} mDNS packets scrolled {way}: a picture"
        results.append(Result(what, measured, "p99 <= 16.7 ms of work", p99 <= BUDGET_MS))
    log.close()
    log.deleteLater()
    return [*results, Result(f"{ROWS:,} mDNS packets held", f"{memory / 1e6:.0f} MB", "", None)]


def _resident() -> int:
    """Bytes, as /proc/self/statm has them (Linux)."""
    with open("/proc/self/statm") as file:  # noqa: PTH123
        return int(file.read().split()[1]) * os.sysconf("SC_PAGE_SIZE")
