"""The VPN watch in the window: what moved where joins go, kept as a list, and the banner that tells it on the page."""

from __future__ import annotations

import ipaddress
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import msgspec
from PySide6.QtCore import QObject, QTimer, Signal

from net.multicast.records import EgressChange
from net.multicast.requests import DriftRequest
from net.records import Record, Stream
from ui.link import Link, Watch
from ui.pages.base import Page
from ui.pages.multicast.joined_groups import JoinedGroups
from ui.pages.multicast.joins import Join
from ui.pages.multicast.states import tr
from ui.pages.multicast.target import Target
from ui.pages.multicast.words import interfaces_in_words
from ui.text import fill, plural
from ui.theme import Tone
from ui.widgets.actions import Action
from ui.widgets.banner import Notice

NOTICE = "drift"
CHANGES = "changes"
"""The tool that lists what changed."""
SOON_MS = 100
"""A range is hundreds of joins: what they change is asked for and told once."""
KEPT = 500
LINK_SCOPE = 2
"""RFC 4291 section 2.7: 1 is interface-local, 2 link-local."""


@dataclass(frozen=True, slots=True)
class Drift:
    """An EgressChange, with all the ``groups`` that went the same way for the same cause; ``number`` counts up."""

    number: int
    change: EgressChange
    groups: tuple[str, ...]

    @property
    def moved(self) -> bool:
        """Whether the interface is another one, not only the source address."""
        return self.change.interface != self.change.interface_before


class DriftBook(QObject):
    """Watches for as long as the window looks from one place; get it by ``drift_book``.

    Attributes:
        drifts: oldest first.
        streams: gives the streams received now, for snapshots.

    Signals:
        drifted: tuple of new Drifts.
    """

    drifted = Signal(object)

    def __init__(self, link: Link) -> None:
        super().__init__(link)
        self.drifts: list[Drift] = []
        self.streams: Callable[[], tuple[Stream, ...]] = tuple
        self._link = link
        self._groups: tuple[str, ...] = ()
        self._watch: Watch | None = None
        self._next: Watch | None = None
        self._ask()

    @property
    def groups(self) -> tuple[str, ...]:
        """The groups watched beside unbound multicast as a whole."""
        return self._groups

    def set_groups(self, groups: Sequence[str]) -> None:
        """Watch these groups, too: a route of their own may lead them another way."""
        wanted = tuple(sorted(set(groups)))
        if wanted != self._groups:
            self._groups = wanted
            self._ask()

    def take(self, records: tuple[Record, ...]) -> None:
        """A batch: what moved together is one Drift."""
        together: dict[tuple[str | None, ...], list[EgressChange]] = {}
        for record in records:
            if isinstance(record, EgressChange):
                key = (record.interface_before, record.interface, record.cause)
                together.setdefault(key, []).append(record)
        first = self.drifts[-1].number + 1 if self.drifts else 1
        fresh = tuple(
            Drift(number, changes[0], tuple(change.group for change in changes))
            for number, changes in enumerate(together.values(), start=first)
        )
        if fresh:
            self.drifts = [*self.drifts, *fresh][-KEPT:]
            self.drifted.emit(fresh)

    def _ask(self) -> None:
        """The watch before goes on until this one has answered, so that nothing is missed between the two."""
        watch = self._link.watch("multicast.drift", DriftRequest(groups=self._groups))
        self._next, before = watch, self._next
        if before is not None and before is not self._watch:
            before.stop()
        watch.batch.connect(self._answered)

    def _answered(self, records: tuple[Record, ...]) -> None:
        watch = self._next
        if watch is not None and watch is not self._watch and self.sender() is watch:
            if self._watch is not None:
                self._watch.stop()
            self._watch = watch
        self.take(records)


def drift_book(link: Link) -> DriftBook:
    """The one of that link."""
    book = link.findChild(DriftBook)
    return book if isinstance(book, DriftBook) else DriftBook(link)


