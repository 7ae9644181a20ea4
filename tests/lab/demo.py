"""A small network to look at: services, a printer, a VPN, a busy port and multicast traffic, and the window on it.

python -m tests.lab.demo                        the window (with no display, the overview) looking into alpha
python -m tests.lab.demo bash                   a command on alpha instead of the window
python -m tests.lab.demo --prefix NAME- ...     with other names, beside a demo that runs
"""

from __future__ import annotations

import argparse
import signal
import subprocess
import sys
from contextlib import ExitStack

from tests.lab import rights
from tests.lab.avahi import Advertised, Avahi
from tests.lab.host import LANSCOUT
from tests.lab.laboratory import Lab
from tests.lab.peers import iperf_sender, talker, web_server

SERVICES = {
    "beta": (
        Advertised(name="Familienfotos · Büro", type="_http._tcp", port=8080, txt=("path=/fotos/", "u=gast")),
        Advertised(name="beta", type="_ssh._tcp", port=22),
        Advertised(name="beta files", type="_smb._tcp", port=445),
    ),
    "gamma": (
        Advertised(name="Router", type="_http._tcp", port=80, txt=("path=/status",)),
        Advertised(
            name="Drucker im Flur",
            type="_ipp._tcp",
            port=631,
            subtypes=("_universal", "_print"),
            txt=(
                "txtvers=1",
                "rp=ipp/print",
                "ty=Laser 3000",
                "note=Zweiter Stock",
                "pdl=application/pdf,image/urf",
                "Color=T",
                "Duplex=T",
            ),
        ),
    ),
    "delta": (
        Advertised(
            name="居間のスピーカー",
            type="_airplay._tcp",
            port=7000,
            txt=("deviceid=02:66:02:00:00:02", "features=0x4A7FFFF7,0xE", "model=AudioAccessory5,1", "srcvers=366.0"),
        ),
        Advertised(name="Messgerät № 7", type="_osc._udp", port=9000, txt=("type=server",)),
    ),
}
TEXT_GROUP = ("224.224.0.77", 23019)
STREAM_GROUP = ("239.66.0.7", 5004)
DAY = 86_400.0

SAYS = """\
The lab is built: LAN 1 has {alpha} (en0), {beta} and {gamma}, LAN 2 has {alpha} (en5) and {delta}.
The VPN utun3 is up and holds {alpha}'s default route. It goes down with: ip -n {alpha} link set utun3 down
Multicast arrives on en0: text at 224.224.0.77:23019, an iperf stream at 239.66.0.7:5004. Port 5000 is taken, twice.
A shell on a host: ip netns exec {beta} bash. Ctrl-C here ends everything and removes the hosts."""


def furnish(lab: Lab, stack: ExitStack) -> None:
    """Start everything there is to see; ``stack`` ends it."""
    daemons = [Avahi(lab, lab.hosts[name], services) for name, services in SERVICES.items()]
    for daemon in daemons:
        stack.callback(daemon.close)
        daemon.launch()
    folder = lab.folder / "www"
    folder.mkdir()
    (folder / "index.html").write_text("<!doctype html><title>Busy</title><p>This port is taken.\n", encoding="utf-8")
    web_server(lab.alpha, "0.0.0.0", 5000, folder)
    web_server(lab.alpha, "::1", 5000, folder)
    talker(lab.beta, *TEXT_GROUP, "position of the train:", seconds_between=0.25)
    iperf_sender(lab.beta, *STREAM_GROUP, packets_per_s=50, size=1200, seconds=DAY)
    lab.vpn_up()
    for daemon in daemons:
        daemon.wait_until_announced()


def show(lab: Lab, command: list[str]) -> int:
    """Run the window, or ``command`` on alpha, to its end; returns its exit code."""
    argv = (
        ["ip", "netns", "exec", lab.alpha.netns, *command]
        if command
        else [*LANSCOUT, "--on", f"netns:{lab.alpha.netns}"]
    )
    with subprocess.Popen(argv) as shown:
        try:
            return shown.wait()
        finally:
            shown.terminate()


def main() -> int:
    """Build, show, remove; the exit code is that of what was shown."""
    parser = argparse.ArgumentParser(prog="python -m tests.lab.demo", description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--prefix", default="", help="before the names of the namespaces")
    parser.add_argument("command", nargs=argparse.REMAINDER, help="what to run on alpha instead of the window")
    options = parser.parse_args()
    rights.become_root_of_own_namespace()
    reason = rights.missing()
    if reason is not None:
        print(reason, file=sys.stderr)
        return 3
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, signal.default_int_handler)
    try:
        with Lab(options.prefix) as lab, ExitStack() as stack:
            furnish(lab, stack)
            stack.callback(_ignore_signals)
            print(SAYS.format(**{name: host.netns for name, host in lab.hosts.items()}), flush=True)
            return show(lab, options.command)
    except KeyboardInterrupt:
        return 130


def _ignore_signals() -> None:
    """A second Ctrl-C must not leave half a lab behind."""
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, signal.SIG_IGN)


if __name__ == "__main__":
    sys.exit(main())
