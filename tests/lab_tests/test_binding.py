"""Every refusal of a bind is produced by the kernel and explained by its true cause, and the proposed port is free."""

from __future__ import annotations

import errno
import ipaddress
import json
import socket
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.lab import Host, JsonRecord, Lab
from tests.lab.host import LANSCOUT
from tests.lab.peers import tcp_listener, udp_listener, web_server

AS_NOBODY = ["setpriv", "--reuid=65534", "--regid=65534", "--clear-groups"]
BROADCAST = ["ip", "-4", "-o", "address", "show", "dev", "en0"]
START = "net.ipv4.ip_unprivileged_port_start"


def bound(host: Host, *words: str, code: int, nobody: bool = False) -> list[JsonRecord]:
    """``lanscout bind WORDS --json`` there, as an ordinary user where asked, ending with that exit code."""
    who = AS_NOBODY if nobody else []
    result = host.run([*who, *LANSCOUT, "bind", *words, "--json"], check=False)
    assert result.returncode == code, result.stdout + result.stderr
    return [json.loads(line) for line in result.stdout.splitlines()]


def really_binds(host: Host, address: str, port: int, *, kind: int = socket.SOCK_STREAM) -> bool:
    """Whether an ordinary user's program can bind it there, seen by such a program."""
    family = "AF_INET6" if ":" in address else "AF_INET"
    program = f"import socket; socket.socket(socket.{family}, {int(kind)}).bind(({address!r}, {port}))"
    return host.run([*AS_NOBODY, sys.executable, "-c", program], check=False).returncode == 0


@contextmanager
def setting(host: Host, name: str, value: str) -> Iterator[None]:
    """A sysctl of that host's namespace for the block."""
    before = host.run(["sysctl", "-n", name]).stdout.strip()
    host.run(["sysctl", "-qw", f"{name}={value}"])
    try:
        yield
    finally:
        host.run(["sysctl", "-qw", f"{name}={before}"])


@contextmanager
def time_wait(host: Host, port: int) -> Iterator[None]:
    """A connection that the server's side ended, so that its port is in TIME_WAIT."""
    with host.inside():
        server = socket.socket()
        server.bind(("127.0.0.1", port))
        server.listen()
        client = socket.create_connection(("127.0.0.1", port))
        accepted, _ = server.accept()
    accepted.close()
    assert client.recv(1) == b""
    client.close()
    server.close()
    yield


def test_a_port_that_is_free_can_be_bound_in_every_way(lab: Lab) -> None:
    found = bound(lab.beta, "5000", code=0)
    assert [(each["address"], each["stack"]) for each in found] == [("0.0.0.0", "v4"), ("::", "v6"), ("::", "dual")]
    assert {(each["possible"], each["with_reuse"], each["errno"], each["reason"], each["free"]) for each in found} == {
        (True, True, None, None, None)
    }


def test_a_low_port_needs_a_right_which_root_has(lab: Lab) -> None:
    (refused,) = bound(lab.beta, "127.0.0.1:53", code=1, nobody=True)
    assert (refused["possible"], refused["errno"]) == (False, errno.EACCES)
    assert "CAP_NET_BIND_SERVICE" in refused["reason"]
    assert "ports below 1024 (net.ipv4.ip_unprivileged_port_start)" in refused["reason"]
    assert "setcap cap_net_bind_service=+ep" in refused["remedy"]
    assert refused["holder"] is None
    assert refused["free"] == 1024
    assert really_binds(lab.beta, "127.0.0.1", 1024)
    assert not really_binds(lab.beta, "127.0.0.1", 1023)
    (granted,) = bound(lab.beta, "127.0.0.1:53", code=0)
    assert "others may not bind ports below 1024" in granted["caveat"]


def test_the_border_of_low_ports_is_the_settings_and_not_1024(lab: Lab) -> None:
    with setting(lab.beta, START, "53"):
        (granted,) = bound(lab.beta, "127.0.0.1:53", code=0, nobody=True)
        assert granted["caveat"] is None
        (refused,) = bound(lab.beta, "127.0.0.1:52", code=1, nobody=True)
        assert (refused["errno"], refused["free"]) == (errno.EACCES, 53)
        assert "ports below 53 " in refused["reason"]
    with setting(lab.beta, START, "6000"):
        (refused,) = bound(lab.beta, "127.0.0.1:5000", code=1, nobody=True)
        assert "ports below 6000 " in refused["reason"]
        assert refused["free"] == 6000
    with setting(lab.beta, "net.ipv4.ip_local_port_range", "1024 65535"):
        (refused,) = bound(lab.beta, "127.0.0.1:80", code=1, nobody=True)
        assert refused["free"] == 1024
        assert "Port 1024 lies in the range 1024 to 65535" in refused["free_caveat"]
        assert really_binds(lab.beta, "127.0.0.1", 1024)
        (granted,) = bound(lab.beta, "127.0.0.1:5000", code=0, nobody=True)
        assert "choose a port below" not in granted["caveat"]


