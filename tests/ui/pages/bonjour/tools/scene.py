"""What the probe of the whole scene answers to the tools of the Bonjour page, and the views of them for pictures."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from msgspec.structs import replace

from discovery.bonjour.compose import compose
from discovery.bonjour.hearing import HeardPacket
from discovery.bonjour.ladder.facts import STEPS, Facts, Reached
from discovery.bonjour.ladder.rungs import rungs
from discovery.bonjour.ladder.verdict import judge
from discovery.bonjour.lint.linter import Linter
from discovery.bonjour.names import Labels, parse_name
from discovery.bonjour.packets import mdns_packet
from discovery.bonjour.rdata import (
    AAAA,
    ANY,
    NSEC,
    PTR,
    SRV,
    TXT,
    A,
    Absence,
    HostAddress,
    Pointer,
    Rdata,
    Server,
    Text,
)
from discovery.bonjour.system.explaining import Difference, Situation, explain
from discovery.bonjour.wire import Question, ResourceRecord, decode
from discovery.records import (
    Asked,
    AskSummary,
    BrowseState,
    HostScore,
    LintFinding,
    MdnsAnswer,
    MdnsPacket,
    PacketRecord,
    Published,
    Rung,
    SystemResponder,
    SystemService,
    Verified,
)
from net.records import Record
from resources.loader import answer_rows, lint_rules, system_view_rows
from tests.ui.pages.bonjour.tools import device_scene
from tests.ui.scenes import NOW, Step, batch
from ui.window import MainWindow

PRINTER, NAS, TV, MAC = "192.168.1.40", "192.168.1.30", "10.66.0.2", "192.168.1.23"
INSTANCE = "Drucker im Flur._ipp._tcp.local."
TV_INSTANCE = "Wohnzimmer._airplay._tcp.local."


def labels(text: str) -> Labels:
    return parse_name(text)


def record(name: str, kind: int, rdata: Rdata, ttl: int = 4500, *, flush: bool = False) -> ResourceRecord:
    return ResourceRecord(labels(name), kind, rdata, ttl, flush)


def question(name: str, kind: int = PTR, *, unicast: bool = False) -> Question:
    return Question(labels(name), kind, unicast)


def txt(*strings: bytes) -> Text:
    return Text(strings, b"".join(bytes((len(string),)) + string for string in strings))


SERVICE = (
    record(INSTANCE, SRV, Server(0, 0, 631, labels("printer.local.")), 120, flush=True),
    record(INSTANCE, TXT, txt(b"txtvers=1", b"ty=Laser 3000", b"rp=ipp/print"), flush=True),
    record("printer.local.", A, HostAddress(bytes((192, 168, 1, 40))), 120, flush=True),
    record("printer.local.", AAAA, HostAddress(bytes.fromhex("fe80000000000000ba27ebfffe123456")), 120, flush=True),
)
POINTER = record("_ipp._tcp.local.", PTR, Pointer(labels(INSTANCE)))
ASKS = compose(questions=(question("_ipp._tcp.local."), question("_services._dns-sd._udp.local.", unicast=True)))
ANSWERS_WHOLE = compose(flags=0x8400, answers=(POINTER,), additionals=SERVICE)
NAS_ADDRESS = record("nas.local.", A, HostAddress(bytes((192, 168, 1, 30))), 120)
PROBES = compose(questions=(question("nas.local.", ANY, unicast=True),), authorities=(NAS_ADDRESS,))
GOODBYE = compose(flags=0x8400, answers=(record("_ipp._tcp.local.", PTR, Pointer(labels(INSTANCE)), 0),))
TV_SERVICE = (
    record(TV_INSTANCE, SRV, Server(0, 0, 7000, labels("tv.local.")), 120, flush=True),
    record(TV_INSTANCE, TXT, txt(b"deviceid=02:66:02:00:00:02", b"srcvers=366.0"), flush=True),
    record("tv.local.", A, HostAddress(bytes((10, 66, 0, 2))), 120, flush=True),
    record("tv.local.", AAAA, HostAddress(bytes.fromhex("fd660002000000000000000000000002")), 120, flush=True),
)
TV_POINTER = record("_airplay._tcp.local.", PTR, Pointer(labels(TV_INSTANCE)))
CUT = compose(flags=0x8400, answers=(TV_POINTER,), additionals=TV_SERVICE)[:-9]
BROKEN_TXT = compose(flags=0x8400, answers=(record(TV_INSTANCE, TXT, txt(b"m=AppleTV"), flush=True),))
BROKEN_TXT = BROKEN_TXT[:-10] + b"\x3f" + BROKEN_TXT[-9:]
LONG_SRV = compose(flags=0x8400, answers=(replace(SERVICE[0], ttl=4500), replace(SERVICE[1], ttl=120)))
NAS_SHARED = compose(
    flags=0x8400, answers=(record("_smb._tcp.local.", PTR, Pointer(labels("NAS._smb._tcp.local.")), flush=True),)
)
NAS_ABSENT = compose(
    flags=0x8400,
    answers=(replace(NAS_ADDRESS, flush=True),),
    additionals=(record("nas.local.", NSEC, Absence(labels("next.local."), (A,)), 120, flush=True),),
)


def packet(payload: bytes, second: float = 0.0, source: str = PRINTER, **more: Any) -> HeardPacket:
    """A packet heard on en0 by multicast, unless ``more`` says otherwise."""
    facts: dict[str, Any] = {"interface": "en0", "family": "ipv6" if ":" in source else "ipv4", "source_port": 5353,
                             "ttl": 255}  # fmt: skip
    return HeardPacket(time=NOW + second, source=source, payload=payload, **(facts | more))


def told(payload: bytes, second: float = 0.0, source: str = PRINTER, *, own: bool = False, **more: Any) -> MdnsPacket:
    """As the probe tells it."""
    return mdns_packet(packet(payload, second, source, **more), decode(payload), own=own, sections=False)


PACKETS = (
    told(ASKS, 0.002, MAC, own=True),
    told(ANSWERS_WHOLE, 0.041),
    told(ASKS, 0.530, "fe80::c2a5:3eff:fe4d:20%en0"),
    told(PROBES, 1.204, NAS),
    told(PROBES, 1.455, NAS),
    told(BROKEN_TXT, 2.018, TV, interface="en5"),
    told(ASKS, 2.877, "192.168.1.57", source_port=51422),
    told(ANSWERS_WHOLE, 2.902, unicast=True),
    told(CUT, 3.310, TV, interface="en5", ttl=64),
    told(GOODBYE, 4.771),
)
BROKEN = next(each for each in PACKETS if each.problems)
STATES = (
    BrowseState(interface="en0", since=NOW, packets=0),
    BrowseState(interface="en5", since=NOW, packets=0),
)


def finding(rule: str, payload: bytes, span: tuple[int, int], source: str = PRINTER, **more: Any) -> LintFinding:
    """A finding as the probe words it from the table of rules."""
    row = lint_rules()[rule]
    facts: dict[str, Any] = {"host": None, "interface": "en0", "subject": INSTANCE, "evidence": "", "first": NOW,
                             "last": NOW + 61}  # fmt: skip
    return LintFinding(
        rule=rule, severity=row.severity, section=row.section, title=row.title, offender=source,
        payload_hex=payload.hex(), start=span[0], end=span[1], **(facts | more),
    )  # fmt: skip


def judged(*heard: HeardPacket) -> dict[str, LintFinding]:
    """What a linter finds in these packets, by rule."""
    linter = Linter()
    for each in heard:
        linter.take(each, decode(each.payload), False)
    return {found.rule: found for found in linter.news(NOW + 60) if isinstance(found, LintFinding)}


FOUND = judged(
    packet(ANSWERS_WHOLE),
    packet(compose(flags=0x8400, answers=TV_SERVICE), source=TV, interface="en5"),
    packet(BROKEN_TXT, source=TV, interface="en5"),
    packet(CUT, source=TV, interface="en5"),
    packet(NAS_ABSENT, source=NAS),
    packet(NAS_SHARED, source=NAS),
    packet(LONG_SRV),
)
TIMES = {"txt_cut": 12, "record_cut": 3, "flush_on_shared": 7, "ttl_of_host": 31, "nsec_next_name": 2,
         "ttl_of_service": 31}  # fmt: skip
LINT = tuple(replace(FOUND[rule], count=times, last=NOW + 61) for rule, times in TIMES.items())
"""Those of the broken rules that the pictures show, as if they were broken more often."""
SCORES = (
    HostScore(source=TV, host="tv.local.", interfaces=("en5",), packets=48, score=60, errors=2, warnings=0),
    HostScore(source=NAS, host="nas.local.", interfaces=("en0",), packets=112, score=78, errors=1, warnings=1),
    HostScore(source=PRINTER, host="printer.local.", interfaces=("en0",), packets=203, score=97, errors=0, warnings=1),
    HostScore(source="192.168.1.57", host=None, interfaces=("en0",), packets=31, score=100, errors=0, warnings=0),
)


def asked(name: str, kind: str, source: str, times: tuple[int, int], **more: Any) -> Asked:
    facts: dict[str, Any] = {"interface": "en0", "first": NOW, "last": NOW + 60, "interval": 20.0, "answered": True}
    return Asked(name=name, type=kind, source=source, multicast=times[0], unicast=times[1], **(facts | more))


ASKED = (
    asked("_ipp._tcp.local.", "PTR", MAC, (4, 1)),
    asked("_airplay._tcp.local.", "PTR", "192.168.1.57", (3, 1)),
    asked("_oldscanner._tcp.local.", "PTR", "192.168.1.57", (41, 0), interval=1.5, answered=False),
    asked("nas.local.", "A", "fe80::c2a5:3eff:fe4d:20%en0", (2, 0)),
    asked("wpad.local.", "A", "192.168.1.88", (19, 0), interval=3.2, answered=False),
)

MANY = [replace(pack, time=pack.time + 6 * turn) for turn in range(12) for pack in PACKETS]
HEARD: tuple[Record, ...] = (*STATES, *MANY, *LINT, *SCORES, *ASKED)


def answer(ms: float, timing: Any, source: str, *records: tuple[str, str, str, int, bool], **more: Any) -> MdnsAnswer:
    facts: dict[str, Any] = {"interface": "en0", "family": "ipv4", "unicast": False, "ip_ttl": 255}
    told = tuple(
        PacketRecord(name=name, type=kind, data=data, ttl=ttl, flush=flush) for name, kind, data, ttl, flush in records
    )
    return MdnsAnswer(source=source, ms=ms, timing=timing, records=told, **(facts | more))


def pointer(target: str) -> tuple[str, str, str, int, bool]:
    return ("_services._dns-sd._udp.local.", "PTR", target, 4500, False)


ANSWERED = (
    answer(4.2, "early", NAS, pointer("_smb._tcp.local."), pointer("_http._tcp.local.")),
    answer(38.1, "in_time", PRINTER, pointer("_ipp._tcp.local."), pointer("_printer._tcp.local."),
           pointer("_pdl-datastream._tcp.local.")),
    answer(97.6, "in_time", "192.168.1.57", pointer("_googlecast._tcp.local.")),
    answer(118.0, "in_time", "fe80::c2a5:3eff:fe4d:20%en0", pointer("_companion-link._tcp.local."), family="ipv6"),
    answer(412.7, "late", TV, pointer("_airplay._tcp.local."), pointer("_raop._tcp.local."), interface="en5"),
)  # fmt: skip
SAYS_OF_ANSWERS = (
    answer_rows()["answered"].format(answers=5, hosts=5, ms="4.2 ms"),
    answer_rows()["early"].format(count=1),
    answer_rows()["late"].format(count=1),
)
ASK_SUMMARY = AskSummary(
    name="_services._dns-sd._udp.local.", type="PTR", mode="qm", interfaces=("en0", "en5"), sent=4, answers=5,
    responders=(NAS, PRINTER, "192.168.1.57", "fe80::c2a5:3eff:fe4d:20%en0", TV), text=" ".join(SAYS_OF_ANSWERS),
)  # fmt: skip
VERIFIED = (
    Verified(name=INSTANCE, type="SRV", interface="en0", alive=True, sent=1, ms=2.4, source=PRINTER),
    Verified(name=INSTANCE, type="SRV", interface="en5", alive=False, sent=2),
)
PUBLISHED = Published(
    name="Web on alpha (2)", type="_http._tcp", host="lanscout-alpha.local.", port=8080, interfaces=("en0", "en5"),
    subtypes=("_printer",), state="announced", renamed_from="Web on alpha",
    evidence="192.168.1.30 answered the probe for Web on alpha._http._tcp.local. on en0 with SRV 0 0 80 nas.local.",
)  # fmt: skip
RESPONDER = SystemResponder(
    name="mDNSResponder", version="2200.80.15", state="answering", text=system_view_rows()["mdnsresponder"]
)


def known(name: str, kind: str, host: str | None, port: int | None, **more: Any) -> SystemService:
    facts: dict[str, Any] = {"interface": "en0", "ours": True, "system": True}
    return SystemService(name=name, type=kind, domain="local", host=host, port=port, **(facts | more))


def why(difference: Difference, interface: str, **more: Any) -> str:
    return explain(
        Situation(difference=difference, kind="mdnsresponder", interface=interface, responder=RESPONDER, told=4, **more)
    )


SYSTEM = (
    known("Drucker im Flur", "_ipp._tcp", "printer.local.", 631),
    known("NAS", "_smb._tcp", "nas.local.", 445),
    known("Router", "_http._tcp", "router.local.", 80),
    known("Wohnzimmer", "_airplay._tcp", "tv.local.", 7000, interface="en5", system=False, difference="only_raw",
          text=why("only_raw", "en5", heard_there=3)),
    known("Scanner im Keller", "_uscan._tcp", "scan.local.", 8080, ours=False, difference="only_system",
          text=why("only_system", "en0", state=BrowseState(interface="en0", since=NOW, packets=48), cached=True)),
)  # fmt: skip


def rung(on: str, place: int, state: Any, ms: float | None, text: str, remedy: str | None = None) -> Rung:
    step: Any = STEPS[place - 1]
    return Rung(interface=on, place=place, step=step, state=state, ms=ms, text=text, remedy=remedy)


CLIMBED = Facts(
    interface="en0", seconds=2.0, begun=set(STEPS), over=set(STEPS), addresses=(MAC, "fe80::1c4f:9aff:fe11:2c3e%en0"),
    times={"interface": 0.1, "join": 0.4, "loopback": 1.2, "foreign": 2001.4, "multicast_answer": 2001.4,
           "unicast_answer": 3.8, "reachable": 2.9},
    families=("ipv4", "ipv6"), joined={"ipv4": True, "ipv6": True}, looped={"ipv4": 1.2, "ipv6": 1.3},
    by_unicast={PRINTER: 3.8}, legacy_only=True,
    reached={
        "192.168.1.1": Reached(address="192.168.1.1", what="gateway", outcome="refused", ms=1.7),
        PRINTER: Reached(address=PRINTER, what="neighbour", outcome="answered", ms=2.9),
    },
)  # fmt: skip
"""Of a computer whose firewall lets in only what was asked for, or of a switch that keeps multicast back."""
RUNGS = rungs(CLIMBED)
VERDICT = judge(CLIMBED)
ANSWERS: dict[str, list[Step]] = {
    "bonjour.hear": [batch(*HEARD)],
    "bonjour.ask": [batch(*ANSWERED), batch(ASK_SUMMARY), {"end": True}],
    "bonjour.publish": [batch(replace(PUBLISHED, state="probing", renamed_from=None)), batch(PUBLISHED)],
    "bonjour.system": [batch(RESPONDER, *SYSTEM)],
    "bonjour.ladder": [batch(*RUNGS), batch(VERDICT), {"end": True}],
    "bonjour.verify": [batch(*VERIFIED), {"end": True}],
    **device_scene.ANSWERS,
}


def show(window: MainWindow, name: str) -> Any:
    """The tool of that name in front."""
    from ui.pages.bonjour.page import BonjourPage

    page = window.page("bonjour")
    assert isinstance(page, BonjourPage)
    window.choose_interface("")
    page.views.show_view(name)
    return page.views.tool


def pump(milliseconds: int = 250) -> None:
    """Let what was asked come."""
    from PySide6.QtCore import QEventLoop, QTimer

    loop = QEventLoop()
    QTimer.singleShot(milliseconds, loop.quit)
    loop.exec()


def packets(window: MainWindow) -> None:
    """The broken TXT is chosen, and the field that breaks the rule."""
    tool = show(window, "packets")
    pump()
    place = tool.log.proxy.index(tool.log.proxy.rowCount() - len(PACKETS) + PACKETS.index(BROKEN), 0)
    tool.log.view.setCurrentIndex(place)
    pump(50)
    tool.packet.choose(BROKEN_TXT.rindex(b"\x3f"), len(BROKEN_TXT))
    tool.log.view.setFocus()


def lint(window: MainWindow) -> None:
    """The host that sends broken messages."""
    tool = show(window, "lint")
    pump()
    tool.findings.view.select_key(LINT[0].key())
    tool.findings.view.setFocus()


def ask(window: MainWindow) -> None:
    """Which types there are, with answers that came too early and too late."""
    tool = show(window, "ask")
    tool.run()
    pump()
    tool.answers.view.selectRow(1)
    tool.answers.view.setFocus()


def publish(window: MainWindow) -> None:
    """A name that another host holds."""
    tool = show(window, "publish")
    form = tool.form
    form.name.setText("Web on alpha")
    form.kind.setText("_http._tcp")
    form.subtypes.setText("_printer")
    form.txt.setPlainText("path=/admin\nversion=2")
    tool.publish()
    pump()


def system(window: MainWindow) -> None:
    """Two differences, and what the first means."""
    tool = show(window, "system")
    tool.run()
    pump()
    tool.table.view.select_key(SYSTEM[3].key())
    tool.table.view.setFocus()


def ladder(window: MainWindow) -> None:
    """A firewall that keeps multicast out."""
    tool = show(window, "ladder")
    tool.run()
    pump()
    tool.table.view.select_key(RUNGS[3].key())
    tool.table.view.setFocus()


def devices(window: MainWindow) -> None:
    """One that claims the address of another."""
    tool = show(window, "devices")
    pump()
    tool.table.view.select_key(next(row.key() for row in device_scene.DEVICES if row.clashes))
    tool.table.view.setFocus()


VIEWS: dict[str, Callable[[MainWindow], None]] = {
    view.__name__: view for view in (devices, packets, lint, ask, publish, system, ladder)
}
