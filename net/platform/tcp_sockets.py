"""The TCP sockets that have a port of this host, whatever they do with it."""

from __future__ import annotations

from typing import Literal

import msgspec


class TcpSocket(msgspec.Struct, frozen=True, kw_only=True):
    """A socket whose own port was asked for; IPv4-mapped addresses are written as IPv4, none has a scope.

    ``state`` is that of tcp(7) in lower case (``established``, ``time_wait``), ``bound`` for a socket that neither
    listens nor is connected. ``accepted``: a program has taken it. The owner is as in net.ports.records.Listener.
    """

    state: str
    address: str
    port: int
    remote_address: str
    remote_port: int
    accepted: bool
    owner: Literal["proved", "probable", "hidden"]
    pid: int | None = None
    process: str | None = None
    user: str | None = None
