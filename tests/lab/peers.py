"""Real programs on the hosts of the lab that send, receive, join and listen, each ready when its function returns."""

from __future__ import annotations

import json
import re
import sys
from pathlib import Path

from tests.lab.host import CHECKOUT, Host
from tests.lab.process import Background

PUBLISHER = [sys.executable, "-m", "tests.lab.publisher"]
MULTICASTER = [sys.executable, "-m", "tests.lab.multicaster"]
IMPORTABLE = {"PYTHONPATH": str(CHECKOUT), "PYTHONUNBUFFERED": "1"}


def iperf_sender(
    host: Host,
    group: str,
    port: int,
    *,
    device: str = "en0",
    packets_per_s: int = 100,
    size: int = 100,
    seconds: float = 10,
) -> Background:
    """iperf 2 sends UDP datagrams of ``size`` bytes to the IPv4 group, for ``seconds``; ``wait`` waits for its end."""
    argv = ["iperf", "-c", group, "-u", "-p", str(port), "-T", "1", "-l", str(size), "-t", str(seconds)]
    source = host.source(device, group)
    sender = host.start([*argv, "-b", f"{packets_per_s}pps", "-B", f"{source}%{device}"])
    sender.wait_for("connected with|UDP datagrams")
    return sender


def iperf_receiver(host: Host, group: str, port: int, *, device: str = "en0", buffer: str | None = None) -> Background:
    """iperf 2 joins the IPv4 group and counts; its report stands in ``output`` after ``interrupt``.

    ``buffer`` is the receive buffer it asks for, such as 4M; net.core.rmem_max caps it.

    Not for IPv6: iperf 2.1.8 cannot bind a link-local group (EINVAL, it passes no scope).
    """
    argv = ["iperf", "-s", "-u", "-B", f"{group}%{device}", "-p", str(port), "-i", "1"]
    if buffer is not None:
        argv += ["-w", buffer]
    receiver = host.start(argv)
    receiver.wait_until(lambda: host.listening(port, "udp", receiver.pid))
    return receiver


def iperf_counts(report: str) -> tuple[int, int]:
    """(lost, total) of the last ``lost/total (percent)`` in iperf's report."""
    counts = re.findall(r"(\d+)/\s*(\d+) \([^)]*%\)", report)
    lost, total = counts[-1]
    return int(lost), int(total)


def send_text(host: Host, group: str, port: int, text: str, *, device: str = "en0") -> None:
    """socat sends ``text`` as one datagram to the group from the device."""
    if ":" in group:
        address = f"UDP6-DATAGRAM:[{group}%{device}]:{port}"
    else:
        address = f"UDP4-DATAGRAM:{group}:{port},ip-multicast-if={host.source(device, group)}"
    host.run(["socat", "-u", "STDIN", address], input=text)


def talker(
    host: Host, group: str, port: int, text: str, *, device: str = "en0", seconds_between: float = 0.1
) -> Background:
    """Sends ``text`` and a number from 1 on, until it is closed; lasts through links going down and up."""
    words = [group, str(port), device, str(seconds_between), text]
    process = host.start([*MULTICASTER, "talk", *words], env=IMPORTABLE)
    process.wait_for("talking")
    return process


def foreign_joiner(host: Host, group: str, port: int, *devices: str) -> Background:
    """Another process that shares the port and holds the group joined on all the devices, until it is closed."""
    process = host.start([*MULTICASTER, "hold", group, str(port), *devices], env=IMPORTABLE)
    process.wait_for("joined")
    return process


def deaf_receiver(host: Host, group: str, port: int, device: str) -> Background:
    """Another process that joined the group, is bound to it, and never reads from its small buffer."""
    process = host.start([*MULTICASTER, "deaf", group, str(port), device], env=IMPORTABLE)
    process.wait_for("joined")
    return process


def full_socket(host: Host, group: str, port: int, device: str, count: int) -> Background:
    """Another process that joined ``count`` groups from ``group`` on with one socket."""
    process = host.start([*MULTICASTER, "fill", group, str(port), device, str(count)], env=IMPORTABLE)
    process.wait_for("joined")
    return process


