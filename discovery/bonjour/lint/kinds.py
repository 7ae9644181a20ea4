"""Tells what a name in DNS-SD stands for (RFC 6763 sections 4, 7, 9 and 11)."""

from __future__ import annotations

from functools import lru_cache
from typing import Literal, NamedTuple

from discovery.bonjour.names import Labels, folded

_REVERSE = ((b"in-addr", b"arpa"), (b"ip6", b"arpa"))
_DNS_SD = (b"_dns-sd", b"_udp")
_DOMAIN_LISTS = frozenset((b"b", b"db", b"r", b"dr", b"lb"))


class Kind(NamedTuple):
    """``_http._tcp.local`` is a ``type``, ``web._http._tcp.local`` an ``instance``, ``_x._sub._http._tcp.local`` a
    ``subtype``; ``service`` are the two labels of the type, in lower case as all else here."""

    what: Literal["type", "subtype", "instance", "meta", "domains", "reverse", "host", "other"]
    service: Labels = ()
    domain: Labels = ()

    @property
    def shared(self) -> bool:
        """Whether PTR records of the name are shared by all hosts (RFC 6762 section 2)."""
        return self.what in ("type", "subtype", "meta", "domains")


@lru_cache(maxsize=8192)
def kind(name: Labels) -> Kind:
    """What the name stands for."""
    labels = folded(name)
    if labels[-2:] in _REVERSE:
        return Kind("reverse")
    for at in range(len(labels) - 2, -1, -1):
        if labels[at][:1] == b"_" and labels[at + 1][:1] == b"_":
            return _of_service(labels, at)
    return Kind("host", domain=labels[1:]) if labels else Kind("other")


def _of_service(labels: Labels, at: int) -> Kind:
    service, domain = labels[at : at + 2], labels[at + 2 :]
    if service == _DNS_SD and at == 1:
        if labels[0] == b"_services":
            return Kind("meta", service, domain)
        if labels[0] in _DOMAIN_LISTS:
            return Kind("domains", service, domain)
    if at == 0:
        return Kind("type", service, domain)
    if labels[at - 1] == b"_sub":
        return Kind("subtype" if at == 2 else "other", service, domain)
    return Kind("instance" if at == 1 else "other", service, domain)
