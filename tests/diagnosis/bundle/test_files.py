"""What a path may be: bundles in folders and archives, single files, and what is none of these."""

from __future__ import annotations

import os
import plistlib
import stat
import zipfile
from datetime import UTC, datetime
from pathlib import Path

import pytest

from diagnosis.bundle import tree
from diagnosis.bundle.case import Case
from diagnosis.bundle.examine import examine, judge
from diagnosis.bundle.opening import open_bundle
from diagnosis.bundle.plists import UnreadableError
from diagnosis.records import Finding
from diagnosis.requests import BundleRequest
from net.problems import ProblemError
from tests.diagnosis.bundle import build
from tests.diagnosis.bundle.build import (
    IDENTIFIER,
    PRIVACY,
    PROVIDERS,
    TEAM,
    Bundle,
    developer_id_app,
    info,
    ios_app,
    macho,
    signature,
)


def judged(path: Path, *browses: str) -> tuple[Finding, ...]:
    parts = tuple(open_bundle(str(path)))
    return judge(Case(parts=parts, browses=browses, multicast=False, now=datetime.now(UTC)))


def refused(path: Path | str) -> str:
    with pytest.raises(ProblemError) as caught:
        open_bundle(str(path))
    assert caught.value.problem.remedy
    return caught.value.problem.code


def packed(root: Path, archive: Path, below: str) -> Path:
    with zipfile.ZipFile(archive, "w", zipfile.ZIP_DEFLATED) as file:
        for each in sorted(root.rglob("*")):
            file.write(each, f"{below}/{root.name}/{each.relative_to(root)}")
    return archive


# Bundles


def test_an_ipa_is_read_as_the_app_in_it_without_being_unpacked(tmp_path: Path) -> None:
    archive = packed(ios_app().write(tmp_path), tmp_path / "Example.ipa", "Payload")
    before = set(tmp_path.rglob("*"))
    assert [part.path for part in open_bundle(str(archive))] == ["Example.app", "Example.app/PlugIns/Tunnel.appex"]
    assert [each.code for each in judged(archive)] == ["bundle_fits"]
    assert set(tmp_path.rglob("*")) == before


def test_the_app_of_an_archive_of_xcode_is_found(tmp_path: Path) -> None:
    developer_id_app().write(tmp_path / "Example.xcarchive" / "Products" / "Applications")
    assert judged(tmp_path / "Example.xcarchive")[0].code == "bundle_fits"


def test_an_extension_alone_is_read(tmp_path: Path) -> None:
    root = ios_app().write(tmp_path)
    assert [each.code for each in judged(root / "PlugIns" / "Tunnel.appex")] == ["bundle_fits"]


def test_a_link_within_a_bundle_is_followed_and_one_that_leads_out_is_not(tmp_path: Path) -> None:
    root = Bundle(info=info(**PRIVACY)).write(tmp_path)
    plist = root / "Contents" / "Info.plist"
    plist.rename(root / "Contents" / "Moved.plist")
    plist.symlink_to("Moved.plist")
    assert judged(root)[0].code == "bundle_fits"
    plist.unlink()
    plist.symlink_to(tmp_path / "outside.plist")
    (tmp_path / "outside.plist").write_bytes(plistlib.dumps(info(**PRIVACY)))
    assert refused(root) == "bundle_damaged"


def test_a_name_of_a_program_that_leads_elsewhere_is_no_program(tmp_path: Path) -> None:
    root = Bundle(info={**info(**PRIVACY), "CFBundleExecutable": "../../../../etc/passwd"}).write(tmp_path)
    assert [each.code for each in judged(root)] == ["bundle_part_unreadable", "bundle_read"]


def test_entries_of_an_archive_that_are_links_or_lead_out_are_left_alone(tmp_path: Path) -> None:
    archive = tmp_path / "Example.ipa"
    link = zipfile.ZipInfo("Payload/Example.app/Info.plist")
    link.external_attr = (stat.S_IFLNK | 0o777) << 16
    with zipfile.ZipFile(archive, "w") as file:
        file.writestr(link, "/etc/passwd")
        for name in ("../Example.app/Info.plist", "/Example.app/Info.plist", "Payload/../Other.app/Info.plist"):
            file.writestr(name, plistlib.dumps(info()))
    assert refused(archive) == "bundle_unknown"


