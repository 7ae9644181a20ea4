"""Tests of the terminal's verbs as a person or a script meets them: output, messages and exit codes."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from tests.lab import JsonRecord

CHECKOUT = Path(__file__).resolve().parents[3]


def _run(*words: str, environment: dict[str, str] | None = None) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "main.py", *words],
        cwd=CHECKOUT,
        capture_output=True,
        text=True,
        encoding="utf-8",
        timeout=60,
        check=False,
        stdin=subprocess.DEVNULL,
        env={"PATH": "/usr/bin:/bin:/usr/sbin:/sbin", "LC_ALL": "C.UTF-8", **(environment or {})},
    )


def _objects(result: subprocess.CompletedProcess[str]) -> list[JsonRecord]:
    return [json.loads(line) for line in result.stdout.splitlines()]


def test_json_is_one_object_a_line_with_its_kind_and_nothing_else() -> None:
    result = _run("interfaces", "--json")
    assert result.returncode == 0
    assert {each["kind"] for each in _objects(result)} == {"interface"}
    assert result.stderr == ""
    assert {
        "name",
        "index",
        "type",
        "meaning",
        "up",
        "running",
        "multicast",
        "point_to_point",
        "mtu",
        "speed_mbps",
    } <= set(_objects(result)[0])
    assert {"mac", "addresses", "gateways", "default_v4", "default_v6", "rx_bytes", "tx_bytes"} <= set(
        _objects(result)[0]
    )


def test_people_get_a_table_without_colour_where_there_is_no_terminal() -> None:
    result = _run("interfaces")
    assert result.stdout.startswith("Interface")
    assert "\x1b" not in result.stdout


@pytest.mark.parametrize(
    ("words", "code", "says"),
    [
        (("interfaces", "--interface", "en77"), 2, "There is no interface en77 here. The interfaces are: "),
        (("groups", "--interface", "en77"), 2, "no interface en77"),
        (("services", "--interface", "en77"), 2, "no interface en77"),
        (("services", "not a type"), 2, "not a type"),
        (("route", "300.1.2.3"), 2, "300.1.2.3 is neither an IP address"),
        (("route", "nowhere.invalid"), 2, "nowhere.invalid has no address to look a route up for"),
        (("listen", "224.0.0.251"), 2, "224.0.0.251 names no port"),
        (("listen", "192.168.1.1:5000", "--interface", "lo"), 2, "192.168.1.1 is not a multicast address"),
        (("listen", "224.0.0.251:70000", "--interface", "lo"), 2, "70000 is not a port"),
        (("send", "224.0.0.251:5000", "--hex", "xyz"), 2, "xyz is not a sequence of hexadecimal bytes"),
        (("send", "[ff02::1]:5000"), 2, "no interface was chosen"),
        (("ports", "65536"), 2, "65536 is not a port: "),
        (("ports", "0"), 2, "0 is not a port: "),
        (("ports", "http"), 2, "http is not a port: "),
        (("frobnicate",), 2, "frobnicate"),
        (("interfaces", "--on", "mars"), 2, "mars is not a place to look from"),
        (("interfaces", "--on", "netns:no-such-host"), 3, "No probe could be started at netns:no-such-host"),
    ],
)
def test_what_cannot_be_answered_is_told_on_stderr_with_the_exit_code(
    words: tuple[str, ...], code: int, says: str
) -> None:
    result = _run(*words)
    assert result.returncode == code
    assert says in result.stderr
    assert "Traceback" not in result.stderr
    assert result.stdout == ""


def test_nothing_found_is_exit_code_1() -> None:
    result = _run("ports", "64999", "--json")
    assert (result.returncode, result.stdout) == (1, "")


def test_a_listen_in_which_nothing_arrives_is_exit_code_1_and_has_its_summary() -> None:
    result = _run("listen", "239.9.9.9:64998", "--interface", "lo", "--seconds", "0.3", "--json")
    objects = _objects(result)
    assert result.returncode == 1
    assert objects[0]["kind"] == "joined"
    assert (objects[-1]["kind"], objects[-1]["received"]) == ("summary", 0)


def test_a_listen_waits_for_exactly_count_and_a_send_reports_what_left() -> None:
    listening = subprocess.Popen(
        [sys.executable, "main.py", "listen", "239.9.9.9:64997", "--interface", "lo", "--count", "2", "--json"],
        cwd=CHECKOUT,
        stdout=subprocess.PIPE,
        text=True,
    )
    assert listening.stdout is not None
    with listening.stdout as lines:
        assert json.loads(lines.readline())["kind"] == "joined"
        sent = _run(
            "send",
            "239.9.9.9:64997",
            "--interface",
            "lo",
            "--count",
            "2",
            "--interval-ms",
            "1",
            "--hex",
            "00ff",
            "--json",
        )
        rest = [json.loads(line) for line in lines]
    assert listening.wait(10) == 0
    assert [each["payload_hex"] for each in rest if each["kind"] == "datagram"] == ["00ff", "00ff"]
    (summary,) = _objects(sent)
    assert (summary["sent"], summary["bytes"], summary["interface"]) == (2, 4, "lo")
    assert [problem["code"] for problem in summary["problems"]] == ["sent_by_loopback"]


def test_no_verb_and_no_display_prints_the_overview_and_says_why() -> None:
    result = _run(environment={"QT_QPA_PLATFORM": ""})
    assert result.returncode == 0
    assert "neither DISPLAY nor WAYLAND_DISPLAY is set" in result.stderr
    for title in ("Interfaces", "Bonjour services", "Listening ports", "Findings"):
        assert f"\n{title}\n" in result.stdout


def test_a_display_that_does_not_answer_is_no_display() -> None:
    result = _run(environment={"DISPLAY": ":4711"})
    assert result.returncode == 0
    assert "4711" in result.stderr


@pytest.mark.parametrize(("place", "code"), [("netns:no-such-host", 3), ("mars", 2)])
def test_an_overview_of_nowhere_is_refused_once(place: str, code: int) -> None:
    result = _run("--on", place)
    assert (result.returncode, result.stdout) == (code, "")
    assert result.stderr.count(place) == 1


def test_options_before_the_verb_hold_for_it() -> None:
    assert _run("--on", "netns:no-such-host", "interfaces").returncode == 3
    assert _objects(_run("--json", "interfaces"))[0]["kind"] == "interface"


@pytest.mark.parametrize("words", [("interfaces",), ("interfaces", "--json")])
def test_output_that_cannot_be_written_is_told_without_a_traceback(words: tuple[str, ...]) -> None:
    with Path("/dev/full").open("w") as full:
        result = subprocess.run(
            [sys.executable, "main.py", *words],
            cwd=CHECKOUT,
            stdout=full,
            stderr=subprocess.PIPE,
            text=True,
            check=False,
        )
    assert result.returncode == 3
    assert result.stderr == (
        "The output could not be written: No space left on device. Free space where it goes, or write elsewhere.\n"
    )


@pytest.mark.parametrize("json_or_not", ["", " --json"])
def test_a_listen_whose_reader_goes_away_ends_quietly(json_or_not: str) -> None:
    listen = f"{sys.executable} main.py listen 239.9.9.9:64996 --interface lo{json_or_not}"
    send = f"{sys.executable} main.py send 239.9.9.9:64996 --interface lo --count 30 --interval-ms 50"
    result = subprocess.run(
        ["bash", "-c", f"{listen} | head -n 1 >&2 & sleep 1; {send} >/dev/null; wait"],
        cwd=CHECKOUT,
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )
    assert "Traceback" not in result.stderr
    assert "never retrieved" not in result.stderr


def test_the_version_is_told() -> None:
    assert _run("--version").stdout.startswith("lanscout")


def test_whoever_stops_reading_causes_no_traceback() -> None:
    result = subprocess.run(
        ["bash", "-c", f"{sys.executable} main.py interfaces | head -c 10"],
        cwd=CHECKOUT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert result.stderr == ""


@pytest.mark.parametrize("number", ["nan", "inf"])
@pytest.mark.parametrize("option", ["--rate-pps", "--rate-bps", "--interval-ms", "--seconds"])
def test_a_time_or_a_rate_that_is_no_number_is_wrong_use(option: str, number: str) -> None:
    result = _run("send", "239.1.1.1:5000", option, number)
    assert (result.returncode, result.stdout) == (2, "")
    assert option in result.stderr


def test_no_verb_takes_numbers_that_are_none() -> None:
    terminal = CHECKOUT / "ui" / "terminal"
    assert [path.name for path in terminal.glob("*.py") if "click.FloatRange(" in path.read_text()] == []
