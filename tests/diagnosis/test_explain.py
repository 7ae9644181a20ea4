"""Tests of diagnosis.explain: every known error is found by its own text, and what is not known is said."""

from __future__ import annotations

import asyncio
import time

import pytest

from diagnosis.explain import LINE_READ, LINES_KEPT, LINES_READ, UNKNOWN_KEPT, explain, match
from diagnosis.records import Explained, Explanation
from diagnosis.requests import TEXT_LIMIT, ExplainRequest
from net.problems import ProblemError
from net.records import Record
from net.tasks import start, stop
from probe.messages import LINE_LIMIT, encode_ask
from resources.loader import KnownErrorRow, known_errors

REPORTED = {
    "nw_browser_fail_on_dns_error_locked [B1] DNSServiceBrowse failed: NoAuth(-65555)": "dns-sd-65555-noauth",
    "PolicyDenied(-65570)": "dns-sd-65570-policydenied",
    "ControlCe 615 ann 9u IPv4 0x1 0t0 TCP *:commplex-main (LISTEN)": "controlce-commplex-main",
    "HTTP/1.1 403 Forbidden Server: AirTunes/775.3.1": "airtunes-403",
    "Error: listen EACCES: permission denied 127.0.0.1:53": "bind-privileged-port",
    "errno 48": "errno-eaddrinuse-48-macos",
    "[Errno 98] Address already in use": "errno-eaddrinuse-98-linux",
    "errno 49": "errno-eaddrnotavail-49-macos",
    "errno 51": "errno-enetunreach-51-macos",
    "errno 65": "errno-ehostunreach-65-macos",
    "errno 113": "errno-ehostunreach-113-linux",
    "WinError 10013": "windows-10013-wsaeacces",
    "res_h_errno 2": "h-errno-2-try-again",
    "No matching profile found": "amfi-413-no-matching-profile",
    "OSSystemExtensionErrorDomain error 8": "system-extension-8-codesignatureinvalid",
    "NERelayErrorDomain Code=3": "nerelay-3-configurationstale",
    "NEHotspotConfigurationErrorDomain code 11": "ne-hotspot-11-unknown",
    "getsockopt(fd, SOL_SOCKET, LOCAL_PEERCRED) succeeds": "local-peercred-level",
    "Error: listen EACCES: permission denied 0.0.0.0:3000": "bind-denied-high-port",
    "listen tcp :8080: bind: permission denied": "bind-denied-high-port",
    "Error: listen EACCES: permission denied 0.0.0.0:80": "bind-privileged-port",
    "4 socket filters attached": "socket-filters-attached",
    "OS Error 0x02000065: Network is unreachable": "errno-enetunreach-text",
    "ping: sendto: No route to host": "errno-ehostunreach-text",
    ";; connection timed out; no servers could be reached": "dig-no-servers",
    "(Network.NWError error 0 - No route to host)": "errno-ehostunreach-text",
    "java.net.SocketTimeoutException: connect timed out": "errno-etimedout-text",
    "pfctl: Use of -f option, could result in flushing of rules present in the main ruleset": "pf-flush-warning",
}
"""Lines of real reports and the row each must lead to."""


async def explained(text: str) -> tuple[list[Explanation], Explained]:
    """The newest state of each explanation, and the end."""
    records: list[Record] = [record async for batch in explain(ExplainRequest(text=text)) for record in batch]
    found = {record.id: record for record in records if isinstance(record, Explanation)}
    ended = [record for record in records if isinstance(record, Explained)]
    assert records[-1] is ended[0]
    assert len(ended) == 1
    return list(found.values()), ended[0]


@pytest.mark.parametrize("row", known_errors(), ids=lambda row: row.id)
def test_a_row_matches_its_example_and_no_other_row_does(row: KnownErrorRow) -> None:
    assert [(each.row.id, each.how) for each in match(row.example)] == [(row.id, "text")]


@pytest.mark.parametrize("row", known_errors(), ids=lambda row: row.id)
def test_no_name_of_a_row_is_unknown(row: KnownErrorRow) -> None:
    assert [name for name in row.names if not match(name)] == []


