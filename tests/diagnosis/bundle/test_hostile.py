"""Damaged and hostile files: a problem or findings, never another exception, and never much memory or time."""

from __future__ import annotations

import io
import plistlib
import struct
import tracemalloc
import zipfile
from collections.abc import Callable
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path
from time import process_time

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from diagnosis.bundle.case import Case
from diagnosis.bundle.der import read_entitlements, signed_content
from diagnosis.bundle.examine import judge
from diagnosis.bundle.macho import read_macho
from diagnosis.bundle.opening import open_bundle
from diagnosis.bundle.plists import UnreadableError, read_plist
from diagnosis.bundle.profile import read_profile
from net.problems import ProblemError
from tests.diagnosis.bundle import build

FUZZ = settings(max_examples=200, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
VALUES = {"a": [1, True, "x", {"b": [b"data", datetime(2026, 1, 1)]}], "c": "d" * 300}  # noqa: DTZ001

Damage = list[tuple[int, int, bytes]]
DAMAGE = st.lists(st.tuples(st.integers(0, 1 << 16), st.integers(0, 64), st.binary(max_size=24)), max_size=6)


def damaged(data: bytes, damage: Damage) -> bytes:
    """At each place so many bytes replaced by others; a place beyond the end is counted round."""
    for place, length, other in damage:
        start = place % (len(data) + 1)
        data = data[:start] + other + data[start + length :]
    return data


def tried(read: Callable[[], object]) -> None:
    """A result or an UnreadableError."""
    with suppress(UnreadableError):
        read()


@FUZZ
@given(damage=DAMAGE, form=st.sampled_from([plistlib.FMT_XML, plistlib.FMT_BINARY]))
def test_a_damaged_property_list_is_read_or_refused(damage: Damage, form: plistlib.PlistFormat) -> None:
    tried(lambda: read_plist(damaged(plistlib.dumps(VALUES, fmt=form), damage)))


@FUZZ
@given(data=st.binary(max_size=300))
def test_any_bytes_after_the_mark_of_a_property_list_are_read_or_refused(data: bytes) -> None:
    tried(lambda: read_plist(b"bplist00" + data))
    tried(lambda: read_plist(b"<?xml version='1.0'?><plist>" + data))


@FUZZ
@given(damage=DAMAGE, cut=st.sampled_from([None, 50]))
def test_a_damaged_profile_is_read_or_refused(damage: Damage, cut: int | None) -> None:
    tried(lambda: read_profile(damaged(build.profile({"a": [True]}, cut=cut), damage)))


@FUZZ
@given(data=st.binary(max_size=200))
def test_any_bytes_are_entitlements_or_a_message_or_refused(data: bytes) -> None:
    tried(lambda: read_entitlements(data))
    tried(lambda: signed_content(data))


@FUZZ
@given(damage=DAMAGE, order=st.sampled_from(["<", ">"]), many=st.booleans())
def test_a_damaged_program_is_read_or_refused(damage: Damage, order: str, many: bool) -> None:
    program = build.macho(build.signature({"a": [True, 7]}), order=order, info={"b": "c"}, text=b"_http._tcp")
    data = damaged(build.universal((build.ARM64, program), (build.X86_64, program)) if many else program, damage)
    tried(lambda: read_macho(io.BytesIO(data), len(data)))


@FUZZ
@given(damage=DAMAGE)
def test_a_damaged_archive_gives_findings_or_a_problem(damage: Damage, tmp_path: Path) -> None:
    file = tmp_path / "app.ipa"
    file.write_bytes(damaged(archive(), damage))
    case_of(file)


@FUZZ
@given(damage=DAMAGE, which=st.sampled_from(["Info.plist", "embedded.mobileprovision", "Main"]))
def test_an_app_with_a_damaged_file_gives_findings_or_a_problem(damage: Damage, which: str, tmp_path: Path) -> None:
    root = tmp_path / "Example.app"
    if not root.exists():
        build.ios_app().write(tmp_path)
    whole = (root / which).read_bytes()
    (root / which).write_bytes(damaged(whole, damage))
    try:
        case_of(root)
    finally:
        (root / which).write_bytes(whole)


def case_of(path: Path) -> None:
    """The findings about a path, or a problem."""
    try:
        parts = tuple(open_bundle(str(path)))
    except ProblemError:
        return
    assert judge(Case(parts=parts, browses=("_http._tcp",), multicast=True, now=datetime.now(UTC)))


def archive() -> bytes:
    app = build.ios_app()
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w", zipfile.ZIP_DEFLATED) as file:
        file.writestr("Payload/Example.app/Info.plist", plistlib.dumps(app.info or {}))
        file.writestr("Payload/Example.app/Main", app.made())
        file.writestr("Payload/Example.app/embedded.mobileprovision", build.profile({"a": True}, mac=False))
    return content.getvalue()


# What is made to grow


def binary_plist(objects: list[bytes], *, offsets: list[int] | None = None, count: int | None = None) -> bytes:
    """A binary property list of these objects, with offsets of 4 and references of 2 bytes."""
    body, places = b"bplist00", []
    for each in objects:
        places.append(len(body))
        body += each
    table = b"".join(struct.pack(">I", place) for place in (offsets or places))
    number = count if count is not None else len(offsets or places)
    return body + table + struct.pack(">5xBBBQQQ", 0, 4, 2, number, 0, len(body))


def wide_array(references: list[int]) -> bytes:
    return b"\xaf\x12" + struct.pack(">I", len(references)) + struct.pack(f">{len(references)}H", *references)


def under_a_key(objects: list[bytes]) -> bytes:
    """A dictionary whose value is the first of ``objects``, which refer to each other from number 2 on."""
    return binary_plist([b"\xd1\x00\x01\x00\x02", b"\x51a", *objects])


def laughs() -> bytes:
    """Each array holds the next ten times: 10 to the power of 30 values."""
    return under_a_key([b"\xaa" + struct.pack(">10H", *[number + 3] * 10) for number in range(30)] + [b"\x09"])


def overlapping() -> bytes:
    """60,000 objects that are all the same array of 60,000 references."""
    array = wide_array(list(range(60_000)))
    return binary_plist([array], offsets=[8] * 60_000)


def nested_indefinite() -> bytes:
    """Elements without an end, each within the one before, and a million of the smallest inside."""
    return b"\x30\x80" * 60 + b"\x05\x00" * 1_000_000 + b"\0\0" * 60


HOSTILE: dict[str, Callable[[], object]] = {
    "laughs": lambda: read_plist(laughs()),
    "overlapping": lambda: read_plist(overlapping()),
    "many objects": lambda: read_plist(binary_plist([b"\xd0"], count=1 << 40)),
    "itself": lambda: read_plist(under_a_key([wide_array([2])])),
    "deep XML": lambda: read_plist(
        b"<plist><dict><key>a</key>" + b"<array>" * 100_000 + b"</array>" * 100_000 + b"</dict></plist>"
    ),
    "deep binary": lambda: read_plist(
        under_a_key([b"\xa1" + struct.pack(">H", number + 3) for number in range(50_000)] + [b"\x09"])
    ),
    "entities": lambda: read_plist(
        b'<?xml version="1.0"?><!DOCTYPE plist [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;">]><plist>&b;</plist>'
    ),
    "outside file": lambda: read_plist(
        b'<?xml version="1.0"?><!DOCTYPE p [<!ENTITY a SYSTEM "file:///etc/passwd">]><plist><string>&a;</string></plist>'
    ),
    "large": lambda: read_plist(b"<plist>" + b" " * 3_000_000),
    "long number": lambda: read_plist(
        b"<plist><dict><key>a</key><integer>0x" + b"f" * 1_000_000 + b"</integer></dict></plist>"
    ),
    "indefinite": lambda: signed_content(nested_indefinite()),
    "deep DER": lambda: read_entitlements(build.der(0x70, build.der(0x02, b"\1") + deep_der())),
    "commands": lambda: read_macho(io.BytesIO(struct.pack("<IiiIIIII", 0xFEEDFACF, 0, 0, 2, 1 << 31, 0, 0, 0)), 32),
}


def deep_der() -> bytes:
    inner = b""
    for _ in range(5000):
        inner = build.der(0x30, inner)
    return build.der(0xB0, build.der(0x30, build.der_value("a") + inner))


@pytest.mark.parametrize("name", HOSTILE)
def test_a_file_made_to_grow_is_refused_in_little_memory_and_time(name: str) -> None:
    began = process_time()
    tracemalloc.start()
    try:
        with pytest.raises(UnreadableError):
            HOSTILE[name]()
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert peak < 100_000_000
    assert process_time() - began < 10
