"""Tests of net.platform.windows.barriers on texts in the forms that netsh and PowerShell are documented to print."""

from __future__ import annotations

import json

import pytest

from net.platform.windows import barriers

FILTERS = """<?xml version="1.0"?><wfpdiag><filters numItems="3">
<item><filterKey>{1}</filterKey><displayData><name>Port 5353</name></displayData>
 <providerKey>FWPM_PROVIDER_MPSSVC_WF</providerKey><filterCondition><item><fieldKey>x</fieldKey></item></filterCondition></item>
<item><filterKey>{2}</filterKey><providerKey>{6b2fa1c4-0000-4000-8000-000000000001}</providerKey></item>
<item><filterKey>{3}</filterKey></item>
</filters></wfpdiag>
"""
CATALOG = """
Winsock Catalog Provider Entry
------------------------------------------------------
Entry Type:                         Base Service Provider
Description:                        MSAFD Tcpip [TCP/IP]
Protocol Chain Length:              1

Winsock Catalog Provider Entry
------------------------------------------------------
Entry Type:                         Layered Chain Entry
Description:                        Guard over [MSAFD Tcpip [TCP/IP]]
Protocol Chain Length:              2

Winsock Catalog Provider Entry
------------------------------------------------------
Entry Type:                         Layered Chain Entry
Description:                        Guard
Protocol Chain Length:              0
"""


def test_filters_are_counted_by_provider() -> None:
    found = {each.name: each.count for each in barriers.wfp_filters(FILTERS)}
    assert found == {
        "WFP: FWPM_PROVIDER_MPSSVC_WF": 1,
        "WFP: {6b2fa1c4-0000-4000-8000-000000000001}": 1,
        "WFP: filters without a provider": 1,
    }


def test_drivers_of_others_are_listed_once_with_their_adapters_and_microsoft_s_own_are_not() -> None:
    told = {
        "bindings": [
            {"Name": "Ethernet", "DisplayName": "Npcap Packet Driver (NPCAP)", "ComponentID": "INSECURE_NPCAP"},
            {"Name": "Wi-Fi", "DisplayName": "Npcap Packet Driver (NPCAP)", "ComponentID": "INSECURE_NPCAP"},
            {"Name": "Wi-Fi", "DisplayName": "QoS Packet Scheduler", "ComponentID": "ms_pacer"},
        ],
        "profiles": [{"Name": "Public", "Enabled": "True"}, {"Name": "Domain", "Enabled": "False"}],
    }
    driver, public, domain = barriers.drivers_and_profiles(json.dumps(told))
    assert (driver.layer, driver.count) == ("filter_driver", 2)
    assert driver.evidence == "INSECURE_NPCAP on Ethernet, Wi-Fi"
    assert (public.name, public.state, domain.state) == ("Windows Firewall: Public", "on", "off")


def test_layers_over_winsock_are_told_from_base_providers() -> None:
    over, layer = barriers.winsock_layers(CATALOG)
    assert (over.name, layer.name) == ("Guard over [MSAFD Tcpip [TCP/IP]]", "Guard")


def test_a_catalog_in_another_language_is_read_by_the_length_of_the_chain() -> None:
    printed = "Eintrag\n------------------------------\nEintragstyp:  X\nLänge der Protokoll-Chain:   2\n"
    (found,) = barriers.winsock_layers(printed)
    assert found.state == "installed"


def test_base_providers_alone_are_no_layer() -> None:
    (found,) = barriers.winsock_layers(CATALOG.split("Winsock Catalog Provider Entry\n", 2)[1])
    assert (found.state, found.count) == ("none layered", 0)


@pytest.mark.parametrize("parse", [barriers.wfp_filters, barriers.winsock_layers, barriers.drivers_and_profiles])
def test_what_is_not_understood_is_refused(parse: object) -> None:
    with pytest.raises(ValueError, match=r"no filter|no entry|malformed"):
        tuple(parse("The requested operation requires elevation."))  # type: ignore[operator]
