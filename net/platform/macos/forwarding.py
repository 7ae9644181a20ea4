"""Whether macOS shares its connection: forwarding by sysctl(8), and the NAT rules of Internet Sharing by pfctl(8)."""

from __future__ import annotations

import re
from collections.abc import Collection

from net.platform.commands import output
from net.platform.protocol import Forwarding

FORWARDING = ("sysctl", "-n", "net.inet.ip.forwarding")
ANCHOR = ("pfctl", "-a", "com.apple.internet-sharing/base_v4", "-s", "nat")
"""Needs root."""
MAIN = ("pfctl", "-s", "nat")
"""The main rules, in which Internet Sharing puts its anchor when it starts; needs root."""
_ANCHOR = re.compile(r'^ *nat-anchor "com\.apple\.internet-sharing(?:/[^"]*)?"', re.MULTILINE)
_NAT = re.compile(r"^ *nat +on +\S+", re.MULTILINE)


def forwarding(bridges: Collection[str]) -> Forwarding:
    """``bridges`` where the system forwards at all: the setting is one for all interfaces."""
    if not bridges or not forwards(_printed(FORWARDING) or ""):
        return Forwarding()
    main, rules = _printed(MAIN), _printed(ANCHOR)
    if main is None or rules is None:
        return Forwarding(interfaces=frozenset(bridges))
    anchored = has_anchor(main)
    by_sharing = anchored and has_nat(rules)
    return Forwarding(
        interfaces=frozenset(bridges),
        translates=by_sharing or has_nat(main),
        nat_source=" ".join(ANCHOR if by_sharing else MAIN),
        anchored=anchored,
    )


def forwards(text: str) -> bool:
    """``1``, or ``net.inet.ip.forwarding: 1`` without -n."""
    return text.strip().rpartition(" ")[2] == "1"


def has_nat(text: str) -> bool:
    """Whether rules as pfctl prints them translate sources; ``no nat`` rules do not."""
    return _NAT.search(text) is not None


def has_anchor(text: str) -> bool:
    """Whether the main rules as pfctl prints them lead to the rules of Internet Sharing."""
    return _ANCHOR.search(text) is not None


def _printed(command: tuple[str, ...]) -> str | None:
    try:
        return output(command)
    except OSError:
        return None
