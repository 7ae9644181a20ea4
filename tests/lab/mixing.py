"""Labs with faults that are put in together: what a fault is, which go together, and what a diagnosis missed."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from typing import NamedTuple

from tests.lab.avahi import Advertised, Avahi
from tests.lab.laboratory import Lab

GRAVE = ("warning", "error")
MOST = 3
"""Faults of one mix."""


class Scene(NamedTuple):
    """The standard lab with a responder on each LAN, as it is before the faults."""

    lab: Lab
    on_lan1: Avahi
    on_lan2: Avahi


class Expected(NamedTuple):
    """A finding; ``subject`` is None where it has a number in it that is not known before."""

    code: str
    subject: str | None
    severity: str
    certainty: str

    def __str__(self) -> str:
        return f"{self.severity} {self.certainty} {self.code} {self.subject or '(any)'}"


class Fault(NamedTuple):
    """``needs`` and ``breaks`` name parts of the lab: what one fault breaks another must not need or break too.

    ``also`` are codes of findings that may stand beside it.
    """

    name: str
    apply: Callable[[Scene], object]
    expected: Expected
    needs: frozenset[str] = frozenset()
    breaks: frozenset[str] = frozenset()
    also: frozenset[str] = frozenset()


class Outcome(NamedTuple):
    """What a diagnosis missed of what it should have found, and what it found beyond."""

    missed: tuple[Expected, ...]
    false: tuple[Expected, ...]


@contextmanager
def scene() -> Iterator[Scene]:
    """A lab of its own, with both responders announced."""
    with Lab() as lab, responders(lab) as (one, two):
        yield Scene(lab, one, two)


@contextmanager
def responders(lab: Lab) -> Iterator[tuple[Avahi, Avahi]]:
    """One on each LAN, on beta and delta, both announced."""
    with ExitStack() as stack:
        services = (Advertised(name="a page", type="_http._tcp", port=80),)
        both = Avahi(lab, lab.beta, services), Avahi(lab, lab.delta, services)
        for each in both:
            stack.callback(each.close)
            each.launch()
        for each in both:
            each.wait_until_announced()
        yield both


def diagnosed(lab: Lab, *words: str) -> list[Expected]:
    """The warnings and errors of ``lanscout diagnose`` on alpha, where both LANs were named."""
    records = lab.alpha.lanscout("diagnose", "--seconds", "2", *words)
    found = {(each["code"], each["subject"]): each for each in records if each["kind"] == "finding"}
    return [
        Expected(code, subject, each["severity"], each["certainty"])
        for (code, subject), each in found.items()
        if each["severity"] in GRAVE
    ]


def compared(faults: Sequence[Fault], found: Sequence[Expected]) -> Outcome:
    """Each finding answers for one fault."""
    left = list(found)
    missed = []
    for fault in faults:
        wanted = fault.expected
        match = next((each for each in left if each._replace(subject=wanted.subject or None) == wanted), None)
        match = match or next((each for each in left if wanted.subject is None and each[0] == wanted[0]), None)
        if match is None or match[2:] != wanted[2:]:
            missed.append(wanted)
        else:
            left.remove(match)
    allowed = {code for fault in faults for code in fault.also}
    return Outcome(tuple(missed), tuple(each for each in left if each.code not in allowed))


def compatible(one: Fault, other: Fault) -> bool:
    """Whether neither takes away what the other needs."""
    return not (one.breaks & (other.breaks | other.needs) or other.breaks & one.needs)


def mixes(count: int, seed: int, faults: Sequence[Fault]) -> list[tuple[Fault, ...]]:
    """``count`` mixes of 0 to 3 of ``faults`` that go together, the same for the same seed."""
    chance = random.Random(seed)
    found = []
    for _ in range(count):
        mix: list[Fault] = []
        wanted = chance.randint(0, MOST)
        for fault in chance.sample(faults, len(faults)):
            if len(mix) < wanted and all(compatible(fault, other) for other in mix):
                mix.append(fault)
        found.append(tuple(mix))
    return found
