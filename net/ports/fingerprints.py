"""Which program gives itself away by what a port says, or by its name (resources/tables/fingerprints.toml)."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import NamedTuple

from resources.loader import System, fingerprint_rows

AIRPLAY = "AirPlay Receiver"
"""The identity whose conflict on port 5000 has an explanation of its own."""


class Sign(NamedTuple):
    """A program, and the line or name that gave it away."""

    identity: str
    evidence: str


def identify(lines: Iterable[str], process: str | None, system: System) -> Sign | None:
    """The first row of the table that a line of the answer begins with, else the first that names the process."""
    said = tuple(lines)
    for row in fingerprint_rows():
        for line in said:
            if re.match(row.pattern, line):
                return Sign(row.identity, line)
    for row in fingerprint_rows():
        if process is not None and system in row.os and any(re.fullmatch(each, process) for each in row.process):
            return Sign(row.identity, f"process {process}")
    return None
