"""The decoder beside dnspython's and zeroconf's, on generated messages; LANSCOUT_FUZZ says on how many."""

from __future__ import annotations

import os
from collections.abc import Sequence

import dns.message
import dns.name
import dns.rdata
import dns.rdtypes.ANY.NSEC
import dns.rdtypes.ANY.TXT
import dns.rdtypes.IN.SRV
import dns.rdtypes.nsbase
import dns.rrset
import dns.wire
import pytest
from zeroconf._dns import DNSAddress, DNSNsec, DNSPointer, DNSRecord, DNSService, DNSText
from zeroconf._protocol.incoming import DNSIncoming

from discovery.bonjour.names import Labels
from discovery.bonjour.rdata import (
    AAAA,
    CNAME,
    NSEC,
    OPT,
    PTR,
    SRV,
    TXT,
    A,
    Absence,
    HostAddress,
    Opaque,
    Options,
    Pointer,
    Server,
    Text,
)
from discovery.bonjour.wire import Message, ResourceRecord, decode
from tests.discovery.bonjour.messages import Generator, payload_of, placeless

COMPARED = int(os.environ.get("LANSCOUT_FUZZ", "2000"))
_ZEROCONF_READS = {A, AAAA, PTR, CNAME, SRV, TXT, NSEC}


@pytest.fixture
def _compressed_everywhere(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let dnspython follow a pointer in NSEC, too, as RFC 6762 section 18.14 has it; of itself it refuses."""
    monkeypatch.setattr(
        dns.wire.Parser, "get_name", lambda parser, *_, **__: dns.name.from_wire_parser(parser, decompress=True)
    )


@pytest.mark.usefixtures("_compressed_everywhere")
def test_reads_what_dnspython_reads() -> None:
    generator = Generator(1)
    for _ in range(COMPARED):
        written = generator.message()
        payload = payload_of(written)
        message = decode(payload)
        assert placeless(message) == written
        # dnspython knows neither bit of the class; their places are those that the decoder tells.
        theirs = dns.message.from_wire(_without_top_bits(payload, message), one_rr_per_rrset=True)
        assert [theirs.id, theirs.flags] == [message.id, message.flags]
        assert [_rrset_labels(asked) for asked in theirs.question] == [asked.name for asked in message.questions]
        assert [asked.rdtype for asked in theirs.question] == [asked.type for asked in message.questions]
        for section, rrsets in (
            (message.answers, theirs.answer),
            (message.authorities, theirs.authority),
            (message.additionals, theirs.additional),
        ):
            _same_section([record for record in section if record.type != OPT], rrsets)
        options = [record.rdata for record in message.additionals if record.type == OPT]
        assert options == ([_their_options(theirs)] if theirs.opt is not None else [])


def test_reads_what_zeroconf_reads() -> None:
    generator = Generator(2)
    for _ in range(COMPARED):
        payload = payload_of(generator.message())
        message = decode(payload)
        theirs = DNSIncoming(payload)
        assert theirs.valid
        assert (theirs.id, theirs.flags) == (message.id, message.flags)
        assert [(asked.name, asked.type, asked.unicast) for asked in theirs.questions] == [
            (_text(asked.name), asked.type, asked.unicast) for asked in message.questions
        ]
        ours = [record for record in message.records() if record.type in _ZEROCONF_READS]
        records = theirs.answers()
        assert len(records) == len(ours)
        for record, their_record in zip(ours, records, strict=True):
            assert (their_record.name, their_record.type, int(their_record.ttl), their_record.unique) == (
                _text(record.name),
                record.type,
                record.ttl,
                record.flush,
            )
            assert _says(record) == _zeroconf_says(their_record)


def _without_top_bits(payload: bytes, message: Message) -> bytes:
    bare = bytearray(payload)
    for question in message.questions:
        bare[question.end - 2] &= 0x7F
    for record in message.records():
        if record.type != OPT:
            bare[record.data_start - 8] &= 0x7F
    return bytes(bare)


def _same_section(ours: Sequence[ResourceRecord], theirs: Sequence[dns.rrset.RRset]) -> None:
    assert len(ours) == len(theirs)
    for record, rrset in zip(ours, theirs, strict=True):
        assert _rrset_labels(rrset) == record.name
        assert (rrset.rdtype, rrset.ttl) == (record.type, record.ttl)
        assert _dnspython_says(rrset[0]) == record.rdata


def _rrset_labels(rrset: dns.rrset.RRset) -> Labels:
    return rrset.name.labels[:-1]


def _dnspython_says(rdata: dns.rdata.Rdata) -> object:
    """The same data as this program's types, made of what dnspython read."""
    wire = rdata.to_wire() or b""
    match rdata:
        case dns.rdtypes.nsbase.NSBase():
            return Pointer(rdata.target.labels[:-1])
        case dns.rdtypes.IN.SRV.SRV():
            return Server(rdata.priority, rdata.weight, rdata.port, rdata.target.labels[:-1])
        case dns.rdtypes.ANY.TXT.TXT():
            return Text(rdata.strings, wire)
        case dns.rdtypes.ANY.NSEC.NSEC():
            types = [
                window << 8 | place << 3 | bit
                for window, bits in rdata.windows
                for place, byte in enumerate(bits)
                for bit in range(8)
                if byte & 0x80 >> bit
            ]
            return Absence(rdata.next.labels[:-1], tuple(types))
    return HostAddress(wire) if rdata.rdtype in (A, AAAA) else Opaque(wire)


def _their_options(message: dns.message.Message) -> Options:
    return Options(tuple((int(option.otype), option.to_wire() or b"") for option in message.options))


def _text(name: Labels) -> str:
    return "".join(label.decode("utf-8", "replace") + "." for label in name)


def _says(record: ResourceRecord) -> object:
    match record.rdata:
        case HostAddress(packed):
            return packed
        case Pointer(target):
            return _text(target)
        case Server(priority, weight, port, target):
            return priority, weight, port, _text(target)
        case Text(_, data):
            return data
        case Absence(following, types):
            return _text(following), list(types)
    return None


def _zeroconf_says(record: DNSRecord) -> object:
    if isinstance(record, DNSAddress):
        return record.address
    if isinstance(record, DNSPointer):
        return record.alias
    if isinstance(record, DNSService):
        return record.priority, record.weight, record.port, record.server
    if isinstance(record, DNSText):
        return record.text
    assert isinstance(record, DNSNsec)
    return record.next_name, record.rdtypes
