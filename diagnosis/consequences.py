"""Puts together what belongs together: a cause that was found takes in the silence that it explains."""

from __future__ import annotations

from collections.abc import Iterable

import msgspec

from diagnosis.records import Finding

UNHEARD = ("bonjour_silent", "bonjour_one_way", "bonjour_isolated")
"""Others are not heard, though this host hears itself."""
SILENCE = ("bonjour_blocked", *UNHEARD)
CONSEQUENCES: dict[str, tuple[str, ...]] = {
    "firewall_drops_bonjour": SILENCE,
    "reverse_path_drops": UNHEARD,
    "address_in_use": UNHEARD,
    "vpn_overrules_bound": (*SILENCE, "firewall_drops_bonjour"),
    "lan_refused": (*SILENCE, "firewall_drops_bonjour"),
    "answers_differ": ("port_has_two_owners",),
    "answers_differ_elsewhere": ("port_has_two_owners",),
    "answers_differ_airplay": ("port_has_two_owners", "port_held"),
    "answers_differ_airplay_elsewhere": ("port_has_two_owners", "port_held"),
    "answers_airplay": ("port_held",),
    "answers_settled": ("port_has_two_owners", "port_held"),
}
"""The findings that a finding about the same subject explains."""
EVERYWHERE: dict[tuple[str, str], tuple[str, ...]] = {
    ("mdns_port_held", "5353"): (*SILENCE, "bonjour_not_joined"),
    ("lan_refused", "this host"): (*SILENCE, "firewall_drops_bonjour", "resolve_unreachable"),
    ("local_network_denied", "this host"): (*SILENCE, "resolve_unreachable"),
}
"""Those that a finding about the whole host explains on each interface."""
CONSEQUENCE_CODES = frozenset(
    code for explained in (CONSEQUENCES, EVERYWHERE) for codes in explained.values() for code in codes
)
PROVEN_BY_SILENCE = ("firewall_drops_bonjour", "reverse_path_drops", "address_in_use")
"""What was read to be so and would make the silence that was heard: the two prove each other."""
_WEIGHT = {"ok": 0, "info": 1, "warning": 2, "error": 3}


def explained(finding: Finding, others: Iterable[Finding]) -> Finding:
    """``finding``, or the one of ``others`` that explains it, with the evidence of both.

    The graver severity of the two counts.
    """
    for cause in others:
        same = cause.subject == finding.subject and finding.code in CONSEQUENCES.get(cause.code, ())
        if same or finding.code in EVERYWHERE.get((cause.code, cause.subject), ()):
            proven = cause.code in PROVEN_BY_SILENCE
            severity = max(cause.severity, finding.severity, key=_WEIGHT.__getitem__)
            return msgspec.structs.replace(
                cause,
                severity=severity,
                certainty="proven" if proven else cause.certainty,
                evidence=cause.evidence + finding.evidence,
            )
    return finding
