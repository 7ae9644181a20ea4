"""Rules of entitlements: what the signature claims against what the profile allows (TN3125)."""

from __future__ import annotations

from collections.abc import Iterator

from diagnosis.bundle.case import Case, allows, finding, listed, restricted, said, shown
from diagnosis.bundle.local_network import MULTICAST
from diagnosis.bundle.parts import Part
from diagnosis.bundle.plists import Plist, texts
from diagnosis.bundle.profile import APP_IDS, Profile
from diagnosis.bundle.providers import PROVIDERS
from diagnosis.records import Finding

RELAY = "relay"


def profile_allows(case: Case) -> Iterator[Finding]:
    """Each key and value that is claimed; those of networking have findings of their own."""
    for part, claimed in case.signed():
        if part.profile is None or (part.signature is not None and part.signature.adhoc):
            continue
        allowed = part.profile.entitlements
        missing = [
            key
            for key in restricted(part, claimed)
            if key not in APP_IDS and not allows(allowed.get(key), claimed[key])
        ]
        if MULTICAST in missing:
            yield _networking(part, claimed, MULTICAST, "bundle_multicast_not_in_profile")
        if PROVIDERS in missing:
            yield from _providers(part, claimed, part.profile)
        others = [key for key in missing if key not in (MULTICAST, PROVIDERS)]
        if others:
            evidence = [
                line for key in others[:10]
                for line in (said(part.claimed_at, key, claimed), said(_granting(part), key, allowed))
            ]  # fmt: skip
            yield finding(
                "bundle_entitlement_not_in_profile", part.name, "proven", evidence, keys=listed(others),
                file=part.profile_at,
            )  # fmt: skip


def _providers(part: Part, claimed: Plist, profile: Profile) -> Iterator[Finding]:
    granted = profile.entitlements.get(PROVIDERS)
    lacking = [value for value in texts(claimed[PROVIDERS]) if not allows(granted, value)]
    if RELAY in lacking:
        yield _networking(part, claimed, PROVIDERS, "bundle_relay_not_in_profile")
    others = [value for value in lacking if value != RELAY]
    if others:
        facts = {"values": listed(others), "allowed": shown(granted) if granted is not None else "none"}
        yield _networking(part, claimed, PROVIDERS, "bundle_ne_not_in_profile", **facts)


def _networking(part: Part, claimed: Plist, key: str, code: str, **facts: str) -> Finding:
    allowed = part.profile.entitlements if part.profile is not None else None
    evidence = (said(part.claimed_at, key, claimed), said(_granting(part), key, allowed))
    return finding(code, part.name, "proven", evidence, file=part.profile_at, **facts)


def _granting(part: Part) -> str:
    return f"{part.profile_at}, Entitlements"


def profile_there(case: Case) -> Iterator[Finding]:
    """Restricted entitlements without a profile, or without anybody who signed."""
    for part, claimed in case.signed():
        keys = [key for key in restricted(part, claimed) if key.startswith("com.apple.developer.")]
        if not keys or part.signature is None:
            continue
        evidence = [said(part.claimed_at, key, claimed) for key in keys[:10]]
        if part.signature.adhoc:
            if part.system == "macos":
                evidence.append(f"{part.program_at}, code signature: the flag adhoc (0x2) is set")
                yield finding("bundle_adhoc_restricted", part.name, "proven", evidence, keys=listed(keys))
        elif not part.profile_at and part.kind != "program" and case.distribution(part) != "app_store":
            file = f"{part.path}/{'Contents/embedded.provisionprofile' if part.mac else 'embedded.mobileprovision'}"
            yield finding(
                "bundle_profile_missing", part.name, "likely", (*evidence, f"{file}: there is no such file"),
                keys=listed(keys), file=file,
            )  # fmt: skip


def two_forms(case: Case) -> Iterator[Finding]:
    """XML and DER of the entitlements."""
    for part, _ in case.signed():
        signature = part.signature
        if signature is None or not signature.entitlements:
            continue
        at = f"{part.program_at}, code signature"
        if signature.der is None:
            if part.system == "ios":
                evidence = (f"{at}: entitlements as XML (0xfade7171), none as DER (0xfade7172)",)
                yield finding("bundle_der_missing", part.name, "likely", evidence, file=part.program_at)
            continue
        xml, der = signature.entitlements, signature.der
        keys = sorted(key for key in {*xml, *der} if xml.get(key) != der.get(key))
        if keys:
            evidence_lines = [
                line for key in keys[:10] for line in (said(f"{at}, XML", key, xml), said(f"{at}, DER", key, der))
            ]
            yield finding("bundle_der_differs", part.name, "proven", evidence_lines, keys=listed(keys))


RULES = (profile_allows, profile_there, two_forms)
