"""The services around the made-up Mac of tests/ui/scenes.py, as its probe answers, and for tests."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable
from time import monotonic, time
from typing import TYPE_CHECKING, Any

import msgspec
from msgspec.structs import replace
from PySide6.QtCore import QTimer

from discovery.bonjour.names import label_text
from discovery.records import BrowseState, Ended, HeardRecord, Service, ServiceType, Sighting
from net.records import Record
from resources.services import label
from ui.pages.bonjour.book import MARK_SECONDS

if TYPE_CHECKING:
    from ui.pages.bonjour.page import BonjourPage
    from ui.window import MainWindow

NOW = 1_790_000_000.0
LONG_AGO = 200.0
"""Seconds for which most services of the picture were there."""


def service(name: str, kind: str = "_http._tcp", host: str | None = "beta.local.", **more: Any) -> Service:
    """A service heard on en0, with an address of each family unless ``more`` says otherwise."""
    facts: dict[str, Any] = {
        "change": "added",
        "domain": "local",
        "port": 8080,
        "addresses": ("192.168.1.20", "fe80::c2a5:3eff:fe4d:20%en0"),
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


STATES = (
    BrowseState(interface="awdl0", since=NOW, state="skipped", reason="peer to peer: AirDrop"),
    BrowseState(interface="en4", since=NOW, state="failed", errno=19, reason="No such device"),
    BrowseState(interface="utun3", since=NOW, state="skipped", reason="a tunnel"),
)


def sighting(
    on: str, source: str, ttl: int, age: float, *, at: float, ended: Ended | None = None, **more: Any
) -> Sighting:
    """Heard first ``age`` seconds before ``at`` and last a third of that ago; ``ended`` then, if at all."""
    last = at - age / 3
    facts: dict[str, Any] = {
        "family": "ipv6" if ":" in source else "ipv4",
        "ip_ttl": 255,
        "first": at - age,
        "last": last,
        "expires": last + ttl,
        "count": 3,
        "ended": ended,
        "ended_at": last + 5 if ended is not None else None,
    }
    return Sighting(interface=on, source=source, ttl=ttl, **(facts | more))


def full_name(found: Service) -> str:
    return f"{label_text(found.name.encode())}.{found.type}.{found.domain}."


def txt_bytes(found: Service) -> bytes:
    """Its TXT record as it stands in a packet."""
    strings = [key.encode() if value is None else f"{key}={value}".encode() for key, value in found.txt.items()]
    return b"".join(bytes((len(string),)) + string for string in strings) or b"\0"


def place_of(address: str) -> str:
    """The interface of the made-up Mac in whose network the address is."""
    return "en5" if address.startswith(("10.66.", "fd66:2:")) else "en0"


def records_of(found: Service, *, at: float, age: float = 90.0, ended: Ended | None = None) -> tuple[HeardRecord, ...]:
    """PTR, SRV, TXT and addresses of a service, heard wherever it was from the first address the host has there."""
    name, host = full_name(found), found.host or "unknown.local."

    def there(on: str) -> list[str]:
        return [address for address in found.addresses if place_of(address) == on] or list(found.addresses)

    def heard(ttl: int, address: str | None = None) -> tuple[Sighting, ...]:
        """On all its interfaces; an address only where it belongs."""
        return tuple(
            sighting(on, there(on)[0], ttl, age, at=at, ended=ended)
            for on in found.interfaces if address is None or address in there(on)
        )  # fmt: skip

    return (
        HeardRecord(name=f"{found.type}.{found.domain}.", type="PTR", data=name, sightings=heard(4500)),
        HeardRecord(name=name, type="SRV", data=f"0 0 {found.port} {host}", flush=True, sightings=heard(120)),
        HeardRecord(
            name=name, type="TXT", data=" ".join(f'"{key}={value}"' for key, value in found.txt.items()), flush=True,
            data_hex=txt_bytes(found).hex(), sightings=heard(4500),
        ),
        *(
            HeardRecord(name=host, type="AAAA" if ":" in address else "A", data=address.partition("%")[0], flush=True,
                        sightings=heard(120, address))
            for address in found.addresses
        ),
    )  # fmt: skip


def moved_records(before: Service, now: Service, *, at: float) -> tuple[HeardRecord, ...]:
    """Those of a service whose port has just become another: the new SRV record took the place of the one before."""
    whole = records_of(before, at=at, age=LONG_AGO)
    old = next(record for record in whole if record.type == "SRV")
    fresh = next(record for record in records_of(now, at=at, age=2) if record.type == "SRV")
    flushed = tuple(
        replace(each, last=at - 62, expires=at + 58, ended="flushed", ended_at=at) for each in old.sightings
    )
    return (*(record for record in whole if record is not old), replace(old, sightings=flushed), fresh)


STEADY = [record for record in RECORDS if record not in (SERVICES[1], SERVICES[4])]
ANSWERS = {"bonjour.browse": [{"batch": [msgspec.to_builtins(record) for record in STEADY]}]}


def _fill(window: MainWindow) -> BonjourPage:
    """All interfaces are shown, a service has changed, one is gone, and the printer is selected."""
    page = bonjour_page(window)
    window.choose_interface("")
    at = time()
    page.feed((*RECORDS, *STATES, *(replace(found, seen=at - LONG_AGO) for found in SERVICES)))
    _age(page)
    page.feed((replace(SERVICES[1], change="removed", seen=at),))
    page.book.tick(monotonic() + MARK_SECONDS)
    moved = replace(SERVICES[4], change="updated", port=2222, seen=at)
    page.feed((moved, service("Kamera am Tor", "_rtsp._tcp", port=554, seen=at)))
    page.feed(tuple(record for each in SERVICES[2:4] for record in records_of(each, at=at)))
    page.feed(moved_records(SERVICES[4], moved, at=at))
    page.feed(records_of(SERVICES[1], at=at, ended="goodbye"))
    page.model.flush()
    return page


def _age(page: BonjourPage) -> None:
    """The services that are there have been so for as long as their records say."""
    began = monotonic() - LONG_AGO
    for key in [each.key() for each in SERVICES]:
        page.book._set(key, dataclasses.replace(page.book.rows[key], first=began, since=began))


def bonjour_page(window: MainWindow) -> BonjourPage:
    from ui.pages.bonjour.page import BonjourPage

    page = window.page("bonjour")
    assert isinstance(page, BonjourPage)
    return page


def _show(window: MainWindow, view: str, wanted: Service) -> None:
    page = _fill(window)
    page.views.show_view("services")
    page.service_views.switch.choose(view)
    page.service_views.select_key(wanted.key())
    page.front().setFocus()


def prepare(window: MainWindow) -> None:
    _show(window, "type", SERVICES[2])


def _host(window: MainWindow) -> None:
    _show(window, "host", SERVICES[4])
    form = bonjour_page(window).form
    bar = form.verticalScrollBar()
    QTimer.singleShot(50, lambda: bar.setValue(bar.maximum() * 9 // 10))


def _matrix(window: MainWindow) -> None:
    bonjour_page(window).form.verticalScrollBar().setValue(0)
    _show(window, "matrix", SERVICES[4])


VIEWS: dict[str, Callable[[MainWindow], None]] = {"host": _host, "matrix": _matrix}