def test_an_entry_that_unpacks_to_more_than_such_a_file_has_is_not_read(tmp_path: Path) -> None:
    archive = tmp_path / "Example.ipa"
    with zipfile.ZipFile(archive, "w", zipfile.ZIP_DEFLATED) as file:
        file.writestr("Payload/Example.app/Info.plist", b"<plist>" + b" " * 50_000_000)
    assert archive.stat().st_size < 100_000
    found = judged(archive)
    assert found[0].code == "bundle_part_unreadable"
    assert "more than such a file can have" in found[0].cause


def test_an_entry_packed_in_an_unusual_way_is_not_read(tmp_path: Path) -> None:
    archive = tmp_path / "Example.ipa"
    with zipfile.ZipFile(archive, "w", zipfile.ZIP_LZMA) as file:
        file.writestr("Payload/Example.app/Info.plist", plistlib.dumps(info()))
    assert "packed in a way" in judged(archive)[0].cause


def test_an_archive_that_lies_about_its_list_of_entries_is_refused(tmp_path: Path) -> None:
    archive = packed(ios_app().write(tmp_path), tmp_path / "Example.ipa", "Payload")
    data = bytearray(archive.read_bytes())
    data[-10:-6] = (512 * 1024 * 1024).to_bytes(4, "little")
    archive.write_bytes(data)
    assert refused(archive) == "bundle_damaged"


# Single files


def test_info_plist_alone_is_judged_by_what_the_person_names(tmp_path: Path) -> None:
    file = tmp_path / "Info.plist"
    file.write_bytes(plistlib.dumps(info(**PRIVACY)))
    assert [each.code for each in judged(file, "_ipp._tcp")] == ["bundle_fits"]
    assert [each.code for each in judged(file, "_ssh._tcp")] == ["bundle_type_not_listed", "bundle_read"]


def test_a_profile_that_was_unwrapped_before_is_read_too(tmp_path: Path) -> None:
    file = tmp_path / "profile.plist"
    plist = {"Entitlements": {}, "TeamIdentifier": [TEAM], "Platform": ["iOS"], "ExpirationDate": datetime(2020, 1, 1)}  # noqa: DTZ001
    file.write_bytes(plistlib.dumps(plist))
    assert [each.code for each in judged(file)] == ["bundle_profile_expired", "bundle_read"]


def test_unsigned_and_universal_programs_are_read(tmp_path: Path) -> None:
    file = tmp_path / "tool"
    for wide in (False, True):
        slices = ((build.ARM64, macho(signature())), (build.X86_64, macho(cpu=build.X86_64)))
        file.write_bytes(build.universal(*slices, wide=wide))
        part = open_bundle(str(file))[0]
        assert [piece.architecture for piece in part.slices] == ["arm64", "x86_64"]
        found = judged(file)
        assert [each.code for each in found] == ["bundle_unsigned_intel", "bundle_read"]
        assert found[0].evidence == ("tool (x86_64): no LC_CODE_SIGNATURE",)


def test_a_library_has_no_identity_of_its_own(tmp_path: Path) -> None:
    file = tmp_path / "lib.dylib"
    file.write_bytes(macho(with_uuid=False, kind=6))
    found = judged(file)
    assert [each.code for each in found] == ["bundle_fits"]
    assert "a library" in found[0].evidence[0]


# What is none of these


def test_a_path_that_leads_nowhere_is_unreadable_with_its_reason(tmp_path: Path) -> None:
    with pytest.raises(ProblemError) as caught:
        open_bundle(str(tmp_path / "nothing.app"))
    assert caught.value.problem.code == "bundle_unreadable"
    assert caught.value.problem.errno == 2
    assert refused("a\0b") == "bundle_unknown"


