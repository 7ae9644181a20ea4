"""The devices of the whole scene, merged by the same rules as real ones."""

from __future__ import annotations

from discovery.devices.device import Ids, device
from discovery.devices.merge import merge
from discovery.devices.records import DeviceSearch, What
from discovery.devices.statement import Statement
from tests.ui.scenes import NOW, Step, batch

TV_UUID, NAS_UUID = "5f9ec1b3-ed59-79bb-4530-745d2c9f0e11", "4d454930-0000-1000-8001-00113232a1b2"
PRINTER_UUID = "e3248000-80ce-11db-8000-30055c9a0b1c"


def host(name: str, on: str, addresses: tuple[str, ...], *facts: tuple[What, str, str | None],
         spoke: tuple[str, ...] | None = None, uuid: str = "") -> Statement:  # fmt: skip
    told = Statement(
        source="mdns", interface=on, subject=name, first=NOW - 40, last=NOW - 2, addresses=addresses,
        spoke=frozenset(addresses if spoke is None else spoke), told_by=addresses[0], host=name,
        uuids=frozenset(filter(None, (uuid,))),
    )  # fmt: skip
    told.tell("host", name)
    for address in addresses:
        told.tell("address", address)
    for what, value, of in facts:
        told.tell(what, value, of=of)
    return told


def neighbour(address: str, mac: str, on: str = "en0") -> Statement:
    told = Statement(source="neighbour", interface=on, subject=address, first=NOW - 60, last=NOW - 1,
                     addresses=(address,), spoke=frozenset((address,)), mac=mac)  # fmt: skip
    told.tell("address", address)
    told.tell("mac", mac, of=address)
    return told


def answered(source: str, address: str, uuid: str, *facts: tuple[What, str], on: str = "en0") -> Statement:
    told = Statement(source="ssdp" if source == "ssdp" else "ws_discovery", interface=on, subject=f"{uuid} {address}",
                     first=NOW - 38, last=NOW - 30, addresses=(address,), spoke=frozenset((address,)),
                     told_by=address, uuids=frozenset((uuid,)))  # fmt: skip
    told.tell("address", address)
    told.tell("uuid", uuid)
    for what, value in facts:
        told.tell(what, value)
    return told


STATEMENTS = (
    host("nas.local", "en0", ("192.168.1.30", "fe80::211:32ff:fe32:a1b2%en0"), ("service", "_smb._tcp", "NAS"),
         ("service", "_http._tcp", "NAS"), ("name", "NAS", "_smb._tcp"), ("model", "RackMac", None)),
    neighbour("192.168.1.30", "00:11:32:32:a1:b2"),
    neighbour("fe80::211:32ff:fe32:a1b2%en0", "00:11:32:32:a1:b2"),
    answered("ssdp", "192.168.1.30", NAS_UUID, ("server", "Linux/4.4.302 UPnP/1.0 NAS/7.2"),
             ("location", "http://192.168.1.30:5000/ssdp/desc-DSM-eth0.xml"),
             ("service", "urn:schemas-upnp-org:device:MediaServer:1")),
    answered("wsd", "fe80::211:32ff:fe32:a1b2%en0", "2f402f80-da50-11e1-9b23-001132a1b2c3", ("service", "Computer"),
             ("location", "http://[fe80::211:32ff:fe32:a1b2]:5357/")),
    host("printer.local", "en0", ("192.168.1.40",), ("service", "_ipp._tcp", "Drucker im Flur"),
         ("name", "Drucker im Flur", "_ipp._tcp"), ("model", "Laser 3000", None), uuid=PRINTER_UUID),
    answered("wsd", "192.168.1.40", PRINTER_UUID, ("service", "PrintDeviceType"),
             ("location", "http://192.168.1.40:80/ws")),
    neighbour("192.168.1.40", "30:05:5c:9a:0b:1c"),
    host("tv.local", "en5", ("10.66.0.2",), ("service", "_airplay._tcp", "Wohnzimmer"),
         ("service", "_googlecast._tcp", "Wohnzimmer"), ("name", "Wohnzimmer", "_airplay._tcp"),
         ("manufacturer", "Sony", None), ("model", "BRAVIA 4K", None), uuid=TV_UUID),
    answered("ssdp", "10.66.0.2", TV_UUID, ("server", "Linux/4.9 UPnP/1.0 CastDevice/1.0"),
             ("service", "urn:dial-multiscreen-org:service:dial:1"), on="en5"),
    host("evil.local", "en0", ("192.168.1.66", "192.168.1.30"), ("service", "_smb._tcp", "NAS (2)"),
         ("name", "NAS (2)", "_smb._tcp"), spoke=("192.168.1.66",)),
    neighbour("192.168.1.66", "02:66:01:00:00:66"),
    neighbour("192.168.1.1", "38:94:ed:01:02:f3"),
)  # fmt: skip
DEVICES = tuple(device(name, cluster, ()) for name, cluster in Ids().name(merge(STATEMENTS, ("192.168.1.1",))))
SEARCHES = (
    DeviceSearch(interface="en0", sent=12, ssdp=34, ws_discovery=11, unread=9, beyond=0),
    DeviceSearch(interface="en5", sent=12, ssdp=8, ws_discovery=0, unread=2, beyond=0),
)
ANSWERS: dict[str, list[Step]] = {"devices.watch": [batch(*SEARCHES, *DEVICES)]}
