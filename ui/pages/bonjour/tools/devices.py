"""The view Devices: one row a device over mDNS, SSDP, WS-Discovery and the neighbours, and why it is one."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QCheckBox, QVBoxLayout

from discovery.devices.records import Device, DeviceSearch
from discovery.requests import DevicesRequest
from net.records import Key, Problem, Record, Removed
from ui.link import Watch
from ui.pages.base import PageContext
from ui.pages.bonjour.columns import tr
from ui.pages.bonjour.tools.device_columns import device_columns, order
from ui.pages.bonjour.tools.device_details import describe_device
from ui.pages.tool import Tool
from ui.pages.tool_strip import Strip
from ui.text import count, plural
from ui.widgets.actions import Action
from ui.widgets.details_form import DetailsForm
from ui.widgets.empty_panel import Emptiness, Why
from ui.widgets.labels import PlainLabel
from ui.widgets.table_panel import TablePanel


class DevicesTool(Tool):
    """Looks for devices while it is in front, and sends for it unless the page is quiet.

    Signals:
        quiet_changed: whether nothing is to be sent.
    """

    example = "sources:SSDP"
    quiet_changed = Signal(bool)

    def __init__(self, context: PageContext) -> None:
        super().__init__(context)
        self.rows: dict[Key, Device] = {}
        self.searches: dict[str, DeviceSearch] = {}
        self.quiet = False
        self._in_front = self._stale = False
        self._watch: Watch | None = None
        self._failed: Problem | None = None
        self.strip = Strip()
        self.heard = PlainLabel(dim=True)
        self.strip.add("", self.heard)
        self.quiet_box = QCheckBox(tr("Quiet"))
        self.quiet_box.setToolTip(tr("Send nothing: show only what other hosts say by themselves"))
        self.strip.add_end(self.quiet_box)
        self.table = TablePanel(device_columns(), tr("Devices"), natural=order)
        self.details = DetailsForm(empty_text=tr("Select a device to see who tells what of it."))
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        layout.addWidget(self.strip)
        layout.addWidget(self.table, 1)
        self.quiet_box.toggled.connect(self.set_quiet)
        self.table.view.current_item_changed.connect(self._show_details)
        self.table.proxy.filter_changed.connect(self._tell)
        self._tell()

    # What the page calls

    def shown(self) -> None:
        self._in_front = True
        if self._watch is None:
            self.run()

    def hidden(self) -> None:
        """What is known stays; nothing is sent while nobody looks."""
        self._in_front = False
        self.close_watch(self._watch)
        self._watch = None

    def set_quiet(self, quiet: bool) -> None:  # noqa: FBT001 - a slot
        """As the page is: send nothing, or ask again."""
        if quiet == self.quiet:
            return
        self.quiet = quiet
        self.quiet_box.setChecked(quiet)
        self.quiet_changed.emit(quiet)
        if self._in_front:
            self.run()

    def interface_changed(self) -> None:
        self.rows.clear()
        self.searches.clear()
        self.table.model.clear()
        if self._in_front:
            self.run()
        self._tell()

    def rescan(self) -> None:
        """Look anew."""
        self.run()

    def set_filter(self, text: str) -> None:
        self.table.proxy.set_filter(text)
        self._tell()

    def resumed(self) -> None:
        self._show()

    def focus_content(self) -> None:
        self.table.view.setFocus()

    def export_rows(self) -> Sequence[tuple[str, ...]]:
        """The devices shown."""
        return self.table.view.rows_as_text(selected=False) if self.rows else []

    def export_records(self) -> list[Record]:
        """The devices shown."""
        return list(self.table.proxy.shown_items())

    # The work

    def run(self) -> None:
        """Look from now on; what was known stays until the first device is told."""
        self.close_watch(self._watch)
        self._failed, self._stale = None, True
        self.searches.clear()
        names = (self.interface.name,) if self.interface is not None else ()
        self._watch = self.open_watch("devices.watch", DevicesRequest(interfaces=names, quiet=self.quiet))
        self._tell()

    def take(self, records: tuple[Record, ...]) -> None:
        if self._stale and any(isinstance(record, Device) for record in records):
            self._stale = False
            self.rows.clear()
        for record in records:
            if isinstance(record, Device):
                self.rows[record.key()] = record
            elif isinstance(record, DeviceSearch):
                self.searches[record.interface] = record
            elif isinstance(record, Removed):
                self.rows.pop(Key(record.of, record.name), None)
                if record.of == "device_search":
                    self.searches.pop(record.name, None)
            elif isinstance(record, Problem):
                self.strip.say_problem(record)
        if not self.rests(len(records)):
            self._show()

    def failed(self, problem: Problem) -> None:
        self._failed = problem

    def watch_over(self, watch: Watch) -> None:
        if watch is self._watch:
            self._watch = None
            self._tell()

    # What is shown

    def _show(self) -> None:
        self.table.model.keep_only(self.rows)
        self.table.put(self.rows.items())
        self._tell()

    def _show_details(self, row: Device | None) -> None:
        self.details.show_details(describe_device(row) if row is not None else None)

    def _tell(self) -> None:
        heard = sum(search.ssdp + search.ws_discovery for search in self.searches.values())
        beyond = sum(search.beyond for search in self.searches.values())
        words = [
            plural(len(self.rows), tr("One device"), tr("%n devices")),
            plural(heard, tr("one packet of SSDP and WS-Discovery"), tr("%n packets of SSDP and WS-Discovery")),
        ]
        if beyond:
            words.append(tr("%1 from beyond the link ignored").replace("%1", count(beyond)))
        if self.quiet:
            words.append(tr("nothing is sent"))
        self.heard.setText(" · ".join(words))
        self.table.tell(self._why_empty())

    def _why_empty(self) -> Emptiness:
        if self.table.model.rows:
            return Emptiness(Why.FILTERED_OUT, tr("None of the devices matches the filter."))
        if self._failed is not None:
            again = Action(tr("Try again"), self.run)
            return Emptiness(Why.CANNOT_WORK, self._failed.text, (self._failed.remedy,), (again,))
        if self.quiet:
            ask = Action(tr("Ask now"), lambda: self.set_quiet(False))
            quiet = tr("Nothing is sent, so silence proves nothing: devices announce themselves every few minutes.")
            return Emptiness(Why.LISTENING, tr("No device has said anything yet."), (quiet,), (ask,))
        return Emptiness(Why.LISTENING, tr("Asking over mDNS, SSDP and WS-Discovery."))
