"""The resolvers of a Windows: servers and suffixes of the adapters and the rules of the Name Resolution Policy Table.

DnsClient module of PowerShell: Get-DnsClientServerAddress, Get-DnsClient, Get-DnsClientNrptPolicy -Effective. Where it
does not answer, ``ipconfig /all`` has to do, which tells nothing of rules.
"""

from __future__ import annotations

import ipaddress
import re

import msgspec

from net.resolvers.address import server_address
from net.resolvers.records import Resolver

SCRIPT = (
    "$ErrorActionPreference = 'SilentlyContinue'; [pscustomobject]@{"
    "adapters = @(Get-DnsClientServerAddress | Select-Object InterfaceAlias, ServerAddresses);"
    "suffixes = @(Get-DnsClient | Select-Object InterfaceAlias, ConnectionSpecificSuffix);"
    "rules = @(Get-DnsClientNrptPolicy -Effective | Select-Object Namespace, NameServers)"
    "} | ConvertTo-Json -Depth 4 -Compress"
)
COMMAND = ("powershell", "-NoProfile", "-NonInteractive", "-Command", SCRIPT)
TIMEOUT = 20.0
"""Seconds; a PowerShell that was not used since the start of the system takes its time."""
IPCONFIG = ("ipconfig", "/all")

ADAPTERS_SOURCE = "Get-DnsClientServerAddress"
RULES_SOURCE = "Get-DnsClientNrptPolicy -Effective"
IPCONFIG_SOURCE = "ipconfig /all"
RULES_ORDER, ADAPTERS_ORDER = 0, 1

_PLACEHOLDERS = ipaddress.ip_network("fec0:0:0:ffff::/64")
"""What Windows lists for IPv6 where no server was configured (RFC 3879 took these site-local addresses back)."""
_HEADING = re.compile(r"^(?P<title>\S.*):$")
_FIELD = re.compile(r"^ {3}(?P<label>\S[^:]*?)[ .]*: ?(?P<value>.*)$")

Words = str | tuple[str, ...] | None


class _Adapter(msgspec.Struct, frozen=True, rename="pascal"):
    interface_alias: str
    server_addresses: Words = ()


class _Suffix(msgspec.Struct, frozen=True, rename="pascal"):
    interface_alias: str
    connection_specific_suffix: str | None = None


class _Rule(msgspec.Struct, frozen=True, rename="pascal"):
    namespace: Words = ()
    name_servers: Words = ()


class _Told(msgspec.Struct, frozen=True):
    adapters: tuple[_Adapter, ...] = ()
    suffixes: tuple[_Suffix, ...] = ()
    rules: tuple[_Rule, ...] = ()


def parse(printed: str) -> tuple[Resolver, ...]:
    """The servers of the rules, which win over all adapters, then those of the adapters. Raises ValueError.

    A namespace with a leading dot is a suffix, ``.`` alone every name.
    """
    told = msgspec.json.decode(printed, type=_Told)
    suffixes = {each.interface_alias: each.connection_specific_suffix or "" for each in told.suffixes}
    found = []
    for rule in told.rules:
        names = tuple(name.strip(".") for name in _words(rule.namespace))
        domains = tuple(name for name in names if name)
        servers = _servers(rule.name_servers, None)
        found += [_row(each, None, domains, (), RULES_ORDER, RULES_SOURCE) for each in servers]
    for adapter in told.adapters:
        name = adapter.interface_alias
        search = tuple(word for word in (suffixes.get(name, ""),) if word)
        servers = _servers(adapter.server_addresses, name)
        found += [_row(each, name, (), search, ADAPTERS_ORDER, ADAPTERS_SOURCE) for each in servers]
    return tuple(found)


def parse_ipconfig(printed: str) -> tuple[Resolver, ...]:
    """The servers of each adapter, in whatever language: a label with DNS in it whose value is an address."""
    found: list[Resolver] = []
    name: str | None = None
    in_servers = False
    suffix = ""
    for line in printed.splitlines():
        heading = _HEADING.match(line)
        field = _FIELD.match(line)
        if heading is not None:
            # "Ethernet adapter Ethernet 2": the name is behind the kind, where the language is English.
            name, in_servers, suffix = heading["title"].rpartition(" adapter ")[2], False, ""
        elif field is not None:
            value = field["value"].strip()
            addresses = _servers(value, name)
            in_servers = "DNS" in field["label"] and bool(addresses)
            # The only other field of an adapter with DNS in its label and a name for a value comes first.
            suffix = value if "DNS" in field["label"] and not addresses and not suffix else suffix
        else:
            addresses = _servers(line.strip(), name)
        if in_servers and name is not None:
            search = (suffix,) if suffix else ()
            found += [_row(each, name, (), search, ADAPTERS_ORDER, IPCONFIG_SOURCE) for each in addresses]
    return tuple(found)


def _row(
    server: str,
    interface: str | None,
    domains: tuple[str, ...],
    search: tuple[str, ...],
    order: int,
    source: str,
) -> Resolver:
    return Resolver(
        server=server,
        interface=interface,
        domains=domains,
        search=search,
        scope="supplemental" if domains else "default",
        order=order,
        source=source,
    )


def _words(words: Words) -> tuple[str, ...]:
    """PowerShell gives a list of one as the one."""
    return (words,) if isinstance(words, str) else words or ()


def _servers(words: Words, interface: str | None) -> list[str]:
    found = []
    for word in _words(words):
        address = server_address(word, interface)
        if address is not None and ipaddress.ip_address(address.address.partition("%")[0]) not in _PLACEHOLDERS:
            found.append(address.address)
    return found
