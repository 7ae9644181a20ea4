"""The verdict says in one sentence what localhost and the other addresses of a port reach."""

from __future__ import annotations

import errno
from typing import Literal

import msgspec
import pytest

from net.ports import answers_verdict
from net.ports.answers_verdict import conclude
from net.ports.records import Answer, Listener

BOTH = ("::1", "127.0.0.1")
AIRTUNES = "HTTP 403; Server: AirTunes/860.7.1"


def listener(address: str, pid: int | None, process: str | None = "node", known: str | None = None) -> Listener:
    return Listener(
        protocol="tcp",
        address=address,
        port=5000,
        interface=None,
        scope="all",
        stack="v6" if ":" in address else "v4",
        v6only=None,
        owner="proved" if pid else "hidden",
        pid=pid,
        process=process,
        known=known,
    )


def answer(
    address: str,
    pid: int | None = None,
    *,
    process: str | None = "node",
    localhost: int | None = None,
    fingerprint: str | None = "HTTP 200",
    identity: str | None = None,
    owner: Literal["proved", "probable", "hidden"] = "proved",
) -> Answer:
    return Answer(
        address=address,
        port=5000,
        connected=True,
        pid=pid,
        process=process,
        owner=owner,
        fingerprint=fingerprint,
        identity=identity,
        localhost=localhost,
    )


def refused(address: str, number: int = errno.ECONNREFUSED, localhost: int | None = None) -> Answer:
    return Answer(address=address, port=5000, connected=False, errno=number, localhost=localhost)


def test_airplay_first_and_the_persons_server_behind_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(answers_verdict, "SYSTEM", "macos")
    answers = (
        answer("127.0.0.1", 12, localhost=2),
        answer("::1", 9, process="ControlCe", localhost=1, fingerprint=AIRTUNES, identity="AirPlay Receiver"),
        answer("192.168.1.2", 9, process="ControlCe", fingerprint=AIRTUNES, identity="AirPlay Receiver"),
    )
    listeners = (
        listener("0.0.0.0", 9, "ControlCe", known="AirPlay Receiver of macOS listens."),
        listener("::", 9, "ControlCe", known="AirPlay Receiver of macOS listens."),
        listener("127.0.0.1", 12),
    )
    verdict = conclude(5000, answers, listeners, BOTH)
    assert verdict.text == (
        "localhost:5000 reaches ::1 first, where AirPlay Receiver (Server: AirTunes/860.7.1) answers; "
        "node (PID 12) answers at 127.0.0.1 only."
    )
    assert (verdict.about, verdict.code, verdict.certainty) == ("answers", "answers_differ_airplay", "proven")
    assert verdict.cause.startswith("AirPlay Receiver was met at ::1 and 192.168.1.2; ")
    assert verdict.cause.count("AirPlay Receiver of macOS listens.") == 1
    assert verdict.evidence[-1] == "localhost resolves to ::1, 127.0.0.1, in this order."
    assert "http://127.0.0.1:5000/" in verdict.remedy[0]


def test_airplay_is_named_by_its_process_where_it_says_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(answers_verdict, "SYSTEM", "macos")
    silent = answer("::1", 9, process="ControlCe", localhost=1, fingerprint=None, identity="AirPlay Receiver")
    verdict = conclude(5000, (silent, answer("127.0.0.1", 12)), (listener("::", 9), listener("127.0.0.1", 12)), BOTH)
    assert "where AirPlay Receiver (process ControlCe) answers" in verdict.text


def test_airplay_alone_says_that_no_other_server_answers() -> None:
    only = answer("127.0.0.1", 9, localhost=1, fingerprint=AIRTUNES, identity="AirPlay Receiver")
    verdict = conclude(5000, (only,), (listener("0.0.0.0", 9),), ("127.0.0.1",))
    assert verdict.code == "answers_airplay"
    assert "no other program does" in verdict.text


