"""Payloads of mcjoin 2: text padded with zero bytes (troglobit/mcjoin, src/sender.c)."""

from __future__ import annotations

import re

from net.multicast.payloads.format import Format, Reading

_TEXT = re.compile(rb"Sender PID (\d{1,10}), MC group [0-9A-Fa-f:.]{2,45} \.\.\. count: (\d{1,20})\b")


def read(payload: bytes) -> Reading | None:
    """``Sender PID 71, MC group 225.1.2.3 ... count: 5, freq: 100``: the run is the process, numbers are from 0."""
    found = _TEXT.match(payload)
    return (found[1], int(found[2]), None) if found is not None else None


FORMAT = Format("mcjoin", read, b"S", first=0)
