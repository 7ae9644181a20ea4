"""Rules of network extensions: the values of their entitlement, how they are packaged, and app beside extension."""

from __future__ import annotations

from collections.abc import Iterator

from diagnosis.bundle.case import DISTRIBUTIONS, Case, finding, listed, said
from diagnosis.bundle.parts import Part
from diagnosis.bundle.plists import texts
from diagnosis.records import Finding

PROVIDERS = "com.apple.developer.networking.networkextension"
INSTALL = "com.apple.developer.system-extension.install"
SUFFIX = "-systemextension"
SUFFIXED = ("packet-tunnel-provider", "app-proxy-provider", "content-filter-provider", "dns-proxy")
OTHERS = ("dns-settings", "app-push-provider", "relay", "url-filter-provider", "hotspot-provider")

POINTS = {
    "com.apple.networkextension.packet-tunnel": "packet-tunnel-provider",
    "com.apple.networkextension.app-proxy": "app-proxy-provider",
    "com.apple.networkextension.filter-data": "content-filter-provider",
    "com.apple.networkextension.filter-control": "content-filter-provider",
    "com.apple.networkextension.filter-packet": "content-filter-provider",
    "com.apple.networkextension.dns-proxy": "dns-proxy",
    "com.apple.networkextension.app-push": "app-push-provider",
}
"""The value that each extension point needs, as plain text."""


def suffixes(case: Case) -> Iterator[Finding]:
    """Values with the suffix are for Developer ID, and only they (Apple Developer Forums thread 737894)."""
    for part in case.parts:
        claimed = part.claimed or {}
        values = texts(claimed.get(PROVIDERS))
        plain = [value for value in values if value in SUFFIXED]
        suffixed = [value for value in values if value.removesuffix(SUFFIX) in SUFFIXED and value.endswith(SUFFIX)]
        evidence = [said(part.claimed_at, PROVIDERS, claimed)]
        distribution = case.distribution(part)
        if distribution is None:
            if plain and suffixed:
                yield finding("bundle_ne_mixed", part.name, "proven", evidence, values=listed((*plain, *suffixed)))
            continue
        evidence.append(how_distributed(case, part))
        if distribution == "developer_id" and plain:
            wanted = listed(value + SUFFIX for value in plain)
            yield finding(
                "bundle_ne_suffix_missing", part.name, "proven", evidence, values=listed(plain), wanted=wanted
            )
        elif distribution != "developer_id" and suffixed:
            yield finding(
                "bundle_ne_suffix_unwanted", part.name, "proven", evidence, values=listed(suffixed),
                wanted=listed(value.removesuffix(SUFFIX) for value in suffixed),
                distribution=DISTRIBUTIONS[distribution],
            )  # fmt: skip


def how_distributed(case: Case, part: Part) -> str:
    """By which evidence the way of distribution is known."""
    for each in (part, case.main):
        if each.profile is not None:
            devices = (
                "ProvisionsAllDevices is true" if each.profile.all_devices
                else "no devices are named" if each.profile.devices is None
                else f"{each.profile.devices} devices are named"
            )  # fmt: skip
            words = DISTRIBUTIONS[each.profile.distribution]
            return f"{each.profile_at}: for {words} ({devices}, Platform [{listed(each.profile.platforms)}])"
        signer = each.signature.signer if each.signature is not None else None
        if signer is not None and signer != "distribution":
            return f"{each.program_at}, code signature: a certificate for {DISTRIBUTIONS[signer]}, found as text"
    return "The way of distribution is not known"


def unknown_values(case: Case) -> Iterator[Finding]:
    """Values that are perhaps misspelt."""
    for part in case.parts:
        claimed = part.claimed or {}
        known = (*SUFFIXED, *OTHERS, *(value + SUFFIX for value in SUFFIXED))
        odd = [value for value in texts(claimed.get(PROVIDERS)) if value not in known]
        if odd:
            evidence = (said(part.claimed_at, PROVIDERS, claimed),)
            yield finding("bundle_ne_value_unknown", part.name, "possible", evidence, values=listed(odd))


def packaging(case: Case) -> Iterator[Finding]:
    """On the Mac, Developer ID allows providers as system extensions only (TN3134)."""
    for part in case.extensions:
        points = declared_points(part)
        if part.kind == "appex" and part.system == "macos" and points and case.distribution(part) == "developer_id":
            evidence = (_declaration(part), how_distributed(case, part))
            yield finding("bundle_ne_appex_developer_id", part.name, "proven", evidence, point=listed(points))
        claimed = part.claimed or {}
        if part.kind == "systemextension" and part.info is not None and not points and PROVIDERS in claimed:
            evidence = (said(part.claimed_at, PROVIDERS, claimed), _declaration(part))
            key = "NetworkExtension › NEProviderClasses"
            yield finding("bundle_ne_no_class", part.name, "likely", evidence, file=part.info_at, key=key)


def both_sides(case: Case) -> Iterator[Finding]:
    """App and extension are both signed with the entitlement."""
    app = case.main
    for part in case.extensions:
        needed = sorted({POINTS[point] for point in declared_points(part) if point in POINTS})
        for each in (part,) if part is app else (part, app):
            if each.claimed is None:
                continue
            has = {value.removesuffix(SUFFIX) for value in texts(each.claimed.get(PROVIDERS))}
            lacking = [value for value in needed if value not in has]
            if not lacking:
                continue
            evidence = (_declaration(part), said(each.claimed_at, PROVIDERS, each.claimed))
            if each is part:
                yield finding(
                    "bundle_ne_extension_lacks", part.name, "likely", evidence, file=part.info_at,
                    point=listed(declared_points(part)), values=listed(lacking),
                )  # fmt: skip
            else:
                yield finding(
                    "bundle_ne_app_lacks", app.name, "likely", evidence, extension=part.name, values=listed(lacking)
                )


def installing(case: Case) -> Iterator[Finding]:
    """The app's right to install its system extensions, and the names they must have."""
    app = case.main
    inside = [part for part in case.extensions if part.kind == "systemextension" and part is not app]
    if inside and app.claimed is not None and app.claimed.get(INSTALL) is not True:
        evidence = (said(app.claimed_at, INSTALL, app.claimed), f"{inside[0].path} is in the app")
        yield finding("bundle_install_missing", app.name, "proven", evidence, extension=inside[0].name)
    for part in inside:
        if part.identifier is not None and part.name != f"{part.identifier}.systemextension":
            evidence = (said(part.info_at, "CFBundleIdentifier", part.info), f"The file is {part.path}")
            wanted = f"{part.identifier}.systemextension"
            yield finding("bundle_sysex_name", part.name, "proven", evidence, wanted=wanted)


def declared_points(part: Part) -> tuple[str, ...]:
    """The network extension points that Info.plist declares."""
    info = part.info or {}
    extension, network = info.get("NSExtension"), info.get("NetworkExtension")
    points = texts(extension.get("NSExtensionPointIdentifier")) if isinstance(extension, dict) else ()
    classes = network.get("NEProviderClasses") if isinstance(network, dict) else None
    names = (*points, *(tuple(classes) if isinstance(classes, dict) else ()))
    return tuple(name for name in names if isinstance(name, str) and name.startswith("com.apple.networkextension."))


def _declaration(part: Part) -> str:
    points = declared_points(part)
    key = "NSExtensionPointIdentifier" if part.kind == "appex" else "NEProviderClasses"
    return f"{part.info_at}: {key} is {listed(points)}" if points else f"{part.info_at}: {key} is missing"


RULES = (suffixes, unknown_values, packaging, both_sides, installing)
