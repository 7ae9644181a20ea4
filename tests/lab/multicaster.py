"""A program of the lab that holds groups joined, or sends text to one, until its stdin closes.

python -m tests.lab.multicaster hold GROUP PORT INTERFACE...
python -m tests.lab.multicaster deaf GROUP PORT INTERFACE
python -m tests.lab.multicaster fill GROUP PORT INTERFACE COUNT
python -m tests.lab.multicaster talk GROUP PORT INTERFACE SECONDS-BETWEEN TEXT
"""

from __future__ import annotations

import ipaddress
import select
import socket
import struct
import sys


def hold(group: str, port: int, interfaces: list[str]) -> None:
    """Bind the port (shared) and join the group on each interface; says ``joined`` and stays."""
    with _bound(group, port) as sock:
        for name in interfaces:
            _join(sock, group, socket.if_nametoindex(name))
        print("joined", *interfaces, flush=True)
        sys.stdin.read()


def deaf(group: str, port: int, interface: str) -> None:
    """Bind the group and port with the smallest buffer, join, and never read."""
    with socket.socket(_family(group), socket.SOCK_DGRAM) as sock:
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 1)
        sock.bind((group, port))
        _join(sock, group, socket.if_nametoindex(interface))
        print("joined", interface, flush=True)
        sys.stdin.read()


def fill(group: str, port: int, interface: str, count: int) -> None:
    """Join ``count`` groups from ``group`` on with one socket."""
    first = ipaddress.ip_address(group)
    with _bound(group, port) as sock:
        for number in range(count):
            _join(sock, str(first + number), socket.if_nametoindex(interface))
        print("joined", interface, flush=True)
        sys.stdin.read()


def talk(group: str, port: int, interface: str, pause: float, text: str) -> None:
    """Send ``TEXT NUMBER`` from the interface, one each ``pause`` seconds."""
    with socket.socket(_family(group), socket.SOCK_DGRAM) as sock:
        _send_from(sock, group, socket.if_nametoindex(interface))
        print("talking", flush=True)
        number = 0
        while not select.select([sys.stdin], [], [], pause)[0]:
            number += 1
            try:
                sock.sendto(f"{text} {number}".encode(), (group, port))
            except OSError as error:
                # Tests take links down; what is sent afterwards matters again.
                print(f"{number}: {error}", file=sys.stderr, flush=True)


def _family(group: str) -> socket.AddressFamily:
    return socket.AF_INET6 if ":" in group else socket.AF_INET


def _bound(group: str, port: int) -> socket.socket:
    sock = socket.socket(_family(group), socket.SOCK_DGRAM)
    sock.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    sock.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEPORT, 1)
    sock.bind(("", port))
    return sock


def _join(sock: socket.socket, group: str, index: int) -> None:
    packed = ipaddress.ip_address(group).packed
    if sock.family == socket.AF_INET6:
        sock.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_JOIN_GROUP, packed + struct.pack("@I", index))
    else:
        sock.setsockopt(socket.IPPROTO_IP, socket.IP_ADD_MEMBERSHIP, packed + struct.pack("@4xi", index))


def _send_from(sock: socket.socket, group: str, index: int) -> None:
    if sock.family == socket.AF_INET6:
        sock.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_MULTICAST_IF, index)
    else:
        packed = ipaddress.ip_address(group).packed
        sock.setsockopt(socket.IPPROTO_IP, socket.IP_MULTICAST_IF, packed + struct.pack("@4xi", index))


def main() -> None:
    """Read the words and do it."""
    verb, group, port, *rest = sys.argv[1:]
    if verb == "hold":
        hold(group, int(port), rest)
    elif verb == "deaf":
        deaf(group, int(port), *rest)
    elif verb == "fill":
        interface, count = rest
        fill(group, int(port), interface, int(count))
    else:
        interface, pause, text = rest
        talk(group, int(port), interface, float(pause), text)


if __name__ == "__main__":
    main()
