"""The lines between a probe and whoever asks: one JSON object a line, validated on both sides.

To the probe:    {"id": 7, "watch": "multicast.listen", "with": {...}}     ask
                 {"id": 7, "stop": true}                                    stop
                 {"id": 7, "finish": true}                                  end it, and say its last words before
From the probe:  {"id": 0, "hello": {...}}                                  once, at the start
                 {"id": 7, "batch": [record, ...]}                          at most 25 a second for one id
                 {"id": 7, "problem": {...}}                                the watch ended for this reason
                 {"id": 7, "end": true}                                     the watch ended by itself
"""

from __future__ import annotations

import msgspec

from diagnosis.records import DiagnosisRecord
from discovery.records import DiscoveryRecord
from net.multicast.records import MulticastRecord
from net.ports.records import PortsRecord
from net.records import NetRecord, Problem, Record
from net.resolvers.records import ResolverRecord
from net.verdict import Verdict

AnyRecord = NetRecord | Verdict | PortsRecord | ResolverRecord | MulticastRecord | DiscoveryRecord | DiagnosisRecord

LINE_LIMIT = 1 << 20
"""Bytes of the longest line a probe accepts."""


class Ask(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A line to the probe: either ``watch`` (with its parameters), or ``stop``, or ``finish``."""

    id: int
    watch: str | None = None
    parameters: msgspec.Raw = msgspec.field(name="with", default_factory=lambda: msgspec.Raw(b"{}"))
    stop: bool = False
    finish: bool = False


class Hello(msgspec.Struct, frozen=True, kw_only=True):
    """Who answers: version of the program, operating system, host and user name, whether it has root's rights."""

    version: str
    system: str
    host: str
    user: str
    root: bool
    pid: int


class Tell(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A line from the probe."""

    id: int
    hello: Hello | None = None
    batch: tuple[AnyRecord, ...] = ()
    problem: Problem | None = None
    end: bool = False


class _TellOut(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """``Tell`` as encoded: a batch there is already known to hold records only."""

    id: int
    hello: Hello | None = None
    batch: tuple[Record, ...] = ()
    problem: Problem | None = None
    end: bool = False


_encoder = msgspec.json.Encoder()
_ask_decoder = msgspec.json.Decoder(Ask)
_tell_decoder = msgspec.json.Decoder(Tell)


def encode_ask(identity: int, watch: str, parameters: msgspec.Struct) -> bytes:
    """The line that asks ``watch``, newline included."""
    return _encoder.encode({"id": identity, "watch": watch, "with": parameters}) + b"\n"


def encode_stop(identity: int) -> bytes:
    """The line that stops the watch ``identity``."""
    return _encoder.encode({"id": identity, "stop": True}) + b"\n"


def encode_finish(identity: int) -> bytes:
    """The line that asks for the last words of the watch ``identity`` and for its end."""
    return _encoder.encode({"id": identity, "finish": True}) + b"\n"


def encode_tell(
    identity: int,
    *,
    hello: Hello | None = None,
    batch: tuple[Record, ...] = (),
    problem: Problem | None = None,
    end: bool = False,
) -> bytes:
    """A line from the probe, newline included."""
    return _encoder.encode(_TellOut(id=identity, hello=hello, batch=batch, problem=problem, end=end)) + b"\n"


def encode_record(record: Record) -> bytes:
    """A record as one JSON object, as ``--json`` prints it."""
    return _encoder.encode(record)


def decode_ask(line: bytes) -> Ask:
    """Raises msgspec.DecodeError (of which ValidationError is one) with what is wrong."""
    return _ask_decoder.decode(line)


def decode_tell(line: bytes) -> Tell:
    """Raises msgspec.DecodeError with what is wrong."""
    return _tell_decoder.decode(line)
