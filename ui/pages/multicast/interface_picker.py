"""The button by which several interfaces are picked for one group."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QSignalBlocker, Signal
from PySide6.QtWidgets import QCheckBox, QMenu, QPushButton, QVBoxLayout, QWidget, QWidgetAction

from net.records import Interface
from ui.pages.multicast.words import interfaces_in_words
from ui.text import visible
from ui.theme import unit


class InterfacePicker(QPushButton):
    """Its menu stays open while boxes are ticked; with none ticked, what is chosen in the window counts.

    Signals:
        picked_changed: other interfaces are picked.
    """

    picked_changed = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAutoDefault(False)
        self.setToolTip(self.tr("Join and send on several interfaces, whatever is chosen at the top of the window"))
        self.boxes: dict[str, QCheckBox] = {}
        self._known: tuple[tuple[str, str], ...] = ()
        self._picked: tuple[str, ...] = ()
        self._menu = QMenu(self)
        self._action = QWidgetAction(self._menu)
        self._menu.addAction(self._action)
        self._menu.addSeparator()
        self._menu.addAction(self.tr("As chosen at the top of the window")).triggered.connect(lambda: self.pick(()))
        self.setMenu(self._menu)
        self._say()

    @property
    def picked(self) -> tuple[str, ...]:
        """Names; () for what is chosen in the window."""
        return self._picked

    def pick(self, names: Sequence[str]) -> None:
        """Pick these; names unknown here stay picked and are refused when joined."""
        if tuple(names) != self._picked:
            self._picked = tuple(names)
            for name, box in self.boxes.items():
                with QSignalBlocker(box):
                    box.setChecked(name in self._picked)
            self._say()
            self.picked_changed.emit()

    def show_interfaces(self, interfaces: Sequence[Interface]) -> None:
        """Offer these."""
        known = tuple((found.name, found.label) for found in interfaces if found.multicast or found.loopback)
        if known == self._known or self._menu.isVisible():
            return
        self._known = known
        self.boxes.clear()
        content = QWidget()
        layout = QVBoxLayout(content)
        gap = unit(self.font())
        layout.setContentsMargins(gap * 3, gap * 2, gap * 3, gap * 2)
        layout.setSpacing(gap)
        for name, label in known:
            words = f"{visible(name, 40)} · {visible(label, 40)}"
            box = self.boxes[name] = QCheckBox(words.replace("&", "&&"))
            box.setChecked(name in self._picked)
            box.toggled.connect(self._toggled)
            layout.addWidget(box)
        self._action.setDefaultWidget(content)

    def _toggled(self) -> None:
        unknown = tuple(name for name in self._picked if name not in self.boxes)
        ticked = tuple(name for name, box in self.boxes.items() if box.isChecked())
        if {*ticked, *unknown} != set(self._picked):
            self._picked = (*ticked, *unknown)
            self._say()
            self.picked_changed.emit()

    def _say(self) -> None:
        words = interfaces_in_words(self._picked) if self._picked else self.tr("as chosen above")
        text = self.tr("On: %1").replace("%1", words)
        self.setText(text.replace("&", "&&"))
        self.setAccessibleName(text)
