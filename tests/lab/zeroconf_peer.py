"""A program of the lab that publishes and browses with python-zeroconf in both families, as told line by line.

python -m tests.lab.zeroconf_peer ADDRESS INDEX HOST, then on stdin

    publish NAME TYPE PORT      under another name if that one is taken
    update NAME                 with another TXT record
    withdraw NAME
    browse TYPE                 and resolve each instance that comes
    end                         with goodbyes

with a tab between words. Each line but the last is answered with itself, once it is done.
"""

from __future__ import annotations

import asyncio
import sys
from typing import cast

from zeroconf import ServiceInfo, ServiceStateChange, Zeroconf
from zeroconf.asyncio import AsyncServiceBrowser, AsyncServiceInfo, AsyncZeroconf

from net import tasks


class Peer:
    """zeroconf on one device."""

    def __init__(self, address: str, index: int, host: str) -> None:
        self._address = address
        self._host = host
        self._zeroconf = AsyncZeroconf(interfaces=cast("list[str | int]", [address, index]))
        self._services: dict[str, ServiceInfo] = {}
        self._resolving: list[asyncio.Task[bool]] = []
        self._browsers: list[AsyncServiceBrowser] = []

    async def obey(self, words: list[str]) -> None:
        """Do what the line says."""
        match words:
            case ["publish", name, type_, port]:
                info = self._info(name, type_, int(port), {"path": "/"})
                self._services[name] = info
                await (await self._zeroconf.async_register_service(info, allow_name_change=True))
            case ["update", name]:
                old = self._services[name]
                info = ServiceInfo(
                    old.type, old.name, port=old.port, server=old.server,
                    parsed_addresses=[self._address], properties={"path": "/new"},
                )  # fmt: skip
                self._services[name] = info
                await (await self._zeroconf.async_update_service(info))
            case ["withdraw", name]:
                await (await self._zeroconf.async_unregister_service(self._services.pop(name)))
            case ["browse", type_]:
                self._browsers.append(AsyncServiceBrowser(self._zeroconf.zeroconf, [f"{type_}.local."], [self.change]))
            case _:
                raise ValueError(words)

    def change(self, zeroconf: Zeroconf, service_type: str, name: str, state_change: ServiceStateChange) -> None:
        """zeroconf's callback; it passes these by name."""
        if state_change is ServiceStateChange.Added and not service_type.startswith("_services."):
            info = AsyncServiceInfo(service_type, name)
            task = tasks.start(info.async_request(zeroconf, 3000), f"resolve {name}")
            self._resolving.append(task)

    async def close(self) -> None:
        """Say goodbye to all and end."""
        for task in self._resolving:
            await tasks.stop(task)
        for browser in self._browsers:
            await browser.async_cancel()
        await self._zeroconf.async_unregister_all_services()
        await self._zeroconf.async_close()

    def _info(self, name: str, type_: str, port: int, properties: dict[str, str]) -> ServiceInfo:
        return ServiceInfo(
            f"{type_}.local.", f"{name}.{type_}.local.", port=port, server=f"{self._host}.local.",
            parsed_addresses=[self._address], properties=properties,
        )  # fmt: skip


async def main(address: str, index: int, host: str) -> None:
    peer = Peer(address, index, host)
    try:
        print("ready", flush=True)
        while (line := await asyncio.to_thread(sys.stdin.readline)) and line != "end\n":
            await peer.obey(line.rstrip("\n").split("\t"))
            print(line.rstrip("\n"), flush=True)
    finally:
        await peer.close()


if __name__ == "__main__":
    asyncio.run(main(sys.argv[1], int(sys.argv[2]), sys.argv[3]))
