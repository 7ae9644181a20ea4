"""Who listens on this host's ports, as typed records."""

from __future__ import annotations

from typing import Literal

from net.records import Key, Record


class Listener(Record, frozen=True, kw_only=True):
    """A listening TCP socket or a bound UDP socket and who owns it.

    ``scope``: loopback (this computer only), lan (one address), all (every address). ``stack``: v4, v6 (v6only) or
    dual. ``owner``: proved (this process was seen holding the socket), probable (from uid, cgroup and command line;
    without ``pid`` where several processes of that program could hold it), hidden (``missing_right`` says what would
    show it). ``service`` is the owner's unit; ``iana`` the registered name of the port number, a guess; ``known`` the
    text of the port-conflict table for this owner, ``known_source`` where that comes from and ``known_verified``
    whether it was confirmed there. ``shared_with`` are the other processes that hold the same socket (workers of a
    server), ``pid`` being the lowest.
    """

    protocol: Literal["tcp", "udp"]
    address: str
    port: int
    interface: str | None
    scope: Literal["loopback", "lan", "all"]
    stack: Literal["v4", "v6", "dual"]
    v6only: bool | None
    owner: Literal["proved", "probable", "hidden"]
    pid: int | None = None
    shared_with: tuple[int, ...] = ()
    process: str | None = None
    user: str | None = None
    command: str | None = None
    started: float | None = None
    missing_right: str | None = None
    service: str | None = None
    container: str | None = None
    iana: str | None = None
    known: str | None = None
    known_source: str | None = None
    known_verified: bool | None = None
    inode: int | None = None

    def key(self) -> Key:
        identity = self.inode if self.inode is not None else f"{self.interface} {self.pid}"
        return Key("listener", f"{self.protocol} {self.address} {self.port} {identity}")
