"""Which ports macOS keeps back, after xnu's bsd/netinet/in_pcb.c and bsd/netinet/restricted_in_port.c."""

from __future__ import annotations

import logging
from typing import Literal

from net.platform.bind_limits import BindLimits, PortRange
from net.platform.commands import output
from net.platform.system import is_root

logger = logging.getLogger(__name__)

EPHEMERAL = ("sysctl", "-n", "net.inet.ip.portrange.first", "net.inet.ip.portrange.last")
DEFAULT_EPHEMERAL: PortRange = (49152, 65535)
"""IPPORT_HIFIRSTAUTO and IPPORT_HILASTAUTO of bsd/netinet/in.h."""
PRIVILEGED_BELOW = 1024
"""IPPORT_RESERVED of bsd/netinet/in.h; in_pcbbind asks for the right only where the address is a specific one."""
RESTRICTED_TCP = (55555,)
"""Lights-out management: a bind gives EADDRINUSE although nothing holds the port."""


def bind_limits(protocol: Literal["tcp", "udp"]) -> BindLimits:
    """The rules of pf may be read by root only and are not looked at: ``nat`` is None."""
    return BindLimits(
        privileged_below=PRIVILEGED_BELOW,
        privileged=is_root(),
        wildcard_free=True,
        ephemeral=_ephemeral(),
        restricted=RESTRICTED_TCP if protocol == "tcp" else (),
        nat=None,
    )


def parse_range(text: str) -> PortRange | None:
    """Two lines with a number each, as ``sysctl -n`` prints them."""
    words = text.split()
    if len(words) != 2 or not all(word.isdigit() for word in words):
        return None
    return int(words[0]), int(words[1])


def _ephemeral() -> PortRange:
    try:
        return parse_range(output(EPHEMERAL)) or DEFAULT_EPHEMERAL
    except OSError as error:
        logger.info("the range of outgoing ports is not known: %s", error)
        return DEFAULT_EPHEMERAL
