"""lsof's field output: which process has which socket, told apart by field and not by column."""

from __future__ import annotations

import pytest

from net.platform.macos.files import File, Place, both_places, local_place, parse
from tests.net.platform.macos.lsof_tables import as_fields
from tests.samples import sample

AIRPLAY = (
    "p493\0R1\0cControlCenter\0u501\0Lann\0\n"
    "f9\0tIPv4\0d0x64cf0533e956993d\0PTCP\0n*:5000\0TST=LISTEN\0TQR=0\0TQS=0\0\n"
    "f10\0tIPv6\0d0x64cf0538b851fed5\0PTCP\0n*:5000\0TST=LISTEN\0TQR=0\0TQS=0\0\n"
)


def test_the_fields_end_with_nul_and_a_process_heads_its_files() -> None:
    assert tuple(parse(AIRPLAY)) == (
        File(493, "ControlCenter", "ann", "IPv4", "tcp", "*:5000", "0x64cf0533e956993d", "LISTEN"),
        File(493, "ControlCenter", "ann", "IPv6", "tcp", "*:5000", "0x64cf0538b851fed5", "LISTEN"),
    )


def test_the_state_of_tcp_sockets_is_read() -> None:
    closed = AIRPLAY.replace("TST=LISTEN", "TST=CLOSED", 1)
    assert [file.state for file in parse(closed)] == ["CLOSED", "LISTEN"]
    assert [file.state for file in parse(AIRPLAY.replace("TST=LISTEN\0", ""))] == ["", ""]


@pytest.mark.parametrize(
    ("family", "name", "here", "there"),
    [
        ("IPv4", "192.168.1.5:5353->224.0.0.251:53", "192.168.1.5 5353", "224.0.0.251 53"),
        ("IPv6", "[::1]:631->[::1]:50000", "::1 631", "::1 50000"),
        ("IPv6", "127.0.0.1:631->127.0.0.1:50000", "127.0.0.1 631", "127.0.0.1 50000"),
        ("IPv6", "[fe80:1::1]:9->[fe80::2%lo0]:10", "fe80::1%lo 9", "fe80::2%lo0 10"),
    ],
)
def test_both_ends_of_a_connection(family: str, name: str, here: str, there: str) -> None:
    ends = both_places(family, name)
    assert ends is not None
    assert [f"{end.text} {end.port}" for end in ends] == [here, there]


@pytest.mark.parametrize("name", ["*:5000", "*:*", "127.0.0.1:1->", "127.0.0.1:1->host:http", "->"])
def test_a_name_without_a_peer_has_no_ends(name: str) -> None:
    assert both_places("IPv4", name) is None


@pytest.mark.parametrize(
    ("printed", "shown"),
    [
        (r"Google\x20Chrome\x20H", "Google Chrome H"),
        (r"Caf\xc3\xa9", "Café"),
        (r"bad\xff", "bad⟨0xFF⟩"),
        (r"line\x0aend", "line␊end"),
        ("", ""),
    ],
)
def test_escaped_command_names_are_read_and_made_visible(printed: str, shown: str) -> None:
    (file,) = parse(f"p1\0c{printed}\0u0\0Lroot\0\nf3\0tIPv4\0PUDP\0n*:53\0\n")
    assert file.command == shown


@pytest.mark.parametrize(
    ("family", "name", "place"),
    [
        ("IPv4", "*:5000", Place(bytes(4), None, 5000)),
        ("IPv6", "*:5000", Place(bytes(16), None, 5000)),
        ("IPv4", "127.0.0.1:8080", Place(b"\x7f\0\0\1", None, 8080)),
        ("IPv6", "127.0.0.1:6942", Place(b"\x7f\0\0\1", None, 6942)),
        ("IPv6", "[::1]:631", Place(bytes(15) + b"\1", None, 631)),
        ("IPv6", "[fe80:1::1]:49152", Place(b"\xfe\x80" + bytes(13) + b"\1", "lo", 49152)),
        ("IPv6", "[fe80::1%lo0]:49152", Place(b"\xfe\x80" + bytes(13) + b"\1", "lo0", 49152)),
        ("IPv4", "*:*", None),
        ("IPv4", "192.168.1.5:5353->224.0.0.251:5353", None),
        ("IPv4", "localhost:5000", None),
        ("IPv4", "*:commplex-main", None),
    ],
)
def test_a_name_is_a_local_address_unless_connected_unbound_or_no_number(
    family: str, name: str, place: Place | None
) -> None:
    assert local_place(family, name) == place


