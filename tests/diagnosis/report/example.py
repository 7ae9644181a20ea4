"""A report of a host whose VPN takes multicast, with a secret in every place that can hold one."""

from __future__ import annotations

import msgspec

from diagnosis.findings import make_finding
from diagnosis.records import CheckState, Report
from net.multicast.records import NetworkChange
from net.records import Address, Role
from tests.net.faces import LAN

SECRETS = (
    "mia",
    "Mias-Air",
    "a4:83:e7:01:02:03",
    "a683:e7ff:fe01:203",
    "203.0.114.7",
    "2a00:1450:4001:82b::200e",
    "Kitchen-Speaker",
    "Mias\\ Cast",
    "hunter2",
    "build.example.com",
)

EN0 = msgspec.structs.replace(
    LAN,
    mac="a4:83:e7:01:02:03",
    addresses=(
        Address(address="192.168.1.23", prefix=24),
        Address(address="fe80::a683:e7ff:fe01:203%en0", prefix=64),
        Address(address="2a00:1450:4001:82b::200e", prefix=64),
    ),
    roles=(Role(code="default_v4", label="default IPv4", text="203.0.114.7 is the gateway."),),
)

FINDING = make_finding(
    "tunnel_takes_multicast",
    "utun3",
    "warning",
    "proven",
    (
        "The kernel's route for 224.0.0.251 leads to utun3, source 203.0.114.7.",
        "node --token=hunter2 /Users/mia/app.js of mia on Mias-Air has joined it.",
        "Kitchen-Speaker.local (a4:83:e7:01:02:03) and Mias\\ Cast._googlecast._tcp.local were heard.",
        "ssh mia@build.example.com",
    ),
    group="224.0.0.251",
    lan="en0",
    index=2,
)

REPORT = Report(
    time=1_764_000_000.0,
    version="1.2",
    system="macos",
    host="Mias-Air.local",
    user="mia",
    root=False,
    interfaces=(EN0,),
    checks=(
        CheckState(check="tunnel", title="Does a VPN take unbound multicast?", state="done", seconds=0.25),
        CheckState(check="silence", title="Is Bonjour heard on each LAN?", state="not_run"),
    ),
    findings=(make_finding("nothing_found", "this host", "ok", "proven", ()), FINDING),
    changes=(
        NetworkChange(
            number=3,
            time=1_763_999_990.0,
            what="default_route",
            text="utun3 up, took the default route from en0 (gateway 203.0.114.7)",
        ),
    ),
    changes_left_out=2,
)
