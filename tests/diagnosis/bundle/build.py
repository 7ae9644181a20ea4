"""Builds bundles for the tests: Mach-O files with code signatures, CMS-wrapped profiles, and whole apps."""

from __future__ import annotations

import plistlib
import struct
import uuid
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

TEAM = "ABCDE12345"
IDENTIFIER = "com.example.tunnel"
DEVELOPER_ID, DEVELOPMENT = b"Developer ID Application: Example", b"Apple Development: Example"
ADHOC, RUNTIME = 0x2, 0x10000
MACOS, IOS = 1, 2
ARM64, X86_64 = 0x0100_000C, 0x0100_0007
PROVIDERS = "com.apple.developer.networking.networkextension"
INSTALL = "com.apple.developer.system-extension.install"

Plist = dict[str, Any]


# DER


def der(tag: int, content: bytes) -> bytes:
    """An element with a definite length (X.690 section 8.1.3)."""
    if len(content) < 0x80:
        return bytes((tag, len(content))) + content
    length = len(content).to_bytes((len(content).bit_length() + 7) // 8, "big")
    return bytes((tag, 0x80 | len(length))) + length + content


def indefinite(tag: int, content: bytes) -> bytes:
    """The same, lasting until two zero octets."""
    return bytes((tag, 0x80)) + content + b"\0\0"


def der_value(value: Any) -> bytes:
    match value:
        case bool():
            return der(0x01, b"\xff" if value else b"\0")
        case int():
            return der(0x02, value.to_bytes(value.bit_length() // 8 + 1, "big", signed=True))
        case str():
            return der(0x0C, value.encode())
        case list():
            return der(0x30, b"".join(map(der_value, value)))
        case dict():
            return der(0xB0, b"".join(der(0x30, der_value(key) + der_value(each)) for key, each in value.items()))
    raise AssertionError(value)


def der_entitlements(entitlements: Plist) -> bytes:
    return der(0x70, der(0x02, b"\1") + der_value(entitlements))


SIGNED_DATA, DATA = bytes.fromhex("06092a864886f70d010702"), bytes.fromhex("06092a864886f70d010701")


def cms(content: bytes, *, cut: int | None = None) -> bytes:
    """Signed data without a signer; ``cut``: with indefinite lengths, the content in pieces of that size."""
    algorithms = der(0x31, b"")
    if cut is None:
        inner = der(0x30, DATA + der(0xA0, der(0x04, content)))
        signed = der(0x30, der(0x02, b"\1") + algorithms + inner + der(0x31, b""))
        return der(0x30, SIGNED_DATA + der(0xA0, signed))
    pieces = b"".join(der(0x04, content[place : place + cut]) for place in range(0, len(content), cut))
    inner = indefinite(0x30, DATA + indefinite(0xA0, indefinite(0x24, pieces)))
    signed = indefinite(0x30, der(0x02, b"\1") + algorithms + inner + der(0x31, b""))
    return indefinite(0x30, SIGNED_DATA + indefinite(0xA0, signed))


def profile(
    entitlements: Plist,
    *,
    kind: str = "developer_id",
    mac: bool = True,
    team: str = TEAM,
    days: int = 300,
    cut: int | None = None,
) -> bytes:
    """A provisioning profile for a way of distribution."""
    expires = (datetime.now(UTC) + timedelta(days=days)).replace(tzinfo=None)
    plist: Plist = {
        "Name": "Example profile",
        "AppIDName": "Example",
        "Platform": ["OSX"] if mac else ["iOS"],
        "TeamIdentifier": [team],
        "ExpirationDate": expires,
        "Entitlements": entitlements,
    }
    if kind in ("developer_id", "enterprise"):
        plist["ProvisionsAllDevices"] = True
    elif kind in ("development", "ad_hoc"):
        plist["ProvisionedDevices"] = ["00008030-001544522E60802E"]
    return cms(plistlib.dumps(plist), cut=cut)


# Mach-O


def blob(magic: int, content: bytes) -> bytes:
    return struct.pack(">II", magic, 8 + len(content)) + content


def signature(
    entitlements: Plist | None = None,
    *,
    identifier: str = IDENTIFIER,
    team: str | None = TEAM,
    flags: int = RUNTIME,
    signer: bytes = DEVELOPER_ID,
    der_form: Plist | None = None,
    with_der: bool = True,
) -> bytes:
    """A SuperBlob: CodeDirectory, entitlements in both forms, and the name of a certificate."""
    name = identifier.encode() + b"\0"
    team_at = 52 + len(name) if team is not None else 0
    directory = struct.pack(">IIIIIIIBBBBIII", 0x20200, flags, 0, 52, 0, 0, 0, 32, 2, 0, 12, 0, 0, team_at)
    blobs = [(0, blob(0xFADE0C02, directory + name + (team.encode() + b"\0" if team is not None else b"")))]
    if entitlements is not None:
        blobs.append((5, blob(0xFADE7171, plistlib.dumps(entitlements))))
        if with_der:
            blobs.append((7, blob(0xFADE7172, der_entitlements(der_form if der_form is not None else entitlements))))
    blobs.append((0x10000, blob(0xFADE0B01, b"" if flags & ADHOC else signer)))
    index, offset = b"", 12 + 8 * len(blobs)
    for slot, each in blobs:
        index += struct.pack(">II", slot, offset)
        offset += len(each)
    return struct.pack(">III", 0xFADE0CC0, offset, len(blobs)) + index + b"".join(each for _, each in blobs)


def macho(
    signed: bytes | None = None,
    *,
    cpu: int = ARM64,
    platform: int | None = MACOS,
    with_uuid: bool | uuid.UUID = True,
    text: bytes = b"",
    order: str = "<",
    info: Plist | None = None,
    kind: int = 2,
) -> bytes:
    """A thin program (``kind`` 6: a library), signed with ``signed``; ``text`` stands in it, ``info`` is its section
    __info_plist.
    """
    embedded = plistlib.dumps(info) if info is not None else b""
    commands = []
    if platform is not None:
        commands.append(struct.pack(f"{order}IIIIII", 0x32, 24, platform, 0, 0, 0))
    if with_uuid:
        chosen = with_uuid if isinstance(with_uuid, uuid.UUID) else uuid.uuid4()
        commands.append(struct.pack(f"{order}II16s", 0x1B, 24, chosen.bytes))
    after = 32 + sum(map(len, commands)) + (152 if info is not None else 0) + (16 if signed is not None else 0)
    if info is not None:
        segment = struct.pack(f"{order}II16sQQQQiiII", 0x19, 152, b"__TEXT", 0, 0, 0, 0, 7, 5, 1, 0)
        place = (len(embedded), after + len(text))
        section = struct.pack(f"{order}16s16sQQIIIIIIII", b"__info_plist", b"__TEXT", 0, *place, *(0,) * 7)
        commands.append(segment + section)
    if signed is not None:
        commands.append(struct.pack(f"{order}IIII", 0x1D, 16, after + len(text) + len(embedded), len(signed)))
    body = b"".join(commands)
    header = struct.pack(f"{order}IiiIIIII", 0xFEEDFACF, cpu, 0, kind, len(commands), len(body), 0, 0)
    return header + body + text + embedded + (signed or b"")


def universal(*slices: tuple[int, bytes], wide: bool = False) -> bytes:
    """A fat file; ``wide``: with 64-bit offsets."""
    offset = 8 + (32 if wide else 20) * len(slices)
    table, content = b"", b""
    for cpu, each in slices:
        form = (">iiQQII", (cpu, 0, offset, len(each), 0, 0)) if wide else (">iiIII", (cpu, 0, offset, len(each), 0))
        table += struct.pack(form[0], *form[1])
        content += each
        offset += len(each)
    return struct.pack(">II", 0xCAFEBABF if wide else 0xCAFEBABE, len(slices)) + table + content


# Bundles


@dataclass
class Bundle:
    """What is in one bundle; a test changes what it is about and writes it. ``None`` leaves a file out."""

    name: str = "Example.app"
    info: Plist | None = None
    entitlements: Plist | None = None
    granted: Plist | None = None
    kind: str = "developer_id"
    mac: bool = True
    profile_options: dict[str, Any] = field(default_factory=dict)
    signing: dict[str, Any] = field(default_factory=dict)
    linking: dict[str, Any] = field(default_factory=dict)
    program: bytes | None = None
    inner: list[tuple[str, Bundle]] = field(default_factory=list)

    def write(self, folder: Path) -> Path:
        root = folder / self.name
        content = root / "Contents" if self.mac else root
        content.mkdir(parents=True)
        if self.info is not None:
            (content / "Info.plist").write_bytes(plistlib.dumps(self.info, fmt=plistlib.FMT_BINARY))
        if self.granted is not None:
            options: dict[str, Any] = {"kind": self.kind, "mac": self.mac, **self.profile_options}
            name = "embedded.provisionprofile" if self.mac else "embedded.mobileprovision"
            (content / name).write_bytes(profile(self.granted, **options))
        place = content / "MacOS" if self.mac else content
        place.mkdir(exist_ok=True)
        (place / "Main").write_bytes(self.program if self.program is not None else self.made())
        for below, bundle in self.inner:
            bundle.write(content / below)
        return root

    def made(self) -> bytes:
        """The program as it is signed and linked."""
        identifier = (self.info or {}).get("CFBundleIdentifier", IDENTIFIER)
        signed = signature(self.entitlements, **{"identifier": identifier, **self.signing})
        return macho(signed, **{"platform": MACOS if self.mac else IOS, **self.linking})


def info(identifier: str = IDENTIFIER, **more: Any) -> Plist:
    return {"CFBundleIdentifier": identifier, "CFBundleExecutable": "Main", **more}


PRIVACY: Plist = {
    "NSLocalNetworkUsageDescription": "Finds the printers of your network.",
    "NSBonjourServices": ["_ipp._tcp", "_http._tcp"],
}


def ids(identifier: str, *, mac: bool = True, team: str = TEAM) -> Plist:
    key = "com.apple.application-identifier" if mac else "application-identifier"
    return {key: f"{team}.{identifier}", "com.apple.developer.team-identifier": team}


def developer_id_app(values: list[str] | None = None) -> Bundle:
    """An app with a system extension that tunnels packets, for Developer ID: all fits."""
    values = values if values is not None else ["packet-tunnel-provider-systemextension"]
    inner = f"{IDENTIFIER}.extension"
    app = {**ids(IDENTIFIER), PROVIDERS: list(values), INSTALL: True}
    extension = {**ids(inner), PROVIDERS: list(values)}
    granted = [f"{each}-systemextension" for each in ("packet-tunnel-provider", "app-proxy-provider", "dns-proxy")]
    classes = {"NEProviderClasses": {"com.apple.networkextension.packet-tunnel": "Tunnel"}}
    return Bundle(
        info=info(**PRIVACY),
        entitlements=app,
        granted={**app, PROVIDERS: granted, "keychain-access-groups": [f"{TEAM}.*"]},
        inner=[
            (
                "Library/SystemExtensions",
                Bundle(
                    name=f"{inner}.systemextension",
                    info=info(inner, NetworkExtension=classes),
                    entitlements=extension,
                    granted={**extension, PROVIDERS: granted},
                ),
            )
        ],
    )


def ios_app() -> Bundle:
    """An app with a packet tunnel and the multicast entitlement, for development: all fits."""
    inner = f"{IDENTIFIER}.tunnel"
    multicast = {"com.apple.developer.networking.multicast": True}
    app = {
        **ids(IDENTIFIER, mac=False),
        **multicast,
        PROVIDERS: ["packet-tunnel-provider", "relay"],
        "get-task-allow": True,
    }
    extension = {**ids(inner, mac=False), PROVIDERS: ["packet-tunnel-provider"], "get-task-allow": True}
    point = {"NSExtensionPointIdentifier": "com.apple.networkextension.packet-tunnel"}
    return Bundle(
        info=info(**PRIVACY),
        entitlements=app,
        granted=dict(app),
        kind="development",
        mac=False,
        signing={"signer": DEVELOPMENT, "flags": 0},
        inner=[
            (
                "PlugIns",
                Bundle(
                    name="Tunnel.appex",
                    info=info(inner, NSExtension=point),
                    entitlements=extension,
                    granted={**extension, "application-identifier": f"{TEAM}.{IDENTIFIER}.*"},
                    kind="development",
                    mac=False,
                    signing={"signer": DEVELOPMENT, "flags": 0},
                ),
            )
        ],
    )
