"""What stands between sockets and the wire on Windows: WFP filters, the firewall, filter drivers, Winsock layers."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator

import msgspec

from net.platform.barriers import Found, read

FILTERS = ("netsh", "wfp", "show", "filters", "file=-")
"""Every filter of the Windows Filtering Platform as XML on stdout; needs an administrator."""
CATALOG = ("netsh", "winsock", "show", "catalog")
_SCRIPT = (
    "$ErrorActionPreference = 'SilentlyContinue'; [pscustomobject]@{"
    "bindings = @(Get-NetAdapterBinding -AllBindings -IncludeHidden | Where-Object Enabled"
    " | Select-Object Name, DisplayName, ComponentID);"
    "profiles = @(Get-NetFirewallProfile | Select-Object Name, @{n='Enabled';e={\"$($_.Enabled)\"}})"
    "} | ConvertTo-Json -Depth 3 -Compress"
)
POWERSHELL = ("powershell", "-NoProfile", "-NonInteractive", "-Command", _SCRIPT)
BINDINGS_COMMAND = "Get-NetAdapterBinding -AllBindings -IncludeHidden"
PROFILES_COMMAND = "Get-NetFirewallProfile"

_PROVIDER = re.compile(r"<providerKey>\s*([^<\s]+)\s*</providerKey>")
_FILTER = re.compile(r"<filterKey>")
_ENTRY = re.compile(r"^-{10,}\s*$", re.MULTILINE)
_CHAIN = re.compile(r"^[^:\n]*[Cc]hain[^:\n]*:\s*(\d+)\s*$", re.MULTILINE)
_LAYERED = re.compile(r"Layered (?:Chain Entry|Service Provider)")
_DESCRIPTION = re.compile(r"^Description:\s*(.+?)\s*$", re.MULTILINE)


class _Binding(msgspec.Struct, frozen=True):
    Name: str
    DisplayName: str
    ComponentID: str


class _Profile(msgspec.Struct, frozen=True):
    Name: str
    Enabled: str


class _Told(msgspec.Struct, frozen=True):
    bindings: tuple[_Binding, ...] = ()
    profiles: tuple[_Profile, ...] = ()


def barriers() -> Iterator[Found]:
    """See net.platform.protocol.Platform; runs three commands."""
    yield from read("packet_filter", "Windows Filtering Platform", FILTERS, wfp_filters)
    yield from read("filter_driver", "filter drivers and firewall profiles", POWERSHELL, drivers_and_profiles)
    yield from read("layered_provider", "Winsock catalog", CATALOG, winsock_layers)
    yield Found(
        layer="packet_filter",
        name="what each callout of the Windows Filtering Platform does",
        command="netsh wfp show state",
        unknown="not_told",
    )


def wfp_filters(printed: str) -> Iterator[Found]:
    """The filters by provider: Microsoft's by the name of a constant, others by their GUID. Raises ValueError."""
    total = len(_FILTER.findall(printed))
    if not total:
        raise ValueError("no filter in it")
    providers = Counter(_PROVIDER.findall(printed))
    for provider, count in providers.most_common():
        yield Found(
            layer="packet_filter",
            name=f"WFP: {provider}",
            state="active",
            count=count,
            evidence=f"{count} of {total} filters have this provider",
            command=" ".join(FILTERS),
        )
    without = total - sum(providers.values())
    if without > 0:
        yield Found(
            layer="packet_filter",
            name="WFP: filters without a provider",
            state="active",
            count=without,
            evidence=f"{without} of {total} filters name none",
            command=" ".join(FILTERS),
        )


def drivers_and_profiles(printed: str) -> Iterator[Found]:
    """Bindings that are not Microsoft's own (ms_...), and the profiles of the firewall. Raises ValueError."""
    told = msgspec.json.decode(printed, type=_Told)
    adapters: dict[tuple[str, str], list[str]] = {}
    for each in told.bindings:
        if not each.ComponentID.lower().startswith(("ms_", "vms_")):
            adapters.setdefault((each.DisplayName, each.ComponentID), []).append(each.Name)
    for (name, component), bound in adapters.items():
        yield Found(
            layer="filter_driver",
            name=name,
            state="bound",
            count=len(bound),
            evidence=f"{component} on {', '.join(bound)}",
            command=BINDINGS_COMMAND,
        )
    for profile in told.profiles:
        yield Found(
            layer="application_firewall",
            name=f"Windows Firewall: {profile.Name}",
            state="on" if profile.Enabled.lower() in ("true", "1") else "off",
            evidence=f"Enabled is {profile.Enabled}",
            command=PROFILES_COMMAND,
        )


def winsock_layers(printed: str) -> Iterator[Found]:
    """Catalog entries that are layered over another: a chain of 0 or more than 1, or so called in English.

    ``WSAPROTOCOL_INFO``: a chain length of 1 is a base provider, 0 a layered one, more a chain. Raises ValueError.
    """
    entries = _ENTRY.split(printed)[1:]
    if not entries:
        raise ValueError("no entry in it")
    layered = [entry for entry in entries if _is_layered(entry)]
    names = Counter(found[1] if (found := _DESCRIPTION.search(entry)) else "an unnamed provider" for entry in layered)
    for name, count in names.items():
        yield Found(
            layer="layered_provider",
            name=name,
            state="installed",
            count=count,
            evidence=f"{count} of {len(entries)} entries of the catalog",
            command=" ".join(CATALOG),
        )
    if not layered:
        yield Found(
            layer="layered_provider",
            name="Winsock catalog",
            state="none layered",
            count=0,
            evidence=f"{len(entries)} entries, all base providers",
            command=" ".join(CATALOG),
        )


def _is_layered(entry: str) -> bool:
    chain = _CHAIN.search(entry)
    return _LAYERED.search(entry) is not None or (chain is not None and chain[1] != "1")
