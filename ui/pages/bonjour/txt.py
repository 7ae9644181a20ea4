"""A TXT record as people read it: its strings in their order, as text or hex, and where they break RFC 6763."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from PySide6.QtCore import QCoreApplication

from discovery.records import HeardRecord, Service
from ui.text import fill, visible

TXT_CAP = 160
LONGEST_KEY = 9
MOST_BYTES = 1300
"""RFC 6763 section 6.2: more does not fit into an Ethernet packet."""


def tr(source: str) -> str:
    return QCoreApplication.translate("bonjour", source)


@dataclass(frozen=True, slots=True)
class TxtEntry:
    """A string of a TXT record. ``value`` is None for a key without ``=``; ``hints`` say which rules it breaks."""

    key: bytes
    value: bytes | None
    hints: tuple[str, ...] = ()

    @property
    def name(self) -> str:
        """The key as text, bytes that are none as ``\\xff``."""
        return self.key.decode("utf-8", "backslashreplace")


@dataclass(frozen=True, slots=True)
class TxtText:
    """A TXT record: its entries, its length in bytes (None where only keys and values are known), and its hints."""

    entries: tuple[TxtEntry, ...]
    size: int | None = None
    hints: tuple[str, ...] = ()


def read_txt(service: Service, record: HeardRecord | None) -> TxtText:
    """From the bytes of the record where it was heard, else from what the service says."""
    if record is None or record.data_hex is None:
        return TxtText(_judged([_entry(key, value) for key, value in service.txt.items()]))
    data = bytes.fromhex(record.data_hex)
    strings, whole = _strings(data)
    hints = [] if whole else [tr("its last string is cut off (RFC 6763 section 6.1)")]
    if len(data) > MOST_BYTES:
        hints.append(tr("over 1300 bytes: too long for one packet (RFC 6763 section 6.2)"))
    return TxtText(_judged([_parts(string) for string in strings if string]), len(data), tuple(hints))


def _strings(data: bytes) -> tuple[list[bytes], bool]:
    """Each after its length (RFC 1035 section 3.3.14), and whether the last was whole."""
    found = []
    at = 0
    while at < len(data):
        end = at + 1 + data[at]
        found.append(data[at + 1 : end])
        at = end
    return found, at == len(data)


def _parts(string: bytes) -> tuple[bytes, bytes | None]:
    key, equals, value = string.partition(b"=")
    return key, value if equals else None


def _entry(key: str, value: str | None) -> tuple[bytes, bytes | None]:
    if value is None:
        return _bytes(key), None
    if value.startswith("hex:"):
        try:
            return _bytes(key), bytes.fromhex(value.removeprefix("hex:"))
        except ValueError:  # it does say "hex:"
            pass
    return _bytes(key), _bytes(value)


def _bytes(text: str) -> bytes:
    return text.encode("utf-8", "surrogateescape")


def _judged(parts: Sequence[tuple[bytes, bytes | None]]) -> tuple[TxtEntry, ...]:
    """RFC 6763 section 6.4."""
    found = []
    seen: set[bytes] = set()
    for key, value in parts:
        hints = []
        if not key:
            hints.append(tr("no key before the =: to be ignored (RFC 6763 section 6.4)"))
        elif key.lower() in seen:
            hints.append(tr("named before: only the first counts (RFC 6763 section 6.4)"))
        if len(key) > LONGEST_KEY:
            hints.append(fill(tr("key of %1 characters, should be at most 9 (RFC 6763 section 6.4)"), len(key)))
        if any(not 0x20 <= byte <= 0x7E for byte in key):
            hints.append(tr("key is not printable ASCII (RFC 6763 section 6.4)"))
        seen.add(key.lower())
        found.append(TxtEntry(key, value, tuple(hints)))
    return tuple(found)


def value_text(value: bytes | None, *, as_hex: bool) -> str:
    """For the details: the text, or hex where asked for or where it is none; ``(empty)``, ``(no value)``."""
    if value is None:
        return tr("(no value)")
    if not value:
        return tr("(empty)")
    if as_hex:
        return value.hex(" ")
    try:
        return value.decode()
    except UnicodeDecodeError:
        return fill(tr("hex %1"), value.hex(" "))


# For the table, from what the service says


def txt_value(value: str | None) -> str:
    """``=text``, ``=hex de ad be ef``, nothing for a key without a value."""
    if value is None:
        return ""
    if value.startswith("hex:"):
        return f"=hex {_spaced_hex(value)}"
    return f"={value}"


def _spaced_hex(value: str) -> str:
    """``hex:deadbeef`` as ``de ad be ef``."""
    digits = value.removeprefix("hex:")
    return " ".join(digits[at : at + 2] for at in range(0, len(digits), 2))


def txt_pairs(service: Service) -> list[str]:
    """``key=value`` as heard, in their order."""
    return [f"{key}{txt_value(value)}" for key, value in service.txt.items()]


def txt_summary(service: Service) -> str:
    """Keys and values in their order on one line, capped; the version of the record, which says least, last."""
    keys = sorted(service.txt, key=lambda key: key.lower() == "txtvers")
    pieces: list[str] = []
    length = 0
    for key in keys:
        piece = visible(f"{key}{txt_value(service.txt[key])}", TXT_CAP)
        pieces.append(piece)
        length += len(piece)
        if length > TXT_CAP:
            break
    return visible("  ".join(pieces), TXT_CAP)
