"""Examines an app bundle or one of its files: what its property lists, entitlements and profile allow."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator
from datetime import UTC, datetime

import msgspec

from diagnosis.bundle import entitlements, identity, local_network, providers
from diagnosis.bundle.case import DISTRIBUTIONS, Case, finding, listed, said
from diagnosis.bundle.opening import open_bundle
from diagnosis.bundle.parts import Part
from diagnosis.bundle.service_types import bare_type, is_type
from diagnosis.records import Finding
from diagnosis.requests import BundleRequest
from net.problems import ProblemError, make_problem
from net.records import Record
from net.text import visible

RULES = (*local_network.RULES, *entitlements.RULES, *providers.RULES, *identity.RULES)


async def examine(request: BundleRequest) -> AsyncGenerator[tuple[Record, ...], None]:
    """The findings about ``path``, the last of them on what was read: bundle_fits where nothing worse than info is so.

    Raises ProblemError: bundle_unreadable, bundle_damaged, bundle_unknown, bundle_type_invalid.
    """
    browses = tuple(dict.fromkeys(_wanted_type(text) for text in request.browses))
    parts = await asyncio.to_thread(open_bundle, request.path)
    case = Case(parts=tuple(parts), browses=browses, multicast=request.multicast, now=datetime.now(UTC))
    yield await asyncio.to_thread(judge, case)


def judge(case: Case) -> tuple[Finding, ...]:
    """What the rules say of a case, and what was read."""
    found = [
        finding("bundle_part_unreadable", path, "proven", (f"{path}: {reason}",), file=path, reason=reason)
        for part in case.parts
        for path, reason in part.faults
    ]
    for rule in RULES:
        found += rule(case)
    bad = any(each.severity in ("error", "warning") for each in found)
    code = "bundle_read" if bad else "bundle_fits"
    read = finding(code, case.main.name, "proven", _read(case), unknown=_unknown(case))
    if case.privacy is None:  # its remedy is about what the app declares
        read = msgspec.structs.replace(read, remedy=())
    return (*found, read)


def _wanted_type(text: str) -> str:
    bare = bare_type(text)
    if not is_type(bare):
        raise ProblemError(make_problem("bundle_type_invalid", visible(text, 100)))
    return bare


def _read(case: Case) -> list[str]:
    """What was looked at, a line each."""
    lines = []
    for part in case.parts:
        if part.info is not None:
            lines.append(said(part.info_at, "CFBundleIdentifier", part.info))
            if part is case.privacy:
                lines += [said(part.info_at, key, part.info) for key in (local_network.USAGE, local_network.TYPES)]
        lines += [_slice_line(part, number) for number in range(len(part.slices))]
        if part.claimed is not None:
            lines.append(f"{part.claimed_at}: claims {listed(part.claimed) or 'no entitlements'}")
        if part.profile is not None:
            until = part.profile.expires.strftime("%Y-%m-%d") if part.profile.expires is not None else "no date"
            way = DISTRIBUTIONS[part.profile.distribution]
            lines.append(
                f"{part.profile_at}: {part.profile.name}, for {way}, team {listed(part.profile.teams)}, until {until}"
            )
    if case.browses:
        lines.append(f"Named by the person: {listed(case.browses)}")
    return lines


def _slice_line(part: Part, number: int) -> str:
    piece = part.slices[number]
    words = [] if piece.executable else ["a library, which has the identity of the program that loads it"]
    words.append(f"UUID {piece.uuid}" if piece.uuid is not None else "no UUID")
    signature = piece.signature
    if signature is None:
        words.append("not signed")
    else:
        words.append("signed ad hoc" if signature.adhoc else f"signed by the team {signature.team or 'unknown'}")
        words.append("hardened runtime" if signature.hardened else "no hardened runtime")
    return f"{part.program_at} ({piece.architecture}): {', '.join(words)}"


def _unknown(case: Case) -> str:
    """What a file cannot tell."""
    unknown = ["whether the person has granted Local Network access"]
    if any(part.signature is not None for part in case.parts):
        unknown += ["whether the signature is valid and its certificate trusted", "whether it was notarised"]
    if any(part.profile is not None for part in case.parts):
        unknown.append("whether the profile is genuine (its own signature is not verified)")
    if not case.browses:
        unknown.append("which types it browses (none were named)")
    return ", ".join(unknown)