@pytest.mark.parametrize(
    ("name", "content", "code"),
    [
        ("notes.txt", b"hello", "bundle_unknown"),
        ("Java.class", b"\xca\xfe\xba\xbe\x00\x00\x00\x37", "bundle_unknown"),
        ("Info.plist", b"", "bundle_damaged"),
        ("Info.plist", b"hello", "bundle_damaged"),
        ("Info.plist", b"<?xml version='1.0'?><plist><array/></plist>", "bundle_damaged"),
        ("Info.plist", b"<?xml version='1.0'?><plist><dict><key>a</key>", "bundle_damaged"),
        ("Info.plist", b"bplist00", "bundle_damaged"),
        ("a.mobileprovision", b"hello", "bundle_damaged"),
        ("a.mobileprovision", build.profile({})[:500], "bundle_damaged"),
        ("a.mobileprovision", build.cms(b"hello"), "bundle_damaged"),
        ("tool", macho(signature())[:-1], "bundle_damaged"),
        ("tool", macho(signature())[:40], "bundle_damaged"),
        ("tool", macho(b"\0" * 100), "bundle_damaged"),
        ("app.ipa", b"PK\x03\x04" + b"\0" * 100, "bundle_damaged"),
    ],
)
def test_a_file_that_is_nothing_of_an_app_or_damaged_is_refused(
    name: str, content: bytes, code: str, tmp_path: Path
) -> None:
    (tmp_path / name).write_bytes(content)
    assert refused(tmp_path / name) == code


def test_a_folder_that_is_no_bundle_a_pipe_and_an_empty_app_are_refused(tmp_path: Path) -> None:
    (tmp_path / "folder" / "below").mkdir(parents=True)
    assert refused(tmp_path / "folder") == "bundle_unknown"
    (tmp_path / "Empty.app").mkdir()
    assert refused(tmp_path / "Empty.app") == "bundle_damaged"
    os.mkfifo(tmp_path / "pipe")
    assert refused(tmp_path / "pipe") == "bundle_damaged"
    assert refused("/dev/zero") == "bundle_damaged"


async def test_a_type_that_is_none_is_refused_and_a_full_name_is_taken_as_its_type(tmp_path: Path) -> None:
    file = tmp_path / "Info.plist"
    file.write_bytes(plistlib.dumps(info(**PRIVACY)))
    with pytest.raises(ProblemError) as caught:
        await anext(examine(BundleRequest(path=str(file), browses=("http",))))
    assert caught.value.problem.code == "bundle_type_invalid"
    batches = [batch async for batch in examine(BundleRequest(path=str(file), browses=("_ipp._tcp.local.",)))]
    assert [each.code for each in batches[0] if isinstance(each, Finding)] == ["bundle_fits"]


def test_hostile_text_of_a_bundle_is_made_visible_and_cut(tmp_path: Path) -> None:
    file = tmp_path / "Info.plist"
    odd = "\x1b[31m\u202e" + "x" * 100_000
    file.write_bytes(plistlib.dumps(info(odd, NSBonjourServices=[odd]), fmt=plistlib.FMT_BINARY))
    for each in judged(file):
        text = " ".join((each.title, each.cause, *each.remedy, *each.evidence))
        assert "\x1b" not in text
        assert "\u202e" not in text
        assert len(text) < 8000


def test_entitlements_alone_tell_values_of_both_kinds_and_unknown_ones(tmp_path: Path) -> None:
    file = tmp_path / "App.entitlements"
    values = ["dns-proxy", "packet-tunnel-provider-systemextension", "paket-tunnel-provider"]
    file.write_bytes(plistlib.dumps({PROVIDERS: values}))
    assert [each.code for each in judged(file)] == ["bundle_ne_mixed", "bundle_ne_value_unknown", "bundle_read"]


def test_an_expired_profile_alone_is_found(tmp_path: Path) -> None:
    file = tmp_path / "Old.provisionprofile"
    file.write_bytes(build.profile({"com.apple.application-identifier": f"{TEAM}.*"}, days=-1))
    assert [each.code for each in judged(file)] == ["bundle_profile_expired", "bundle_read"]


def test_a_bare_program_is_judged_with_the_info_plist_inside_it(tmp_path: Path) -> None:
    file = tmp_path / "tool"
    file.write_bytes(macho(signature(), info={"CFBundleIdentifier": IDENTIFIER, "NSBonjourServices": ["_http._tcp"]}))
    assert [each.code for each in judged(file, "_http._tcp")] == ["bundle_usage_missing", "bundle_read"]


def test_what_is_unpacked_of_an_archive_has_an_end_also_by_going_back_again_and_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tree, "ARCHIVE_BUDGET", 1000)
    path = tmp_path / "a.zip"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("program", bytes(600))
    with tree.Archive(path).opened("program") as opened:
        opened.file.seek(500)
        assert opened.file.read(50) == bytes(50)
        with pytest.raises(UnreadableError, match="more would have to be unpacked"):
            opened.file.seek(490)
