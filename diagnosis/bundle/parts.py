"""The parts of a bundle (app, extensions, or a single file) with what was read of each, and what could not be."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Literal, TypeVar

from diagnosis.bundle.macho import Slice, read_macho
from diagnosis.bundle.plists import PLIST_BYTES, Plist, UnreadableError, read_plist
from diagnosis.bundle.profile import Profile, read_profile
from diagnosis.bundle.service_types import Texts, find_texts
from diagnosis.bundle.signature import Signature
from diagnosis.bundle.tree import Tree

EXTENSIONS_KEPT = 64
EXTENSION_FOLDERS = ("PlugIns", "Extensions", "Library/SystemExtensions")

Kind = Literal["app", "appex", "systemextension", "program", "plist", "entitlements", "profile"]
System = Literal["macos", "ios"]
Result = TypeVar("Result")


@dataclass(kw_only=True)
class Part:
    """An app, an extension, or a single file; ``path`` is for people, each ``*_at`` the file something was read from.

    ``slices`` are those of the main executable. ``claimed`` are the entitlements of the signature, or of the file of
    entitlements. ``faults``: files that could not be read, and why.
    """

    kind: Kind
    path: str
    info: Plist | None = None
    info_at: str = ""
    slices: tuple[Slice, ...] = ()
    program_at: str = ""
    profile: Profile | None = None
    profile_at: str = ""
    claimed: Plist | None = None
    claimed_at: str = ""
    texts: Texts = field(default_factory=lambda: Texts((), ()))
    mac: bool | None = None
    faults: list[tuple[str, str]] = field(default_factory=list)

    @property
    def name(self) -> str:
        return self.path.rpartition("/")[2]

    @property
    def is_extension(self) -> bool:
        return self.kind in ("appex", "systemextension")

    @property
    def is_library(self) -> bool:
        """Whether its file is loaded by a program, whose identity counts then."""
        return bool(self.slices) and not any(piece.executable for piece in self.slices)

    @property
    def identifier(self) -> str | None:
        """The bundle identifier."""
        value = (self.info or {}).get("CFBundleIdentifier")
        return value if isinstance(value, str) and value else None

    @property
    def signature(self) -> Signature | None:
        """That of the first architecture that has one."""
        return next((piece.signature for piece in self.slices if piece.signature is not None), None)

    @property
    def system(self) -> System | None:
        """What it is for: by the program, then Info.plist, the layout, and the profile."""
        for piece in self.slices:
            if piece.platform in ("macos", "ios"):
                return "macos" if piece.platform == "macos" else "ios"
        named = str((self.info or {}).get("CFBundleSupportedPlatforms", ""))[:200]
        if "MacOSX" in named:
            return "macos"
        if "iPhone" in named or "XR" in named:
            return "ios"
        if self.mac is not None:
            return "macos" if self.mac else "ios"
        if self.profile is not None and self.profile.platforms:
            return "macos" if "OSX" in self.profile.platforms else "ios"
        return None


def read_bundle(tree: Tree, folder: str, path: str, kind: Kind) -> list[Part]:
    """The bundle in ``folder`` of the tree, then the extensions in it; ``path`` is what people read for it."""
    main = _read_part(tree, folder, path, kind)
    content = _join(folder, "Contents") if main.mac else folder
    parts = [main]
    for place in EXTENSION_FOLDERS:
        for name in tree.names(_join(content, place)):
            inner = kind_of_name(name)
            if inner in ("appex", "systemextension") and len(parts) <= EXTENSIONS_KEPT:
                below = "/".join(each for each in ("Contents" if main.mac else "", place, name) if each)
                parts.append(_read_part(tree, _join(folder, below), f"{path}/{below}", inner))
    return parts


def kind_of_name(name: str) -> Kind | None:
    """What a folder of that name is."""
    kinds: dict[str, Kind] = {"app": "app", "appex": "appex", "systemextension": "systemextension"}
    return kinds.get(name.rpartition(".")[2].lower()) if "." in name else None


def _read_part(tree: Tree, folder: str, path: str, kind: Kind) -> Part:
    mac = bool(tree.names(_join(folder, "Contents")))
    below = "Contents/" if mac else ""
    part = Part(kind=kind, path=path, mac=mac)
    part.info_at = f"{path}/{below}Info.plist"
    part.info = _attempt(
        part, part.info_at, lambda: read_plist(tree.read(_join(folder, f"{below}Info.plist"), PLIST_BYTES))
    )
    profile = f"{below}embedded.{'provisionprofile' if mac else 'mobileprovision'}"
    if tree.has(_join(folder, profile)):
        part.profile_at = f"{path}/{profile}"
        part.profile = _attempt(
            part, part.profile_at, lambda: read_profile(tree.read(_join(folder, profile), PLIST_BYTES))
        )
    name = (part.info or {}).get("CFBundleExecutable")
    if part.info is not None:
        if not isinstance(name, str) or not name or "/" in name:
            part.faults.append((part.info_at, "CFBundleExecutable names no program"))
        else:
            program = f"{below}{'MacOS/' if mac else ''}{name}"
            read_program(part, tree, _join(folder, program), f"{path}/{program}")
    return part


def read_program(part: Part, tree: Tree, place: str, path: str) -> None:
    """The main executable of ``part``: its slices, entitlements and texts."""
    part.program_at = path

    def read() -> None:
        with tree.opened(place) as opened:
            part.slices = read_macho(opened.file, opened.size)
            if part.slices:
                part.texts = find_texts(opened, part.slices[0].offset, part.slices[0].size)

    _attempt(part, path, read)
    if part.signature is not None:
        part.claimed, part.claimed_at = part.signature.claimed, f"{path}, code signature"
    inner = next((piece.info for piece in part.slices if piece.info is not None), None)
    if part.info is None and inner is not None:
        part.info, part.info_at = inner, f"{path}, section __info_plist"


def _attempt(part: Part, path: str, read: Callable[[], Result]) -> Result | None:
    try:
        return read()
    except UnreadableError as error:
        part.faults.append((path, str(error)))
        return None


def _join(folder: str, name: str) -> str:
    return f"{folder}/{name}" if folder else name
