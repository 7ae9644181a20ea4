"""The UDP sockets of this host with their memberships, asked for once for all checks of a run."""

from __future__ import annotations

import asyncio
import threading
from types import TracebackType
from typing import Self

from net.platform import this_platform
from net.platform.protocol import DatagramSocket
from net.tasks import start


class SocketReading:
    """Reads when it is first asked; to leave it (``async with``) ends a reading that is under way."""

    def __init__(self) -> None:
        self._task: asyncio.Task[tuple[DatagramSocket, ...]] | None = None
        self._ended = threading.Event()

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self._ended.set()
        if self._task is not None:
            await asyncio.wait((self._task,))

    async def sockets(self) -> tuple[DatagramSocket, ...]:
        """Raises OSError. A check that waits no longer leaves the reading to the others."""
        if self._task is None:
            self._task = start(asyncio.to_thread(self._read), "reading of the UDP sockets", log=False)
        return await asyncio.shield(self._task)

    def _read(self) -> tuple[DatagramSocket, ...]:
        return this_platform().datagram_sockets(with_groups=True, ended=self._ended.is_set)
