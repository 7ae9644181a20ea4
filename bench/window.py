"""The window as the bench sees it: a program that opens it and prints when something is there, or how it kept up.

python -m bench.window painted                          prints a line at the first paint
python -m bench.window rows PAGE                        prints a line when the page has rows
python -m bench.window flood PLACE GROUP:PORT SECONDS [SERVICES]
    joins, having found so many Bonjour services, then prints the event loop's delays, the counts and the memory
python -m bench.window interfaces PLACE
    shows the Interfaces page, and prints who has the default route whenever that was painted anew
python -m bench.window diagnosis PLACE
    shows the Diagnosis page, runs all checks once those that send nothing have ended, then prints how many seconds that
    took, the event loop's delays and how many checks ended, as JSON
python -m bench.window idle PLACE SECONDS SETTLE
    shows the Interfaces page, and after SETTLE seconds, prints the processor time that window and probe took in
    SECONDS, in seconds
"""

from __future__ import annotations

import json
import sys
from array import array
from collections.abc import Callable
from os import sysconf
from pathlib import Path
from tempfile import TemporaryDirectory
from time import perf_counter, process_time
from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, QObject, QSettings, Qt, QTimer
from PySide6.QtWidgets import QApplication

from ui.link import Link
from ui.settings import Settings
from ui.theme import Theme

if TYPE_CHECKING:
    from ui.pages.base import Page
    from ui.window import MainWindow

BEAT_MS = 5
PLACED = ("flood", "interfaces", "diagnosis", "idle")
"""What looks into a place of its own."""
SAMPLE_MS = 10_000
"""Between two looks at the memory."""


class Eye(QObject):
    """Calls ``seen`` at the first paint of what it watches."""

    def __init__(self, seen: Callable[[], None]) -> None:
        super().__init__()
        self._seen = seen

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() == QEvent.Type.Paint:
            watched.removeEventFilter(self)
            QTimer.singleShot(0, self._seen)
        return False


class Heart(QObject):
    """Beats every 5 ms and notes by how much each beat is late, in ms."""

    def __init__(self) -> None:
        super().__init__()
        # Of minutes that are many, and memory is what is measured.
        self.late = array("f")
        self._last = perf_counter()
        self._timer = QTimer(self, interval=BEAT_MS, timerType=Qt.TimerType.PreciseTimer)
        self._timer.timeout.connect(self._beat)

    def start(self) -> None:
        del self.late[:]
        self._last = perf_counter()
        self._timer.start()

    def stop(self) -> None:
        self._timer.stop()

    def _beat(self) -> None:
        now = perf_counter()
        self.late.append(max(0.0, (now - self._last) * 1000 - BEAT_MS))
        self._last = now


def main(words: list[str]) -> int:
    with TemporaryDirectory() as folder:
        QSettings.setPath(QSettings.Format.IniFormat, QSettings.Scope.UserScope, folder)
        QSettings.setPath(QSettings.Format.NativeFormat, QSettings.Scope.UserScope, folder)
        application = QApplication([])
        application.setApplicationName("Lanscout")
        settings = Settings()
        link = Link(words[1] if words[0] in PLACED else "local")
        link.start()
        theme = Theme(application, settings.theme)
        from ui.window import MainWindow

        window = MainWindow(link, settings, theme)
        if words[0] == "painted":
            eye = Eye(lambda: _say("painted"))
            window.installEventFilter(eye)
        window.show()
        if words[0] == "rows":
            window.show_page(words[1])
            _when_rows(window.page(words[1]), lambda: _say("rows"))
        if words[0] == "flood":
            services = int(words[4]) if len(words) > 4 else 0
            flood = Flood(window, words[2], float(words[3]), services)  # noqa: F841 - lives until the window closes
        if words[0] == "interfaces":
            holder = Holder(window)  # noqa: F841 - as above
        if words[0] == "diagnosis":
            run = CheckRun(window)  # noqa: F841 - as above
        if words[0] == "idle":
            window.show_page("interfaces")
            QTimer.singleShot(int(float(words[3]) * 1000), lambda: _idle(float(words[2])))
        application.exec()
        window.close()
    return 0


def _idle(seconds: float) -> None:
    """Says what processor time this process and its children take from now on for so long."""
    begin = (process_time(), _time_of_children())
    QTimer.singleShot(int(seconds * 1000), lambda: _say(json.dumps({
        "window": process_time() - begin[0], "probe": _time_of_children() - begin[1],
    })))  # fmt: skip


class Holder(QObject):
    """Prints the holder of the default route at the first paint of the list that shows another one."""

    def __init__(self, window: MainWindow) -> None:
        super().__init__()
        from ui.pages.table_page import TablePage

        window.show_page("interfaces")
        page = window.page("interfaces")
        assert isinstance(page, TablePage)
        self._page = page
        self._told = ""
        page.view.viewport().installEventFilter(self)

    def eventFilter(self, _watched: QObject, event: QEvent) -> bool:
        if event.type() == QEvent.Type.Paint:
            holder = next((row.interface.name for row in self._page.model.items() if row.interface.default_v4), "")
            if holder != self._told:
                self._told = holder
                print("holder", holder, flush=True)
        return False


