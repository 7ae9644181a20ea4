"""Who answers at a port on each address of a host, and what localhost means there."""

from __future__ import annotations

import json
import sys
from pathlib import Path

import pytest

from tests.lab import Host, JsonRecord, Lab
from tests.lab.host import LANSCOUT
from tests.lab.peers import airplay, tcp_listener, web_server

PORT = 5000
BOTH = "127.0.0.1 localhost\n::1 localhost\n"
ACCEPTED_BY_A_CHILD = f"""
import os, signal, socket
server = socket.create_server(("127.0.0.1", {PORT}))
child = os.fork()
if child:
    print("child", child, flush=True)
    signal.pause()
kept = []
while True:
    kept.append(server.accept())
"""
WITH_HOSTS = ["unshare", "--mount", "sh", "-c", 'mount --bind "$0" /etc/hosts && exec "$@"']


@pytest.fixture
def hosts(tmp_path: Path) -> Path:
    """A hosts file as on a Mac, where localhost is of both families."""
    file = tmp_path / "hosts"
    file.write_text(BOTH)
    return file


def asked(host: Host, hosts: Path, *words: str) -> list[JsonRecord]:
    """``lanscout WORDS --json`` on a host with that hosts file."""
    result = host.run([*WITH_HOSTS, str(hosts), *LANSCOUT, *words, "--json"], check=False)
    assert result.returncode == 0, result.stderr
    return [json.loads(line) for line in result.stdout.splitlines()]


def by_address(records: list[JsonRecord]) -> dict[str, JsonRecord]:
    return {each["address"]: each for each in records if each["kind"] == "answer"}


def own_v4(host: Host) -> list[str]:
    """The host's IPv4 addresses but 127.0.0.1, tunnels' among them."""
    faces = host.lanscout("interfaces")
    found = [each["address"] for face in faces for each in face["addresses"] if "." in each["address"]]
    return [address for address in found if address != "127.0.0.1"]


def verdict_of(records: list[JsonRecord]) -> JsonRecord:
    assert records[-1]["kind"] == "verdict"
    return records[-1]


def test_airplay_beside_a_server_on_127_0_0_1_is_named_with_what_localhost_reaches(
    lab: Lab, hosts: Path, tmp_path: Path
) -> None:
    """The pattern of a Mac; Linux refuses 0.0.0.0 beside 127.0.0.1, so the LAN's addresses stand for it."""
    own = own_v4(lab.alpha)
    with (
        airplay(lab.alpha, PORT, "::", *own) as receiver,
        web_server(lab.alpha, "127.0.0.1", PORT, tmp_path) as server,
    ):
        records = asked(lab.alpha, hosts, "answers", str(PORT))
        listed = {(each["address"], each["pid"]) for each in lab.alpha.lanscout("ports", str(PORT))}
    found = by_address(records)
    assert set(found) >= {"127.0.0.1", "::1", *own}
    mine = found.pop("127.0.0.1")
    assert (mine["pid"], mine["owner"], mine["status"]) == (server.pid, "proved", 200)
    assert mine["identity"] == "Python's http.server"
    for answer in found.values():
        assert (answer["pid"], answer["owner"], answer["status"]) == (receiver.pid, "proved", 403), answer
        assert answer["identity"] == "AirPlay Receiver"
        assert "Server: AirTunes/860.7.1" in answer["fingerprint"]
    assert (found["::1"]["localhost"], mine["localhost"]) == (1, 2)
    verdict = verdict_of(records)
    assert verdict["text"] == (
        f"localhost:5000 reaches ::1 first, where {found['::1']['process']} (PID {receiver.pid}; it answers like "
        f"AirPlay: Server: AirTunes/860.7.1) answers; {mine['process']} (PID {server.pid}) answers at 127.0.0.1 only."
    )
    assert verdict["certainty"] == "proven"
    assert "http://127.0.0.1:5000/" in verdict["remedy"][0]
    assert any("shairport-sync" in remedy for remedy in verdict["remedy"])
    assert "System Settings" not in json.dumps(verdict), "that is a Mac's"
    assert listed == {("127.0.0.1", server.pid), ("::", receiver.pid), *((each, receiver.pid) for each in own)}


def test_two_plain_servers_on_the_port_are_kept_apart_and_neither_is_called_airplay(
    lab: Lab, hosts: Path, tmp_path: Path
) -> None:
    own = own_v4(lab.alpha)
    with (
        web_server(lab.alpha, "0.0.0.0", PORT, tmp_path) as four,
        web_server(lab.alpha, "::1", PORT, tmp_path) as six,
    ):
        records = asked(lab.alpha, hosts, "answers", str(PORT))
    found = by_address(records)
    assert {address: found[address]["pid"] for address in ("127.0.0.1", "::1", *own)} == {
        "127.0.0.1": four.pid,
        "::1": six.pid,
        **dict.fromkeys(own, four.pid),
    }
    process = found["::1"]["process"]
    everywhere = f"127.0.0.1, {own[0]}, {own[1]} and {len(own) - 2} other addresses"
    verdict = verdict_of(records)
    assert verdict["text"] == (
        f"localhost:5000 reaches ::1 first, where {process} (PID {six.pid}) answers; "
        f"{process} (PID {four.pid}) answers at {everywhere}."
    )
    assert "AirPlay" not in json.dumps(records)


