"""Tables of PowerShell are cut where the dashes say, in cells of the console."""

from __future__ import annotations

from net.platform.windows.adapters import Adapter, parse
from net.platform.windows.table import parse as parse_table
from tests.samples import sample

ADAPTERS = """

Name                      InterfaceDescription                ifIndex InterfaceType MacAddress
----                      --------------------                ------- ------------- ----------
Wi-Fi                     Intel(R) Wi-Fi 6 AX201 160MHz             6            71 CC-15-31-1E-58-07
以太网                    Realtek USB GbE Family Controller        12             6 00-E0-4C-68-00-01
Tailscale                 Tailscale Tunnel                          9            53

"""


def test_an_adapter_with_its_type() -> None:
    assert parse(ADAPTERS) == (
        Adapter(name="Wi-Fi", description="Intel(R) Wi-Fi 6 AX201 160MHz", index=6, iftype=71, mac="cc:15:31:1e:58:07"),
        Adapter(
            name="以太网", description="Realtek USB GbE Family Controller", index=12, iftype=6, mac="00:e0:4c:68:00:01"
        ),
        Adapter(name="Tailscale", description="Tailscale Tunnel", index=9, iftype=53),
    )


def test_no_table_is_no_adapter() -> None:
    assert parse("") == ()
    assert parse("Get-NetAdapter : Access denied.\n") == ()


def test_chinese_names_take_two_cells_a_character() -> None:
    found = parse(sample("windows/Get-NetAdapter--hyperv-docker-chinese-names"))
    assert [(adapter.name, adapter.index, adapter.mac) for adapter in found] == [
        ("vEthernet (DockerNAT)", 54, "00:15:5d:63:01:0a"),
        ("vEthernet (packer-hype...", 50, "00:15:5d:63:01:03"),
        ("WLAN", 3, "9c:b7:0d:b9:22:31"),
        ("以太网", 12, "d4:be:d9:21:e8:5a"),
        ("VirtualBox Host-Only ...4", 16, "0a:00:27:00:00:10"),
    ]
    assert found[3].description == "Intel(R) 82579LM Gigabit Network Con..."


def test_columns_that_were_not_printed_are_unknown() -> None:
    assert parse(sample("windows/Get-NetAdapter--tailscale-and-ethernet")) == (
        Adapter(name="Ethernet", description="Intel(R) I211 Gigabit...", index=10),
        Adapter(name="Tailscale", description="Tailscale Tunnel", index=9),
    )


def test_right_aligned_numbers_and_cyrillic_names() -> None:
    table = parse_table(sample("windows/Get-NetIPInterface--russian-names-radmin-vpn-wsl"))
    assert len(table.rows) == 14
    assert table.column("InterfaceAlias")[2] == "Сетевое подключение Bluetooth"
    assert table.column("NlMtu(Bytes)")[6] == "4294967295"
    radmin = dict(zip(table.column("InterfaceAlias"), table.column("InterfaceMetric"), strict=True))
    assert radmin["Radmin VPN"] == "1"


def test_a_heading_that_is_not_there_gives_empty_cells() -> None:
    table = parse_table(sample("windows/Get-NetIPInterface--vpn-adapters-and-usb-tether"))
    assert table.column("InterfaceType") == ("",) * 16
    assert table.column("ifIndex")[:3] == ("50", "4", "15")
