"""A program of the lab that publishes services by zeroconf until its stdin closes, or sends mDNS messages.

python -m tests.lab.publisher publish ADDRESS '[{"name": .., "type": .., "port": .., "host_ttl": .., "other_ttl": ..}]'
python -m tests.lab.publisher announce ADDRESS SECONDS-BETWEEN HEX...
python -m tests.lab.publisher repeat ADDRESS SECONDS-BETWEEN HEX, until its stdin closes
"""

from __future__ import annotations

import asyncio
import json
import select
import socket
import sys

from zeroconf import ServiceInfo
from zeroconf.asyncio import AsyncZeroconf


async def publish(address: str, services: list[dict[str, object]]) -> None:
    """Announce them at the IPv4 address; says ``published`` when all are."""
    zeroconf = AsyncZeroconf(interfaces=[address])
    try:
        for service in services:
            info = ServiceInfo(
                f"{service['type']}.local.",
                f"{service['name']}.{service['type']}.local.",
                int(str(service["port"])),
                parsed_addresses=[address],
                server=f"zeroconf-{address.replace('.', '-')}.local.",
                host_ttl=int(str(service.get("host_ttl", 120))),
                other_ttl=int(str(service.get("other_ttl", 4500))),
            )
            await (await zeroconf.async_register_service(info))
        print("published", flush=True)
        await asyncio.to_thread(sys.stdin.read)
    finally:
        await zeroconf.async_close()


async def announce(address: str, pause: float, payloads: list[str]) -> None:
    """Send these mDNS messages, given as hex, from port 5353 of the IPv4 address, ``pause`` seconds between them."""
    with _speaking_from(address) as sock:
        for number, payload in enumerate(payloads):
            await asyncio.sleep(pause if number else 0)
            sock.sendto(bytes.fromhex(payload), ("224.0.0.251", 5353))
    print("announced", flush=True)


def repeat(address: str, pause: float, payload: str) -> None:
    """Send this message each ``pause`` seconds."""
    with _speaking_from(address) as sock:
        print("announcing", flush=True)
        while not select.select([sys.stdin], [], [], pause)[0]:
            sock.sendto(bytes.fromhex(payload), ("224.0.0.251", 5353))


def _speaking_from(address: str) -> socket.socket:
    sock = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    sock.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    sock.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEPORT, 1)
    sock.bind((address, 5353))
    sock.setsockopt(socket.IPPROTO_IP, socket.IP_MULTICAST_TTL, 255)
    sock.setsockopt(socket.IPPROTO_IP, socket.IP_MULTICAST_IF, socket.inet_aton(address))
    return sock


if __name__ == "__main__":
    match sys.argv[1:]:
        case ["publish", address, services]:
            asyncio.run(publish(address, json.loads(services)))
        case ["announce", address, pause, *payloads]:
            asyncio.run(announce(address, float(pause), payloads))
        case ["repeat", address, pause, payload]:
            repeat(address, float(pause), payload)
