"""What instance names say that are made by a rule: sleep proxies, AirPlay audio, Matter nodes."""

from __future__ import annotations

import re

from PySide6.QtCore import QCoreApplication

from discovery.records import Service
from ui.text import visible
from ui.widgets.details_form import Fact

# mDNSCore/mDNSEmbeddedAPI.h: intent, portability, marginal power, total power, each 10 to 99, then the features.
_SLEEP_PROXY = re.compile(r"(\d\d)-(\d\d)-(\d\d)-(\d\d)(?:\.(\d+))? (.+)", re.DOTALL)
_RAOP = re.compile(r"([0-9A-Fa-f]{12})@(.+)", re.DOTALL)
_MATTER = re.compile(r"([0-9A-F]{16})-([0-9A-F]{16})")


def name_parts(service: Service) -> tuple[Fact, ...]:
    """The parts as facts; none where the name is a name."""
    read = {"_sleep-proxy._udp": _sleep_proxy, "_raop._tcp": _raop, "_matter._tcp": _matter}.get(service.type.lower())
    return read(service.name) if read is not None else ()


def tr(source: str) -> str:
    return QCoreApplication.translate("bonjour", source)


def _sleep_proxy(name: str) -> tuple[Fact, ...]:
    found = _SLEEP_PROXY.fullmatch(name)
    if found is None:
        return ()
    labels = (tr("Intent"), tr("Portability"), tr("Marginal power"), tr("Total power"), tr("Features"))
    facts = [Fact(tr("Called"), visible(found[6]))]
    facts += [Fact(label, value, fixed=True) for label, value in zip(labels, found.groups(), strict=False) if value]
    facts[1:2] = [
        Fact(labels[0], found[1], fixed=True, note=tr("10 to 99: of several sleep proxies the lowest is used"))
    ]
    return tuple(facts)


def _raop(name: str) -> tuple[Fact, ...]:
    found = _RAOP.fullmatch(name)
    if found is None:
        return ()
    mac = ":".join(found[1][at : at + 2] for at in range(0, 12, 2)).lower()
    return (Fact(tr("Called"), visible(found[2])), Fact(tr("Device"), mac, fixed=True))


def _matter(name: str) -> tuple[Fact, ...]:
    found = _MATTER.fullmatch(name)
    if found is None:
        return ()
    return (Fact(tr("Fabric"), found[1], fixed=True), Fact(tr("Node"), found[2], fixed=True))
