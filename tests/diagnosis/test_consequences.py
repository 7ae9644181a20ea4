"""Tests of diagnosis.consequences: a cause takes in the silence it explains, and only that."""

from __future__ import annotations

from diagnosis.checks.firewall import ARRIVES
from diagnosis.consequences import explained
from diagnosis.findings import make_finding
from diagnosis.records import Finding
from net.verdict import Certainty
from resources.loader import finding_rows


def _silent(subject: str) -> Finding:
    return make_finding("bonjour_blocked", subject, "error", "likely", ("not heard",), verdict="v", remedy="r")


def _dropping(subject: str) -> Finding:
    return make_finding(
        "firewall_drops_bonjour", subject, "warning", "likely", ("a rule",), way="in", rule="r", accept="a"
    )


def test_a_rule_and_the_silence_it_makes_are_one_finding_that_is_proven() -> None:
    found = explained(_silent("en0"), (_dropping("en5"), _dropping("en0")))
    assert (found.code, found.subject) == ("firewall_drops_bonjour", "en0")
    assert (found.severity, found.certainty) == ("error", "proven")
    assert found.evidence == ("a rule", "not heard")


def _unheard() -> Finding:
    return make_finding("bonjour_silent", "en0", "warning", "possible", ("nobody",), verdict="v", remedy="r")


def _rule(certainty: Certainty, seen: str) -> Finding:
    return make_finding("firewall_drops_bonjour", "en0", "warning", certainty, (seen,), way="in", rule="r", accept="a")


def test_two_possibilities_prove_nothing() -> None:
    doubtful = _rule("possible", f"A datagram {ARRIVES} en0 is dropped.")
    assert explained(_unheard(), (doubtful,)) == _unheard()
    assert explained(_silent("en0"), (doubtful,)) == _silent("en0")
    risky = make_finding("reverse_path_drops", "en0", "info", "possible", ("a route",), source="s", way="w")
    assert explained(_unheard(), (risky,)) == _unheard()


def test_who_hears_itself_has_proven_no_rule_and_a_rule_for_what_leaves_silences_nobody() -> None:
    found = explained(_unheard(), (_rule("likely", f"A datagram {ARRIVES} en0 is dropped."),))
    assert (found.code, found.severity, found.certainty) == ("firewall_drops_bonjour", "warning", "likely")
    assert explained(_unheard(), (_rule("likely", "A datagram that leaves by en0 is dropped."),)) == _unheard()


def test_the_silence_of_another_interface_stays() -> None:
    assert explained(_silent("en0"), (_dropping("en5"),)) == _silent("en0")


def test_what_keeps_others_away_does_not_explain_why_this_host_does_not_hear_itself() -> None:
    filtering = make_finding("reverse_path_drops", "en0", "error", "proven", ("a counter",), source="s", way="w")
    assert explained(_silent("en0"), (filtering, _dropping("en0"))).code == "firewall_drops_bonjour"
    assert explained(_silent("en0"), (filtering,)) == _silent("en0")


def test_what_explains_nothing_stands_beside_it() -> None:
    assert explained(_dropping("en0"), (_silent("en0"),)) == _dropping("en0")


def _refused(subject: str) -> Finding:
    return make_finding("lan_refused", subject, "error", "likely", ("EPERM",), lans="en0, en5")


def test_what_refuses_every_lan_takes_in_the_silence_of_each() -> None:
    found = explained(_silent("en5"), (_refused("this host"),))
    assert (found.code, found.subject, found.certainty) == ("lan_refused", "this host", "likely")
    assert found.evidence == ("EPERM", "not heard")


def test_what_refuses_one_lan_leaves_the_silence_of_another() -> None:
    assert explained(_silent("en5"), (_refused("en0"),)) == _silent("en5")
    assert explained(_silent("en0"), (_refused("en0"),)).code == "lan_refused"


def test_who_hears_itself_is_not_silenced_by_what_is_refused() -> None:
    assert explained(_unheard(), (_refused("this host"),)) == _unheard()
    assert explained(_unheard(), (_refused("en0"),)) == _unheard()


def test_without_a_lan_no_server_has_to_be_reached() -> None:
    alone = make_finding("no_lan", "this host", "error", "proven", ("lo",))
    unreachable = make_finding(
        "resolve_unreachable", "10.0.0.1", "error", "proven", ("no route",), reason="ENETUNREACH", address="10.0.0.1"
    )
    found = explained(unreachable, (alone,))
    assert (found.code, found.evidence) == ("no_lan", ("lo", "no route"))


def test_every_code_has_its_sentences() -> None:
    from diagnosis.consequences import CONSEQUENCE_CODES, CONSEQUENCES, EVERYWHERE

    causes = CONSEQUENCES.keys() | {code for code, _ in EVERYWHERE}
    assert finding_rows().keys() >= causes | CONSEQUENCE_CODES
