"""The Windows platform asks for the right options and keeps what is slow to ask."""

from __future__ import annotations

import socket
from collections.abc import Sequence

import pytest

from net.platform import windows
from net.platform.protocol import Platform, RouteEntry
from net.platform.windows import Windows, adapters, joins, links, routeprint
from net.platform.windows.links import Seen

ROUTES = """\
 12...00 15 5d 01 02 03 ......Intel(R) Ethernet Connection I219-LM
          0.0.0.0          0.0.0.0        192.0.2.1       192.0.2.10     25
        224.0.0.0        240.0.0.0          On-link       192.0.2.10    281
 12    281 ff00::/8                 On-link
"""
ADAPTERS = """\
Name     InterfaceDescription                 ifIndex InterfaceType MacAddress
----     --------------------                 ------- ------------- ----------
Ethernet Intel(R) Ethernet Connection I219-LM      12             6 00-15-5D-01-02-03
"""
JOINS = "Interface 12: Ethernet\n\n0  1  Yes  {group}\n"


def default(interface: str) -> RouteEntry:
    return RouteEntry(destination="0.0.0.0/0", interface=interface, gateway="192.0.2.1")


class RecordingSocket(socket.socket):
    """Keeps the options that would be set; the numbers are those of another system than the one the tests run on."""

    def __init__(self, family: socket.AddressFamily) -> None:
        super().__init__(family, socket.SOCK_DGRAM)
        self.options: list[tuple[object, ...]] = []

    def setsockopt(self, *arguments: object) -> None:
        self.options.append(arguments)


class Commands:
    """Stands in for the commands of Windows: what each prints, and how often it was asked."""

    def __init__(self) -> None:
        self.answers: dict[tuple[str, ...], str] = {
            routeprint.COMMAND: ROUTES,
            adapters.COMMAND: ADAPTERS,
            joins.COMMANDS[0]: JOINS.format(group="224.0.0.251"),
            joins.COMMANDS[1]: JOINS.format(group="ff02::fb"),
        }
        self.asked: list[tuple[str, ...]] = []

    def output(self, argv: Sequence[str], timeout: float = 5.0) -> str:
        self.asked.append(tuple(argv))
        answer = self.answers.get(tuple(argv))
        if answer is None:
            raise FileNotFoundError(2, "No such file or directory", argv[0])
        return answer


@pytest.fixture
def present() -> list[Seen]:
    ethernet = Seen(
        name="Ethernet",
        mac="00-15-5D-01-02-03",
        addresses=(("192.0.2.10", "255.255.255.0"), ("127.0.0.1", "255.0.0.0")),
        up=True,
        mtu=1500,
        speed_mbps=1000,
    )
    return [ethernet]


@pytest.fixture
def commands(monkeypatch: pytest.MonkeyPatch, present: list[Seen]) -> Commands:
    known = Commands()
    monkeypatch.setattr(windows, "output", known.output)
    monkeypatch.setattr(links, "seen", lambda: tuple(present))
    return known


def test_it_is_a_platform() -> None:
    platform: Platform = Windows()
    assert callable(platform.changes)


def test_the_index_is_in_network_order_for_ipv4_only() -> None:
    with RecordingSocket(socket.AF_INET) as ipv4, RecordingSocket(socket.AF_INET6) as ipv6:
        Windows().bind_to_interface(ipv4, "Ethernet", 12)
        Windows().bind_to_interface(ipv6, "Ethernet", 12)
        assert ipv4.options == [(socket.IPPROTO_IP, 31, b"\0\0\0\x0c")]
        assert ipv6.options == [(socket.IPPROTO_IPV6, 31, 12)]


def test_links_with_the_evidence_of_powershell(commands: Commands) -> None:
    (link,) = Windows().links()
    assert (link.index, link.facts["win.iftype"], "MULTICAST" in link.flags) == (12, ("6",), True)


def test_powershell_is_asked_again_only_when_an_interface_came_or_went(commands: Commands, present: list[Seen]) -> None:
    platform = Windows()
    platform.links()
    platform.routes()
    assert commands.asked.count(adapters.COMMAND) == 1
    present.append(Seen(name="VPN", mac=None, addresses=(), up=True, mtu=1400, speed_mbps=None))
    platform.links()
    assert commands.asked.count(adapters.COMMAND) == 2


def test_without_powershell_the_links_are_there_all_the_same(commands: Commands) -> None:
    del commands.answers[adapters.COMMAND]
    (link,) = Windows().links()
    assert link.facts == {"win.desc": ("Intel(R) Ethernet Connection I219-LM",)}


def test_routes_carry_names_and_metrics(commands: Commands) -> None:
    default, multicast, multicast_v6 = Windows().routes()
    assert (default.interface, default.gateway, default.metric) == ("Ethernet", "192.0.2.1", 25)
    assert (multicast.destination, multicast_v6.interface) == ("224.0.0.0/4", "Ethernet")


def test_a_table_that_cannot_be_read_leaves_the_defaults_to_netifaces(
    commands: Commands, monkeypatch: pytest.MonkeyPatch
) -> None:
    commands.answers[routeprint.COMMAND] = "?"
    monkeypatch.setattr(windows.gateways, "default_routes", lambda names: (default(names["192.0.2.10"]),))
    assert Windows().routes() == (default("Ethernet"),)


def test_the_lookup_names_the_interface_of_the_source(commands: Commands) -> None:
    found = Windows().lookup("127.0.0.1")
    assert (found.interface, found.source, found.gateway) == ("Ethernet", "127.0.0.1", "192.0.2.1")
    assert commands.asked.count(routeprint.COMMAND) == 1


def test_groups_of_both_families(commands: Commands) -> None:
    assert [membership.group for membership in Windows().memberships()] == ["224.0.0.251", "ff02::fb"]
