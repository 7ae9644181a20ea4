"""The sockets of the made-up Mac of tests/ui/scenes.py, for its picture and for tests."""

from __future__ import annotations

import errno
import os
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any
from unittest.mock import patch

import msgspec

from net.platform.bind_limits import BindLimits
from net.ports import answers_verdict, bind_reasons, listeners, peeking, reaching, refusal
from net.ports.binding import nearest_free
from net.ports.fingerprints import identify
from net.ports.records import Ancestor, Answer, Binding, Connection, Listener, ProcessDetails
from net.requests import PortsRequest
from tests.ui.scenes import batch

if TYPE_CHECKING:
    from ui.pages.ports.page import PortsPage
    from ui.window import MainWindow

NOW = 1_790_000_000.0
ROOT = "root: macOS shows a user only the sockets of their own processes"
NAMES = {
    22: "ssh", 631: "ipp", 5000: "commplex-main", 5353: "mdns", 5432: "postgresql", 7000: "afs3-fileserver",
    8080: "http-alt",
}  # fmt: skip
"""What these ports are registered for, whatever the computer knows of it that this runs on."""
LIMITS = BindLimits(
    privileged_below=1024, privileged=False, wildcard_free=True, ephemeral=(49152, 65535), restricted=(55555,), nat=None
)
"""Those of macOS."""


def listener(port: int, process: str | None, pid: int | None, address: str = "127.0.0.1", **more: Any) -> Listener:
    """A TCP socket of the person's own, its scope and stack as the address says, unless ``more`` says otherwise."""
    wildcard = address in ("0.0.0.0", "::")
    loopback = address in ("127.0.0.1", "::1")
    facts: dict[str, Any] = {
        "protocol": "tcp",
        "interface": None if wildcard else "lo0" if loopback else "en0",
        "scope": "all" if wildcard else "loopback" if loopback else "lan",
        "stack": "dual" if address == "::" else "v6" if ":" in address else "v4",
        "v6only": False if address == "::" else None,
        "owner": "proved" if pid is not None else "hidden",
        "missing_right": ROOT if pid is None else None,
        "user": "mia" if pid is not None else None,
        "started": NOW - 7300 if pid is not None else None,
        "inode": None,
    }
    return Listener(address=address, port=port, process=process, pid=pid, **(facts | more))


CONTROL = "/System/Library/CoreServices/ControlCenter.app/Contents/MacOS/ControlCenter"
POSTGRES = "/opt/homebrew/opt/postgresql@16/bin/postgres -D /opt/homebrew/var/postgresql@16"
NODE = listener(
    5000, "node", 4242, command="node /Users/mia/shop/node_modules/.bin/vite --port 5000 --host 127.0.0.1",
    started=NOW - 184,
)  # fmt: skip
CONTROL_CENTER = listener(5000, "ControlCenter", 431, "::", command=CONTROL)
SOCKETS = (
    listener(22, None, None, "::"),
    listener(631, None, None),
    listener(631, None, None, "::1"),
    NODE,
    CONTROL_CENTER,
    listener(7000, "ControlCenter", 431, "::", command=CONTROL),
    listener(5353, "mDNSResponder", 310, "0.0.0.0", protocol="udp", user="_mdnsresponder"),
    listener(5353, "Google Chrome", 2210, "0.0.0.0", protocol="udp",
             command="/Applications/Google Chrome.app/Contents/MacOS/Google Chrome"),
    listener(5432, "postgres", 812, command=POSTGRES, shared_with=(815, 816),
             service="homebrew.mxcl.postgresql@16"),
    listener(5432, "postgres", 812, "::1", command=POSTGRES, shared_with=(815, 816),
             service="homebrew.mxcl.postgresql@16"),
    listener(8080, "com.docker.backend", 1902, "::", command="com.docker.backend run", container="shop-web-1"),
    listener(9000, "python3.12", 5120, "192.168.1.23", command="python3.12 -m http.server 9000 --bind 192.168.1.23"),
    listener(9443, "wireguard-go", 640, "10.8.0.2", interface="utun3", owner="probable", user="root",
             missing_right=ROOT, command="wireguard-go utun3"),
    listener(49152, "rapportd", 590, "::", command="/usr/libexec/rapportd"),
)  # fmt: skip
with (
    patch.object(listeners, "SYSTEM", "macos"),
    patch.object(listeners, "registered_name", lambda port, _: NAMES.get(port)),
):
    EXPLAINED = {each.key(): each for each in listeners.Table(lambda: SOCKETS, PortsRequest()).first()}
