"""Reads ``networksetup -listallhardwareports`` of macOS (networksetup(8))."""

from __future__ import annotations

import re

COMMAND = ("networksetup", "-listallhardwareports")

_PAIR = re.compile(r"^Hardware Port: *(?P<port>.*?) *\nDevice: *(?P<device>\S+)", re.MULTILINE)


def parse(text: str) -> dict[str, str]:
    """The hardware port of each device: ``{"en0": "Wi-Fi"}``; VLANs and ports without a device are not among them."""
    return {found["device"]: found["port"] for found in _PAIR.finditer(text)}
