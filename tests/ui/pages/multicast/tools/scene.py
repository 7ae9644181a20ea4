"""What the probe of the whole scene answers to the tools, and the views of them for pictures."""

from __future__ import annotations

from collections.abc import Callable

import msgspec
from PySide6.QtCore import QEventLoop, QTimer

from net.multicast.ping.counts import PingCounts, PingSide
from net.multicast.records import (
    Change,
    EgressChange,
    Endurance,
    EnduranceVerdict,
    MulticastPath,
    Pinging,
    PingQuestion,
    QueryCount,
    Reply,
    Responding,
    RunningJoin,
    Silence,
    Snapshot,
)
from net.problems import make_problem
from net.records import Problem, Route
from net.verdict import Verdict
from resources.loader import finding_rows
from tests.ui.scenes import NOW, batch
from ui.pages.multicast.page import MulticastPage
from ui.pages.multicast.tools.changes import ChangesTool
from ui.pages.multicast.tools.endurance import EnduranceTool
from ui.pages.multicast.tools.matrix import MatrixTool
from ui.pages.multicast.tools.ping import PingTool
from ui.window import MainWindow

GROUP, PORT = "224.224.0.77", 23019
ENDPOINT = f"{GROUP}:{PORT}"
TESTED = ("en0", "en5", "bridge100", "awdl0", "utun3", "ipsec0")
WORKING = ("en0", "en5")
NO_ADDRESS = make_problem("test_interface_without_address", "en4", version="IPv4")
UNREACHABLE = Problem(
    code="send_refused",
    subject=ENDPOINT,
    text=f"Sending to {ENDPOINT} by ipsec0 was refused: there is no route (No route to host, 65).",
    remedy="Choose an interface: a datagram sent by it needs no route.",
    errno=65,
)


def path(send: str | None, receive: str) -> MulticastPath:
    """Heard where it was sent, but on ipsec0, which refuses; unbound on the tunnel."""
    heard = receive == (send or "utun3") and send not in ("ipsec0", "en4")
    return MulticastPath(
        group=GROUP,
        port=PORT,
        send_interface=send,
        receive_interface=receive,
        received=heard,
        ttl=1 if heard else None,
        problem=NO_ADDRESS if "en4" in (send, receive) else UNREACHABLE if send == "ipsec0" else None,
        unbound=send is None,
        sent=0 if send in ("en4", "ipsec0") else 3,
        heard=3 if heard else 0,
    )


def verdict(unbound: str | None = "utun3", working: tuple[str, ...] = WORKING) -> Verdict:
    """The tunnel takes what chooses no interface."""
    row, bound = finding_rows()["test_unbound_takes_tunnel"], finding_rows()["tunnel_takes_multicast"]
    facts = {"unbound": unbound, "working": " and ".join(working), "group": GROUP, "lan": "en0", "index": 12}
    proof = finding_rows()["test_proof"]
    return Verdict(
        about="test",
        subject="224.224.0.77:23019",
        group=GROUP,
        port=PORT,
        code="test_unbound_takes_tunnel",
        unbound_interface=unbound,
        working=working,
        text=row.title.format(**facts),
        cause=row.cause.format(**facts),
        remedy=tuple(remedy.format(**facts) for remedy in bound.remedy),
        certainty="proven",
        evidence=(
            "3 of 3 packets that chose no interface were heard on utun3, joined there by index.",
            f"The kernel's route lookup for {GROUP} leads to utun3, source 10.8.0.2 (nothing was sent for this).",
        ),
        not_working=(
            make_problem("test_tunnel", "utun3"),
            make_problem("test_tunnel", "ipsec0"),
            NO_ADDRESS,
        ),
        proves=proof.title,
        not_proven=proof.cause,
        further=proof.remedy,
    )


PATHS = tuple(path(send, receive) for send in (*TESTED, "en4", None) for receive in (*TESTED, "en4"))


