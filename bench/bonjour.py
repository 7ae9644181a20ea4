"""How long until all services of a link are complete, against ``avahi-browse -artp`` on the same link."""

from __future__ import annotations

import json
import os
import statistics
import threading
import time
from collections.abc import Iterable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

from bench.result import Result, ratio
from tests.lab import Advertised, Avahi, Background, Host, Lab
from tests.lab.host import LANSCOUT
from tests.lab.topology import Plan, Port

SERVICES = 120
MANY_SERVICES = 1000
MANY_HOSTS = 50
ROUNDS = 3
FEW_PACKETS = 5
SILENT_SECONDS = 4
BUDGET_MEMORY = 60 * 1024 * 1024
MEGABYTE = 1024 * 1024


def run() -> list[Result]:
    """Two hosts advertise; a third browses by both in turn. About 30 s."""
    with Lab(f"bench{os.getpid()}-") as lab, _advertised(lab, (lab.beta, lab.gamma), SERVICES) as own:
        peers = [_avahi_browse(lab.alpha, own, SERVICES) for _ in range(ROUNDS)]
        times = [_lanscout(lab.alpha, SERVICES) for _ in range(ROUNDS)]
    what = f"{SERVICES} services of 2 hosts complete"
    return [ratio(what, statistics.median(times), statistics.median(peers), 1.0, "avahi-browse -artp")]


def run_many() -> list[Result]:
    """The same with 1,000 services of 50 hosts, and what the ledger of all their records costs. About four minutes."""
    with Lab(f"bench{os.getpid()}-") as lab:
        hosts = [lab.add_host(_plan(number)) for number in range(MANY_HOSTS)]
        with _advertised(lab, hosts, MANY_SERVICES) as own:
            peers = [_avahi_browse(lab.alpha, own, MANY_SERVICES) for _ in range(ROUNDS)]
            times = [_lanscout(lab.alpha, MANY_SERVICES) for _ in range(ROUNDS)]
            seconds, records, before, after = _ledger(lab.alpha, MANY_SERVICES)
    what = f"{MANY_SERVICES:,} services of {MANY_HOSTS} hosts complete"
    peer = statistics.median(peers)
    more = after - before
    return [
        ratio(what, statistics.median(times), peer, 1.0, "avahi-browse -artp"),
        ratio(f"{what}, with the ledger", seconds, peer, 1.0, "avahi-browse -artp"),
        Result(
            f"memory of the probe with their {records:,} records and sightings",
            f"{more / MEGABYTE:.0f} MB more than the {before / MEGABYTE:.0f} MB before it was asked",
            f"<= {BUDGET_MEMORY // MEGABYTE} MB more",
            more <= BUDGET_MEMORY,
        ),
    ]


def _plan(number: int) -> Plan:
    port = Port("en0", "lan1", f"192.168.1.{100 + number}", f"fd66:1::{100 + number}", f"02:66:01:00:01:{number:02x}")
    return Plan(f"host{number}", (port,))


@contextmanager
def _advertised(lab: Lab, hosts: Iterable[Host], total: int) -> Iterator[Avahi]:
    """An avahi-daemon on each host announces its part; in the block there is one on alpha that knows them, too."""
    hosts = tuple(hosts)
    services = [
        Advertised(name=f"Service {number}", type=f"_bench{number % 6}._tcp", port=8000 + number, txt=("a=1", "b=2"))
        for number in range(total)
    ]
    share = total // len(hosts)
    daemons = [Avahi(lab, host, services[at * share : (at + 1) * share]) for at, host in enumerate(hosts)]
    own = Avahi(lab, lab.alpha, (), bus=True)
    with ExitStack() as stack:
        for daemon in (*daemons, own):
            stack.callback(daemon.close)
            daemon.launch()
        for daemon in (*daemons, own):
            daemon.wait_until_announced(120)
        yield own


def _avahi_browse(host: Host, daemon: Avahi, total: int) -> float:
    """avahi-browse asks a daemon that has listened for a while already; it ends when nothing more comes."""
    _wait_for_silence(host)
    begin = time.perf_counter()
    lines = host.run(["avahi-browse", "-artp"], env=daemon.environment, timeout=120).stdout.splitlines()
    elapsed = time.perf_counter() - begin
    found = {line.split(";")[3] for line in lines if line.startswith("=;en0;IPv4") and "_bench" in line}
    if len(found) != total:
        raise RuntimeError(f"avahi-browse found {len(found)} of {total} services")
    return elapsed


def _lanscout(host: Host, total: int) -> float:
    """From the start of the program, imports included, until the last service is complete."""
    _wait_for_silence(host)
    begin = time.perf_counter()
    complete: set[str] = set()
    with host.lanscout_process("services", "--interface", "en0", "--seconds", "60") as browsing:
        for line in browsing.iterate(timeout=60):
            record = json.loads(line)
            if _complete(record):
                complete.add(record["name"])
                if len(complete) == total:
                    return time.perf_counter() - begin
    raise RuntimeError(f"{len(complete)} of {total} services were complete")


def _ledger(host: Host, total: int) -> tuple[float, int, int, int]:
    """Seconds until all are complete, records, and bytes of the probe before it was asked and at the end."""
    ask = {"id": 1, "watch": "bonjour.browse", "with": {"interfaces": ["en0"], "ledger": True}}
    complete: set[str] = set()
    records: set[str] = set()
    _wait_for_silence(host)
    begin = time.perf_counter()
    with host.start([*LANSCOUT, "probe"]) as probe:
        lines = probe.iterate(timeout=60)
        next(lines)
        before = _resident(probe)
        probe.write(json.dumps(ask) + "\n")
        for line in lines:
            for record in json.loads(line).get("batch", ()):
                if record["kind"] == "heard_record":
                    records.add(f"{record['name']} {record['type']} {record['data']}")
                elif _complete(record):
                    complete.add(record["name"])
            if len(complete) == total:
                return time.perf_counter() - begin, len(records), before, _resident(probe)
    raise RuntimeError(f"{len(complete)} of {total} services were complete")


def _wait_for_silence(host: Host) -> None:
    """Until hardly a packet comes for SILENT_SECONDS: 50 daemons that announce leave nobody else a processor."""
    with host.inside():
        before, quiet = _received(), 0
        while quiet < SILENT_SECONDS:
            threading.Event().wait(1)
            now = _received()
            quiet = quiet + 1 if now - before < FEW_PACKETS else 0
            before = now


def _received() -> int:
    """Packets of en0 (proc(5))."""
    lines = Path("/proc/thread-self/net/dev").read_text(encoding="ascii").splitlines()
    return int(next(line for line in lines if line.strip().startswith("en0:")).split()[2])


def _complete(record: dict[str, object]) -> bool:
    if record["kind"] != "service" or not str(record["type"]).startswith("_bench"):
        return False
    return bool(record["port"] and record["addresses"] and record["txt"])


def _resident(process: Background) -> int:
    """Bytes in memory of the process that ``ip netns exec`` became (proc(5))."""
    status = Path(f"/proc/{process.pid}/status").read_text(encoding="ascii")
    return int(next(line for line in status.splitlines() if line.startswith("VmRSS:")).split()[1]) * 1024
