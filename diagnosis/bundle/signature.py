"""Reads an embedded code signature: who signed, with which flags, and the entitlements claimed.

Layout: osfmk/kern/cs_blobs.h of xnu. Nothing is verified: neither hashes nor certificates.
"""

from __future__ import annotations

import struct
from typing import Literal, NamedTuple

from diagnosis.bundle.der import read_entitlements
from diagnosis.bundle.plists import Plist, UnreadableError, read_plist

SIGNATURE_BYTES = 32 * 1024 * 1024
BLOBS = 64
NAME_BYTES = 1024

_SUPER_BLOB, _DIRECTORY, _XML, _DER, _CMS = 0xFADE0CC0, 0xFADE0C02, 0xFADE7171, 0xFADE7172, 0xFADE0B01
_ADHOC, _RUNTIME, _LINKER_SIGNED = 0x2, 0x10000, 0x20000
_WITH_TEAM = 0x20200

Signer = Literal["developer_id", "development", "distribution", "app_store"]

_SIGNERS: tuple[tuple[bytes, Signer], ...] = (
    (b"Developer ID Application", "developer_id"),
    (b"Apple Development", "development"),
    (b"Mac Developer", "development"),
    (b"iPhone Developer", "development"),
    (b"Apple Distribution", "distribution"),
    (b"iPhone Distribution", "distribution"),
    (b"3rd Party Mac Developer Application", "distribution"),
    (b"Apple Mac OS Application Signing", "app_store"),
    (b"Apple iPhone OS Application Signing", "app_store"),
)
"""Beginnings of the common name of the signing certificate (TN3161)."""


class Signature(NamedTuple):
    """``entitlements`` as XML, ``der`` the same in binary form, each None where it is not there.

    ``signer``: by the kind of certificate whose name stands in the signature as text.
    """

    identifier: str
    team: str | None
    adhoc: bool
    linker_signed: bool
    hardened: bool
    signer: Signer | None
    entitlements: Plist | None
    der: Plist | None

    @property
    def claimed(self) -> Plist:
        """The entitlements; where both forms are there, the XML."""
        return self.entitlements if self.entitlements is not None else self.der or {}


def read_signature(data: bytes) -> Signature:
    """The signature in a SuperBlob. Raises UnreadableError."""
    blobs = _blobs(data)
    directory = blobs.get(_DIRECTORY)
    if directory is None:
        raise UnreadableError("the code signature holds no CodeDirectory")
    if len(directory) < 44:
        raise UnreadableError("the CodeDirectory ends early")
    version, flags, _, identifier_at = struct.unpack_from(">IIII", directory, 8)
    team = None
    if version >= _WITH_TEAM and len(directory) >= 52:
        (team_at,) = struct.unpack_from(">I", directory, 48)
        team = _name(directory, team_at) if team_at else None
    certificates = blobs.get(_CMS, b"")
    return Signature(
        identifier=_name(directory, identifier_at),
        team=team,
        adhoc=bool(flags & _ADHOC),
        linker_signed=bool(flags & _LINKER_SIGNED),
        hardened=bool(flags & _RUNTIME),
        signer=next((signer for name, signer in _SIGNERS if name in certificates), None),
        entitlements=read_plist(blobs[_XML][8:]) if _XML in blobs else None,
        der=read_entitlements(blobs[_DER][8:]) if _DER in blobs else None,
    )


def _blobs(data: bytes) -> dict[int, bytes]:
    """The blobs by their magic number; of several CodeDirectories the first, as all have the same flags."""
    if len(data) < 12:
        raise UnreadableError("the code signature ends early")
    magic, length, count = struct.unpack_from(">III", data)
    if magic != _SUPER_BLOB or length > len(data) or count > BLOBS or 12 + count * 8 > len(data):
        raise UnreadableError("the code signature is damaged")
    found: dict[int, bytes] = {}
    for number in range(count):
        (offset,) = struct.unpack_from(">I", data, 12 + number * 8 + 4)
        if offset + 8 > length:
            raise UnreadableError("a part of the code signature lies outside it")
        kind, size = struct.unpack_from(">II", data, offset)
        if size < 8 or offset + size > length:
            raise UnreadableError("a part of the code signature has no possible length")
        found.setdefault(kind, data[offset : offset + size])
    return found


def _name(directory: bytes, offset: int) -> str:
    end = directory.find(b"\0", offset, offset + NAME_BYTES)
    if offset >= len(directory) or end < 0:
        raise UnreadableError("a name in the CodeDirectory is damaged")
    return directory[offset:end].decode("utf-8", "replace")
