"""What a Bonjour service type is called and what can be opened of a service, from service-types.toml."""

from __future__ import annotations

import re
from collections.abc import Mapping
from urllib.parse import quote, urlsplit

from resources.loader import TxtKeyRow, service_types

SCHEMES = frozenset(
    (
        *("afp", "coap", "coaps", "eppc", "ftp", "git", "hkp", "http", "https", "ipp", "ipps", "ldap", "lpd", "mqtt"),
        *("mqtts", "mumble", "nfs", "opc.tcp", "postgresql", "rdp", "rsync", "rtsp", "sftp", "sip", "smb", "socket"),
        *("ssh", "svn", "telnet", "tftp", "vnc", "ws"),
    )
)
"""What a template of the table may begin with."""

WEB_SCHEMES = frozenset(("http", "https"))
"""What a whole URL that came from the network may begin with."""

_PATH_KEYS = frozenset(("path", "td", "cpath"))
_PLACEHOLDER = re.compile(r"\{(host|port|txt\[([^]]+)\])\}")
_NUMBER = re.compile(r"[0-9]{1,10}|0[xX][0-9A-Fa-f]{1,16}|0[xX][0-9A-Fa-f]{1,8},0[xX][0-9A-Fa-f]{1,8}")
_HOST = re.compile(r"[\w-]+(\.[\w-]+)*")
_LONGEST_HOST = 253
_LONGEST_VALUE = 1024
# RFC 3986: what may stand in path and query, and "%" so that what is escaped already stays so.
_SAFE = "/?:@!$&'()*+,;=%-._~"


def label(service_type: str) -> str | None:
    """The plain name of a type (``_http._tcp``), or None where the table has none."""
    row = service_types().get(service_type.lower())
    return row.label if row else None


def decode_txt(key: TxtKeyRow, value: str) -> str:
    """What a TXT value says by the table: ``light bulb``, ``PCM, ALAC``, the names of bits that are set; "" if nothing.

    Values without a name stand as they are; of bits without one the numbers are told.
    """
    if key.values:
        parts = [part.strip() for part in value.split(",")]
        if any(part in key.values for part in parts):
            return ", ".join(key.values.get(part, part) for part in parts)
    number = _bits(value) if key.bits else None
    if number is None:
        return ""
    places = [str(place) for place in range(number.bit_length()) if number >> place & 1]
    unnamed = [place for place in places if place not in key.bits]
    found = [key.bits[place] for place in places if place in key.bits]
    return ", ".join([*found, f"bits {' '.join(unnamed)}"] if unnamed else found)


def _bits(value: str) -> int | None:
    """``5``, ``0x5``, and two words as AirPlay writes them, ``0x12345678,0x9``: the lower one first."""
    if not _NUMBER.fullmatch(value):
        return None
    lower, _, upper = value.partition(",")
    number = int(lower, 0) if lower.startswith(("0x", "0X")) else int(lower)
    return number | int(upper, 16) << 32 if upper else number


def open_url(
    service_type: str, host: str | None, port: int | None, txt: Mapping[str, str | None] | None = None
) -> str | None:
    """The URL that opens a service, or None where there is nothing to open or its facts do not allow it.

    ``host`` and ``port`` are the SRV record's, ``txt`` its keys as discovery.records.Service has them. Every value
    comes from the network: the host must be a plain name, a port a number, and all else is escaped so that it cannot
    leave its place in the URL. A whole URL from a TXT record is taken only with the scheme http or https.
    """
    row = service_types().get(service_type.lower())
    if row is None or not row.open:
        return None
    values = {key.lower(): value for key, value in (txt or {}).items()}
    whole = _PLACEHOLDER.fullmatch(row.open)
    if whole is not None:
        return _whole_url(values.get((whole[2] or "").lower()))
    scheme, colon, rest = row.open.partition(":")
    slashes = "//" if rest.startswith("//") else ""
    template = rest.removeprefix("//")
    end = _end_of_authority(template)
    authority = _fill(template[:end], host, port, values)
    path = _fill(template[end:], host, port, values)
    if authority is None or path is None or scheme not in SCHEMES:
        return None
    return scheme + colon + slashes + authority + ("/" + path.lstrip("/") if template[end:] else "")


def _end_of_authority(template: str) -> int:
    """Where the path begins: at the first slash, or at a TXT value that is not in the place of the port."""
    begin = re.search(r"/|(?<!:)\{txt", template)
    return begin.start() if begin else len(template)


def _fill(template: str, host: str | None, port: int | None, values: Mapping[str, str | None]) -> str | None:
    filled = ""
    at = 0
    for place in _PLACEHOLDER.finditer(template):
        filled += template[at : place.start()]
        if place[1] == "host":
            value = _checked_host(host)
        elif place[1] == "port":
            value = str(port) if port is not None and 0 < port <= 65535 else None
        elif filled.endswith(":"):
            value = _checked_port(values.get(place[2].lower()))
        else:
            value = _checked_path(place[2].lower(), values.get(place[2].lower()))
        if value is None:
            return None
        filled += value
        at = place.end()
    return filled + template[at:]


def _checked_host(host: str | None) -> str | None:
    name = (host or "").removesuffix(".")
    if len(name) > _LONGEST_HOST or not _HOST.fullmatch(name):
        return None
    return quote(name, safe=".-_")


def _checked_port(value: str | None) -> str | None:
    if value is None or not (value.isascii() and value.isdecimal() and len(value) <= 5):
        return None
    return value if 0 < int(value) <= 65535 else None


def _checked_path(key: str, value: str | None) -> str | None:
    if value is None:
        return "" if key in _PATH_KEYS else None
    if value.startswith("hex:") or len(value) > _LONGEST_VALUE:
        return None
    return quote(value.lstrip("/") if key in _PATH_KEYS else value.strip("/"), safe=_SAFE)


def _whole_url(value: str | None) -> str | None:
    if value is None or len(value) > _LONGEST_VALUE or not value.isprintable():
        return None
    try:
        parts = urlsplit(value)
        port = parts.port
    except ValueError:
        return None
    host = _checked_host(parts.hostname)
    if parts.scheme not in WEB_SCHEMES or host is None or "@" in parts.netloc:
        return None
    authority = host if port is None else f"{host}:{port}"
    query = "?" + quote(parts.query, safe=_SAFE) if parts.query else ""
    return f"{parts.scheme}://{authority}/{quote(parts.path.lstrip('/'), safe=_SAFE)}{query}"
