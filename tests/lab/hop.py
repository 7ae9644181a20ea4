"""A hop of the lab: hands what comes to a UDP port of loopback on to a group, each datagram a little later or not.

python -m tests.lab.hop PORT GROUP GROUP-PORT INTERFACE MILLISECONDS; it lasts until its stdin closes.
"""

from __future__ import annotations

import ipaddress
import random
import select
import socket
import struct
import sys


def hand_on(port: int, to: tuple[str, int], interface: str, most: float) -> None:
    """Pass datagrams on in their order, in pauses of up to ``most`` seconds, so that their transit times differ."""
    chance = random.Random(1)
    with (
        socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as arriving,
        socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as leaving,
    ):
        arriving.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4 << 20)
        arriving.bind(("127.0.0.1", port))
        arriving.setblocking(False)
        index = struct.pack("@4s4si", ipaddress.ip_address(to[0]).packed, bytes(4), socket.if_nametoindex(interface))
        leaving.setsockopt(socket.IPPROTO_IP, socket.IP_MULTICAST_IF, index)
        print("ready", flush=True)
        while not select.select([sys.stdin], [], [], chance.uniform(0, most))[0]:
            try:
                while True:
                    leaving.sendto(arriving.recv(65535), to)
            except BlockingIOError:
                continue


if __name__ == "__main__":
    hand_on(int(sys.argv[1]), (sys.argv[2], int(sys.argv[3])), sys.argv[4], float(sys.argv[5]) / 1000)
