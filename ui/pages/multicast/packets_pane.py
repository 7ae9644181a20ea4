"""The packets of all joined groups, or of the selected ones, newest at the bottom."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QWidget

from net.records import Datagram
from ui.pages.multicast.held_packets import Holder, Origin
from ui.pages.multicast.joins import JoinKey
from ui.pages.multicast.packet_columns import join_key, packet_columns, words
from ui.pages.multicast.states import tr
from ui.pages.multicast.words import interfaces_in_words
from ui.text import count, visible
from ui.widgets.event_model import Condition
from ui.widgets.labels import PlainLabel
from ui.widgets.packet_log import PacketLog, flat_button


class PacketsPane(PacketLog[Datagram]):
    """A log of Datagrams.

    Attributes:
        scope, all_groups: words and button that stand above the packets, or where a parent puts them.

    Signals:
        all_wanted: packets of all groups are to be shown.
    """

    all_wanted = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(packet_columns(), tr("Packets"), hold=Holder().hold, words=words, parent=parent)
        self.groups: frozenset[JoinKey] = frozenset()
        self.scope = PlainLabel(dim=True)
        self.all_groups = flat_button(tr("All groups"), tr("Show the packets of every group"))
        for place, part in enumerate((self.scope, self.all_groups)):
            self._column.insertWidget(place, part)
        self.all_groups.clicked.connect(self.all_wanted)
        self.show_groups(frozenset())

    def show_groups(self, keys: frozenset[JoinKey]) -> None:
        """Only the packets of these groups; all, if there are none."""
        if keys != self.groups:
            self.groups = keys
            self.proxy.set_condition(_of_groups(keys) if keys else None)
        self.all_groups.setVisible(bool(keys))
        self.view.show_column("group", shown=len(keys) != 1)
        self.scope.setText(self._scope_text())

    def take_away(self, condition: Callable[[Origin], bool]) -> None:
        """Forget the packets of whose origin ``condition`` holds."""
        self.flush()
        self.model.forget(lambda origin: isinstance(origin, Origin) and condition(origin))

    def kept(self, keys: frozenset[JoinKey]) -> int:
        """How many packets of these groups there are, whether the filter shows them or not."""
        return self.model.count(_of_groups(keys))

    def _scope_text(self) -> str:
        keys = sorted(self.groups)
        if not keys:
            return tr("of all groups")
        if len(keys) > 1:
            return tr("of %1 groups").replace("%1", count(len(keys)))
        words = tr("of %1 on %2").replace("%2", interfaces_in_words([keys[0].interface]))
        return words.replace("%1", visible(keys[0].endpoint))


def _of_groups(keys: frozenset[JoinKey]) -> Condition:
    return lambda origin: isinstance(origin, Origin) and join_key(origin) in keys