LISTENERS = tuple(EXPLAINED[each.key()] for each in SOCKETS)
"""As the page is told of them on a Mac."""
NODE, CONTROL_CENTER = EXPLAINED[NODE.key()], EXPLAINED[CONTROL_CENTER.key()]
HOLDERS = (NODE, CONTROL_CENTER)

SHELL = (Ancestor(pid=4101, process="npm run dev"), Ancestor(pid=3988, process="zsh"),
         Ancestor(pid=3986, process="Terminal"), Ancestor(pid=1, process="launchd"))  # fmt: skip
NODE_PROCESS = ProcessDetails(
    pid=4242, started=NODE.started or 0, process="node", executable="/opt/homebrew/bin/node", command=NODE.command,
    user="mia", cwd="/Users/mia/shop", repository="/Users/mia/shop", branch="checkout-page", ancestors=SHELL,
)  # fmt: skip
CONTROL_PROCESS = ProcessDetails(
    pid=431, started=CONTROL_CENTER.started or 0, process="ControlCenter", executable=CONTROL, command=CONTROL,
    user="mia", cwd="/", ancestors=(Ancestor(pid=1, process="launchd"),), manager="launchd",
    unit="com.apple.controlcenter", may_end=False,
)  # fmt: skip
CONTROL_PROCESS = msgspec.structs.replace(CONTROL_PROCESS, end_refused=refusal.refusal(CONTROL_PROCESS, "macos"))


def answer(address: str, interface: str, **more: Any) -> Answer:
    return Answer(address=address, port=5000, interface=interface, **({"connected": True, "ms": 0.4} | more))


def said(raw: bytes, process: str) -> dict[str, Any]:
    """What is told of an answer to HEAD /."""
    heard = peeking.read(raw)
    sign = identify(heard.lines, process, "macos")
    identity = sign.identity if sign is not None else None
    return {"status": heard.status, "fingerprint": "; ".join(heard.lines), "identity": identity}


