"""What else is on the network, as typed records: services, their types, and later packets and devices."""

from __future__ import annotations

from typing import Literal

import msgspec

from discovery.devices.records import Device, DeviceSearch
from net.records import Family, Key, Record


class ServiceType(Record, frozen=True, kw_only=True, tag="type"):
    """A DNS-SD service type that is advertised, with its plain name from resources/tables/service-types.toml."""

    type: str
    label: str | None
    interfaces: tuple[str, ...] = ()

    def key(self) -> Key:
        return Key("type", self.type)


class Claimant(msgspec.Struct, frozen=True, kw_only=True):
    """Another target of one instance name: on ``interfaces`` its SRV record names ``host`` and ``port``."""

    host: str
    port: int
    interfaces: tuple[str, ...]


class Service(Record, frozen=True, kw_only=True):
    """A service instance (RFC 6763 section 4.1) and where it was heard.

    ``name`` is the instance label alone, ``type`` without domain (``_http._tcp``), ``addresses`` carry their scope
    (``fe80::1%en0``). ``txt`` maps each key to its text, or None for a key without value; a value that is not UTF-8
    is given as ``hex:...``. ``ttl`` is the SRV record's, seconds. ``interfaces`` are those it was heard on;
    ``port``, ``host`` and ``ttl`` are None until the instance is resolved. ``also`` are other hosts and ports that the
    same name leads to: another service on another link, or two hosts that claim one name (RFC 6762 section 9). The
    addresses, TXT and interfaces are never theirs.
    """

    change: Literal["added", "updated", "removed"]
    name: str
    type: str
    domain: str
    host: str | None = None
    port: int | None = None
    addresses: tuple[str, ...] = ()
    txt: dict[str, str | None] = msgspec.field(default_factory=dict)
    interfaces: tuple[str, ...] = ()
    ttl: int | None = None
    subtypes: tuple[str, ...] = ()
    also: tuple[Claimant, ...] = ()
    seen: float | None = None

    def key(self) -> Key:
        return Key("service", f"{self.name}.{self.type}.{self.domain}")


class BrowseState(Record, frozen=True, kw_only=True):
    """How browsing stands on one interface: when it began, and how many mDNS packets were heard there.

    ``packets`` counts multicast from other hosts, not this host's own and not unicast answers; None where the system
    has no way to count without taking answers away from others. ``state`` is ``failed`` where the system refused
    (``errno``) and ``skipped`` where nothing is asked by design; ``reason`` says why.
    """

    interface: str
    since: float
    packets: int | None = None
    state: Literal["browsing", "failed", "skipped"] = "browsing"
    errno: int | None = None
    reason: str | None = None

    def key(self) -> Key:
        return Key("browse_state", self.interface)


Ended = Literal["goodbye", "expired", "flushed", "interface_gone", "unanswered"]
"""Why a record is no longer held true: it was withdrawn (TTL 0), ran out of TTL, was replaced by a cache flush, its
interface went, or nobody answered when it was verified (RFC 6762 sections 10.1, 10, 10.2, 10.4)."""


