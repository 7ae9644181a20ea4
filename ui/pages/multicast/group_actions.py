"""What can be done with a row of the joined groups."""

from __future__ import annotations

from collections.abc import Callable

from ui.pages.multicast.columns import GroupRow
from ui.pages.multicast.joined_groups import JoinedGroups
from ui.pages.multicast.joins import JoinKey
from ui.pages.multicast.states import tr
from ui.widgets.actions import Action


class GroupActions:
    """``send_to`` gets an endpoint, ``clear`` the key of a row that is to go."""

    def __init__(self, groups: JoinedGroups, send_to: Callable[[str], None], clear: Callable[[JoinKey], None]) -> None:
        self._groups = groups
        self._send_to = send_to
        self._clear = clear

    def of(self, row: GroupRow) -> tuple[Action, ...]:
        """The buttons in the details of ``row``."""
        key = row.key
        send = Action(tr("Send to it"), lambda: self._send_to(key.endpoint))
        clear = Action(tr("Clear"), lambda: self._clear(key))
        if row.recorded:
            return (clear,)
        if row.active:
            more = (self._more_buffer(key),) if row.more_buffer else ()
            return (Action(tr("Leave"), lambda: self._groups.leave([key])), send, *more)
        return (Action(tr("Join again"), lambda: self._groups.open(key)), clear, send)

    def menu_of(self, row: GroupRow) -> tuple[Action, ...]:
        """Those, and what is wanted rarely."""
        more = (self._more_buffer(row.key),) if row.active and not row.more_buffer else ()
        return (*self.of(row), *more)

    def _more_buffer(self, key: JoinKey) -> Action:
        tip = tr("Join anew with four times the receive buffer")
        return Action(tr("More buffer"), lambda: self._groups.ask_for_more(key), tip)
