"""The operating system behind one Protocol."""

from __future__ import annotations

from functools import cache

from net.platform.protocol import Platform
from net.platform.system import SYSTEM


@cache
def this_platform() -> Platform:
    """The implementation for this system, imported when first needed."""
    if SYSTEM == "linux":
        from net.platform.linux import Linux

        return Linux()
    if SYSTEM == "macos":
        from net.platform.macos import Macos

        return Macos()
    from net.platform.windows import Windows

    return Windows()
