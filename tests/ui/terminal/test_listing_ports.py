"""The verb that lists ports: connections and the owners' details only where they are asked for."""

from __future__ import annotations

import json
import os
import re
import socket
import subprocess
import sys
from pathlib import Path

import pytest

from net.platform.system import SYSTEM
from net.ports.records import Ancestor, ProcessDetails
from tests.lab import JsonRecord
from ui.terminal.listing_ports import process_text

CHECKOUT = Path(__file__).resolve().parents[3]

linux_only = pytest.mark.skipif(SYSTEM != "linux", reason="the kernel is asked by sock_diag here")


def run(*words: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "main.py", *words],
        cwd=CHECKOUT,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
        env={"PATH": os.environ["PATH"], "LC_ALL": "C.UTF-8", "COLUMNS": "200"},
    )


def objects(result: subprocess.CompletedProcess[str]) -> list[JsonRecord]:
    return [json.loads(line) for line in result.stdout.splitlines()]


@linux_only
def test_connections_come_with_the_option_and_both_ends_name_their_process() -> None:
    with socket.create_server(("127.0.0.1", 0)) as server, socket.create_connection(server.getsockname()) as client:
        port, client_port = server.getsockname()[1], client.getsockname()[1]
        accepted, _ = server.accept()
        with accepted:
            plain = objects(run("ports", str(port), "--json"))
            result = run("ports", str(port), "--connections", "--json")
            of_client = objects(run("ports", str(client_port), "--connections", "--json"))

    assert [record["kind"] for record in plain] == ["listener"]
    assert result.returncode == 0
    assert [record["kind"] for record in objects(result)] == ["listener", "connection", "connection"]
    ends = {(record["port"], record["remote_port"], record["pid"]) for record in objects(result)[1:]}
    assert ends == {(port, client_port, os.getpid()), (client_port, port, os.getpid())}
    assert len(of_client) == 2


@linux_only
def test_an_interface_restricts_connections_too() -> None:
    with socket.create_server(("127.0.0.1", 0)) as server, socket.create_connection(server.getsockname()):
        result = run("ports", str(server.getsockname()[1]), "--connections", "--interface", "lo", "--json")
    assert {record["kind"] for record in objects(result)} == {"listener", "connection"}


@linux_only
def test_details_say_why_the_owner_runs() -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = str(server.getsockname()[1])
        text = run("ports", port, "--details").stdout
        (_, details) = objects(run("ports", port, "--details", "--json"))

    assert (details["kind"], details["pid"], details["cwd"]) == ("process_details", os.getpid(), str(Path.cwd()))
    assert f"(PID {os.getpid()})" in text
    assert f"  folder      {Path.cwd()}\n" in text


@linux_only
def test_a_port_that_two_programs_hold_leads_to_who_answers_where() -> None:
    program = (
        "import socket, sys; s = socket.create_server(('127.0.0.2', int(sys.argv[1]))); print(flush=True); input()"
    )
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = str(server.getsockname()[1])
        alone = run("ports", port).stdout
        argv = [sys.executable, "-c", program, port]
        with subprocess.Popen(argv, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as other:
            assert other.stdout is not None
            other.stdout.readline()
            both = run("ports", port).stdout
            other.communicate("\n")
    assert f"lanscout answers {port}" in both
    told = next(line for line in both.splitlines() if line.startswith("Different programs hold port"))
    assert f"by {Path(sys.executable).name}" in told or "by pytest" in told
    for pid, address in ((os.getpid(), "127.0.0.1"), (other.pid, "127.0.0.2")):
        assert re.search(rf"\(PID {pid}(, command .*?)?\) on {re.escape(address)}\b", told)
    assert "lanscout answers" not in alone


@linux_only
def test_a_process_without_a_name_is_called_so_and_null_in_json() -> None:
    program = (
        "import ctypes, socket; ctypes.CDLL(None).prctl(15, b'', 0, 0, 0)\n"  # PR_SET_NAME
        "s = socket.create_server(('127.0.0.1', 0)); print(s.getsockname()[1], flush=True); input()"
    )
    with subprocess.Popen(
        [sys.executable, "-c", program], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as server:
        assert server.stdout is not None
        port = server.stdout.readline().strip()
        texts = [run(*words).stdout for words in (("ports", port, "--details"), ("answers", port), ("bind", port))]
        found = [
            record
            for words in (("ports", port, "--details"), ("answers", port))
            for record in objects(run(*words, "--json"))
            if record.get("pid") == server.pid or record["kind"] == "verdict"
        ]
        server.communicate("\n")
    for text in texts:
        assert f"unnamed process (PID {server.pid})" in text
        assert "hidden" not in text
    assert {record["kind"] for record in found} == {"listener", "process_details", "answer", "verdict"}
    assert all(record.get("process") is None for record in found)
    assert not [key for record in found for key, value in record.items() if value == ""]


@linux_only
def test_a_pool_is_one_row_with_all_its_workers() -> None:
    program = (
        "import os, socket; s = socket.create_server(('127.0.0.1', 0)); print(s.getsockname()[1], flush=True)\n"
        "import signal; signal.pthread_sigmask(signal.SIG_BLOCK, [signal.SIGTERM])\n"
        "children = []\n"
        "for _ in range(2):\n"
        "    pid = os.fork()\n"
        "    if not pid: signal.sigwait([signal.SIGTERM]); os._exit(0)\n"
        "    children.append(pid)\n"
        "print(*children, flush=True); input()\n"
        "for pid in children: os.kill(pid, signal.SIGTERM); os.waitpid(pid, 0)"
    )
    argv = [sys.executable, "-c", program]
    with subprocess.Popen(argv, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as pool:
        assert pool.stdout is not None
        port, children = pool.stdout.readline().strip(), pool.stdout.readline().split()
        short, full = run("ports", port).stdout, run("ports", port, "--details").stdout
        pool.communicate("\n")
    assert f"{pool.pid} +2" in short
    assert ", ".join((str(pool.pid), *children)) in full


@pytest.mark.parametrize("word", ["0", "65536", "http", "5000-5010", "-1"])
def test_what_is_no_port_is_wrong_use(word: str) -> None:
    result = run("ports", "--", word)
    assert result.returncode == 2
    assert f"{word} is not a port" in result.stderr


def test_the_text_of_details_leaves_out_what_is_not_known_and_hides_nothing() -> None:
    bare = process_text(ProcessDetails(pid=7, started=0.0, process="a\nb")).plain
    assert bare.splitlines()[0] == "a␊b (PID 7)"
    assert [line.split()[0] for line in bare.splitlines()[1:]] == ["started"]

    full = ProcessDetails(
        pid=7,
        started=0.0,
        process="docker-proxy",
        ancestors=(Ancestor(pid=5, process="dockerd"), Ancestor(pid=1, process="systemd")),
        repository="/src",
        branch="main",
        manager="systemd",
        unit="docker.service",
        container="shop-web-1",
        project="shop",
        end_refused="It only hands on.",
        missing_right="root",
    )
    text = process_text(full).plain
    assert "  parents     dockerd (5) ‹ systemd (1)\n" in text
    assert "  repository  /src on main\n" in text
    assert "  managed by  systemd: docker.service\n" in text
    assert "  container   shop-web-1 of compose project shop\n" in text
    assert "  not ended   It only hands on.\n" in text
    assert "  hidden      some of it; needed: root\n" in text
