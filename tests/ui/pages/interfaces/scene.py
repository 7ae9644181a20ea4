"""The Interfaces page of the made-up Mac: ways out, what a VPN changed, and a resolver matrix with a fault."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any, cast

from net.multicast.records import Change, NetworkChange, Snapshot
from net.problems import make_problem
from net.records import Record, Route
from net.resolvers.records import Resolution, Resolver, SystemResolution
from net.resolvers.verdict import conclude
from tests.ui.scenes import INTERFACES, MEMBERSHIPS, NOW, Step, batch
from ui.window import MainWindow

if TYPE_CHECKING:
    from ui.pages.interfaces.page import InterfacesPage

GROUP = "239.12.0.7"


def way(bound: str | None, interface: str, source: str, gateway: str | None = None, **more: Any) -> Route:
    facts: dict[str, Any] = {"looked_up_source": source, "source_of": (interface,), "agrees": True}
    return Route(address=GROUP, bound=bound, interface=interface, source=source, gateway=gateway, **(facts | more))


WAYS = (
    way(None, "utun3", "10.8.0.2", "10.8.0.1", caution=make_problem("route_into_tunnel", GROUP, interface="utun3")),
    way("en0", "en0", "192.168.1.23"),
    way("en5", "en5", "10.66.0.1"),
    way("bridge100", "bridge100", "192.168.2.1"),
    way("utun3", "utun3", "10.8.0.2", "10.8.0.1",
        caution=make_problem("route_into_tunnel_bound", GROUP, interface="utun3")),
    way("ipsec0", "ipsec0", "192.0.0.6", source_of=("ipsec0", "ipsec1"),
        caution=make_problem("route_into_tunnel_bound", GROUP, interface="ipsec0")),
    way(
        "ipsec1", "ipsec1", "10.8.0.2", looked_up_source="192.0.0.6", source_of=("utun3",), agrees=False,
        difference=make_problem("route_differs_bound", GROUP, interface="ipsec1", looked_up="192.0.0.6",
                                source="10.8.0.2", owner="utun3"),
    ),
    way("lo0", "lo0", "127.0.0.1", caution=make_problem("route_into_loopback", GROUP, interface="lo0")),
    Route(address=GROUP, bound="awdl0", problem=make_problem("no_route_bound", GROUP, interface="awdl0")),
)  # fmt: skip


def single(what: Any, change: Any, subject: str, text: str, interface: str | None, **more: Any) -> Change:
    return Change(what=what, change=change, subject=subject, text=text, interface=interface, **more)


VPN_UP = (
    single("default_route", "changed", "0.0.0.0/0", "The default route leaves by utun3; before by en0.", "utun3",
           before="en0", after="utun3", version=4),
    single("unbound", "changed", "224.0.0.0/4", "IPv4 multicast that chooses no interface leaves by utun3; before by "
           "en0.", "utun3", before="en0", after="utun3", version=4),
    single("interface", "up", "utun3", "utun3 is up.", "utun3", before="down", after="up"),
    single("resolver", "added", "10.8.0.1 for corp.example", "The DNS server 10.8.0.1 for corp.example on utun3 is "
           "new.", "utun3", version=4),
)  # fmt: skip
LOG = (
    NetworkChange(number=1, time=NOW, what="interface", interface="en5",
                  text="en5 up; en5 got 10.66.0.1/24, fd66::1/64",
                  changes=(single("interface", "up", "en5", "en5 is up.", "en5"),)),
    NetworkChange(number=2, time=NOW + 61, what="default_route", interface="utun3", before="en0", after="utun3",
                  tunnel=True, changes=VPN_UP,
                  text="utun3 up, took the default route from en0; unbound multicast moved from en0 to utun3; from "
                  "Wi-Fi to VPN tunnel (WireGuard); DNS server 10.8.0.1 for corp.example added"),
    NetworkChange(number=3, time=NOW + 95, what="address", interface="en0", text="en0 lost fd00:7::4c/64",
                  changes=(single("address", "removed", "fd00:7::4c/64", "en0 no longer has fd00:7::4c/64.", "en0"),)),
    NetworkChange(number=4, time=NOW + 96, what="interface", interface="en4", text="en4 down",
                  changes=(single("interface", "down", "en4", "en4 is down.", "en4"),)),
)  # fmt: skip

RESOLVERS = (
    Resolver(server="192.168.1.1", interface="en0", scope="default", order=0, source="scutil --dns", search=("lan",)),
    Resolver(server="10.8.0.1", interface="utun3", scope="supplemental", domains=("corp.example",), order=101,
             source="scutil --dns"),
    Resolver(server="192.168.1.1", interface="en0", scope="scoped", order=200, source="scutil --dns"),
)  # fmt: skip
NAME = "build.corp.example"


def cell(server: str, transport: Any, bound: str | None, interface: str, ms: float, **more: Any) -> Resolution:
    facts: dict[str, Any] = {"ok": True, "answered": 5, "rcode": "NOERROR", "addresses": ("10.20.0.7",), "size": 63}
    return Resolution(name=NAME, server=server, port=53, interface=interface, path="bound" if bound else "default",
                      transport=transport, ms=ms, tries=5, **(facts | more))  # fmt: skip


LOST: dict[str, Any] = {"ok": False, "answered": 0, "rcode": None, "addresses": (), "size": None, "errno": None}
UNKNOWN: dict[str, Any] = {"rcode": "NXDOMAIN", "addresses": ()}
CELLS = (
    *(cell("192.168.1.1", kind, bound, "en0", ms, **UNKNOWN)
      for bound in (None, "en0") for kind, ms in (("udp", 2.1), ("udp_large", 2.4), ("tcp", 4.9))),
    *(cell("10.8.0.1", kind, None, "utun3", ms) for kind, ms in (("udp", 18.3), ("tcp", 37.0))),
    cell("10.8.0.1", "udp_large", None, "utun3", None, **LOST, fits=1232),  # type: ignore[arg-type]
    *(cell("10.8.0.1", kind, "utun3", "utun3", ms) for kind, ms in (("udp", 18.1), ("tcp", 36.2))),
    cell("10.8.0.1", "udp_large", "utun3", "utun3", None, **LOST, fits=1232),  # type: ignore[arg-type]
)  # fmt: skip
SYSTEM = SystemResolution(name=NAME, ok=True, addresses=("10.20.0.7",), ms=19.2)
VERDICTS = conclude(NAME, RESOLVERS, CELLS, SYSTEM)
VERDICT = VERDICTS[0]
BEFORE = Snapshot(time=NOW + 30, interfaces=INTERFACES, routes=(), memberships=MEMBERSHIPS, unbound=())
AFTER = Snapshot(time=NOW + 90, interfaces=INTERFACES, routes=(), memberships=MEMBERSHIPS, unbound=())

ANSWERS: dict[str, list[Step]] = {
    f"routes.egress {GROUP}": [batch(*WAYS)],
    "changes.watch": [batch(*LOG)],
    "resolvers.watch": [batch(*RESOLVERS)],
    "resolvers.resolve": [batch(*RESOLVERS), batch(*CELLS, SYSTEM), batch(*VERDICTS), {"end": True}],
    "multicast.snapshot": [batch(BEFORE), {"end": True}],
}


def _page(window: MainWindow) -> InterfacesPage:
    return cast("InterfacesPage", window.page("interfaces"))


def _tool(window: MainWindow, name: str) -> Any:
    page = _page(window)
    page.views.show_view(name)
    return page.views.tool


def prepare(window: MainWindow) -> None:
    """The tunnel that has taken everything is selected."""
    page = _page(window)
    page.views.show_view("list")
    page.view.select_key("utun3")
    page.view.setFocus()


def prepare_way(window: MainWindow) -> None:
    tool = _tool(window, "way")
    tool.ask(GROUP)
    settle(lambda: len(tool.ways) == len(WAYS))
    tool.table.view.select_key("ipsec1")


def prepare_changes(window: MainWindow) -> None:
    tool = _tool(window, "changes")
    tool.take_before()
    settle(lambda: tool.before is not None)
    told: tuple[Record, ...] = (AFTER, *VPN_UP)
    tool.take(told)
    tool.log.view.select_key(2)


def prepare_resolvers(window: MainWindow) -> None:
    tool = _tool(window, "resolvers")
    tool.name_field.setText(NAME)
    tool.run()
    settle(lambda: bool(tool.verdicts))
    tool.matrix.view.select_key(("10.8.0.1", 53, False, "utun3"))


VIEWS = {"way": prepare_way, "changes": prepare_changes, "resolvers": prepare_resolvers}


def settle(done: Callable[[], bool], milliseconds: int = 10_000) -> None:
    """Let the window live until it is so."""
    from PySide6.QtCore import QEventLoop, QTimer

    loop = QEventLoop()
    often, limit = QTimer(interval=10), QTimer(interval=milliseconds, singleShot=True)
    often.timeout.connect(lambda: loop.quit() if done() else None)
    limit.timeout.connect(loop.quit)
    for timer in (often, limit):
        timer.start()
    loop.exec()
    for timer in (often, limit):
        timer.stop()
