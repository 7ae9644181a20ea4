"""The base of all records, and the records that any watch may yield."""

from __future__ import annotations

from typing import NamedTuple

import msgspec


class Key(NamedTuple):
    """What identifies a row: its record kind and the text that names it among its kind."""

    kind: str
    name: str


def kebab(name: str) -> str:
    """``MdnsPacket`` -> ``mdns_packet``: the tag of a record class."""
    return "".join(f"_{letter.lower()}" if letter.isupper() else letter for letter in name).lstrip("_")


class Record(msgspec.Struct, frozen=True, kw_only=True, tag_field="kind", tag=kebab):
    """Base of all records."""

    def key(self) -> Key | None:
        """The row this record replaces, or None where each record is an event of its own."""
        return None


class Removed(Record, frozen=True, kw_only=True):
    """The row ``name`` of the table of records ``of`` is gone."""

    of: str
    name: str

    def key(self) -> Key:
        return Key(self.of, self.name)


class Skipped(Record, frozen=True, kw_only=True):
    """``count`` records of kind ``of`` were counted but not handed on, because only the newest are kept."""

    of: str
    count: int


class Problem(Record, frozen=True, kw_only=True):
    """An expected failure: what could not be done, the evidence, and what to do about it.

    ``code`` names a row of resources/tables/problems.toml, from which ``text`` and ``remedy`` were made.
    """

    code: str
    subject: str
    text: str
    remedy: str
    errno: int | None = None
    evidence: str | None = None

    def key(self) -> Key:
        return Key("problem", f"{self.code} {self.subject}")
