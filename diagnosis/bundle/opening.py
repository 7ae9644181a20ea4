"""Finds out what a path is (bundle, archive, property list, profile, program) and reads its parts."""

from __future__ import annotations

from pathlib import Path

from diagnosis.bundle.macho import is_macho
from diagnosis.bundle.parts import Kind, Part, kind_of_name, read_bundle, read_program
from diagnosis.bundle.plists import PLIST_BYTES, UnreadableError, is_plist, read_plist
from diagnosis.bundle.profile import profile_of, read_profile
from diagnosis.bundle.tree import Archive, Folder, Tree, open_file
from net.problems import ProblemError, make_problem
from net.text import visible

SEARCH_DEPTH = 4
"""``Payload/X.app`` of an .ipa, ``Products/Applications/X.app`` of an .xcarchive."""

_CLAIMS = ("com.apple.developer.", "com.apple.security.", "com.apple.application-identifier", "application-identifier",
           "get-task-allow", "keychain-access-groups", "aps-environment")  # fmt: skip


def open_bundle(path: str) -> list[Part]:
    """The parts of what is at ``path``, the app first. Blocks.

    Raises ProblemError: bundle_unreadable, bundle_damaged, bundle_unknown.
    """
    place = Path(path)
    shown = visible(path, 300)
    try:
        if place.is_dir():
            return _search(Folder(place), shown, kind_of_name(place.resolve().name))
        with open_file(place).file as file:
            head = file.read(4096)
        if head.startswith((b"PK\x03\x04", b"PK\x05\x06")):
            return _open_archive(place, shown)
        return [_read_single(place, head, shown)]
    except OSError as error:
        raise ProblemError(make_problem("bundle_unreadable", shown, error)) from error
    except ValueError as error:  # a path with a null byte
        raise ProblemError(make_problem("bundle_unknown", shown)) from error
    except UnreadableError as error:
        reason = visible(str(error), 300)
        raise ProblemError(make_problem("bundle_damaged", shown, evidence=reason)) from error


def _open_archive(place: Path, shown: str) -> list[Part]:
    archive = Archive(place)
    try:
        return _search(archive, shown, None)
    finally:
        archive.close()


def _search(tree: Tree, shown: str, own: Kind | None) -> list[Part]:
    """The bundle that the tree is, or the first that is found near its top, as the app of iOS in one of the Mac."""
    if own is not None and (tree.has("Info.plist") or tree.has("Contents/Info.plist")):
        return read_bundle(tree, "", tree.name, own)
    folders = [""]
    for _ in range(SEARCH_DEPTH):
        below = [f"{folder}/{name}" if folder else name for folder in folders for name in tree.names(folder)][:1000]
        for each in below:
            found = kind_of_name(each)
            if found is not None and (tree.has(f"{each}/Info.plist") or tree.has(f"{each}/Contents/Info.plist")):
                return read_bundle(tree, each, each.rpartition("/")[2], found)
        folders = below
    if own is not None:
        raise UnreadableError("it has no Info.plist")
    raise ProblemError(make_problem("bundle_unknown", shown))


def _read_single(place: Path, head: bytes, shown: str) -> Part:
    folder = Folder(place.resolve().parent)
    name = place.resolve().name
    if is_macho(head):
        part = Part(kind="program", path=place.name)
        read_program(part, folder, name, place.name)
        if not part.slices:
            raise UnreadableError(part.faults[0][1])
        return part
    if is_plist(head):
        return _read_plist(folder.read(name, PLIST_BYTES), place.name)
    if place.suffix.lower() in (".provisionprofile", ".mobileprovision") or head.startswith(b"0"):
        profile = read_profile(folder.read(name, PLIST_BYTES))
        return Part(kind="profile", path=place.name, profile=profile, profile_at=place.name)
    if place.suffix.lower() in (".plist", ".entitlements"):
        raise UnreadableError("it does not begin as a property list")
    raise ProblemError(make_problem("bundle_unknown", shown))


def _read_plist(data: bytes, name: str) -> Part:
    """Info.plist, entitlements, or a profile that was already unwrapped: told apart by the keys."""
    plist = read_plist(data)
    if "Entitlements" in plist and "TeamIdentifier" in plist:
        return Part(kind="profile", path=name, profile=profile_of(plist), profile_at=name)
    claims = any(key.startswith(_CLAIMS) for key in plist)
    if name.lower().endswith(".entitlements") or (claims and "CFBundleIdentifier" not in plist):
        return Part(kind="entitlements", path=name, claimed=plist, claimed_at=name)
    return Part(kind="plist", path=name, info=plist, info_at=name)
