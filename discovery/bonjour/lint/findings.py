"""Keeps what was found of each offender, and how each host scores."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from discovery.bonjour.hearing import HeardPacket
from discovery.bonjour.lint.case import Breach, Case
from discovery.bonjour.lint.identity import Identities
from discovery.bonjour.lint.rows import Rows
from discovery.records import HostScore, LintFinding
from resources.loader import LintRuleRow, lint_rules

_MOST_SUBJECTS = 50
"""Of one rule, offender and interface: a host with ten thousand bad names is one bad host."""


class _Key(NamedTuple):
    rule: str
    offender: str
    interface: str
    subject: str


class _Finding:
    def __init__(self, key: _Key, packet: HeardPacket, breach: Breach) -> None:
        self.key = key
        self.count = 0
        self.first = packet.time
        self.take(packet, breach)

    def take(self, packet: HeardPacket, breach: Breach) -> None:
        self.count += 1
        self.last = packet.time
        self.breach = breach
        self.payload = packet.payload

    def record(self, row: LintRuleRow, host: str | None) -> LintFinding:
        return LintFinding(
            rule=row.code,
            severity=row.severity,
            section=row.section,
            offender=self.key.offender,
            host=host,
            interface=self.key.interface,
            subject=self.key.subject,
            title=row.title,
            evidence=self.breach.evidence,
            count=self.count,
            first=self.first,
            last=self.last,
            payload_hex=self.payload.hex(),
            start=self.breach.start,
            end=self.breach.end,
        )


class _Host:
    def __init__(self, source: str) -> None:
        self.source = source
        self.interfaces: set[str] = set()
        self.packets = 0
        self.broken: set[str] = set()

    def record(self, host: str | None) -> HostScore:
        rows = [lint_rules()[code] for code in self.broken]
        return HostScore(
            source=self.source,
            host=host,
            interfaces=tuple(sorted(self.interfaces)),
            packets=self.packets,
            score=max(0, 100 - sum(row.cost for row in rows)),
            errors=sum(row.severity == "error" for row in rows),
            warnings=sum(row.severity == "warning" for row in rows),
        )


class Findings:
    """At most ``limit`` findings and as many hosts; each broken rule costs its offender once, whatever its findings."""

    def __init__(self, limit: int) -> None:
        self._findings: Rows[_Key, _Finding] = Rows(limit)
        self._hosts: Rows[str, _Host] = Rows(limit)
        self._subjects: dict[tuple[str, str, str], int] = {}
        self._crowded = 0

    @property
    def left_out(self) -> int:
        """Breaches that found no room."""
        return self._findings.left_out + self._crowded

    @property
    def hosts_left_out(self) -> int:
        """Packets of hosts that found no room."""
        return self._hosts.left_out

    def count(self, case: Case) -> None:
        """Another packet of its source."""
        host = self._hosts.get(case.source)
        if host is None:
            host = _Host(case.source)
            if not self._hosts.add(case.source, host):
                return
        host.packets += 1
        host.interfaces.add(case.interface)
        self._hosts.change(case.source)

    def take(self, code: str, packet: HeardPacket, breach: Breach) -> None:
        """The rule was broken, once more or for the first time."""
        key = _Key(code, packet.source, packet.interface, breach.subject)
        found = self._findings.get(key)
        if found is not None:
            found.take(packet, breach)
            self._findings.change(key)
        elif self._room(key) and self._findings.add(key, _Finding(key, packet, breach)):
            host = self._hosts.get(packet.source)
            if host is not None:
                host.broken.add(code)
                self._hosts.change(packet.source)

    def due(self, now: float, identities: Identities) -> Iterator[LintFinding | HostScore]:
        """The rows that changed, each at most once a second."""
        for found in self._findings.due(now):
            yield found.record(lint_rules()[found.key.rule], identities.name(found.key.offender))
        for host in self._hosts.due(now):
            yield host.record(identities.name(host.source))

    def _room(self, key: _Key) -> bool:
        count = self._subjects.get(key[:3], 0)
        if count >= _MOST_SUBJECTS:
            self._crowded += 1
            return False
        self._subjects[key[:3]] = count + 1
        return True
