"""Which programs probably hold a group, from the UDP sockets of this host."""

from __future__ import annotations

from typing import Literal

from net.group_holders import holders
from net.ports.records import Listener


def socket_of(
    process: str | None,
    pid: int | None,
    address: str,
    port: int,
    *,
    protocol: Literal["tcp", "udp"] = "udp",
    scope: Literal["loopback", "lan", "all"] = "lan",
) -> Listener:
    return Listener(
        protocol=protocol,
        address=address,
        port=port,
        interface=None,
        scope=scope,
        stack="v4",
        v6only=None,
        owner="proved",
        pid=pid,
        process=process,
    )


def test_a_socket_bound_to_the_group_holds_it() -> None:
    found = [socket_of("player", 77, "239.1.1.1", 5004), socket_of("other", 78, "239.1.1.2", 5004)]
    assert holders("239.1.1.1", found) == ("player (77)",)
    assert holders("ff15::1", [socket_of("player", 77, "ff15::1%en0", 5004)]) == ("player (77)",)


def test_a_socket_on_every_address_holds_the_group_whose_port_it_has() -> None:
    found = [
        socket_of("avahi-daemon", 9, "0.0.0.0", 5353, scope="all"),
        socket_of("avahi-daemon", 9, "::", 5353, scope="all"),
        socket_of("browser", 12, "192.168.1.23", 5353),
        socket_of("web", 13, "0.0.0.0", 5353, scope="all", protocol="tcp"),
        socket_of(None, None, "0.0.0.0", 5353, scope="all"),
    ]
    assert holders("224.0.0.251", found) == ("avahi-daemon (9)",)
    assert holders("239.1.1.1", found) == ()


def test_names_of_programs_are_shown_harmless() -> None:
    assert holders("239.1.1.1", [socket_of("a\x1b[31m", 7, "239.1.1.1", 1)]) == ("a␛[31m (7)",)
