"""Saves what a page shows: CSV, tab separated text, JSON lines as ``--json`` prints them, or the page's report."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from time import perf_counter
from typing import BinaryIO

from PySide6.QtCore import QObject, Qt, QTimer
from PySide6.QtWidgets import QFileDialog, QWidget

from probe.messages import encode_record
from ui.pages.base import Page
from ui.text import comma_separated, plural, tab_separated

CSV_SUFFIX = ".csv"
JSON_SUFFIX = ".jsonl"
SLICE_SECONDS = 0.008
"""So long is written in one turn of the event loop."""


class Exporter(QObject):
    """Asks for a file and writes it; ``say`` gets the sentence about the outcome."""

    def __init__(self, window: QWidget, page: Page, say: Callable[[str], None]) -> None:
        super().__init__(window)
        self._window = window
        self._page = page
        self._say = say
        self._lines: Iterator[bytes] = iter(())
        self._rows = 0
        self._file: BinaryIO | None = None
        self._next_slice = QTimer(self, singleShot=True, interval=0)
        self._next_slice.timeout.connect(self._go_on)

    def ask(self) -> None:
        """Open the file dialog; everything else follows from its answer."""
        filters = {
            self.tr("Tab separated text (*.tsv)"): "tsv",
            self.tr("Comma separated values (*.csv)"): "csv",
            self.tr("JSON lines (*.jsonl)"): "jsonl",
        }
        reports = {
            "md": self.tr("Report in Markdown (*.md)"),
            "html": self.tr("Report in HTML (*.html)"),
            "json": self.tr("Report in JSON (*.json)"),
        }
        if self._page.export_report():
            filters = {**{reports[form]: form for form in self._page.report_forms}, **filters}
        suffix = next(iter(filters.values()))
        dialog = QFileDialog(self._window, self.tr("Export what is shown"))
        dialog.setAcceptMode(QFileDialog.AcceptMode.AcceptSave)
        dialog.setNameFilters(list(filters))
        dialog.setDefaultSuffix(suffix)
        dialog.selectFile(f"{self._page.name}.{suffix}")
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.filterSelected.connect(lambda chosen: dialog.setDefaultSuffix(filters[chosen]))
        dialog.fileSelected.connect(self.write)
        dialog.rejected.connect(self.deleteLater)
        dialog.open()

    def write(self, name: str) -> None:
        """Write the file; its suffix decides the format. What takes long is written while the window lives on."""
        self._path = Path(name)
        self._part = self._path.with_name(f"{self._path.name}.part")
        self._lines, self._rows = self._content(self._path.suffix)
        try:
            self._file = self._part.open("wb")
        except OSError as error:
            self._end(error)
            return
        self._go_on()
        if self._file is not None:
            self._say(self.tr("Writing %1.").replace("%1", self._path.name))

    def _content(self, suffix: str) -> tuple[Iterator[bytes], int]:
        """The lines of the file, and how many rows or records they are."""
        form = suffix[1:]
        records = self._page.export_records()
        if suffix == JSON_SUFFIX:
            return (encode_record(record) + b"\n" for record in records), len(records)
        if form in self._page.report_forms and (report := self._page.export_report_as(form)):
            return iter((report.encode(),)), len(records)
        separated = comma_separated if suffix == CSV_SUFFIX else tab_separated
        rows = self._page.export_rows()
        return (separated((row,)).encode() for row in rows), max(0, len(rows) - 1)

    def _go_on(self) -> None:
        """As much as one turn of the event loop has time for."""
        if self._file is None:
            return
        end = perf_counter() + SLICE_SECONDS
        try:
            for line in self._lines:
                self._file.write(line)
                if perf_counter() > end:
                    self._next_slice.start()
                    return
            self._file.close()
            self._part.replace(self._path)
        except OSError as error:
            self._end(error)
        else:
            self._end(None)

    def _end(self, error: OSError | None) -> None:
        if self._file is not None:
            self._file.close()
            self._file = None
        if error is None:
            text = plural(self._rows, self.tr("%n row written to %1."), self.tr("%n rows written to %1."))
        else:
            text = self.tr("%1 could not be written (%2). Choose another folder.")
            text = text.replace("%2", error.strerror or str(error))
        self._say(text.replace("%1", self._path.name))
        self.deleteLater()
