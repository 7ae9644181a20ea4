"""The files of a bundle, in a folder or in a zip archive, behind one shape; nothing outside is ever read."""

from __future__ import annotations

import os
import stat
import struct
import zipfile
import zlib
from abc import ABC, abstractmethod
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO, BinaryIO, NamedTuple, Self, cast

from diagnosis.bundle.plists import UnreadableError

FOLDER_NAMES = 10_000
ARCHIVE_ENTRIES = 100_000
ARCHIVE_DIRECTORY = 8 * 1024 * 1024
ARCHIVED_BYTES = 512 * 1024 * 1024
"""Unpacked size of a file in an archive: it is unpacked in passing, never whole into memory or onto the disk."""

ARCHIVE_BUDGET = 2 * 1024 * 1024 * 1024
"""Bytes that are unpacked of one archive, all files and all ways back to their beginnings together: some seconds."""

FOLDER_DEPTH = 16
"""How deep the folders of an archive are remembered."""

_END = struct.Struct("<4s4HIIH")
_END_MAGIC = b"PK\x05\x06"
_COMMENT = 0xFFFF
_DAMAGED = (zipfile.BadZipFile, zlib.error, EOFError, OSError, RuntimeError, NotImplementedError, struct.error,
            ValueError, LookupError)  # fmt: skip
"""What zipfile lets out where an archive is damaged, encrypted or packed in an unknown way."""


class Opened(NamedTuple):
    """A file that can be read at any place, and its size in bytes."""

    file: BinaryIO
    size: int


class Tree(ABC):
    """Paths are relative with ``/`` between the names; "" is the whole. ``name``: what the person gave.

    All methods but ``names`` and ``has`` raise UnreadableError, for what is missing, too.
    """

    name: str

    @abstractmethod
    def names(self, folder: str) -> tuple[str, ...]:
        """What stands in a folder, in order; () where there is none."""

    @abstractmethod
    def has(self, path: str) -> bool:
        """Whether that is a file."""

    @abstractmethod
    def _open(self, path: str) -> Opened: ...

    @contextmanager
    def opened(self, path: str) -> Iterator[Opened]:
        """A file, to be read within the block."""
        opened = self._open(path)
        with opened.file:
            try:
                yield opened
            except (zipfile.BadZipFile, zlib.error, EOFError, OSError) as error:
                raise UnreadableError(_reason(error)) from error

    def read(self, path: str, limit: int) -> bytes:
        """A whole file of at most ``limit`` bytes."""
        with self.opened(path) as opened:
            if opened.size > limit:
                raise UnreadableError(f"{opened.size} bytes are more than such a file can have")
            return opened.file.read(limit + 1)[:limit]

    def close(self) -> None:  # noqa: B027 - a folder holds nothing open
        """No file is read any more."""


class Folder(Tree):
    """Links are followed only where they stay inside."""

    def __init__(self, root: Path) -> None:
        self.name = root.name
        self._root = root.resolve()

    def names(self, folder: str) -> tuple[str, ...]:
        try:
            with os.scandir(self._inside(folder)) as entries:
                return tuple(sorted(entry.name for entry, _ in zip(entries, range(FOLDER_NAMES), strict=False)))
        except (OSError, UnreadableError):
            return ()

    def has(self, path: str) -> bool:
        try:
            return self._inside(path).is_file()
        except (OSError, ValueError, UnreadableError):
            return False

    def _open(self, path: str) -> Opened:
        try:
            return open_file(self._inside(path))
        except (OSError, ValueError) as error:
            raise UnreadableError(_reason(error)) from error

    def _inside(self, path: str) -> Path:
        resolved = (self._root / path).resolve()
        if not resolved.is_relative_to(self._root):
            raise UnreadableError("it leads out of the bundle")
        return resolved