def multicast_router(host: Host, device: str = "en0") -> Background:
    """Says hello as a router that speaks PIM; it forwards nothing."""
    process = host.start([sys.executable, "-m", "tests.lab.querier", "pim", device], env=IMPORTABLE)
    process.wait_for("routing")
    return process


def tcp_listener(host: Host, address: str, port: int, *, v6only: bool = True) -> Background:
    """socat listens on the address and port and echoes; its process name is ``socat``."""
    if ":" in address:
        listen = f"TCP6-LISTEN:{port},bind=[{address}],ipv6-v6only={int(v6only)},reuseaddr,fork"
    else:
        listen = f"TCP4-LISTEN:{port},bind={address},reuseaddr,fork"
    process = host.start(["socat", listen, "PIPE"])
    process.wait_until(lambda: host.listening(port, "tcp", process.pid))
    return process


def udp_listener(host: Host, address: str, port: int) -> Background:
    """socat is bound to the UDP address and port and prints what arrives."""
    family, bind = ("UDP6", f"[{address}]") if ":" in address else ("UDP4", address)
    process = host.start(["socat", "-u", f"{family}-RECV:{port},bind={bind}", "STDOUT"])
    process.wait_until(lambda: host.listening(port, "udp", process.pid))
    return process


def web_server(host: Host, address: str, port: int, folder: Path) -> Background:
    """Python serves ``folder`` by HTTP on the address and port."""
    argv = [sys.executable, "-m", "tests.lab.web", address, str(port), str(folder)]
    process = host.start(argv, env=IMPORTABLE)
    process.wait_until(lambda: host.listening(port, "tcp", process.pid))
    return process


def airplay(host: Host, port: int, *addresses: str) -> Background:
    """A look-alike of AirPlay Receiver on these addresses; ``::`` stands for IPv6 only."""
    process = host.start([sys.executable, "-m", "tests.lab.airplay", str(port), *addresses], env=IMPORTABLE)
    process.wait_for("listening")
    return process


def zeroconf_publisher(host: Host, address: str, *services: dict[str, object]) -> Background:
    """zeroconf announces the services at the IPv4 address until it is closed."""
    process = host.start([*PUBLISHER, "publish", address, json.dumps(services)], env=IMPORTABLE)
    process.wait_for("published")
    return process


def mdns_messages(host: Host, address: str, *payloads: bytes, seconds_between: float = 0) -> None:
    """These messages go to the mDNS group as a responder at that IPv4 address would send them."""
    words = [address, str(seconds_between), *(payload.hex() for payload in payloads)]
    process = host.start([*PUBLISHER, "announce", *words], env=IMPORTABLE)
    process.wait_for("announced")
    process.close()


def mdns_repeated(host: Host, address: str, payload: bytes, seconds_between: float = 0.2) -> Background:
    """This message goes to the mDNS group again and again, as a responder at that IPv4 address would send it."""
    words = [address, str(seconds_between), payload.hex()]
    process = host.start([*PUBLISHER, "repeat", *words], env=IMPORTABLE)
    process.wait_for("announcing")
    return process


def mdnsd(host: Host, folder: Path, name: str, port: int) -> Background:
    """mdnsd announces a web page on all interfaces of the host, with TTLs of 120 s for its PTR records, too."""
    file = folder / f"{host.name}.service"
    file.write_text(f"name {name}\ntype _http._tcp\nport {port}\ntxt path=/\n", encoding="utf-8")
    process = host.start(["mdnsd", "-n", str(file)])
    process.wait_for("starting")
    return process


def discoverable(host: Host, protocol: str, uuid: str, *, device: str = "en0") -> Background:
    """A device that answers over ``ssdp`` or ``wsd`` until it is closed; ``write`` it ``hello`` or ``bye``."""
    process = host.start([sys.executable, "-m", "tests.lab.discoverable", protocol, device, uuid], env=IMPORTABLE)
    process.wait_for("ready")
    return process
