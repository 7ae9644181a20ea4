"""Saves what a page shows: CSV, tab separated text, JSON lines as ``--json`` prints them, or the page's report."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import QObject, Qt
from PySide6.QtWidgets import QFileDialog, QWidget

from probe.messages import encode_record
from ui.pages.base import Page
from ui.text import comma_separated, plural, tab_separated

CSV_SUFFIX = ".csv"
JSON_SUFFIX = ".jsonl"


class Exporter(QObject):
    """Asks for a file and writes it; ``say`` gets the sentence about the outcome."""

    def __init__(self, window: QWidget, page: Page, say: Callable[[str], None]) -> None:
        super().__init__(window)
        self._window = window
        self._page = page
        self._say = say

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
        dialog.finished.connect(self.deleteLater)
        dialog.open()

    def write(self, name: str) -> None:
        """Write the file; its suffix decides the format."""
        path = Path(name)
        form = path.suffix[1:]
        rows = self._page.export_rows()
        records = self._page.export_records()
        try:
            if path.suffix == JSON_SUFFIX:
                path.write_bytes(b"".join(encode_record(record) + b"\n" for record in records))
                written = len(records)
            elif form in self._page.report_forms and (report := self._page.export_report_as(form)):
                path.write_text(report, encoding="utf-8")
                written = len(records)
            else:
                separated = comma_separated if path.suffix == CSV_SUFFIX else tab_separated
                path.write_text(separated(rows), encoding="utf-8", newline="")
                written = max(0, len(rows) - 1)
        except OSError as error:
            text = self.tr("%1 could not be written (%2). Choose another folder.")
            self._say(text.replace("%1", path.name).replace("%2", error.strerror or str(error)))
            return
        text = plural(written, self.tr("%n row written to %1."), self.tr("%n rows written to %1."))
        self._say(text.replace("%1", path.name))
