"""Hardware addresses in the one form used here."""

from __future__ import annotations

import re


def canonical_mac(text: str) -> str | None:
    """``00-15-5D-63-01-0A`` or ``00 15 5d 63 01 0a`` as ``00:15:5d:63:01:0a``; None where it is no such address."""
    groups = re.split(r"[-: ]", text.strip().lower())
    if len(groups) not in (6, 8) or not all(re.fullmatch(r"[0-9a-f]{2}", group) for group in groups):
        return None
    return ":".join(groups)