def egress_change(
    interface: str | None = "utun3", before: str | None = "en0", group: str = "224.0.0.0/4", after_seconds: float = 0
) -> EgressChange:
    """The VPN comes up, or goes down."""
    up = interface == "utun3"
    cause = (
        "utun3 came up and took the default route from en0."
        if up
        else "utun3 went down, and the default route is en0's."
    )
    return EgressChange(
        time=NOW + after_seconds,
        group=group,
        interface=interface,
        source="10.8.0.2" if up else "192.168.1.23",
        interface_before=before,
        source_before="192.168.1.23",
        code="egress_came_up_and_took_default",
        cause=cause,
        text=f"New joins to {group} that choose no interface go to {interface} now, and went to {before} before.",
        running_text=f"The joins that programs hold on {before} stay there: {GROUP} on {before}.",
        running=(RunningJoin(group=GROUP, interface="en0", kept=True, elsewhere=up, up=True),),
        tunnel=up,
    )


ROUTES = (Route(address="224.0.0.0", interface="utun3"),)
SNAPSHOT = Snapshot(time=NOW, interfaces=(), routes=(), memberships=(), unbound=ROUTES)
DIFFERENCES = (
    Change(what="interface", change="up", subject="utun3", text="utun3 came up.", before="down", after="up"),
    Change(
        what="default_route", change="changed", subject="0.0.0.0/0",
        text="The default route (IPv4) moved from en0 to utun3.",
        before="en0", after="utun3", version=4,
    ),
)  # fmt: skip


HOST, PING_GROUP = "192.168.1.20", "232.43.211.234"
LOST = (7, 8, 15, 22)


def replies(number: int) -> tuple[Reply, ...]:
    """Unicast always comes back, multicast not always."""
    return tuple(
        Reply(
            sequence=sequence, unicast=True, multicast=sequence not in LOST, rtt_ms=2.1 + sequence % 5 / 7, hops=0,
            unicast_rtt_ms=2.1 + sequence % 5 / 7, unicast_hops=0,
            multicast_rtt_ms=None if sequence in LOST else 4.2 + sequence % 7,
            multicast_hops=None if sequence in LOST else 0, host=HOST, group=PING_GROUP, sent=NOW + sequence,
        )
        for sequence in range(1, number + 1)
    )  # fmt: skip


def side(received: int, lost: int, times: tuple[float, float, float, float]) -> PingSide:
    return PingSide(
        received=received, lost=lost, loss_percent=100 * lost / (received + lost), hops=0, rtt_min_ms=times[0],
        rtt_avg_ms=times[1], rtt_max_ms=times[2], rtt_stddev_ms=times[3],
    )  # fmt: skip


PINGING = Pinging(
    counts=PingCounts(
        host=HOST, address=HOST, port=4321, group=PING_GROUP, interface="en0", source="192.168.1.23",
        source_specific=True, dialect="v2", server="lanscout 0.1.0", sent=24,
        unicast=side(24, 0, (2.1, 2.387, 2.671, 0.197)), multicast=side(20, 4, (4.2, 7.149, 10.2, 2.013)),
        first_multicast=1, loss_since_first_percent=100 * 4 / 24, tree_setup_ms=11.42,
    )
)  # fmt: skip
QUESTIONS = tuple(
    PingQuestion(
        time=NOW + at, requester="192.168.1.40", port=43_886, interface="en0", address="192.168.1.23",
        message="query" if at else "init", dialect="v2", group=PING_GROUP, sequence=at or None,
    )
    for at in range(4)
)  # fmt: skip
RESPONDING = Responding(
    port=4321, families=("ipv4", "ipv6"), interfaces=("en0",), answered=4, requesters=1, announced=("MacBook",)
)


