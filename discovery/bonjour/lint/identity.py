"""Learns which source addresses are one host, and what the host is called."""

from __future__ import annotations

from discovery.bonjour.lint.bounded import Bounded
from discovery.bonjour.lint.case import Case
from discovery.bonjour.names import name_text
from net.text import visible

_OWN_GROUP = 0


class Identities:
    """Addresses that a host claims in one message together with the one it sends from are one host's.

    A message of this host itself always comes from the same host, whatever it claims (RFC 6762 section 14).
    """

    def __init__(self, limit: int) -> None:
        self._groups: Bounded[str, int] = Bounded(limit)
        self._names: Bounded[str, str] = Bounded(limit)
        self._interfaces: Bounded[str, frozenset[str]] = Bounded(limit)
        self._next = _OWN_GROUP + 1

    @property
    def forgotten(self) -> int:
        """Entries that had to go."""
        return self._groups.forgotten + self._names.forgotten + self._interfaces.forgotten

    def learn(self, case: Case) -> None:
        """Take in where a message was heard, and of a response the addresses of its own sender."""
        source = plain(case.source)
        if case.own:
            self._groups.put(source, _OWN_GROUP)
        if case.interface not in self.interfaces(source):
            self._interfaces.put(source, self.interfaces(source) | {case.interface})
        for name, addresses in case.addresses.items():
            if source in addresses:
                self._unite(addresses)
                self._names.put(source, visible(name_text(name), 255))

    def name(self, source: str) -> str | None:
        """The host name that the source last claimed for its own address."""
        return self._names.get(plain(source))

    def group(self, source: str) -> int | None:
        """A number that two sources share if they are one host; None while a source has not told who it is."""
        return self._groups.get(plain(source))

    def interfaces(self, address: str) -> frozenset[str]:
        """On which interfaces packets from the address were heard."""
        return self._interfaces.get(address) or frozenset()

    def unite(self, one: str, other: str) -> None:
        """Both sources were found to be one host."""
        self._unite({plain(one), plain(other)})

    def _unite(self, addresses: set[str]) -> None:
        known = [group for address in addresses if (group := self._groups.get(address)) is not None]
        if known:
            group = min(known)
        else:
            group, self._next = self._next, self._next + 1
        for address in addresses:
            self._groups.put(address, group)


def plain(source: str) -> str:
    """The address without its scope."""
    return source.partition("%")[0]
