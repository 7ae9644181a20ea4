"""What the checks of one run share: the interfaces as they stood at its start, and what was asked."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from net.records import Interface


class Context(NamedTuple):
    """``interfaces`` are all of the host; ``chosen`` those the person wants to know about (the usable ones, if none
    was named); listening checks take ``seconds``."""

    interfaces: tuple[Interface, ...]
    chosen: tuple[Interface, ...]
    seconds: float


def described(interfaces: Sequence[Interface]) -> str:
    """``en0 (192.168.1.23/24), en5 (10.66.0.1/24)``: names with the first address of each."""
    return ", ".join(_described(interface) for interface in interfaces)


def _described(interface: Interface) -> str:
    if not interface.addresses:
        return interface.name
    first = interface.addresses[0]
    return f"{interface.name} ({first.address}{'' if first.prefix is None else f'/{first.prefix}'})"
