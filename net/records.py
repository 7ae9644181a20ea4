"""The facts about this host's network, as typed records.

Every record is frozen, carries its ``kind`` as a tag, and is at once a value in the code, a JSON line of the probe
and of ``--json``, and a row of the window. Addresses are canonical text (an IPv6 scope as ``%name``), times are
seconds since the epoch in UTC, and what is unknown is ``None``, never an empty string.
"""

from __future__ import annotations

from net.interface_records import Address, Family, Interface, InterfaceType, Membership, Role, RoleCode, Route, Traffic
from net.multicast.ping.counts import PingCounts
from net.record import Key, Problem, Record, Removed, Skipped, kebab

__all__ = [
    "Address",
    "Datagram",
    "Family",
    "Interface",
    "InterfaceType",
    "Joined",
    "Key",
    "Membership",
    "NetRecord",
    "Problem",
    "Reception",
    "Record",
    "Removed",
    "Role",
    "RoleCode",
    "Route",
    "Sent",
    "Skipped",
    "Stream",
    "Summary",
    "Traffic",
    "kebab",
]


class Joined(Record, frozen=True, kw_only=True):
    """A group joined by this program on one interface; ``in_kernel`` says whether the kernel's own table lists it.

    ``source_filter`` are the only sources that are let in, ``excluded`` those that are not; at most one is not empty.
    ``observing``: nothing was joined, and only what other programs of this host joined is heard; ``in_kernel`` is
    theirs then. ``buffer_bytes`` is the receive buffer the kernel granted, in bytes as it counts them (Linux: twice
    what was asked, its own overhead included), ``buffer_asked`` what was asked for, and ``buffer_limit`` the setting
    that capped it, None where all was granted.
    """

    group: str
    port: int
    interface: str
    source_filter: tuple[str, ...] = ()
    buffer_bytes: int | None = None
    in_kernel: bool | None = None
    name: str | None = None
    excluded: tuple[str, ...] = ()
    observing: bool = False
    buffer_asked: int | None = None
    buffer_limit: str | None = None

    def key(self) -> Key:
        return Key("joined", f"{self.group} {self.port} {self.interface}")


class Reception(Record, frozen=True, kw_only=True):
    """What has arrived so far for a joined group on one interface; rates are those of the last second.

    ``dropped_here`` counts datagrams this host dropped because the receive buffer was full, None where the system
    does not tell it per socket. ``last_source`` is ADDRESS:PORT of the newest datagram, received at ``last``.
    """

    group: str
    port: int
    interface: str
    received: int
    bytes: int
    packets_per_s: float
    bits_per_s: float
    dropped_here: int | None = None
    last_source: str | None = None
    last: float | None = None

    def key(self) -> Key:
        return Key("reception", f"{self.group} {self.port} {self.interface}")


class Datagram(Record, frozen=True, kw_only=True):
    """A datagram received. ``interface`` is where it arrived, ``ttl`` its TTL or hop limit on arrival, ``size`` bytes
    of payload; ``payload_text`` is printable text with control characters made visible, None where it is not text."""

    time: float
    interface: str
    source: str
    source_port: int
    group: str
    port: int
    ttl: int | None
    size: int
    payload_hex: str
    payload_text: str | None = None


