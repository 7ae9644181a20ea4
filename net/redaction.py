"""Takes out of a text what a ticket should not tell: names of users and hosts, MACs, public addresses, secrets."""

from __future__ import annotations

import ipaddress
import re
from collections import Counter
from collections.abc import Iterable

SECRET = "[secret]"  # noqa: S105 - what stands in its place
SYSTEM_USERS = frozenset(("root", "daemon", "nobody", "system", "local service", "network service"))
"""Accounts every computer has; those of macOS begin with ``_``, those of systemd with ``systemd-``."""
_WORD = (
    r"(?:[\w.-]*(?:passw(?:or)?d|passphrase|secret|token|api[-_]?key|access[-_]?key|private[-_]?key|credential)[\w.-]*"
    r"|[\w.-]*(?<!by)(?<!com)pass|(?:[\w.-]+[-_.])?(?:pw|psk)|[\w.-]*pwd(?![=:\s]+/))"
)
"""What an option is called that takes a secret; PWD=/... is a directory."""
_VALUE = r"""("[^"]*"|'[^']*'|[^\s"'&;]+)"""
_SOME = r"[^\n]{0,200}?"
_SECRETS = (
    re.compile(rf"(?i)(?<![\w.-])((?:--?)?{_WORD}=){_VALUE}"),
    re.compile(rf"(?i)(?<!\S)(--?{_WORD}\s+){_VALUE}"),
    re.compile(rf"(?i)(?<![\w.-])({_WORD}[\"']?:\s?)(?!//){_VALUE}"),
    re.compile(rf"(?i)([?&](?:auth|key|sig|signature|session)=){_VALUE}"),
    re.compile(r"(?i)(\b(?:Bearer|Basic)\s+)([\w.~+/=-]{6,})"),
    re.compile(rf"(\b(?:mysql|mariadb)[\w-]*\b{_SOME}\s-p)(\S+)"),
    re.compile(rf"(\bsshpass\b{_SOME}\s-p\s*){_VALUE}"),
    re.compile(rf"(\b(?:redis-cli\b{_SOME}\s-a|mosquitto_[a-z]+\b{_SOME}\s-P)\s+){_VALUE}"),
    re.compile(rf"(\bcurl\b{_SOME}\s(?:-[uU]\s*|--(?:proxy-)?user[\s=]+)[^\s:]+:)(\S+)"),
    re.compile(r"(://[^\s/:@]*:)([^\s/]+)(?=@)"),
    re.compile(r"()((?<![\w/.-])(?:AKIA[0-9A-Z]{16}|gh[pousr]_\w{20,}|sk-[\w-]{20,}|eyJ[\w-]{10,}\.[\w-]+\.[\w-]+))"),
    re.compile(r"()((?<![\w/.:-])(?=\w*\d)(?=\w*[A-Za-z])[0-9A-Za-z_]{32,}(?![\w/.-]))"),
)
"""Each: what stays, then what is taken out."""
_HOME = re.compile(r"(?:/Users|/home|[A-Za-z]:\\Users)[/\\]([^\s/\\:\"']+)|(?<![\w/.])/root(?=[/\s]|$)")
_URL_HOST = re.compile(r"(?<=://)(?:[^\s/@]*@)?([A-Za-z0-9.-]+)|(?<=@)([A-Za-z0-9-]+(?:\.[A-Za-z0-9-]+)+)")
_IPV6 = re.compile(r"(?<![\w.:])(?=[0-9a-fA-F]*:[0-9a-fA-F:.]*:)[0-9a-fA-F:.]*[0-9a-fA-F:](?![\w])")
_IPV4 = re.compile(r"(?<![\w.])\d{1,3}(?:\.\d{1,3}){3}(?!\w|\.\d(?!\d)|\.\d+\.\d)")
"""Also with a port behind a dot, as tcpdump and the netstat of macOS write it."""
_MACS = (
    re.compile(r"()(?<![0-9A-Fa-f:-])([0-9A-Fa-f]{2}(?:([:-])[0-9A-Fa-f]{2})(?:\3[0-9A-Fa-f]{2}){4})(?![0-9A-Fa-f:-])"),
    re.compile(r"()(?<![\w.])([0-9A-Fa-f]{4}\.[0-9A-Fa-f]{4}\.[0-9A-Fa-f]{4})(?!\w|\.\w)"),
    re.compile(
        r"""(?i)(\b(?:mac(?:[ _-]?addr(?:ess)?)?|ether|hwaddr|bssid|lladdr|deviceid)["']?[\s=:]+["']?)"""
        r"([0-9a-f]{12})(?!\w)"
    ),
    re.compile(r"(\b(?:en|wl)x)([0-9a-f]{12})(?!\w)"),
    re.compile(r"()(?<![0-9A-Fa-f:-])([0-9A-Fa-f]{2}(?:[:-][0-9A-Fa-f]{2}){8,})(?![0-9A-Fa-f:-])"),
)
"""Each: what stays, then a MAC as Linux, Windows or Cisco write it; twelve digits where a word says so or Linux
named a card by them; a client id, or the header that iptables logs, whole."""
_LOCAL_HOST = re.compile(
    r"(?i)(?<![\w.\\-])((?:[^\s.\\\"'()<>,;:=/@\[\]]|\\.){1,63})(?=\.(?:local|lan|home|internal|fritz\.box|home\.arpa)\b)"
)
"""Names that only a home or office knows."""
_LABEL = r"""(?:\(\d+\)|(?:[^\s.\\"“”()<>,;:=/]|\\.){1,63})"""
_INSTANCE = re.compile(
    r"(?:(?<=[\"“])(?!_)[^\"“”._\n]{1,63}|(?<![\w\\-])"
    rf"(?:(?!(?:PTR|SRV|TXT|ANY|NSEC|\d+)\s)(?=[^\W_a-z]|\(|[a-z]+['’]){_LABEL} ){{0,8}}{_LABEL})"
    r"(?=\._[A-Za-z0-9-]+\._(?i:tcp|udp)\b)"
)
"""The name of a service, with the words before it that begin as names do."""
_REPLACED = re.compile(r"host-\d+(?:\.\w+)*\.?")
_STAND_IN = re.compile(r"host-\d+")
_PARTS = frozenset(("user", "host", "service", "mac", "public", "address"))
_NO_STAND_IN = r"(?!-(?:address-)?\d)"
"""A person called host does not change host-1."""
MAC_TEXT = 17
_GROUP_MACS = ("01:00:5e", "33:33", "ff:ff:ff:ff:ff:ff", "01:80:c2", "00:00:00:00:00:00")
"""Groups and nobody: these tell of no device."""
_WORDS = {
    "user": ("user name", "user names"),
    "host": ("host name", "host names"),
    "service": ("service name", "service names"),
    "home": ("home directory", "home directories"),
    "mac": ("MAC", "MACs"),
    "public-address": ("public address", "public addresses"),
    "secret": ("secret", "secrets"),
}
_KINDS = ("user", "host", "service", "mac", "public-address")
_SHORTEST = 3
"""A name of fewer letters would be found inside of everything."""