AIRTUNES: dict[str, Any] = {
    "pid": 431, "process": "ControlCenter", "user": "mia", "owner": "proved",
    **said(b"HTTP/1.1 403 Forbidden\r\nServer: AirTunes/870.14.1\r\n\r\n", "ControlCenter"),
}  # fmt: skip
VITE: dict[str, Any] = {
    "pid": 4242, "process": "node", "user": "mia", "owner": "proved",
    **said(b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n\r\n", "node"),
}  # fmt: skip
ADDRESSES = (
    answer("::1", "lo0", localhost=1, ms=0.3, **AIRTUNES),
    answer("127.0.0.1", "lo0", localhost=2, **VITE),
    answer("192.168.1.23", "en0", ms=1.1, **AIRTUNES),
    answer("10.66.0.1", "en5", ms=0.9, **AIRTUNES),
    answer("10.8.0.2", "utun3", ms=0.5, **AIRTUNES),
)
with patch.object(answers_verdict, "SYSTEM", "macos"):
    ANSWERS_VERDICT = answers_verdict.conclude(5000, ADDRESSES, HOLDERS, ("::1", "127.0.0.1"))
"""As it is concluded on a Mac."""


def taken(address: str, stack: Any, holding: Sequence[Listener] = HOLDERS, **more: Any) -> Binding:
    """A bind that macOS refuses because of ``holding``, explained as there, whose errno it is."""
    met = reaching.overlapping(holding, address, stack)
    made = bind_reasons.Attempt(address, 5000, "tcp", stack)
    around = bind_reasons.Surroundings(limits=LIMITS, listeners=tuple(holding))
    with patch.object(errno, "EADDRINUSE", 48), patch.object(os, "strerror", lambda _: "Address already in use"):
        problem = bind_reasons.refusal(made, OSError(48, ""), around, shared=False)
    free = nearest_free(5000, LIMITS, {each.port for each in LISTENERS}, lambda _: True)
    facts: dict[str, Any] = {"possible": False, "with_reuse": False, "errno": 48, "free": free}
    return Binding(
        address=address, port=5000, protocol="tcp", stack=stack, holder=bind_reasons.holders_text(met),
        reason=problem.text, remedy=problem.remedy, **(facts | more),
    )  # fmt: skip


BINDINGS = (taken("0.0.0.0", "v4"), taken("::", "v6"), taken("::", "dual"))
CONNECTIONS = (
    Connection(protocol="tcp", address="192.168.1.23", port=52344, remote_address="140.82.112.26", remote_port=443,
               state="established", owner="proved", pid=2210, process="Google Chrome", user="mia"),
    Connection(protocol="tcp", address="127.0.0.1", port=5432, remote_address="127.0.0.1", remote_port=52411,
               state="established", owner="proved", pid=819, process="postgres", user="mia"),
    Connection(protocol="tcp", address="192.168.1.23", port=52290, remote_address="192.168.1.40", remote_port=445,
               state="time_wait", owner="hidden"),
)  # fmt: skip

ANSWERS: dict[str, list[dict[str, Any]]] = {
    "ports.watch": [batch(*LISTENERS, *CONNECTIONS)],
    "ports.process": [batch(CONTROL_PROCESS), {"end": True}],
    "ports.answers": [batch(*ADDRESSES), batch(ANSWERS_VERDICT), {"end": True}],
    "ports.bind": [batch(*BINDINGS), {"end": True}],
}


def _page(window: MainWindow) -> PortsPage:
    from ui.pages.ports.page import PortsPage

    page = window.page("ports")
    assert isinstance(page, PortsPage)
    return page


def prepare(window: MainWindow) -> None:
    """All addresses are shown, and the socket half the world puzzles over is selected."""
    page = _page(window)
    page.question.elsewhere.setChecked(True)
    page.view.select_key(CONTROL_CENTER.key().name)
    settle(lambda: page.desk.processes.of(CONTROL_CENTER) is not None)
    page.view.setFocus()


def prepare_conflict(window: MainWindow) -> None:
    """A person has asked who owns port 5000."""
    page = _page(window)
    page.select("5000")
    page.view.select_key(CONTROL_CENTER.key().name)
    settle(lambda: page.desk.processes.of(CONTROL_CENTER) is not None)


def prepare_answers(window: MainWindow) -> None:
    """Who answers on port 5000."""
    from ui.pages.ports.tools.answers import AnswersTool

    page = _page(window)
    page.views.use("answers", "ask", 5000)
    tool = page.views.tool
    assert isinstance(tool, AnswersTool)
    settle(lambda: tool.verdict is not None)
    tool.table.view.select_key(ADDRESSES[0].key())


def prepare_bind(window: MainWindow) -> None:
    """Port 5000 cannot be had."""
    from ui.pages.ports.tools.bind import BindTool

    page = _page(window)
    page.views.use("bind", "ask", 5000)
    tool = page.views.tool
    assert isinstance(tool, BindTool)
    settle(lambda: tool.conclusion is not None)
    tool.table.view.select_key(BINDINGS[0].key())


def prepare_connections(window: MainWindow) -> None:
    page = _page(window)
    page.views.show_view("connections")


VIEWS = {
    "conflict": prepare_conflict,
    "answers": prepare_answers,
    "bind": prepare_bind,
    "connections": prepare_connections,
}


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
