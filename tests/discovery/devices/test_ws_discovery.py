"""WS-Discovery is read from golden messages of both dialects; hostile XML is refused, not expanded."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from discovery.devices import ws_discovery
from discovery.devices.ws_discovery import Told

ENDPOINT = "urn:uuid:1419d68a-1dd2-11b2-a105-f0a1b2c3d4e5"
CAMERA = b"""<?xml version="1.0" encoding="UTF-8"?>
<SOAP-ENV:Envelope xmlns:SOAP-ENV="http://www.w3.org/2003/05/soap-envelope"
 xmlns:wsa="http://schemas.xmlsoap.org/ws/2004/08/addressing"
 xmlns:d="http://schemas.xmlsoap.org/ws/2005/04/discovery" xmlns:dn="http://www.onvif.org/ver10/network/wsdl">
<SOAP-ENV:Header><wsa:MessageID>uuid:84ede3de-7dec-11d0-c360-f01234567890</wsa:MessageID>
<wsa:Action SOAP-ENV:mustUnderstand="true">http://schemas.xmlsoap.org/ws/2005/04/discovery/ProbeMatches</wsa:Action>
</SOAP-ENV:Header><SOAP-ENV:Body><d:ProbeMatches><d:ProbeMatch>
<wsa:EndpointReference><wsa:Address>urn:uuid:1419d68a-1dd2-11b2-a105-f0a1b2c3d4e5</wsa:Address></wsa:EndpointReference>
<d:Types>dn:NetworkVideoTransmitter tds:Device</d:Types>
<d:Scopes>onvif://www.onvif.org/type/video_encoder onvif://www.onvif.org/hardware/IPC-122
 onvif://www.onvif.org/name/Front%20door</d:Scopes>
<d:XAddrs>http://192.168.1.88/onvif/device_service</d:XAddrs><d:MetadataVersion>1</d:MetadataVersion>
</d:ProbeMatch></d:ProbeMatches></SOAP-ENV:Body></SOAP-ENV:Envelope>"""
"""As a camera answers (ONVIF Core Specification section 7.3.2)."""
BYE = CAMERA.replace(b"ProbeMatches>", b"Body1>").replace(b"d:ProbeMatch>", b"d:Bye>")
NEWER = CAMERA.replace(b"http://schemas.xmlsoap.org/ws/2004/08/addressing", b"http://www.w3.org/2005/08/addressing").replace(
    b"http://schemas.xmlsoap.org/ws/2005/04/discovery", b"http://docs.oasis-open.org/ws-dd/ns/discovery/2009/01"
)  # fmt: skip


@pytest.mark.parametrize("payload", [CAMERA, NEWER, CAMERA.replace(b"ProbeMatch", b"ResolveMatch")])
def test_a_match_tells_endpoint_types_scopes_and_addresses(payload: bytes) -> None:
    (told,) = ws_discovery.read(payload)
    assert (told.what, told.endpoint) == ("alive", ENDPOINT)
    assert told.types == ("NetworkVideoTransmitter", "Device")
    assert told.locations == ("http://192.168.1.88/onvif/device_service",)
    assert ws_discovery.onvif(told.scopes, "name") == "Front door"
    assert ws_discovery.onvif(told.scopes, "hardware") == "IPC-122"


def test_a_bye_takes_a_device_back() -> None:
    assert [(told.what, told.endpoint) for told in ws_discovery.read(BYE)] == [("bye", ENDPOINT)]


def test_our_own_probes_are_well_formed_and_tell_no_device() -> None:
    older, newer = ws_discovery.probes()
    assert b"2005/04/discovery/Probe<" in older
    assert b"ns/discovery/2009/01/Probe<" in newer
    assert [ws_discovery.read(payload) for payload in (older, newer)] == [(), ()]


BOMB = b"""<?xml version="1.0"?><!DOCTYPE lolz [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;">]>"""
EXTERNAL = b"""<?xml version="1.0"?><!DOCTYPE x SYSTEM "file:///etc/passwd">"""
HEAD = b'<?xml version="1.0" encoding="UTF-8"?>'


@pytest.mark.parametrize(
    "payload",
    [
        b"",
        b"\xff\xfe",
        CAMERA.replace(HEAD, BOMB),
        CAMERA.replace(HEAD, EXTERNAL),
        CAMERA.replace(HEAD, b"<!DOCTYPE x>"),
        CAMERA[:-20],
        CAMERA.replace(b"UTF-8", b"x-nobody-knows"),
        CAMERA.replace(b"dn:Net", b"&unknown;"),
        CAMERA.replace(b"<d:Scopes>", b"<d:Scopes>" + b"<n>" * 40 + b"</n>" * 40),
        CAMERA.replace(b"<d:Scopes>", b"<d:Scopes>" + b" " * 40_000),
        CAMERA.replace(b"http://schemas.xmlsoap.org/ws/2005/04/discovery", b"urn:another"),
        CAMERA.replace(ENDPOINT.encode(), b""),
    ],
    ids=["empty", "no XML", "entities", "external", "doctype", "cut", "encoding", "entity", "deep", "long", "foreign",
         "nameless"],
)  # fmt: skip
def test_what_is_hostile_broken_or_foreign_is_nothing(payload: bytes) -> None:
    assert ws_discovery.read(payload) == ()


def test_one_message_brings_no_more_than_a_few_devices() -> None:
    start, end = CAMERA.index(b"<d:ProbeMatch>"), CAMERA.index(b"</d:ProbeMatches>")
    many = CAMERA[:start] + CAMERA[start:end] * 40 + CAMERA[end:]
    told = ws_discovery.read(many)
    assert len(told) == 16
    assert all(isinstance(each, Told) for each in told)


@given(st.binary(max_size=500), st.integers(0, len(CAMERA)), st.integers(0, len(CAMERA)))
def test_nothing_raises(noise: bytes, start: int, end: int) -> None:
    ws_discovery.read(noise)
    ws_discovery.read(CAMERA[:start] + noise + CAMERA[end:])