class Redactor:
    """One for a text, so that the same name becomes the same word: ``user-1``, ``host-1``, ``public-address-1``.

    ``users`` and ``hosts`` are names known to be such; more users are learned from the homes in the text. Names in
    .local, instances of services and MACs are found by their form, and so is the MAC inside an IPv6 address (EUI-64,
    RFC 4291 appendix A). Private and link-local addresses stay: they explain, and lead nowhere from outside.
    """

    def __init__(self, users: Iterable[str], hosts: Iterable[str], texts: Iterable[str] = ()) -> None:
        self._names: dict[str, dict[str, str]] = {kind: {} for kind in _KINDS}
        self._counts: Counter[str] = Counter()
        for user in (*users, *(found[1] for text in texts for found in _HOME.finditer(text) if found[1])):
            if not _of_the_system(user):
                self._stand_in("user", user)
        for host in hosts:
            for name in (host, host.partition(".")[0]):
                if name and name != "localhost":
                    self._stand_in("host", name)
        known = {**self._names["user"], **self._names["host"]}
        words = sorted((name for name in known if len(name) >= _SHORTEST), key=len, reverse=True)
        self._known = {name.casefold(): stand_in for name, stand_in in known.items()}
        either = "|".join(re.escape(name) + (_NO_STAND_IN if name.casefold() in _PARTS else "") for name in words)
        self._words = re.compile(rf"(?i)(?<![^\W_])(?:{either})(?![^\W_])") if words else None

    def text(self, text: str) -> str:
        """``text`` without what a ticket should not tell."""
        for pattern in _SECRETS:
            text = pattern.sub(self._secret, text)
        text = _HOME.sub(self._home, text)
        text = _INSTANCE.sub(self._instance, text)
        text = _LOCAL_HOST.sub(self._local_host, text)
        text = _URL_HOST.sub(self._host, text)
        for pattern in _MACS:
            text = pattern.sub(self._mac, text)
        for pattern in (_IPV6, _IPV4):
            text = pattern.sub(self._address, text)
        return self._words.sub(self._word, text) if self._words is not None else text

    def user(self, name: str) -> str:
        """A name that is known to be a user's."""
        if _of_the_system(name):
            return name
        self._counts["user"] += 1
        return self._stand_in("user", name)

    def host(self, name: str) -> str:
        """A name that is known to be a host's, however short."""
        self._counts["host"] += 1
        return self._stand_in("host", name)

    def said(self) -> str:
        """What was taken out, in one sentence."""
        told = [f"{count} {_WORDS[kind][count != 1]}" for kind in _WORDS if (count := self._counts[kind])]
        return f"Redacted, by place: {', '.join(told) or 'nothing'}."

    def _stand_in(self, kind: str, name: str) -> str:
        names = self._names[kind]
        return names.setdefault(name, f"{kind}-{len(names) + 1}")

    def _secret(self, found: re.Match[str]) -> str:
        if found[2] == SECRET:
            return found[0]
        self._counts["secret"] += 1
        return f"{found[1]}{SECRET}"

    def _home(self, found: re.Match[str]) -> str:
        if found[1] in ("Shared", "Public"):
            return found[0]
        self._counts["home"] += 1
        return "~"

    def _host(self, found: re.Match[str]) -> str:
        name = found[1] or found[2]
        if name == "localhost" or _REPLACED.fullmatch(name) or _parsed(name) is not None:
            return found[0]
        self._counts["host"] += 1
        start = found.start(1 if found[1] else 2) - found.start()
        return f"{found[0][:start]}{self._stand_in('host', name)}"

    def _instance(self, found: re.Match[str]) -> str:
        if found[0].rpartition(" ")[2].startswith("_"):  # a type, not one of its services
            return found[0]
        self._counts["service"] += 1
        return self._stand_in("service", found[0])

    def _local_host(self, found: re.Match[str]) -> str:
        if found[1].startswith("_") or _STAND_IN.fullmatch(found[1]):
            return found[0]
        self._counts["host"] += 1
        return self._stand_in("host", found[1])

    def _mac(self, found: re.Match[str]) -> str:
        mac = bytes.fromhex(re.sub(r"[:.-]", "", found[2])).hex(":")
        if len(mac) == MAC_TEXT and mac.startswith(_GROUP_MACS):
            return found[0]
        self._counts["mac"] += 1
        return f"{found[1]}{self._stand_in('mac', mac)}"

    def _address(self, found: re.Match[str]) -> str:
        if found[0].endswith(":") and _parsed(found[0]) is None:  # the colon of a sentence
            return f"{self._address_of(found[0][:-1])}:"
        return self._address_of(found[0])

    def _address_of(self, written: str) -> str:
        address = _parsed(written)
        if isinstance(address, ipaddress.IPv6Address) and address.ipv4_mapped is not None:
            address = address.ipv4_mapped
        if address is None or address.is_multicast:
            return written
        if address.is_global:
            self._counts["public-address"] += 1
            return self._stand_in("public-address", str(address))
        mac = _mac_inside(address)
        if mac is None:
            return written
        self._counts["mac"] += 1
        return f"{ipaddress.IPv6Address(address.packed[:8] + bytes(8))}({self._stand_in('mac', mac)})"

    def _word(self, found: re.Match[str]) -> str:
        stand_in = self._known[found[0].casefold()]
        self._counts[stand_in.partition("-")[0]] += 1
        return stand_in


def _of_the_system(user: str) -> bool:
    return user.casefold() in SYSTEM_USERS or user.startswith(("_", "systemd-"))


def _parsed(text: str) -> ipaddress.IPv4Address | ipaddress.IPv6Address | None:
    try:
        return ipaddress.ip_address(text)
    except ValueError:
        return None


def _mac_inside(address: ipaddress.IPv4Address | ipaddress.IPv6Address) -> str | None:
    """The MAC from which the last half of an IPv6 address was made."""
    identifier = address.packed[8:]
    if identifier[3:5] != b"\xff\xfe":
        return None
    return bytes((identifier[0] ^ 2, *identifier[1:3], *identifier[5:])).hex(":")
