"""Writes out the pictures of control characters where no font at hand can draw them."""

from __future__ import annotations

import re

from PySide6.QtGui import QFont, QFontMetrics

_PICTURE = re.compile("[\u2400-\u2421]")
# U+2400 and on stand for the characters 0x00 to 0x20 and DEL, by their names in ECMA-48.
_NAMES = (
    *("NUL", "SOH", "STX", "ETX", "EOT", "ENQ", "ACK", "BEL", "BS", "HT", "LF", "VT", "FF", "CR", "SO", "SI"),
    *("DLE", "DC1", "DC2", "DC3", "DC4", "NAK", "SYN", "ETB", "CAN", "EM", "SUB", "ESC", "FS", "GS", "RS", "US"),
    *("SP", "DEL"),
)
_able: dict[str, bool] = {}


def drawable(text: str, font: QFont) -> str:
    """``text`` as it can be read in ``font`` and the fonts that fill its gaps: there ``␊``, else ``⟨LF⟩``."""
    if text.isascii() or not _PICTURE.search(text) or _draws_pictures(font):
        return text
    return written_out(text)


def written_out(text: str) -> str:
    """``text`` with every picture as its name: ``⟨ESC⟩`` for ``␛``."""
    return _PICTURE.sub(lambda found: f"⟨{_NAMES[ord(found[0]) - 0x2400]}⟩", text)


def _draws_pictures(font: QFont) -> bool:
    key = font.key()
    if key not in _able:
        _able[key] = QFontMetrics(font).inFontUcs4(0x240A)
    return _able[key]
