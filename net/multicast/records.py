"""The facts about multicast on this host that the workbench finds: test, VPN watch, endurance and their kin."""

from __future__ import annotations

from typing import Literal

import msgspec

from net.multicast.ping.counts import Dialect, PingCounts
from net.platform.protocol import RouteEntry
from net.records import Family, Interface, Key, Membership, Problem, Record, Route, Stream
from net.verdict import Certainty

PingRefusal = Literal["network", "rate", "group", "session", "version", "interface", "malformed", "send"]


class MulticastPath(Record, frozen=True, kw_only=True, tag="path"):
    """Whether what was sent by one interface was heard on one interface of the same host.

    ``send_interface`` is None and ``unbound`` true for the packets that chose no interface. ``sent`` packets left this
    program, ``heard`` of them arrived, with ``ttl`` on arrival. ``problem`` says why nothing could be sent or heard,
    with the errno of the refusal; between different interfaces silence is usual and no problem.
    """

    group: str
    port: int
    send_interface: str | None
    receive_interface: str
    received: bool
    ttl: int | None = None
    problem: Problem | None = None
    unbound: bool = False
    sent: int = 0
    heard: int = 0

    def key(self) -> Key:
        sender = "*" if self.send_interface is None else self.send_interface
        return Key("path", f"{self.group} {self.port} {sender} {self.receive_interface}")


class Snapshot(Record, frozen=True, kw_only=True):
    """How this host's multicast stood at ``time``, to be compared with another.

    ``unbound`` holds the way out of groups that choose no interface: those asked for, and one without a route of its
    own for each family. ``streams`` is left empty by ``net.multicast.snapshot.take``: whoever listens may fill it in.
    Byte counters of the interfaces are None.
    """

    time: float
    interfaces: tuple[Interface, ...]
    routes: tuple[RouteEntry, ...]
    memberships: tuple[Membership, ...]
    unbound: tuple[Route, ...]
    streams: tuple[Stream, ...] = ()

    def key(self) -> Key:
        return Key("snapshot", "")


class Change(Record, frozen=True, kw_only=True):
    """One difference between two snapshots, in words from resources/tables/changes.toml.

    ``subject`` is what changed: an interface, the destination of a route, a group, a stream. ``interface`` is the one
    concerned, ``version`` the IP version where the change belongs to one.
    """

    what: Literal["interface", "address", "route", "default_route", "unbound", "membership", "stream", "resolver"]
    change: Literal["added", "removed", "up", "down", "changed"]
    subject: str
    text: str
    interface: str | None = None
    version: Literal[4, 6] | None = None
    before: str | None = None
    after: str | None = None


class NetworkChange(Record, frozen=True, kw_only=True):
    """An entry of the log of changes: what changed between two settled states of this host's network.

    ``text`` is the whole in one line, made of the phrases of changes.toml (``log_...``): "utun3 up, took the default
    route from en0; unbound multicast moved from en0 to utun3". ``what`` is the most telling of it, ``interface`` the
    one concerned, ``before`` and ``after`` its states where it has such (en0 and utun3 of a default route that moved).
    ``tunnel``: traffic of other networks goes through a tunnel since; False: it no longer does; None: as before.
    ``changes`` are the single differences, the first 200 of them; ``more`` counts the rest. ``number`` counts the
    entries of a watch from 1.
    """

    number: int
    time: float
    what: Literal["interface", "address", "route", "default_route", "unbound", "resolver"]
    text: str
    interface: str | None = None
    before: str | None = None
    after: str | None = None
    tunnel: bool | None = None
    changes: tuple[Change, ...] = ()
    more: int = 0


class RunningJoin(msgspec.Struct, frozen=True, kw_only=True):
    """A group that some program of this host holds joined, after a change of the network.

    ``kept``: it stands on the same interface as before. ``elsewhere``: a new join that chooses no interface would not
    go there. ``up``: that interface is up and running.
    """

    group: str
    interface: str
    kept: bool
    elsewhere: bool
    up: bool


class EgressChange(Record, frozen=True, kw_only=True):
    """Joins and sends that choose no interface go another way than before.

    ``group`` is the group asked about, or 224.0.0.0/4 and ff02::/16 for unbound multicast in general. ``code`` names
    the row of resources/tables/changes.toml that ``cause`` is from; ``text`` says what new joins do, ``running_text``
    what became of ``running``. ``tunnel``: the new interface is a VPN. ``problem``: there is no way out now.
    """

    time: float
    group: str
    interface: str | None
    source: str | None
    interface_before: str | None
    source_before: str | None
    code: str
    cause: str
    text: str
    running_text: str
    running: tuple[RunningJoin, ...] = ()
    changes: tuple[Change, ...] = ()
    tunnel: bool = False
    problem: Problem | None = None


class Silence(msgspec.Struct, frozen=True, kw_only=True):
    """A time without arrivals, in seconds since the run began; ``after_join`` counts from the join before it.

    ``end`` is None while it lasts. ``ended_by`` says whether leaving and joining again ended it, or it ended by itself.
    """

    begin: float
    after_join: float
    end: float | None = None
    ended_by: Literal["rejoin", "itself"] | None = None


class Endurance(Record, frozen=True, kw_only=True):
    """How an endurance run stands, once a second; times are seconds since it began.

    ``arrived`` counts datagrams of the last second, ``received`` of the run; ``joined`` is when the group was joined
    last and ``rejoins`` how often anew. ``state``: waiting (nothing has arrived yet), receiving, silent, reviving (left
    and joined again, waiting for what that does).
    """

    group: str
    port: int
    interface: str
    elapsed: float
    seconds: float
    state: Literal["waiting", "receiving", "silent", "reviving"]
    arrived: int
    received: int
    silent_for: float
    joined: float
    rejoins: int
    silences: int

    def key(self) -> Key:
        return Key("endurance", f"{self.group} {self.port} {self.interface}")


