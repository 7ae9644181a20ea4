"""Rules of identity: signature, UUID, identifiers, teams, and the profile's own validity."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator

from diagnosis.bundle.case import Case, finding, listed, said
from diagnosis.bundle.parts import Part
from diagnosis.bundle.profile import APP_IDS, DEBUGGING, app_id
from diagnosis.bundle.providers import how_distributed
from diagnosis.records import Finding

IDENTIFIER = "CFBundleIdentifier"
INTEL = ("i386", "x86_64")
"""Programs for these start on a Mac without a signature, and linkers give them none."""


def signed(case: Case) -> Iterator[Finding]:
    """By anybody, by somebody, and alike for each architecture."""
    for part in case.parts:
        if part.is_library:
            continue
        bare = [piece.architecture for piece in part.slices if piece.signature is None]
        signature = part.signature
        if bare and (signature is None or not signature.adhoc or not set(bare) <= set(INTEL)):
            code = "bundle_unsigned_intel" if set(bare) <= set(INTEL) and part.system != "ios" else "bundle_unsigned"
            evidence = [f"{part.program_at} ({name}): no LC_CODE_SIGNATURE" for name in bare]
            yield finding(code, part.name, "proven", evidence, file=part.program_at, architectures=listed(bare))
            continue
        if signature is None:
            continue
        at = f"{part.program_at}, code signature"
        if signature.adhoc:
            linker = ", only that of the linker" if signature.linker_signed else ""
            evidence = [f"{at}: the flag adhoc (0x2) is set"]
            yield finding("bundle_adhoc", part.name, "proven", evidence, file=part.program_at, linker=linker)
        ways = {
            str((piece.signature.team, piece.signature.adhoc, piece.signature.hardened, piece.signature.claimed))
            for piece in part.slices
            if piece.signature is not None
        }
        if len(ways) > 1:
            evidence = [
                f"{at} ({piece.architecture}): team {piece.signature.team or 'none'}, "
                f"adhoc {piece.signature.adhoc}, hardened runtime {piece.signature.hardened}, "
                f"{len(piece.signature.claimed)} entitlements"
                for piece in part.slices if piece.signature is not None
            ]  # fmt: skip
            architectures = listed(piece.architecture for piece in part.slices)
            yield finding(
                "bundle_slices_differ", part.name, "proven", evidence, file=part.program_at,
                architectures=architectures,
            )  # fmt: skip


def developer_id(case: Case) -> Iterator[Finding]:
    """What Apple does not notarise."""
    for part, claimed in case.signed():
        signature = part.signature
        if signature is None or signature.adhoc or case.distribution(part) != "developer_id":
            continue
        way = how_distributed(case, part)
        at = f"{part.program_at}, code signature"
        if not signature.hardened:
            evidence = (f"{at}: the flag runtime (0x10000) is not set", way)
            yield finding("bundle_hardened_missing", part.name, "proven", evidence, file=part.program_at)
        for key in DEBUGGING:
            if claimed.get(key) is True:
                evidence = (said(part.claimed_at, key, claimed), way)
                yield finding("bundle_debuggable", part.name, "proven", evidence, key=key)


def names(case: Case) -> Iterator[Finding]:
    """The bundle identifier beside the signature's, and the identifiers of the parts beside each other."""
    by_identifier: dict[str, list[Part]] = defaultdict(list)
    for part in case.parts:
        if part.identifier is not None:
            by_identifier[part.identifier].append(part)
        elif part.info is not None and part.kind not in ("plist", "program"):
            evidence = [said(part.info_at, IDENTIFIER, part.info)]
            yield finding("bundle_identifier_missing", part.name, "proven", evidence, file=part.info_at)
        signature = part.signature
        if signature and part.identifier and signature.identifier != part.identifier and part.kind != "program":
            evidence = [
                said(part.info_at, IDENTIFIER, part.info),
                f"{part.program_at}, code signature: the identifier is {signature.identifier}",
            ]
            yield finding(
                "bundle_signature_name", part.name, "proven", evidence, signed=signature.identifier,
                identifier=part.identifier,
            )  # fmt: skip
    for identifier, parts in by_identifier.items():
        if len(parts) > 1:
            evidence = [said(part.info_at, IDENTIFIER, part.info) for part in parts]
            paths = listed(part.path for part in parts)
            yield finding("bundle_identifier_twice", identifier, "proven", evidence, paths=paths)
    yield from _prefixes(case)


