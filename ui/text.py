"""Turns values into the text people read: plain, visible, capped, and of a width that does not jump.

Text that came from the network goes through ``visible`` before any widget sees it.
"""

from __future__ import annotations

import csv
import io
import re
import time
from collections.abc import Iterable

from PySide6.QtCore import QCoreApplication

from net.text import visible, visible_name

UNKNOWN = "–"
_PLACE = re.compile(r"%([1-9])")

__all__ = (
    "age",
    "clock",
    "comma_separated",
    "count",
    "fill",
    "moment",
    "packet_rate",
    "plural",
    "rate",
    "size",
    "speed",
    "stopwatch",
    "tab_separated",
    "tooltip",
    "visible",
    "visible_name",
)


def tooltip(text: str) -> str:
    """``text`` for a tooltip, where Qt would else read what looks like markup as markup."""
    if "<" not in text and "&" not in text:
        return text
    escaped = text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    return f"<p style='white-space:pre-wrap'>{escaped}</p>"


def _scaled(value: float, units: tuple[str, ...]) -> str:
    power = 0
    while power < len(units) - 1 and value >= 999.5:
        value /= 1000
        power += 1
    number = f"{value:.1f}" if power and value < 9.95 else f"{value:.0f}"
    return f"{number} {units[power]}"


def rate(bytes_per_s: float | None) -> str:
    """``1.4 MB/s``, ``220 kB/s``, ``  0  B/s``: nine fixed characters, so that a column of them lines up."""
    if bytes_per_s is None:
        return UNKNOWN
    return _scaled(max(0.0, bytes_per_s), (" B/s", "kB/s", "MB/s", "GB/s", "TB/s")).rjust(9)


def packet_rate(packets_per_s: float | None) -> str:
    """``120 /s``, ``1.4 k/s``, of fixed width."""
    return UNKNOWN if packets_per_s is None else _scaled(max(0.0, packets_per_s), (" /s", "k/s", "M/s")).rjust(7)


def size(count: int | None) -> str:
    """``512 B``, ``1.4 kB``."""
    return UNKNOWN if count is None else _scaled(count, ("B", "kB", "MB", "GB", "TB"))


def speed(mbps: int | None) -> str | None:
    """``100 Mb/s``, ``2.5 Gb/s``; None where the link does not tell."""
    if not mbps or mbps < 0:
        return None
    return f"{mbps / 1000:g} Gb/s" if mbps >= 1000 else f"{mbps} Mb/s"


def count(number: int) -> str:
    """``48,211``."""
    return f"{number:,}"


def fill(template: str, *values: object) -> str:
    """``template`` with %1, %2 ... replaced in one pass, so that a value that holds such a sign stays as it is."""
    return _PLACE.sub(lambda found: str(values[int(found[1]) - 1]), template)


def plural(number: int, one: str, many: str) -> str:
    """``one`` or ``many`` with ``%n`` filled in; both are whole, translated texts."""
    return (one if number == 1 else many).replace("%n", count(number))


def age(seconds: float | None) -> str:
    """``now``, ``12 s``, ``3 min``, ``2 h``, ``4 d``: one unit, rounded down, as it ticks once a second."""
    if seconds is None:
        return UNKNOWN
    if seconds < 1:
        return QCoreApplication.translate("text", "now")
    for limit, unit, length in ((60, "s", 1), (3600, "min", 60), (86400, "h", 3600)):
        if seconds < limit:
            return f"{int(seconds // length)} {unit}"
    return f"{int(seconds // 86400)} d"


def stopwatch(seconds: float) -> str:
    """``00:12``, ``1:02:03``."""
    minutes, rest = divmod(int(seconds), 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02}:{rest:02}" if hours else f"{minutes:02}:{rest:02}"


def clock(moment: float | None) -> str:
    """Seconds since the epoch as local ``14:03:22.123``."""
    if moment is None:
        return UNKNOWN
    return f"{time.strftime('%H:%M:%S', time.localtime(moment))}.{int(moment * 1000) % 1000:03}"


def moment(seconds: float) -> str:
    """Seconds since the epoch as local ``10:14:02``."""
    return time.strftime("%H:%M:%S", time.localtime(seconds))


def tab_separated(rows: Iterable[tuple[str, ...]]) -> str:
    """Rows for the clipboard or a file; tabs and line breaks inside a cell become visible signs."""
    return "".join("\t".join(visible(cell, 100_000) for cell in row) + "\n" for row in rows)


def comma_separated(rows: Iterable[tuple[str, ...]]) -> str:
    """Rows as CSV (RFC 4180); what a spreadsheet would take for a formula gets an apostrophe before it."""
    file = io.StringIO()
    writer = csv.writer(file)
    for row in rows:
        writer.writerow([_harmless(visible(cell, 100_000)) for cell in row])
    return file.getvalue()


def _harmless(cell: str) -> str:
    if not cell.startswith(("=", "+", "-", "@")) or cell == "-":
        return cell
    try:
        float(cell)
    except ValueError:
        return f"'{cell}"
    return cell
