"""Reads ``networksetup -listallhardwareports`` and ``-listnetworkserviceorder`` of macOS (networksetup(8))."""

from __future__ import annotations

import re

import msgspec

COMMAND = ("networksetup", "-listallhardwareports")
ORDER = ("networksetup", "-listnetworkserviceorder")

_PAIR = re.compile(r"^Hardware Port: *(?P<port>.*?) *\nDevice: *(?P<device>\S+)", re.MULTILINE)
_SERVICE = re.compile(
    r"^\((?P<place>\d+|\*)\) (?P<name>.+?) *\n\(Hardware Port: *(?P<port>.*?), Device: *(?P<device>\S*)\)", re.MULTILINE
)


def parse(text: str) -> dict[str, str]:
    """The hardware port of each device: ``{"en0": "Wi-Fi"}``; VLANs and ports without a device are not among them."""
    return {found["device"]: found["port"] for found in _PAIR.finditer(text)}


class Service(msgspec.Struct, frozen=True, kw_only=True):
    """A network service as the person named it; a VPN app has the id of its bundle for a port, and no device."""

    name: str
    port: str
    device: str | None
    enabled: bool


def parse_order(text: str) -> tuple[Service, ...]:
    """The services, the one whose default route is preferred first; one that is switched off has an asterisk."""
    return tuple(
        Service(name=found["name"], port=found["port"], device=found["device"] or None, enabled=found["place"] != "*")
        for found in _SERVICE.finditer(text)
    )
