"""The Interfaces page: what this computer's interfaces are, carry and are good for."""

from __future__ import annotations

from PySide6.QtWidgets import QMenu

from net.records import Interface, Key, Membership, Problem, Record, Removed, Traffic
from net.requests import InterfaceRequest
from ui.interfaces import stable_key
from ui.pages.base import PageContext
from ui.pages.interfaces.change_book import change_book
from ui.pages.interfaces.columns import FIELDS, InterfaceRow, columns, natural, packets_line
from ui.pages.interfaces.details import describe
from ui.pages.interfaces.tools import TOOLS
from ui.pages.interfaces.traffic_history import TrafficHistory
from ui.pages.interfaces.traffic_plot import TrafficPlot
from ui.pages.views_page import ViewsPage
from ui.text import plural, visible
from ui.theme import Tone
from ui.widgets.actions import Action
from ui.widgets.banner import Notice
from ui.widgets.details_form import Details
from ui.widgets.empty_panel import Emptiness, Why

EXAMPLE_GROUPS = ("224.224.0.77", "ff02::fb")


class InterfacesPage(ViewsPage[InterfaceRow]):
    """Rows come from the window's own watch of interfaces; traffic and groups are asked while the page is shown,
    and the log of changes from the first time it is until the window looks elsewhere or closes."""

    name = "interfaces"
    example = "type:tunnel role:default"

    def __init__(self, context: PageContext) -> None:
        self.plot = TrafficPlot()
        super().__init__(context, columns(), natural=natural, fields=FIELDS, above=self.plot)
        self._interfaces: dict[str, Interface] = {}
        self.history = TrafficHistory()
        self._traffic: dict[str, Traffic] = {}
        self._groups: dict[Key, Membership] = {}
        self.add_views("list", self.tr("Interfaces"), self.stack, TOOLS)
        change_book(context.link)
        self.view.current_item_changed.connect(self._plot)
        context.interfaces.batch.connect(self.feed)
        context.interfaces.problem.connect(self._not_told)
        if context.interfaces.known:
            self.feed(tuple(context.interfaces.by_name.values()))

    def title(self) -> str:
        return self.tr("Interfaces")

    def ask(self) -> None:
        self._groups.clear()
        self.open_watch("traffic.watch", InterfaceRequest())
        self.open_watch("groups.watch", InterfaceRequest())

    def take(self, records: tuple[Record, ...]) -> None:
        touched: set[str] = set()
        for record in records:
            match record:
                case Interface():
                    self._interfaces[record.name] = record
                    touched.add(record.name)
                case Traffic():
                    if self._sample(record):
                        touched.add(record.interface)
                case Membership():
                    self._groups[record.key()] = record
                case Removed(of="interface"):
                    self._forget(record.name)
                case Removed(of="membership"):
                    self._groups.pop(record.key(), None)
                case _:
                    pass
        gone = [key for key in (row.key for row in self.model.rows) if key not in self._interfaces]
        self.change([(name, self._row(name)) for name in touched if name in self._interfaces], gone)
        self._say_who_takes_multicast()
        self.refresh_details()
        self._plot(self.view.current_item())

    def rescan(self) -> None:
        if self.views.tool is None:
            self.context.interfaces.ask()
        super().rescan()

    def interface_changed(self) -> None:
        """The row of the chosen one is the first to be looked at, once."""
        if self.interface is not None and self.view.current_item() is None:
            self.model.flush()
            self.view.select_key(self.interface.name)
        self.change([(name, self._row(name)) for name in self._interfaces])

    def doubt_rows(self) -> None:
        """The window's watch says itself what is gone."""

    def restarted(self) -> None:
        self._groups.clear()

    def describe(self, item: InterfaceRow) -> Details:
        name = item.interface.name
        groups = [group for group in self._groups.values() if group.interface == name]
        groups.sort(key=lambda group: (group.family, group.name is None, group.group))
        return describe(item.interface, self._traffic.get(name), groups)

    def emptiness(self) -> Emptiness:
        return Emptiness(Why.LISTENING, self.tr("Asking for the interfaces."))

    def facts(self) -> tuple[str, ...]:
        if not self.model.rows:
            return ()
        tunnels = sum(interface.tunnel for interface in self._interfaces.values())
        shown, total = self.proxy.rowCount(), len(self.model.rows)
        count = plural(total, self.tr("%n interface"), self.tr("%n interfaces"))
        if shown != total:
            count = plural(total, self.tr("%1 of %n interface"), self.tr("%1 of %n interfaces")).replace(
                "%1", str(shown)
            )
        return (count, plural(tunnels, self.tr("%n tunnel"), self.tr("%n tunnels"))) if tunnels else (count,)

    def record_of(self, item: InterfaceRow) -> Record:
        return item.interface

    def activate(self, item: InterfaceRow) -> None:
        self.choose_interface.emit(stable_key(item.interface))

    def fill_menu(self, menu: QMenu, item: InterfaceRow) -> None:
        action = menu.addAction(self.tr("Use %1 on all pages").replace("%1", visible(item.interface.name)))
        action.triggered.connect(lambda: self.activate(item))

    def _not_told(self, problem: Problem) -> None:
        """The window's watch failed; its rows, if any, are old."""
        self.failed_with = problem
        self.banners.show_problem(problem, Action(self.tr("Try again"), self.rescan))
        self.update_state()

    def _row(self, name: str) -> InterfaceRow:
        interface = self._interfaces[name]
        chosen = self.interface is not None and self.interface.name == name
        return InterfaceRow(interface, self.history.spark(name), chosen, packets_line(self._traffic.get(name)))

    def _sample(self, traffic: Traffic) -> bool:
        """Whether its row shows something else now: one on which nothing moved for a minute does not."""
        known = self._traffic.get(traffic.interface)
        rested = known is not None and known.rx_bytes_per_s is not None and self.history.silent(traffic.interface)
        self._traffic[traffic.interface] = traffic
        self.history.note(traffic)
        return not (rested and self.history.silent(traffic.interface))

    def _plot(self, item: InterfaceRow | None) -> None:
        self.plot.show_readings(self.history.of(item.interface.name) if item is not None else ())

    def _forget(self, name: str) -> None:
        self._interfaces.pop(name, None)
        self.history.forget(name)
        self._traffic.pop(name, None)

    def _say_who_takes_multicast(self) -> None:
        """A tunnel that takes unbound multicast is the first thing to know here."""
        key = "tunnel takes multicast"
        for interface in self._interfaces.values():
            if interface.tunnel and (interface.takes_multicast_v4 or interface.takes_multicast_v6):
                self.banners.show_notice(self._notice(key, interface))
                return
        self.banners.clear_notice(key)

    def _takes(self, tunnel: Interface) -> str:
        if tunnel.takes_multicast_v4 and tunnel.takes_multicast_v6:
            return self.tr("The VPN on %1 takes unbound multicast.")
        if tunnel.takes_multicast_v4:
            return self.tr("The VPN on %1 takes unbound IPv4 multicast.")
        return self.tr("The VPN on %1 takes unbound IPv6 multicast.")

    def _notice(self, key: str, tunnel: Interface) -> Notice:
        group = EXAMPLE_GROUPS[0] if tunnel.takes_multicast_v4 else EXAMPLE_GROUPS[1]
        meant = self.interface or self.context.interfaces.default()
        if meant is not None and not meant.tunnel:
            text = self.tr("A join to %1 without an interface lands on %2, not %3.").replace("%3", visible(meant.name))
        else:
            text = self.tr("A join to %1 without an interface lands on %2.")
        return Notice(
            key,
            self._takes(tunnel).replace("%1", visible(tunnel.name)),
            text.replace("%1", group).replace("%2", visible(tunnel.name)),
            Tone.WARNING,
            (
                Action(self.tr("What to do"), lambda: self.go_to.emit("diagnosis", tunnel.name)),
                Action(self.tr("Test all interfaces"), lambda: self.go_to.emit("multicast", "test")),
            ),
        )
