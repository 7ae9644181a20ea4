"""The view Bundle: an app, or one of its files, dropped or chosen, and what keeps it from the local network."""

from __future__ import annotations

import re
import time
from collections.abc import Sequence

from PySide6.QtWidgets import QCheckBox, QFileDialog, QMenu, QVBoxLayout

from diagnosis.records import Finding
from diagnosis.requests import BundleRequest
from net.records import Problem, Record
from resources.loader import bundle_rules
from ui.link import Watch
from ui.pages.base import PageContext
from ui.pages.diagnosis.columns import FIELDS, FindingRow, natural, tr
from ui.pages.diagnosis.details import describe
from ui.pages.diagnosis.tools.bundle_columns import bundle_columns, head_words, with_source
from ui.pages.tool import Tool
from ui.pages.tool_head import Head
from ui.pages.tool_strip import Strip, set_words
from ui.text import fill, visible
from ui.widgets.actions import Action
from ui.widgets.details_form import DetailsForm
from ui.widgets.empty_panel import Emptiness, Why
from ui.widgets.table_panel import TablePanel

TYPES_CHARACTERS = 44
PATH_LONGEST = 4096
TYPES_MOST = 100
ELSEWHERE = ("ssh:", "docker:")
"""Places whose files are not those of the window."""


class BundleTool(Tool):
    """Reads where the probe runs; nothing is sent, unpacked or changed."""

    example = "severity:error"

    def __init__(self, context: PageContext) -> None:
        super().__init__(context)
        # Now, not when the first finding is shown: reading the table takes as long as a frame.
        bundle_rules()
        self.findings: tuple[Finding, ...] = ()
        self._watch: Watch | None = None
        self._failed: Problem | None = None
        self._arrange_strip()
        self.head = Head()
        self.table = TablePanel(bundle_columns(), tr("Findings about the app"), natural=natural, fields=FIELDS)
        self.details = DetailsForm(empty_text=tr("Select a finding to see what was read, why, and what to do."))
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        layout.addWidget(self.strip)
        layout.addWidget(self.head)
        layout.addWidget(self.table, 1)
        self.strip.submitted.connect(self.run)
        self.run_button.clicked.connect(self.toggle)
        self.table.view.current_item_changed.connect(self._show_details)
        self.table.proxy.filter_changed.connect(self._tell)
        self._tell()

    def _arrange_strip(self) -> None:
        self.strip = Strip()
        self.field = self.strip.add_text(
            tr("App or file"), tr("Path of the app or file"), "/Applications/Example.app", TYPES_CHARACTERS
        )
        self.field.setMaxLength(PATH_LONGEST)
        self.choose = self.strip.add_button(tr("Choose"), tr("An app, an archive, or one of the files of an app"))
        menu = QMenu(self.choose)
        menu.addAction(tr("App or folder…")).triggered.connect(lambda: self._choose(QFileDialog.FileMode.Directory))
        menu.addAction(tr("File…")).triggered.connect(lambda: self._choose(QFileDialog.FileMode.ExistingFile))
        self.choose.setMenu(menu)
        self.run_button = self.strip.add_button(tr("Check"), tr("Reads the files; nothing is sent"))
        self.strip.add_row()
        self.types = self.strip.add_text(
            tr("It browses"), tr("Service types the app browses or registers"), "_http._tcp _ipp._tcp", TYPES_CHARACTERS
        )
        self.multicast = QCheckBox(tr("sends or receives multicast itself"))
        self.strip.add("", self.multicast)
        # What is dropped goes to the page, as a path and not as the text of a URL.
        for field in (self.field, self.types):
            field.setAcceptDrops(False)

    # What the page calls

    def set_filter(self, text: str) -> None:
        self.table.proxy.set_filter(text)
        self._tell()

    def focus_content(self) -> None:
        self.field.setFocus()

    def rescan(self) -> None:
        """The same path again."""
        self.run()

    def export_rows(self) -> Sequence[tuple[str, ...]]:
        """The findings shown."""
        return self.table.view.rows_as_text(selected=False) if self.table.model.rows else []

    def export_records(self) -> Sequence[Record]:
        """The findings shown."""
        return [row.finding for row in self.table.proxy.shown_items()]

    # The work

    def examine(self, path: str) -> None:
        """Show what is at ``path``."""
        self.field.setText(path)
        self.run()

    def toggle(self) -> None:
        """Check, or stop."""
        if self._watch is None:
            self.run()
        else:
            self.close_watch(self._watch)
            self._watch = None
            self._tell()

    def run(self) -> None:
        """Ask for what stands in the fields."""
        self.close_watch(self._watch)
        self._watch = self._failed = None
        self.findings = ()
        self.table.model.clear()
        path = self.field.text().strip()
        types = tuple(dict.fromkeys(re.findall(r"[^\s,;]+", self.types.text())))
        self.strip.say(self._where() if len(types) <= TYPES_MOST else tr("Only the first 100 types are compared."))
        if path:
            request = BundleRequest(path=path, browses=types[:TYPES_MOST], multicast=self.multicast.isChecked())
            self._watch = self.open_watch("diagnosis.bundle", request)
        else:
            self.strip.say(tr("Drop an app here, choose one, or write its path."))
            self.field.setFocus()
        self._tell()

    def take(self, records: tuple[Record, ...]) -> None:
        self.findings += tuple(record for record in records if isinstance(record, Finding))
        seen = time.time()
        first = not self.table.model.rows
        self.table.put((finding.key(), FindingRow(finding, seen)) for finding in self.findings)
        if first and self.findings:
            self.table.view.selectRow(0)
        self._tell()

    def failed(self, problem: Problem) -> None:
        self._failed = problem

    def watch_over(self, watch: Watch) -> None:
        if watch is self._watch:
            self._watch = None
            self._tell()

    def _where(self) -> str:
        place = self.context.link.place
        return fill(tr("The path is looked for at %1."), visible(place, 60)) if place.startswith(ELSEWHERE) else ""

    def _choose(self, mode: QFileDialog.FileMode) -> None:
        """Asks for a path; an app is a folder but on a Mac."""
        dialog = QFileDialog(self.window(), tr("Choose an app or a file of it"))
        dialog.setFileMode(mode)
        dialog.fileSelected.connect(self.examine)
        dialog.finished.connect(dialog.deleteLater)
        dialog.open()

    # What is shown

    def _show_details(self, row: FindingRow | None) -> None:
        self.details.show_details(with_source(describe(row, ()), row.finding.code) if row is not None else None)

    def _tell(self) -> None:
        set_words(self.run_button, tr("Stop") if self._watch is not None else tr("Check"))
        self.choose.setEnabled(not self.context.link.place.startswith(ELSEWHERE))
        self.head.setVisible(bool(self.findings))
        if self.findings:
            sentence, tone, facts = head_words(self.findings)
            self.head.say(sentence, tone, facts)
        self.table.tell(self._why_empty())

    def _why_empty(self) -> Emptiness:
        if self.table.model.rows:
            return Emptiness(Why.FILTERED_OUT, tr("None of the findings matches the filter."))
        if self._failed is not None:
            return Emptiness(Why.CANNOT_WORK, self._failed.text, (self._failed.remedy,))
        if self._watch is not None:
            return Emptiness(Why.LISTENING, tr("Reading the files."))
        reasons = (
            tr("Drop an .app, .appex, .systemextension, .ipa or zip here, an Info.plist, .entitlements, a profile, or "
               "the program itself."),
            tr("Name the types it browses: only they can be compared with what it declares. Nothing is sent."),
        )  # fmt: skip
        title = tr("Does an app's own declaration keep it from the local network?")
        actions = (Action(tr("Choose an app"), lambda: self._choose(QFileDialog.FileMode.Directory)),)
        return Emptiness(Why.NOT_ASKED, title, reasons, actions if self.choose.isEnabled() else ())