class Stream(Record, frozen=True, kw_only=True):
    """What one sender sends to one group, as heard on one interface.

    ``packets_per_s`` and ``bits_per_s`` are those of the last second while watching and the mean in a summary.
    ``lost``, ``duplicated``, ``reordered`` are None where the payload carries no number this program can read;
    ``jitter_ms`` is the interarrival jitter of RFC 3550 section 6.4.1, None without sender timestamps, and
    ``mean_jitter_ms`` its mean over all packets, which newer versions of iperf 2 print at their end.

    ``payload`` names the format of the numbers, ``foreign`` counts the packets since that are not of it. ``lost`` are
    the numbers that have not come (of MPEG-TS datagrams, at least so many), ``reordered`` those that came up to 100
    behind the highest, ``late`` those further behind, ``reorder_distance`` how far one came; ``restarts``: the sender
    began anew; ``wraps``: its numbers went from their highest to 0; ``continuity_errors``: of MPEG-TS only. ``strip``,
    if asked for: the last 1,024 numbers, the newest last, as ``.`` arrived, ``x`` lost, ``:`` duplicated, ``<``
    reordered, ``_`` late.

    The columns of Wireshark's UDP Multicast Streams dialog, in bytes of the frame (payload + 42, IPv6 + 62) where
    ``bits_per_s`` is of the payload: ``average_bits_per_s`` since the first packet (None under 100 ms, never above the
    maximum), ``maximum_bits_per_s`` and ``max_burst`` (packets) in any 100 ms, ``burst_alarms`` (at 50 packets),
    ``max_buffer_bytes`` of a buffer emptied at 5 Mbit/s, ``buffer_alarms`` (at 10,000 bytes). ``longest_silence_s``
    lies between two packets.

    ``dropped_here``: of the numbers that did not come, those that this host received and dropped because the receive
    buffer was full; they are not among ``lost``. Of the only sender of a group it is all that was dropped, also before
    its first packet and after its last. None where the system does not tell drops, and where some were dropped of which
    it is unknown whether they were this sender's.
    """

    source: str
    source_port: int
    group: str
    port: int
    interface: str
    packets: int
    bytes: int
    packets_per_s: float
    bits_per_s: float
    first: float
    last: float
    max_burst: int | None = None
    lost: int | None = None
    duplicated: int | None = None
    reordered: int | None = None
    jitter_ms: float | None = None
    payload: str | None = None
    ttl: int | None = None
    mean_jitter_ms: float | None = None
    late: int | None = None
    restarts: int | None = None
    wraps: int | None = None
    reorder_distance: int | None = None
    continuity_errors: int | None = None
    foreign: int | None = None
    average_bits_per_s: float | None = None
    maximum_bits_per_s: float | None = None
    burst_alarms: int | None = None
    max_buffer_bytes: int | None = None
    buffer_alarms: int | None = None
    longest_silence_s: float | None = None
    ttl_min: int | None = None
    ttl_max: int | None = None
    strip: str | None = None
    dropped_here: int | None = None

    def key(self) -> Key:
        return Key("stream", f"{self.source} {self.source_port} {self.group} {self.port} {self.interface}")


class Sent(Record, frozen=True, kw_only=True):
    """Progress of a send: counts so far, and the interface and source address the datagrams leave by.

    ``packets_per_s`` and ``bits_per_s`` (of payload) were achieved within the last second, None before there was time.
    """

    group: str
    port: int
    interface: str
    source: str
    sent: int
    bytes: int
    packets_per_s: float | None = None
    bits_per_s: float | None = None

    def key(self) -> Key:
        return Key("sent", f"{self.group} {self.port} {self.interface}")


class Summary(Record, frozen=True, kw_only=True):
    """Totals at the end of a listen (``received`` ...) or of a send (``sent`` ...); what does not apply is None.

    ``dropped_here`` counts datagrams this host dropped because the receive buffer was full. ``packets_per_s`` and
    ``bits_per_s`` (of payload) were achieved by a send, by all its interfaces together, from its first datagram to its
    last; several interfaces and sources are separated by commas. ``ping`` is set at the end
    of a multicast ping, whose ``received`` are the replies of both ways.
    """

    bytes: int
    received: int | None = None
    dropped_here: int | None = None
    streams: tuple[Stream, ...] = ()
    sent: int | None = None
    interface: str | None = None
    source: str | None = None
    problems: tuple[Problem, ...] = ()
    ping: PingCounts | None = None
    packets_per_s: float | None = None
    bits_per_s: float | None = None


NetRecord = (
    Removed
    | Skipped
    | Problem
    | Interface
    | Traffic
    | Route
    | Membership
    | Joined
    | Reception
    | Datagram
    | Stream
    | Sent
    | Summary
)
