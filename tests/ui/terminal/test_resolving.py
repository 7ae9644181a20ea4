"""What ``resolve`` prints for people: servers, the matrix, the system's own answer and the verdict."""

from __future__ import annotations

from typing import Any

import pytest
from rich.console import Console

from net.problems import make_problem
from net.resolvers.records import Resolution, Resolver, SystemResolution
from net.verdict import Verdict
from ui.terminal.resolving import cell_text, matrix_table, resolvers_table, system_text, verdict_text


def cell(transport: str, **more: Any) -> Resolution:
    facts: dict[str, Any] = {
        "name": "a.test", "server": "192.168.1.20", "port": 53, "transport": transport, "path": "default",
        "interface": "en0", "tries": 5, "answered": 5, "ok": True, "rcode": "NOERROR", "ms": 3.2,
        "addresses": ("10.0.0.7",),
    }  # fmt: skip
    return Resolution(**(facts | more))


def printed(thing: Any, width: int = 100) -> list[str]:
    """Its lines as a terminal of that width has them, without the blanks at their ends."""
    console = Console(width=width, color_system=None, force_terminal=False)
    with console.capture() as capture:
        console.print(thing)
    return [line.rstrip() for line in capture.get().splitlines()]


def test_a_server_has_a_row_for_each_path_and_a_column_for_each_transport() -> None:
    cells = [
        cell("tcp", path="bound", interface="utun3", ms=9.0),
        cell("udp"), cell("udp_large", ms=4.0), cell("tcp", ms=5.5),
        cell("udp", path="bound", interface="utun3", answered=0, ok=False, rcode=None, ms=None, addresses=()),
    ]  # fmt: skip
    heads, routed, bound = printed(matrix_table(cells))
    assert heads.split() == ["Server", "Path", "UDP", "UDP,", "large", "TCP", "Answer"]
    assert [part.strip() for part in routed.split("  ") if part.strip()] == [
        "192.168.1.20", "as routed (en0)", "NOERROR 3.2 ms", "NOERROR 4 ms", "NOERROR 5.5 ms", "10.0.0.7",
    ]  # fmt: skip
    assert [part.strip() for part in bound.split("  ") if part.strip()] == [
        "192.168.1.20", "bound to utun3", "silence", "–", "NOERROR 9 ms", "10.0.0.7",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("facts", "text"),
    [
        ({}, "NOERROR 3.2 ms"),
        ({"truncated": True}, "NOERROR 3.2 ms, cut (TC)"),
        ({"rcode": "SERVFAIL", "ok": False}, "SERVFAIL 3.2 ms"),
        ({"answered": 3}, "3 of 5"),
        ({"answered": 0}, "silence"),
        ({"answered": 0, "errno": 111}, "refused (111)"),
        ({"answered": 0, "errno": 104, "transport": "tcp"}, "reset (104)"),
        ({"answered": 0, "errno": 1}, "not let out (1)"),
        ({"answered": 0, "errno": 101}, "no way (101)"),
        ({"answered": 0, "errno": 113}, "unreachable (113)"),
        ({"answered": 0, "errno": 22, "server": "fe80::1"}, "no zone (22)"),
        ({"answered": 0, "errno": 22}, "failed (22)"),
        ({"answered": 0, "malformed": 5}, "no DNS"),
        ({"answered": 0, "unexpected_source": "10.0.0.9"}, "10.0.0.9 instead"),
    ],
)
def test_a_cell_says_in_a_word_or_two_what_came(facts: dict[str, Any], text: str) -> None:
    assert cell_text(cell(**({"transport": "udp"} | facts))).plain == text


def test_another_port_is_said_and_53_is_not() -> None:
    lines = printed(matrix_table([cell("udp", port=5353), cell("udp")]))
    assert [line.split()[0] for line in lines[1:]] == ["192.168.1.20", "192.168.1.20:5353"]


def test_the_servers_of_the_system_are_said_with_names_and_interface() -> None:
    servers = [
        Resolver(server="10.8.0.1", interface="utun3", scope="supplemental", domains=("corp.test",), order=0,
                 source="scutil --dns"),
        Resolver(server="192.168.1.1", scope="default", order=1, source="/etc/resolv.conf"),
    ]  # fmt: skip
    _, first, second = printed(resolvers_table(servers))
    assert first.split() == ["10.8.0.1", "utun3", "supplemental", "corp.test", "scutil", "--dns"]
    assert second.split() == ["192.168.1.1", "–", "default", "all", "/etc/resolv.conf"]


def test_the_systems_own_answer_stands_beside_it() -> None:
    assert system_text(SystemResolution(name="a.test", ok=True, addresses=("10.0.0.7", "::7"), ms=12.0)).plain == (
        "getaddrinfo: 10.0.0.7, ::7 (12 ms)"
    )
    problem = make_problem("resolve_system_failed", "a.test", evidence="EAI_NONAME, Name or service not known")
    failed = SystemResolution(name="a.test", ok=False, error="EAI_NONAME", problem=problem)
    assert system_text(failed).plain.endswith("EAI_NONAME, Name or service not known.")


def test_a_verdict_names_each_label_once_and_hides_no_control_characters() -> None:
    verdict = Verdict(
        about="resolve", code="resolve_udp_filtered", subject="a", certainty="likely", text="UDP is \x1b[31mfiltered.",
        cause="A firewall.", evidence=("silence by UDP", "answers by TCP"), remedy=("Open it.", "Ask by TCP."),
    )  # fmt: skip
    lines = [line for line in printed(verdict_text(verdict)) if line]
    assert lines[0].endswith("filtered.  (likely)")
    assert "\x1b" not in lines[0]
    assert lines[1:] == [
        "  cause   A firewall.",
        "  seen    silence by UDP",
        "          answers by TCP",
        "  remedy  Open it.",
        "          Ask by TCP.",
    ]


def test_a_narrow_terminal_loses_no_cell() -> None:
    told = " ".join(printed(matrix_table([cell("udp"), cell("udp_large"), cell("tcp")]), width=60))
    for word in ("192.168.1.20", "NOERROR", "10.0.0.7"):
        assert word in told
