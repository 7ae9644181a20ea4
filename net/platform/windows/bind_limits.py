"""Which ports Windows keeps back: the excluded ranges of Hyper-V, WinNAT and administrators, read from netsh."""

from __future__ import annotations

import logging
import re
from collections.abc import Callable
from typing import Literal, TypeVar

from net.platform.bind_limits import BindLimits, PortRange
from net.platform.commands import output

logger = logging.getLogger(__name__)

DEFAULT_EPHEMERAL: PortRange = (49152, 65535)
"""Since Windows Vista (Microsoft support article 832017)."""
_RANGE = re.compile(r"\s*(\d{1,5})\s+(\d{1,5})\s*\*?\s*")
_SETTING = re.compile(r"[^:]*:\s*(\d{1,5})\s*")
Read = TypeVar("Read")


def bind_limits(protocol: Literal["tcp", "udp"]) -> BindLimits:
    """Both families' ranges together, as a server for both is refused by either; none of it needs a right."""
    excluded: tuple[PortRange, ...] = ()
    for family in ("ipv4", "ipv6"):
        excluded += _ask(family, "excludedportrange", protocol, parse_excluded) or ()
    ephemeral = _ask("ipv4", "dynamicport", protocol, parse_dynamic)
    return BindLimits(
        ephemeral=ephemeral or DEFAULT_EPHEMERAL,
        excluded=tuple(dict.fromkeys(excluded)),
    )


def parse_excluded(text: str) -> tuple[PortRange, ...]:
    """The rows of ``netsh int ipv4 show excludedportrange``: two numbers, in any language; ``*`` is an own range."""
    return tuple((int(row[1]), int(row[2])) for line in text.splitlines() if (row := _RANGE.fullmatch(line)))


def parse_dynamic(text: str) -> PortRange | None:
    """``netsh int ipv4 show dynamicport``: the first port, then how many, in any language."""
    numbers = [int(row[1]) for line in text.splitlines() if (row := _SETTING.fullmatch(line))]
    return (numbers[0], numbers[0] + numbers[1] - 1) if len(numbers) == 2 else None


def _ask(family: str, what: str, protocol: str, parse: Callable[[str], Read]) -> Read | None:
    words = ["protocol=" + protocol] if what == "excludedportrange" else [protocol]
    try:
        return parse(output(("netsh", "int", family, "show", what, *words)))
    except OSError as error:
        logger.info("%s of %s is not known: %s", what, family, error)
        return None
