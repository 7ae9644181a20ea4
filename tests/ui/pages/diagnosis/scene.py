"""The findings on the made-up Mac of tests/ui/scenes.py, for its picture and for tests."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import msgspec

from diagnosis.findings import make_finding
from diagnosis.records import CheckState, Finding, Report
from diagnosis.run import CHECKS
from net.records import Record

if TYPE_CHECKING:
    from ui.window import MainWindow


def of_check(check: str, finding: Finding) -> Finding:
    return msgspec.structs.replace(finding, check=check)


TUNNEL = of_check(
    "tunnel",
    make_finding(
        "tunnel_takes_multicast", "utun3", "warning", "proven",
        (
            "The kernel's route for 224.224.0.77 leads to utun3, source 10.8.0.2 (route lookup; nothing was sent).",
            "utun3 holds the default route.",
            "Multicast can work on en0 (192.168.1.23/24), en5 (10.66.0.1/24): up, with MULTICAST and an address.",
        ),
        group="224.224.0.77", lan="en0", index=12,
    ),
)  # fmt: skip
TWO_OWNERS = of_check(
    "ports",
    make_finding(
        "port_has_two_owners", "5000", "warning", "proven",
        ("tcp 127.0.0.1 port 5000 (v4) is held by node (PID 4242, mia).",
         "tcp :: port 5000 (dual) is held by ControlCenter (PID 431, mia)."),
        owners="node (PID 4242) at 127.0.0.1, ControlCenter (PID 431) at ::",
    ),
)  # fmt: skip
HELD = of_check(
    "ports",
    make_finding(
        "port_held", "7000", "info", "proven",
        ("tcp :: port 7000 (dual) is held by ControlCenter (PID 431, mia).",),
        process="ControlCenter", cause="AirPlay Receiver's second port", wanted_by="Cassandra, dev servers",
    ),
)  # fmt: skip
SILENT = of_check(
    "silence",
    make_finding(
        "bonjour_silent", "en5", "warning", "possible",
        ("224.0.0.251 and ff02::fb joined on en5; the kernel's table lists that.",
         "mDNS packets heard from other hosts: 0 in 2.5 s."),
        verdict="No other host is heard on en5, and none is known that could be asked: most likely nobody is there who "
                "speaks mDNS. That multicast is kept back is not ruled out.",
        remedy="Name a host that should be heard, and find out again.",
    ),
)  # fmt: skip
NOTHING = make_finding("nothing_found", "this host", "ok", "proven", ("Checks run: tunnel, ports.",))


ELSEWHERE = of_check(
    "joined",
    make_finding(
        "joined_elsewhere", "224.224.0.77", "warning", "likely",
        (
            "The kernel's table lists 224.224.0.77 on utun3 and on no LAN.",
            "utun3 is a VPN tunnel (WireGuard) (name utun3; darwin.agent=WireGuard).",
            "Which program joined it cannot be seen (root, Linux 5.6).",
            "There is a LAN on en0 (192.168.1.23/24), en5 (10.66.0.1/24).",
        ),
        interface="utun3", lan="en0", index=12,
    ),
)  # fmt: skip
ON_TUNNELS = of_check(
    "addresses",
    make_finding(
        "address_on_tunnels", "192.0.0.6", "info", "proven",
        ("ipsec0 (IPsec tunnel) has 192.0.0.6.", "ipsec1 (IPsec tunnel) has 192.0.0.6."),
        names="ipsec0, ipsec1",
    ),
)  # fmt: skip
OVERRULED = of_check(
    "refusals",
    make_finding(
        "vpn_overrules_bound", "en0", "error", "likely",
        (
            "A datagram to 224.0.0.1 by en0 (its index chosen, TTL 1) was refused: EHOSTUNREACH (65).",
            "Connect() of a UDP socket bound to en0 to 192.168.1.1 was refused: EHOSTUNREACH (65).",
            "en0 is up with a link, and utun3 (VPN tunnel (WireGuard)) holds the default route.",
        ),
        tunnel="utun3",
    ),
)  # fmt: skip


def state(check: str, state: Any, seconds: float | None = None) -> CheckState:
    return CHECKS[check].state(state, seconds)


BEGIN = (state("tunnel", "running"), state("ports", "running"), state("silence", "not_run"))
QUIET: tuple[Record, ...] = (
    *BEGIN, TUNNEL, state("tunnel", "done", 0.004), TWO_OWNERS, HELD, state("ports", "done", 0.08)
)  # fmt: skip

REPORT = Report(
    time=1_764_000_000.0, version="0.1.0", system="macos", host="alpha", user="mia", root=False,
    checks=(state("tunnel", "done", 0.004), state("ports", "done", 0.08), state("silence", "not_run")),
    findings=(TUNNEL, TWO_OWNERS, HELD),
)  # fmt: skip


def told(*records: Record) -> dict[str, Any]:
    """A step of the scripted probe."""
    return {"batch": [msgspec.to_builtins(record) for record in records]}


TIMES = {"tunnel": 0.004, "ports": 0.08, "buffers": 0.51, "answering": 0.4, "refusals": 0.6, "resolving": 1.9}
"""Seconds of checks; the others of the passive set take 10 ms, the rest as long as is listened."""
QUIET_STATES = tuple(
    state(name, "done", TIMES.get(name, 0.01)) if check.passive else state(name, "not_run")
    for name, check in CHECKS.items()
)
ALL_STATES = tuple(
    state(name, "done", TIMES.get(name, 0.01 if check.passive else 5.1)) for name, check in CHECKS.items()
)
WHOLE = (OVERRULED, TUNNEL, ELSEWHERE, TWO_OWNERS, SILENT, HELD, ON_TUNNELS)
"""What a VPN does that keeps the LAN away: a run of all checks."""

ANSWERS = {
    "diagnosis.run": [told(TUNNEL, TWO_OWNERS, HELD, *QUIET_STATES), told(REPORT), {"end": True}],
    "diagnosis.run all": [
        told(*WHOLE, *ALL_STATES),
        told(msgspec.structs.replace(REPORT, checks=ALL_STATES, findings=WHOLE)),
        {"end": True},
    ],
}


def prepare(window: MainWindow) -> None:
    """All checks have run, and the error is open."""
    from ui.pages.diagnosis.page import DiagnosisPage

    page = window.page("diagnosis")
    assert isinstance(page, DiagnosisPage)
    window.choose_interface("")  # it has findings of several
    page.run_all()
    page.select(OVERRULED.code)
    page.view.setFocus()