class Sighting(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """Where a record was heard: on ``interface`` from ``source``, ``count`` times between ``first`` and ``last``.

    ``ip_ttl`` is the IP TTL or hop limit of the last packet, None where the system does not tell or the answer came by
    ``unicast``. ``ttl`` is the record's as last sent, seconds; ``expires`` follows from it. Times are seconds since
    the epoch. ``ended`` says why this sighting no longer counts, at ``ended_at``.
    """

    interface: str
    family: Family
    source: str
    unicast: bool = False
    ip_ttl: int | None = None
    ttl: int
    first: float
    last: float
    expires: float
    count: int = 1
    ended: Ended | None = None
    ended_at: float | None = None


class HeardRecord(Record, frozen=True, kw_only=True, tag="heard_record"):
    """A resource record and all its sightings. ``name`` and ``data`` are presentation text with escapes; ``flush`` is
    the cache-flush bit as last heard; ``data_hex`` the uncompressed data of TXT, of unknown types and
    of NSEC with more than 256 types. At most 4,000 characters of ``data`` are given."""

    name: str
    type: str
    data: str
    data_hex: str | None = None
    flush: bool = False
    sightings: tuple[Sighting, ...] = ()

    @property
    def alive(self) -> bool:
        """Whether any sighting still counts."""
        return any(sighting.ended is None for sighting in self.sightings)

    def key(self) -> Key:
        return Key("heard_record", f"{self.name} {self.type} {self.data_hex or self.data}")


class PacketQuestion(msgspec.Struct, frozen=True, kw_only=True):
    """A question as text; ``unicast`` is the QU bit (RFC 6762 section 5.4)."""

    name: str
    type: str
    unicast: bool


class PacketRecord(msgspec.Struct, frozen=True, kw_only=True):
    """A resource record as text; ``ttl`` in seconds as sent, ``flush`` the cache-flush bit."""

    name: str
    type: str
    ttl: int
    flush: bool
    data: str


class MdnsPacket(Record, frozen=True, kw_only=True, tag="mdns_packet"):
    """One mDNS message. ``ttl`` is the IP TTL or hop limit; ``unicast``: it came to this host alone; ``own``: from this
    host. ``problems`` are codes of lint rules that the packet by itself breaks. ``summary`` is one line. ``act``: a
    query with proposed records probes, a response whose answers all have TTL 0 says goodbye (RFC 6762 sections 8.1,
    10.1)."""

    time: float
    interface: str
    family: Family
    source: str
    source_port: int
    ttl: int | None
    unicast: bool = False
    own: bool = False
    response: bool
    act: Literal["asks", "probes", "answers", "goodbye"] | None = None
    size: int
    summary: str
    questions: tuple[PacketQuestion, ...] = ()
    answers: tuple[PacketRecord, ...] = ()
    authorities: tuple[PacketRecord, ...] = ()
    additionals: tuple[PacketRecord, ...] = ()
    problems: tuple[str, ...] = ()
    payload_hex: str = ""


class LintFinding(Record, frozen=True, kw_only=True, tag="lint"):
    """A rule of mDNS or DNS-SD that ``offender`` (a source address) breaks on ``interface``, ``count`` times so far.

    ``rule`` is a row of resources/tables/lint-rules.toml, from which the window takes title, section and remedy;
    ``evidence`` are the values seen; ``payload_hex`` is the packet that broke it last, ``start`` to ``end`` the bytes.
    """

    rule: str
    severity: Literal["error", "warning", "info"]
    section: str
    offender: str
    host: str | None = None
    interface: str
    subject: str
    title: str
    evidence: str
    count: int = 1
    first: float
    last: float
    payload_hex: str = ""
    start: int = 0
    end: int = 0

    def key(self) -> Key:
        return Key("lint", f"{self.rule} {self.offender} {self.interface} {self.subject}")


class HostScore(Record, frozen=True, kw_only=True, tag="host_score"):
    """How well a host keeps the rules: 100 less what each broken rule costs, from ``packets`` packets; ``errors`` and
    ``warnings`` count the broken rules."""

    source: str
    host: str | None
    interfaces: tuple[str, ...]
    packets: int
    score: int
    errors: int
    warnings: int

    def key(self) -> Key:
        return Key("host_score", self.source)


class Asked(Record, frozen=True, kw_only=True, tag="asked"):
    """A question that ``source`` asks on ``interface``: how often by multicast answer (QM) and by unicast (QU), and
    whether anybody was heard to answer it; ``interval`` is the mean time between, seconds."""

    name: str
    type: str
    source: str
    interface: str
    multicast: int
    unicast: int
    first: float
    last: float
    interval: float | None = None
    answered: bool

    def key(self) -> Key:
        return Key("asked", f"{self.name} {self.type} {self.source} {self.interface}")


class MdnsAnswer(Record, frozen=True, kw_only=True, tag="mdns_answer"):
    """An answer to a question asked by hand: from whom, how long after the question, and in time or not.

    ``timing`` holds ``ms`` against RFC 6762 section 6: a unique record at once, a shared one after 20 to 120 ms.
    """

    interface: str
    family: Family
    source: str
    ms: float
    unicast: bool
    ip_ttl: int | None
    timing: Literal["in_time", "early", "late", "not_judged"]
    records: tuple[PacketRecord, ...]


class AskSummary(Record, frozen=True, kw_only=True, tag="asked_summary"):
    """What became of a question asked by hand: how often it was sent and who answered."""

    name: str
    type: str
    mode: Literal["qm", "qu", "legacy"]
    interfaces: tuple[str, ...]
    sent: int
    answers: int
    responders: tuple[str, ...]
    text: str


class Verified(Record, frozen=True, kw_only=True, tag="verified"):
    """Whether a record is still answered for when asked again (RFC 6762 section 10.4), on one interface."""

    name: str
    type: str
    interface: str
    alive: bool
    sent: int
    ms: float | None = None
    source: str | None = None


class Published(Record, frozen=True, kw_only=True, tag="published"):
    """How a service that is announced from here stands; ``renamed_from`` is the name that another host holds, or with
    ``held_here`` another program of this computer, which answered from an address of it."""

    name: str
    type: str
    host: str
    port: int
    interfaces: tuple[str, ...]
    subtypes: tuple[str, ...] = ()
    state: Literal["probing", "announced", "conflict", "withdrawn"] = "announced"
    renamed_from: str | None = None
    held_here: bool = False
    evidence: str | None = None

    def key(self) -> Key:
        return Key("published", self.type)


class SystemService(Record, frozen=True, kw_only=True, tag="system_service"):
    """A service instance on an interface, as the system's own responder and we know it.

    ``difference`` is None while they agree; else ``only_raw`` (heard here, not told by the system), ``only_system``;
    ``text`` says what that means.
    """

    name: str
    type: str
    domain: str
    interface: str
    host: str | None = None
    port: int | None = None
    ours: bool
    system: bool
    difference: Literal["only_raw", "only_system"] | None = None
    text: str | None = None

    def key(self) -> Key:
        return Key("system_service", f"{self.name}.{self.type}.{self.domain} {self.interface}")


class SystemResponder(Record, frozen=True, kw_only=True, tag="system_responder"):
    """The system's own mDNS responder, and how asking it stands; ``error`` is its own code, ``text`` what it means."""

    name: str
    version: str | None = None
    state: Literal["asking", "answering", "refused", "absent"]
    error: int | None = None
    error_name: str | None = None
    text: str

    def key(self) -> Key:
        return Key("system_responder", self.name)


class Rung(Record, frozen=True, kw_only=True, tag="rung"):
    """One step of finding out why nothing is found on ``interface``; the first that failed names the reason."""

    interface: str
    place: int
    step: Literal["interface", "join", "loopback", "foreign", "multicast_answer", "unicast_answer", "reachable"]
    state: Literal["waiting", "running", "passed", "failed", "skipped"]
    ms: float | None = None
    text: str
    remedy: str | None = None

    def key(self) -> Key:
        return Key("rung", f"{self.interface} {self.place}")


class LadderVerdict(Record, frozen=True, kw_only=True, tag="ladder_verdict"):
    """What the steps together say about ``interface``: ``failed`` is the step that names the reason, None if none.

    ``code`` names the row ``verdict_CODE`` of resources/tables/ladder.toml that ``text`` and ``remedy`` are from.
    """

    interface: str
    failed: str | None
    text: str
    remedy: str | None = None
    code: str = ""

    def key(self) -> Key:
        return Key("ladder_verdict", self.interface)


DiscoveryRecord = (
    ServiceType
    | Service
    | BrowseState
    | HeardRecord
    | MdnsPacket
    | LintFinding
    | HostScore
    | Asked
    | MdnsAnswer
    | AskSummary
    | Verified
    | Published
    | SystemService
    | SystemResponder
    | Rung
    | LadderVerdict
    | Device
    | DeviceSearch
)
