"""The interfaces of the place looked at: one watch for the chooser and for every page."""

from __future__ import annotations

from PySide6.QtCore import QObject, Signal

from net.records import Interface, Record, Removed
from net.requests import InterfaceRequest
from ui.link import Link, Watch

KIND = "interface"


class InterfaceBook(QObject):
    """Knows the interfaces of the link's place by name, for as long as the window looks there.

    Signals:
        batch: tuple of Interface and Removed records, as they came.
        changed: after each batch.
        problem: the Problem for which the watch ended.
    """

    batch = Signal(object)
    changed = Signal()
    problem = Signal(object)

    def __init__(self, link: Link, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.by_name: dict[str, Interface] = {}
        self._link = link
        self._watch: Watch | None = None
        self._anew = False

    @property
    def known(self) -> bool:
        """Whether an answer has come."""
        return bool(self.by_name)

    def ask(self) -> None:
        """Ask, or ask again."""
        if self._watch is not None:
            self._watch.stop()
            self._anew = True
        self._watch = self._link.watch("interfaces.watch", InterfaceRequest())
        self._watch.batch.connect(self._take)
        self._watch.restarted.connect(self._restarted)
        self._watch.problem.connect(self.problem)

    def ordered(self) -> list[Interface]:
        """Usable ones first, loopback and what is down last; by index within each."""
        return sorted(self.by_name.values(), key=order)

    def scope_name(self, scope: str) -> str:
        """The interface written behind an address, by its name; a number is its index (RFC 4007 section 11.2)."""
        return next((face.name for face in self.by_name.values() if str(face.index) == scope), scope)

    def default(self) -> Interface | None:
        """The one to begin with: usable and on the default route, else the first usable."""
        usable = [interface for interface in self.ordered() if interface.usable]
        routed = [
            interface for interface in usable if interface.default_v4 or interface.default_v6 or interface.gateways
        ]
        return next(iter(routed or usable), None)

    def _restarted(self) -> None:
        self._anew = True

    def _take(self, records: tuple[Record, ...]) -> None:
        """The first batch of an answer is the whole of it."""
        shown = records
        if self._anew:
            self._anew = False
            named = {record.name for record in records if isinstance(record, Interface)}
            gone = tuple(Removed(of=KIND, name=name) for name in self.by_name if name not in named)
            shown = records + gone
        for record in shown:
            if isinstance(record, Interface):
                self.by_name[record.name] = record
            elif isinstance(record, Removed) and record.of == KIND:
                self.by_name.pop(record.name, None)
        self.batch.emit(shown)
        self.changed.emit()


def order(interface: Interface) -> tuple[int, int]:
    """The natural order: what a person would choose first."""
    if not interface.up:
        rank = 5
    elif not interface.running:
        rank = 4
    elif interface.loopback:
        rank = 3
    elif interface.usable and interface.type != "peer_to_peer":
        rank = 0
    else:
        rank = 1 if interface.addresses else 2
    return (rank, interface.index)


def stable_key(interface: Interface) -> str:
    """What to remember a choice by: name and burned-in hardware address, never an index or IP.

    A locally administered address (bit 0x02 of the first byte, IEEE 802 section 8.4) may be random, so it is left out.
    """
    mac = interface.mac or ""
    try:
        lasting = bool(mac) and not int(mac[:2], 16) & 0x02 and mac.strip("0:-") != ""
    except ValueError:
        lasting = False
    return f"{interface.name} {mac if lasting else ''}".strip()


def find(key: str, interfaces: list[Interface]) -> Interface | None:
    """The interface a remembered key means: same hardware address under whatever name, else the same name."""
    name, _, mac = key.partition(" ")
    for interface in interfaces:
        if mac and stable_key(interface).partition(" ")[2] == mac:
            return interface
    if mac:
        return None
    return next((interface for interface in interfaces if interface.name == name), None)
