"""The host that is looked from, and the rights one has there."""

from __future__ import annotations

import getpass
import os
import socket
from typing import NamedTuple

from net.platform.system import SYSTEM, is_root
from net.text import visible


class Host(NamedTuple):
    """System (``linux``, ``macos``, ``windows``), host and user name made visible, and whether it has root's rights."""

    system: str
    name: str
    user: str
    root: bool


def this_host() -> Host:
    """As this process sees it."""
    try:
        user = getpass.getuser()
    except (KeyError, OSError):  # a uid without a name
        user = str(os.getuid())
    return Host(SYSTEM, visible(socket.gethostname()), visible(user), is_root())
