"""How long until something is on the screen, against a program that shows an empty QMainWindow."""

from __future__ import annotations

import os
import statistics
import subprocess
import sys
import time

from bench.result import Result, ratio

ROUNDS = 9
EMPTY = """
import sys
from PySide6.QtCore import QEvent, QObject, QTimer
from PySide6.QtWidgets import QApplication, QMainWindow
def painted():
    print("painted", flush=True)
    QApplication.quit()
class Eye(QObject):
    def eventFilter(self, watched, event):
        if event.type() == QEvent.Type.Paint:
            watched.removeEventFilter(self)
            QTimer.singleShot(0, painted)
        return False
application = QApplication([])
window = QMainWindow()
eye = Eye()
window.installEventFilter(eye)
window.show()
application.exec()
"""


def run() -> list[Result]:
    """First paint, rows of interfaces and rows of ports; medians of rounds taken in turn, the first not counted."""
    own = [sys.executable, "-m", "bench.window"]
    times: dict[str, list[float]] = {}
    for _ in range(1 + ROUNDS):
        for name, command in (
            ("empty", [sys.executable, "-c", EMPTY]),
            ("paint", [*own, "painted"]),
            ("interfaces", [*own, "rows", "interfaces"]),
            ("ports", [*own, "rows", "ports"]),
        ):
            times.setdefault(name, []).append(_seconds_until_line(command))
    median = {name: statistics.median(values[1:]) for name, values in times.items()}
    peer = "an empty QMainWindow"
    return [
        ratio("first paint", median["paint"], median["empty"], 2.5, peer),
        ratio("rows of interfaces", median["interfaces"], median["empty"], 3.5, peer),
        ratio("rows of ports", median["ports"], median["empty"], 3.5, peer),
    ]


def _seconds_until_line(command: list[str]) -> float:
    # Programs are started from their compiled modules, as an installed one is.
    environment = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
    environment["QT_QPA_PLATFORM"] = "offscreen"
    begin = time.perf_counter()
    with subprocess.Popen(command, stdout=subprocess.PIPE, env=environment) as process:
        assert process.stdout is not None
        line = process.stdout.readline()
        elapsed = time.perf_counter() - begin
    if not line:
        raise RuntimeError(f"{command} ended without a word")
    return elapsed