def test_two_programs_where_localhost_reaches_neither_are_named_by_their_addresses() -> None:
    answers = (refused("127.0.0.1", localhost=1), answer("192.168.1.2", 1), answer("10.0.0.2", 2, process="ruby"))
    verdict = conclude(5000, answers, (listener("192.168.1.2", 1), listener("10.0.0.2", 2, "ruby")), ("127.0.0.1",))
    assert verdict.code == "answers_differ_elsewhere"
    assert verdict.text == (
        "Port 5000 is answered by different programs: "
        "node (PID 1) answers at 192.168.1.2; ruby (PID 2) answers at 10.0.0.2 only."
    )


def test_a_program_that_says_nothing_or_resets_does_not_answer() -> None:
    silent = answer("127.0.0.1", 1, localhost=1, fingerprint=None)
    held = (listener("127.0.0.1", 1), listener("192.168.1.2", 2, "ruby"))
    verdict = conclude(5000, (silent, refused("192.168.1.2")), held[:1], ("127.0.0.1",))
    assert verdict.text.startswith("node (PID 1) takes connections but says nothing on port 5000 at 127.0.0.1 only")
    reset = msgspec.structs.replace(silent, reset=True)
    verdict = conclude(5000, (reset, refused("192.168.1.2")), held[:1], ("127.0.0.1",))
    assert verdict.text.startswith("node (PID 1) resets each connection on port 5000 at 127.0.0.1 only")
    assert "it says nothing and resets the connection" in verdict.evidence[0]
    verdict = conclude(5000, (answer("192.168.1.2", 2, process="ruby", localhost=1), reset), held, ("192.168.1.2",))
    assert verdict.text.endswith("where ruby (PID 2) answers; node (PID 1) resets each connection at 127.0.0.1 only.")


def test_workers_that_accept_for_one_listener_are_one_program() -> None:
    answers = (answer("127.0.0.1", 101, localhost=1), answer("192.168.1.2", 102))
    verdict = conclude(5000, answers, (listener("0.0.0.0", 100),), ("127.0.0.1",))
    assert verdict.code == "answers_everywhere"


def test_a_pool_of_sockets_at_one_address_is_one_program_and_two_programs_there_are_two() -> None:
    answers = (answer("127.0.0.1", 101, localhost=1), answer("192.168.1.2", 102))
    pool = (listener("0.0.0.0", 101), listener("0.0.0.0", 102))
    assert conclude(5000, answers, pool, ("127.0.0.1",)).code == "answers_everywhere"
    mixed = (listener("0.0.0.0", 101), listener("0.0.0.0", 102, "ruby"))
    answers = (answer("127.0.0.1", 101, localhost=1), answer("192.168.1.2", 102, process="ruby"))
    assert conclude(5000, answers, mixed, BOTH).code == "answers_differ"


def test_a_host_without_ipv6_is_still_answered_everywhere() -> None:
    answers = (answer("127.0.0.1", 1, localhost=1), refused("::1", errno.EADDRNOTAVAIL))
    assert conclude(5000, answers, (listener("0.0.0.0", 1),), ("127.0.0.1",)).code == "answers_everywhere"


def test_a_server_on_the_loopback_is_reached_by_nobody_else() -> None:
    answers = (answer("127.0.0.1", 1, localhost=1), refused("192.168.1.2"))
    verdict = conclude(5000, answers, (listener("127.0.0.1", 1),), ("127.0.0.1",))
    assert verdict.text == "node (PID 1) answers on port 5000 at 127.0.0.1 only, which no other computer reaches."


def test_a_listener_that_lets_nobody_in_is_no_free_port() -> None:
    verdict = conclude(5000, (refused("127.0.0.1", errno.ETIMEDOUT),), (listener("127.0.0.1", 1),), ())
    assert verdict.code == "answers_refused"
    assert "node (PID 1)" in verdict.cause
    assert conclude(5000, (refused("127.0.0.1"),), (), ()).code == "answers_nobody"


def test_owners_that_are_hidden_or_only_probable_leave_it_likely() -> None:
    hidden = answer("127.0.0.1", process=None, localhost=1, owner="hidden")
    verdict = conclude(5000, (hidden,), (listener("127.0.0.1", None, None),), ("127.0.0.1",))
    assert verdict.certainty == "likely"
    assert "a program whose name is hidden" in verdict.text


