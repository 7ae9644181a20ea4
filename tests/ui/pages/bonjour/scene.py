"""The services around the made-up Mac of tests/ui/scenes.py, as its probe answers, and for tests."""

from __future__ import annotations

from time import monotonic
from typing import TYPE_CHECKING, Any

import msgspec
from msgspec.structs import replace

from discovery.records import BrowseState, Service, ServiceType
from net.records import Record
from resources.services import label
from ui.pages.bonjour.book import MARK_SECONDS

if TYPE_CHECKING:
    from ui.window import MainWindow

NOW = 1_790_000_000.0


def service(name: str, kind: str = "_http._tcp", host: str | None = "beta.local.", **more: Any) -> Service:
    """A service heard on en0, with an address of each family unless ``more`` says otherwise."""
    facts: dict[str, Any] = {
        "change": "added",
        "domain": "local",
        "port": 8080,
        "addresses": ("192.168.1.20", "fe80::1c4f:9aff:fe11:2c3e%en0"),
        "interfaces": ("en0",),
        "ttl": 120,
        "seen": NOW,
    }
    return Service(name=name, type=kind, host=host, **(facts | more))


SERVICES = (
    service("Familienfotos · Büro", txt={"path": "/fotos/", "u": "gast"}),
    service("Router", host="router.local.", port=80, addresses=("192.168.1.1", "fd66:1::1"), txt={"path": "/status"}),
    service(
        "Drucker im Flur", "_ipp._tcp", "printer.local.", port=631, subtypes=("_print", "_universal"),
        addresses=("192.168.1.40", "fd66:1::40", "fe80::ba27:ebff:fe12:3456%en0"),
        txt={
            "txtvers": "1", "rp": "ipp/print", "ty": "Laser 3000", "note": "Zweiter Stock", "Color": "T", "Duplex": "T",
            "pdl": "application/pdf,image/urf",
        },
    ),
    service(
        "Wohnzimmer", "_airplay._tcp", "tv.local.", port=7000, addresses=("10.66.0.2", "fd66:2::2"),
        interfaces=("en5",),
        txt={"deviceid": "02:66:02:00:00:02", "features": "0x4A7FFFF7,0xE", "model": "AppleTV14,1", "srcvers": "366.0"},
    ),
    service("beta", "_ssh._tcp", port=22, interfaces=("en0", "en5"), addresses=("192.168.1.20", "10.66.0.9")),
    service("NAS", "_smb._tcp", "nas.local.", port=445, addresses=("192.168.1.30",)),
    service("Messgerät № 7", "_osc._udp", "probe7.local.", port=9000, interfaces=("en5",), addresses=("10.66.0.7",),
            txt={"type": "server", "raw": "hex:00ff10"}),
)  # fmt: skip

RECORDS: tuple[Record, ...] = (
    BrowseState(interface="en0", since=NOW, packets=48),
    BrowseState(interface="en5", since=NOW, packets=12),
    *(ServiceType(type=kind, label=label(kind), interfaces=("en0",)) for kind in {each.type for each in SERVICES}),
    *SERVICES,
)


STEADY = [record for record in RECORDS if record not in (SERVICES[1], SERVICES[4])]
ANSWERS = {"bonjour.browse": [{"batch": [msgspec.to_builtins(record) for record in STEADY]}]}


def prepare(window: MainWindow) -> None:
    """All interfaces are shown, a service has changed, and the printer is selected."""
    from ui.pages.bonjour.page import BonjourPage

    page = window.page("bonjour")
    assert isinstance(page, BonjourPage)
    window.choose_interface("")
    page.feed((*RECORDS, replace(SERVICES[1], change="removed")))
    page.book.tick(monotonic() + MARK_SECONDS)
    page.feed((replace(SERVICES[4], change="updated", port=2222), service("Kamera am Tor", "_rtsp._tcp", port=554)))
    page.model.flush()
    page.view.select_key(SERVICES[2].key())
    page.view.setFocus()
