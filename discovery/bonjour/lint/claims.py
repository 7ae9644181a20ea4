"""Remembers which host claims which unique records, and sees when two claim different ones (RFC 6762 section 9)."""

from __future__ import annotations

from typing import NamedTuple

from discovery.bonjour.lint.bounded import Bounded
from discovery.bonjour.lint.case import Case, Claim
from discovery.bonjour.lint.identity import Identities
from discovery.bonjour.names import Labels
from discovery.bonjour.rdata import SRV, Rdata

_MOST_CLAIMANTS = 8
_MOST_TURNS = 8
_LONGEST = 120.0
"""Seconds that a claim counts; host names and SRV records have this TTL."""

Place = tuple[str, Labels, int]
"""Interface, name without case, and type."""


class Contest(NamedTuple):
    """The newest claims for a place, one a source, and when the claimant changed with differing data."""

    claims: tuple[Claim, ...] = ()
    turns: tuple[float, ...] = ()


class Claims:
    """Of unique records, by interface, name and type."""

    def __init__(self, limit: int) -> None:
        self._contests: Bounded[Place, Contest] = Bounded(limit)

    @property
    def forgotten(self) -> int:
        """Entries that had to go."""
        return self._contests.forgotten

    def rivals(self, case: Case, identities: Identities) -> dict[tuple[Labels, int], Claim]:
        """By name and type of what the message claims the newest claim of another host all of whose data differs.

        None where it is not known who either sender is: a host has several addresses, and one that speaks over IPv6
        may not have named its link-local one.
        """
        found: dict[tuple[Labels, int], Claim] = {}
        for (name, type_), data in case.claimed.items():
            contest = self._contests.get((case.interface, name, type_)) if data else None
            if contest is None or (len(contest.claims) == 1 and contest.claims[0].source == case.source):
                continue
            rival = _rival(contest, case, data, identities)
            if rival is not None:
                found[name, type_] = rival
        return found

    def turns(self, place: Place, since: float) -> int:
        """How often the claimant changed after ``since``."""
        contest = self._contests.get(place)
        return sum(turn > since for turn in contest.turns) if contest is not None else 0

    def learn(self, case: Case, identities: Identities) -> None:
        """Take in the unique records of a response; a goodbye takes the sender's claim back."""
        for (name, type_), data in case.claimed.items():
            place = (case.interface, name, type_)
            contest = self._contests.get(place) or Contest()
            if type_ == SRV:
                _learn_from_equal(contest, case, data, identities)
            rival = case.rivals.get((name, type_))
            newest = contest.claims[-1] if contest.claims else None
            turned = rival is not None and newest is not None and newest.source == rival.source
            turns = (*contest.turns, case.time)[-_MOST_TURNS:] if turned else contest.turns
            others = tuple(claim for claim in contest.claims if claim.source != case.source)
            own = (Claim(case.source, data, case.time),) if data else ()
            self._contests.put(place, Contest((*others, *own)[-_MOST_CLAIMANTS:], turns))


def _learn_from_equal(contest: Contest, case: Case, data: frozenset[Rdata], identities: Identities) -> None:
    """Two senders of the same SRV record are one host with two ways to this link, or work together."""
    if data and identities.group(case.source) is not None:
        for claim in contest.claims:
            if claim.data == data and claim.source != case.source and identities.group(claim.source) is not None:
                identities.unite(claim.source, case.source)


def _rival(contest: Contest, case: Case, data: frozenset[Rdata], identities: Identities) -> Claim | None:
    group = identities.group(case.source)
    if group is None:
        return None
    for claim in reversed(contest.claims):
        other = identities.group(claim.source)
        same_family = (":" in claim.source) == (":" in case.source)
        stands = other not in (None, group) and same_family and case.time - claim.time < _LONGEST
        if stands and not claim.data & data:
            return claim
    return None
