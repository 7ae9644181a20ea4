"""Counts and groups the open sockets, kept up to date row by row, for what the page says about all of them."""

from __future__ import annotations

from collections import Counter

from net.ports.records import Listener
from ui.pages.ports.columns import ListenerRow, Mark, address_order
from ui.widgets.table_model import RowKey


def reached_by(listener: Listener, interface: str) -> bool:
    """Whether what arrives on that interface can reach the socket."""
    return listener.scope == "all" or listener.interface == interface


class Census:
    """Of the sockets that are open; those just closed do not count."""

    def __init__(self) -> None:
        self._listeners: dict[RowKey, Listener] = {}
        self._by_port: dict[int, dict[RowKey, Listener]] = {}
        self._by_process: dict[int, dict[RowKey, Listener]] = {}
        self._by_interface: Counter[str | None] = Counter()
        self._owners: Counter[str] = Counter()

    @property
    def total(self) -> int:
        """How many there are."""
        return len(self._listeners)

    @property
    def processes(self) -> int:
        """How many processes own them, as far as those are known."""
        return len(self._by_process)

    @property
    def hidden(self) -> int:
        """How many have an owner that cannot be seen."""
        return self._owners["hidden"]

    def put(self, key: RowKey, row: ListenerRow) -> None:
        """The row is so now."""
        listener = row.listener
        if row.mark is not Mark.CLOSED and self._listeners.get(key) is listener:
            return
        self.drop(key)
        if row.mark is Mark.CLOSED:
            return
        self._listeners[key] = listener
        self._by_port.setdefault(listener.port, {})[key] = listener
        if listener.pid is not None:
            self._by_process.setdefault(listener.pid, {})[key] = listener
        self._by_interface[_reach(listener)] += 1
        self._owners[listener.owner] += 1

    def drop(self, key: RowKey) -> None:
        """The row is gone, if it was there."""
        listener = self._listeners.pop(key, None)
        if listener is None:
            return
        _take_out(self._by_port, listener.port, key)
        if listener.pid is not None:
            _take_out(self._by_process, listener.pid, key)
        self._by_interface[_reach(listener)] -= 1
        self._owners[listener.owner] -= 1

    def on_port(self, port: int) -> list[Listener]:
        """The sockets of that port, all protocols and addresses, in the order of the table."""
        return sorted(self._by_port.get(port, {}).values(), key=_order)

    def of_process(self, pid: int | None) -> list[Listener]:
        """The sockets of that process, in the order of the table; none for None."""
        return sorted(self._by_process.get(pid, {}).values(), key=_order) if pid is not None else []

    def elsewhere(self, interface: str) -> int:
        """How many that interface does not reach."""
        return self.total - self._by_interface[EVERYWHERE] - self._by_interface[interface]


EVERYWHERE = "\0everywhere"


def _reach(listener: Listener) -> str | None:
    return EVERYWHERE if listener.scope == "all" else listener.interface


def _take_out(groups: dict[int, dict[RowKey, Listener]], number: int, key: RowKey) -> None:
    group = groups[number]
    del group[key]
    if not group:
        del groups[number]


def _order(listener: Listener) -> tuple[int, str, tuple[int, int]]:
    return (listener.port, listener.protocol, address_order(listener.address))
