"""What the rules about time remember of each host and interface, in bounded space."""

from __future__ import annotations

from typing import NamedTuple

from discovery.bonjour.lint.bounded import Bounded
from discovery.bonjour.lint.case import Answer, Case, RecordKey, Sent, fold, record_key
from discovery.bonjour.lint.claims import Claims
from discovery.bonjour.lint.identity import Identities
from discovery.bonjour.names import META_QUERY, Labels
from discovery.bonjour.rdata import ANY, PTR, Pointer
from discovery.bonjour.wire import TRUNCATED, Question, ResourceRecord
from net.records import Family

_MOST_ANSWERS_KNOWN = 100
"""Of one query; a hostile one may carry hundreds."""

Link = tuple[str, Family]
"""An interface and a family: mDNS on each stands for itself (RFC 6762 section 20)."""


class Probing(NamedTuple):
    """A host's probes for a name: when the first and last, how many in this row."""

    first: float
    last: float
    times: int


class Asking(NamedTuple):
    """A host's question: when last, the time since the one before, and how often in a row that did not grow."""

    last: float
    interval: float | None
    steady: int


class Query(NamedTuple):
    """The newest question for a name and type on a link: when, by whom, and which answers it said to know.

    ``before`` is when the one before was heard, from anybody; ``unicast`` the QU bit.
    """

    time: float
    source: str
    before: float | None
    known: frozenset[RecordKey]
    unicast: bool
    truncated: bool


class Memory:
    """Updated by ``meet`` before and ``learn`` after the rules have judged a message; the rules only read."""

    def __init__(self, limit: int) -> None:
        self.since: dict[Link, float] = {}
        self.sent: Bounded[tuple[Link, str, RecordKey], Sent] = Bounded(limit)
        self.heard: Bounded[tuple[str, Labels, int], float] = Bounded(limit)
        """When a record of that name and type was last told on the interface, not counting goodbyes."""
        self.probes: Bounded[tuple[Link, str, Labels], Probing] = Bounded(limit)
        self.probed: Bounded[tuple[Link, Labels], tuple[float, str]] = Bounded(limit)
        """When a name was last probed for on the link, and by whom."""
        self.listed: Bounded[tuple[str, Labels], float] = Bounded(limit)
        """When a service type was last in the list of types of the interface, or named there as a known answer."""
        self.asked: dict[Link, float] = {}
        """When anything was last asked on the link, a probe's question too."""
        self.asking: Bounded[tuple[Link, str, Labels, int], Asking] = Bounded(limit)
        self.queries: Bounded[tuple[Link, Labels, int], Query] = Bounded(limit // 5)
        self.spoke: Bounded[str, float] = Bounded(limit)
        """When a source was last heard."""
        self.identities = Identities(limit)
        self.claims = Claims(limit // 2)

    @property
    def forgotten(self) -> int:
        """Entries of all kinds that had to go."""
        parts = (self.spoke, self.sent, self.heard, self.probes, self.probed, self.listed, self.asking, self.queries)
        return sum(part.forgotten for part in parts) + self.identities.forgotten + self.claims.forgotten

    def meet(self, case: Case) -> None:
        """Take in who sent the message, before it is judged, and tell the case what was known before."""
        self.identities.learn(case)
        if case.response and case.multicast:
            case.answers = tuple([self._answer(case, record) for record in case.message.answers])
        case.rivals = self.claims.rivals(case, self.identities)

    def learn(self, case: Case) -> None:
        """Take in what the message says."""
        self.since.setdefault(case.link, case.time)
        self.spoke.put(case.source, case.time)
        if case.response:
            self._learn_response(case)
            return
        if case.message.questions:
            self.asked[case.link] = case.time
        if case.probe:
            self._learn_probe(case)
        else:
            self._learn_questions(case)

    def question_before(self, link: Link, key: RecordKey) -> Query | None:
        """The newest question on the link that the record answers."""
        exact = self.queries.get((link, key.name, key.type))
        any_type = self.queries.get((link, key.name, ANY))
        if exact is None or (any_type is not None and any_type.time > exact.time):
            return any_type
        return exact

    def _answer(self, case: Case, record: ResourceRecord) -> Answer:
        key = record_key(record)
        return Answer(record, key, self.sent.get((case.link, case.source, key)))

    def _learn_response(self, case: Case) -> None:
        for record, key, before in case.answers:
            first = before.first if before is not None and before.ttl else case.time
            self.sent.put((case.link, case.source, key), Sent(first, case.time, record.ttl))
        for record in case.told:
            if record.ttl:
                self.heard.put((case.interface, fold(record.name), record.type), case.time)
                self._learn_listing(case, record)
        self.claims.learn(case, self.identities)

    def _learn_probe(self, case: Case) -> None:
        for name in {fold(record.name) for record in case.message.authorities}:
            before = self.probes.get((case.link, case.source, name))
            if before is None or case.time - before.last > 1:
                probing = Probing(case.time, case.time, 1)
            else:
                probing = Probing(before.first, case.time, before.times + 1)
            self.probes.put((case.link, case.source, name), probing)
            self.probed.put((case.link, name), (case.time, case.source))

    def _learn_questions(self, case: Case) -> None:
        known = frozenset([record_key(record) for record in case.message.answers[:_MOST_ANSWERS_KNOWN]])
        for record in case.message.answers:
            self._learn_listing(case, record)
        for question in case.message.questions:
            if not case.legacy_query:
                self._learn_asking(case, question)
            place = (case.link, fold(question.name), question.type)
            last = self.queries.get(place)
            truncated = bool(case.message.flags & TRUNCATED)
            before = last.time if last is not None else None
            self.queries.put(place, Query(case.time, case.source, before, known, question.unicast, truncated))

    def _learn_asking(self, case: Case, question: Question) -> None:
        asker = (case.link, case.source, fold(question.name), question.type)
        before = self.asking.get(asker)
        if before is None:
            self.asking.put(asker, Asking(case.time, None, 0))
            return
        interval = case.time - before.last
        grows = before.interval is None or interval >= 1.5 * before.interval
        self.asking.put(asker, Asking(case.time, interval, 0 if grows else before.steady + 1))

    def _learn_listing(self, case: Case, record: ResourceRecord) -> None:
        if record.type == PTR and isinstance(record.rdata, Pointer) and fold(record.name) == META_QUERY:
            self.listed.put((case.interface, fold(record.rdata.target)), case.time)
