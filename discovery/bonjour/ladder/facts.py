"""What was found out on one interface so far: the facts from which the steps and the verdict are told."""

from __future__ import annotations

from typing import Literal

import msgspec

from net.records import Family

Step = Literal["interface", "join", "loopback", "foreign", "multicast_answer", "unicast_answer", "reachable"]
STEPS: tuple[Step, ...] = (
    "interface",
    "join",
    "loopback",
    "foreign",
    "multicast_answer",
    "unicast_answer",
    "reachable",
)

Obstacle = Literal["down", "no_link", "no_address", "no_multicast", "by_design"]
FATAL: tuple[Obstacle, ...] = ("down", "no_link", "no_address")
"""With these there is nothing that the other steps could try."""

MOST_HOSTS = 100
"""Told apart in each of the lists of hosts."""


class Refusal(msgspec.Struct, frozen=True):
    """With what the system refused something."""

    errno: int | None
    reason: str


class Reached(msgspec.Struct, frozen=True, kw_only=True):
    """What a question to one host alone brought.

    ``answered``: it speaks mDNS. ``refused``: it says that nothing holds its port 5353. ``resolved``: it answered ARP
    or neighbour discovery just now. ``unresolved``: it did not. ``unknown``: the system holds its hardware address
    from earlier, or does not tell. ``unsent``: the question was refused here. ``elsewhere``: its address is in no
    network of the interface.
    """

    address: str
    what: Literal["named", "gateway", "heard", "neighbour"]
    outcome: Literal["answered", "refused", "resolved", "unresolved", "unknown", "unsent", "elsewhere"]
    ms: float | None = None
    refusal: Refusal | None = None

    @property
    def there(self) -> bool:
        """Whether unicast certainly gets to it and back."""
        return self.outcome in ("answered", "refused", "resolved")


class Facts(msgspec.Struct, kw_only=True):
    """Times are milliseconds after the start of the step; hosts are their addresses."""

    interface: str
    seconds: float
    begun: set[Step] = msgspec.field(default_factory=set)
    over: set[Step] = msgspec.field(default_factory=set)
    times: dict[Step, float] = msgspec.field(default_factory=dict)

    addresses: tuple[str, ...] = ()
    obstacle: Obstacle | None = None
    design: str = ""
    """What an interface is that is left out by design."""

    families: tuple[Family, ...] = ()
    """Those in which it has an address."""
    joined: dict[Family, bool | None] = msgspec.field(default_factory=dict)
    """Whether the kernel's table lists the group, None where it could not be read."""
    refused: dict[Family, Refusal] = msgspec.field(default_factory=dict)
    unsent: dict[Family, Refusal] = msgspec.field(default_factory=dict)
    looped: dict[Family, float] = msgspec.field(default_factory=dict)

    foreign: dict[str, float] = msgspec.field(default_factory=dict)
    """Other hosts whose multicast was heard."""
    foreign_families: set[Family] = msgspec.field(default_factory=set)
    by_multicast: dict[str, float] = msgspec.field(default_factory=dict)
    """Other hosts that answered a question to all by multicast."""
    own_answered: bool = False
    """A responder on this computer answered."""
    by_unicast: dict[str, float] = msgspec.field(default_factory=dict)
    """Other hosts that answered a question to all by unicast."""
    legacy_only: bool = True
    """All of those answers came to a port of our own, none to port 5353."""
    reached: dict[str, Reached] = msgspec.field(default_factory=dict)

    @property
    def fatal(self) -> bool:
        """Whether nothing can be tried."""
        return self.obstacle in FATAL

    @property
    def unlisted(self) -> list[Family]:
        """Joined, but not in the kernel's table."""
        return [family for family, listed in self.joined.items() if listed is False]

    @property
    def unlooped(self) -> list[Family]:
        """Joined and asked, but our own question did not come back."""
        return [family for family in self.joined if family not in self.unsent and family not in self.looped]

    @property
    def deaf(self) -> list[Family]:
        """``unlooped``, and no other host heard either."""
        return [family for family in self.unlooped if family not in self.foreign_families]

    @property
    def named(self) -> Reached | None:
        """The host that should be heard, where one was named that can be on this link."""
        each = next((each for each in self.reached.values() if each.what == "named"), None)
        return each if each is not None and each.outcome != "elsewhere" else None

    @property
    def near(self) -> list[Reached]:
        """The hosts that were asked and can be on this link, the named one first."""
        return [each for each in self.reached.values() if each.outcome != "elsewhere"]
