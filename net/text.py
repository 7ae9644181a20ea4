"""Makes text that came from the network or from other programs safe to look at."""

from __future__ import annotations

import re
import unicodedata

# U+2400 SYMBOL FOR NULL is followed by the pictures of the other C0 controls in their order.
_CONTROLS = {chr(code): chr(0x2400 + code) for code in range(0x20)} | {"\x7f": "␡"}
_HIDING = frozenset(("Cc", "Cf", "Cs", "Zl", "Zp"))
_JOINER = "\u200d"
_SUSPECT = re.compile(r"[^ -~]")
_LONGEST_ESCAPE = len("⟨U+10FFFF⟩")


def visible(text: str, limit: int = 500) -> str:
    """``text`` in one line with nothing hidden in it, at most ``limit`` characters long.

    C0 controls and DEL become their pictures (``\\n`` is ``␊``); other controls, bidi and format characters, line and
    paragraph separators become ``⟨U+202E⟩``; bytes decoded with surrogateescape become ``⟨0xFF⟩``. Letters of every
    script, emoji and their joiners stay. What is cut off is replaced by ``…``. ``limit`` is at least 1.
    """
    if len(text) <= limit and text.isprintable():
        return text
    shown = _SUSPECT.sub(_piece, text[: limit + 1])
    if len(shown) <= limit:
        return shown
    shown = shown[: limit - 1]
    opening = shown.rfind("⟨", max(0, len(shown) - _LONGEST_ESCAPE))
    if opening >= 0 and "⟩" not in shown[opening:]:
        shown = shown[:opening]
    return shown + "…"


def visible_name(name: str, limit: int = 500) -> str:
    """As ``visible``; a name of nothing but spaces is ``⟨space⟩`` or ``⟨3 spaces⟩``, which else looks like none."""
    if name and not name.strip(" "):
        return "⟨space⟩" if len(name) == 1 else f"⟨{len(name)} spaces⟩"
    return visible(name, limit)


def visible_bytes(data: bytes, limit: int = 500) -> str:
    """``data`` read as UTF-8 and made visible; each byte that is no UTF-8 becomes ``⟨0xFF⟩``."""
    beginning = data[: 4 * (limit + 1)]  # a character has at most four bytes
    return visible(beginning.decode("utf-8", "surrogateescape"), limit)


def endpoint_text(address: str, port: int | None) -> str:
    """``192.168.1.20:5000`` or ``[fe80::1%en0]:5000`` (RFC 5952 section 6)."""
    return f"[{address}]:{port}" if ":" in address else f"{address}:{port}"


def milliseconds_text(ms: float) -> str:
    """Three digits that count, as a person reads them, but no more than microseconds: ``0.164 ms``, ``62.6 ms``,
    ``1,204 ms``."""
    digits = 0 if ms >= 99.95 else 1 if ms >= 9.995 else 2 if ms >= 0.9995 else 3
    return f"{ms:,.{digits}f} ms"


def times_text(count: int) -> str:
    """``once``, ``twice``, ``1,200 times``."""
    return {1: "once", 2: "twice"}.get(count, f"{count:,} times")


def _piece(found: re.Match[str]) -> str:
    character = found[0]
    picture = _CONTROLS.get(character)
    if picture is not None:
        return picture
    if character.isprintable():
        return character
    before = found.string[found.start() - 1 : found.start()]
    if character == _JOINER and before and (before == "\ufe0f" or unicodedata.category(before) in ("So", "Sk")):
        return character
    return _escape(character) if unicodedata.category(character) in _HIDING else character


def _escape(character: str) -> str:
    code = ord(character)
    if 0xDC80 <= code <= 0xDCFF:  # PEP 383: a byte that was no UTF-8
        return f"⟨0x{code - 0xDC00:02X}⟩"
    return f"⟨U+{code:04X}⟩"
