"""Reads Mach-O files, thin and universal: architecture, platform, UUID, embedded Info.plist and code signature.

Layouts: mach-o/loader.h, mach-o/fat.h and mach/machine.h of xnu.
"""

from __future__ import annotations

import struct
import uuid
from typing import BinaryIO, Literal, NamedTuple

from diagnosis.bundle.plists import PLIST_BYTES, Plist, UnreadableError, read_plist
from diagnosis.bundle.signature import SIGNATURE_BYTES, Signature, read_signature

SLICES = 16
COMMANDS = 10_000
COMMANDS_BYTES = 4 * 1024 * 1024
SECTIONS = 256

Platform = Literal["macos", "ios", "simulator", "other"]

_FAT = {0xCAFEBABE: ">iiIII", 0xCAFEBABF: ">iiQQII"}
_THIN = {
    b"\xce\xfa\xed\xfe": ("<", 28),
    b"\xcf\xfa\xed\xfe": ("<", 32),
    b"\xfe\xed\xfa\xce": (">", 28),
    b"\xfe\xed\xfa\xcf": (">", 32),
}
_EXECUTE = 2
_SEGMENT_64, _UUID, _CODE_SIGNATURE, _BUILD_VERSION = 0x19, 0x1B, 0x1D, 0x32
_VERSION_MIN: dict[int, Platform] = {0x24: "macos", 0x25: "ios"}
_BUILD_PLATFORMS: dict[int, Platform] = {
    1: "macos", 2: "ios", 6: "macos", 7: "simulator", 8: "simulator", 9: "simulator", 11: "ios", 12: "simulator",
}  # fmt: skip
"""PLATFORM_ of loader.h; Mac Catalyst (6) runs on the Mac, visionOS (11) keeps the rules of iOS (TN3179)."""
_CPUS = {
    7: "i386", 0x0100_0007: "x86_64", 12: "arm", 0x0100_000C: "arm64", 0x0200_000C: "arm64_32", 18: "ppc",
    0x0100_0012: "ppc64",
}  # fmt: skip


class Slice(NamedTuple):
    """The program for one architecture at ``offset`` of the file; ``executable``: False for a library."""

    architecture: str
    executable: bool
    offset: int
    size: int
    platform: Platform | None
    uuid: str | None
    info: Plist | None
    signature: Signature | None


class _Commands(NamedTuple):
    """What the load commands say; offsets are from the beginning of the slice."""

    platform: Platform | None
    uuid: str | None
    signature: tuple[int, int] | None
    info: tuple[int, int] | None


def is_macho(data: bytes) -> bool:
    """Whether a file that begins with ``data`` is a Mach-O; a Java class begins alike and has a larger count."""
    if data[:4] in _THIN:
        return True
    return _fat_count(data) in range(1, SLICES + 1)


def read_macho(file: BinaryIO, size: int) -> tuple[Slice, ...]:
    """The slices of a Mach-O of ``size`` bytes. Raises UnreadableError."""
    head = _read(file, 0, min(size, 8 + SLICES * 32))
    if not is_macho(head):
        raise UnreadableError("it is no Mach-O file")
    if head[:4] in _THIN:
        return (_slice(file, 0, size),)
    form = struct.Struct(_FAT[int.from_bytes(head[:4], "big")])
    slices = []
    for number in range(_fat_count(head)):
        place = 8 + number * form.size
        if place + form.size > len(head):
            raise UnreadableError("the table of architectures ends early")
        _, _, offset, length, *_ = form.unpack_from(head, place)
        if offset + length > size:
            raise UnreadableError("an architecture lies outside the file")
        slices.append(_slice(file, offset, length))
    return tuple(slices)


def _fat_count(data: bytes) -> int:
    known = len(data) >= 8 and int.from_bytes(data[:4], "big") in _FAT
    return int.from_bytes(data[4:8], "big") if known else 0


def _slice(file: BinaryIO, offset: int, size: int) -> Slice:
    head = _read(file, offset, min(size, 32))
    if head[:4] not in _THIN or len(head) < 28:
        raise UnreadableError("an architecture is no Mach-O or ends early")
    order, header_size = _THIN[head[:4]]
    cpu, subtype, kind, count, length = struct.unpack_from(f"{order}iiIII", head, 4)
    if count > COMMANDS or length > min(COMMANDS_BYTES, size - header_size):
        raise UnreadableError("the load commands are too many or lie outside the file")
    commands = _commands(_read(file, offset + header_size, length), order, count)
    architecture = _CPUS.get(cpu, f"cpu {cpu:#x}")
    if architecture == "arm64" and subtype & 0xFF == 2:
        architecture = "arm64e"
    signature = info = None
    if commands.info is not None and commands.info[1] <= PLIST_BYTES:
        info = read_plist(_part(file, offset, size, commands.info))
    if commands.signature is not None:
        if commands.signature[1] > SIGNATURE_BYTES:
            raise UnreadableError("the code signature is too large to be one")
        signature = read_signature(_part(file, offset, size, commands.signature))
    return Slice(architecture, kind == _EXECUTE, offset, size, commands.platform, commands.uuid, info, signature)


def _commands(data: bytes, order: str, count: int) -> _Commands:
    platform: Platform | None = None
    found_uuid = signature = info = None
    place = 0
    for _ in range(count):
        if place + 8 > len(data):
            raise UnreadableError("the load commands end early")
        kind, size = struct.unpack_from(f"{order}II", data, place)
        if size < 8 or place + size > len(data):
            raise UnreadableError("a load command has no possible length")
        if kind == _UUID and size >= 24:
            found_uuid = str(uuid.UUID(bytes=data[place + 8 : place + 24])).upper()
        elif kind == _CODE_SIGNATURE and size >= 16:
            signature = struct.unpack_from(f"{order}II", data, place + 8)
        elif kind == _BUILD_VERSION and size >= 12:
            (number,) = struct.unpack_from(f"{order}I", data, place + 8)
            platform = _BUILD_PLATFORMS.get(number, "other")
        elif kind in _VERSION_MIN:
            platform = _VERSION_MIN[kind]
        elif kind == _SEGMENT_64 and size >= 72:
            info = _info_section(data[place : place + size], order) or info
        place += size
    return _Commands(platform, found_uuid, signature, info)


def _info_section(segment: bytes, order: str) -> tuple[int, int] | None:
    """Where the section __info_plist of a segment lies: the Info.plist of a program without a bundle."""
    (count,) = struct.unpack_from(f"{order}I", segment, 64)
    for number in range(min(count, SECTIONS, (len(segment) - 72) // 80)):
        name, _, _, size, offset = struct.unpack_from(f"{order}16s16sQQI", segment, 72 + number * 80)
        if name.rstrip(b"\0") == b"__info_plist":
            return offset, size
    return None


def _part(file: BinaryIO, base: int, size: int, place: tuple[int, int]) -> bytes:
    """What stands at (offset, length) of a slice, which must lie within it."""
    offset, length = place
    if offset + length > size:
        raise UnreadableError("a part that the load commands name lies outside the file")
    return _read(file, base + offset, length)


def _read(file: BinaryIO, offset: int, length: int) -> bytes:
    file.seek(offset)
    data = file.read(length)
    if len(data) < length:
        raise UnreadableError("the file ends early")
    return data
