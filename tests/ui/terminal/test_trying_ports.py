"""The verbs answers and bind: what they take, and what a person reads."""

from __future__ import annotations

import io
from typing import Literal

import click
import pytest
from rich.console import Console, RenderableType

from net.ports.records import Answer, Binding
from net.verdict import Verdict
from ui.terminal import commands
from ui.terminal.trying_ports import answers_table, bindings_table, bindings_text, split_endpoint, verdict_text


def printed(renderable: RenderableType) -> str:
    console = Console(file=io.StringIO(), width=160, highlight=False, markup=False)
    console.print(renderable)
    output = console.file
    assert isinstance(output, io.StringIO)
    return output.getvalue()


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("5000", (None, 5000)),
        ("*:5000", (None, 5000)),
        (":5000", (None, 5000)),
        ("127.0.0.1:53", ("127.0.0.1", 53)),
        ("[::1]:5000", ("::1", 5000)),
        ("[fe80::1%en0]:65535", ("fe80::1%en0", 65535)),
    ],
)
def test_address_and_port_are_taken_apart(text: str, expected: tuple[str | None, int]) -> None:
    assert split_endpoint(text) == expected


@pytest.mark.parametrize(
    "text", ["", "0", "65536", "http", "5000-5010", "5000:5010", "127.0.0.1:", "127.0.0.1:x", "-1", "٣"]
)
def test_what_is_no_port_is_wrong_use(text: str) -> None:
    with pytest.raises(click.UsageError, match="is not a port: ports are whole numbers from 1 to 65535"):
        split_endpoint(text)


@pytest.mark.parametrize("text", ["[::1]", "[::]", "[::1]5000", "[::]5000", "127.0.0.1", "[fe80::1%en0]80"])
def test_an_address_without_a_port_is_told_what_is_missing(text: str) -> None:
    with pytest.raises(click.UsageError, match=r"names an address without a port\. Write the port behind it"):
        split_endpoint(text)


def test_an_ipv6_address_needs_brackets() -> None:
    with pytest.raises(click.UsageError, match=r"Put the address in brackets, as in \[::1\]:5000"):
        split_endpoint("::1:5000")


@pytest.mark.parametrize("verb", ["answers", "bind"])
@pytest.mark.parametrize("port", ["0", "65536", "http", "5000-5010", "-1"])
def test_the_verbs_end_with_2_and_say_why(verb: str, port: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert commands.run([verb, port]) == 2
    assert f"{port} is not a port: ports are whole numbers from 1 to 65535. " in capsys.readouterr().err


def test_a_bind_to_what_is_no_address_ends_with_2(capsys: pytest.CaptureFixture[str]) -> None:
    assert commands.run(["bind", "localhost:5000"]) == 2
    message = capsys.readouterr().err
    assert "localhost is not an IP address. Give an address of this computer, such as 127.0.0.1:5000" in message


def test_a_bind_that_is_possible_ends_with_0_and_answers_of_nobody_with_1(capsys: pytest.CaptureFixture[str]) -> None:
    assert commands.run(["bind", "127.0.0.1:5998", "--json"]) == 0
    assert commands.run(["answers", "5998", "--json"]) == 1
    lines = capsys.readouterr().out.splitlines()
    assert '"kind":"binding"' in lines[0]
    assert '"kind":"verdict"' in lines[-1]
    assert all('"kind":"answer"' in line for line in lines[1:-1])


def test_each_answer_says_where_localhost_tries_it_and_what_was_said() -> None:
    refused = Answer(address="::1", port=5000, connected=False, errno=111, localhost=1)
    given = Answer(
        address="127.0.0.1",
        port=5000,
        connected=True,
        ms=0.42,
        pid=12,
        process="node",
        owner="probable",
        fingerprint="HTTP 200; X-Powered-By: Express",
        localhost=2,
    )
    first, second, third = printed(answers_table((refused, given))).splitlines()
    assert first.startswith("Address")
    assert "[::1]:5000" in second
    assert "tried first" in second
    assert "Connection refused (111)" in second
    for part in ("127.0.0.1:5000", "tried second", "connected in 0.4 ms", "node (probable)", "12", "Express"):
        assert part in third


def test_the_verdict_is_one_sentence_with_cause_remedies_and_what_localhost_means() -> None:
    verdict = Verdict(
        about="answers",
        subject="5000",
        code="answers_differ",
        text="localhost:5000 reaches ::1 first.",
        cause="Two listeners.",
        remedy=("Write 127.0.0.1.",),
        certainty="proven",
        evidence=("::1: refused.", "localhost resolves to ::1."),
    )
    assert printed(verdict_text(verdict)).splitlines()[1:] == [
        "localhost:5000 reaches ::1 first.  (proven)",
        "  cause   Two listeners.",
        "  remedy  Write 127.0.0.1.",
        "  seen    localhost resolves to ::1.",
    ]


def refused(address: str, stack: Literal["v4", "v6", "dual"], holder: str | None, why: str = "") -> Binding:
    where = f"[{address}]" if ":" in address else address
    return Binding(
        address=address,
        port=5000,
        protocol="tcp",
        stack=stack,
        possible=False,
        with_reuse=False,
        errno=98,
        reason=f"{where}:5000 is taken (98): {holder or why}.",
        remedy="Use another.",
        holder=holder,
    )


@pytest.mark.parametrize(
    ("holders", "said"),
    [
        (("a", "a", "a"), ("Port 5000 is taken (98): a.",)),
        (("a", "b", "a and b"), ("Port 5000 is taken (98): a and b.",)),
    ],
)
def test_what_all_stacks_meet_is_told_once(holders: tuple[str, str, str], said: tuple[str, ...]) -> None:
    four, six, both = holders
    found = (refused("0.0.0.0", "v4", four), refused("::", "v6", six), refused("::", "dual", both))
    assert bindings_text(found) == tuple(f"\n{text}\n  remedy  Use another." for text in said)


def test_a_stack_that_is_refused_for_another_reason_keeps_it() -> None:
    found = (
        refused("0.0.0.0", "v4", None, "TIME_WAIT"),
        refused("::", "v6", "b"),
        refused("::", "dual", "b"),
    )
    first, second = bindings_text(found)
    assert "TIME_WAIT" in first
    assert second.startswith("\nPort 5000 is taken (98): b.")


def test_a_reason_that_holds_for_several_ways_is_told_once_with_the_free_port() -> None:
    four = Binding(
        address="0.0.0.0",
        port=5000,
        protocol="tcp",
        stack="v4",
        possible=False,
        with_reuse=False,
        errno=98,
        reason="It is taken.",
        remedy="Use another.",
        holder="node (PID 12) at 0.0.0.0",
        free=5001,
        free_caveat="Its range is lent.",
    )
    six = Binding(address="::", port=5000, protocol="tcp", stack="v6", possible=True, with_reuse=True, caveat="Beware.")
    table = printed(bindings_table((four, six)))
    assert "no (98)" in table
    assert "node (PID 12) at 0.0.0.0" in table
    assert bindings_text((four, four, six)) == (
        "\nIt is taken.\n  remedy  Use another.",
        "\nBeware.",
        "\nThe nearest port that can be bound is 5001. Its range is lent.",
    )
