"""Could a program of this user listen on a port that was asked for?"""

from __future__ import annotations

import asyncio
import errno
from collections.abc import Iterable
from contextlib import aclosing
from typing import Literal

import msgspec

from diagnosis.context import Context
from diagnosis.findings import make_finding
from diagnosis.records import Finding
from net.ports import binding
from net.ports.records import Binding
from net.requests import BindRequest
from net.text import endpoint_text

ADDRESSES = (None, "127.0.0.1")
"""Every address, and one: macOS keeps low ports back at single addresses only."""
MISSING = (errno.EADDRNOTAVAIL, errno.EAFNOSUPPORT)
"""Refusals that are about the address: ::1 on a host without IPv6."""
FORBIDDEN = (errno.EACCES, errno.EPERM)


async def check(context: Context) -> tuple[Finding, ...]:
    """For each port that was asked for whether it can be had, and where it is refused, why; silent without a port.

    Tried in sockets that are closed at once and never listen.
    """
    tried = await asyncio.gather(*(_tried(port, protocol) for port in context.ports for protocol in ("tcp", "udp")))
    return tuple(
        finding
        for port in context.ports
        for finding in _findings(port, [each for ways in tried for each in ways if each.port == port])
    )


async def _tried(port: int, protocol: Literal["tcp", "udp"]) -> list[Binding]:
    found: list[Binding] = []
    for address in ADDRESSES:
        request = BindRequest(port=port, address=address, protocol=protocol)
        async with aclosing(binding.watch(request)) as batches:
            async for batch in batches:
                found += batch
    return found


def _findings(port: int, tried: Iterable[Binding]) -> Iterable[Finding]:
    """One for what this user may not do, one for what another holds; or that the port is free."""
    tried = tuple(tried)
    refused = [each for each in tried if not each.possible and each.errno not in MISSING]
    if not refused and (bound := [each for each in tried if each.possible]):
        yield _free(port, bound)
    for code, rows in (
        ("port_forbidden", [each for each in refused if each.errno in FORBIDDEN]),
        ("port_taken", [each for each in refused if each.errno not in FORBIDDEN]),
    ):
        if rows:
            yield _finding(code, port, rows)


def _free(port: int, bound: list[Binding]) -> Finding:
    evidence = tuple(
        f"bind to {endpoint_text(each.address, each.port)} ({each.protocol}, {each.stack}) succeeded." for each in bound
    )
    return make_finding("port_free", str(port), "ok", "proven", evidence)


def _finding(code: str, port: int, refused: list[Binding]) -> Finding:
    first = refused[0]
    protocols = " and ".join(dict.fromkeys(each.protocol.upper() for each in refused))
    evidence = tuple(
        f"bind to {endpoint_text(each.address, each.port)} ({each.protocol}, {each.stack}) was refused: "
        f"{errno.errorcode.get(each.errno or 0, 'errno')} ({each.errno})."
        for each in refused
    )
    finding = make_finding(code, str(port), "error", "proven", evidence, protocols=protocols, reason=first.reason)
    remedies = [each.remedy for each in refused if each.remedy]
    free = [f"The nearest port that can be bound is {first.free}."] if first.free is not None else []
    return msgspec.structs.replace(finding, remedy=tuple(dict.fromkeys([*remedies, *free])))
