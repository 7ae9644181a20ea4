"""The services that are known and how each stands, from the records of one or more watches of ``bonjour.browse``.

Time is given by the caller, in monotonic seconds, so nothing here runs by itself.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

import msgspec

from discovery.records import Ended, Service, ServiceType
from net.records import Key, Record, Removed
from ui.pages.bonjour.heads import Grouping, Heads
from ui.pages.bonjour.rows import HeadRow, Line, Mark, ServiceRow, State, differences, new_row

MARK_SECONDS = 3.0
"""For so long a row is marked as new or changed."""
GONE_SECONDS = 300.0
"""For so long a row that is gone stays."""
ANSWER_SECONDS = 6.0
"""A service that was asked for again and has not answered by then is gone: responders answer within 0.12 s (RFC 6762
section 6), and the question is sent three times in the first four seconds."""


class _Source:
    """What one watch says is there, and what it said before it was asked again."""

    def __init__(self) -> None:
        self.claims: dict[Key, Service] = {}
        self.doubts: dict[Key, Service] = {}
        self.answering_since: float | None = None


class ServiceBook:
    """Rows by key. A service is alive while one source says so; ``changes`` hands over what is to be shown."""

    def __init__(self) -> None:
        self.rows: dict[Key, ServiceRow] = {}
        self.heads = Heads(self.rows)
        self._sources: dict[str, _Source] = {}
        self._marked: set[Key] = set()
        self._gone: set[Key] = set()
        self._put: set[Key] = set()
        self._dropped: set[Key] = set()

    def take(self, source: str, records: Iterable[Record], now: float) -> None:
        """Records of the watch ``source``: Service, ServiceType and the Removed of types; others are ignored."""
        watch = self._sources.setdefault(source, _Source())
        if watch.answering_since is None:
            watch.answering_since = now
        for record in records:
            match record:
                case Service():
                    self._take_service(watch, record, now)
                case ServiceType():
                    self.heads.put_type(record)
                case Removed(of="type"):
                    self.heads.drop_type(record.name)
                case _:
                    pass

    def doubt(self, source: str) -> None:
        """That watch is asked again: what it has claimed is to be confirmed."""
        watch = self._sources.get(source)
        if watch is None:
            return
        watch.doubts |= watch.claims
        watch.claims = {}
        watch.answering_since = None
        for key in watch.doubts:
            self._settle(key, None)

    def leave(self, source: str, now: float) -> None:
        """That watch is no more wanted: what only it has claimed is taken away, not called gone."""
        watch = self._sources.pop(source, None)
        for key in (*watch.claims, *watch.doubts) if watch is not None else ():
            if self._service(key) is None:
                self._drop(key)
            else:
                self._settle(key, now)

    def claims(self, source: str) -> int:
        """How many services that watch says are there."""
        watch = self._sources.get(source)
        return len(watch.claims) + len(watch.doubts) if watch is not None else 0

    def tick(self, now: float) -> None:
        """Time has passed: marks fade, what did not answer is gone, what is gone for long is forgotten."""
        for key in [key for key in self._marked if now - self.rows[key].since >= MARK_SECONDS]:
            self._set(key, replace(self.rows[key], mark=Mark.NONE, changes=(), since=self.rows[key].first))
        for watch in self._sources.values():
            if watch.doubts and watch.answering_since is not None and now - watch.answering_since >= ANSWER_SECONDS:
                unanswered, watch.doubts = watch.doubts, {}
                for key in unanswered:
                    self._settle(key, now, ended="unanswered")
        for key in [key for key in self._gone if now - self.rows[key].since >= GONE_SECONDS]:
            self._drop(key)

    def clear(self) -> None:
        """Forget everything, as for another interface; the sources stay."""
        for watch in self._sources.values():
            watch.claims, watch.doubts, watch.answering_since = {}, {}, None
        for key in list(self.rows):
            self._drop(key)
        self.heads.forget_types()

    def changes(self, closed: frozenset[Key]) -> tuple[list[tuple[Key, Line]], list[Key]]:
        """The rows to show and the keys of rows to take away since the last call. ``closed``: heads that are closed."""
        put, drop = self.heads.changes(closed.__contains__)
        put += [(key, self.rows[key]) for key in self._put]
        drop += self._dropped
        self._put, self._dropped = set(), set()
        return put, drop  # heads before their services, in case not all are shown at once

    def group_by(self, by: Grouping) -> None:
        """Group the services anew: all heads are handed over again."""
        self.heads.group_by(by)

    def head(self, key: Key, *, closed: bool = False) -> HeadRow | None:
        """The head of that key."""
        return self.heads.head(key, closed=closed)

    def members(self, key: Key) -> list[ServiceRow]:
        """The services behind the head of that key."""
        return self.heads.members(key)

    def explain(self, key: Key, ended: Ended | None) -> None:
        """Why that service, which is gone, is."""
        row = self.rows.get(key)
        if row is not None and row.state is State.GONE and ended is not None and ended != row.ended:
            self._set(key, replace(row, ended=ended))

    def gone(self) -> list[ServiceRow]:
        """All that are gone and not forgotten yet."""
        return [self.rows[key] for key in self._gone]

    def alive(self) -> list[ServiceRow]:
        """All that are not gone."""
        return [row for row in self.rows.values() if row.state is not State.GONE]

    @property
    def gone_count(self) -> int:
        return len(self._gone)

    def _take_service(self, watch: _Source, service: Service, now: float) -> None:
        key = service.key()
        watch.doubts.pop(key, None)
        if service.change == "removed":
            watch.claims.pop(key, None)
            if key not in self.rows:
                self.rows[key] = new_row(service, now)
        else:
            watch.claims[key] = service
        self._settle(key, now)

    def _service(self, key: Key) -> tuple[Service, State] | None:
        """The service as the sources have it together, None where none has."""
        claims = [watch.claims[key] for watch in self._sources.values() if key in watch.claims]
        if claims:
            return _together(claims), State.ALIVE
        doubts = [watch.doubts[key] for watch in self._sources.values() if key in watch.doubts]
        return (doubts[0], State.ASKED) if doubts else None

    def _settle(self, key: Key, now: float | None, *, ended: Ended | None = None) -> None:
        """Bring the row up to date; ``now`` is None where nothing was heard."""
        found = self._service(key)
        row = self.rows.get(key)
        moment = now if now is not None else (row.since if row is not None else 0.0)
        if found is None:
            if row is not None and row.state is not State.GONE:
                gone = replace(row, state=State.GONE, mark=Mark.NONE, changes=(), since=moment, ended=ended)
                self._set(key, gone)
            return
        service, state = found
        if row is None:
            self._set(key, new_row(service, moment, mark=Mark.NEW))
        elif row.state is State.GONE:
            back = replace(row, service=service, state=state, mark=Mark.BACK, changes=(), since=moment, ended=None)
            self._set(key, back)
        else:
            self._set(key, _updated(row, service, state, moment))

    def _set(self, key: Key, row: ServiceRow) -> None:
        before = self.rows.get(key)
        self.rows[key] = row
        for members, belongs in ((self._marked, row.mark is not Mark.NONE), (self._gone, row.state is State.GONE)):
            (members.add if belongs else members.discard)(key)
        self._dropped.discard(key)
        self._put.add(key)
        self.heads.put(before, row)

    def _drop(self, key: Key) -> None:
        row = self.rows.pop(key, None)
        if row is None:
            return
        for keys in (self._marked, self._gone, self._put):
            keys.discard(key)
        self._dropped.add(key)
        self.heads.drop(row)


def _updated(row: ServiceRow, service: Service, state: State, now: float) -> ServiceRow:
    changes = differences(row.service, service)
    fresh = row.mark in (Mark.NEW, Mark.BACK)
    if not changes or fresh:  # what completes a new row is no change of it
        return replace(row, service=service, state=state)
    earlier = row.changes if row.mark is Mark.CHANGED else ()
    return replace(
        row, service=service, state=state, mark=Mark.CHANGED, since=now,
        changes=tuple(dict.fromkeys((*earlier, *changes))),
    )  # fmt: skip


def _together(claims: list[Service]) -> Service:
    """The first source's, with what the others heard of subtypes."""
    first = claims[0]
    if len(claims) == 1:
        return first
    subtypes = tuple(sorted({subtype for claim in claims for subtype in claim.subtypes}))
    return msgspec.structs.replace(first, subtypes=subtypes) if subtypes != first.subtypes else first
