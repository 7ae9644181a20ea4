"""The well-known groups as choices: each group with each of its ports, its name and what uses it."""

from __future__ import annotations

import ipaddress
from dataclasses import dataclass
from functools import cache, lru_cache

from PySide6.QtCore import QAbstractTableModel, QCoreApplication, QModelIndex, QObject, QPersistentModelIndex, Qt

from resources.groups import well_known
from resources.loader import GroupRow, multicast_groups
from ui.pages.multicast.target import EXAMPLE, endpoint

Index = QModelIndex | QPersistentModelIndex
SEARCH_ROLE = Qt.ItemDataRole.UserRole + 1
NO_INDEX = QModelIndex()

EXAMPLES = (EXAMPLE, "224.0.0.251:5353", "239.255.255.250:1900", "[ff02::1:3]:5355")
"""Offered where no group is joined yet."""


@dataclass(frozen=True)
class KnownGroup:
    """A group that can be joined as it stands."""

    endpoint: str
    name: str
    used_by: str
    verified: bool


@cache
def known_groups() -> tuple[KnownGroup, ...]:
    """The example first, then the table's order; blocks of addresses and groups without a port cannot be joined."""
    found: dict[tuple[str, str], KnownGroup] = {}
    for row in multicast_groups():
        for group in row.groups:
            if row.delivery is None and _is_group(group):
                for port in row.ports:
                    text = endpoint(group, port)
                    found.setdefault((text, row.name), KnownGroup(text, row.name, row.used_by, row.verified))
    return tuple(sorted(found.values(), key=lambda known: known.endpoint != EXAMPLE))


@lru_cache(maxsize=4096)
def name_of(group: str, port: int) -> GroupRow | None:
    """The row that names the group best; None also where only the block it lies in has a name."""
    row = well_known(group, port)
    return row if row is not None and (row.ports or any(_is_group(text) for text in row.groups)) else None


def _is_group(text: str) -> bool:
    """Whether a table's entry is one multicast address, not a block, a range or a broadcast address."""
    try:
        return ipaddress.ip_address(text).is_multicast
    except ValueError:
        return False


class KnownGroupModel(QAbstractTableModel):
    """The choices as a table of endpoint, name and use; SEARCH_ROLE is what a typed word is looked for in."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._rows = known_groups()

    def rowCount(self, parent: Index = NO_INDEX) -> int:
        return 0 if parent.isValid() else len(self._rows)

    def columnCount(self, parent: Index = NO_INDEX) -> int:
        return 0 if parent.isValid() else 3

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        if not index.isValid():
            return None
        known = self._rows[index.row()]
        if role == SEARCH_ROLE:
            return f"{known.endpoint} {known.name} {known.used_by}"
        if role in (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.EditRole):
            return (known.endpoint, known.name, _use(known))[index.column()]
        return None


def _use(known: KnownGroup) -> str:
    if known.verified:
        return known.used_by
    return QCoreApplication.translate("multicast", "unverified · %1").replace("%1", known.used_by)
