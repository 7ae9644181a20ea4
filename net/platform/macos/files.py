"""Reads the network files that ``lsof -F`` of macOS prints (Lsof.8, OUTPUT FOR OTHER PROGRAMS)."""

from __future__ import annotations

import ipaddress
import re
import socket
from collections.abc import Iterator, Mapping
from typing import Literal, NamedTuple

from net.text import visible

_ESCAPES = re.compile(r"(?:\\x[0-9a-f]{2})+")
_KAME_SCOPE = re.compile(r"fe80:(?P<index>[0-9a-f]{1,4})(?P<rest>::.*)")
"""The kernel keeps the scope of a link-local address in its second group, and lsof prints it there."""


class File(NamedTuple):
    """A network file of one process.

    ``name`` is its address as printed, with ``->`` and the peer's where it is connected; ``device`` is the same for all
    who share it; ``state`` is empty for UDP and where lsof does not tell.
    """

    pid: int
    command: str
    user: str | None
    family: str
    protocol: Literal["tcp", "udp"]
    name: str
    device: str | None
    state: str = ""


class Place(NamedTuple):
    """A local address: 4 or 16 bytes, the interface of its scope, and the port."""

    packed: bytes
    device: str | None
    port: int

    @property
    def text(self) -> str:
        """The address in canonical form; an IPv4-mapped one as IPv4."""
        address = ipaddress.ip_address(self.packed)
        mapped = address.ipv4_mapped if isinstance(address, ipaddress.IPv6Address) else None
        return f"{mapped or address}%{self.device}" if self.device else str(mapped or address)


def parse(text: str) -> Iterator[File]:
    """The network files in the order printed, fields ended by NUL or line feed."""
    process: dict[str, str] = {}
    file: dict[str, str] = {}
    for field in re.split(r"[\0\n]+", text):
        name, value = field[:1], field[1:]
        if name in ("p", "f"):
            yield from _file(process, file)
            file = {"f": value} if name == "f" else {}
            process = {"p": value} if name == "p" else process
        elif name in ("c", "u", "L", "R"):
            process[name] = value
        elif name == "T":
            file[field[:3]] = field[3:].lstrip("=")
        elif name:
            if name in file:  # a file whose descriptor was not asked for
                yield from _file(process, file)
                file = {}
            file[name] = value
    yield from _file(process, file)


def local_place(family: str, name: str) -> Place | None:
    """The local address in an lsof name, None for connected and for unbound sockets. ``family`` is IPv4 or IPv6."""
    return None if "->" in name else _place(family, name)


def both_places(family: str, name: str) -> tuple[Place, Place] | None:
    """The local address and the peer's in an lsof name, None for sockets without a peer."""
    local, _, remote = name.partition("->")
    here, there = _place(family, local), _place(family, remote)
    return (here, there) if here is not None and there is not None else None


def _place(family: str, name: str) -> Place | None:
    host, _, port = name.rpartition(":")
    if not port.isdigit():
        return None
    return place_of(host.strip("[]"), int(port), version=6 if family == "IPv6" else 4)


def place_of(host: str, port: int, version: int) -> Place | None:
    """The place of an address as lsof and netstat print it: ``*``, a scope as %name or in the second group.

    An IPv6 socket bound to an IPv4 address, which lsof calls IPv6, is at that address. None for what is no address.
    """
    if host == "*":
        return Place(bytes(16 if version == 6 else 4), None, port)
    text, _, device = host.partition("%")
    scoped = _KAME_SCOPE.fullmatch(text)
    if scoped is not None and not device:
        text = f"fe80{scoped['rest']}"
        device = _interface_name(int(scoped["index"], 16))
    try:
        address = ipaddress.ip_address(text)
    except ValueError:
        return None
    return Place(address.packed, device or None, port)


def _file(process: Mapping[str, str], file: Mapping[str, str]) -> Iterator[File]:
    protocol = file.get("P", "").lower()
    if not process.get("p", "").isdigit() or "n" not in file or protocol not in ("tcp", "udp"):
        return
    yield File(
        pid=int(process["p"]),
        command=visible(_unescape(process.get("c", ""))),
        user=process.get("L") or process.get("u"),
        family=file.get("t") or ("IPv6" if "[" in file["n"] else "IPv4"),
        protocol="tcp" if protocol == "tcp" else "udp",
        name=file["n"],
        device=file.get("d"),
        state=file.get("TST", ""),
    )


def _unescape(text: str) -> str:
    """lsof prints spaces, and in the C locale all that is not ASCII, as \\xHH."""
    return _ESCAPES.sub(
        lambda found: bytes.fromhex(found[0].replace("\\x", "")).decode("utf-8", "surrogateescape"), text
    )


def _interface_name(index: int) -> str:
    try:
        return socket.if_indextoname(index)
    except OSError:
        return str(index)
