"""Joins what the strip says: one group or a range, on the chosen interfaces, with the chosen sources."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QObject, Signal

from net.multicast.endpoint import MOST
from net.records import Interface, Problem
from ui.interfaces import InterfaceBook
from ui.pages.multicast.join_strip import JoinStrip
from ui.pages.multicast.joined_groups import JoinedGroups
from ui.pages.multicast.joins import Join, JoinKey, Phase
from ui.pages.multicast.target import Target
from ui.pages.multicast.words import interfaces_in_words
from ui.problems import told
from ui.text import count, fill


class Joining(QObject):
    """What cannot be joined is said at the field and not asked.

    ``chosen`` gives the interface chosen in the window. Attributes: ``asked_last``, the joins of the last ask.

    Signals:
        joining: a sentence about what is being joined.
        settled: the sentence that takes its place once every join of the ask stands or is refused; may be empty.
        joined_already: the JoinKey of a row that stands for what was asked.
    """

    joining = Signal(str)
    settled = Signal(str)
    joined_already = Signal(object)

    def __init__(
        self,
        parent: QObject,
        strip: JoinStrip,
        groups: JoinedGroups,
        book: InterfaceBook,
        chosen: Callable[[], Interface | None],
    ) -> None:
        super().__init__(parent)
        self.asked_last: frozenset[JoinKey] = frozenset()
        self._strip = strip
        self._groups = groups
        self._book = book
        self._chosen = chosen
        self._awaited: set[JoinKey] = set()
        self._words = ""
        strip.join_wanted.connect(self.join)
        groups.state_changed.connect(self._changed)

    def places(self, target: Target | None) -> tuple[str, ...]:
        """The interfaces a join or send would be made on: the group's own scope, those picked, the chosen one, or all
        usable."""
        if target is not None and target.scope is not None:
            return (self._book.scope_name(target.scope),)
        if self._strip.options.picker.picked:
            return self._strip.options.picker.picked
        chosen = self._chosen()
        if chosen is not None:
            return (chosen.name,)
        return tuple(found.name for found in self._book.ordered() if found.usable)

    def join(self, targets: tuple[Target, ...]) -> None:
        """Join them all; of a range, what is joined already stays as it is."""
        options = self._strip.options.options()
        if isinstance(options, Problem):
            self._strip.refuse_sources(options)
            return
        number = sum(len(self.places(target)) for target in targets)
        if number > MOST:
            self._strip.refuse(told("too_many_joins", count(number), most=MOST))
            return
        refusals = [options.refusal(target) or self._groups.refusal(target, self.places(target)) for target in targets]
        if all(refusals) and refusals[0] is not None:
            self._refuse(targets[0], refusals[0])
            return
        asked: list[JoinKey] = []
        for target, refusal in zip(targets, refusals, strict=True):
            if refusal is None:
                asked += self._groups.join(target, self.places(target), options)
        self._strip.calm_down()
        self.asked_last = frozenset(asked)
        places = interfaces_in_words(self.places(targets[0]))
        self._awaited = set(asked)
        self._words = "" if options.observe else fill(self.tr("Joined %1 on %2."), self._named(targets), places)
        words = self.tr("Observing %1 on %2.") if options.observe else self.tr("Joining %1 on %2.")
        self.joining.emit(fill(words, self._named(targets), places))

    def _changed(self, join: Join) -> None:
        if join.key not in self._awaited or join.phase is Phase.ASKED:
            return
        self._awaited.discard(join.key)
        if join.phase is not Phase.JOINED:
            self._words = ""
        if not self._awaited:
            self.settled.emit(self._words)

    def _refuse(self, target: Target, refusal: Problem) -> None:
        if refusal.code in ("source_wrong_family", "source_missing"):
            self._strip.refuse_sources(refusal)
            return
        self._strip.refuse(refusal)
        self.joined_already.emit(JoinKey(target.group, target.port, "".join(self.places(target)[:1])))

    def _named(self, targets: tuple[Target, ...]) -> str:
        if len(targets) == 1:
            return targets[0].endpoint
        return fill(self.tr("%1 groups from %2 on"), count(len(targets)), targets[0].endpoint)