def test_a_port_that_is_taken_names_its_holder_and_the_nearest_that_is_not(lab: Lab, tmp_path: Path) -> None:
    with (
        web_server(lab.beta, "127.0.0.1", 5000, tmp_path) as holder,
        tcp_listener(lab.beta, "0.0.0.0", 5001),
        tcp_listener(lab.beta, "::", 4999),
    ):
        found = bound(lab.beta, "5000", code=1)
        four, six, dual = found
        for refused in (four, dual):
            assert (refused["possible"], refused["errno"]) == (False, errno.EADDRINUSE)
            assert f"(PID {holder.pid}) at 127.0.0.1" in refused["holder"]
            assert refused["holder"] in refused["reason"]
            assert refused["free"] == 5002
        assert (six["possible"], six["holder"], six["free"]) == (True, None, None)
        assert f"(PID {holder.pid}) at 127.0.0.1. So localhost may reach that program" in six["caveat"]
        assert really_binds(lab.beta, "0.0.0.0", 5002)
        assert really_binds(lab.beta, "::", 5002)
        (one,) = bound(lab.beta, "[::1]:4999", code=1)
        assert (one["errno"], one["free"]) == (errno.EADDRINUSE, 4998)
        assert really_binds(lab.beta, "::1", 4998)


def test_trying_a_port_changes_nothing_about_it(lab: Lab) -> None:
    with lab.beta.inside():
        plain = socket.socket()
        plain.bind(("127.0.0.1", 5000))
        plain.listen()
    with plain:
        answers = [
            [(each["possible"], each["with_reuse"]) for each in bound(lab.beta, "5000", code=1)] for _ in range(2)
        ]
    assert answers == [[(False, False), (True, True), (False, False)]] * 2


def test_a_pool_on_one_stack_does_not_hide_the_plain_listener_on_the_other(lab: Lab) -> None:
    with lab.beta.inside():
        pool, plain = socket.socket(socket.AF_INET6), socket.socket()
        for option in (socket.SO_REUSEADDR, socket.SO_REUSEPORT):
            pool.setsockopt(socket.SOL_SOCKET, option, 1)
        pool.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 1)
        pool.bind(("::1", 5000))
        plain.bind(("127.0.0.1", 5000))
    with pool, plain:
        pool.listen()
        plain.listen()
        answers = [[each["with_reuse"] for each in bound(lab.beta, "5000", code=1)] for _ in range(2)]
        alone = [each["with_reuse"] for each in bound(lab.beta, "[::]:5000", code=1)]
    assert answers == [[False, True, False]] * 2
    assert alone == [True, False]


def test_udp_and_tcp_are_different_ports(lab: Lab) -> None:
    with udp_listener(lab.beta, "0.0.0.0", 5000) as holder:
        (refused,) = bound(lab.beta, "127.0.0.1:5000", "--udp", code=1)
        assert (refused["protocol"], refused["errno"], refused["free"]) == ("udp", errno.EADDRINUSE, 5001)
        assert refused["holder"] == f"socat (PID {holder.pid}) at 0.0.0.0"
        assert really_binds(lab.beta, "127.0.0.1", 5001, kind=socket.SOCK_DGRAM)
        bound(lab.beta, "127.0.0.1:5000", code=0)


def test_ended_connections_keep_a_port_and_only_until_reuse_is_asked_for(lab: Lab) -> None:
    with time_wait(lab.beta, 5100):
        (refused,) = bound(lab.beta, "127.0.0.1:5100", code=1)
    assert (refused["errno"], refused["holder"]) == (errno.EADDRINUSE, None)
    assert "TIME_WAIT" in refused["reason"]
    assert "SO_REUSEADDR" in refused["remedy"]
    assert really_binds(lab.beta, "127.0.0.1", refused["free"])


def test_a_socket_that_is_bound_and_does_not_listen_is_found(lab: Lab) -> None:
    program = (
        "import socket, sys; held = socket.socket(); held.bind(('127.0.0.1', 5200)); "
        "print('bound', flush=True); sys.stdin.read()"
    )
    with lab.beta.start([sys.executable, "-c", program]) as holder:
        holder.wait_for("bound")
        (refused,) = bound(lab.beta, "127.0.0.1:5200", code=1)
    assert refused["errno"] == errno.EADDRINUSE
    assert f"(PID {holder.pid}) has bound it at 127.0.0.1 and does not listen" in refused["reason"]


def test_an_outgoing_connection_that_has_the_port_is_found(lab: Lab) -> None:
    with tcp_listener(lab.beta, "127.0.0.1", 5300), lab.beta.inside():
        client = socket.create_connection(("127.0.0.1", 5300))
        with client:
            port = client.getsockname()[1]
            (refused,) = bound(lab.beta, f"127.0.0.1:{port}", code=1)
    assert "with a connection to 127.0.0.1:5300" in refused["reason"]


