"""The second row of the join strip: interfaces, sources, observing, and presets."""

from __future__ import annotations

from enum import Enum

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QCheckBox, QComboBox, QHBoxLayout, QLineEdit, QPushButton, QWidget

from net.records import Problem
from ui.pages.multicast.interface_picker import InterfacePicker
from ui.pages.multicast.join_options import JoinOptions, parse_sources
from ui.theme import unit


class From(Enum):
    """Whose datagrams are let in."""

    ANY = "any"
    ONLY = "only"
    NOT = "not"


class OptionsRow(QWidget):
    """Nothing is asked of the probe here.

    Signals:
        changed: another choice was made.
        submitted: Enter was pressed.
    """

    changed = Signal()
    submitted = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.picker = InterfacePicker()
        self.mode = QComboBox()
        for mode, words in (
            (From.ANY, self.tr("From any source")),
            (From.ONLY, self.tr("Only from")),
            (From.NOT, self.tr("Not from")),
        ):
            self.mode.addItem(words, mode.value)
        self.mode.setAccessibleName(self.tr("Sources"))
        self.mode.setToolTip(self.tr("Let the kernel filter by sender (IGMPv3, MLDv2): INCLUDE or EXCLUDE"))
        self.sources = QLineEdit()
        self.sources.setAccessibleName(self.tr("Addresses of sources"))
        self.sources.setPlaceholderText("192.168.1.20, 192.168.1.21")
        self.observe = QCheckBox(self.tr("Only observe"))
        self.observe.setToolTip(
            self.tr("Join nothing and send no report: hear what other programs of this computer have joined (Linux)")
        )
        self.presets = QPushButton(self.tr("Presets"))
        self.presets.setAutoDefault(False)
        self.presets.setAccessibleName(self.tr("Presets"))
        self.presets.setToolTip(self.tr("Save what is typed here and below under a name, or take it up again"))
        layout = self._layout = QHBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(unit(self.font()) * 2)
        for widget in (self.picker, self.mode, self.sources, self.observe, self.presets):
            layout.addWidget(widget, 1 if widget is self.sources else 0)
        self.picker.picked_changed.connect(self.changed)
        self.mode.currentIndexChanged.connect(self._changed)
        self.observe.toggled.connect(self._changed)
        self.sources.textChanged.connect(self.changed)
        self.sources.returnPressed.connect(self.submitted)
        self._changed()

    @property
    def mode_chosen(self) -> From:
        return From.ANY if self.observe.isChecked() else From(self.mode.currentData())

    @property
    def is_default(self) -> bool:
        """Whether a group would be joined as ever."""
        return self.mode_chosen is From.ANY and not self.observe.isChecked() and not self.picker.picked

    def options(self) -> JoinOptions | Problem:
        """What is chosen, or what is wrong with it."""
        if self.mode_chosen is From.ANY:
            return JoinOptions(observe=self.observe.isChecked())
        sources = parse_sources(self.sources.text())
        if isinstance(sources, Problem):
            return sources
        return JoinOptions(sources=sources) if self.mode_chosen is From.ONLY else JoinOptions(excluded=sources)

    def show_options(self, options: JoinOptions) -> None:
        """Take up what ``options`` gave."""
        mode = From.ONLY if options.sources else From.NOT if options.excluded else From.ANY
        self.observe.setChecked(options.observe)
        self.mode.setCurrentIndex(self.mode.findData(mode.value))
        self.sources.setText(", ".join((*options.sources, *options.excluded)))

    def _changed(self) -> None:
        self.mode.setEnabled(not self.observe.isChecked())
        self.sources.setVisible(self.mode_chosen is not From.ANY)
        self._layout.setStretch(3, 0 if self.mode_chosen is not From.ANY else 1)
        self.changed.emit()