@pytest.mark.parametrize(("line", "expected"), REPORTED.items())
def test_the_lines_of_real_reports_are_explained(line: str, expected: str) -> None:
    assert [each.row.id for each in match(line)] == [expected]


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("-413", {"amfi-413-no-matching-profile"}),
        ("AMFI -413", {"amfi-413-no-matching-profile"}),
        ("permission denied 13", {"errno-eacces-13"}),
        ("code 48", {"errno-eaddrinuse-48-macos"}),
        ("65", {"errno-ehostunreach-65-macos"}),
    ],
)
def test_a_number_alone_is_looked_up_and_said_to_be_only_that(line: str, expected: set[str]) -> None:
    found = match(line)
    assert {each.how for each in found} == {"number"}
    assert expected <= {each.row.id for each in found}


def test_a_number_that_several_domains_use_leads_to_all_of_them() -> None:
    domains = {each.row.domain for each in match("13")}
    assert {"errno", "system-extension", "ne-vpn"} <= domains


NOTHING = """\
port 5000
all is well
192.168.1.13
10:14:13
exit code 1
pid 49 done
process exited with status 13
(4) Wi-Fi
1 extension(s)
Hardware Port: Thunderbolt 1
DNS Servers . . . : fec0:0:0:ffff::1%1
65 route domain sockets allocated since boot
Loaded dnssd plugin 1
systemd[1]: Started Avahi mDNS/DNS-SD Stack.
HTTP error 403 Forbidden
Got "403 Forbidden" from https://api.github.com
errno 2
Windows build 10049 installed
a long line that has no error in it but ends with one number, namely 13"""
"""Lines of real logs and commands whose numbers are no errors."""


@pytest.mark.parametrize("line", NOTHING.splitlines())
def test_a_line_without_a_known_error_leads_to_nothing(line: str) -> None:
    assert match(line) == ()


async def test_many_lines_are_each_matched_and_alike_ones_counted() -> None:
    found, ended = await explained("start\r\nPolicyDenied(-65570)\n\nNoAuth(-65555)\nPolicyDenied(-65570) again\nend")
    assert [(each.id, each.lines, each.count) for each in found] == [
        ("dns-sd-65570-policydenied", (2, 5), 2),
        ("dns-sd-65555-noauth", (4,), 1),
    ]
    assert found[0].matched == "PolicyDenied(-65570)"
    assert found[0].causes != found[1].causes
    assert (ended.lines, ended.known, ended.unknown) == (5, 3, ("start", "end"))


async def test_long_texts_and_lines_are_capped_and_it_is_said() -> None:
    text = "\n".join(["x" * LINE_READ + "errno 48", *["errno 48"] * LINES_READ])
    found, ended = await explained(text)
    assert (ended.left_out, ended.cut, ended.known) == (1, 1, LINES_READ - 1)
    assert found[0].count == LINES_READ - 1
    assert len(found[0].lines) == LINES_KEPT


async def test_unknown_lines_are_kept_up_to_a_bound_and_made_visible() -> None:
    found, ended = await explained("\n".join(["evil \x1b[31m\u202e" + "x" * 9999] * 30))
    assert not found
    assert len(ended.unknown) == UNKNOWN_KEPT
    assert all("\x1b" not in line and "\u202e" not in line and len(line) <= 300 for line in ended.unknown)


@pytest.mark.parametrize("piece", ["a", " ", "(", "1", "error code 1 ", "-65555", "Error Domain=NE", "[1: ", "\x00"])
def test_no_line_makes_a_pattern_run_away(piece: str) -> None:
    line = (piece * LINE_READ)[:LINE_READ]
    began = time.process_time()
    match(line)
    assert time.process_time() - began < 1  # seconds of CPU; a runaway takes minutes


@pytest.mark.parametrize("text", ["", " \n\t\r\n "])
async def test_an_empty_text_is_refused(text: str) -> None:
    with pytest.raises(ProblemError) as failure:
        await anext(explain(ExplainRequest(text=text)))
    assert failure.value.problem.code == "explain_empty"


async def test_others_have_their_turn_between_lines() -> None:
    turns = 0

    async def other() -> None:
        nonlocal turns
        while True:
            turns += 1
            await asyncio.sleep(0)

    task = start(other(), "other")
    await explained("\n".join(["nothing known"] * 20))
    await stop(task)
    assert turns >= 20


def test_the_longest_text_fits_in_one_line_to_the_probe() -> None:
    assert len(encode_ask(1, "diagnosis.explain", ExplainRequest(text="\x00" * TEXT_LIMIT))) < LINE_LIMIT
