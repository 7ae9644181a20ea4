"""Asks and listens for services on one interface and in one address family, by zeroconf."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import cast

from zeroconf import RecordUpdate, RecordUpdateListener, Zeroconf
from zeroconf._dns import DNSAddress, DNSPointer
from zeroconf.asyncio import AsyncServiceBrowser, AsyncZeroconf

from discovery.bonjour.asking import (
    TYPE_A,
    TYPE_AAAA,
    TYPE_PTR,
    TYPE_SRV,
    TYPE_TXT,
    Patience,
    Question,
    host_question,
    instance_question,
    query,
)
from discovery.bonjour.batches import Batches, browse
from discovery.bonjour.heard import Heard, Instance
from discovery.bonjour.overhearing import Accept, Hear, stand_before
from discovery.bonjour.restricted import Place, open_restricted, started
from discovery.bonjour.types import META_QUERY, BrowsedType, well_known_subtypes

_MOST_NAMES_A_TURN = 100
"""Instances asked for at once: a few packets, then the next turn."""


class Querier(RecordUpdateListener):
    """Browses ``wanted`` types (none: all) at ``place``; what it hears is in ``heard``. ``wake`` is called on news.

    A ``quiet`` one asks nothing. Only packets that ``accepts`` takes are believed; ``answered`` gets all those that
    come to this host alone.
    """

    def __init__(
        self,
        place: Place,
        wanted: Iterable[BrowsedType],
        wake: Callable[[], None],
        *,
        quiet: bool = False,
        accepts: Accept = lambda _: True,
        answered: Hear | None = None,
    ) -> None:
        self.place = place
        self._quiet = quiet
        self._accepts = accepts
        self._answered = answered
        self.wanted = tuple(wanted)
        self.heard = Heard(place.interface, place.family, self.wanted)
        self._wake = wake
        self._patience = Patience()
        self._batches = Batches()
        self._browser: AsyncServiceBrowser | None = None
        self._zeroconf: AsyncZeroconf | None = None

    @property
    def waiting(self) -> bool:
        """Whether a turn is due soon even without news."""
        return self.heard.waiting or bool(self._patience) or self._batches.waiting

    async def open(self) -> None:
        """Begin to listen and to ask. Raises OSError."""
        self._zeroconf = await open_restricted(self.place, quiet=self._quiet)
        await started(self._zeroconf)
        stand_before(self._zeroconf, self.place, self._accepts, self._answered)
        # Only now: what zeroconf's sockets got before was let in by nobody.
        self._zeroconf.zeroconf.async_add_listener(self, None)
        if self._quiet:
            return
        if not self.wanted:
            self._browser = browse(self._zeroconf.zeroconf, [META_QUERY])
            return
        names = [browsed.pointer for browsed in self.wanted]
        for browsed in self.wanted:
            if browsed.subtype is None:
                names += [subtype.pointer for subtype in well_known_subtypes(browsed.base)]
        self._browser = browse(self._zeroconf.zeroconf, names)

    async def close(self) -> None:
        """Stop asking, close the sockets; does nothing the second time."""
        zeroconf, self._zeroconf = self._zeroconf, None
        if zeroconf is None:
            return
        await self._batches.close()
        if self._browser is not None:
            await self._browser.async_cancel()
        zeroconf.zeroconf.async_remove_listener(self)
        await zeroconf.async_close()

    def async_update_records(self, zc: Zeroconf, now: float, records: list[RecordUpdate]) -> None:  # noqa: ARG002
        """See zeroconf.RecordUpdateListener; runs before zeroconf's cache has the records, and must not raise."""
        for update in records:
            record = update.new
            kind = record.type
            if kind == TYPE_PTR:
                target = cast("DNSPointer", record).alias
                self.heard.pointer(record.name, target, alive=not record.is_expired(now))
            elif kind in (TYPE_SRV, TYPE_TXT):
                self.heard.touch(record.name)
            elif kind in (TYPE_A, TYPE_AAAA):
                if record.is_expired(now):
                    self.heard.address_ended(cast("DNSAddress", record))
                else:
                    self.heard.touch(record.name, address=True)

    def async_update_records_complete(self) -> None:
        """See zeroconf.RecordUpdateListener."""
        self._wake()

    def turn(self, now: float) -> set[str]:
        """Take in what was heard, ask for what is missing; returns the keys of the instances that changed."""
        if self._zeroconf is None:
            return set()
        changed = self.heard.settle(self._zeroconf.zeroconf.cache, now)
        for key in changed:
            instance = self.heard.instances.get(key)
            if instance is None or self.heard.complete(instance):
                self._patience.drop(key)
            elif not self._quiet:
                self._patience.add(key, now)
        if not (self._quiet or self.wanted):
            self._batches.turn(self.heard.types, self._zeroconf.zeroconf, now)
        self._ask(self._zeroconf.zeroconf, now)
        return changed

    def _ask(self, zeroconf: Zeroconf, now: float) -> None:
        first: dict[Question, None] = {}
        again: dict[Question, None] = {}
        for key, is_first in self._patience.take(now, _MOST_NAMES_A_TURN):
            instance = self.heard.instances.get(key)
            if instance is not None:
                (first if is_first else again).update(dict.fromkeys(self._missing(instance)))
        for questions, unicast in ((first, True), (again, False)):
            if questions:
                zeroconf.async_send(query(questions, unicast=unicast))

    def _missing(self, instance: Instance) -> list[Question]:
        questions = []
        if instance.host is None:
            questions.append(instance_question(instance.label, instance.base, TYPE_SRV))
        elif not self.heard.addresses(instance):
            questions += [host_question(instance.host, TYPE_A), host_question(instance.host, TYPE_AAAA)]
        if instance.text is None:
            questions.append(instance_question(instance.label, instance.base, TYPE_TXT))
        return [question for question in questions if question is not None]
