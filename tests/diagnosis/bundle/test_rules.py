"""Each mismatch of a bundle has its finding and no other one of severity warning or error; where all fits, none."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from diagnosis.bundle.case import Case
from diagnosis.bundle.examine import judge
from diagnosis.bundle.opening import open_bundle
from diagnosis.records import Finding
from resources.loader import bundle_rules
from tests.diagnosis.bundle.build import (
    ADHOC,
    ARM64,
    DEVELOPER_ID,
    IDENTIFIER,
    INSTALL,
    IOS,
    PRIVACY,
    PROVIDERS,
    RUNTIME,
    TEAM,
    X86_64,
    Bundle,
    Plist,
    developer_id_app,
    info,
    ios_app,
    macho,
    signature,
    universal,
)

MULTICAST = "com.apple.developer.networking.multicast"


def judged(path: Path, *browses: str, multicast: bool = False) -> tuple[Finding, ...]:
    parts = tuple(open_bundle(str(path)))
    return judge(Case(parts=parts, browses=browses, multicast=multicast, now=datetime.now(UTC)))


def alarms(found: tuple[Finding, ...]) -> list[str]:
    return [each.code for each in found if each.severity in ("warning", "error")]


def extension(app: Bundle) -> Bundle:
    return app.inner[0][1]


# Where all fits


@pytest.mark.parametrize("make", [developer_id_app, ios_app])
def test_an_app_where_all_fits_has_one_finding_that_lists_what_was_read(
    make: Callable[[], Bundle], tmp_path: Path
) -> None:
    found = judged(make().write(tmp_path), "_ipp._tcp", multicast=True)
    assert [(each.code, each.severity) for each in found] == [("bundle_fits", "ok")]
    seen = "\n".join(found[0].evidence)
    for words in ("Info.plist: NSBonjourServices is [_ipp._tcp, _http._tcp]", "UUID", TEAM, PROVIDERS, "until"):
        assert words in seen
    assert "whether it was notarised" in found[0].cause
    assert "profile is genuine" in found[0].cause


def test_a_mac_app_store_app_with_a_provider_in_an_app_extension_fits(tmp_path: Path) -> None:
    app = ios_app()
    for part in (app, extension(app)):
        part.mac, part.kind = True, "app_store"
        part.signing = {"signer": b"Apple Distribution: Example"}
        for plist in (part.entitlements, part.granted):
            assert plist is not None
            plist["com.apple.application-identifier"] = plist.pop("application-identifier")
            plist.pop("get-task-allow")
            plist.pop(MULTICAST, None)
    assert alarms(judged(app.write(tmp_path))) == []


def test_an_app_from_the_app_store_needs_no_profile(tmp_path: Path) -> None:
    app = ios_app()
    for part in (app, extension(app)):
        part.granted = None
        part.signing = {"signer": b"Apple iPhone OS Application Signing", "flags": 0}
        assert part.entitlements is not None
        part.entitlements.pop("get-task-allow")
    assert alarms(judged(app.write(tmp_path))) == []


def test_a_mac_app_without_restricted_entitlements_needs_no_profile(tmp_path: Path) -> None:
    app = Bundle(info=info(**PRIVACY), entitlements={"com.apple.security.app-sandbox": True})
    assert alarms(judged(app.write(tmp_path))) == []


def test_wildcards_and_lists_of_a_profile_cover_what_is_claimed(tmp_path: Path) -> None:
    app = developer_id_app()
    assert app.entitlements is not None
    assert app.granted is not None
    app.entitlements |= {
        "keychain-access-groups": [f"{TEAM}.{IDENTIFIER}"],
        "com.apple.developer.associated-domains": ["applinks:example.com"],
        "com.apple.developer.icloud-container-environment": "Production",
        "com.apple.developer.ubiquity-kvstore-identifier": f"{TEAM}.{IDENTIFIER}",
    }
    app.granted |= {
        "com.apple.developer.associated-domains": "*",
        "com.apple.developer.icloud-container-environment": ["Development", "Production"],
        "com.apple.developer.ubiquity-kvstore-identifier": f"{TEAM}.*",
    }
    assert alarms(judged(app.write(tmp_path))) == []


# One mismatch each

Change = Callable[[Bundle], object]


def drop(plist: Plist | None, key: str) -> Plist:
    assert plist is not None
    del plist[key]
    return plist


def put(plist: Plist | None, **values: Any) -> Plist:
    assert plist is not None
    plist.update(values)
    return plist


def claim(part: Bundle, key: str, value: object) -> None:
    assert part.entitlements is not None
    part.entitlements[key] = value


def both_claim(app: Bundle, values: list[str]) -> None:
    claim(app, PROVIDERS, values)
    claim(extension(app), PROVIDERS, values)


def grant(app: Bundle, values: list[str]) -> None:
    for part in (app, extension(app)):
        put(part.granted, **{PROVIDERS: values})


def plain_values(app: Bundle) -> None:
    both_claim(app, ["packet-tunnel-provider"])
    grant(app, ["packet-tunnel-provider"])


def mac_app_extension(app: Bundle) -> None:
    """The provider of the Developer ID app as an app extension."""
    inner = extension(app)
    inner.name = "Tunnel.appex"
    inner.info = info(
        f"{IDENTIFIER}.extension",
        NSExtension={"NSExtensionPointIdentifier": "com.apple.networkextension.packet-tunnel"},
    )
    app.inner = [("PlugIns", inner)]


def same_uuid(app: Bundle) -> None:
    app.linking["with_uuid"] = extension(app).linking["with_uuid"] = uuid.uuid4()


def developer_id_values(app: Bundle) -> None:
    both_claim(app, ["packet-tunnel-provider-systemextension"])
    grant(app, ["packet-tunnel-provider", "packet-tunnel-provider-systemextension"])


MAC: list[tuple[str, Change]] = [
    ("bundle_usage_missing", lambda app: drop(app.info, "NSLocalNetworkUsageDescription")),
    ("bundle_usage_empty", lambda app: put(app.info, NSLocalNetworkUsageDescription="  ")),
    ("bundle_usage_empty", lambda app: put(app.info, NSLocalNetworkUsageDescription=["text"])),
    ("bundle_type_malformed", lambda app: put(app.info, NSBonjourServices=["_http._tcp.local."])),
    ("bundle_type_malformed", lambda app: put(app.info, NSBonjourServices=["_http._tcp."])),
    ("bundle_type_malformed", lambda app: put(app.info, NSBonjourServices=["http"])),
    ("bundle_type_malformed", lambda app: put(app.info, NSBonjourServices=["_sixteen-letters-._tcp"])),
    ("bundle_type_malformed", lambda app: put(app.info, NSBonjourServices=["_printer._sub._ipp._tcp"])),
    ("bundle_type_malformed", lambda app: put(app.info, NSBonjourServices="_http._tcp")),
    ("bundle_type_malformed", lambda app: put(app.info, NSBonjourServices=[7])),
    ("bundle_ne_suffix_missing", plain_values),
    ("bundle_ne_not_in_profile", lambda app: grant(app, ["app-proxy-provider-systemextension"])),
    ("bundle_relay_not_in_profile",
     lambda app: claim(app, PROVIDERS, ["packet-tunnel-provider-systemextension", "relay"])),
    ("bundle_entitlement_not_in_profile", lambda app: claim(app, "com.apple.developer.associated-domains", ["a.b"])),
    ("bundle_entitlement_not_in_profile", lambda app: claim(app, "keychain-access-groups", ["OTHER.group"])),
    ("bundle_entitlement_not_in_profile", lambda app: drop(app.granted, INSTALL)),
    ("bundle_profile_missing", lambda app: setattr(app, "granted", None)),
    ("bundle_ne_appex_developer_id", mac_app_extension),
    ("bundle_ne_extension_lacks", lambda app: drop(extension(app).entitlements, PROVIDERS)),
    ("bundle_ne_app_lacks", lambda app: drop(app.entitlements, PROVIDERS)),
    ("bundle_ne_no_class", lambda app: drop(extension(app).info, "NetworkExtension")),
    ("bundle_install_missing", lambda app: drop(app.entitlements, INSTALL)),
    ("bundle_sysex_name", lambda app: setattr(extension(app), "name", "Extension.systemextension")),
    ("bundle_unsigned", lambda app: setattr(extension(app), "program", macho())),
    ("bundle_hardened_missing", lambda app: app.signing.update(flags=0)),
    ("bundle_debuggable", lambda app: claim(app, "com.apple.security.get-task-allow", True)),
    ("bundle_signature_name", lambda app: app.signing.update(identifier="com.example.other")),
    ("bundle_app_id", lambda app: claim(app, "com.apple.application-identifier", f"{TEAM}.com.example.other")),
    ("bundle_profile_other_app",
     lambda app: put(app.granted, **{"com.apple.application-identifier": f"{TEAM}.com.example.other"})),
    ("bundle_profile_other_app",
     lambda app: put(app.granted, **{"com.apple.application-identifier": f"{TEAM}.com.other.*"})),
    ("bundle_profile_other_team", lambda app: app.profile_options.update(team="ZYXWV98765")),
    ("bundle_profile_expired", lambda app: app.profile_options.update(days=-3)),
    ("bundle_uuid_missing", lambda app: app.linking.update(with_uuid=False)),
    ("bundle_uuid_shared", same_uuid),
    ("bundle_der_differs", lambda app: app.signing.update(der_form={"a": 1})),
]  # fmt: skip

PHONE: list[tuple[str, Change]] = [
    (
        "bundle_keys_in_extension",
        lambda app: (drop(app.info, "NSBonjourServices"), put(extension(app).info, **PRIVACY)),
    ),
    ("bundle_multicast_not_in_profile", lambda app: drop(app.granted, MULTICAST)),
    ("bundle_relay_not_in_profile", lambda app: put(app.granted, **{PROVIDERS: ["packet-tunnel-provider"]})),
    ("bundle_ne_suffix_unwanted", developer_id_values),
    ("bundle_entitlement_not_in_profile", lambda app: put(app.granted, **{"get-task-allow": False})),
    ("bundle_identifier_prefix", lambda app: rename(extension(app), "com.example.other")),
    ("bundle_identifier_twice", lambda app: rename(extension(app), IDENTIFIER)),
    ("bundle_der_missing", lambda app: app.signing.update(with_der=False)),
]


def rename(part: Bundle, identifier: str) -> None:
    put(part.info, CFBundleIdentifier=identifier)
    for plist in (part.entitlements, part.granted):
        put(plist, **{"application-identifier": f"{TEAM}.{identifier}"})


@pytest.mark.parametrize(("code", "change"), MAC)
def test_a_mismatch_of_a_developer_id_app_is_found_and_nothing_else(code: str, change: Change, tmp_path: Path) -> None:
    app = developer_id_app()
    change(app)
    assert set(alarms(judged(app.write(tmp_path)))) == {code}


@pytest.mark.parametrize(("code", "change"), PHONE)
def test_a_mismatch_of_an_ios_app_is_found_and_nothing_else(code: str, change: Change, tmp_path: Path) -> None:
    app = ios_app()
    change(app)
    assert set(alarms(judged(app.write(tmp_path)))) == {code}


def test_a_finding_names_file_and_key_and_its_row_has_a_source(tmp_path: Path) -> None:
    app = ios_app()
    put(app.granted, **{PROVIDERS: ["packet-tunnel-provider"]})
    finding = judged(app.write(tmp_path))[0]
    assert finding.evidence == (
        f"Example.app/Main, code signature: {PROVIDERS} is [packet-tunnel-provider, relay]",
        f"Example.app/embedded.mobileprovision, Entitlements: {PROVIDERS} is [packet-tunnel-provider]",
    )
    assert "NERelayErrorDomain 3" in finding.cause
    assert bundle_rules()[finding.code].source


def test_every_row_of_the_table_is_reached_by_these_tests() -> None:
    text = "".join(file.read_text(encoding="utf-8") for file in Path(__file__).parent.glob("test_*.py"))
    assert [code for code in bundle_rules() if f'"{code}"' not in text] == []


# What the person says of the app


def test_a_type_that_is_browsed_and_not_listed_is_no_auth_and_not_policy_denied(tmp_path: Path) -> None:
    found = judged(developer_id_app().write(tmp_path), "_ipp._tcp", "_ssh._tcp")
    assert alarms(found) == ["bundle_type_not_listed"]
    assert (found[0].subject, found[0].certainty) == ("_ssh._tcp", "likely")
    assert "NoAuth (-65555)" in found[0].cause


def test_a_type_listed_in_another_case_is_only_possibly_missing(tmp_path: Path) -> None:
    found = judged(developer_id_app().write(tmp_path), "_IPP._tcp")
    assert (found[0].code, found[0].certainty) == ("bundle_type_not_listed", "possible")
    assert "_ipp._tcp" in found[0].cause


def test_browsing_without_any_declaration_is_said_once(tmp_path: Path) -> None:
    app = developer_id_app()
    app.info = info()
    assert alarms(judged(app.write(tmp_path), "_ssh._tcp", "_http._tcp")) == [
        "bundle_usage_missing", "bundle_bonjour_missing",
    ]  # fmt: skip


@pytest.mark.parametrize(("browses", "multicast"), [((), True), (("_services._dns-sd._udp",), False)])
def test_multicast_on_ios_needs_its_entitlement(browses: tuple[str, ...], multicast: bool, tmp_path: Path) -> None:
    app = ios_app()
    drop(app.entitlements, MULTICAST)
    found = judged(app.write(tmp_path), *browses, multicast=multicast)
    assert (found[0].code, found[0].certainty) == ("bundle_multicast_missing", "likely")
    assert len(alarms(found)) == 1


def test_multicast_on_the_mac_needs_no_entitlement_and_says_so_where_it_is_claimed(tmp_path: Path) -> None:
    app = developer_id_app()
    assert alarms(judged(app.write(tmp_path / "without"), multicast=True)) == []
    claim(app, MULTICAST, True)
    put(app.granted, **{MULTICAST: True})
    found = judged(app.write(tmp_path / "with"), multicast=True)
    assert [each.code for each in found] == ["bundle_multicast_needless", "bundle_fits"]


def test_groups_and_types_found_as_text_are_possible_only(tmp_path: Path) -> None:
    app = ios_app()
    drop(app.entitlements, MULTICAST)
    app.linking["text"] = b"\0".join(
        (b"", b"_ssh._tcp", b"_ipp._tcp", b"224.0.0.251", b"239.255.255.250", b"224.1.2.3.4", b"")
    )
    found = {each.code: each for each in judged(app.write(tmp_path))}
    assert found["bundle_multicast_missing"].certainty == "possible"
    assert "239.255.255.250" in found["bundle_multicast_missing"].evidence[1]
    assert "224.0.0.251" not in str(found)
    assert "224.1.2.3" not in str(found)
    text = found["bundle_types_as_text"]
    assert (text.severity, text.certainty) == ("info", "possible")
    assert text.evidence[0].endswith("found as text: _ssh._tcp")


# Signatures of several kinds


def test_an_ad_hoc_signature_is_a_warning_and_with_restricted_entitlements_an_error(tmp_path: Path) -> None:
    app = Bundle(info=info(**PRIVACY), signing={"flags": ADHOC, "team": None})
    assert alarms(judged(app.write(tmp_path / "plain"))) == ["bundle_adhoc"]
    app.entitlements = {PROVIDERS: ["packet-tunnel-provider"]}
    assert alarms(judged(app.write(tmp_path / "claiming"))) == ["bundle_adhoc_restricted", "bundle_adhoc"]


def test_intel_starts_without_a_signature_and_a_linker_gives_it_none(tmp_path: Path) -> None:
    app = Bundle(info=info(**PRIVACY))
    app.program = macho(cpu=X86_64)
    assert alarms(judged(app.write(tmp_path / "intel"))) == ["bundle_unsigned_intel"]
    linked = signature(flags=ADHOC, team=None)
    app.program = universal((X86_64, macho(cpu=X86_64)), (ARM64, macho(linked)))
    assert alarms(judged(app.write(tmp_path / "linked"))) == ["bundle_adhoc"]
    app.program = universal((X86_64, macho(linked, cpu=X86_64)), (ARM64, macho()))
    assert alarms(judged(app.write(tmp_path / "arm"))) == ["bundle_unsigned"]


def test_an_extension_of_another_team_is_found(tmp_path: Path) -> None:
    app = developer_id_app()
    extension(app).signing["team"] = extension(app).profile_options["team"] = "ZYXWV98765"
    assert alarms(judged(app.write(tmp_path))) == ["bundle_team_differs"]


def test_architectures_that_are_signed_differently_are_found(tmp_path: Path) -> None:
    app = Bundle(info=info(**PRIVACY))
    app.program = universal((ARM64, macho(signature(flags=RUNTIME))), (X86_64, macho(signature(flags=0), cpu=X86_64)))
    found = {each.code: each for each in judged(app.write(tmp_path))}
    assert "arm64, x86_64" in found["bundle_slices_differ"].cause


def test_developer_id_is_known_by_the_certificate_where_there_is_no_profile(tmp_path: Path) -> None:
    app = Bundle(info=info(**PRIVACY), entitlements={}, signing={"signer": DEVELOPER_ID, "flags": 0})
    found = judged(app.write(tmp_path))
    assert alarms(found) == ["bundle_hardened_missing"]
    assert "a certificate for Developer ID, found as text" in found[0].evidence[1]


def test_a_part_that_cannot_be_read_is_a_finding_and_the_others_are_judged(tmp_path: Path) -> None:
    root = developer_id_app().write(tmp_path)
    (root / "Contents" / "embedded.provisionprofile").write_bytes(b"0\x82\xff\xffnonsense")
    (
        root
        / "Contents"
        / "Library/SystemExtensions"
        / f"{IDENTIFIER}.extension.systemextension"
        / "Contents/Info.plist"
    ).write_bytes(b"<?xml version='1.0'?><!DOCTYPE plist [<!ENTITY a 'b'>]><plist><string>&a;</string></plist>")
    found = judged(root)
    assert alarms(found) == ["bundle_part_unreadable", "bundle_part_unreadable"]
    assert "entity declarations are not supported" in found[1].cause


def test_a_bundle_without_an_identifier_is_found(tmp_path: Path) -> None:
    app = Bundle(info={"CFBundleExecutable": "Main", **PRIVACY}, signing={"identifier": "Main"})
    assert alarms(judged(app.write(tmp_path))) == ["bundle_identifier_missing"]


def test_the_program_tells_the_system_before_the_layout_does(tmp_path: Path) -> None:
    app = Bundle(info=info(**PRIVACY), linking={"platform": IOS})
    assert open_bundle(str(app.write(tmp_path / "a")))[0].system == "ios"
    app.linking["platform"] = None
    assert open_bundle(str(app.write(tmp_path / "b")))[0].system == "macos"