class CheckRun(QObject):
    """The quiet checks, then all of them by the button, with the list of checks open; prints how it went."""

    def __init__(self, window: MainWindow) -> None:
        super().__init__()
        from ui.pages.diagnosis.page import DiagnosisPage

        page = window.page("diagnosis")
        assert isinstance(page, DiagnosisPage)
        self._page = page
        self._heart = Heart()
        self._began = 0.0
        page.ran.connect(self._ran)
        window.show_page("diagnosis")
        page.head.unfold()

    def _ran(self) -> None:
        from ui.pages.diagnosis.page import Kind

        if self._page.kind is not Kind.ALL:
            QTimer.singleShot(0, self._run)  # the page says so before the button is one to run again
            return
        self._heart.stop()
        late = sorted(self._heart.late)
        states = [row.state.state for row in self._page.head.rows()]
        _say(json.dumps({
            "seconds": perf_counter() - self._began, "p99": late[int(len(late) * 0.99)], "max": late[-1],
            "done": states.count("done"), "checks": len(states),
        }))  # fmt: skip

    def _run(self) -> None:
        self._heart.start()
        self._began = perf_counter()
        self._page.head.button.click()


def _when_rows(page: Page, then: Callable[[], None]) -> None:
    from ui.pages.table_page import TablePage

    assert isinstance(page, TablePage)
    model = page.model

    def look() -> None:
        if model.rowCount():
            model.changed.disconnect(look)
            then()

    model.changed.connect(look)
    look()


def _say(word: str) -> None:
    print(word, flush=True)
    QApplication.quit()


class Flood(QObject):
    """Joins through the page once en0 is known; prints ``joined``, and after the seconds what was counted, as JSON.

    ``services``: first the Bonjour page is opened until it shows so many.
    """

    def __init__(self, window: MainWindow, group: str, seconds: float, services: int) -> None:
        super().__init__()
        from ui.pages.bonjour.page import BonjourPage
        from ui.pages.multicast.page import MulticastPage

        page = window.page("multicast")
        assert isinstance(page, MulticastPage)
        self._page = page
        bonjour = window.page("bonjour") if services else None
        assert bonjour is None or isinstance(bonjour, BonjourPage)
        self._bonjour, self._services = bonjour, services
        window.show_page("bonjour" if services else "multicast")
        self._samples: list[tuple[float, int, int]] = []
        self._began = 0.0
        self._sampling = QTimer(self, interval=SAMPLE_MS)
        self._sampling.timeout.connect(self._sample)
        self._window = window
        self._group = group
        self._seconds = seconds
        self._heart = Heart()
        self._joined = False
        self._look = QTimer(self, interval=20)
        self._look.timeout.connect(self._step)
        self._look.start()

    def _step(self) -> None:
        """One step a time: en0 is known, the group is joined, the first datagram came."""
        if self._bonjour is not None and self._bonjour.model.rowCount() < self._services:
            return
        self._window.show_page("multicast")
        faces = self._window.book.by_name
        if not self._page.groups.joins:
            if "en0" in faces:
                self._page.set_interface(faces["en0"])
                self._page.join(self._group)
            return
        (join,) = self._page.groups.joins.values()
        if not self._joined and join.joined is not None and join.joined.in_kernel:
            self._joined = True
            print("joined", flush=True)
        if join.tally.received:
            self._look.stop()
            self._heart.start()
            self._began = perf_counter()
            self._sampling.start()
            QTimer.singleShot(int(self._seconds * 1000), self._tell)

    def _sample(self) -> None:
        self._samples.append((perf_counter() - self._began, _memory(), _memory_of_children()))

    def _tell(self) -> None:
        self._heart.stop()
        self._sample()
        late = sorted(self._heart.late)
        (join,) = self._page.groups.joins.values()
        reception = join.tally.reception
        assert reception is not None
        told = {
            "p99": late[int(len(late) * 0.99)],
            "max": late[-1],
            "received": reception.received,
            "dropped": reception.dropped_here,
            "memory": sum(self._samples[-1][1:]),
            "kept": self._page.packets.model.held,
            "samples": self._samples,
        }
        _say(json.dumps(told))


def _memory(pid: str = "self") -> int:
    """Resident bytes of a process, proc_pid_status(5)."""
    for line in Path(f"/proc/{pid}/status").read_text().splitlines():
        if line.startswith("VmRSS:"):
            return int(line.split()[1]) * 1024
    return 0


def _time_of_children() -> float:
    """Seconds of processor time of the children that live, proc_pid_stat(5)."""
    ticks = 0
    for child in Path("/proc/thread-self/children").read_text().split():
        fields = Path(f"/proc/{child}/stat").read_text().rpartition(")")[2].split()
        ticks += int(fields[11]) + int(fields[12])
    return ticks / sysconf("SC_CLK_TCK")


def _memory_of_children() -> int:
    children = Path("/proc/thread-self/children").read_text().split()
    return sum(_memory(child) for child in children)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
