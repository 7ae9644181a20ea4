"""Reads what ``Get-NetAdapter`` of Windows tells of each adapter: index, type and description."""

from __future__ import annotations

import msgspec

from net.platform.windows.mac import canonical_mac
from net.platform.windows.table import parse as parse_table

# InterfaceType is the IfType of GetAdaptersAddresses. Wide enough that nothing is cut with an ellipsis.
COMMAND = (
    "powershell",
    "-NoProfile",
    "-NonInteractive",
    "-Command",
    (
        "Get-NetAdapter -IncludeHidden"
        " | Format-Table -AutoSize Name, InterfaceDescription, ifIndex, InterfaceType, MacAddress"
        " | Out-String -Width 4096"
    ),
)
TIMEOUT = 20.0
"""Seconds; a PowerShell that was not used since the start of the system takes its time."""


class Adapter(msgspec.Struct, frozen=True, kw_only=True):
    """An adapter; ``iftype`` is None where the column was not asked for."""

    name: str
    description: str
    index: int
    iftype: int | None = None
    mac: str | None = None


def parse(text: str) -> tuple[Adapter, ...]:
    """The adapters in the order printed; rows without an index are passed over."""
    table = parse_table(text)
    columns = ("Name", "InterfaceDescription", "ifIndex", "InterfaceType", "MacAddress")
    return tuple(
        Adapter(
            name=name,
            description=description,
            index=int(index),
            iftype=int(iftype) if iftype.isdigit() else None,
            mac=canonical_mac(mac),
        )
        for name, description, index, iftype, mac in zip(*map(table.column, columns), strict=True)
        if index.isdigit()
    )
