"""Labels that never take text for markup, in the few sizes the window knows."""

from __future__ import annotations

from enum import Enum

from PySide6.QtCore import QEvent, QPoint, Qt
from PySide6.QtGui import QGuiApplication, QKeyEvent, QKeySequence, QPalette
from PySide6.QtWidgets import QLabel, QMenu, QSizePolicy, QWidget

from ui.theme import fixed_font, small_font, strong_font, title_font, tokens


class Size(Enum):
    """How a label is set."""

    TEXT = "text"
    STRONG = "strong"
    SMALL = "small"
    TITLE = "title"
    FIXED = "fixed"


class PlainLabel(QLabel):
    """A label of plain text. ``dim``: for what stands beside the point; ``wraps``: break lines; ``selectable``: by
    mouse and keyboard."""

    def __init__(
        self,
        text: str = "",
        *,
        size: Size = Size.TEXT,
        dim: bool = False,
        wraps: bool = False,
        selectable: bool = False,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._dim = dim
        self._painting = False
        self.setTextFormat(Qt.TextFormat.PlainText)
        self.setText(text)
        make = {Size.STRONG: strong_font, Size.SMALL: small_font, Size.TITLE: title_font, Size.FIXED: fixed_font}
        if size in make:
            self.setFont(make[size](self.font()))
        if wraps:
            self.setWordWrap(True)
            policy = QSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Minimum)
            policy.setHeightForWidth(True)
            self.setSizePolicy(policy)
        if selectable:
            self.setTextInteractionFlags(
                Qt.TextInteractionFlag.TextSelectableByMouse | Qt.TextInteractionFlag.TextSelectableByKeyboard
            )
            self.setFocusPolicy(Qt.FocusPolicy.ClickFocus)
        self._paint_dim()

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() == QEvent.Type.PaletteChange and not self._painting:
            self._paint_dim()

    def _paint_dim(self) -> None:
        if not self._dim:
            return
        self._painting = True
        palette = QPalette(self.palette())
        parent = self.parentWidget()
        scheme = tokens(parent.palette() if parent is not None else palette)
        for role in (QPalette.ColorRole.WindowText, QPalette.ColorRole.Text):  # which of them depends on the ground
            palette.setColor(role, scheme.dim)
        self.setPalette(palette)
        self._painting = False


BREAK = "\u200b"
_WORD = 16


class ValueLabel(PlainLabel):
    """A selectable value that may break anywhere; copying gives it back without the breaks."""

    def __init__(self, value: str = "", *, fixed: bool = False, parent: QWidget | None = None) -> None:
        super().__init__(size=Size.FIXED if fixed else Size.TEXT, wraps=True, selectable=True, parent=parent)
        self._value = ""
        self.setContextMenuPolicy(Qt.ContextMenuPolicy.CustomContextMenu)
        self.customContextMenuRequested.connect(self._show_menu)
        self.set_value(value)

    @property
    def value(self) -> str:
        return self._value

    def set_value(self, value: str) -> None:
        """Show it; a selection stays if the value does."""
        if value != self._value:
            self._value = value
            self.setText(_breakable(value))

    def copy(self) -> None:
        """The selection, or all of it, to the clipboard."""
        selected = self.selectedText().replace(BREAK, "").replace("\u2029", "\n")
        QGuiApplication.clipboard().setText(selected or self._value)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.matches(QKeySequence.StandardKey.Copy):
            self.copy()
            return
        super().keyPressEvent(event)

    def _show_menu(self, position: QPoint) -> None:
        menu = QMenu(self)
        menu.addAction(self.tr("Copy")).triggered.connect(self.copy)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        menu.popup(self.mapToGlobal(position))


def _breakable(value: str) -> str:
    """Break opportunities inside runs too long for a line."""
    return " ".join(
        BREAK.join(word[start : start + _WORD] for start in range(0, len(word), _WORD))
        if len(word) > _WORD
        else word
        for word in value.split(" ")
    )
