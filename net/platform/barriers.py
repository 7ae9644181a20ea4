"""What a system lists of the things that can stand between a program's sockets and the wire."""

from __future__ import annotations

import errno
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Final, Literal

import msgspec

from net.platform.commands import CommandError, output

Layer = Literal[
    "privacy",
    "network_extension",
    "vpn",
    "application_firewall",
    "socket_filter",
    "interface_filter",
    "ip_filter",
    "packet_filter",
    "nat",
    "traffic_control",
    "ebpf",
    "security_module",
    "packet_tap",
    "layered_provider",
    "filter_driver",
]
"""From the program down to the wire, as far as they stand in an order: see resources/tables/barriers.toml."""

Unknown = Literal["no_right", "no_program", "not_told", "failed"]
"""Why something is not known: a right is missing, a program, the system tells nobody, or what it said was not read."""

_DENIED: Final = ("permitted", "permission", "must be root", "administrator", "elevat")


class Found(msgspec.Struct, frozen=True, kw_only=True):
    """A thing of ``layer``: its name and ``state`` in the system's words, how many rules or filters it has (``count``).

    ``evidence`` is what was read, ``command`` lists it. ``unknown`` says why it could not be read, with the ``detail``
    that its sentence names (the right, the program, the reason); what is known of it stands here all the same.
    """

    layer: Layer
    name: str
    command: str
    state: str = ""
    count: int | None = None
    evidence: str = ""
    unknown: Unknown | None = None
    detail: str = ""


def read(layer: Layer, name: str, command: Sequence[str], parse: Callable[[str], Iterable[Found]]) -> Iterator[Found]:
    """What ``parse`` makes of the command's output; one Found that says why where it cannot be had or read."""
    text = " ".join(command)
    try:
        yield from parse(output(command))
    except FileNotFoundError:
        yield Found(layer=layer, name=name, command=text, unknown="no_program", detail=command[0])
    except OSError as error:
        unknown, detail = _refusal(error)
        yield Found(layer=layer, name=name, command=text, unknown=unknown, detail=detail)
    except (ValueError, KeyError, TypeError) as error:
        yield Found(layer=layer, name=name, command=text, unknown="failed", detail=f"not understood: {error}")


def _refusal(error: OSError) -> tuple[Unknown, str]:
    """Why, and the detail."""
    words = error.outcome.stderr + error.outcome.stdout if isinstance(error, CommandError) else ""
    if error.errno in (errno.EACCES, errno.EPERM) or any(word in words.lower() for word in _DENIED):
        return "no_right", "root"
    return "failed", error.strerror or str(error)