class QueryCount(msgspec.Struct, frozen=True, kw_only=True):
    """Queries of a querier on the interface during a run: ``count``, or None where this process cannot know.

    ``seen`` says whether a querier was heard, None where nothing tells; ``how`` what was read, or which right is
    missing.
    """

    count: int | None
    seen: bool | None
    how: str


class EnduranceVerdict(Record, frozen=True, kw_only=True):
    """What an endurance run concludes (``final``) or would conclude so far; ``code`` names its row of findings.toml.

    ``per_second`` are the arrivals of each second; ``stopped_after`` the seconds from a join to the silence that
    decided, ``revived`` whether leaving and joining again ended it (None: not tried). While the run goes on
    ``per_second`` is left empty.
    """

    group: str
    port: int
    interface: str
    code: str
    certainty: Certainty
    text: str
    cause: str
    evidence: tuple[str, ...]
    remedy: tuple[str, ...]
    seconds: float
    received: int
    per_second: tuple[int, ...]
    silences: tuple[Silence, ...]
    stopped_after: float | None
    revived: bool | None
    queries: QueryCount
    final: bool = True

    def key(self) -> Key:
        return Key("endurance_verdict", f"{self.group} {self.port} {self.interface}")


class Reply(Record, frozen=True, kw_only=True):
    """What came back for one probe of a multicast ping, told once both replies are there or the wait is over.

    ``rtt_ms`` and ``hops`` are those of the unicast reply, without one those of the multicast reply.
    """

    sequence: int
    unicast: bool
    multicast: bool
    rtt_ms: float | None = None
    hops: int | None = None
    unicast_rtt_ms: float | None = None
    multicast_rtt_ms: float | None = None
    unicast_hops: int | None = None
    multicast_hops: int | None = None
    host: str
    group: str
    sent: float


class Pinging(Record, frozen=True, kw_only=True):
    """How a multicast ping stands."""

    counts: PingCounts

    def key(self) -> Key:
        return Key("pinging", f"{self.counts.address} {self.counts.port}")


class PingQuestion(Record, frozen=True, kw_only=True, tag="request"):
    """A question to our responder: by whom, from where to which own address, and what became of it.

    ``message`` is init (v2 asks for a session) or query. ``refused`` is None where it was answered: network (not on a
    link of this host), rate (more than one a second), group (one this responder does not serve), session (unknown; the
    client asks for a new one), version, interface (not one that was chosen), malformed, send (the reply could not be
    sent: ``problem``).
    """

    time: float
    requester: str
    port: int
    interface: str | None
    address: str | None
    message: Literal["init", "query"] | None
    dialect: Dialect | None
    group: str | None = None
    sequence: int | None = None
    answered: bool = True
    refused: PingRefusal | None = None
    problem: Problem | None = None


class Responding(Record, frozen=True, kw_only=True):
    """Our responder as it stands: where it listens, and the counts of questions ``answered`` and ``refused``.

    ``group`` is the only group it serves, None for any; ``announced`` are the names it has on Bonjour.
    """

    port: int
    families: tuple[Family, ...]
    group: str | None = None
    interfaces: tuple[str, ...] = ()
    any_network: bool = False
    answered: int = 0
    refused: int = 0
    requesters: int = 0
    last: float | None = None
    announced: tuple[str, ...] = ()

    def key(self) -> Key:
        return Key("responding", str(self.port))


class Recording(Record, frozen=True, kw_only=True):
    """How the recording of a listen to a capture file stands; ``bytes`` is the file's size.

    ``missed`` packets were received and counted but not written, because the disk was slower than they came, or (with
    ``problem``) could not take them.
    """

    path: str
    packets: int
    bytes: int
    missed: int = 0
    problem: Problem | None = None

    def key(self) -> Key:
        return Key("recording", self.path)


class CaptureInterface(msgspec.Struct, frozen=True, kw_only=True):
    """An interface of a capture file: ``name`` as the file has it, or ``#NUMBER``; ``link`` says how packets begin.

    ``dropped`` is what the file says of packets that the capturing host lost.
    """

    name: str
    link: str
    packets: int = 0
    dropped: int | None = None


class Capture(Record, frozen=True, kw_only=True):
    """What a capture file holds: ``datagrams`` of its ``packets`` are whole UDP datagrams to a multicast group.

    ``skipped`` counts the others by reason: not_ip, not_udp, not_multicast, fragment, malformed, link (an unknown one).
    ``first`` and ``last`` are times of the datagrams; ``shown`` is the range of them (from 0) that follows as rows.
    ``problem``: the file ends or is damaged before its end.
    """

    path: str
    format: str
    packets: int
    datagrams: int
    bytes: int
    skipped: dict[str, int]
    interfaces: tuple[CaptureInterface, ...]
    first: float | None = None
    last: float | None = None
    shown: tuple[int, int] = (0, 0)
    problem: Problem | None = None

    def key(self) -> Key:
        return Key("capture", self.path)


MulticastRecord = (
    MulticastPath
    | Snapshot
    | Change
    | EgressChange
    | NetworkChange
    | Endurance
    | EnduranceVerdict
    | Reply
    | Pinging
    | PingQuestion
    | Responding
    | Recording
    | Capture
)
