"""The colours, fonts and measures of the window, in light and dark: the one place they are decided.

``tokens`` reads light or dark off a palette, so a widget or delegate asks for its colours with the palette it paints
with and needs no other object.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum

from PySide6.QtCore import QObject, Qt, Signal
from PySide6.QtGui import QColor, QFont, QFontDatabase, QFontMetrics, QPalette
from PySide6.QtWidgets import QApplication, QStyleFactory


class Tone(Enum):
    """What a dot, chip, edge or badge says; always beside a word."""

    NEUTRAL = "neutral"
    INFO = "info"
    OK = "ok"
    WARNING = "warning"
    ERROR = "error"


class Mode(Enum):
    """Which scheme the person chose."""

    AUTO = "auto"
    LIGHT = "light"
    DARK = "dark"


@dataclass(frozen=True, slots=True)
class Tokens:
    """The colours of one scheme, as #rrggbb."""

    dark: bool
    window: str
    base: str
    side: str
    text: str
    dim: str
    line: str
    accent: str
    selection: str
    ok: str
    warning: str
    error: str

    def tone(self, tone: Tone) -> QColor:
        """The colour of glyphs and edges of that tone."""
        if tone is Tone.NEUTRAL:
            return QColor(self.dim)
        if tone is Tone.INFO:
            return QColor(self.accent)
        if tone is Tone.OK:
            return QColor(self.ok)
        return QColor(self.warning if tone is Tone.WARNING else self.error)

    def tint(self, tone: Tone, strength: float | None = None) -> QColor:
        """That tone, thinned to lie under text."""
        colour = self.tone(tone)
        colour.setAlphaF(strength if strength is not None else (0.16 if self.dark else 0.09))
        return colour

    @property
    def dim_on_selection(self) -> str:
        """``dim`` is too faint on a selected row; this keeps 4.5 to 1."""
        return "#b6c3d1" if self.dark else "#4d5a6e"

    @property
    def control(self) -> str:
        """The face of a button or field."""
        return "#2a2f37" if self.dark else "#ffffff"

    @property
    def control_line(self) -> str:
        """The outline of a button or field: what is to be clicked must be seen, 3 to 1 against the window."""
        return "#6b7583" if self.dark else "#808a99"

    @property
    def hover(self) -> str:
        """The face of a control under the pointer."""
        return "#343a44" if self.dark else "#eef2f6"


LIGHT = Tokens(
    dark=False,
    window="#f6f7f9",
    base="#ffffff",
    side="#eceef2",
    text="#1d2430",
    dim="#5f6b7d",
    line="#dfe3e8",
    accent="#0072b2",
    selection="#dcecf7",
    ok="#0b7a5b",
    warning="#b26a00",
    error="#c2410c",
)
DARK = Tokens(
    dark=True,
    window="#1b1e24",
    base="#21252c",
    side="#171a1f",
    text="#e6e9ee",
    dim="#98a2b3",
    line="#323842",
    accent="#56b4e9",
    selection="#24415a",
    ok="#4cc38a",
    warning="#e6a23c",
    error="#ff7a59",
)


def tokens(palette: QPalette) -> Tokens:
    """The tokens that belong to that palette."""
    return DARK if palette.color(QPalette.ColorRole.Base).lightness() < 128 else LIGHT


def palette_of(scheme: Tokens) -> QPalette:
    """The whole palette of a scheme, disabled group included."""
    role = QPalette.ColorRole
    palette = QPalette()
    for target, colour in (
        (role.Window, scheme.window),
        (role.Base, scheme.base),
        (role.AlternateBase, scheme.side),
        (role.Button, scheme.control),
        (role.ToolTipBase, scheme.base),
        (role.Highlight, scheme.selection),
        (role.Accent, scheme.accent),
        (role.Link, scheme.accent),
        (role.LinkVisited, scheme.accent),
        (role.Light, scheme.base),
        (role.Midlight, scheme.line),
        (role.Mid, scheme.line),
        (role.Dark, scheme.dim),
        (role.Shadow, scheme.line),
        (role.PlaceholderText, scheme.dim),
    ):
        palette.setColor(target, QColor(colour))
    for target in (
        role.WindowText,
        role.Text,
        role.ButtonText,
        role.ToolTipText,
        role.HighlightedText,
        role.BrightText,
    ):
        palette.setColor(target, QColor(scheme.text))
        palette.setColor(QPalette.ColorGroup.Disabled, target, QColor(scheme.dim))
    return palette


def native_style() -> bool:
    """Whether the platform's own style is used: where Qt has a native macOS style."""
    return "macos" in (name.lower() for name in QStyleFactory.keys())  # noqa: SIM118 - a static method, not a dict


class Theme(QObject):
    """Applies a scheme to the application and follows the system's where that is wanted.

    Signals:
        changed: the palette is another one now.
    """

    changed = Signal()

    def __init__(self, application: QApplication, mode: Mode = Mode.AUTO) -> None:
        super().__init__(application)
        self._application = application
        self._mode = mode
        if not native_style():
            from ui.style import FlatStyle

            self._style = FlatStyle()  # kept: the application does not hold the Python object
            application.setStyle(self._style)
        application.styleHints().colorSchemeChanged.connect(self._system_changed)
        self.set_mode(mode)

    @property
    def mode(self) -> Mode:
        return self._mode

    def set_mode(self, mode: Mode) -> None:
        """Use that scheme from now on."""
        self._mode = mode
        wanted = {
            Mode.AUTO: Qt.ColorScheme.Unknown,
            Mode.LIGHT: Qt.ColorScheme.Light,
            Mode.DARK: Qt.ColorScheme.Dark,
        }[mode]
        self._application.styleHints().setColorScheme(wanted)
        self._apply()

    def _system_changed(self) -> None:
        self._apply()

    def _apply(self) -> None:
        # setColorScheme does nothing on a bare X11 or offscreen, so what was chosen outranks what the hints say.
        system_dark = self._application.styleHints().colorScheme() == Qt.ColorScheme.Dark
        dark = self._mode == Mode.DARK or (self._mode == Mode.AUTO and system_dark)
        if not native_style():
            self._application.setPalette(palette_of(DARK if dark else LIGHT))
        self.changed.emit()


def fixed_font(base: QFont) -> QFont:
    """The system's fixed font at the size of ``base``: for addresses, numbers and hex."""
    font = QFontDatabase.systemFont(QFontDatabase.SystemFont.FixedFont)
    font.setPointSizeF(base.pointSizeF() * 0.96)
    return font


def small_font(base: QFont) -> QFont:
    """For the second line of a row and for captions."""
    font = QFont(base)
    font.setPointSizeF(base.pointSizeF() * 0.87)
    return font


def strong_font(base: QFont) -> QFont:
    """For what a row or a pane is about."""
    font = QFont(base)
    font.setWeight(QFont.Weight.DemiBold)
    return font


def title_font(base: QFont) -> QFont:
    """For the head of the details pane and of empty panels."""
    font = strong_font(base)
    font.setPointSizeF(base.pointSizeF() * 1.3)
    return font


def unit(font: QFont) -> int:
    """The measure of gaps: a quarter of a line, so that spacing grows with the person's font."""
    return max(2, round(QFontMetrics(font).height() / 4))


def contrast(first: str, second: str) -> float:
    """The ratio of WCAG 2.2, section "contrast ratio"."""
    lighter, darker = sorted((_luminance(first), _luminance(second)), reverse=True)
    return (lighter + 0.05) / (darker + 0.05)


def _luminance(colour: str) -> float:
    parts = (int(colour[position : position + 2], 16) / 255 for position in (1, 3, 5))
    red, green, blue = (part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue
