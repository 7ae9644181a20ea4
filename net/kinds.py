"""Says what a network interface is: the first row of resources/tables/interface-kinds.toml whose evidence fits."""

from __future__ import annotations

import ipaddress
import re
from functools import cache

import msgspec

from net.platform.protocol import Link
from net.records import InterfaceType
from resources.loader import InterfaceKindRow, System, interface_kinds

KERNEL_KIND = "rtnl.kind"
"""The kind of a virtual device as rtnetlink tells it (IFLA_INFO_KIND); cards have none."""
_TEST = re.compile(r"(?P<optional>\??)(?P<subject>[a-z0-9._]+)(?P<operator>[=~+-])(?P<wanted>.+)")


class Kind(msgspec.Struct, frozen=True, kw_only=True):
    """What an interface is: its ``type``, a ``label``, and sentences on what it means and what it does to multicast.

    ``evidence`` is what was seen (``rtnl.kind=tun; sysfs.type=65534``, ``name utun3 only``); ``verified`` whether the
    row was confirmed by its source.
    """

    type: InterfaceType
    label: str
    meaning: str
    multicast_meaning: str
    evidence: str
    verified: bool


class _Test(msgspec.Struct, frozen=True):
    """One test of a row's ``evidence``, as the head of the table defines them."""

    subject: str
    operator: str
    wanted: tuple[str, ...]
    pattern: re.Pattern[str] | None
    optional: bool

    def observe(self, link: Link) -> tuple[bool | None, str]:
        """Whether the test holds (None: its subject cannot be read), and what was seen."""
        if self.subject == "flags":
            holds = (self.wanted[0] in link.flags) == (self.operator == "+")
            return holds, f"flags{self.operator}{self.wanted[0]}"
        if self.subject == "mac":
            mac = link.mac
            return (mac is not None and mac.lower().startswith(self.wanted) if mac else None), f"mac={mac}"
        if self.subject == "addr":
            found = next((seen for wanted in self.wanted if (seen := _addresses(link, wanted))), None)
            return found is not None, f"addr={found}"
        values = link.facts.get(self.subject)
        if values is None:
            return None, ""
        matching = next((value for value in values if self._fits(value)), None)
        return matching is not None, f"{self.subject}={matching}"

    def _fits(self, value: str) -> bool:
        return self.pattern.search(value) is not None if self.pattern else value in self.wanted


class _Rule(msgspec.Struct, frozen=True):
    """A row of the table, compiled."""

    row: InterfaceKindRow
    name: re.Pattern[str] | None
    tests: tuple[_Test, ...]

    @property
    def by_name_alone(self) -> bool:
        return self.name is not None and not self.tests

    @property
    def by_kernel_kind(self) -> bool:
        return any(test.subject == KERNEL_KIND and not test.optional for test in self.tests)

    def evidence(self, link: Link) -> str | None:
        """What speaks for this row, or None where it does not fit."""
        if self.name is not None and self.name.fullmatch(link.name) is None:
            return None
        seen = []
        for test in self.tests:
            holds, text = test.observe(link)
            if holds:
                seen.append(text)
            elif holds is False or not test.optional:
                return None
        if self.name is None:
            return "; ".join(seen) or _all_facts(link)
        return "; ".join([f"name {link.name}", *seen]) if seen else f"name {link.name} only"


def kind_of(link: Link, system: System) -> Kind:
    """What ``link`` is by the rows of ``system``; the last row of each system fits everything.

    On Linux a device may carry a name of macOS (utun3 made by ``ip tuntap``): there only rows of Linux are asked, so
    the kernel's evidence decides and the foreign name does not. A name alone does not stand against the kind of link
    that the kernel tells either: a macvlan named ipsec9 is a macvlan.
    """
    fitting = ((rule, evidence) for rule in rules(system) if (evidence := rule.evidence(link)) is not None)
    found = next(fitting, None)
    if found is None:
        raise LookupError(f"interface-kinds.toml: no last row for {system}")
    if KERNEL_KIND in link.facts and found[0].by_name_alone:
        proved = next((each for each in fitting if each[0].by_kernel_kind), found)
        found = proved if proved[0].row.kind != found[0].row.kind else found
    row, evidence = found[0].row, found[1]
    return Kind(
        type=row.kind,
        label=row.label,
        meaning=row.means,
        multicast_meaning=row.multicast,
        evidence=evidence,
        verified=row.verified,
    )


@cache
def rules(system: System) -> tuple[_Rule, ...]:
    """The rows of ``system``, compiled, in order of matching."""
    return tuple(
        _Rule(
            row,
            re.compile(row.match) if row.match else None,
            tuple(_parse(text) for text in row.evidence.split("; ") if text),
        )
        for row in interface_kinds()
        if row.os == system
    )


def _parse(text: str) -> _Test:
    found = _TEST.fullmatch(text)
    if found is None:
        raise ValueError(f"interface-kinds.toml: {text!r} is no test")
    operator, wanted = found["operator"], found["wanted"]
    return _Test(
        subject=found["subject"],
        operator=operator,
        wanted=tuple(wanted.split("|")) if operator == "=" else (wanted,),
        pattern=re.compile(wanted) if operator == "~" else None,
        optional=bool(found["optional"]),
    )


def _addresses(link: Link, wanted: str) -> str | None:
    """What was seen where the addresses are as ``wanted`` (llonly, none or a CIDR block), else None."""
    addresses = [ipaddress.ip_address(address.address) for address in link.addresses]
    if wanted == "none":
        return None if addresses else wanted
    if wanted == "llonly":
        return "link-local only" if addresses and all(address.is_link_local for address in addresses) else None
    block = ipaddress.ip_network(wanted)
    return next((str(address) for address in addresses if address.version == block.version and address in block), None)


def _all_facts(link: Link) -> str:
    facts = "; ".join(f"{subject}={','.join(values)}" for subject, values in sorted(link.facts.items()))
    return f"nothing known fits {link.name}" + (f" ({facts})" if facts else "")
