"""What a source says about one subject: the piece that is merged into devices."""

from __future__ import annotations

import ipaddress
from dataclasses import dataclass, field
from typing import Final

from discovery.devices.records import DeviceFact, Source, What

LONGEST: Final = 300
"""Characters kept of a value from the network."""
MOST_FACTS: Final = 128
"""Of one statement."""
_NO_DEVICE = {"00000000000000000000000000000000", "ffffffffffffffffffffffffffffffff"}
"""The nil and the max UUID (RFC 9562 sections 5.9, 5.10)."""


@dataclass(slots=True)
class Statement:
    """Of ``source`` on ``interface`` about ``subject``, which no other statement of that source and interface has.

    ``addresses`` are those it says are the device's, ``spoke`` those of them that said so themselves. ``told_by`` is
    who said it. ``host`` is a name folded to lower case. ``until`` is when it is no longer held true, None while its
    source says so itself. Times are seconds since the epoch.
    """

    source: Source
    interface: str
    subject: str
    first: float
    last: float
    until: float | None = None
    addresses: tuple[str, ...] = ()
    spoke: frozenset[str] = frozenset()
    told_by: str | None = None
    mac: str | None = None
    host: str | None = None
    uuids: frozenset[str] = frozenset()
    facts: dict[tuple[What, str, str | None], str | None] = field(default_factory=dict)
    left_out: int = 0

    @property
    def key(self) -> tuple[Source, str, str]:
        return self.source, self.interface, self.subject

    def tell(self, what: What, value: str, *, of: str | None = None, told_by: str | None = None) -> None:
        """Add a fact; one that finds no room is counted."""
        value = value.strip()[:LONGEST]
        if not value:
            return
        fact = (what, value, of[:LONGEST] if of is not None else None)
        if fact in self.facts or len(self.facts) < MOST_FACTS:
            self.facts[fact] = told_by if told_by is not None else self.told_by
        else:
            self.left_out += 1

    def device_facts(self) -> list[DeviceFact]:
        return [
            DeviceFact(source=self.source, interface=self.interface, what=what, value=value, of=of, told_by=told_by)
            for (what, value, of), told_by in self.facts.items()
        ]


def plain_uuid(text: str) -> str | None:
    """A UUID as 8-4-4-4-12 lower-case hex digits; None where ``text`` has none or one that stands for no device.

    ``uuid:``, ``urn:uuid:`` and what follows the digits (``::upnp:rootdevice``) may be there, dashes may be missing.
    """
    word = text.strip().lower().removeprefix("urn:").removeprefix("uuid:").partition("::")[0]
    digits = word.replace("-", "")
    if len(digits) != 32 or not digits.isascii() or digits in _NO_DEVICE:
        return None
    try:
        int(digits, 16)
    except ValueError:
        return None
    if not digits.isalnum():
        return None
    return f"{digits[:8]}-{digits[8:12]}-{digits[12:16]}-{digits[16:20]}-{digits[20:]}"


def scoped(address: str, interface: str) -> str | None:
    """``address`` as records have it, a link-local one with ``%interface``; None where it is no host's."""
    try:
        parsed = ipaddress.ip_address(address.partition("%")[0])
    except ValueError:
        return None
    if parsed.is_multicast or parsed.is_unspecified or parsed.is_loopback or str(parsed) == "255.255.255.255":
        return None
    return f"{parsed}%{interface}" if parsed.version == 6 and parsed.is_link_local else str(parsed)
