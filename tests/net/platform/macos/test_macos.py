"""The macOS platform asks for the right options and keeps what is slow to ask."""

from __future__ import annotations

import socket

import pytest

from net.platform import macos
from net.platform.commands import CommandError, Outcome
from net.platform.macos import Macos, complete, ifconfig, netstat, networksetup
from net.platform.protocol import Egress, Link, Platform

LIST = """\
lo0: flags=8049<UP,LOOPBACK,RUNNING,MULTICAST> mtu 16384 index 1
\tinet 127.0.0.1 netmask 0xff000000
en0: flags=8863<UP,BROADCAST,SMART,RUNNING,SIMPLEX,MULTICAST> mtu 1500 index 12
\tether 60:00:50:57:00:44
\tstatus: active
"""
PORTS = "\nHardware Port: Wi-Fi\nDevice: en0\nEthernet Address: 60:00:50:57:00:44\n"
SERVICES = "(1) Wireless\n(Hardware Port: Wi-Fi, Device: en0)\n"


class RecordingSocket(socket.socket):
    """Keeps the options that would be set; the numbers are those of another system than the one the tests run on."""

    def __init__(self, family: socket.AddressFamily) -> None:
        super().__init__(family, socket.SOCK_DGRAM)
        self.options: list[tuple[object, ...]] = []

    def setsockopt(self, *arguments: object) -> None:
        self.options.append(arguments)


class Commands:
    """Stands in for the commands of macOS: what each prints, and how often it was asked."""

    def __init__(self, answers: dict[tuple[str, ...], str | CommandError]) -> None:
        self.answers = answers
        self.asked: list[tuple[str, ...]] = []

    def output(self, argv: tuple[str, ...]) -> str:
        self.asked.append(argv)
        answer = self.answers[argv]
        if isinstance(answer, CommandError):
            raise answer
        return answer


@pytest.fixture
def commands(monkeypatch: pytest.MonkeyPatch) -> Commands:
    known = Commands(
        {ifconfig.VERBOSE: LIST, ifconfig.PLAIN: LIST, networksetup.COMMAND: PORTS, networksetup.ORDER: SERVICES}
    )
    monkeypatch.setattr(macos, "output", known.output)
    return known


def test_it_is_a_platform() -> None:
    platform: Platform = Macos()
    assert callable(platform.changes)


@pytest.mark.parametrize(
    ("family", "level", "option"),
    [(socket.AF_INET, socket.IPPROTO_IP, 25), (socket.AF_INET6, socket.IPPROTO_IPV6, 125)],
)
def test_a_socket_is_bound_by_index_at_its_family(family: socket.AddressFamily, level: int, option: int) -> None:
    with RecordingSocket(family) as sock:
        Macos().bind_to_interface(sock, "en0", 12)
        assert sock.options == [(level, option, 12)]


def test_links_come_in_index_order_with_their_hardware_port(commands: Commands) -> None:
    found = Macos().links()
    assert [(link.name, link.index) for link in found] == [("lo0", 1), ("en0", 12)]
    assert found[1].facts == {"darwin.port": ("Wi-Fi",)}
    assert found[1].friendly == "Wireless"


def test_hardware_ports_are_asked_again_only_when_an_interface_came_or_went(commands: Commands) -> None:
    platform = Macos()
    platform.links()
    platform.links()
    assert commands.asked.count(networksetup.COMMAND) == 1
    commands.answers[ifconfig.VERBOSE] = LIST + "en9: flags=0<> mtu 1500 index 13\n"
    platform.links()
    assert commands.asked.count(networksetup.COMMAND) == 2


def test_a_verbose_list_that_fails_is_replaced_by_the_plain_one(commands: Commands) -> None:
    failed = Outcome(stdout="", stderr="ifconfig: sysctl IFDATA_SUPPLEMENTAL: No such file or directory", status=1)
    commands.answers[ifconfig.VERBOSE] = CommandError(ifconfig.VERBOSE, failed)
    commands.answers[networksetup.COMMAND] = CommandError(networksetup.COMMAND, failed)
    found = Macos().links()
    assert [link.name for link in found] == ["lo0", "en0"]
    assert found[1].facts == {}


def test_routes_and_groups_are_asked_of_netstat(commands: Commands) -> None:
    commands.answers[netstat.ROUTES] = "default  192.0.2.1  UGScg  en0\n"
    commands.answers[netstat.GROUPS] = "IPv4 Multicast Group Memberships\n224.0.0.1 <none> en0\n"
    assert [route.destination for route in Macos().routes()] == ["0.0.0.0/0"]
    assert [membership.group for membership in Macos().memberships()] == ["224.0.0.1"]


def test_the_lookup_is_asked_of_route(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(macos.route, "lookup", lambda address, scope: Egress(interface=f"to {address} by {scope}"))
    assert Macos().lookup("224.0.0.251") == Egress(interface="to 224.0.0.251 by None")
    assert Macos().lookup("224.0.0.251", "en0") == Egress(interface="to 224.0.0.251 by en0")


def test_what_other_sources_tell_is_added_to_a_link() -> None:
    link = Link(name="en0", index=0, flags=frozenset(), facts={"darwin.type": ("Wi-Fi",)})
    whole = complete(link, index=4, port="Wi-Fi", received=10, sent=None)
    assert (whole.index, whole.rx_bytes, whole.tx_bytes) == (4, 10, None)
    assert whole.facts == {"darwin.type": ("Wi-Fi",), "darwin.port": ("Wi-Fi",)}
