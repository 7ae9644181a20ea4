"""The findings on the made-up Mac of tests/ui/scenes.py, for its picture and for tests."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import msgspec

from diagnosis.findings import make_finding
from diagnosis.records import CheckState, Finding, Report
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


def state(check: str, state: Any, seconds: float | None = None) -> CheckState:
    titles = {
        "tunnel": "Does a VPN take unbound multicast?",
        "ports": "Are wanted ports held?",
        "silence": "Is Bonjour heard on each LAN?",
    }
    return CheckState(check=check, title=titles[check], state=state, seconds=seconds, sends=check == "silence")


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


ANSWERS = {"diagnosis.run": [told(*QUIET), told(REPORT), {"end": True}]}


def prepare(window: MainWindow) -> None:
    """The tunnel's finding is selected."""
    from ui.pages.diagnosis.page import DiagnosisPage

    page = window.page("diagnosis")
    assert isinstance(page, DiagnosisPage)
    page.view.select_key(TUNNEL.key())
    page.view.setFocus()
