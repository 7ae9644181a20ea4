"""Puts together what belongs together: a cause that was found takes in the silence that it explains."""

from __future__ import annotations

from collections.abc import Iterable

import msgspec

from diagnosis.checks.firewall import ARRIVES
from diagnosis.records import Finding

UNHEARD = ("bonjour_silent", "bonjour_one_way", "bonjour_isolated")
"""Others are not heard, though this host hears itself."""
SILENCE = ("bonjour_blocked", *UNHEARD)
CONSEQUENCES: dict[str, tuple[str, ...]] = {
    "firewall_drops_bonjour": SILENCE,
    "reverse_path_drops": UNHEARD,
    "address_in_use": UNHEARD,
    "vpn_overrules_bound": (*SILENCE, "firewall_drops_bonjour"),
    "lan_refused": ("bonjour_blocked", "firewall_drops_bonjour"),
    "answers_differ": ("port_has_two_owners",),
    "answers_differ_elsewhere": ("port_has_two_owners",),
    "answers_differ_airplay": ("port_has_two_owners", "port_held"),
    "answers_differ_airplay_elsewhere": ("port_has_two_owners", "port_held"),
    "answers_airplay": ("port_held",),
    "answers_settled": ("port_has_two_owners", "port_held"),
}
"""The findings that a finding about the same subject explains."""
EVERYWHERE: dict[tuple[str, str], tuple[str, ...]] = {
    ("no_lan", "this host"): ("resolve_unreachable",),
    ("mdns_port_held", "5353"): (*SILENCE, "bonjour_not_joined"),
    ("mdns_port_of_user", "5353"): (*SILENCE, "bonjour_not_joined"),
    ("lan_refused", "this host"): (
        "bonjour_blocked",
        "firewall_drops_bonjour",
        "resolve_unreachable",
        "resolve_forbidden",
    ),
    ("local_network_denied", "this host"): (*SILENCE, "resolve_unreachable", "resolve_forbidden"),
}
"""Those that a finding about the whole host explains on each interface."""
CONSEQUENCE_CODES = frozenset(
    code for explained in (CONSEQUENCES, EVERYWHERE) for codes in explained.values() for code in codes
)
PROVEN_BY_SILENCE = ("firewall_drops_bonjour", "reverse_path_drops", "address_in_use")
"""What was read to be likely so and would make the silence that was heard: the two prove each other."""
_WEIGHT = {"ok": 0, "info": 1, "warning": 2, "error": 3}


def explained(finding: Finding, others: Iterable[Finding]) -> Finding:
    """``finding``, or the one of ``others`` that explains it, with the evidence of both.

    The graver severity of the two counts.
    """
    for cause in others:
        if _explains(cause, finding):
            severity = max(cause.severity, finding.severity, key=_WEIGHT.__getitem__)
            return msgspec.structs.replace(
                cause,
                severity=severity,
                certainty="proven" if _proves(cause, finding) else cause.certainty,
                evidence=cause.evidence + finding.evidence,
            )
    return finding


def _explains(cause: Finding, finding: Finding) -> bool:
    """What is only possible explains nothing: the two stand beside each other."""
    if cause.certainty == "possible":
        return False
    if finding.code in EVERYWHERE.get((cause.code, cause.subject), ()):
        return True
    if cause.subject != finding.subject or finding.code not in CONSEQUENCES.get(cause.code, ()):
        return False
    # A rule for what leaves keeps no other host from being heard.
    leaving = cause.code == "firewall_drops_bonjour" and not any(ARRIVES in line for line in cause.evidence)
    return not (leaving and finding.code in UNHEARD)


def _proves(cause: Finding, finding: Finding) -> bool:
    """Where this host hears itself, a silence proves nothing about a packet filter: the link may be empty."""
    heard_itself = cause.code == "firewall_drops_bonjour" and finding.code in UNHEARD
    return cause.code in PROVEN_BY_SILENCE and not heard_itself
