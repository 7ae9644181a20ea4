"""The tool strip: the same on all pages."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QAction, QActionGroup, QColor, QFontMetrics, QPainter, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import (
    QHBoxLayout,
    QLineEdit,
    QMenu,
    QPushButton,
    QSizePolicy,
    QStyle,
    QStyleOptionToolButton,
    QStylePainter,
    QToolButton,
    QWidget,
)

from ui.choosers import InterfaceChooser, PlaceChooser
from ui.shortcuts import Key, with_key
from ui.theme import Mode, Tone, title_font, tokens, unit
from ui.widgets.chip_label import ChipLabel


class ToolStrip(QWidget):
    """Choosers, filter, pause, rescan, export, and the view menu.

    Signals:
        paused_changed: bool.
        theme_chosen: Mode.
    """

    paused_changed = Signal(bool)
    theme_chosen = Signal(object)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        gap = unit(self.font())
        self.places = PlaceChooser()
        self.interfaces = InterfaceChooser()
        self.filter = QLineEdit()
        self.filter.setClearButtonEnabled(True)
        self.filter.setAccessibleName(self.tr("Filter"))
        average = QFontMetrics(self.font()).averageCharWidth()
        self.filter.setMinimumWidth(average * 16)
        self.filter.setMaximumWidth(average * 44)
        self.filter.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.chip = ChipLabel(Tone.WARNING)
        self.chip.hide()
        self.pause = self._button(self.tr("Pause"), self.tr("Freeze what is shown; collecting goes on"), Key.PAUSE)
        self.pause.setCheckable(True)
        self.pause.toggled.connect(self._pause_toggled)
        self.rescan = self._button(self.tr("Rescan"), self.tr("Ask again"), Key.RESCAN)
        self.export = self._button(self.tr("Export"), self.tr("Save what is shown as a file"), Key.EXPORT)
        self.menu = _ViewButton()
        layout = QHBoxLayout(self)
        layout.setContentsMargins(gap * 3, gap * 2, gap * 3, gap * 2)
        layout.setSpacing(gap * 2)
        layout.addWidget(self.places)
        layout.addWidget(self.interfaces)
        layout.addStretch(1)
        layout.addWidget(self.chip)
        layout.addWidget(self.filter, 3)
        for button in (self.pause, self.rescan, self.export, self.menu):
            layout.addWidget(button)
        self.menu.theme_chosen.connect(self.theme_chosen)

    def go_to_filter(self) -> None:
        """Type there, over what stands in it."""
        self.filter.setFocus(Qt.FocusReason.ShortcutFocusReason)
        self.filter.selectAll()

    def go_to_interface(self) -> None:
        """Choose among the interfaces."""
        self.interfaces.setFocus(Qt.FocusReason.ShortcutFocusReason)
        self.interfaces.showPopup()

    def show_filter_example(self, example: str) -> None:
        """What may be typed into the filter where it is used now; "" where there is nothing to filter."""
        self.filter.setPlaceholderText(
            self.tr("Filter…  %1").replace("%1", example) if example else self.tr("No filter here")
        )
        # The whole example also where the field is narrow.
        tip = self.tr("Show only rows with these words, such as %1").replace("%1", example) if example else ""
        self.filter.setToolTip(with_key(tip, Key.FILTER) if tip else "")

    def _button(self, text: str, tip: str, key: Key) -> QPushButton:
        button = QPushButton(text)
        button.setAutoDefault(False)
        button.setAccessibleName(text)
        button.setToolTip(with_key(tip, key))
        # The wider of the two words it may show, so that the strip does not move.
        width = QFontMetrics(button.font()).horizontalAdvance(self.tr("Resume")) + unit(button.font()) * 8
        button.setMinimumWidth(width)
        return button

    def _pause_toggled(self, paused: bool) -> None:  # noqa: FBT001 - Qt's signal
        self.pause.setText(self.tr("Resume") if paused else self.tr("Pause"))
        self.paused_changed.emit(paused)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """In a narrow window Export stays reachable by the menu and its key."""
        super().resizeEvent(event)
        self.export.setVisible(self.width() >= QFontMetrics(self.font()).averageCharWidth() * 112)

    def paintEvent(self, _event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.fillRect(0, self.height() - 1, self.width(), 1, QColor(tokens(self.palette()).line))


class _ViewButton(QToolButton):
    """What is needed seldom: theme, details, export, the list of keys.

    Signals:
        theme_chosen: Mode.
    """

    theme_chosen = Signal(object)

    def __init__(self) -> None:
        super().__init__()
        self.setText("⋯")
        self.setFont(title_font(self.font()))
        self.setAccessibleName(self.tr("More"))
        self.setToolTip(self.tr("Details, theme, keys"))
        self.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
        menu = QMenu(self)
        self.details = menu.addAction(self.tr("Details"))
        self.details.setCheckable(True)
        self.details.setShortcuts(Key.DETAILS.sequences)
        self.export = menu.addAction(self.tr("Export…"))
        menu.addSeparator()
        group = QActionGroup(self)
        self._modes: dict[Mode, QAction] = {}
        for mode, text in (
            (Mode.AUTO, self.tr("Theme of the system")),
            (Mode.LIGHT, self.tr("Light theme")),
            (Mode.DARK, self.tr("Dark theme")),
        ):
            action = menu.addAction(text)
            action.setCheckable(True)
            action.setData(mode.value)
            group.addAction(action)
            self._modes[mode] = action
        group.triggered.connect(self._theme)
        menu.addSeparator()
        self.help = menu.addAction(self.tr("Keys"))
        self.help.setShortcuts(Key.HELP.sequences)
        self.setMenu(menu)

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Without the arrow: the sign says what it is."""
        option = QStyleOptionToolButton()
        self.initStyleOption(option)
        option.features &= ~QStyleOptionToolButton.ToolButtonFeature.HasMenu
        QStylePainter(self).drawComplexControl(QStyle.ComplexControl.CC_ToolButton, option)

    def set_mode(self, mode: Mode) -> None:
        self._modes[mode].setChecked(True)

    def _theme(self, action: QAction) -> None:
        self.theme_chosen.emit(Mode(action.data()))
