"""Names of network interfaces as the program shows and compares them: one visible form, whatever bytes they have.

Linux takes any bytes but white space, ``/`` and ``:`` for a name (net/core/dev.c dev_valid_name); those that are no
UTF-8 or hide something are shown as net.text.visible does, and a name so shown still finds its interface here.
"""

from __future__ import annotations

import errno
import os
import socket

from net.text import visible, visible_bytes


def interface_name(raw: str | bytes) -> str:
    """The visible form of a name as the system gave it; text holds foreign bytes as surrogateescape does."""
    return visible_bytes(raw) if isinstance(raw, bytes) else visible(raw)


def interface_names() -> dict[int, str]:
    """The name of each interface by its index."""
    return {index: interface_name(name) for index, name in socket.if_nameindex()}


def name_of_index(index: int) -> str:
    """Raises OSError for an index that no interface has."""
    return interface_name(socket.if_indextoname(index))


def index_of_name(name: str) -> int:
    """The index of an interface by its name, visible or raw. Raises OSError with ENODEV."""
    for index, raw in socket.if_nameindex():
        if name in (raw, interface_name(raw)):
            return index
    raise OSError(errno.ENODEV, os.strerror(errno.ENODEV))
