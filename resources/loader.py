"""Reads resources/tables/*.toml into typed rows: the one way in which the program knows facts about the world."""

from __future__ import annotations

import tomllib
from functools import cache
from pathlib import Path
from typing import Literal, TypeVar

import msgspec

TABLES = Path(__file__).parent / "tables"

System = Literal["macos", "linux", "windows", "ios", "android"]


class Row(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Base of the rows; a column that the table's head does not name is an error."""


class SourcedRow(Row, frozen=True, kw_only=True):
    """A row that says where its facts come from, and whether they were confirmed there."""

    source: str
    verified: bool


class InterfaceKindRow(SourcedRow, frozen=True, kw_only=True):
    """What a network interface is: see the head of interface-kinds.toml."""

    os: System
    match: str
    evidence: str
    kind: Literal[
        "wifi",
        "ethernet",
        "loopback",
        "tunnel",
        "ipsec",
        "bridge",
        "virtual",
        "peer_to_peer",
        "cellular",
        "other",
    ]
    label: str
    means: str
    multicast: str


class TxtKeyRow(Row, frozen=True, kw_only=True):
    """A TXT key of a service type and what it means; ``values`` and ``bits``: see the head of service-types.toml."""

    key: str
    meaning: str
    values: dict[str, str] = msgspec.field(default_factory=dict)
    bits: dict[str, str] = msgspec.field(default_factory=dict)
    verified: bool = True


class ServiceTypeRow(SourcedRow, frozen=True, kw_only=True):
    """A DNS-SD service type: see the head of service-types.toml."""

    type: str
    label: str
    used_by: str
    open: str
    note: str = ""
    subtypes: tuple[str, ...] = ()
    txt: tuple[TxtKeyRow, ...] = ()


class GroupRow(SourcedRow, frozen=True, kw_only=True):
    """A well-known multicast group: see the head of multicast-groups.toml."""

    groups: tuple[str, ...]
    ports: tuple[int, ...]
    name: str
    used_by: str
    scope: Literal["link-local", "admin", "global", "ssm"]
    note: str
    delivery: Literal["broadcast", "ethernet"] | None = None


class ConflictRow(SourcedRow, frozen=True, kw_only=True):
    """Why a port is taken: see the head of port-conflicts.toml."""

    ports: tuple[int, ...] | str
    protocol: Literal["tcp", "udp", "both"]
    os: tuple[System, ...]
    process: tuple[str, ...]
    command: str = ""
    unit: str = ""
    fingerprint: str
    wanted_by: str
    cause: str
    free_it: tuple[str, ...]
    kill_useless: bool
    forwards: bool = False
    note: str
    when: Literal["held", "twice", "with_container", "orphaned", "no_socket"] = "held"


class FingerprintRow(Row, frozen=True, kw_only=True):
    """What gives a program away that answers at a port: see the head of fingerprints.toml."""

    identity: str
    pattern: str
    process: tuple[str, ...] = ()
    os: tuple[System, ...] = ()
    example: str
    source: str


class ProblemRow(Row, frozen=True, kw_only=True):
    """What a person reads when something was refused: see the head of problems.toml."""

    code: str
    errno: tuple[str, ...] = ()
    os: tuple[System, ...] = ()
    text: str
    remedy: str
    wrong_use: bool = False


class FindingRow(Row, frozen=True, kw_only=True):
    """What a person reads of a finding: see the head of findings.toml."""

    code: str
    title: str
    cause: str
    remedy: tuple[str, ...]


class BarrierRow(Row, frozen=True, kw_only=True):
    """What a person reads of what stands between sockets and the wire: see the head of barriers.toml."""

    code: str
    title: str
    text: str


class ChangeRow(Row, frozen=True, kw_only=True):
    """What a person reads of a change of the network: see the head of changes.toml."""

    code: str
    text: str


class RoleRow(Row, frozen=True, kw_only=True):
    """What a person reads of a role of an interface: see the head of roles.toml."""

    code: str
    label: str
    text: str
    source: str


class AnswerRow(Row, frozen=True, kw_only=True):
    """What a person reads of a question asked over mDNS: see the head of answers.toml."""

    code: str
    text: str


class LadderRow(Row, frozen=True, kw_only=True):
    """What a person reads of the steps that find out why nothing is found: see the head of ladder.toml."""

    code: str
    text: str
    remedy: str | None = None


class SystemViewRow(Row, frozen=True, kw_only=True):
    """What a person reads of the system's own responder and its differences: see the head of system-view.toml."""

    code: str
    text: str


class DeviceRow(Row, frozen=True, kw_only=True):
    """What a person reads of why facts are one device, or are not believed: see the head of devices.toml."""

    code: str
    text: str


class KnownErrorRow(SourcedRow, frozen=True, kw_only=True):
    """An error code or log text and what it means: see the head of known-errors.toml."""

    id: str
    domain: str
    code: int | str | None = None
    names: tuple[str, ...]
    os: tuple[str, ...]
    example: str
    pattern: str
    means: str
    causes: tuple[str, ...]
    remedies: tuple[str, ...]
    checks: tuple[str, ...]


class ProtectedRow(SourcedRow, frozen=True, kw_only=True):
    """A process that is not ended from here: see the head of protected-processes.toml."""

    os: tuple[System, ...]
    pids: tuple[int, ...] = ()
    process: tuple[str, ...] = ()
    why: str
    instead: str


class OutcomeRow(Row, frozen=True, kw_only=True):
    """What a person reads after asking to end a process: see the head of ending.toml."""

    code: str
    text: str


class LintRuleRow(Row, frozen=True, kw_only=True):
    """A rule of mDNS or DNS-SD and what a person reads where it is broken: see the head of lint-rules.toml."""

    code: str
    severity: Literal["error", "warning", "info"]
    section: str
    title: str
    meaning: str
    remedy: str
    cost: int


class BundleRuleRow(Row, frozen=True, kw_only=True):
    """What can be wrong with an app bundle and what a person reads of it: see the head of bundle-rules.toml."""

    code: str
    severity: Literal["ok", "info", "warning", "error"]
    title: str
    cause: str
    remedy: tuple[str, ...]
    source: str


RowType = TypeVar("RowType", bound=Row)


def _rows(file: str, table: str, row: type[RowType]) -> tuple[RowType, ...]:
    with (TABLES / file).open("rb") as stream:
        content = tomllib.load(stream)
    return msgspec.convert(content[table], tuple[row, ...])  # type: ignore[valid-type]


@cache
def interface_kinds() -> tuple[InterfaceKindRow, ...]:
    """In the table's order, which is the order of matching."""
    return _rows("interface-kinds.toml", "kind", InterfaceKindRow)


@cache
def service_types() -> dict[str, ServiceTypeRow]:
    """By type in lower case, without domain."""
    return {row.type.lower(): row for row in _rows("service-types.toml", "service_type", ServiceTypeRow)}


@cache
def multicast_groups() -> tuple[GroupRow, ...]:
    """In the table's order."""
    return _rows("multicast-groups.toml", "group", GroupRow)


@cache
def port_conflicts() -> tuple[ConflictRow, ...]:
    """In the table's order, which puts ranges last."""
    return _rows("port-conflicts.toml", "conflict", ConflictRow)


@cache
def fingerprint_rows() -> tuple[FingerprintRow, ...]:
    """In the table's order, which is the order of matching."""
    return _rows("fingerprints.toml", "fingerprint", FingerprintRow)


@cache
def problem_rows() -> dict[str, tuple[ProblemRow, ...]]:
    """By code; the rows of a code in order of matching."""
    found: dict[str, list[ProblemRow]] = {}
    for row in _rows("problems.toml", "problem", ProblemRow):
        found.setdefault(row.code, []).append(row)
    return {code: tuple(rows) for code, rows in found.items()}


@cache
def finding_rows() -> dict[str, FindingRow]:
    """By code."""
    return {row.code: row for row in _rows("findings.toml", "finding", FindingRow)}


@cache
def barrier_rows() -> dict[str, BarrierRow]:
    """By code."""
    return {row.code: row for row in _rows("barriers.toml", "barrier", BarrierRow)}


@cache
def change_rows() -> dict[str, ChangeRow]:
    """By code."""
    return {row.code: row for row in _rows("changes.toml", "change", ChangeRow)}


@cache
def role_rows() -> dict[str, RoleRow]:
    """By code."""
    return {row.code: row for row in _rows("roles.toml", "role", RoleRow)}


@cache
def answer_rows() -> dict[str, str]:
    """The sentence by its code."""
    return {row.code: row.text for row in _rows("answers.toml", "answer", AnswerRow)}


@cache
def ladder_rows() -> dict[str, LadderRow]:
    """By code."""
    return {row.code: row for row in _rows("ladder.toml", "sentence", LadderRow)}


@cache
def system_view_rows() -> dict[str, str]:
    """The sentence by its code."""
    return {row.code: row.text for row in _rows("system-view.toml", "sentence", SystemViewRow)}


@cache
def device_sentences() -> dict[str, str]:
    """The sentence by its code."""
    return {row.code: row.text for row in _rows("devices.toml", "sentence", DeviceRow)}


@cache
def known_errors() -> tuple[KnownErrorRow, ...]:
    """In the table's order."""
    return _rows("known-errors.toml", "error", KnownErrorRow)


@cache
def dns_sd_errors() -> dict[int, KnownErrorRow]:
    """The codes of dns_sd.h, kDNSServiceErr_ and so on, by number."""
    rows = known_errors()
    return {row.code: row for row in rows if row.domain == "dns-sd" and isinstance(row.code, int) and row.code < 0}


@cache
def protected_processes() -> tuple[ProtectedRow, ...]:
    """In the table's order."""
    return _rows("protected-processes.toml", "protected", ProtectedRow)


@cache
def outcome_rows() -> dict[str, str]:
    """The sentence by its code."""
    return {row.code: row.text for row in _rows("ending.toml", "outcome", OutcomeRow)}


@cache
def lint_rules() -> dict[str, LintRuleRow]:
    """By code."""
    return {row.code: row for row in _rows("lint-rules.toml", "rule", LintRuleRow)}


@cache
def bundle_rules() -> dict[str, BundleRuleRow]:
    """By code."""
    return {row.code: row for row in _rows("bundle-rules.toml", "rule", BundleRuleRow)}
