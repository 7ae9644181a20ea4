"""Counts the queries of IGMP and MLD queriers on an interface, as far as this process may know of them."""

from __future__ import annotations

import asyncio
import socket

from net.multicast.records import QueryCount
from net.platform.queries import mld_queries, old_igmp_querier
from net.records import Interface
from net.sockets import ANCILLARY_BYTES, bind_to_interface, parse_arrival, request_arrival

MEMBERSHIP_QUERY = 0x11
"""The type of IGMP messages of all versions that ask for members (RFC 3376 section 4.1)."""
LONGEST = 2048
BURST = 64


class QueryCounter:
    """Counts from ``open`` to ``close``: MLD by the kernel's counter, IGMP by a raw socket where rights allow it."""

    def __init__(self, interface: Interface, version: int) -> None:
        self._interface = interface
        self._version = version
        self._before: int | None = None
        self._heard = 0
        self._socket: socket.socket | None = None
        self._refusal: OSError | None = None
        self._loop = asyncio.get_running_loop()

    def open(self) -> None:
        """Begin to count; a missing right is no failure."""
        if self._version == 6:
            self._before = mld_queries(self._interface.name)
            return
        try:
            self._socket = self._raw_socket()
        except OSError as error:
            self._refusal = error
        else:
            self._loop.add_reader(self._socket, self._drain, self._socket)

    def close(self) -> None:
        """Count no more; may be called twice."""
        if self._socket is not None:
            self._loop.remove_reader(self._socket)
            self._socket.close()
            self._socket = None

    def count(self) -> QueryCount:
        """The queries since ``open``."""
        return self._mld() if self._version == 6 else self._igmp()

    def _mld(self) -> QueryCount:
        name = self._interface.name
        now = mld_queries(name)
        if self._before is None or now is None:
            return QueryCount(count=None, seen=None, how=f"Whether MLD queries arrive on {name} cannot be known here.")
        count = now - self._before
        return QueryCount(
            count=count, seen=count > 0, how=f"{count} MLD queries arrived on {name} (the kernel's counter)."
        )

    def _igmp(self) -> QueryCount:
        name = self._interface.name
        if self._socket is not None:
            how = f"{self._heard} IGMP queries arrived on {name} (raw socket)."
            return QueryCount(count=self._heard, seen=self._heard > 0, how=how)
        version = old_igmp_querier(name)
        if version is not None:
            how = f"The kernel's table says that an IGMP {version} querier was heard on {name}, not how often."
            return QueryCount(count=None, seen=True, how=how)
        reason = f" ({self._refusal.strerror}, {self._refusal.errno})" if self._refusal is not None else ""
        how = f"Whether IGMP queries arrive on {name} cannot be known without rights: a raw socket was refused{reason}."
        return QueryCount(count=None, seen=None, how=how)

    def _raw_socket(self) -> socket.socket:
        sock = socket.socket(socket.AF_INET, socket.SOCK_RAW, socket.IPPROTO_IGMP)
        try:
            sock.setblocking(False)
            bind_to_interface(sock, self._interface.name, self._interface.index)
            request_arrival(sock, 4)
        except OSError:
            sock.close()
            raise
        return sock

    def _drain(self, sock: socket.socket) -> None:
        for _ in range(BURST):
            try:
                packet, ancillary, _flags, _source = sock.recvmsg(LONGEST, ANCILLARY_BYTES)
            except OSError:
                return
            if parse_arrival(ancillary).interface in (None, self._interface.index) and is_query(packet):
                self._heard += 1


def is_query(packet: bytes) -> bool:
    """Whether an IPv4 packet (header first, as raw sockets hand it on) is an IGMP query."""
    header = (packet[0] & 0x0F) * 4 if packet else 0
    return header >= 20 and len(packet) >= header + 8 and packet[header] == MEMBERSHIP_QUERY