def test_an_address_that_is_not_here_is_told_with_those_that_are(lab: Lab) -> None:
    (refused,) = bound(lab.beta, "10.99.0.1:5000", code=1)
    assert (refused["errno"], refused["free"]) == (errno.EADDRNOTAVAIL, None)
    assert "10.99.0.1 is no address of this computer" in refused["reason"]
    with tcp_listener(lab.beta, "0.0.0.0", 5000):
        (refused,) = bound(lab.beta, "10.99.0.1:5000", code=1)
    assert (refused["errno"], refused["holder"]) == (errno.EADDRNOTAVAIL, None), "nobody holds what is not here"
    assert all(address in refused["reason"] for address in ("127.0.0.1", *lab.beta.v4))
    assert "fe80" not in refused["reason"]


def test_a_link_local_address_needs_its_interface(lab: Lab) -> None:
    address = lab.beta.source("en0", "fe80::1")
    (missing,) = bound(lab.beta, f"[{address}]:5000", code=1)
    assert missing["errno"] == errno.EINVAL
    assert f"{address}%NAME" in missing["remedy"]
    assert "en0" in missing["remedy"]
    (unknown,) = bound(lab.beta, f"[{address}%en77]:5000", code=1)
    assert unknown["errno"] == errno.ENODEV
    assert "en77" in unknown["reason"]
    (granted,) = bound(lab.beta, f"[{address}%en0]:5000", code=0)
    assert granted["address"] == f"{address}%en0"


def test_what_no_connection_reaches_is_warned_of(lab: Lab) -> None:
    broadcast = str(ipaddress.ip_interface(lab.beta.run(BROADCAST).stdout.split()[3]).network.broadcast_address)
    (granted,) = bound(lab.beta, f"{broadcast}:5000", code=0)
    assert "no TCP connection reaches a multicast or broadcast address" in granted["caveat"]
    (missing,) = bound(lab.beta, "[ff02::1]:5000", code=1)
    assert "ff02::1%NAME" in missing["remedy"]


def test_a_host_without_ipv6_says_so_and_is_asked_for_ipv4(fresh_lab: Lab) -> None:
    fresh_lab.beta.run(["sysctl", "-qw", "net.ipv6.conf.all.disable_ipv6=1"])
    (refused,) = bound(fresh_lab.beta, "[::1]:5000", code=1)
    assert refused["errno"] == errno.EADDRNOTAVAIL
    assert "no IPv6" in refused["reason"]
    four, six, dual = bound(fresh_lab.beta, "5000", code=0)
    assert four["caveat"] is None
    assert "no interface of this computer has an IPv6 address, so it is reached by nobody" in six["caveat"]
    assert "reached by IPv4 only" in dual["caveat"]


def test_a_port_that_address_translation_takes_away_can_be_bound_with_a_warning(fresh_lab: Lab) -> None:
    rule = (
        "table ip nat { chain pre { type nat hook prerouting priority -100; tcp dport 8080 dnat to 172.17.0.2:80; }; }"
    )
    made = fresh_lab.beta.run(["nft", rule], check=False)
    (granted,) = bound(fresh_lab.beta, "0.0.0.0:8080", code=0)
    assert made.returncode == 0, made.stderr
    assert granted["possible"] is True
    assert "sends what arrives from other computers to 172.17.0.2:80 instead" in granted["caveat"]
    (plain,) = bound(fresh_lab.beta, "0.0.0.0:8081", code=0)
    assert (plain["caveat"], plain["unknown"]) == (None, None)
    (unread,) = bound(fresh_lab.beta, "0.0.0.0:8080", code=0, nobody=True)
    assert unread["caveat"] is None
    assert "only root may read those rules" in unread["unknown"]


def test_a_port_of_outgoing_connections_is_warned_of(lab: Lab) -> None:
    with setting(lab.beta, "net.ipv4.ip_local_port_range", "40000 40100"):
        (inside,) = bound(lab.beta, "127.0.0.1:40050", code=0)
        (outside,) = bound(lab.beta, "127.0.0.1:40101", code=0)
    assert "40000 to 40100" in inside["caveat"]
    assert outside["caveat"] is None


def test_people_get_the_reason_the_remedy_and_a_port_that_is_free(lab: Lab, tmp_path: Path) -> None:
    with web_server(lab.beta, "0.0.0.0", 5000, tmp_path) as holder:
        result = lab.beta.run([*LANSCOUT, "bind", "127.0.0.1:5000"], check=False)
    assert result.returncode == 1
    assert "no (98)" in result.stdout
    assert f"(PID {holder.pid}) at 0.0.0.0" in result.stdout
    assert "The nearest port that can be bound is 5001." in result.stdout
