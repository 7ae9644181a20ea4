"""What is said of a record's sightings: where, from whom, how much time is left, since when it is over and why."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from time import localtime, strftime

from PySide6.QtCore import QCoreApplication

from discovery.records import Ended, HeardRecord, Sighting
from ui.pages.bonjour.causes import cause_words
from ui.text import age, count, fill, visible


def tr(source: str) -> str:
    return QCoreApplication.translate("bonjour", source)


def where_words(sighting: Sighting) -> str:
    """``en0 · 192.168.1.40 · IP TTL 255 · 3×``."""
    parts = [visible(sighting.interface, 24), visible(sighting.source, 60)]
    if sighting.unicast:
        parts.append(tr("by unicast"))
    elif sighting.ip_ttl is not None:
        kind = tr("IP TTL %1") if sighting.family == "ipv4" else tr("hop limit %1")
        parts.append(fill(kind, sighting.ip_ttl))
    parts.append(fill(tr("%1×"), count(sighting.count)))
    return " · ".join(parts)


def left_words(sighting: Sighting, now: float) -> str:
    """``87 of 120 s``; ``expired 12 s ago`` once it is over."""
    if sighting.ended is not None:
        since = max(0.0, now - (sighting.ended_at if sighting.ended_at is not None else now))
        return fill(tr("%1, %2 ago"), cause_words(sighting.ended), age(max(1.0, since)))
    left = min(max(0.0, sighting.expires - now), float(sighting.ttl))
    return fill(tr("%1 of %2 s"), count(round(left)), count(sighting.ttl))


def part_left(sighting: Sighting, now: float) -> float | None:
    """What is left of the TTL, from 0 to 1; None where it is over."""
    if sighting.ended is not None:
        return None
    return min(1.0, max(0.0, sighting.expires - now) / sighting.ttl) if sighting.ttl else 0.0


@dataclass(frozen=True)
class Appearance:
    """When anything of a service was there on ``interface``; ``spans`` from when to when (None: to now), in seconds
    since the epoch, none touching another. ``ended`` and ``ended_at`` once nothing is left."""

    interface: str
    first: float
    last: float
    spans: tuple[tuple[float, float | None], ...]
    ended: Ended | None = None
    ended_at: float | None = None


def appearances(records: Iterable[HeardRecord]) -> list[Appearance]:
    """One an interface, in the order of their names."""
    found: dict[str, list[Sighting]] = {}
    for record in records:
        for sighting in record.sightings:
            found.setdefault(sighting.interface, []).append(sighting)
    return [_appearance(name, found[name]) for name in sorted(found)]


def _appearance(interface: str, sightings: list[Sighting]) -> Appearance:
    first = min(sighting.first for sighting in sightings)
    last = max(sighting.last for sighting in sightings)
    spans = _joined([(each.first, None if each.ended is None else each.ended_at or each.last) for each in sightings])
    over = all(sighting.ended is not None for sighting in sightings)
    final = max(sightings, key=lambda sighting: sighting.ended_at or 0.0) if over else None
    return Appearance(interface, first, last, spans, final.ended if final else None, final.ended_at if final else None)


def _joined(spans: list[tuple[float, float | None]]) -> tuple[tuple[float, float | None], ...]:
    """Those that overlap as one."""
    joined: list[tuple[float, float | None]] = []
    for begin, end in sorted(spans, key=lambda span: span[0]):
        if joined and (joined[-1][1] is None or begin <= joined[-1][1]):
            before, until = joined[-1]
            joined[-1] = (before, None if until is None or end is None else max(until, end))
        else:
            joined.append((begin, end))
    return tuple(joined)


def appearance_words(found: Appearance) -> str:
    """``en0 · first 14:03:22 · last 14:07:10 · withdrawn (goodbye) 14:07:40``."""
    parts = [visible(found.interface, 24), fill(tr("first %1"), _clock(found.first))]
    parts.append(fill(tr("last %1"), _clock(found.last)))
    if found.ended_at is not None:
        parts.append(f"{cause_words(found.ended)} {_clock(found.ended_at)}")
    return " · ".join(parts)


def _clock(moment: float) -> str:
    return strftime("%H:%M:%S", localtime(moment))
