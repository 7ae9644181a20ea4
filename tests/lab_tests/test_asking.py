"""Questions asked by hand on two LANs with real avahi-daemons: who answered where and when, and what is still alive."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.lab import Advertised, Avahi, Host, JsonRecord, Lab

LAN_1 = Advertised(name="Dr. Web", type="_http._tcp", port=81, txt=("path=/",))
LAN_2 = Advertised(name="on LAN 2", type="_http._tcp", port=82)
BETA = {"192.168.1.20", "fd66:1::20"}
DELTA = {"10.66.0.2", "fd66:2::2"}
ATTEMPTS = 4
NAME = "Dr\\. Web._http._tcp.local."


@pytest.fixture(scope="module")
def lans(lab: Lab) -> Iterator[Lab]:
    """A responder on each LAN, and one on alpha itself that holds port 5353 there."""
    with Avahi(lab, lab.alpha), Avahi(lab, lab.beta, [LAN_1]), Avahi(lab, lab.delta, [LAN_2]):
        yield lab


def ask(host: Host, *words: str) -> tuple[list[JsonRecord], JsonRecord]:
    """The first answer of each address, since a later one may be an announcement that was due anyway; the summary."""
    records = host.lanscout("ask", *words)
    first: dict[tuple[str, bool], JsonRecord] = {}
    for each in records:
        if each["kind"] == "mdns_answer":
            first.setdefault((each["source"], each["unicast"]), each)
    return list(first.values()), records[-1]


@pytest.mark.parametrize("way", ["qm", "qu", "legacy"])
def test_each_interface_is_answered_by_its_own_lan(lans: Lab, way: str) -> None:
    option = () if way == "qm" else (f"--{way}",)
    for interface, responders, name in (("en0", BETA, "Dr\\. Web"), ("en5", DELTA, "on LAN 2")):
        # avahi is silent about what it announced half a second ago, and announces for some seconds.
        for _ in range(ATTEMPTS):
            answers, summary = ask(lans.alpha, "_http._tcp", *option, "--interface", interface)
            if {each["source"] for each in answers} == responders:
                break
        assert {each["source"] for each in answers} == responders
        assert {each["interface"] for each in answers} == {interface}
        assert {each["records"][0]["data"] for each in answers} == {f"{name}._http._tcp.local."}
        assert all(0 < each["ms"] < 500 and each["ip_ttl"] == 255 for each in answers)
        assert (summary["mode"], summary["sent"], summary["interfaces"]) == (way, 2, [interface])
        assert set(summary["responders"]) == responders
        if way == "legacy":
            assert all(each["unicast"] and each["records"][0]["ttl"] <= 10 for each in answers)
        if way == "qm":
            assert {each["timing"] for each in answers} == {"in_time"}, "avahi keeps to 20 to 120 ms"
            assert all(each["ms"] >= 20 for each in answers)
        else:
            assert {each["timing"] for each in answers} == {"not_judged"}


def test_a_unicast_answer_reaches_us_beside_a_responder_that_holds_the_port(lans: Lab) -> None:
    """avahi sends such an answer only where it would hold a multicast one back; our own publisher as the RFC has it."""
    with lans.gamma.lanscout_process("publish", "quick", "_ssh._tcp", "22") as publisher:
        publisher.record("published", state="announced")
        answers, _ = ask(lans.alpha, "quick._ssh._tcp", "SRV", "--qu", "--interface", "en0", "--seconds", "1")
    assert {(each["source"], each["ip_ttl"]) for each in answers if each["unicast"]} == {
        ("192.168.1.1", 255),
        ("fe80::66:1ff:fe00:1%en0", 255),
    }


def test_what_only_one_host_can_answer_comes_at_once(lans: Lab) -> None:
    lans.alpha.lanscout("ask", NAME, "TXT", "--interface", "en0", "--seconds", "1")
    answers, _ = ask(lans.alpha, NAME, "TXT", "--interface", "en0", "--seconds", "1")
    assert answers
    assert {(each["records"][0]["type"], each["records"][0]["data"]) for each in answers} == {("TXT", '"path=/"')}
    assert {each["timing"] for each in answers} <= {"in_time", "late"}


def test_this_computers_own_responder_answers_too(lans: Lab) -> None:
    answers, _ = ask(lans.alpha, "alpha.local", "--interface", "en0")
    assert "192.168.1.23" in {each["source"] for each in answers}


def test_nobody_answers_for_what_is_not_there_and_the_summary_says_so(lans: Lab) -> None:
    with lans.alpha.lanscout_process("ask", "nobody.local", "A", "--seconds", "0.5") as process:
        assert process.wait() == 1
    (summary,) = process.records("asked_summary")
    assert (summary["answers"], summary["sent"]) == (0, 4)
    assert summary["text"].startswith("Nobody answered in 0.5 s")


def test_who_is_interrupted_still_gets_the_summary(lans: Lab) -> None:
    with lans.alpha.lanscout_process("ask", "_http._tcp", "--interface", "en0", "--seconds", "60") as process:
        process.record("mdns_answer")
        assert process.interrupt() == 0
    assert process.records()[-1]["kind"] == "asked_summary"


@pytest.mark.parametrize(
    ("words", "code", "exit_code"),
    [
        (("a..b",), "ask_name_invalid", 2),
        (("a.local", "NOTHING"), "ask_type_invalid", 2),
        (("a.local", "--qu", "--legacy"), "ask_one_way", 2),
        (("a.local", "--interface", "en9"), "interface_unknown", 2),
    ],
)
def test_a_question_that_cannot_be_asked_is_refused_with_the_reason(
    lans: Lab, words: tuple[str, ...], code: str, exit_code: int
) -> None:
    with lans.alpha.lanscout_process("ask", *words) as process:
        assert process.wait() == exit_code
    assert [each["code"] for each in process.records("problem")] == [code]


def test_an_interface_without_multicast_and_a_send_that_is_prohibited_are_told(fresh_lab: Lab) -> None:
    alpha = fresh_lab.alpha
    alpha.ip("link set en5 multicast off")
    with alpha.lanscout_process("ask", "_http._tcp", "--interface", "en5") as process:
        assert process.wait() == 3
    assert [each["code"] for each in process.records("problem")] == ["browse_no_multicast"]

    alpha.run(["nft", "add table inet t"])
    alpha.run(["nft", "add chain inet t out { type filter hook output priority 0; }"])
    alpha.run(["nft", "add rule inet t out udp dport 5353 drop"])
    with alpha.lanscout_process("ask", "_http._tcp", "--interface", "en0") as process:
        assert process.wait() == 3
    problem = process.records("problem")[0]
    assert (problem["code"], problem["errno"]) == ("ask_refused", 1)
    assert "firewall" in problem["remedy"]


def test_a_living_record_is_alive_and_one_whose_host_died_without_goodbye_is_dead(fresh_lab: Lab) -> None:
    lab = fresh_lab
    with Avahi(lab, lab.beta, [LAN_1]) as avahi:
        with lab.alpha.lanscout_process("verify", NAME, "SRV", "--interface", "en0") as process:
            verified = process.record("verified")
            assert process.wait() == 0
        assert (verified["alive"], verified["interface"]) == (True, "en0")
        assert verified["source"] in BETA
        assert 0 < verified["ms"] < 3000  # the second question, where the first came too soon after an announcement

        avahi.die()
        with lab.alpha.lanscout_process("verify", NAME, "SRV") as process:
            assert process.wait(20) == 1
        assert [
            (each["interface"], each["alive"], each["sent"], each["ms"]) for each in process.records("verified")
        ] == [
            ("en0", False, 2, None),
            ("en5", False, 2, None),
        ]


def test_a_record_with_other_data_is_not_the_one_that_is_verified(lans: Lab) -> None:
    words = ("verify", NAME, "SRV", "--interface", "en0", "--data")
    with (
        lans.alpha.lanscout_process(*words, "0 0 81 beta.local.") as right,
        lans.alpha.lanscout_process(*words, "0 0 82 beta.local.") as wrong,
    ):
        assert right.wait() == 0
        assert wrong.wait(20) == 1