def endured() -> tuple[Endurance, EnduranceVerdict]:
    """A switch without a querier, found out."""
    row = finding_rows()["endure_querier_missing"]
    facts = {"subject": ENDPOINT, "interface": "en0", "after": "259.8", "membership": "260", "half": "130"}
    per_second = tuple(0 if 260 <= second < 271 else 46 + second * 7 % 9 for second in range(420))
    standing = Endurance(
        group=GROUP, port=PORT, interface="en0", elapsed=420.0, seconds=420.0, state="receiving", arrived=50,
        received=sum(per_second), silent_for=0.0, joined=270.4, rejoins=1, silences=1,
    )  # fmt: skip
    verdict = EnduranceVerdict(
        group=GROUP, port=PORT, interface="en0", code="endure_querier_missing", certainty="likely",
        text=row.title.format(**facts), cause=row.cause.format(**facts),
        evidence=("Silent from 259.8 s on, 259.8 s after the join, until 271.1 s, when the group was joined anew.",),
        remedy=tuple(remedy.format(**facts) for remedy in row.remedy), seconds=420.0, received=sum(per_second),
        per_second=per_second,
        silences=(Silence(begin=259.8, after_join=259.8, end=271.1, ended_by="rejoin"),), stopped_after=259.8,
        revived=True,
        queries=QueryCount(count=None, seen=None, how="Counting IGMP queries needs a raw socket, so root."),
    )  # fmt: skip
    return standing, verdict


ANSWERS = {
    "multicast.test": [batch(*PATHS), batch(verdict()), {"end": True}],
    "multicast.drift": [batch(*ROUTES)],
    "multicast.snapshot": [batch(SNAPSHOT), {"end": True}],
    "multicast.ping": [batch(*replies(24)), batch(PINGING)],
    "multicast.respond": [batch(RESPONDING, *QUESTIONS)],
    "multicast.endurance": [batch(*endured()), {"end": True}],
}


def _page(window: MainWindow, tool: str) -> MulticastPage:
    page = window.page("multicast")
    assert isinstance(page, MulticastPage)
    page.views.show_view(tool)
    return page


def prepare_test(window: MainWindow) -> None:
    """A test that was made."""
    tool = _page(window, "test").views.tool
    assert isinstance(tool, MatrixTool)
    tool.run()
    settle(lambda: tool.verdict is not None)


def prepare_ping(window: MainWindow) -> None:
    """A ping that goes on, and a responder that was asked."""
    tool = _page(window, "ping").views.tool
    assert isinstance(tool, PingTool)
    tool.host.setText(HOST)
    tool.count.setValue(0)
    tool.run()
    tool.responder.toggle()
    settle(lambda: tool.pinging is not None and tool.responder.state is not None)
    tool.model.flush()


def prepare_endurance(window: MainWindow) -> None:
    """A run that found something."""
    tool = _page(window, "endurance").views.tool
    assert isinstance(tool, EnduranceTool)
    tool.seconds.setValue(420)
    tool.run()
    settle(lambda: not tool.running)


def prepare_changes(window: MainWindow) -> None:
    """The VPN came, went and came."""
    page = _page(window, "changes")
    tool = page.views.tool
    assert isinstance(tool, ChangesTool)
    for number in range(3):
        way = ("utun3", "en0") if number % 2 == 0 else ("en0", "utun3")
        page.drift.book.take((egress_change(*way, after_seconds=2711 * number),))
    tool.take_before()
    settle(lambda: tool.before is not None)
    tool.take((msgspec.structs.replace(SNAPSHOT, time=NOW + 74), *DIFFERENCES))


VIEWS = {"test": prepare_test, "ping": prepare_ping, "endurance": prepare_endurance, "changes": prepare_changes}


def settle(done: Callable[[], bool], milliseconds: int = 10_000) -> None:
    """Let the window live until it is so."""
    loop = QEventLoop()
    often, limit = QTimer(interval=10), QTimer(interval=milliseconds, singleShot=True)
    often.timeout.connect(lambda: loop.quit() if done() else None)
    limit.timeout.connect(loop.quit)
    for timer in (often, limit):
        timer.start()
    loop.exec()
    for timer in (often, limit):
        timer.stop()
