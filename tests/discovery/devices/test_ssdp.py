"""SSDP is read from golden messages, and nothing hostile gets further than None."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from discovery.devices import ssdp
from discovery.devices.statement import LONGEST

UUID = "2f402f80-da50-11e1-9b23-001788685f61"
ANSWER = (
    b"HTTP/1.1 200 OK\r\nHOST: 239.255.255.250:1900\r\nEXT:\r\nCACHE-CONTROL: max-age=100\r\n"
    b"LOCATION: http://192.168.1.20:80/description.xml\r\nSERVER: Linux/3.14.0 UPnP/1.0 IpBridge/1.24.0\r\n"
    b"ST: urn:schemas-upnp-org:device:basic:1\r\nUSN: uuid:2f402f80-da50-11e1-9b23-001788685f61::upnp\r\n\r\n"
)
"""As a Hue bridge answers."""
BYEBYE = (
    b"NOTIFY * HTTP/1.1\r\nHOST: 239.255.255.250:1900\r\nNT: upnp:rootdevice\r\nNTS: ssdp:byebye\r\n"
    b"USN: uuid:2f402f80-da50-11e1-9b23-001788685f61::upnp:rootdevice\r\n\r\n"
)


def test_an_answer_tells_device_type_server_location_and_for_how_long() -> None:
    assert ssdp.read(ANSWER) == ssdp.Told(
        what="alive",
        uuid=UUID,
        target="urn:schemas-upnp-org:device:basic:1",
        server="Linux/3.14.0 UPnP/1.0 IpBridge/1.24.0",
        location="http://192.168.1.20:80/description.xml",
        age=100,
    )


def test_a_byebye_takes_a_device_back() -> None:
    told = ssdp.read(BYEBYE)
    assert told is not None
    assert (told.what, told.uuid, told.target) == ("byebye", UUID, None)


@pytest.mark.parametrize(
    "payload",
    [
        b"",
        ssdp.search("ipv4"),
        ssdp.search("ipv6"),
        ANSWER.replace(b"200 OK", b"404 Not Found"),
        ANSWER.replace(b"uuid:2f402f80", b"uuid:xxxxxxxx"),
        ANSWER.replace(b"2f402f80-da50-11e1-9b23-001788685f61", b"00000000-0000-0000-0000-000000000000"),
        BYEBYE.replace(b"ssdp:byebye", b"ssdp:perhaps"),
    ],
)
def test_questions_refusals_and_devices_without_identity_are_nothing(payload: bytes) -> None:
    assert ssdp.read(payload) is None


@pytest.mark.parametrize(("written", "age"), [(b"max-age=1", 60), (b"max-age=99999999999", 86_400), (b"x", 1800)])
def test_no_device_stays_for_ever_or_goes_at_once(written: bytes, age: int) -> None:
    told = ssdp.read(ANSWER.replace(b"max-age=100", written))
    assert told is not None
    assert told.age == age


def test_long_values_are_cut() -> None:
    told = ssdp.read(ANSWER.replace(b"Linux/3.14.0", b"L" * 5000))
    assert told is not None
    assert told.server is not None
    assert len(told.server) == LONGEST


def test_a_search_asks_for_everything_with_its_group_as_host() -> None:
    lines = ssdp.search("ipv6").decode().split("\r\n")
    assert lines[0] == "M-SEARCH * HTTP/1.1"
    assert {"HOST: [FF02::C]:1900", 'MAN: "ssdp:discover"', "ST: ssdp:all", "MX: 2"} <= set(lines)
    assert lines[-2:] == ["", ""]


@given(st.binary(max_size=2000), st.integers(0, len(ANSWER)), st.integers(0, len(ANSWER)))
def test_nothing_raises(noise: bytes, start: int, end: int) -> None:
    ssdp.read(noise)
    ssdp.read(ANSWER[:start] + noise + ANSWER[end:])