def test_a_probable_owner_is_no_fact_in_the_sentence() -> None:
    guess = msgspec.structs.replace(listener("127.0.0.1", 12), owner="probable")
    alone = answer("127.0.0.1", 12, localhost=1, owner="probable")
    verdict = conclude(5000, (alone,), (guess,), ("127.0.0.1",))
    assert verdict.text.startswith("Probably node (PID 12) answers on port 5000")
    assert "127.0.0.1 (v4) is held by probably node (PID 12)" in verdict.cause
    other = answer("192.168.1.2", 9, process="ruby")
    verdict = conclude(5000, (alone, other), (guess, listener("192.168.1.2", 9, "ruby")), ("127.0.0.1",))
    assert "where probably node (PID 12) answers; ruby (PID 9) answers at" in verdict.text


def test_two_hidden_programs_with_different_fingerprints_are_two() -> None:
    answers = (
        answer("127.0.0.1", process=None, localhost=1, owner="hidden", fingerprint="Server: nginx"),
        answer("192.168.1.2", process=None, owner="hidden", fingerprint=AIRTUNES, identity="AirPlay Receiver"),
    )
    verdict = conclude(5000, answers, (), BOTH)
    assert verdict.text == (
        "localhost:5000 reaches 127.0.0.1 first, where nginx (Server: nginx) answers; "
        "a program whose name is hidden (it answers like AirPlay: Server: AirTunes/860.7.1) answers at 192.168.1.2 "
        "only."
    )


def test_where_localhost_is_one_address_the_persons_server_is_reached_and_nothing_is_to_be_done() -> None:
    answers = (answer("127.0.0.1", 12, localhost=1), answer("::1", 9, process="ruby"))
    verdict = conclude(5000, answers, (listener("127.0.0.1", 12), listener("::1", 9, "ruby")), ("127.0.0.1",))
    assert verdict.code == "answers_settled"
    assert (
        verdict.text
        == "localhost:5000 reaches 127.0.0.1, where node (PID 12) answers; ruby (PID 9) answers at ::1 only."
    )
    said = " ".join((verdict.text, verdict.cause, *verdict.remedy, *verdict.evidence))
    assert not any(word in said for word in ("first", "order", "instead of localhost"))
    assert verdict.evidence[-1] == "localhost resolves to 127.0.0.1 only."


def test_what_answers_like_airplay_gets_the_advice_of_its_system(monkeypatch: pytest.MonkeyPatch) -> None:
    answers = (
        answer("::1", 9, process="shairport-sync", localhost=1, fingerprint=AIRTUNES, identity="AirPlay Receiver"),
        answer("127.0.0.1", 12, localhost=2),
    )
    listeners = (listener("::1", 9, "shairport-sync"), listener("127.0.0.1", 12))
    monkeypatch.setattr(answers_verdict, "SYSTEM", "linux")
    verdict = conclude(5000, answers, listeners, BOTH)
    assert "where shairport-sync (PID 9; it answers like AirPlay: Server: AirTunes/860.7.1) answers" in verdict.text
    assert any("systemctl stop shairport-sync" in remedy for remedy in verdict.remedy)
    said = " ".join((verdict.text, verdict.cause, *verdict.remedy))
    assert not any(word in said for word in ("Mac", "System Settings", "AirPlay Receiver"))
    monkeypatch.setattr(answers_verdict, "SYSTEM", "macos")
    assert "System Settings" in " ".join(conclude(5000, answers, listeners, BOTH).remedy)
    alone = conclude(5000, answers, listeners, ("::1",))
    assert alone.code == "answers_differ_airplay", "localhost leads away from the person's server"
    assert "first" not in alone.text


def hidden(address: str, inode: int, service: str | None = None) -> Listener:
    return msgspec.structs.replace(
        listener(address, None, None), inode=inode, service=service, missing_right="root, to read which files"
    )


