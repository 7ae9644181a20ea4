"""The lab's peers are real and ready when they say so."""

from __future__ import annotations

import socket
import struct
from collections.abc import Iterator

import pytest

from tests.lab import Advertised, Avahi, Host, Lab, peers

GROUP = "224.224.0.77"
GROUP_V6 = "ff02::4d"
MDNS = ("224.0.0.251", 5353)

PRINTER = Advertised(
    name="Drucker · Büro 日本",
    type="_ipp._tcp",
    port=631,
    subtypes=("_universal", "_print"),
    txt=("txtvers=1", "rp=ipp/print", "note=Zweiter Stock, links & <rechts>"),
)


def _receiver(host: Host, device: str, group: str, port: int) -> socket.socket:
    with host.inside():
        receiver = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        receiver.setsockopt(socket.SOL_SOCKET, socket.SO_BINDTODEVICE, device.encode())
        receiver.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        receiver.bind((group, port))
        member = struct.pack("@4s4xi", socket.inet_aton(group), socket.if_nametoindex(device))
        receiver.setsockopt(socket.IPPROTO_IP, socket.IP_ADD_MEMBERSHIP, member)
    receiver.settimeout(5)
    return receiver


@pytest.fixture
def heard(lab: Lab) -> Iterator[socket.socket]:
    """What alpha hears of mDNS by en0."""
    with _receiver(lab.alpha, "en0", *MDNS) as receiver:
        yield receiver


def _wait_for_packet(receiver: socket.socket, part: bytes) -> bytes:
    while True:
        packet = receiver.recv(9000)
        if part in packet:
            return packet


def test_avahi_announces_utf8_names_subtypes_and_txt(lab: Lab, heard: socket.socket) -> None:
    with Avahi(lab, lab.beta, [PRINTER]):
        packet = _wait_for_packet(heard, PRINTER.name.encode())
        assert b"_universal" in packet or b"_universal" in _wait_for_packet(heard, b"_universal")


def test_avahi_changes_and_withdraws_a_service(lab: Lab, heard: socket.socket) -> None:
    with Avahi(lab, lab.beta, [PRINTER]) as avahi:
        changed = Advertised(name=PRINTER.name, type=PRINTER.type, port=631, txt=("note=umgezogen",))
        avahi.put(changed)
        _wait_for_packet(heard, b"note=umgezogen")
        avahi.put(Advertised(name="Second", type="_http._tcp", port=80))
        _wait_for_packet(heard, b"Second")
        avahi.withdraw("Second")
        goodbye = struct.pack("!HHI", 12, 1, 0)  # PTR, IN, a TTL of zero: RFC 6762 section 10.1
        assert goodbye in _wait_for_packet(heard, goodbye)


def test_avahi_says_goodbye_at_its_end_but_not_when_it_dies(lab: Lab, heard: socket.socket) -> None:
    goodbye = struct.pack("!HHI", 12, 1, 0)
    with Avahi(lab, lab.beta, [PRINTER]) as avahi:
        avahi.die()
        heard.setblocking(False)
        with pytest.raises(BlockingIOError):
            _wait_for_packet(heard, goodbye)
        heard.settimeout(5)
    with Avahi(lab, lab.beta, [PRINTER]):
        pass
    _wait_for_packet(heard, goodbye)


def test_avahi_keeps_to_its_interfaces(lab: Lab) -> None:
    with _receiver(lab.beta, "en0", *MDNS) as on_lan1, _receiver(lab.delta, "en0", *MDNS) as on_lan2:
        with Avahi(lab, lab.alpha, [PRINTER], interfaces=("en5",)):
            _wait_for_packet(on_lan2, PRINTER.name.encode())
        on_lan1.setblocking(False)
        with pytest.raises(BlockingIOError):
            _wait_for_packet(on_lan1, PRINTER.name.encode())


def test_avahi_browse_works_over_a_bus_of_its_own(lab: Lab) -> None:
    with Avahi(lab, lab.beta, [PRINTER]), Avahi(lab, lab.alpha, bus=True) as browser:
        found = lab.alpha.run(["avahi-browse", "-artp"], env=browser.environment).stdout
    assert ";_ipp._tcp;local;" in found or "Internet Printer" in found
    assert "192.168.1.20;631" in found