class Archive(Tree):
    """The entries of a zip file by their names as they stand there; none is a way out, as none is ever unpacked."""

    def __init__(self, path: Path) -> None:
        self.name = path.name
        try:
            _check_directory(path)
            self._zip = zipfile.ZipFile(path)
        except _DAMAGED as error:
            raise UnreadableError(_reason(error)) from error
        self._budget = ARCHIVE_BUDGET
        self._entries: dict[str, zipfile.ZipInfo] = {}
        self._folders: dict[str, set[str]] = {}
        for entry in self._zip.infolist()[:ARCHIVE_ENTRIES]:
            parts = entry.filename.split("/")
            if entry.is_dir() or stat.S_ISLNK(entry.external_attr >> 16) or {"", ".", ".."} & set(parts):
                continue
            self._entries[entry.filename] = entry
            for number in range(min(len(parts), FOLDER_DEPTH)):
                self._folders.setdefault("/".join(parts[:number]), set()).add(parts[number])

    def names(self, folder: str) -> tuple[str, ...]:
        return tuple(sorted(self._folders.get(folder, ()))[:FOLDER_NAMES])

    def has(self, path: str) -> bool:
        return path in self._entries

    def _open(self, path: str) -> Opened:
        entry = self._entries.get(path)
        if entry is None:
            raise UnreadableError("it is not in the archive")
        if entry.file_size > ARCHIVED_BYTES:
            raise UnreadableError(f"unpacked it would have {entry.file_size} bytes")
        # The other ways of packing take as much memory as the archive says.
        if entry.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
            raise UnreadableError("it is packed in a way that app archives do not use")
        try:
            packed: IO[bytes] = self._zip.open(entry)
        except _DAMAGED as error:
            raise UnreadableError(_reason(error)) from error
        return Opened(cast("BinaryIO", _Metered(packed, self)), entry.file_size)

    def spend(self, size: int) -> None:
        """Before so many bytes are unpacked. Raises UnreadableError where that is more than an app needs."""
        self._budget -= size
        if self._budget < 0:
            raise UnreadableError("more would have to be unpacked than an app has")

    def close(self) -> None:
        self._zip.close()


class _Metered:
    """A file of an archive. To go back is to unpack it from its beginning again, so that is paid for, too."""

    def __init__(self, packed: IO[bytes], archive: Archive) -> None:
        self._packed = packed
        self._archive = archive

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_error: object) -> None:
        self._packed.close()

    def seek(self, offset: int) -> int:
        here = self._packed.tell()
        self._archive.spend(offset - here if offset >= here else offset)
        return self._packed.seek(offset)

    def read(self, size: int) -> bytes:
        data = self._packed.read(size)
        self._archive.spend(len(data))
        return data


def open_file(path: Path) -> Opened:
    """A regular file. Raises OSError, and UnreadableError for a device, a pipe or an empty file."""
    status = path.stat()
    if not stat.S_ISREG(status.st_mode):
        raise UnreadableError("it is no regular file")
    if status.st_size == 0:
        raise UnreadableError("it is empty")
    return Opened(path.open("rb"), status.st_size)


def _check_directory(path: Path) -> None:
    """The list of entries is read whole by zipfile, so its size is looked at before (APPNOTE.TXT 4.3.16)."""
    with path.open("rb") as file:
        size = file.seek(0, os.SEEK_END)
        start = max(0, size - _END.size - _COMMENT)
        file.seek(start)
        tail = file.read(size - start)
    place = tail.rfind(_END_MAGIC)
    if place < 0 or place + _END.size > len(tail):
        raise zipfile.BadZipFile("the end of the archive is missing")
    *_, length, offset, _ = _END.unpack_from(tail, place)
    if length > ARCHIVE_DIRECTORY or 0xFFFFFFFF in (length, offset):
        raise zipfile.BadZipFile("its list of entries is larger than that of an app")


def _reason(error: Exception) -> str:
    text = error.strerror if isinstance(error, OSError) and error.strerror else str(error)
    return text[:200] or type(error).__name__
