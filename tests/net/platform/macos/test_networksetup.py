"""The hardware port of each device, from networksetup of macOS."""

from __future__ import annotations

import pytest

from net.platform.macos.networksetup import Service, parse, parse_order
from tests.samples import sample, samples

INLINE = """
Hardware Port: Wi-Fi
Device: en0
Ethernet Address: 60:00:50:57:00:44

Hardware Port: Dock (left, 10/100)
Device: en8
Ethernet Address: N/A

Hardware Port: Nothing
Device:

VLAN Configurations
===================

VLAN User Defined Name: office
Parent Device: en8
Device ("Hardware" Port): vlan0
Tag: 7
"""


def test_ports_by_device() -> None:
    assert parse(INLINE) == {"en0": "Wi-Fi", "en8": "Dock (left, 10/100)"}


@pytest.mark.parametrize("name", samples("macos/networksetup-listallhardwareports*"))
def test_every_recorded_device_has_its_port(name: str) -> None:
    text = sample(name)
    found = parse(text)
    assert len(found) == text.count("\nDevice: ")
    assert (found["en0"], found["bridge0"], found["en1"]) == ("Wi-Fi", "Thunderbolt Bridge", "Thunderbolt 1")


def test_vendor_names_and_phones_are_kept() -> None:
    assert parse(sample("macos/networksetup-listallhardwareports--macos14.5-dock"))["en8"] == "ThinkPad Lan"
    usb = parse(sample("macos/networksetup-listallhardwareports--macos10.15-many-usb-nics"))
    assert (usb["en35"], usb["en37"]) == ("USB 10/100/1000 LAN", "iPhone USB")


@pytest.mark.parametrize("name", samples("macos/networksetup-listnetworkserviceorder*"))
def test_every_recorded_service_is_read_in_its_order(name: str) -> None:
    text = sample(name)
    found = parse_order(text)
    assert len(found) == text.count("(Hardware Port: ")
    assert [service.name for service in found] == [
        line.partition(") ")[2].strip()
        for line in text.splitlines()
        if line.startswith(("(*", *(f"({n}" for n in range(10))))
    ]


def test_services_of_vpn_apps_have_no_device_and_one_is_switched_off() -> None:
    found = parse_order(sample("macos/networksetup-listnetworkserviceorder--vpn-apps-and-disabled"))
    assert found[2] == Service(name="Wi-Fi", port="Wi-Fi", device="en0", enabled=True)
    assert found[3].device is None
    assert [service.name for service in found if not service.enabled] == ["academy-regular"]
