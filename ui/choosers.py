"""The two boxes of the tool strip: where to look from, and on which interface."""

from __future__ import annotations

from PySide6.QtCore import QCoreApplication, QEvent, QSignalBlocker, Qt, Signal
from PySide6.QtGui import QBrush, QColor, QFontMetrics
from PySide6.QtWidgets import QComboBox, QInputDialog, QWidget

from net.records import Interface
from probe.places import FORMS
from ui.interfaces import InterfaceBook, find, stable_key
from ui.shortcuts import Key, with_key
from ui.text import visible
from ui.theme import tokens

LOCAL = "local"
_OTHER = "\0other"


class PlaceChooser(QComboBox):
    """Where the probe runs.

    Signals:
        place_chosen: a place as ``probe.places`` knows it.
    """

    place_chosen = Signal(str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._place = LOCAL
        self._known: list[str] = [LOCAL]
        self.setAccessibleName(self.tr("Look from"))
        self.setToolTip(self.tr("Where to look from: this computer, another user, a network namespace, another host."))
        self.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToContents)
        self.setMaximumWidth(QFontMetrics(self.font()).averageCharWidth() * 28)
        self.activated.connect(self._activated)

    def set_place(self, place: str, known: tuple[str, ...] = ()) -> None:
        """Show that place, and offer ``known`` ones beside it."""
        self._place = place
        self._known = list(dict.fromkeys((LOCAL, place, *known)))
        with QSignalBlocker(self):
            self.clear()
            for entry in self._known:
                self.addItem(self.tr("This computer") if entry == LOCAL else visible(entry, 60), entry)
            self.insertSeparator(self.count())
            self.addItem(self.tr("Other place…"), _OTHER)
            self.setCurrentIndex(self._known.index(place))

    def _activated(self, row: int) -> None:
        place = self.itemData(row)
        if place == _OTHER:
            self.set_place(self._place, tuple(self._known))
            self._ask_for_place()
        elif place != self._place:
            self.place_chosen.emit(place)

    def _ask_for_place(self) -> None:
        dialog = QInputDialog(self)
        dialog.setWindowTitle(self.tr("Look from another place"))
        dialog.setLabelText(self.tr("A place is one of: %1.").replace("%1", FORMS))
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.textValueSelected.connect(self._typed)
        dialog.open()

    def _typed(self, text: str) -> None:
        place = text.strip()
        if place and place != self._place:
            self.place_chosen.emit(place)


class InterfaceChooser(QComboBox):
    """The interface all pages use. What was chosen stays chosen, also while it is gone.

    Signals:
        choice_changed: the person chose; carries the stable key, "" for all usable.
    """

    choice_changed = Signal(str)

    def __init__(self, parent: QWidget | None = None) -> None:
        self._entries: list[tuple[str, str, bool]] = []
        super().__init__(parent)
        self.key = ""
        self.setAccessibleName(self.tr("Interface"))
        self.setToolTip(with_key(self.tr("The interface all pages use"), Key.INTERFACE))
        self.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
        self.setMinimumContentsLength(27)
        self.activated.connect(self._activated)
        self._fill([("", self.tr("All usable interfaces"), True)])

    def changeEvent(self, event: QEvent) -> None:
        """The dim entries are painted in a colour of the scheme."""
        super().changeEvent(event)
        if event.type() == QEvent.Type.PaletteChange and self._entries:
            self._fill(self._entries)
            self._show_current()

    def show_book(self, book: InterfaceBook) -> None:
        """Offer these interfaces; one chosen and gone is still named."""
        interfaces = book.ordered()
        entries = [("", self.tr("All usable interfaces"), True)]
        entries += [(stable_key(interface), describe(interface), interface.usable) for interface in interfaces]
        found = find(self.key, interfaces) if self.key else None
        if self.key and found is None:
            name = visible(self.key.partition(" ")[0], 40)
            entries.insert(1, (self.key, self.tr("%1 · gone").replace("%1", name), False))
        elif found is not None:
            self.key = stable_key(found)
        if entries != self._entries and not self.view().isVisible():
            self._fill(entries)
        self._show_current()

    def choose(self, key: str) -> None:
        """Show that choice."""
        self.key = key
        self._show_current()

    def _fill(self, entries: list[tuple[str, str, bool]]) -> None:
        self._entries = entries
        scheme = tokens(self.palette())
        with QSignalBlocker(self):
            self.clear()
            for row, (key, text, usable) in enumerate(entries):
                self.addItem(text, key)
                if not usable:
                    self.setItemData(row, QBrush(QColor(scheme.dim)), Qt.ItemDataRole.ForegroundRole)
        longest = max(QFontMetrics(self.font()).horizontalAdvance(text) for _, text, _ in entries)
        self.view().setMinimumWidth(longest + QFontMetrics(self.font()).height() * 3)

    def _show_current(self) -> None:
        with QSignalBlocker(self):
            row = self.findData(self.key)
            if row >= 0:
                self.setCurrentIndex(row)

    def _activated(self, row: int) -> None:
        key = self.itemData(row)
        if key != self.key:
            self.key = key
            self.choice_changed.emit(key)


def describe(interface: Interface) -> str:
    """``en0 · Wi-Fi · 192.168.1.23/24``."""
    parts = [visible(interface.name, 40), visible(interface.label, 40)]
    first = next((address for address in interface.addresses if address.family == "ipv4"), None)
    if first is not None:
        parts.append(f"{first.address}/{first.prefix}" if first.prefix is not None else first.address)
    elif not interface.up:
        parts.append(QCoreApplication.translate("choosers", "down"))
    return " · ".join(parts)