@pytest.mark.parametrize("text", ["", "\n", "f3\0n*:1\0", "px\0c\0f1\0PTCP\0n*:1\0", "p1\0f\0PIP\0n*:1\0", "p1\0\n"])
def test_incomplete_output_gives_no_file(text: str) -> None:
    assert list(parse(text)) == []


def test_recorded_field_output_with_line_feeds() -> None:
    files = list(parse(sample("macos/lsof-F-pcLPnT--airplay-udp-multicast-peer")))

    assert [file.name for file in files if file.command == "ControlCenter"] == [
        *("*:7000", "*:7000", "*:3722", "*:*", "192.168.1.5:5353->224.0.0.251:5353")
    ]
    assert {file.name for file in files if file.command == "node"} == {"127.0.0.1:8080", "[::1]:8080"}
    assert {file.user for file in files} == {"pv"}


def test_recorded_field_output_with_nul() -> None:
    files = list(parse(sample("linux/lsof-F-nul-terminated--network-files")))

    assert File(8219, "Local Svc (x)", None, "IPv4", "tcp", "127.0.0.1:631", None, "LISTEN") in files
    assert {file.state for file in files if file.protocol == "udp"} == {""}


def test_fields_not_asked_for_do_not_disturb() -> None:
    files = list(parse(sample("linux/lsof-F-pcuLftPnTd--network-files")))

    assert files[0] == File(8217, "demo-web", "root", "IPv6", "tcp", "*:8080", "173906", "LISTEN")
    shared = [file.pid for file in files if file.device == "173906"]
    assert len(shared) == 2


@pytest.mark.parametrize(
    ("name", "owner", "places"),
    [
        (
            "macos/lsof-P-iTCP-LISTEN--airplay-5000-two-owners",
            ("agent", 551, "family"),
            [Place(b"\x7f\0\0\1", None, port) for port in (5000, 5001, 5002)],
        ),
        (
            "macos/lsof-P-iTCP-LISTEN--airplay-5000-two-owners",
            ("ControlCe", 441, "family"),
            [Place(bytes(length), None, port) for port in (7000, 5000) for length in (4, 16)],
        ),
        (
            "macos/lsof-i-P-grep5353--mdnsresponder",
            ("mDNSRespo", 187, "_mdnsresponder"),
            [Place(bytes(4), None, 5353), Place(bytes(16), None, 5353)],
        ),
        (
            "macos/lsof-nP-iTCP-LISTEN--idea-ipv6-loopback",
            ("idea", 738, "user"),
            [Place(b"\x7f\0\0\1", None, port) for port in (49340, 6942, 61382, 61290, 49366)],
        ),
        ("macos/lsof-nP-iUDP--unbound-and-rapport-3722", ("rapportd", 388, "user"), [Place(bytes(4), None, 3722)]),
        (
            "macos/lsof-nP-iTCP--established-ibridge-ipv6",
            ("rapportd", 388, "user"),
            [Place(bytes(4), None, 64906), Place(bytes(16), None, 64906)],
        ),
        ("macos/lsof-nP-iTCP--established-ibridge-ipv6", ("cloudd", 420, "user"), []),
    ],
)
def test_recorded_tables_printed_as_fields(name: str, owner: tuple[str, int, str], places: list[Place]) -> None:
    files = parse(as_fields(sample(name)))
    found = [(local_place(file.family, file.name)) for file in files if (file.command, file.pid, file.user) == owner]
    assert [place for place in found if place is not None] == places


def test_a_table_with_service_names_gives_no_false_port() -> None:
    files = list(parse(as_fields(sample("macos/lsof-i5000--controlce-commplex-main"))))

    assert [file.command for file in files] == ["ControlCe", "ControlCe"]
    assert [local_place(file.family, file.name) for file in files] == [None, None]
