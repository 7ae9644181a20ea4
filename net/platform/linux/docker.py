"""What Docker keeps about a container in its files, and which container a forwarder of Docker stands for.

The files are Docker's own business (moby, container/container.go writes config.v2.json) and only root may read them;
where they are missing or say nothing, nothing is claimed.
"""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress
from functools import lru_cache
from itertools import pairwise
from pathlib import Path
from typing import NamedTuple

import msgspec

from net.text import visible

CONTAINERS = Path("/var/lib/docker/containers")
PROJECT_LABEL = "com.docker.compose.project"
FORWARDER = "docker-proxy"
_LIMIT = 1 << 20


class Box(NamedTuple):
    """A container by its name, with the compose project it belongs to and its addresses."""

    name: str
    project: str | None
    addresses: tuple[str, ...]


class _Network(msgspec.Struct, frozen=True):
    IPAddress: str | None = None
    GlobalIPv6Address: str | None = None


class _Settings(msgspec.Struct, frozen=True):
    Networks: dict[str, _Network] | None = None


class _Config(msgspec.Struct, frozen=True):
    Labels: dict[str, str] | None = None


class _File(msgspec.Struct, frozen=True):
    Name: str = ""
    Config: _Config = _Config()
    NetworkSettings: _Settings = _Settings()


def box_of(identity: str, folder: Path = CONTAINERS) -> Box | None:
    """The container whose id begins with ``identity``."""
    return next((box for box in _boxes(folder, f"{identity}*")), None)


def forwarded(words: Sequence[bytes], folder: Path = CONTAINERS) -> str | None:
    """Where docker-proxy hands what it gets on to: the container's name, else ADDRESS:PORT; ``words`` are its command.

    The options are those of moby's cmd/docker-proxy. None for another program.
    """
    if not words or words[0].rpartition(b"/")[2] != FORWARDER.encode():
        return None
    options = dict(pairwise(words))
    address = options.get(b"-container-ip", b"").decode("utf-8", "surrogateescape")
    if not address:
        return None
    for box in _boxes(folder, "*"):
        if address in box.addresses:
            return box.name
    port = options.get(b"-container-port", b"").decode("utf-8", "surrogateescape")
    return visible(f"[{address}]:{port}" if ":" in address else f"{address}:{port}")


def parse(content: bytes) -> Box | None:
    """A config.v2.json; None for what is none."""
    try:
        read = msgspec.json.decode(content, type=_File)
    except msgspec.DecodeError:
        return None
    name = read.Name.removeprefix("/")
    if not name:
        return None
    project = (read.Config.Labels or {}).get(PROJECT_LABEL)
    networks = (read.NetworkSettings.Networks or {}).values()
    found = (address for network in networks for address in (network.IPAddress, network.GlobalIPv6Address))
    return Box(visible(name), visible(project) if project else None, tuple(address for address in found if address))


def _boxes(folder: Path, pattern: str) -> list[Box]:
    found = []
    with suppress(OSError):
        for path in folder.glob(f"{pattern}/config.v2.json"):
            box = _read(path, path.stat().st_mtime_ns)
            if box is not None:
                found.append(box)
    return found


@lru_cache(maxsize=1024)
def _read(path: Path, _changed: int) -> Box | None:
    with path.open("rb") as stream:
        return parse(stream.read(_LIMIT))
