"""macOS's connections: proved by lsof, else with the process netstat names."""

from __future__ import annotations

from net.platform.macos.connections import combine
from net.platform.macos.files import File, parse
from net.platform.macos.sockets import Entry, Pair, parse_connections
from tests.net.platform.macos.lsof_tables import as_fields
from tests.samples import sample

NOBODY = 2**22 + 1
OWN = File(NOBODY, "node", "ann", "IPv4", "tcp", "127.0.0.1:5000->127.0.0.1:50000", "0x1", "CLOSE_WAIT")


def pair(port: int, pid: int | None, process: str | None = "server") -> Pair:
    return Pair(Entry("tcp", "4", "127.0.0.1", port, pid, process), "127.0.0.1", 50000, "established")


def test_what_lsof_shows_is_proved_and_not_shown_again() -> None:
    (row,) = combine([OWN], [pair(5000, NOBODY)])

    assert (row.owner, row.pid, row.process, row.user) == ("proved", NOBODY, "node", "ann")
    assert (row.address, row.port, row.remote_address, row.remote_port) == ("127.0.0.1", 5000, "127.0.0.1", 50000)
    assert row.state == "close_wait"
    (closing,) = combine([OWN._replace(state="FIN_WAIT_2")], [])
    assert closing.state == "fin_wait2"


def test_what_only_netstat_shows_is_probable_or_hidden() -> None:
    rows = combine([OWN], [pair(5001, NOBODY), pair(5002, None, None)])

    assert [(row.port, row.owner, row.pid, row.process) for row in rows[1:]] == [
        (5001, "probable", NOBODY, "server"),
        (5002, "hidden", None, None),
    ]


def test_listeners_are_no_connections() -> None:
    assert combine([OWN._replace(name="*:5000", state="LISTEN")], []) == ()


def test_an_address_cut_off_by_netstat_is_left_out() -> None:
    cut = Pair(Entry("tcp", "6", "2001:db8:1152:2f", 1, NOBODY, None), "2606:4700:4403::", 443, "established")
    assert combine([], [cut]) == ()


def test_recorded() -> None:
    files = parse(as_fields(sample("macos/lsof-nP-iTCP--established-ibridge-ipv6")))
    pairs = parse_connections(sample("macos/netstat-anv-tcp--macos27-process-pid"))
    rows = combine(files, pairs)

    assert {row.process for row in rows if row.owner == "probable"} == {"BambuStudio", "2.1.207", "Fastmail"}
    proved = [row for row in rows if row.owner == "proved"]
    assert proved
    assert {row.state for row in proved} <= {"established", "syn_sent", "close_wait"}
