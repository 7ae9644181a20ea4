"""What a test concludes, whatever it tested, as a typed record."""

from __future__ import annotations

from typing import Literal

import msgspec

from net.records import Key, Problem, Record

Certainty = Literal["proven", "likely", "possible"]


class OtherTraffic(msgspec.Struct, frozen=True, kw_only=True):
    """Datagrams of others that arrived on an interface during a test; ``source`` is the newest sender's address."""

    interface: str
    packets: int
    source: str


class Verdict(Record, frozen=True, kw_only=True):
    """The conclusion of the test ``about``; ``code`` names the row of findings.toml the sentences are from.

    ``text`` is the answer in one sentence about ``subject``, ``cause`` explains it, ``certainty`` and ``evidence`` say
    how it is known, ``remedy`` holds the code, setting or command that helps, the surest first.

    Of multicast, where ``subject`` is ``group``:``port``: ``unbound_interface`` is where packets left that chose no
    interface (None: they were refused, or nothing tells). ``working`` are the interfaces on which LAN multicast works
    by index, ``not_working`` says of each other interface why it does not count. ``proves``, ``not_proven`` and
    ``further`` are what a test on one host can and cannot tell, and what would tell more.
    """

    about: Literal["test", "answers", "resolve"]
    subject: str
    code: str
    text: str
    cause: str
    remedy: tuple[str, ...] = ()
    certainty: Certainty
    evidence: tuple[str, ...] = ()
    group: str | None = None
    port: int | None = None
    unbound_interface: str | None = None
    working: tuple[str, ...] = ()
    not_working: tuple[Problem, ...] = ()
    other_traffic: tuple[OtherTraffic, ...] = ()
    proves: str | None = None
    not_proven: str | None = None
    further: tuple[str, ...] = ()

    def key(self) -> Key:
        return Key("verdict", f"{self.about} {self.subject}")
