"""What can be opened of a service, and that a hostile value never leaves its place in the URL."""

from __future__ import annotations

from urllib.parse import urlsplit

import pytest
from hypothesis import given
from hypothesis import strategies as st

from resources.loader import ServiceTypeRow, service_types
from resources.services import SCHEMES, WEB_SCHEMES, decode_txt, label, open_url

ROWS = list(service_types().values())
URL_FROM_TXT = [row for row in ROWS if row.open.startswith("{txt[")]


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row.type)
def test_every_row_has_a_label_and_opens_as_its_template_says(row: ServiceTypeRow) -> None:
    txt: dict[str, str | None] = {"path": "/p", "td": "/p", "CPath": "/p", "rp": "p/q", "rs": "p", "S": "8443"}
    txt |= {"location": "http://h.local/x", "internal_url": "http://h.local/x"}

    url = open_url(row.type, "h.local.", 8080, txt)

    assert label(row.type.upper()) == row.label
    if not row.open:
        assert url is None
        return
    assert url is not None
    parts = urlsplit(url)
    assert parts.scheme in SCHEMES
    assert "{" not in url
    assert "}" not in url
    if parts.netloc:
        assert parts.hostname == "h.local"
        assert not parts.path.startswith("//")
    else:
        assert url == "sip:h.local:8080"


@pytest.mark.parametrize(
    ("service_type", "txt", "url"),
    [
        ("_http._tcp", {}, "http://nas.local:80/"),
        ("_HTTP._tcp", {"Path": "/admin"}, "http://nas.local:80/admin"),
        ("_http._tcp", {"path": "admin"}, "http://nas.local:80/admin"),
        ("_http._tcp", {"path": "//evil.example/"}, "http://nas.local:80/evil.example/"),
        ("_http._tcp", {"path": None}, "http://nas.local:80/"),
        ("_http._tcp", {"path": "/a b?q=1&r=ä%20"}, "http://nas.local:80/a%20b?q=1&r=%C3%A4%20"),
        ("_http._tcp", {"path": "/\r\nHost: evil"}, "http://nas.local:80/%0D%0AHost:%20evil"),
        ("_http._tcp", {"path": "\\\\evil"}, "http://nas.local:80/%5C%5Cevil"),
        ("_http._tcp", {"path": "hex:00ff"}, None),
        ("_ipp._tcp", {"rp": "ipp/print"}, "ipp://nas.local:80/ipp/print"),
        ("_ipp._tcp", {}, None),
        ("_uscan._tcp", {"rs": "/eSCL/"}, "http://nas.local:80/eSCL/ScannerCapabilities"),
        ("_ssh._tcp", {}, "ssh://nas.local:80"),
        ("_nfs._tcp", {"path": "/vol"}, "nfs://nas.local/vol"),
        ("_nfs._tcp", {}, "nfs://nas.local/"),
        ("_sleep-proxy._udp", {}, None),
        ("_not-in-the-table._tcp", {}, None),
    ],
)
def test_a_url_is_filled_from_the_facts_of_the_service(
    service_type: str, txt: dict[str, str | None], url: str | None
) -> None:
    assert open_url(service_type, "nas.local.", 80, txt) == url


@pytest.mark.parametrize(
    "host", [None, "", ".", "a b", "evil.example/x", "user@evil", "[::1]", "a..b", "x" * 254, "a\u202eb", "h:1", "h#"]
)
def test_a_host_that_is_no_plain_name_opens_nothing(host: str | None) -> None:
    assert open_url("_http._tcp", host, 80, {}) is None


def test_a_host_in_other_letters_is_escaped() -> None:
    assert open_url("_http._tcp", "büro.local.", 80) == "http://b%C3%BCro.local:80/"


@pytest.mark.parametrize("port", [None, 0, -1, 65536])
def test_without_a_port_nothing_is_opened_where_the_url_needs_one(port: int | None) -> None:
    assert open_url("_http._tcp", "nas.local", port) is None


@pytest.mark.parametrize("row", URL_FROM_TXT, ids=lambda row: row.type)
@pytest.mark.parametrize(
    ("offered", "opened"),
    [
        ("http://hub.local:8123", "http://hub.local:8123/"),
        ("https://hub.local/a?b=c#d", "https://hub.local/a?b=c"),
        ("javascript:alert(1)", None),
        ("file:///etc/passwd", None),
        ("http://user:secret@hub.local/", None),
        ("http://hub.local:99999/", None),
        ("http://[::1/", None),
        ("http://hub.local/\n", None),
        ("", None),
        (None, None),
    ],
)
def test_a_whole_url_from_the_network_is_taken_only_if_it_is_a_plain_web_address(
    row: ServiceTypeRow, offered: str | None, opened: str | None
) -> None:
    key = row.open.removeprefix("{txt[").removesuffix("]}")
    assert open_url(row.type, "h.local", 80, {key: offered}) == opened


@given(row=st.sampled_from(ROWS), host=st.text(), port=st.integers(), value=st.text())
def test_hostile_values_never_change_scheme_or_host(row: ServiceTypeRow, host: str, port: int, value: str) -> None:
    keys = ("path", "td", "cpath", "rp", "rs", "s", "location", "internal_url")
    url = open_url(row.type, host, port, dict.fromkeys(keys, value))
    if url is None:
        return
    parts = urlsplit(url)
    assert url.isascii()
    assert url.isprintable()
    assert " " not in url
    if row in URL_FROM_TXT:
        assert parts.scheme in WEB_SCHEMES
    else:
        assert parts.scheme == row.open.partition(":")[0]
        assert "@" not in parts.netloc


@pytest.mark.parametrize(
    ("service_type", "key", "value", "says"),
    [
        ("_hap._tcp", "ci", "5", "light bulb"),
        ("_hap._udp", "sf", "0", "paired"),
        ("_hap._tcp", "sf", "3", "not paired yet, no Wi-Fi set up"),
        ("_hap._tcp", "ff", "2", "software authentication"),
        ("_hap._tcp", "ci", "99", ""),
        ("_airplay._tcp", "features", "0x81", "video, screen mirroring"),
        ("_airplay._tcp", "features", "0x1,0x200", "video, PTP clock"),
        ("_airplay._tcp", "features", "0x5", "video, bits 2"),
        ("_airplay._tcp", "flags", "0x208", "PIN required, legacy pairing"),
        ("_raop._tcp", "cn", "0,1,9", "PCM, ALAC, 9"),
        ("_raop._tcp", "ft", "nonsense", ""),
        ("_raop._tcp", "ft", "0x" + "f" * 400, ""),
        ("_googlecast._tcp", "st", "1", "app running"),
        ("_ipp._tcp", "Color", "T", "yes"),
        ("_ipp._tcp", "printer-type", "0x18", "colour, duplex"),
        ("_matterc._udp", "CM", "1", "passcode"),
        ("_ipp._tcp", "ty", "Laser", ""),
    ],
)
def test_txt_values_are_decoded_by_the_table(service_type: str, key: str, value: str, says: str) -> None:
    known = next(row for row in service_types()[service_type].txt if row.key == key)
    assert decode_txt(known, value) == says


@pytest.mark.parametrize("row", [row for row in ROWS if row.txt], ids=lambda row: row.type)
def test_every_bit_has_a_place_and_every_key_stands_once(row: ServiceTypeRow) -> None:
    for key in row.txt:
        assert all(0 <= int(place) < 64 for place in key.bits)
    assert len({key.key.lower() for key in row.txt}) == len(row.txt)