class DriftBanner(QObject):
    """Tells on the page that joins go elsewhere now, until they go where they went before or are made anew.

    ``places``: the interfaces a join would be made on.
    """

    def __init__(self, page: Page, groups: JoinedGroups, places: Callable[[Target | None], tuple[str, ...]]) -> None:
        super().__init__(page)
        self._page = page
        self._groups = groups
        self._places = places
        self._home: dict[str, str | None] = {}
        self._told: Drift | None = None
        self.book = drift_book(page.context.link)
        self.book.streams = self._streams
        self.book.drifted.connect(self._drifted)
        self._soon = QTimer(self, singleShot=True, interval=SOON_MS)
        self._soon.timeout.connect(self._joins_changed)
        groups.state_changed.connect(self._soon.start)

    def stop(self) -> None:
        """The page closes."""
        self._soon.stop()

    def rejoin(self) -> None:
        """Leave every group joined here, and join it where a join would be made now."""
        for join in self._groups.active:
            target = Target(join.key.group, join.key.port)
            self._groups.leave([join.key])
            self._groups.join(target, self._wanted([join]) or (join.key.interface,), join.options)
        self._home.clear()
        self._told = None
        self._page.banners.clear_notice(NOTICE)
        self._page.message.emit(tr("Left and joined anew."))

    def refresh(self) -> None:
        """Other joins, or another interface chosen: the words and the button again."""
        drift = self._told
        if drift is None:
            self._page.banners.clear_notice(NOTICE)
            return
        change, active = drift.change, self._groups.active
        actions = [Action(tr("What changed"), lambda: self._page.go_to.emit("multicast", CHANGES))]
        if active:
            places = self._wanted(active)
            rejoin = tr("Rejoin on %1").replace("%1", interfaces_in_words(places)) if places else tr("Rejoin")
            tip = tr("Leave every group joined here, and join it there by index")
            actions.insert(0, Action(rejoin, self.rejoin, tip))
        tone = Tone.WARNING if change.tunnel or change.interface is None or self._strays(active) else Tone.INFO
        text = " ".join(part for part in (_moved(change), self._about(active)) if part)
        self._page.banners.show_notice(Notice(NOTICE, change.cause, text, tone, tuple(actions)))

    def _drifted(self, drifts: tuple[Drift, ...]) -> None:
        for drift in drifts:
            if drift.moved:
                self._remember(drift)
        self.refresh()

    def _remember(self, drift: Drift) -> None:
        """Where each group went at first; what is back there has not moved.

        A group joined a moment before the first change is first heard of with the second, beside those that go back.
        """
        back = any(group in self._home and self._home[group] == drift.change.interface for group in drift.groups)
        for group in drift.groups:
            if back:
                self._home.pop(group, None)
            else:
                self._home.setdefault(group, drift.change.interface_before)
        if set(drift.groups) & set(self._home):
            self._told = drift
        elif not self._home:
            self._told = None

    def _joins_changed(self) -> None:
        self.book.set_groups([join.key.group for join in self._groups.active])
        self.refresh()

    def _about(self, active: Sequence[Join]) -> str:
        """What that means for the groups joined here."""
        if not active:
            return ""
        strays = self._strays(active)
        if strays:
            on = interfaces_in_words(sorted({join.key.interface for join in strays}))
            words = plural(len(strays), tr("%n group is still joined on %1, not on %2."),
                           tr("%n groups are still joined on %1, not on %2."))  # fmt: skip
            return words.replace("%1", on).replace("%2", interfaces_in_words(self._wanted(strays)))
        on = interfaces_in_words(sorted({join.key.interface for join in active}))
        words = plural(
            len(active), tr("The group joined here stays on %1."), tr("The %n groups joined here stay on %1.")
        )
        return words.replace("%1", on)

    def _strays(self, active: Sequence[Join]) -> list[Join]:
        """Those on another interface than a join would be made on now."""
        return [join for join in active if (places := self._wanted([join])) and join.key.interface not in places]

    def _wanted(self, joins: Sequence[Join]) -> tuple[str, ...]:
        """Where they would be joined now; a group of a link alone is another one on another link."""
        places: dict[str, None] = {}
        for join in joins:
            own = ipaddress.ip_address(join.key.group)
            if own.version == 6 and own.packed[1] & 0x0F <= LINK_SCOPE:
                places[join.key.interface] = None
            else:
                places |= dict.fromkeys(self._places(Target(join.key.group, join.key.port)))
        return tuple(places)

    def _streams(self) -> tuple[Stream, ...]:
        """Those that arrive now; the counts, which differ at any two moments, do not belong into a snapshot."""
        return tuple(
            msgspec.structs.replace(stream, packets=0, bytes=0)
            for join in self._groups.active
            for stream in join.tally.streams()
            if stream.packets_per_s
        )


def _moved(change: EgressChange) -> str:
    """Where joins that choose no interface go, and went before."""
    before = change.interface_before
    if change.interface is None:
        return tr("Joins that choose no interface are refused now; before they went to %1.").replace("%1", before or "")
    if change.tunnel:
        words = tr("Joins that choose no interface go into the tunnel %1 now, where nothing from the LAN arrives.")
    elif before is None:
        words = tr("Joins that choose no interface go to %1 now; before they were refused.")
    else:
        words = tr("Joins that choose no interface go to %1 now, no longer to %2.")
    return fill(words, change.interface, before)
