"""Labels that never take text for markup, in the few sizes the window knows."""

from __future__ import annotations

from enum import Enum

from PySide6.QtCore import QEvent, QPoint, QSize, Qt
from PySide6.QtGui import QGuiApplication, QKeyEvent, QKeySequence, QPalette, QResizeEvent
from PySide6.QtWidgets import QLabel, QMenu, QSizePolicy, QWidget

from ui.glyphs import drawable
from ui.theme import fixed_font, small_font, strong_font, title_font, tokens
from ui.widgets.wrapping import wrap


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
        self._plain = ""
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

    def setText(self, text: str) -> None:
        self._plain = text
        super().setText(drawable(text, self.font()))

    def text(self) -> str:
        """What was set, however it must be drawn."""
        return self._plain

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
"""Stands before a line break that is only there for want of room."""
_SLACK = 2
"""Between the measured and the drawn width."""
_WIDTHS_KEPT = 8


class WrappedLabel(PlainLabel):
    """Selectable text that fits any width: it breaks at spaces, else after ``: / . _ - ,``, in a part of a word only
    where that alone is wider than the line. Copying gives it back without the breaks."""

    def __init__(
        self, text: str = "", *, size: Size = Size.TEXT, dim: bool = False, parent: QWidget | None = None
    ) -> None:
        self._pieces: dict[int, str] = {}
        super().__init__("", size=size, dim=dim, selectable=True, parent=parent)
        policy = QSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Minimum)
        policy.setHeightForWidth(True)
        self.setSizePolicy(policy)
        self.setContextMenuPolicy(Qt.ContextMenuPolicy.CustomContextMenu)
        self.customContextMenuRequested.connect(self._show_menu)
        self.setText(text)

    def setText(self, text: str) -> None:
        """A selection stays if the text does."""
        before, self._plain = self._plain, text
        if before != text:
            self._pieces.clear()
            self._wrap()
            self.updateGeometry()

    @property
    def shown(self) -> str:
        """With the line breaks as they are now."""
        return QLabel.text(self)

    @property
    def natural_width(self) -> int:
        """What it takes to be shown without breaks."""
        margins = self.contentsMargins()
        lines = drawable(self._plain, self.font()).split("\n")
        return max(map(self.fontMetrics().horizontalAdvance, lines)) + margins.left() + margins.right() + _SLACK

    @property
    def least_width(self) -> int:
        """What it takes to be broken at spaces only."""
        words = drawable(self._plain, self.font()).split()
        return max(map(self.fontMetrics().horizontalAdvance, words), default=0) + _SLACK

    def hasHeightForWidth(self) -> bool:
        return True

    def heightForWidth(self, width: int) -> int:
        margins = self.contentsMargins()
        lines = self._wrapped(width).count("\n") + 1
        metrics = self.fontMetrics()
        return metrics.height() + (lines - 1) * metrics.lineSpacing() + margins.top() + margins.bottom()

    def sizeHint(self) -> QSize:
        return QSize(self.natural_width, self.heightForWidth(self.width()))

    def minimumSizeHint(self) -> QSize:
        return QSize(0, self.heightForWidth(self.width()))

    def copy(self) -> None:
        """The selection, or all of it, to the clipboard."""
        selected = self.selectedText().replace("\u2029", "\n").replace(f"{BREAK}\n", "").replace(BREAK, "")
        whole = not selected or selected == QLabel.text(self).replace(f"{BREAK}\n", "")
        QGuiApplication.clipboard().setText(self._plain if whole else selected)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._wrap()

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() == QEvent.Type.FontChange:
            self._pieces.clear()
            self._wrap()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.matches(QKeySequence.StandardKey.Copy):
            self.copy()
            return
        super().keyPressEvent(event)

    def _wrap(self) -> None:
        wrapped = self._wrapped(self.width())
        if wrapped != QLabel.text(self):
            QLabel.setText(self, wrapped)

    def _wrapped(self, width: int) -> str:
        if width not in self._pieces:
            if len(self._pieces) >= _WIDTHS_KEPT:
                self._pieces.clear()
            margins = self.contentsMargins()
            room = max(1, width - margins.left() - margins.right() - _SLACK)
            lines = drawable(self._plain, self.font()).split("\n")
            advance = self.fontMetrics().horizontalAdvance
            self._pieces[width] = "\n".join(f"{BREAK}\n".join(wrap(line, room, advance)) for line in lines)
        return self._pieces[width]

    def _show_menu(self, position: QPoint) -> None:
        menu = QMenu(self)
        menu.addAction(self.tr("Copy")).triggered.connect(self.copy)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        menu.popup(self.mapToGlobal(position))


class ValueLabel(WrappedLabel):
    """A value; ``fixed``: in the fixed font."""

    def __init__(self, value: str = "", *, fixed: bool = False, parent: QWidget | None = None) -> None:
        super().__init__(value, size=Size.FIXED if fixed else Size.TEXT, parent=parent)

    @property
    def value(self) -> str:
        return self._plain

    def set_value(self, value: str) -> None:
        """Show it; a selection stays if the value does."""
        self.setText(value)