def _prefixes(case: Case) -> Iterator[Finding]:
    app = case.main
    for part in case.extensions:
        if part is app or part.kind != "appex" or app.identifier is None or part.identifier is None:
            continue
        if part.identifier != app.identifier and not part.identifier.startswith(f"{app.identifier}."):
            evidence = (said(part.info_at, IDENTIFIER, part.info), said(app.info_at, IDENTIFIER, app.info))
            yield finding(
                "bundle_identifier_prefix", part.name, "proven", evidence, identifier=part.identifier,
                wanted=f"{app.identifier}.",
            )  # fmt: skip


def app_ids(case: Case) -> Iterator[Finding]:
    """The App ID that is claimed, and that of the profile, against the bundle identifier."""
    for part in case.parts:
        identifier = part.identifier
        if identifier is None or part.kind == "program":
            continue
        claimed = app_id(part.claimed or {}) if part.signature is not None else None
        if claimed is not None and _without_prefix(claimed) != identifier:
            evidence = [said(part.claimed_at, key, part.claimed) for key in APP_IDS if key in (part.claimed or {})]
            evidence.append(said(part.info_at, IDENTIFIER, part.info))
            yield finding("bundle_app_id", part.name, "proven", evidence, claimed=claimed, identifier=identifier)
        allowed = part.profile.app_id if part.profile is not None else None
        if allowed is not None and not _fits(_without_prefix(allowed), identifier):
            evidence = [f"{part.profile_at}: the application identifier is {allowed}"]
            evidence.append(said(part.info_at, IDENTIFIER, part.info))
            yield finding(
                "bundle_profile_other_app", part.name, "proven", evidence, file=part.profile_at, allowed=allowed,
                identifier=identifier,
            )  # fmt: skip


def _without_prefix(name: str) -> str:
    return name.partition(".")[2]


def _fits(pattern: str, identifier: str) -> bool:
    return identifier.startswith(pattern[:-1]) if pattern.endswith("*") else identifier == pattern


def teams(case: Case) -> Iterator[Finding]:
    """One team signs the app and its extensions, and made their profiles."""
    wanted = case.main.signature.team if case.main.signature is not None else None
    for part in case.parts:
        team = part.signature.team if part.signature is not None else None
        if team is None:
            continue
        line = f"{part.program_at}, code signature: the team is {team}"
        if part.profile is not None and part.profile.teams and team not in part.profile.teams:
            allowed = listed(part.profile.teams)
            evidence = (line, f"{part.profile_at}: TeamIdentifier is {allowed}")
            yield finding(
                "bundle_profile_other_team", part.name, "proven", evidence, file=part.profile_at, allowed=allowed,
                team=team,
            )  # fmt: skip
        if wanted is not None and team != wanted:
            evidence = (line, f"{case.main.program_at}, code signature: the team is {wanted}")
            yield finding("bundle_team_differs", part.name, "proven", evidence, team=team, wanted=wanted)


def expiry(case: Case) -> Iterator[Finding]:
    """Profiles that hold no longer."""
    for part in case.parts:
        expires = part.profile.expires if part.profile is not None else None
        if expires is not None and expires < case.now:
            date = expires.strftime("%Y-%m-%d %H:%M UTC")
            evidence = (f"{part.profile_at}: ExpirationDate is {date}",)
            yield finding("bundle_profile_expired", part.name, "proven", evidence, file=part.profile_at, expires=date)


def uuids(case: Case) -> Iterator[Finding]:
    """Each main executable has a UUID, and no other has the same (TN3179, Build-time considerations)."""
    owners: dict[str, list[str]] = defaultdict(list)
    for part in case.parts:
        bare = [piece.architecture for piece in part.slices if piece.uuid is None and piece.executable]
        if bare:
            evidence = [f"{part.program_at} ({name}): no LC_UUID" for name in bare]
            yield finding(
                "bundle_uuid_missing", part.name, "proven", evidence, file=part.program_at, architectures=listed(bare)
            )
        for piece in part.slices:
            if piece.uuid is not None:
                owners[piece.uuid].append(f"{part.program_at} ({piece.architecture})")
    for uuid, paths in owners.items():
        if len(paths) > 1:
            evidence = [f"{path}: LC_UUID is {uuid}" for path in paths]
            yield finding("bundle_uuid_shared", uuid, "proven", evidence, paths=listed(paths))


RULES = (signed, developer_id, names, app_ids, teams, expiry, uuids)
