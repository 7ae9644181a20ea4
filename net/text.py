"""Makes text that came from the network or from other programs safe to look at."""

from __future__ import annotations

import unicodedata

_PICTURES = 0x2400  # U+2400 SYMBOL FOR NULL, followed by the pictures of the other C0 controls in their order
_HIDING = frozenset(("Cc", "Cf", "Cs", "Zl", "Zp"))
_JOINER = "\u200d"


def visible(text: str, limit: int = 500) -> str:
    """``text`` in one line with nothing hidden in it, at most ``limit`` characters long.

    C0 controls and DEL become their pictures (``\\n`` is ``␊``); other controls, bidi and format characters, line and
    paragraph separators become ``⟨U+202E⟩``; bytes decoded with surrogateescape become ``⟨0xFF⟩``. Letters of every
    script, emoji and their joiners stay. What is cut off is replaced by ``…``. ``limit`` is at least 1.
    """
    if len(text) <= limit and text.isprintable():
        return text
    pieces: list[str] = []
    length = 0
    before = ""
    for character in text[: limit + 1]:
        piece = character if _shows(character, before) else _escape(character)
        pieces.append(piece)
        length += len(piece)
        before = character
    if length <= limit and len(text) <= limit:
        return "".join(pieces)
    while length > limit - 1:
        length -= len(pieces.pop())
    return "".join(pieces) + "…"


def visible_bytes(data: bytes, limit: int = 500) -> str:
    """``data`` read as UTF-8 and made visible; each byte that is no UTF-8 becomes ``⟨0xFF⟩``."""
    beginning = data[: 4 * (limit + 1)]  # a character has at most four bytes
    return visible(beginning.decode("utf-8", "surrogateescape"), limit)


def _shows(character: str, before: str) -> bool:
    if character.isprintable():
        return True
    if character == _JOINER:
        return before != "" and (before == "\ufe0f" or unicodedata.category(before) in ("So", "Sk"))
    return unicodedata.category(character) not in _HIDING


def _escape(character: str) -> str:
    code = ord(character)
    if code < 0x20:
        return chr(_PICTURES + code)
    if code == 0x7F:
        return "␡"
    if 0xDC80 <= code <= 0xDCFF:  # PEP 383: a byte that was no UTF-8
        return f"⟨0x{code - 0xDC00:02X}⟩"
    return f"⟨U+{code:04X}⟩"
