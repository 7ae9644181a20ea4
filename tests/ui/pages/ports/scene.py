"""The sockets of the made-up Mac of tests/ui/scenes.py, for its picture and for tests."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import msgspec

from net.ports.records import Listener

if TYPE_CHECKING:
    from ui.window import MainWindow

NOW = 1_790_000_000.0
ROOT = "root: macOS shows a user only the sockets of their own processes"
AIRPLAY = (
    "AirPlay Receiver of macOS 12 and later listens on every address of both stacks. To free the port: System "
    "Settings › General › AirDrop & Handoff: switch AirPlay Receiver off; or let your program use another port. "
    "Ending the process does not help."
)


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
    started=NOW - 184, iana="commplex-main",
)  # fmt: skip
CONTROL_CENTER = listener(
    5000, "ControlCenter", 431, "::", command=CONTROL,
    iana="commplex-main", known=AIRPLAY, known_verified=True,
    known_source="sveltejs/template#184, block/buzz#7008",
)  # fmt: skip
LISTENERS = (
    listener(22, None, None, "::", iana="ssh"),
    listener(631, None, None, iana="ipp"),
    listener(631, None, None, "::1", iana="ipp"),
    NODE,
    CONTROL_CENTER,
    listener(7000, "ControlCenter", 431, "::", command=CONTROL, iana="afs3-fileserver", known=AIRPLAY),
    listener(5353, "mDNSResponder", 310, "0.0.0.0", protocol="udp", user="_mdnsresponder", iana="mdns"),
    listener(5353, "Google Chrome", 2210, "0.0.0.0", protocol="udp", iana="mdns",
             command="/Applications/Google Chrome.app/Contents/MacOS/Google Chrome"),
    listener(5432, "postgres", 812, command=POSTGRES, shared_with=(815, 816), iana="postgresql",
             service="homebrew.mxcl.postgresql@16"),
    listener(5432, "postgres", 812, "::1", command=POSTGRES, shared_with=(815, 816), iana="postgresql",
             service="homebrew.mxcl.postgresql@16"),
    listener(8080, "com.docker.backend", 1902, "::", command="com.docker.backend run", container="shop-web-1",
             iana="http-alt"),
    listener(9000, "python3.12", 5120, "192.168.1.23", command="python3.12 -m http.server 9000 --bind 192.168.1.23"),
    listener(9443, "wireguard-go", 640, "10.8.0.2", interface="utun3", owner="probable", user="root",
             missing_right=ROOT, command="wireguard-go utun3"),
    listener(49152, "rapportd", 590, "::", command="/usr/libexec/rapportd"),
)  # fmt: skip
ANSWERS = {"ports.watch": [{"batch": [msgspec.to_builtins(each) for each in LISTENERS]}]}


def prepare(window: MainWindow) -> None:
    """All addresses are shown, and the socket half the world puzzles over is selected."""
    from ui.pages.ports.page import PortsPage

    page = window.page("ports")
    assert isinstance(page, PortsPage)
    page.question.elsewhere.setChecked(True)
    page.view.select_key(CONTROL_CENTER.key().name)
    page.view.setFocus()
