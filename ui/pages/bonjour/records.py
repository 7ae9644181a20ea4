"""The resource records that were heard, by the names they stand under, so that those of a service are found at once."""

from __future__ import annotations

from collections.abc import Iterable

from discovery.bonjour.names import label_text
from discovery.records import Ended, HeardRecord, Service
from net.records import Key, Record, Removed

MOST_RECORDS = 50_000
"""More are counted and left out; of those kept, the ones that ended go first."""
ORDER = {"PTR": 0, "SRV": 1, "TXT": 2, "A": 3, "AAAA": 4}


class RecordBook:
    """Keeps HeardRecords by key.

    Attributes:
        left_out: records that were not kept for want of room.
    """

    def __init__(self) -> None:
        self.records: dict[Key, HeardRecord] = {}
        self.left_out = 0
        self._named: dict[str, set[Key]] = {}
        self._ended: dict[Key, None] = {}

    def take(self, records: Iterable[Record]) -> bool:
        """HeardRecords and their Removed; others are ignored. Whether there were any."""
        found = False
        for record in records:
            if isinstance(record, HeardRecord):
                found = True
                self._put(record)
            elif isinstance(record, Removed) and record.of == "heard_record":
                found = True
                self._drop(record.key())
        return found

    def clear(self) -> None:
        """Forget everything."""
        self.records.clear()
        self._named.clear()
        self._ended.clear()
        self.left_out = 0

    def of(self, service: Service) -> list[HeardRecord]:
        """All that a service is made of: the PTR that names it, SRV and TXT, the addresses of its host, NSEC."""
        name = instance_name(service)
        keys = set(self._named.get(name, ()))
        if service.host is not None:
            keys |= self._named.get(_folded(service.host), set())
        found = [self.records[key] for key in keys]
        # PTR records that point to its host, as for reverse mapping, say nothing of the service.
        found = [record for record in found if record.type != "PTR" or _folded(record.data) == name]
        return sorted(found, key=lambda record: (ORDER.get(record.type, 9), record.type, record.name, record.data))

    def txt(self, service: Service) -> HeardRecord | None:
        """Its TXT record: the one that counts, else the one that did last."""
        found = [self.records[key] for key in self._named.get(instance_name(service), ())]
        texts = [record for record in found if record.type == "TXT" and record.sightings]
        return max(texts, key=lambda record: (record.alive, max(s.last for s in record.sightings)), default=None)

    def cause(self, service: Service) -> Ended | None:
        """Why it is gone: what ended its SRV record, or else the PTR that names it; None while one still counts."""
        found = [self.records[key] for key in self._named.get(instance_name(service), ())]
        for kind in ("SRV", "PTR"):
            sightings = [sighting for record in found if record.type == kind for sighting in record.sightings]
            if any(sighting.ended is None for sighting in sightings):
                continue
            last = max(sightings, key=lambda sighting: sighting.ended_at or 0.0, default=None)
            if last is not None:
                return last.ended
        return None

    def _put(self, record: HeardRecord) -> None:
        key = record.key()
        if key not in self.records and len(self.records) >= MOST_RECORDS and not self._make_room(record):
            return
        self.records[key] = record
        for name in _names(record):
            self._named.setdefault(name, set()).add(key)
        if record.alive:
            self._ended.pop(key, None)
        else:
            self._ended[key] = None

    def _make_room(self, record: HeardRecord) -> bool:
        self.left_out += 1
        if not self._ended or not record.alive:
            return False
        self._drop(next(iter(self._ended)))
        return True

    def _drop(self, key: Key) -> None:
        record = self.records.pop(key, None)
        if record is None:
            return
        self._ended.pop(key, None)
        for name in _names(record):
            keys = self._named.get(name)
            if keys is not None:
                keys.discard(key)
                if not keys:
                    del self._named[name]


def instance_name(service: Service) -> str:
    """The full name of an instance as records have it, folded for comparing."""
    label = label_text(service.name.encode("utf-8", "surrogateescape"))
    return _folded(f"{label}.{service.type}.{service.domain}")


def _names(record: HeardRecord) -> tuple[str, ...]:
    """Where it is looked for: under its name, a PTR under the name it points to."""
    return (_folded(record.data),) if record.type == "PTR" else (_folded(record.name),)


def _folded(name: str) -> str:
    return name.lower().removesuffix(".")
