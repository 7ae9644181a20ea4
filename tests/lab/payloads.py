"""Payloads of other tools, put together after their sources, and a pattern of their numbers to be counted.

python -m tests.lab.payloads FORMAT GROUP PORT INTERFACE sends the pattern, a datagram each millisecond, and says so.
"""

from __future__ import annotations

import ipaddress
import select
import socket
import struct
import sys

from net.multicast.payloads.lanscout import numbered_payload

EPOCH = 1_700_000_000


def lanscout(run: int, number: int, sent: float) -> bytes:
    return numbered_payload(run, number, sent, 100)


def mcjoin(run: int, number: int, _sent: float) -> bytes:
    return (b"Sender PID %d, MC group 225.1.2.3 ... count: %d, freq: 100" % (run, number)).ljust(100, b"\0")


def mgen(run: int, number: int, sent: float) -> bytes:
    """Flow 1 throughout: mgen does not number its runs, so that they differ in time only."""
    seconds, microseconds = divmod(round((EPOCH + 1000 * run + sent) * 1e6), 1_000_000)
    return struct.pack(">HBBIIIIHBB4s", 100, 2, 8, 1, number, seconds, microseconds, 5000, 1, 4, b"\xe1\1\2\3").ljust(
        100, b"\0"
    )


def rtp(run: int, number: int, sent: float) -> bytes:
    """Payload type 0, 8,000 ticks a second; numbers have 16 bits."""
    return struct.pack(">BBHII", 0x80, 0, number & 0xFFFF, int(sent * 8000) & 0xFFFF_FFFF, run) + bytes(88)


def iperf(run: int, number: int, sent: float) -> bytes:
    """From 1 on, in any run: its runs differ in time only."""
    seconds, microseconds = divmod(round((EPOCH + 1000 * run + sent) * 1e6), 1_000_000)
    return struct.pack(">IIIII", number + 1, seconds, microseconds, 0, 0x4801_0098).ljust(100, b"\0")


def msend(_run: int, number: int, _sent: float) -> bytes:
    return (b"%d" % (number + 1)).ljust(1024, b"\0")


def hirschmann(run: int, number: int, _sent: float) -> bytes:
    return b"Hirschmann IP Test-Multicast\0" + struct.pack(">HIHBIH", run, number, 100, 32, 0, 0)


def mctool(run: int, number: int, sent: float) -> bytes:
    fields = (1337, 0, 1, 4, run, 2, 4, 10, 3, 4, 0, 4, 4, number, 5, 8, int((EPOCH + sent) * 1000), 6, 0)
    return struct.pack(">HI HII HII HII HII HIQ HI", *fields)


def mping(run: int, number: int, sent: float) -> bytes:
    time = struct.pack(">I4xI4x", int(sent), int(sent % 1 * 1e6))
    return b"2.1\0s\x01\0\0" + bytes(256) + struct.pack(">II", number, run) + time


def ping(run: int, number: int, _sent: float) -> bytes:
    return struct.pack(">BHHIHHI", 0x41, 1, 4, run, 2, 4, number)


BY_NAME = {
    "lanscout numbers": lanscout,
    "mcjoin": mcjoin,
    "mgen": mgen,
    "RTP": rtp,
    "iperf 2": iperf,
    "number as text (msend)": msend,
    "Hirschmann multicast test": hirschmann,
    "mctool": mctool,
    "mping": mping,
    "multicast ping": ping,
}

PATTERN_COUNTS = {
    "lost": 4, "duplicated": 3, "reordered": 2, "late": 1, "reorder_distance": 105, "restarts": 1, "wraps": 0,
    "foreign": 0,
}  # fmt: skip
"""What a receiver counts of the pattern."""


def pattern() -> list[tuple[int, int]]:
    """(run, number) in the order of arrival: a run of 250, then one of 100."""
    first = [number for number in range(250) if number not in (10, 11, 30, 50, 60, 100)]
    for number, after in ((30, 32), (60, 90), (100, 205), (20, 20), (21, 21), (21, 22)):
        first.insert(first.index(after) + 1, number)
    return [*((1, number) for number in first), *((2, number) for number in range(100) if number != 5)]


def main() -> None:
    """Send the pattern."""
    name, group, port, interface = sys.argv[1:]
    make = BY_NAME[name]
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sock:
        index = struct.pack("@4s4si", ipaddress.ip_address(group).packed, bytes(4), socket.if_nametoindex(interface))
        sock.setsockopt(socket.IPPROTO_IP, socket.IP_MULTICAST_IF, index)
        for run, number in pattern():
            sock.sendto(make(run, number, number / 1000), (group, int(port)))
            select.select([], [], [], 0.001)
    print("sent", flush=True)


if __name__ == "__main__":
    main()
