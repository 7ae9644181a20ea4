"""Does a program of this host lose datagrams because its receive buffer is full?"""

from __future__ import annotations

import asyncio
import ipaddress

from diagnosis.context import Context
from diagnosis.findings import make_finding, unjudged
from diagnosis.records import Finding
from net.platform import this_platform
from net.platform.protocol import DatagramSocket
from net.platform.receive_buffers import largest_buffer, lost_to_full_buffers
from net.text import visible

INTERVAL = 0.5
"""Seconds between two readings: what was lost long ago is over."""


async def check(context: Context) -> tuple[Finding, ...]:  # noqa: ARG001 - every check has the same form
    """Each UDP socket whose drops grow while it is watched, and with them the system's count of full buffers.

    A socket's own counter alone also counts what a filter of the program or a bad checksum kept out.
    """
    full_before = lost_to_full_buffers()
    if full_before is None:
        return (unjudged("drops of sockets", "This system does not tell them."),)
    try:
        before = await asyncio.to_thread(_drops)
        await asyncio.sleep(INTERVAL if before else 0)
        after, full = await asyncio.to_thread(_drops), lost_to_full_buffers()
    except OSError as error:
        return (unjudged("drops of sockets", f"sock_diag: {error.strerror or error}."),)
    lost = (full or full_before) - full_before
    if lost <= 0:
        return ()
    grown = (
        (sock, (sock.drops or 0) - (before[identity].drops or 0))
        for identity, sock in after.items()
        if identity in before
    )
    return tuple(_finding(sock, count, lost) for sock, count in grown if count > 0)


def _drops() -> dict[int, DatagramSocket]:
    return {sock.identity: sock for sock in this_platform().datagram_sockets(with_groups=False)}


def _finding(sock: DatagramSocket, count: int, lost: int) -> Finding:
    multicast = ipaddress.ip_address(sock.address.partition("%")[0]).is_multicast
    owner = f"{visible(sock.process)} (PID {sock.pid})" if sock.process is not None else "a program that is hidden"
    limit = largest_buffer()
    where = f"{sock.address} port {sock.port}{', a multicast group' if multicast else ''}"
    return make_finding(
        "receive_buffer_full",
        f"{sock.address} port {sock.port}",
        "warning",
        "proven",
        (
            f"{count} datagrams were dropped in {INTERVAL:g} s at {where} (sock_diag), which {owner} has open.",
            f"The system counted {lost} datagrams lost to full buffers meanwhile (RcvbufErrors).",
            f"Its receive buffer is {sock.buffer_bytes} bytes as the kernel counts; net.core.rmem_max is {limit}.",
        ),
        owner=owner,
        buffer=sock.buffer_bytes,
        limit=limit,
        larger=max(4 * (limit or 0), 8 << 20),
    )
