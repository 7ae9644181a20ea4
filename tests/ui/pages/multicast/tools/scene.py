"""What the probe of the whole scene answers to the tools, and the views of them for pictures."""

from __future__ import annotations

from net.multicast.records import (
    Change,
    EgressChange,
    MulticastPath,
    RunningJoin,
    Snapshot,
    Verdict,
)
from net.problems import make_problem
from net.records import Problem, Route
from resources.loader import finding_rows
from tests.ui.scenes import NOW, batch
from ui.pages.multicast.page import MulticastPage
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

ANSWERS = {
    "multicast.test": [batch(*PATHS), batch(verdict()), {"end": True}],
    "multicast.drift": [batch(*ROUTES)],
    "multicast.snapshot": [batch(SNAPSHOT), {"end": True}],
}


def prepare_test(window: MainWindow) -> None:
    """A test that was made."""
    page = window.page("multicast")
    assert isinstance(page, MulticastPage)
    page.select("test")


VIEWS = {"test": prepare_test}
