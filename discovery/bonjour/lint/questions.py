"""Counts who asks for what on which interface, and whether anybody answers."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cached_property
from typing import NamedTuple

from discovery.bonjour.lint.case import Case, fold
from discovery.bonjour.lint.rows import Rows
from discovery.bonjour.names import Labels, name_text
from discovery.bonjour.rdata import ANY, type_text
from discovery.bonjour.wire import Question
from discovery.records import Asked
from net.text import visible

_LONGEST_NAME = 300


class _Key(NamedTuple):
    name: Labels
    type: int
    source: str
    interface: str


class _Row:
    def __init__(self, key: _Key, case: Case, name: Labels) -> None:
        self.key = key
        self._labels = name
        self.multicast = 0
        self.unicast = 0
        self.first = case.time
        self.last = case.time
        self.answered = False

    @cached_property
    def name(self) -> str:
        """As text; made only where the row is told."""
        return visible(name_text(self._labels), _LONGEST_NAME)

    def record(self) -> Asked:
        count = self.multicast + self.unicast
        return Asked(
            name=self.name,
            type=type_text(self.key.type),
            source=self.key.source,
            interface=self.key.interface,
            multicast=self.multicast,
            unicast=self.unicast,
            first=self.first,
            last=self.last,
            interval=(self.last - self.first) / (count - 1) if count > 1 else None,
            answered=self.answered,
        )


class Questions:
    """At most ``limit`` rows.

    Probes are left out: they hope for no answer. The question of a simple resolver counts as QU, since it is answered
    by unicast. A question that names a known answer has been answered before.
    """

    def __init__(self, limit: int) -> None:
        self._rows: Rows[_Key, _Row] = Rows(limit)
        self._waiting: dict[tuple[str, Labels, int], list[_Row]] = {}

    @property
    def left_out(self) -> int:
        """Questions that found no room."""
        return self._rows.left_out

    def learn(self, case: Case) -> None:
        """Take in a message's questions, or its answers."""
        if case.response:
            for record in case.told:
                if record.ttl and self._waiting:
                    name = fold(record.name)
                    self._answer((case.interface, name, record.type))
                    self._answer((case.interface, name, ANY))
        elif not case.probe:
            known = {(fold(record.name), record.type) for record in case.message.answers}
            for question in case.message.questions:
                self._ask(case, question, known)

    def due(self, now: float) -> Iterator[Asked]:
        """The rows that changed, each at most once a second."""
        for row in self._rows.due(now):
            yield row.record()

    def _ask(self, case: Case, question: Question, known: set[tuple[Labels, int]]) -> None:
        name = fold(question.name)
        key = _Key(name, question.type, case.source, case.interface)
        row = self._rows.get(key)
        if row is None:
            row = _Row(key, case, question.name)
            if not self._rows.add(key, row):
                return
            self._waiting.setdefault((case.interface, name, question.type), []).append(row)
        row.last = case.time
        if question.unicast or case.legacy_query:
            row.unicast += 1
        else:
            row.multicast += 1
        self._rows.change(key)
        if (name, question.type) in known:
            row.answered = True

    def _answer(self, place: tuple[str, Labels, int]) -> None:
        for row in self._waiting.pop(place, ()):
            if not row.answered:
                row.answered = True
                self._rows.change(row.key)