def test_airplay_on_0_0_0_0_against_a_server_on_the_ipv6_loopback(lab: Lab, hosts: Path, tmp_path: Path) -> None:
    with airplay(lab.alpha, PORT, "0.0.0.0"), web_server(lab.alpha, "::1", PORT, tmp_path) as server:
        records = asked(lab.alpha, hosts, "answers", str(PORT))
    text = verdict_of(records)["text"]
    assert text.startswith("localhost:5000 reaches ::1 first, where python")
    assert f"(PID {server.pid}) answers; " in text
    assert "; it answers like AirPlay: Server: AirTunes/860.7.1) answers at 127.0.0.1, " in text
    assert "http://[::1]:5000/" in verdict_of(records)["remedy"][0]


def test_one_server_on_127_0_0_1_is_missed_by_what_tries_only_the_first_address(
    lab: Lab, hosts: Path, tmp_path: Path
) -> None:
    with web_server(lab.beta, "127.0.0.1", PORT, tmp_path) as server:
        records = asked(lab.beta, hosts, "answers", str(PORT))
        again = lab.beta.run([*LANSCOUT, "answers", str(PORT)])
    verdict = verdict_of(records)
    assert verdict["text"].startswith("localhost:5000 tries ::1 first, where nothing answers; python")
    assert verdict["text"].endswith(f"(PID {server.pid}) answers at 127.0.0.1.")
    refused = [answer for answer in by_address(records).values() if not answer["connected"]]
    assert {answer["errno"] for answer in refused} == {111}
    assert "Python's http.server" not in again.stderr
    assert f"(PID {server.pid})" in again.stdout


def test_a_server_that_forks_for_each_connection_is_one_program(lab: Lab, hosts: Path) -> None:
    with tcp_listener(lab.alpha, "0.0.0.0", PORT):
        records = asked(lab.alpha, hosts, "answers", str(PORT))
    answer = by_address(records)["127.0.0.1"]
    assert (answer["process"], answer["owner"], answer["fingerprint"]) == (
        "socat",
        "proved",
        "an echo of what was sent",
    )
    assert verdict_of(records)["code"] in ("answers_some", "answers_localhost_silent")


def test_a_worker_that_accepts_for_its_parent_is_who_answers(lab: Lab, hosts: Path) -> None:
    with lab.alpha.start([sys.executable, "-c", ACCEPTED_BY_A_CHILD]) as parent:
        child = int(parent.wait_for(r"child (\d+)")[1])
        records = asked(lab.alpha, hosts, "answers", str(PORT))
    answer = by_address(records)["127.0.0.1"]
    assert (answer["pid"], answer["owner"]) == (child, "proved")


def test_an_ordinary_user_is_told_what_is_only_likely(lab: Lab, hosts: Path, tmp_path: Path) -> None:
    words = ["setpriv", "--reuid=65534", "--regid=65534", "--clear-groups", *LANSCOUT, "answers", str(PORT), "--json"]
    with web_server(lab.alpha, "127.0.0.1", PORT, tmp_path):
        result = lab.alpha.run([*WITH_HOSTS, str(hosts), *words])
    records = [json.loads(line) for line in result.stdout.splitlines()]
    assert by_address(records)["127.0.0.1"]["owner"] in ("probable", "hidden")
    assert verdict_of(records)["certainty"] == "likely"


def test_an_ordinary_user_is_not_told_that_two_servers_are_one(lab: Lab, hosts: Path, tmp_path: Path) -> None:
    words = ["setpriv", "--reuid=65534", "--regid=65534", "--clear-groups", *LANSCOUT, "answers", str(PORT), "--json"]
    with web_server(lab.alpha, "127.0.0.1", PORT, tmp_path), web_server(lab.alpha, "::1", PORT, tmp_path):
        result = lab.alpha.run([*WITH_HOSTS, str(hosts), *words])
    records = [json.loads(line) for line in result.stdout.splitlines()]
    assert by_address(records)["::1"]["fingerprint"] == by_address(records)["127.0.0.1"]["fingerprint"]
    assert (verdict_of(records)["code"], verdict_of(records)["certainty"]) == ("answers_perhaps_two", "possible")


def test_nothing_that_answers_is_exit_code_1_with_a_verdict(lab: Lab) -> None:
    result = lab.beta.run([*LANSCOUT, "answers", str(PORT), "--json"], check=False)
    assert result.returncode == 1
    records = [json.loads(line) for line in result.stdout.splitlines()]
    assert verdict_of(records)["text"] == "Nothing answers on port 5000 at any address of this computer."
    assert {answer["connected"] for answer in by_address(records).values()} == {False}