def hidden_answer(address: str, fingerprint: str = "HTTP 200", localhost: int | None = None) -> Answer:
    return answer(address, process=None, owner="hidden", fingerprint=fingerprint, localhost=localhost)


def test_two_hidden_listeners_that_say_the_same_are_perhaps_two_programs() -> None:
    answers = (hidden_answer("::1", localhost=1), hidden_answer("127.0.0.1", localhost=2))
    verdict = conclude(5000, answers, (hidden("::1", 71), hidden("127.0.0.1", 72)), BOTH)
    assert (verdict.code, verdict.certainty) == ("answers_perhaps_two", "possible")
    assert verdict.text == (
        "Port 5000 has several listeners, perhaps of different programs: a program whose name is hidden answers at "
        "::1; a program whose name is hidden answers at 127.0.0.1 only."
    )
    assert "To see that needs root, to read which files" in verdict.cause


def test_two_hidden_listeners_that_differ_in_what_they_say_are_two_programs() -> None:
    answers = (hidden_answer("::1", "Server: nginx", 1), hidden_answer("127.0.0.1", "Server: caddy", 2))
    assert conclude(5000, answers, (hidden("::1", 71), hidden("127.0.0.1", 72)), BOTH).code == "answers_differ"


def test_one_hidden_listener_that_says_different_things_is_one_program() -> None:
    answers = (hidden_answer("127.0.0.1", "Server: nginx", 1), hidden_answer("192.168.1.2", "HTTP 301"))
    assert conclude(5000, answers, (hidden("0.0.0.0", 71),), BOTH).code == "answers_everywhere"


@pytest.mark.parametrize(
    ("service", "code"),
    [
        ("ssh.service", "answers_everywhere"),
        ("session-3.scope", "answers_perhaps_two"),
        ("user@1000.service", "answers_perhaps_two"),
    ],
)
def test_the_hidden_listeners_of_one_service_are_one_program(service: str, code: str) -> None:
    answers = (hidden_answer("::1", localhost=1), hidden_answer("127.0.0.1", localhost=2))
    listeners = (hidden("::", 71, service), hidden("0.0.0.0", 72, service))
    verdict = conclude(22, answers, listeners, BOTH)
    assert verdict.code == code
    assert f":: (v6) is held by a program whose name is hidden ({service})" in verdict.cause


def test_many_addresses_are_counted_in_the_sentence_and_named_in_the_evidence() -> None:
    answers = tuple(answer(f"10.0.0.{number}", 1) for number in range(1, 21))
    verdict = conclude(5000, (*answers, refused("127.0.0.1")), (listener("0.0.0.0", 1),), ())
    assert "10.0.0.1, 10.0.0.2, 10.0.0.3 and 17 other addresses" in verdict.text
    assert len(verdict.evidence) == 22


def test_a_process_that_has_no_name_is_no_hidden_one() -> None:
    verdict = conclude(
        5000, (answer("127.0.0.1", 7, process=None, localhost=1),), (listener("0.0.0.0", 7, None),), ("127.0.0.1",)
    )
    assert verdict.text == "An unnamed process (PID 7) answers on port 5000 at every address of this computer."
    assert verdict.cause == "0.0.0.0 (v4) is held by an unnamed process (PID 7)."
    assert "held by an unnamed process (PID 7)" in verdict.evidence[0]


def test_the_forwarders_of_a_container_answer_as_the_container() -> None:
    listeners = [
        msgspec.structs.replace(listener(address, pid, "docker-proxy"), container="web")
        for address, pid in (("0.0.0.0", 11), ("::", 12))
    ]
    answers = [
        msgspec.structs.replace(answer(address, pid, process="docker-proxy", localhost=place), container="web")
        for address, pid, place in (("127.0.0.1", 11, 2), ("::1", 12, 1))
    ]
    verdict = conclude(8080, answers, listeners, BOTH)
    assert verdict.code == "answers_everywhere"
    assert verdict.text.startswith("Container web (docker-proxy, PID 11) answers on port 8080")
