"""Writes and reads the messages of SSDP (UPnP Device Architecture 2.0 section 1): searches, answers, announcements."""

from __future__ import annotations

from typing import Final, Literal, NamedTuple

from discovery.devices.statement import LONGEST, plain_uuid
from net.records import Family

PORT: Final = 1900
GROUPS: Final[dict[Family, str]] = {"ipv4": "239.255.255.250", "ipv6": "ff02::c"}
"""Section 1 and annex A.2 (the link-local scope)."""
TTL: Final = 2
"""Section 1.2.2: the default."""
MOST_WAIT: Final = 2
"""MX: seconds over which devices spread their answers (section 1.3.2: 1 to 5)."""
_MOST_HEADERS = 64
_MOST_BYTES = 8192
_LEAST_AGE, _USUAL_AGE, _MOST_AGE = 60, 1800, 86_400
"""CACHE-CONTROL should be at least 1,800 s (section 1.2.2)."""


class Told(NamedTuple):
    """What one message says: ``uuid`` of the device, ``target`` the type of it or of one of its services, None where
    the message is about the device itself. ``age`` is for how many seconds it holds."""

    what: Literal["alive", "byebye"]
    uuid: str
    target: str | None
    server: str | None
    location: str | None
    age: int


def search(family: Family) -> bytes:
    """M-SEARCH for everything (section 1.3.2)."""
    group = GROUPS[family]
    host = f"[{group.upper()}]:{PORT}" if family == "ipv6" else f"{group}:{PORT}"
    lines = (
        "M-SEARCH * HTTP/1.1",
        f"HOST: {host}",
        'MAN: "ssdp:discover"',
        f"MX: {MOST_WAIT}",
        "ST: ssdp:all",
        "USER-AGENT: Lanscout/0.1 UPnP/2.0",
    )
    return "".join(f"{line}\r\n" for line in (*lines, "")).encode()


def read(payload: bytes) -> Told | None:
    """An answer to a search or a NOTIFY; None for searches of others and for what names no device. Never raises."""
    lines = payload[:_MOST_BYTES].decode("utf-8", "replace").replace("\r\n", "\n").split("\n")
    start = lines[0].split()
    answer = len(start) >= 2 and start[0].upper().startswith("HTTP/1.") and start[1] == "200"
    notice = len(start) >= 2 and start[0].upper() == "NOTIFY"
    if not answer and not notice:
        return None
    headers = _headers(lines[1 : _MOST_HEADERS + 1])
    uuid = plain_uuid(headers.get("USN", ""))
    kind = headers.get("NTS", "").lower() if notice else "ssdp:alive"
    if uuid is None or kind not in ("ssdp:alive", "ssdp:update", "ssdp:byebye"):
        return None
    target = headers.get("NT" if notice else "ST", "")
    itself = target.lower() == "upnp:rootdevice" or plain_uuid(target) is not None
    return Told(
        what="byebye" if kind == "ssdp:byebye" else "alive",
        uuid=uuid,
        target=None if itself or not target else target,
        server=headers.get("SERVER") or None,
        location=headers.get("LOCATION") or headers.get("AL") or None,
        age=_age(headers.get("CACHE-CONTROL", "")),
    )


def _headers(lines: list[str]) -> dict[str, str]:
    """The first of a repeated header counts."""
    found: dict[str, str] = {}
    for line in lines:
        name, colon, value = line.partition(":")
        if colon:
            found.setdefault(name.strip().upper()[:LONGEST], value.strip()[:LONGEST])
    return found


def _age(text: str) -> int:
    for part in text.split(","):
        name, _, value = part.partition("=")
        digits = value.strip().strip('"')
        if name.strip().lower() == "max-age" and digits.isascii() and digits.isdigit():
            return min(max(int(digits[:9]), _LEAST_AGE), _MOST_AGE)
    return _USUAL_AGE