def test_iperf_counts_what_iperf_sent(lab: Lab) -> None:
    with peers.iperf_receiver(lab.alpha, GROUP, 23019) as receiver:
        with peers.iperf_sender(lab.beta, GROUP, 23019, packets_per_s=100, seconds=0.5) as sender:
            sender.wait()
        receiver.wait_for(r"\d+/\s*\d+ \(")
        receiver.interrupt()
    lost, total = peers.iperf_counts(receiver.output)
    assert lost == 0
    assert 40 <= total <= 60


def test_socat_sends_one_datagram_from_the_device(lab: Lab) -> None:
    with _receiver(lab.beta, "en0", GROUP, 23019) as receiver:
        peers.send_text(lab.alpha, GROUP, 23019, "Grüße")
        payload, source = receiver.recvfrom(100)
    assert payload == "Grüße".encode()
    assert source[0] == "192.168.1.23"


def test_socat_sends_to_a_group_of_ipv6(lab: Lab) -> None:
    with peers.foreign_joiner(lab.beta, GROUP_V6, 23019, "en0"):
        with lab.beta.inside():
            receiver = socket.socket(socket.AF_INET6, socket.SOCK_DGRAM)
            receiver.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            receiver.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEPORT, 1)
        with receiver:
            receiver.settimeout(5)
            receiver.bind((GROUP_V6, 23019, 0, _index(lab.beta, "en0")))
            peers.send_text(lab.alpha, GROUP_V6, 23019, "six")
            assert receiver.recv(100) == b"six"


def _index(host: Host, device: str) -> int:
    with host.inside():
        return socket.if_nametoindex(device)


def test_talker_lasts_through_a_link_that_goes_down_and_up(fresh_lab: Lab) -> None:
    with (
        _receiver(fresh_lab.alpha, "en0", GROUP, 23019) as receiver,
        peers.talker(fresh_lab.beta, GROUP, 23019, "tick", seconds_between=0.01) as talker,
    ):
        assert receiver.recv(100) == b"tick 1"
        fresh_lab.beta.ip("link set en0 down")
        talker.wait_for("unreachable|down")
        fresh_lab.beta.ip("link set en0 up")
        fresh_lab.beta.ip("route add default dev en0")
        last = int(talker.errors[-1].split(":")[0])
        while int(receiver.recv(100).split()[1]) <= last:
            pass


def test_foreign_joiner_holds_the_group_on_all_its_devices(lab: Lab) -> None:
    with peers.foreign_joiner(lab.alpha, GROUP, 23019, "en0", "en5"):
        listed = lab.alpha.run(["ip", "maddress", "show"]).stdout
        assert listed.count(f"inet  {GROUP}") == 2
    assert GROUP not in lab.alpha.run(["ip", "maddress", "show"]).stdout


@pytest.mark.parametrize("address", ["127.0.0.1", "::1", "0.0.0.0", "::", "192.168.1.23"])
def test_tcp_listener_is_ready(lab: Lab, address: str) -> None:
    with peers.tcp_listener(lab.alpha, address, 5000) as listener:
        assert lab.alpha.listening(5000, "tcp", listener.pid)
        target = {"0.0.0.0": "127.0.0.1", "::": "::1"}.get(address, address)
        with lab.alpha.inside():
            client = socket.create_connection((target, 5000), timeout=5)
        with client:
            client.sendall(b"echo")
            assert client.recv(10) == b"echo"
    assert not lab.alpha.listening(5000)


def test_listeners_share_a_port_on_different_addresses(lab: Lab) -> None:
    with (
        peers.tcp_listener(lab.alpha, "127.0.0.1", 5000),
        peers.tcp_listener(lab.alpha, "::1", 5000),
        peers.udp_listener(lab.alpha, "0.0.0.0", 5000) as udp,
    ):
        assert lab.alpha.listening(5000, "udp", udp.pid)
        assert lab.alpha.run(["ss", "-Htuln", "sport", "=", "5000"]).stdout.count("\n") == 3
