"""The form of the view Publish: what is to be announced."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtGui import QFontMetrics
from PySide6.QtWidgets import QCheckBox, QComboBox, QCompleter, QHBoxLayout, QPlainTextEdit, QVBoxLayout, QWidget

from discovery.requests import PublishRequest
from resources.loader import service_types
from ui.pages.bonjour.columns import tr
from ui.pages.tool_strip import Strip
from ui.theme import fixed_font, unit
from ui.widgets.labels import PlainLabel

EXAMPLE_NAME, EXAMPLE_TYPE = "Web on alpha", "_http._tcp"
TXT_LINES = 2
HIGHEST_PORT = 65535
USUAL_PORT = 8080
COMPLETIONS_SHOWN = 12
MOST_TEXT = 20_000


class PublishForm(Strip):
    """Fields in three rows; the buttons of the tool stand at the right of the first."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.name = self.add_text(tr("Name"), tr("Name of the service"), EXAMPLE_NAME, 24)
        self.kind = self.add_text(tr("Type"), tr("Type of the service"), EXAMPLE_TYPE, 20)
        self.add_row()
        self.port = self.add_number(tr("Port"), tr("Port of the service"), 0, HIGHEST_PORT, USUAL_PORT)
        self.port.setToolTip(tr("0: a name only, there is nothing to connect to"))
        self.subtypes = self.add_text(tr("Subtypes"), tr("Subtypes"), "_printer, _scanner", 16)
        self.host = self.add_text(tr("For host"), tr("Another host"), "old-printer", 14)
        self.host.setToolTip(tr("Announce it for another host, which cannot do so itself; empty: for this computer"))
        self.addresses = self.add_text(tr("at"), tr("Addresses of the other host"), "192.168.1.40", 16)
        self._complete()
        self._add_txt()

    def request(self, interfaces: tuple[str, ...]) -> PublishRequest | None:
        """What is typed, None while name or type are missing. The probe judges the rest."""
        name, kind = self.name.text().strip(), self.kind.text().strip().removesuffix(".").removesuffix(".local")
        if not name or not kind:
            return None
        txt = self.txt.toPlainText()[:MOST_TEXT]
        as_hex = self.txt_kind.currentData() == "hex"
        return PublishRequest(
            name=name,
            type=kind,
            port=self.port.value(),
            host=self.host.text().strip().removesuffix(".").removesuffix(".local") or None,
            addresses=_listed(self.addresses.text()),
            subtypes=_listed(self.subtypes.text()),
            txt=() if as_hex else tuple(line for line in txt.split("\n") if line),
            txt_hex="".join(txt.split()) if as_hex else None,
            interfaces=interfaces,
            point_to_point=self.anywhere.isChecked(),
            rename=self.rename.isChecked(),
        )

    def _complete(self) -> None:
        """The types of the table, by any part of their name."""
        completer = QCompleter(sorted(row.type for row in service_types().values()), self.kind)
        completer.setCaseSensitivity(Qt.CaseSensitivity.CaseInsensitive)
        completer.setFilterMode(Qt.MatchFlag.MatchContains)
        completer.setMaxVisibleItems(COMPLETIONS_SHOWN)
        self.kind.setCompleter(completer)

    def _add_txt(self) -> None:
        gap, metrics = unit(self.font()), QFontMetrics(self.font())
        self.txt = QPlainTextEdit()
        self.txt.setAccessibleName(tr("TXT record"))
        self.txt.setFont(fixed_font(self.font()))
        self.txt.setTabChangesFocus(True)
        self.txt.setFixedHeight(metrics.lineSpacing() * TXT_LINES + gap * 4)
        self.txt_kind = QComboBox()
        self.txt_kind.addItem(tr("key=value, a line each"), "lines")
        self.txt_kind.addItem(tr("bytes as hex"), "hex")
        self.txt_kind.setAccessibleName(tr("How the TXT record is written"))
        self.txt_kind.currentIndexChanged.connect(self._hint)
        self.rename = QCheckBox(tr("Rename if taken"))
        self.rename.setChecked(True)
        self.rename.setToolTip(tr("Take another name where another host holds this one; else it ends there"))
        self.anywhere = QCheckBox(tr("Also on tunnels"))
        self.anywhere.setToolTip(
            tr("Point-to-point and peer-to-peer links, too, where it may make a Mac rename itself")
        )
        row = QHBoxLayout()
        row.setSpacing(gap * 2)
        beside = QVBoxLayout()
        beside.setSpacing(gap)
        beside.addWidget(PlainLabel(tr("TXT"), dim=True))
        beside.addWidget(self.txt_kind)
        boxes = QVBoxLayout()
        boxes.setSpacing(gap)
        for box in (self.rename, self.anywhere):
            boxes.addWidget(box)
        row.addLayout(beside)
        row.addWidget(self.txt, 1)
        row.addLayout(boxes)
        self.add_layout(row)
        self._hint()

    def _hint(self) -> None:
        as_hex = self.txt_kind.currentData() == "hex"
        self.txt.setPlaceholderText("0970 6174 683d 2f61" if as_hex else "path=/admin\nversion=2")


def _listed(text: str) -> tuple[str, ...]:
    return tuple(text.replace(",", " ").split())
