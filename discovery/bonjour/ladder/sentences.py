"""The sentences of the steps and the verdict; they stand in resources/tables/ladder.toml."""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

from net.records import Family
from net.text import visible
from resources.loader import ladder_rows

SHOWN = 3
"""Hosts named in a sentence."""
GROUP_NAMES: dict[Family, str] = {"ipv4": "224.0.0.251", "ipv6": "ff02::fb"}


class Said(NamedTuple):
    """A sentence and what to do about it."""

    text: str
    remedy: str | None


def say(code: str, **facts: object) -> Said:
    """The row ``code`` with ``facts`` in its braces. Raises KeyError for a code without a row."""
    row = ladder_rows()[code]
    return Said(row.text.format(**facts), row.remedy.format(**facts) if row.remedy is not None else None)


def families_text(families: Iterable[Family]) -> str:
    """``IPv4 and IPv6``."""
    return " and ".join(family.replace("ip", "IP") for family in families)


def hosts_text(hosts: Iterable[str]) -> str:
    """The first few, and how many more."""
    names = [visible(host, 80) for host in hosts]
    more = f" and {len(names) - SHOWN} more" if len(names) > SHOWN else ""
    return f"{', '.join(names[:SHOWN])}{more}"
