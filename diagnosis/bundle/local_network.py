"""Rules of Local Network privacy: the reason given, the Bonjour types declared, and multicast on iOS (TN3179)."""

from __future__ import annotations

from collections.abc import Iterator

from diagnosis.bundle.case import Case, finding, listed, said, shown
from diagnosis.bundle.parts import Part
from diagnosis.bundle.plists import Plist, texts
from diagnosis.bundle.service_types import ALL_TYPES, bare_type, is_type
from diagnosis.records import Finding
from net.verdict import Certainty

USAGE = "NSLocalNetworkUsageDescription"
TYPES = "NSBonjourServices"
MULTICAST = "com.apple.developer.networking.multicast"


def usage(case: Case) -> Iterator[Finding]:
    """The sentence the person reads in the prompt."""
    part = case.privacy
    if part is None or part.info is None:
        return
    evidence = [said(part.info_at, USAGE, part.info)]
    if USAGE in part.info:
        value = part.info[USAGE]
        if not isinstance(value, str) or not value.strip():
            yield finding("bundle_usage_empty", part.name, "proven", evidence, file=part.info_at)
        return
    reason = ""
    certainty: Certainty = "proven"
    if TYPES in part.info:
        reason = f"it lists {TYPES}"
        evidence.append(said(part.info_at, TYPES, part.info))
    elif case.browses or case.multicast:
        reason = f"the app browses {listed(case.browses)}" if case.browses else "the app uses multicast"
        certainty = "likely"
        evidence.append(f"Named by the person: {listed(case.browses) or 'multicast'}")
    if reason:
        yield finding("bundle_usage_missing", part.name, certainty, evidence, file=part.info_at, reason=reason)


def declared_types(case: Case) -> Iterator[Finding]:
    """NSBonjourServices beside what the app browses."""
    part = case.privacy
    if part is None or part.info is None:
        return
    evidence = said(part.info_at, TYPES, part.info)
    browses = tuple(each for each in case.browses if not (each.lower() == ALL_TYPES and case.system == "ios"))
    if TYPES not in part.info:
        if browses:
            lines = (evidence, f"Named by the person: {listed(browses)}")
            yield finding(
                "bundle_bonjour_missing", part.name, "likely", lines, file=part.info_at, types=listed(browses)
            )
        return
    yield from _malformed(part, part.info)
    entries = texts(part.info[TYPES])
    for name in browses:
        if name not in entries:
            yield finding(
                "bundle_type_not_listed",
                name,
                "possible" if name.lower() in (entry.lower() for entry in entries) else "likely",
                (evidence, f"Named by the person: {name}"),
                file=part.info_at,
                near=_near(name, entries),
            )


def _near(name: str, entries: tuple[str, ...]) -> str:
    """The entry that was probably meant."""
    for entry in entries:
        if bare_type(entry).lower() == name.lower():
            return f" as it is spelt; {shown(entry)} is close, but not the same"
    return ""


def _malformed(part: Part, info: Plist) -> Iterator[Finding]:
    value = info[TYPES]
    if not isinstance(value, list):
        why, entries = "the key must hold an array of strings", shown(value)
    else:
        wrong = [each for each in value if not isinstance(each, str) or not is_type(each)]
        if not wrong:
            return
        why = _why(wrong[0])
        entries = listed(shown(each) for each in wrong)
    # A final dot alone is seen in apps that work.
    dotted = isinstance(value, list) and all(
        isinstance(each, str) and is_type(each.removesuffix(".")) for each in value
    )
    yield finding(
        "bundle_type_malformed",
        part.name,
        "possible" if dotted else "likely",
        (said(part.info_at, TYPES, info),),
        file=part.info_at,
        entries=entries,
        why=why,
    )


def _why(entry: object) -> str:
    """What is wrong with the first of them."""
    if not isinstance(entry, str):
        return "an entry is no string"
    if "._sub." in entry or "," in entry:
        return "a subtype is not declared, its type is"
    if is_type(bare_type(entry)):
        return "the domain and the final dot do not belong to a type"
    if not entry.lower().endswith(("._tcp", "._udp")):
        return "a type ends in ._tcp or ._udp"
    return "the first label is an underscore and 1 to 15 letters, digits and hyphens"


def types_as_text(case: Case) -> Iterator[Finding]:
    """Types that stand in a program without being declared: perhaps browsed, perhaps not."""
    part = case.privacy
    if part is None or part.info is None:
        return
    known = {bare_type(each).lower() for each in (*texts(part.info.get(TYPES)), *case.browses)}
    for each in case.parts:
        found = [name for name in each.texts.types if name.lower() not in known]
        if found:
            evidence = (f"{each.program_at}: found as text: {listed(found)}", said(part.info_at, TYPES, part.info))
            yield finding("bundle_types_as_text", each.name, "possible", evidence, types=listed(found))


def keys_in_extension(case: Case) -> Iterator[Finding]:
    """Both keys belong into the app."""
    app = case.privacy
    if app is None or app.info is None:
        return
    for part in case.extensions:
        info = part.info or {}
        keys = [key for key in (USAGE, TYPES) if key in info and key not in app.info]
        if keys:
            evidence = [
                line for key in keys for line in (said(part.info_at, key, info), said(app.info_at, key, app.info))
            ]
            yield finding("bundle_keys_in_extension", part.name, "proven", evidence, keys=" and ".join(keys))


def multicast(case: Case) -> Iterator[Finding]:
    """The entitlement that iOS wants for own multicast and for browsing all types, and the Mac does not."""
    for part, claimed in case.signed():
        if part.system == "macos" and claimed.get(MULTICAST) is True:
            yield finding(
                "bundle_multicast_needless", part.name, "proven", (said(part.claimed_at, MULTICAST, claimed),)
            )
    main = case.main
    claimed = main.claimed or {}
    if main.claimed is None or case.system == "macos" or claimed.get(MULTICAST) is True:
        return
    evidence = [said(main.claimed_at, MULTICAST, claimed)]
    certainty: Certainty = "likely"
    if case.multicast:
        reason = "The app sends or receives multicast by itself"
    elif ALL_TYPES in (each.lower() for each in case.browses):
        reason = "The app browses all service types"
    elif case.system == "ios" and main.texts.multicast:
        reason, certainty = "The app perhaps uses multicast by itself", "possible"
        evidence.append(f"{main.program_at}: found as text: {listed(main.texts.multicast)}")
    else:
        return
    if case.system is None:
        certainty = "possible"
    yield finding("bundle_multicast_missing", main.name, certainty, evidence, reason=reason, file=main.claimed_at)


RULES = (usage, declared_types, types_as_text, keys_in_extension, multicast)
