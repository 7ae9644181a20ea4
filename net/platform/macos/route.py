"""Asks ``route -n get`` of macOS for the way to an address (network_cmds, route.tproj/route.c)."""

from __future__ import annotations

import errno
import ipaddress
import os
import re

from net.platform.commands import Outcome, run
from net.platform.macos.router import router
from net.platform.protocol import Egress

_LINE = re.compile(r"^ *(?P<name>[a-z ]+): (?P<value>.*?) *$", re.MULTILINE)
_COMPLAINT = re.compile(r"^route: .*$", re.MULTILINE)
# Words of route.c that are no strerror() text.
_WORDS = {"not in table": errno.ENETUNREACH, "bad address": errno.EINVAL}


def lookup(address: str, interface: str | None = None) -> Egress:
    """The route a datagram takes that is bound to ``interface`` or to none; ``source`` is not told.

    Raises OSError with the kernel's errno.
    """
    try:
        version = ipaddress.ip_address(address).version
    except ValueError:
        raise OSError(errno.EINVAL, os.strerror(errno.EINVAL), address) from None
    family = ["-inet6"] if version == 6 else []
    # route(8): -ifscope asks in the scope of an interface, as IP_BOUND_IF does.
    scope = ["-ifscope", interface] if interface else []
    return parse(run(["route", "-n", "get", *family, *scope, address]), address)


def parse(outcome: Outcome, address: str) -> Egress:
    """Read the answer about ``address``. Raises OSError where the text, not the exit status, tells of a failure."""
    # route(8) exits with 0 although the routing socket refused; only its words tell.
    complaint = _COMPLAINT.search(outcome.stderr) or _COMPLAINT.search(outcome.stdout)
    if complaint is not None:
        raise _error(_number(complaint[0]), address)
    values = {found["name"]: found["value"] for found in _LINE.finditer(outcome.stdout)}
    flags = values.get("flags", "").strip("<>").split(",")
    # A neighbour that does not answer is marked REJECT too, but as LLINFO; its way out is this one.
    if "interface" not in values or "BLACKHOLE" in flags or ("REJECT" in flags and "LLINFO" not in flags):
        raise _error(errno.ENETUNREACH, address)
    return Egress(interface=values["interface"], gateway=router(values.get("gateway", "")))


def _number(complaint: str) -> int:
    for words, number in _WORDS.items():
        if words in complaint:
            return number
    return next((number for number in errno.errorcode if complaint.endswith(os.strerror(number))), errno.EIO)


def _error(number: int, address: str) -> OSError:
    return OSError(number, os.strerror(number), address)
